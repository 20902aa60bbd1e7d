"""Gap tables of an installation: what they are stamped with, and that a look at one stores none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles import corrections
from monitor.articles.corrections import CorrectionKind, Saying
from monitor.core import runs, schema
from monitor.core.clock import SettableClock, week_of
from monitor.core.errors import UsageError
from monitor.core.home import Home
from monitor.core.ids import ArticleId
from monitor.crawl.tables import checks
from monitor.gaps.stage import is_outdated
from monitor.gaps.tables import gap_rows, gap_weeks
from monitor.reports.stage import WINDOW_WEEKS
from monitor.wiring import App, gaptables
from monitor.wiring.gaptables import build_gaps, kept_week
from tests import make
from tests.command import monitor

ARTICLE = ArticleId(1)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(datetime.now(UTC))  # the command line goes by the machine's


@pytest.fixture
def app(tmp_path: Path, clock: SettableClock) -> Iterator[App]:
    home = Home(tmp_path / "home")
    home.create()
    app = App(home, clock=clock, environment=False)
    schema.upgrade(app.db)
    with app.db.begin() as tx:
        for stage in ("tag", "link"):
            runs.ensure_version(tx, stage, "one", {}, at=clock())
        make.add_source(tx, "agency")
        make.add_article(tx, "agency", ARTICLE)
    yield app
    app.close()


def promote_tags(app: App) -> None:
    with app.db.begin() as tx:
        runs.make_current(tx, runs.add_version(tx, "tag", "other", {}, at=app.clock()))


def promote_links(app: App) -> None:
    with app.db.begin() as tx:
        runs.make_current(tx, runs.add_version(tx, "link", "other", {}, at=app.clock()))


def correct(app: App) -> None:
    with app.db.begin() as tx:
        said = [Saying(CorrectionKind.NOT_COOPERATION)]
        corrections.add(tx, ARTICLE, said, who="Анна", at=app.clock())


def stored(app: App) -> list[tuple[Any, ...]]:
    """All that is kept of tables."""
    with app.db.begin() as tx:
        weeks = sa.select(gap_weeks).order_by(gap_weeks.c.week)
        rows = sa.select(gap_rows).order_by(gap_rows.c.week, gap_rows.c.family_id)
        return [tuple(row) for query in (weeks, rows) for row in tx.execute(query)]


@pytest.mark.parametrize("happen", [promote_tags, promote_links, correct], ids=lambda f: f.__name__)
def test_what_happens_between_the_reading_and_the_storing_outdates_the_table(
    app: App, clock: SettableClock, monkeypatch: pytest.MonkeyPatch, happen: Any
) -> None:
    count, week = gaptables.build_table, app.last_week()

    def slowly(**given: Any) -> Any:
        counted = count(**given)
        clock.set(clock() + timedelta(minutes=5))
        happen(app)
        clock.set(clock() + timedelta(minutes=5))
        return counted

    monkeypatch.setattr(gaptables, "build_table", slowly)
    build_gaps(app, week)
    assert is_outdated(app.db, week, WINDOW_WEEKS)
    monkeypatch.undo()
    build_gaps(app, week)
    assert not is_outdated(app.db, week, WINDOW_WEEKS)


def test_a_preview_stores_no_table_not_even_of_a_week_that_is_not_over(app: App, tmp_path: Path) -> None:
    build_gaps(app)
    before, out = stored(app), tmp_path / "preview"
    running = week_of(app.today())
    for week in (running, app.last_week()):
        said = monitor(
            "report", "preview", "--region", "Mogilev", "--week", week, "--format", "json", "--out", out,
            home=app.home.root,
        )  # fmt: skip
        assert said.code == 0, said.err
        assert (out / f"{week}-by-mogilev-region-ru.json").exists()
    assert stored(app) == before


def test_half_a_week_and_a_week_before_all_are_neither_kept_nor_mailed(
    app: App, clock: SettableClock
) -> None:
    clock.set(datetime(2026, 11, 22, 20, 59, tzinfo=UTC))  # 23:59 of Sunday in Minsk
    with app.db.begin() as tx:
        put = {"source_id": "agency", "feed_url": "f", "ending": "done", "reason": "ok", "warnings": []}
        tx.execute(
            sa.insert(checks).values(
                **put, at=datetime(2026, 11, 9, tzinfo=UTC), n_entries=0, n_new=0, overflow=False
            )
        )
    with pytest.raises(UsageError, match=r"2026-W47 is not over before 2026-11-23"):
        kept_week(app, "2026-W47")
    with pytest.raises(UsageError, match=r"2026-W44 was over .* the first good poll is of 2026-11-09"):
        kept_week(app, "2026-W44")
    with pytest.raises(UsageError, match="has not begun"):
        kept_week(app, "2026-W48")
    assert (kept_week(app, "2026-W45"), kept_week(app, "")) == ("2026-W45", "2026-W46")
    clock.set(datetime(2026, 11, 22, 21, tzinfo=UTC))
    assert kept_week(app, "2026-W47") == "2026-W47"


@pytest.mark.parametrize("words", [["report", "build"], ["gaps", "--keep"]])
def test_the_running_week_is_refused_before_anything_is_kept(app: App, words: list[str]) -> None:
    said = monitor(*words, "--week", week_of(app.today()), home=app.home.root)
    assert (said.code, said.out) == (2, "")
    assert "would be half a week" in said.err
    assert stored(app) == []
