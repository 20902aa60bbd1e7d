"""How one outlet was watched week by week, and how all sources stand: what the pages of the press show."""

from dataclasses import dataclass
from datetime import date, timedelta

from monitor.core.clock import day_start, week_start, weeks_back
from monitor.core.ids import SourceId, Week
from monitor.crawl.history import LOOK_BACK, read_source
from monitor.gaps.exposure import observed_weeks, watch
from monitor.wiring.app import App

WEEKS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class WeekSeen:
    """The part of one week in which an outlet's list was read, 0..1."""

    week: Week
    begins_on: date
    share: float


def seen_by_week(app: App, source: SourceId, last: Week) -> tuple[WeekSeen, ...]:
    """The twelve weeks up to `last`, oldest first; all nought where the outlet was never asked."""
    weeks = [weeks_back(last, n) for n in range(WEEKS_SHOWN - 1, -1, -1)]
    edges = [day_start(week_start(week), app.zone) for week in weeks]
    edges.append(day_start(week_start(last) + timedelta(weeks=1), app.zone))
    with app.ready_db.reading() as tx:
        facts = read_source(tx, source, since=edges[0] - LOOK_BACK, stop=edges[-1])
    if facts is None:
        return tuple(WeekSeen(week, week_start(week), 0.0) for week in weeks)
    # of the list alone: what became of its pages is told by the gap table
    watched = watch(facts.polls, facts.published, end=edges[-1], read_share=1.0)
    shares = observed_weeks(watched, edges)
    return tuple(
        WeekSeen(week, week_start(week), min(1.0, float(share)))
        for week, share in zip(weeks, shares, strict=True)
    )
