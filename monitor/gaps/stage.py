"""Stage: reads counts and polls of a week, has them judged, keeps the table."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from monitor.articles.corrections import last_correction_at
from monitor.core.clock import week_start
from monitor.core.db import Db, Tx
from monitor.core.errors import UsageError
from monitor.core.ids import FamilyId, SourceId, Week
from monitor.core.runs import Version, current_version
from monitor.crawl.history import first_good_poll
from monitor.crawl.types import Source
from monitor.gaps import store
from monitor.gaps.assemble import Setting, assemble
from monitor.gaps.counts import count
from monitor.gaps.detection import Audit
from monitor.gaps.profile import due_from, profiles
from monitor.gaps.readings import Basis, Reading, Window
from monitor.gaps.scope import regions_of, side_of
from monitor.gaps.types import GapTable
from monitor.gaps.watching import watched_sources
from monitor.register.norms import Norm
from monitor.register.types import Register

STATE_WEEKS = 52  # the window that decides states, whatever window is shown
SEED = 2026


def build_table(
    *,
    db: Db,
    register: Register,
    norms: tuple[Norm, ...],
    sources: Sequence[Source],
    week: Week,
    window_weeks: int,
    now: datetime,
    zone: tzinfo,
    min_p: float,
    audits: Mapping[str, Audit] | None = None,
    shown_on: Mapping[FamilyId, date] | None = None,
    seed: int = SEED,
) -> GapTable:
    """The gap table of an ISO week: all families by id, and how the sources were watched.

    Days that lie ahead of `now` and days before the first good poll belong to no window. Reads only.
    Errors: UsageError when the week has not begun or nothing was tagged and linked yet.
    """
    last = last_day(week, now=now, zone=zone)
    known = profiles(register, norms, last)
    sides = {source.id: side_of(source) for source in sources}
    with db.begin() as tx:
        tag, link = _versions(tx)
        basis = Basis(tag.id, link.id, min_p)
        began = first_good_poll(tx)

        def read(weeks: int) -> Reading:
            window = _window(last, weeks, began, zone)
            return _read(tx, window, basis, now=now, sides=sides, due_from=due_from(known))

        whole = read(STATE_WEEKS)
        part = None if window_weeks == STATE_WEEKS else read(window_weeks)
        before = store.states_before(tx, week, STATE_WEEKS)
    setting = Setting(register, sources, known, audits or {}, before, shown_on or {}, seed)
    rows, watch = assemble(setting, whole, part, window_weeks=window_weeks)
    shown = part or whole
    return GapTable(
        week=week,
        window_weeks=window_weeks,
        from_on=shown.window.from_on,
        to_on=shown.window.to_on,
        register_version=register.version,
        tag_version=tag.fingerprint,
        link_version=link.fingerprint,
        rows=rows,
        watch=watch,
        topic_articles=shown.counted.topic_originals,
        regions={family.id: regions_of(family, register) for family in register.families.values()},
    )


def store_table(*, db: Db, table: GapTable, now: datetime) -> None:
    """Keep the table of a week for reports and for the next week's comparison."""
    with db.begin() as tx:
        tag, link = _versions(tx)
        store.store_table(tx, table, tag_version_id=tag.id, link_version_id=link.id, at=now)


def is_outdated(db: Db, week: Week, window_weeks: int) -> bool:
    """Whether the stored table was made before the last correction, or under another run of tags."""
    with db.begin() as tx:
        made = store.find_origin(tx, week, window_weeks)
        said_at, tag = last_correction_at(tx), current_version(tx, "tag")
    if made is None:
        return False
    computed_at, tag_version = made
    return (said_at is not None and said_at > computed_at) or (tag is not None and tag.id != tag_version)


def load_table(tx: Tx, week: Week, window_weeks: int) -> GapTable:
    """The stored table. Errors: UsageError when there is none."""
    found = store.find_table(tx, week, window_weeks)
    if found is None:
        raise UsageError(f"no gap table of {week} with a window of {window_weeks} weeks is stored")
    return found


def last_day(week: Week, *, now: datetime, zone: tzinfo) -> date:
    """The last day counted: the Sunday of the week, or today if the week is not over.

    Errors: UsageError when the week has not begun or is no week.
    """
    try:
        monday = week_start(week)
    except ValueError as error:
        raise UsageError(f"{week!r} is not a week of the form 2026-W47") from error
    today = now.astimezone(zone).date()
    if monday > today:
        raise UsageError(f"{week} has not begun yet")
    return min(monday + timedelta(days=6), today)


def _window(last: date, weeks: int, began: datetime | None, zone: tzinfo) -> Window:
    first = last - timedelta(weeks=weeks) + timedelta(days=1)
    if began is not None:
        first = min(max(first, began.astimezone(zone).date()), last)
    return Window(first, last, zone)


def _read(
    tx: Tx,
    window: Window,
    basis: Basis,
    *,
    now: datetime,
    sides: Mapping[SourceId, str],
    due_from: Mapping[FamilyId, date],
) -> Reading:
    end = min(window.stop, now.astimezone(UTC))
    watched, pages = watched_sources(tx, start=window.start, stop=end, tag_version=basis.tag_version)
    return Reading(
        window=window,
        end=end,
        counted=count(tx, window, basis, sides=sides, due_from=due_from),
        watched=watched,
        pages=pages,
    )


def _versions(tx: Tx) -> tuple[Version, Version]:
    tag, link = current_version(tx, "tag"), current_version(tx, "link")
    if tag is None or link is None:
        raise UsageError(
            "nothing is tagged and linked yet: run `monitor crawl`, `monitor tag`, `monitor link`"
        )
    return tag, link
