"""Reports that are kept, looked at again: recounted from the database, and corrected."""

from dataclasses import dataclass

from monitor.core.counts import Counts
from monitor.core.errors import UsageError
from monitor.core.ids import PlaceId, TopicId, Week
from monitor.reports import store
from monitor.reports.amend import Difference, corrected, differences
from monitor.reports.outbox import put_out
from monitor.reports.stage import WINDOW_WEEKS
from monitor.reports.types import Report
from monitor.wiring.app import App
from monitor.wiring.gaptables import stored_report


@dataclass(frozen=True, slots=True)
class Verified:
    """What a recount of a kept report found. `is_whole`: its facts are those that were kept and hashed."""

    report_id: str
    is_whole: bool
    rows: int
    differences: tuple[Difference, ...]


def verify(app: App, report_id: str) -> Verified:
    """Recount a kept report from the database as it is now. Errors: UsageError when none is kept."""
    with app.ready_db.reading() as tx:
        said = store.get_report(tx, report_id)
        is_whole = store.is_as_kept(tx, report_id)
    now = _recounted(app, said)
    return Verified(report_id, is_whole, len(said.rows), differences(said, now))


def correct(
    app: App, week: Week, region: PlaceId, lang: str, why: str, topics: tuple[TopicId, ...] = ()
) -> tuple[Report | None, Counts]:
    """Make the correction of the report that was sent last and queue it for its readers.

    None when nothing that it said has changed. Errors: UsageError when none was sent.
    """
    app.build_gaps(week)
    fresh = app.report(week, region, lang, topics)
    with app.ready_db.reading() as tx:
        versions = store.versions_of(tx, fresh.id)
        if not versions:
            raise UsageError(f"no report {fresh.id!r} is kept: there is nothing to correct")
        sent = store.get_report(tx, versions[-1])
        if not store.has_left(tx, sent.id):
            raise UsageError(f"{sent.id!r} was not sent yet: `monitor report build` makes it anew")
    found = corrected(sent, fresh, number=len(versions), why=why)
    if found is None:
        return None, Counts()
    sender, now = app.settings.mail.sender, app.clock()
    return found, put_out(db=app.ready_db, report=found, sender=sender, now=now)


def _recounted(app: App, said: Report) -> Report:
    table = app.gap_table(said.week, WINDOW_WEEKS)
    return stored_report(app, said.week, said.region, said.lang, said.topics_wanted, table=table)
