"""Reports: made of a week's gap table, recounted from the database, corrected."""

from collections.abc import Collection
from dataclasses import asdict, dataclass

import structlog

from monitor.core.counts import Counts
from monitor.core.db import Tx
from monitor.core.errors import MonitorError, StorageError, UsageError
from monitor.core.ids import PlaceId, TopicId, Week
from monitor.core.runs import find_fact, put_fact
from monitor.gaps.stage import is_outdated
from monitor.reports import store
from monitor.reports.amend import Difference, corrected, differences
from monitor.reports.outbox import put_out
from monitor.reports.stage import WINDOW_WEEKS
from monitor.reports.subscribers import list_subscribers
from monitor.reports.types import Report
from monitor.wiring.app import App
from monitor.wiring.gaptables import build_gaps, gap_table, stored_report

log = structlog.get_logger(__name__)

Choice = tuple[PlaceId, str, tuple[TopicId, ...]]  # region, language, topics: what one report is made for
_UNMADE = "reports.unmade"  # fact: the reports that readers wait for and that could not be made
_ERROR_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Unmade:
    """A report that its readers wait for and that could not be made."""

    week: Week
    region: PlaceId
    lang: str
    topics: tuple[TopicId, ...]
    error: str

    @property
    def choice(self) -> Choice:
        """What it is made for."""
        return self.region, self.lang, self.topics


@dataclass(frozen=True, slots=True)
class Verified:
    """What a recount of a kept report found. `is_whole`: its facts are those that were kept and hashed."""

    report_id: str
    is_whole: bool
    rows: int
    differences: tuple[Difference, ...]


def regions(app: App) -> tuple[PlaceId, ...]:
    """The regions that a report is made of: those of Belarus, in the gazetteer's order."""
    places = app.register.places.values()
    return tuple(place.id for place in places if place.kind == "region" and place.country == "BY")


def report(app: App, week: Week, region: PlaceId, lang: str, topics: tuple[TopicId, ...] = ()) -> Report:
    """The report of a week whose gap table is kept, made anew after a correction; not stored.

    Errors: UsageError for a region that the gazetteer does not know.
    """
    if region not in app.register.places:
        raise UsageError(
            f"the gazetteer has no place {region!r}: end its subscriptions or name the place again"
        )
    if is_outdated(app.ready_db, week, WINDOW_WEEKS):
        build_gaps(app, week)
    return stored_report(app, week, region, lang, topics)


def build_reports(app: App, week: Week | None = None, *, only: Collection[Choice] | None = None) -> Counts:
    """Make and queue the reports that subscribers wait for; without an argument of the last week.

    `only`: of these choices. Counts: reports, queued, crashed (could not be made: see `unmade`; the others
    go out all the same). Errors: StorageError.
    """
    week = week or app.last_week()
    with app.ready_db.begin() as tx:
        wanted: dict[Choice, None] = {
            (s.region, s.lang, tuple(sorted(s.topics))): None for s in list_subscribers(tx)
        }
    counts, failed = Counts(), []
    for choice in wanted:
        if only is not None and choice not in only:
            continue
        try:
            counts.merge(_put_out(app, report(app, week, *choice)))
            counts.add("reports")
        except StorageError:
            raise  # the database itself: no other report could be made
        except Exception as error:  # what ails one region's report costs no other its letter
            log.error(
                "report_crashed", week=week, choice=choice, exc_info=not isinstance(error, MonitorError)
            )
            why = str(error) if isinstance(error, MonitorError) else f"{type(error).__name__}: {error}"
            failed.append(Unmade(week, *choice, why[:_ERROR_LIMIT]))
            counts.add("crashed")
    with app.ready_db.begin() as tx:
        others = [one for one in unmade(tx) if one.week != week]
        put_fact(tx, _UNMADE, [asdict(one) for one in (*others, *failed)])
    return counts


def unmade(tx: Tx) -> tuple[Unmade, ...]:
    """The reports that could not be made when they were tried last."""
    known = find_fact(tx, _UNMADE) or []
    return tuple(Unmade(**{**one, "topics": tuple(one["topics"])}) for one in known)


def _put_out(app: App, made: Report) -> Counts:
    return put_out(
        db=app.ready_db, report=made, sender=app.settings.mail.sender, now=app.clock(), zone=app.zone
    )


def verify(app: App, report_id: str) -> Verified:
    """Recount a kept report from the database as it is now. Errors: UsageError when none is kept."""
    with app.ready_db.reading() as tx:
        said = store.get_report(tx, report_id)
        is_whole = store.is_as_kept(tx, report_id)
    now = _recounted(app, said)
    return Verified(report_id, is_whole, len(said.rows), differences(said, now))


def correct(
    app: App,
    week: Week,
    region: PlaceId,
    lang: str,
    why: str,
    topics: tuple[TopicId, ...] | None = None,
) -> tuple[tuple[Report, ...], Counts]:
    """Make the corrections of the reports that were sent last and queue them for their readers.

    `topics`: of the report cut to this choice, empty for the whole one; None: of every one that was sent.
    None of those of which nothing has changed. Errors: UsageError when none was sent.
    """
    with app.ready_db.reading() as tx:
        choices = store.sent_choices(tx, week, region, lang) if topics is None else (topics,)
    if not choices:
        raise UsageError(
            f"no report of {region} in {lang!r} was sent for {week}: there is nothing to correct"
        )
    build_gaps(app, week)
    told = [_corrected(app, week, region, lang, why, choice) for choice in choices]
    found = tuple(one for one in told if one is not None)
    counts = Counts()
    for one in found:
        counts.merge(_put_out(app, one))
    return found, counts


def _corrected(
    app: App, week: Week, region: PlaceId, lang: str, why: str, topics: tuple[TopicId, ...]
) -> Report | None:
    fresh = report(app, week, region, lang, topics)
    with app.ready_db.reading() as tx:
        versions = store.versions_of(tx, fresh.id)
        if not versions:
            raise UsageError(f"no report {fresh.id!r} is kept: there is nothing to correct")
        sent = store.get_report(tx, versions[-1])
        if not store.has_left(tx, sent.id):
            raise UsageError(f"{sent.id!r} was not sent yet: `monitor report build` makes it anew")
    return corrected(sent, fresh, number=len(versions), why=why)


def _recounted(app: App, said: Report) -> Report:
    table = gap_table(app, said.week, WINDOW_WEEKS)
    return stored_report(app, said.week, said.region, said.lang, said.topics_wanted, table=table)
