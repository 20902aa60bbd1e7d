"""The weekly work: each week that is over is counted and reported once, also after a missed Monday."""

from collections.abc import Callable, Collection
from functools import partial

import structlog

from monitor.core.clock import weeks_back
from monitor.core.counts import Counts
from monitor.core.db import Tx
from monitor.core.ids import Week
from monitor.core.progress import Progress, silent
from monitor.core.runs import find_fact, put_fact
from monitor.gaps.store import find_table
from monitor.reports.stage import WINDOW_WEEKS
from monitor.wiring import gaptables, reporting
from monitor.wiring.app import App
from monitor.wiring.clocks import is_known
from monitor.wiring.reporting import Choice

log = structlog.get_logger(__name__)

_REPORTS = "weekly.reports"  # fact: the last week whose reports were made
MOST_WEEKS = (
    8  # after a longer time without service older weeks are left out: nobody reads nine letters at once
)


def build_gaps(app: App, progress: Progress = silent) -> Counts:
    """Count and keep the gap tables of the weeks that are over and not counted; the last in any case."""
    gaptables.keep_counts(app, app.last_week(), progress)
    return _each_week(app, "weekly.gaps", partial(gaptables.build_gaps, app), progress)


def build_reports(app: App, progress: Progress = silent) -> Counts:
    """Make and queue the reports of the weeks that are over and not reported; the last in any case.

    Before them those that could not be made for a week of late. A week of which nothing is on record is left
    out (counts: unknown_weeks): a clock that is a year ahead would else send eight letters of next year.
    """

    def build(week: Week, only: Collection[Choice] | None = None) -> Counts:
        with app.ready_db.begin() as tx:
            # a demo of a few days walks by a clock of its own, and its last whole week may lie before them
            if not app.settings.newsroom.demo and not is_known(tx, week, zone=app.zone):
                log.warning("week_not_reported", week=week, why="nothing was asked and no article came out")
                return Counts(unknown_weeks=1)
            is_counted = find_table(tx, week, WINDOW_WEEKS) is not None
        if not is_counted:  # its own job failed or was never due: no letter is lost for that
            gaptables.build_gaps(app, week)
        return reporting.build_reports(app, week, only=only)

    counts = Counts()
    for week, choices in _left_over(app).items():
        counts.merge(build(week, choices))
    counts.merge(_each_week(app, _REPORTS, build, progress))
    return counts


def last_reported(tx: Tx) -> Week | None:
    """The last week whose reports were made; None before the first."""
    week: Week | None = find_fact(tx, _REPORTS)
    return week


def _left_over(app: App) -> dict[Week, list[Choice]]:
    """What could not be made, by week, oldest first. The last week is made whole in any case; of weeks that
    are too old nothing is asked for any more, so their failures are forgotten."""
    newest = app.last_week()
    oldest = weeks_back(newest, MOST_WEEKS)
    found: dict[Week, list[Choice]] = {}
    with app.ready_db.begin() as tx:
        for one in sorted(reporting.unmade(tx), key=lambda one: one.week):
            if one.week != newest:
                found.setdefault(one.week, []).extend([one.choice] if one.week > oldest else [])
    return found


def weeks_due(last: Week | None, newest: Week) -> tuple[Week, ...]:
    """Weeks after `last` up to `newest`, oldest first, at most MOST_WEEKS; `newest` is always among them.

    `last` after `newest` (the clock was ahead) is not believed.
    """
    due = [newest]
    while last is not None and len(due) < MOST_WEEKS and (before := weeks_back(due[0], 1)) > last:
        due.insert(0, before)
    return tuple(due)


def _each_week(app: App, fact: str, build: Callable[[Week], Counts], progress: Progress) -> Counts:
    with app.ready_db.begin() as tx:
        last = find_fact(tx, fact)
    due = weeks_due(last, app.last_week())
    if last is not None and weeks_back(due[0], 1) > last:
        log.warning("weeks_left_out", after=last, before=due[0])
    counts = Counts()
    for n, week in enumerate(due, 1):
        counts.merge(build(week))
        with app.ready_db.begin() as tx:
            put_fact(tx, fact, week)
        progress("weeks", n, len(due))
    return counts
