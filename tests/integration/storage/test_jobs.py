"""A job leaves a row that says how it ended, whatever happens in it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.cli.context import Terminated
from monitor.core import runs
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.errors import OutsideError, UsageError
from monitor.core.progress import Progress
from monitor.jobs import JOBS, Job, find_job, next_run, run_job
from monitor.wiring import App

NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)


class Installation(App):
    """An App over a given database; the jobs below use nothing else of it."""

    def __init__(self, db: Db) -> None:
        self.ready_db = db
        self.clock = SettableClock(NOW)


def works(app: App, progress: Progress) -> Counts:
    return Counts(tagged=3)


def crashes_on_one_item(app: App, progress: Progress) -> Counts:
    return Counts(tagged=2, crashed=1)


def fails(app: App, progress: Progress) -> Counts:
    raise OutsideError("the disk is full")


def is_interrupted(app: App, progress: Progress) -> Counts:
    raise KeyboardInterrupt


def is_terminated(app: App, progress: Progress) -> Counts:
    raise Terminated(143)


@pytest.mark.parametrize(
    ("do", "ending", "counts", "error"),
    [
        (works, "done", {"tagged": 3}, None),
        (crashes_on_one_item, "failed", {"tagged": 2, "crashed": 1}, None),
        (fails, "failed", {}, "OutsideError: the disk is full"),
        (is_interrupted, "stopped", {}, None),  # three failed ones in a row are told to the operator
        (is_terminated, "stopped", {}, None),
    ],
)
def test_every_ending_closes_the_run(
    db: Db, do: object, ending: str, counts: dict[str, int], error: str | None
) -> None:
    job = Job("test", "* * * * *", do)  # type: ignore[arg-type]
    try:
        run_job(Installation(db), job)
    except OutsideError:
        assert error
    except (KeyboardInterrupt, SystemExit):
        assert ending == "stopped"
    with db.begin() as tx:
        row = tx.execute(sa.select(runs.runs)).mappings().one()
    assert (row["ending"], row["counts"], row["error"]) == (ending, counts, error)
    assert row["ended_at"] == NOW


def test_weekly_jobs_come_on_monday_in_the_newsrooms_zone_and_in_order() -> None:
    minsk = ZoneInfo("Europe/Minsk")
    due = {job.name: next_run(job, after=NOW, zone=minsk) for job in JOBS}
    assert due["gaps.build"] == datetime(2026, 11, 23, 5, 0, tzinfo=minsk)
    assert due["gaps.build"] < due["reports.build"] < due["review.draw"]
    assert due["crawl.poll"] == datetime(2026, 11, 16, 6, 0, tzinfo=minsk)


def test_an_unknown_job_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UsageError, match=r"crawl\.poll, crawl\.pages"):
        find_job("crawl.everything")
