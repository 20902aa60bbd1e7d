"""A hundred subscriptions over a year of a simulated press: seconds, and memory of a single report.

The press is drawn over the shipped register and outlets: a year of counts for every family, its articles in
a database, the tables of the week, of the week before and of a year ago. What is timed is what `report build`
and `report send` do: facts, charts, page, text and sheet of every region, language and choice of topics.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core import runs, schema
from monitor.core.clock import weeks_back
from monitor.core.db import Db
from monitor.core.ids import PlaceId, TopicId, Week
from monitor.core.shipped import config_dir, shipped_root
from monitor.crawl.sources import load_sources
from monitor.crawl.store import put_sources
from monitor.crawl.types import Source
from monitor.gaps.stage import store_table
from monitor.gaps.store import Counted, Origin
from monitor.gaps.types import FamilyCounts, GapRow, GapTable, Posterior, Reasons, SourceWatch, State
from monitor.register.due import due_state, kind_of, level_of
from monitor.register.load import load_register
from monitor.register.store import save_register
from monitor.register.types import Family, Register
from monitor.reports.catalogue import languages
from monitor.reports.mail import render_parts
from monitor.reports.outbox import put_out
from monitor.reports.stage import build_report
from monitor.reports.subscribers import add_subscriber
from monitor.reports.types import Report

WEEK, TO_ON = Week("2026-W46"), date(2026, 11, 15)
NOW = datetime(2026, 11, 16, 3, 30, tzinfo=UTC)
SENDER = "monitor@desk.example"
ZONE = ZoneInfo("Europe/Minsk")
SUBSCRIPTIONS = 100
PER_YEAR = 3.0  # originals on a family in a year, on average; every second one is copied
CHOICES: tuple[tuple[TopicId, ...], ...] = (
    (), (TopicId("trade"), TopicId("industry")), (TopicId("education"), TopicId("science")),
    (TopicId("culture"),), (TopicId("agriculture"), TopicId("food")),
)  # fmt: skip


def run(seed: int) -> dict[str, Any]:
    """Build and render the reports of 100 subscriptions. Units: seconds, MB (peak of a fresh process)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "press.sqlite"
        db, register, sources = prepare(path, seed)
        wanted = list(islice(choices(register), SUBSCRIPTIONS))
        with db.begin() as tx:
            for n, (region, lang, topics) in enumerate(wanted):
                address = f"reader{n}@paper.example"
                add_subscriber(tx, email=address, region=region, lang=lang, topics=topics, at=NOW)
        build_s = render_s = 0.0
        used = time.process_time()
        largest = 0
        for region, lang, topics in wanted:
            began = time.perf_counter()
            report = make(db, register, sources, region, lang, topics)
            put_out(db=db, report=report, sender=SENDER, now=NOW)
            built = time.perf_counter()
            parts = render_parts(report)
            build_s += built - began
            render_s += time.perf_counter() - built
            largest = max(largest, len(parts.html))
        cpu_s = time.process_time() - used
        db.close()
        single = _single(path)
    return {
        "subscriptions": len(wanted),
        "wall_s": round(build_s + render_s, 1),
        "cpu_s": round(cpu_s, 1),
        "build_s": round(build_s, 1),
        "render_s": round(render_s, 1),
        "largest_page_kb": round(largest / 1000, 1),
        "single": single,
    }


def choices(register: Register) -> Iterator[tuple[PlaceId, str, tuple[TopicId, ...]]]:
    """Regions x languages x topics, those of one region and language together."""
    regions = sorted({place for a in register.agreements.values() for place in a.interest})
    for (region, lang), topics in product(product(regions, languages()), CHOICES):
        yield region, lang, topics


def prepare(path: Path, seed: int) -> tuple[Db, Register, tuple[Source, ...]]:
    """A database with the year in it."""
    db = Db(f"sqlite:///{path}")
    schema.upgrade(db)
    register = load_register(config_dir())
    sources = load_sources(config_dir() / "sources", register.places)
    chance = random.Random(seed)
    with db.begin() as tx:
        save_register(tx, register, at=NOW)
        put_sources(tx, sources, at=NOW)
        tag, link = (runs.ensure_version(tx, stage, f"{stage}-1", {}, at=NOW) for stage in ("tag", "link"))
    table, stories = _table(register, sources, chance)
    with db.begin() as tx:
        tx.execute(sa.insert(articles), stories)
    origin = Origin(NOW, tag.id, link.id, register.version)
    for weeks in (52, 1, 0):
        store_table(db=db, counted=Counted(_of_week(table, weeks), origin))
    return db, register, sources


def make(
    db: Db,
    register: Register,
    sources: tuple[Source, ...],
    region: PlaceId,
    lang: str,
    topics: tuple[TopicId, ...] = (),
) -> Report:
    """One report of the year's last week."""
    return build_report(
        db=db, register=register, sources=sources, restricted=(), region=region, lang=lang, week=WEEK,
        zone=ZONE, is_demo=True, topics=topics,
    )  # fmt: skip


