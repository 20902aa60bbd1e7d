"""Readers of what strangers and people bring, given files that are bent: an answer or a told refusal, always.

Thirty seconds each; MONITOR_FUZZ_S sets another time (`make soak`: ten minutes). docs/running/fuzzing.md says
what was found.
"""

import csv
import io
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st
from pydantic import TypeAdapter

from classifiers.labelled import CorpusError, load_corpus
from monitor.articles.boilerplate import load_page_rules
from monitor.articles.rawpage import RawPage, ReadingRules
from monitor.articles.types import Extracted
from monitor.articles.worker import extracted_from, page_head, reader_of, rules_from, rules_payload
from monitor.core.errors import InputError
from monitor.core.ids import PageUrl, RawUrl
from monitor.core.months import load_months
from monitor.core.shipped import config_dir
from monitor.crawl.feeds import FEED_TYPES
from monitor.crawl.feeds.shape import MAX_ENTRIES
from monitor.crawl.feedworker import answering, feed_head, months_payload, parsed_from
from monitor.crawl.opml import read_opml, toml_rows, write_opml
from monitor.crawl.types import FeedSpec, Fetched
from monitor.register.columns import COLUMNS, cells_of
from monitor.register.exchange import read_register, write
from tests.chaos.fuzz.bending import bent, bent_rows, for_a_while, told
from tests.crawl_world import source
from tests.quality.page_set import load_pages
from tests.register_files import agreement
from tests.register_files import write as write_config
from tests.unit.crawl.test_crawl_opml import LIST

