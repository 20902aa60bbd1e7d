"""Gap tables of an installation: what they are stamped with."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.articles import corrections
from monitor.articles.corrections import CorrectionKind, Saying
from monitor.core import runs, schema
from monitor.core.clock import SettableClock
from monitor.core.home import Home
from monitor.core.ids import ArticleId
from monitor.gaps.stage import is_outdated
from monitor.reports.stage import WINDOW_WEEKS
from monitor.wiring import App, gaptables
from monitor.wiring.gaptables import build_gaps
from tests import make

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
