"""What is old goes, what may count stays, and a dry run only counts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.articles.corrections import CorrectionKind, Saying, add, undo
from monitor.articles.tables import articles
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.errors import SettingsError
from monitor.core.home import Home
from monitor.core.ids import ArticleId
from monitor.core.ledger_store import ledger
from monitor.crawl.tables import checks
from monitor.crawl.types import ARCHIVE
from monitor.wiring import App
from monitor.wiring.keeping import prune
from tests.chaos.service.line import Line, prepare
from tests.crawl_world import NOW
from tests.service_world import add_run, endings

LATER = NOW + timedelta(days=432)


@pytest.fixture
def home(db: Db, tmp_path: Path) -> Home:
    """A home that keeps runs for 180 days, the rest for 430."""
    home = Home(tmp_path / "home")
    home.create()
    text = home.settings_file.read_text("utf-8")
    text = text.replace("sqlite:///monitor.sqlite", db.engine.url.render_as_string(hide_password=False))
    text = text.replace("ledger_days = 0", "ledger_days = 430").replace("texts_days = 0", "texts_days = 430")
    home.settings_file.write_text(text, "utf-8")
    return home


@pytest.fixture
def app(home: Home, db: Db) -> Iterator[App]:
    prepare(db)
    Line(db).run()
    add_run(db, "old", NOW)
    add_run(db, "new", LATER - timedelta(days=179))
    made = App(home, clock=SettableClock(LATER), environment=False)
    yield made
    made.close()


def kept(db: Db) -> tuple[int, int, int]:
    with db.begin() as tx:
        texts = sa.select(sa.func.count()).where(articles.c.text != "")
        below = texts.where(articles.c.text.like("gate=0.0%"))
        rows = sa.select(sa.func.count()).select_from(ledger)
        return tuple(int(tx.execute(query).scalar_one()) for query in (texts, below, rows))  # type: ignore[return-value]


def test_what_is_old_goes_but_for_what_may_count(app: App, db: Db) -> None:
    before = kept(db)
    assert before[:2] == (41, 9)
    told = prune(app, dry_run=True)
    assert (told["runs"], told["texts"], told["revisions"]) == (1, 18, 0)
    assert (kept(db), endings(db)) == (before, [("old", "done"), ("new", "done")])
    assert prune(app) == told
    assert kept(db) == (41 - 18, 0, before[2] - told["ledger"])
    assert endings(db) == [("new", "done")]
    assert prune(app) == Counts()


def test_a_text_that_a_person_has_spoken_of_stays_until_that_is_taken_back(app: App, db: Db) -> None:
    said = (Saying(CorrectionKind.COOPERATION), Saying(CorrectionKind.NOT_COOPERATION))
    with db.begin() as tx:
        below = sa.select(articles.c.id).where(articles.c.text.like("gate=0.0%")).order_by(articles.c.id)
        chosen = [ArticleId(number) for number in tx.execute(below.limit(2)).scalars()]
        ids = [add(tx, one, [word], who="Anna", at=NOW)[0] for one, word in zip(chosen, said, strict=True)]
    assert prune(app)["texts"] == 18 - 2
    assert kept(db)[:2] == (41 - 16, 2)
    with db.begin() as tx:
        undo(tx, ids[1], who="Anna", at=LATER)
    assert prune(app)["texts"] == 1


def test_of_polls_the_first_good_and_the_last_of_each_feed_stay_and_those_of_archives(
    app: App, db: Db
) -> None:
    started, old = LATER - timedelta(days=1200), LATER - timedelta(days=801)
    polls = [
        ("gorki", started - timedelta(days=1), "failed"),
        ("gorki", started, "done"),
        ("gorki", started + timedelta(days=1), "done"),
        ("gorki", old, "failed"),
        ("gorki", LATER - timedelta(days=799), "done"),
        ("orsha", started, "failed"),
        ("orsha", old, "failed"),
        (ARCHIVE, started, "done"),
        (ARCHIVE, old, "done"),
    ]
    with db.begin() as tx:
        tx.execute(sa.delete(checks))
        for name, at, ending in polls:
            row = {"source_id": "shklov", "feed_url": name, "at": at, "ending": ending, "reason": "ok",
                   "n_entries": 1, "n_new": 0, "overflow": False, "warnings": []}  # fmt: skip
            tx.execute(sa.insert(checks).values(row))
    assert prune(app, dry_run=True)["checks"] == 4
    prune(app)
    with db.begin() as tx:
        left = tx.execute(sa.select(checks.c.feed_url, checks.c.at, checks.c.ending).order_by(checks.c.id))
        assert [tuple(row) for row in left] == [polls[1], polls[4], polls[6], polls[7], polls[8]]


def test_what_a_gap_is_counted_from_cannot_be_thrown_away(home: Home) -> None:
    text = home.settings_file.read_text("utf-8").replace("ledger_days = 430", "ledger_days = 300")
    home.settings_file.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match="at least 430 days"):
        App(home, environment=False).settings  # noqa: B018