pytestmark = pytest.mark.slow
EXTRACTED = TypeAdapter(Extracted)
TARGET = {"metric": "trade turnover", "value": 20, "unit": "mln USD", "by": "2025"}
RULES = {
    "html_list": {"item": ".news a"},
    "telegram": {"site": "p.example"},
}
ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "feeds"
NOW = datetime(2026, 11, 13, 18, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Minsk")
MONTHS = load_months(config_dir() / "languages")
TYPES = ("text/xml", "application/rss+xml; charset=windows-1251", "text/html; charset=utf-8", "", "image/png",
         "text/html; charset=no-such", "application/json; charset=utf-16")  # fmt: skip
WORDS = {
    name: [word.encode() for word in words]
    for name, words in tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8")).items()
}
XML, JSON, HTML, OPML = (WORDS[name] for name in ("xml", "json", "html", "opml"))


def is_sound(value: Any) -> None:
    """Both databases can keep every text: no lone halves of characters, no NUL."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    text.encode()
    assert "\\u0000" not in text.replace("\\\\", "")  # a text may spell the six characters out


def test_a_feed_of_any_kind_is_read_or_said_to_be_none() -> None:
    read = answering(months_payload(MONTHS))
    files = {
        kind: [path.read_bytes() for path in sorted((GOLDEN / kind).glob("*")) if path.suffix != ".json"]
        for kind in FEED_TYPES
    }
    given = st.sampled_from(sorted(FEED_TYPES)).flatmap(
        lambda kind: st.tuples(st.just(kind), st.sampled_from(TYPES), bent(files[kind], [*XML, *JSON, *HTML]))
    )

    def check(drawn: tuple[str, str, bytes]) -> None:
        kind, content_type, body = drawn
        spec = FeedSpec("http://p.example/feed", kind, rules=RULES.get(kind, {}))
        url = RawUrl(spec.url)
        fetched = Fetched(url, url, 200, {"content-type": content_type}, body, NOW)
        found = parsed_from(read(feed_head(spec, fetched, ZONE), body))
        assert len(found.entries) <= MAX_ENTRIES
        assert len({entry.url for entry in found.entries}) == len(found.entries)
        for entry in found.entries:
            assert urlsplit(entry.url).scheme in ("http", "https")
            assert entry.published_at is None or entry.published_at.tzinfo is not None
            is_sound([entry.url, entry.title, entry.guid, entry.summary, entry.content])
        is_sound([found.detail, *found.warnings, *found.parts, *(list(one) for one in found.rejected)])

    told(for_a_while(given, check), "feeds")


def test_a_page_gives_a_text_or_the_reason_why_not() -> None:
    rules = ReadingRules(load_page_rules(config_dir() / "boilerplate.toml"), MONTHS)
    read = reader_of(rules_from(rules_payload(rules)))
    pages = load_pages()
    sound = [page.body for page in pages[:: max(1, len(pages) // 24)]]
    given = st.tuples(st.sampled_from(TYPES), st.text(max_size=40), bent(sound, HTML))

    def check(drawn: tuple[str, str, bytes]) -> None:
        content_type, title, body = drawn
        title = title.encode("utf-8", "replace").decode()
        page = RawPage(body, PageUrl("http://p.example/1"), "Europe/Minsk", NOW, content_type=content_type,
                       feed_title=title)  # fmt: skip
        page_head(page)
        found = extracted_from(EXTRACTED.dump_json(read(page)))
        assert found.published_at is None or found.published_at.tzinfo is not None
        assert len(found.text) <= 200_000
        assert 0 <= found.quality <= 1
        is_sound([found.title, found.text, found.author, found.canonical_url, found.note])

    told(for_a_while(given, check), "pages")


@pytest.mark.parametrize("form", ["jsonl", "csv", "xlsx"])
def test_a_register_is_taken_whole_or_refused_by_row(form: str, tmp_path: Path) -> None:
    rows = [agreement(1), agreement(2) | {"signed": "2019-05", "targets": [TARGET]}, agreement(3)]
    config = write_config(tmp_path, rows)
    path = tmp_path / f"edited.{form}"
    out = io.BytesIO()
    write(rows, form, out)
    words = [*JSON, b"AGR-0001", b";", b"\t", b'""', b"=cmd()", b"2019-02-31", b"by-mogilev-region"]
    whole = bent([out.getvalue()], words)
    values = rows if form == "jsonl" else [cells_of(row) for row in rows]
    given = whole if form == "xlsx" else whole | bent_rows(values).map(lambda found: _as_file(found, form))

    def check(body: bytes) -> None:
        path.write_bytes(body)
        try:
            register, raws = read_register(path, config)
        except InputError as error:
            assert error.problems
            for problem in error.problems:
                assert problem.where.startswith(str(path)), problem
                str(problem).encode()
            return
        assert len(register.agreements) == len(raws) > 0
        is_sound(raws)

    told(for_a_while(given, check), f"register {form}")


def test_a_list_of_feeds_is_read_with_every_bad_row_named() -> None:
    sources = [source("gorki"), source("shklov"), source("orsha")]
    sound = [write_opml(sources, "Районки"), LIST.encode()]

    def check(body: bytes) -> None:
        found = read_opml(body, "list.opml")
        tomllib.loads(toml_rows(found.feeds))
        for feed in found.feeds:
            assert urlsplit(feed.url).scheme in ("http", "https")
            is_sound([feed.title, feed.url, feed.site, feed.language, feed.ours])
        for problem in found.problems:
            assert problem.where.startswith("list.opml")
            str(problem).encode()

    told(for_a_while(bent(sound, OPML), check), "OPML")


def test_a_corpus_is_read_whole_or_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    with (ROOT / "classifiers" / "corpus" / "corpus.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(20), strict=False)]
    sound = [
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows[n : n + 4]).encode()
        for n in (0, 8)
    ]
    given = bent(sound, JSON) | bent_rows(rows).map(lambda found: _as_file(found, "jsonl"))

    def check(body: bytes) -> None:
        path.write_bytes(body)
        try:
            items = load_corpus(path)
        except CorpusError as error:
            assert error.bad
            str(error).encode()
            return
        assert items
        for item in items:
            assert item.published.tzinfo is not None
            is_sound([item.id, item.title, item.text, *item.topics, *item.agreements])

    told(for_a_while(given, check), "corpus")


def _as_file(rows: list[dict[str, Any]], form: str) -> bytes:
    if form == "jsonl":
        return "".join(json.dumps(row) + "\n" for row in rows).encode()
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            [row[name] if isinstance(row.get(name), str) else json.dumps(row.get(name)) for name in COLUMNS]
        )
    return text.getvalue().encode("utf-8", "surrogatepass")
