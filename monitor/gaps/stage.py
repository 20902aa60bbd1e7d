"""Stage: reads counts and polls of a week, has them judged, keeps the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from monitor.articles.audit import audit_items_of, last_answer_at
from monitor.articles.audit_types import AuditItem
from monitor.articles.corrections import last_correction_at
from monitor.core.clock import asked_week_start, weeks_back
from monitor.core.collection import no_collection
from monitor.core.db import Db, Tx, group_in_memory
from monitor.core.errors import UsageError
from monitor.core.ids import FamilyId, SourceId, Week
from monitor.core.runs import Version, current_version
from monitor.crawl.history import first_good_poll
from monitor.crawl.types import Source
from monitor.gaps import store
from monitor.gaps.answers import current_answers
from monitor.gaps.assemble import Setting, assemble
from monitor.gaps.audits import audited
from monitor.gaps.calendar import NO_CALENDAR, Calendar
from monitor.gaps.counts import count
from monitor.gaps.detection import Audit
from monitor.gaps.kept import read_press
from monitor.gaps.profile import due_from, profiles
from monitor.gaps.readings import STATE_WEEKS, Basis, Reading, Window
from monitor.gaps.rest import Answered
from monitor.gaps.said import AuditNote
from monitor.gaps.scope import link_class, side_of
from monitor.gaps.showings import facts_at, showings_until
from monitor.gaps.store import Counted, Origin
from monitor.gaps.topics import topic_rates, topic_table
from monitor.gaps.types import GapTable
from monitor.gaps.watching import watched_sources
from monitor.register.norms import Norm
from monitor.register.store import find_version as find_register_version
from monitor.register.types import Register

SEED = 2026


@dataclass(frozen=True, slots=True)
class Choices:
    """What an installation has decided: norms, calendar, how long an audit holds, which links count."""

    norms: tuple[Norm, ...]
    min_p: float  # the least probability of a link
    calendar: Calendar = NO_CALENDAR
    audit_holds_weeks: int = 8
    audit_halves_every_weeks: int = 8
    seed: int = SEED
    generic: frozenset[str] = frozenset()  # stems of titles by which no document is known


@no_collection()
def build_table(
    *,
    db: Db,
    register: Register,
    sources: Sequence[Source],
    choices: Choices,
    week: Week,
    window_weeks: int,
    now: datetime,
    zone: tzinfo,
) -> Counted:
    """The gap table of an ISO week: all families by id, how the sources were watched, what it was made from.

    Days that lie ahead of `now` and days before the first good poll belong to no window. Reads only.
    Errors: UsageError when the week has not begun or nothing was tagged and linked yet.
    """
    last = last_day(week, now=now, zone=zone)
    known = profiles(register, choices.norms, last, choices.generic)
    sides = {source.id: side_of(source) for source in sources}
    with db.reading() as tx:
        group_in_memory(tx)
        tag, link = _versions(tx)
        basis = Basis(tag.id, link.id, choices.min_p)
        began = first_good_poll(tx)

        def read(weeks: int) -> Reading:
            window = _window(last, weeks, began, zone)
            return _read(tx, window, basis, now=now, sides=sides, due_from=due_from(known))

        whole = read(STATE_WEEKS)
        part = None if window_weeks == STATE_WEEKS else read(window_weeks)
        items = audit_items_of(tx, upto=week)
        audits, note = _audits(items, register, choices, week)
        setting = Setting(
            register=register,
            sources=sources,
            profiles=known,
            audits=audits,
            before=store.states_before(tx, week, STATE_WEEKS),
            showings=showings_until(tx, last),
            answers=_answers(tx, min(now, whole.window.stop)),
            calendar=choices.calendar,
            seed=choices.seed,
        )
        years_before = store.find_years(tx, weeks_back(week, STATE_WEEKS), STATE_WEEKS)
    made = assemble(setting, whole, part, window_weeks=window_weeks)
    shown = part or whole
    table = GapTable(
        week=week,
        window_weeks=window_weeks,
        from_on=shown.window.from_on,
        to_on=shown.window.to_on,
        register_version=register.version,
        tag_version=tag.fingerprint,
        link_version=link.fingerprint,
        rows=made.rows,
        watch=made.watch,
        topic_articles=shown.counted.topic_originals,
        regions=dict(made.regions),
        audit=note,
        topics=topic_table(
            register,
            known,
            shown.counted.topic_originals,
            shown.counted.coop_originals,
            rates=topic_rates(items, register.topics, week),
            seed=choices.seed,
        ),
        outlets=made.outlets,
        agencies=made.agencies,
        years=made.years,
        years_before=years_before,
    )
    return Counted(table, Origin(now, tag.id, link.id, register.version))


def _audits(
    items: Sequence[AuditItem], register: Register, choices: Choices, week: Week
) -> tuple[dict[str, Audit], AuditNote]:
    return audited(
        items,
        classes={f.id: link_class(f, register) for f in register.families.values()},
        family_of=register.family_of,
        week=week,
        holds_weeks=choices.audit_holds_weeks,
        halves_every_weeks=choices.audit_halves_every_weeks,
    )


def _answers(tx: Tx, now: datetime) -> dict[FamilyId, list[Answered]]:
    """Answers that hold, each with the facts of the row that it was given to."""
    found: dict[FamilyId, list[Answered]] = {}
    for family, told in current_answers(tx, now).items():
        for answer in told:
            if answer.rests_until is not None:
                facts = facts_at(tx, answer.week, [family]).get(family, "") if answer.week else ""
                one = Answered(answer.region, answer.kind.value, facts, answer.rests_until)
                found.setdefault(family, []).append(one)
    return found


def store_table(*, db: Db, counted: Counted) -> None:
    """Keep the table of a week for reports and for the next week's comparison.

    It is kept as what it was made from, whatever counts by now: `is_outdated` tells them apart.
    """
    table, made = counted
    with db.begin() as tx:
        store.store_table(
            tx, table, tag_version_id=made.tag_version_id, link_version_id=made.link_version_id, at=made.at
        )


def is_outdated(db: Db, week: Week, window_weeks: int) -> bool:
    """Whether the stored table was read before the last correction or audit, of other tags, links or rows."""
    with db.reading() as tx:  # pages ask it: no writer may wait for them
        made = store.find_origin(tx, week, window_weeks)
        said_at = (last_correction_at(tx), last_answer_at(tx))
        tag, link = current_version(tx, "tag"), current_version(tx, "link")
        register = find_register_version(tx)
    if made is None or tag is None or link is None:
        return False
    said_since = any(at is not None and at > made.at for at in said_at)
    is_other = (tag.id, link.id) != (made.tag_version_id, made.link_version_id)
    return said_since or is_other or register not in (None, made.register_version)


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
    monday = asked_week_start(week)
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
    press = read_press(tx, window, end=end, tag_version=basis.tag_version)
    watched, pages, overflowed = watched_sources(
        tx, start=window.start, stop=end, tag_version=basis.tag_version, listed=press.listed, zone=window.zone
    )
    return Reading(
        window=window,
        end=end,
        counted=count(tx, window, basis, sides=sides, due_from=due_from, press=press.stretches),
        watched=watched,
        pages=pages,
        overflowed=overflowed,
    )


def _versions(tx: Tx) -> tuple[Version, Version]:
    tag, link = current_version(tx, "tag"), current_version(tx, "link")
    if tag is None or link is None:
        raise UsageError(
            "nothing is tagged and linked yet: run `monitor crawl`, `monitor tag`, `monitor link`"
        )
    return tag, link
