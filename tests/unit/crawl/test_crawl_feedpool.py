"""Feeds read in worker processes: the same entries as read here."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.core.ids import RawUrl
from monitor.crawl.feedpool import FeedPool
from monitor.crawl.reading import read_body
from monitor.crawl.types import FeedSpec, Fetched

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "feeds"
NOW = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
MINSK = ZoneInfo("Europe/Minsk")
MONTHS = {"лістапада": 11, "ноября": 11}


def test_a_worker_reads_every_kind_of_feed_as_it_is_read_here() -> None:
    asked = []
    for path in sorted(GOLDEN.glob("*/*")):
        if path.is_file() and path.parent.name != "html_list" and not path.name.endswith(".expected.json"):
            url = RawUrl(f"http://gorki.example/{path.name}")
            body = path.read_bytes()
            fetched = Fetched(url, url, 200, {"content-type": "text/xml; charset=utf-8"}, body, NOW)
            asked.append((FeedSpec(url, path.parent.name), fetched))
    pool = FeedPool(MONTHS, workers=2, deadline_s=20, memory_mb=1024)
    futures = [pool.submit(spec, fetched, MINSK) for spec, fetched in asked]
    found = [future.result() for future in futures]
    pool.close()
    assert len(found) >= 10
    assert found == [read_body(spec, fetched, zone=MINSK, months=MONTHS) for spec, fetched in asked]