def _of_week(table: GapTable, weeks: int) -> GapTable:
    back = timedelta(weeks=weeks)
    return GapTable(
        week=weeks_back(table.week, weeks), window_weeks=52, from_on=table.from_on - back,
        to_on=table.to_on - back, register_version=table.register_version, tag_version=table.tag_version,
        link_version=table.link_version, rows=table.rows, watch=table.watch,
        topic_articles=table.topic_articles, regions=table.regions,
    )  # fmt: skip


def _table(
    register: Register, sources: tuple[Source, ...], chance: random.Random
) -> tuple[GapTable, list[dict[str, Any]]]:
    stories: list[dict[str, Any]] = []
    rows = [_row(family, register, sources, chance, stories) for family in register.families.values()]
    enabled = [source for source in sources if source.enabled]
    found: dict[TopicId, int] = {}
    for row in rows:
        for topic in register.agreements[row.members[0]].topics:
            found[topic] = found.get(topic, 0) + row.counts.originals
    table = GapTable(
        week=WEEK,
        window_weeks=52,
        from_on=TO_ON - timedelta(days=363),
        to_on=TO_ON,
        register_version=register.version,
        tag_version="tag-1",
        link_version="link-1",
        rows=tuple(rows),
        watch=tuple(SourceWatch(s.id, chance.uniform(0.6, 1.0), 40, None, "") for s in enabled),
        topic_articles=found,
        regions={row.family: register.agreements[row.members[0]].interest for row in rows},
    )
    return table, stories


def _row(
    family: Family,
    register: Register,
    sources: tuple[Source, ...],
    chance: random.Random,
    stories: list[dict[str, Any]],
) -> GapRow:
    """One family: as many originals as its draw gives, copies of half of them, and the state that fits."""
    due = tuple(m for m in family.members if due_state(register.agreements[m], TO_ON)[0])
    speaker = register.agreements[(due or family.members)[0]]
    originals = min(12, int(chance.expovariate(1 / PER_YEAR))) if due else 0
    first = len(stories) + 1
    ids = tuple(range(first, first + originals + originals // 2))
    stories.extend(_story(n, chance, sources) for n in ids)
    norm = 2
    state = State.COVERED if originals >= norm else State.THIN if originals else State.UNCOVERED
    p_gap = 0.02 if state is State.COVERED else chance.uniform(0.85, 0.99)
    watched = tuple(dict.fromkeys(stories[n - 1]["source_id"] for n in ids))
    return GapRow(
        family=family.id,
        members=family.members,
        due_members=due,
        window_weeks=52,
        level=level_of(speaker, register),
        kind=kind_of(speaker, register),
        norm=norm,
        counts=FamilyCounts(
            family.id, len(ids), originals, watched, {"by": originals, "partner": 0}, {}, {}, ids,
            ids[:originals], TO_ON if ids else None,
        ),
        exposure=44.0,
        recall=0.8,
        posterior=Posterior(originals + 0.5, originals, originals + 3, (), 0.5, p_gap),
        state=state if due else State.NOT_DUE,
        flags=(),
        why_state="below_norm" if due else "not_due",
        reasons=Reasons(20, 18, (), (), 4, 52.0, 0, 0, 0, 0),
        importance={"level": 3.0 * p_gap, "target": 0.0, "date": 0.0, "waiting": p_gap} if due else {},
        score=4.0 * p_gap if due else 0.0,
    )  # fmt: skip


def _story(n: int, chance: random.Random, sources: tuple[Source, ...]) -> dict[str, Any]:
    source, at = chance.choice(sources), NOW - timedelta(days=chance.uniform(1, 360))
    url = f"https://{source.id}.example/news/{n}"
    return {
        "id": n, "source_id": source.id, "url": url, "listed_url": url, "state": "ready",
        "title": f"Делегация обсудила совместную работу, номер {n}", "text": "", "lang": "ru",
        "published_at": at, "published_from": "feed", "first_seen_at": at, "content_hash": f"{n:064d}",
        "cluster_id": n, "is_origin": True,
    }  # fmt: skip


def _single(path: Path) -> dict[str, Any]:
    """One report in a process of its own."""
    words = [sys.executable, "-m", "benchmarks.report", str(path)]
    done = subprocess.run(words, capture_output=True, check=True, cwd=shipped_root())
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def main() -> None:
    """Make one report from a prepared database and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    db = Db(f"sqlite:///{parser.parse_args().path}")
    register = load_register(config_dir())
    sources = load_sources(config_dir() / "sources", register.places)
    began = time.perf_counter()
    render_parts(make(db, register, sources, PlaceId("by-mogilev-region"), "ru"))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"wall_s": round(seconds, 2), "peak_mb": round(peak)}) + "\n")


if __name__ == "__main__":
    main()
