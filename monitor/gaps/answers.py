"""What readers answer to a row: recorded with who and when, never changed. Runs in the caller's transaction.

The last answer on a family in a region counts. Until its day the row rests, unless its facts change, which
the ranking judges: an answer says of which week's row it spoke.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.core.ids import FamilyId, PlaceId
from monitor.gaps.tables import answers

NOTE_LIMIT = 300
WHO_LIMIT = 120
REST = timedelta(weeks=8)  # DESIGN 7: a row that was answered rests eight weeks
REMIND_AHEAD = timedelta(days=366)  # a reminder further ahead is a way of saying no


class AnswerKind(StrEnum):
    """What can be answered."""

    WRONG = "wrong"
    WORKING = "working"  # we are on it
    NOT_NEWS = "not_news"
    REMIND = "remind"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was recorded. `rests_until`: first day on which the row may be shown again."""

    id: int
    kind: AnswerKind
    family: FamilyId  # empty: of no row
    region: PlaceId  # of the report that was answered to, empty from the command line
    week: str  # of the row that was answered, empty where unknown
    who: str
    at: datetime
    note: str
    rests_until: date | None


def add_answer(
    tx: Tx,
    *,
    kind: AnswerKind,
    family: FamilyId,
    who: str,
    at: datetime,
    today: date,
    region: str = "",
    week: str = "",
    note: str = "",
    remind_on: date | None = None,
) -> Answer:
    """Record an answer. `today`: the newsroom's day of `at`; `remind_on`: the day of a reminder only.

    What the same person says again, with nothing else said of the row in between, is the answer that stands:
    a double click, or the way back and once more.

    Errors: UsageError when who is missing, the note is too long or missing where one must be given, or the
    day of the reminder is not ahead.
    """
    said = note.strip()
    _check(kind, who, said, remind_on, today)
    rests_until = (remind_on or today + REST) if family else None
    last = next(iter(list_answers(tx, family)), None) if family else None
    new = Answer(0, kind, family, PlaceId(region), week, who, at, said, rests_until)
    if last is not None and replace(last, id=0, at=at) == new:
        return last
    values = {
        "kind": kind.value,
        "family_id": family,
        "region": region,
        "week": week,
        "who": who,
        "at": at,
        "note": said,
        "rests_until": rests_until,
    }
    row = tx.execute(sa.insert(answers).values(**values).returning(answers)).one()
    return _answer(row)


def current_answers(tx: Tx, now: datetime) -> Mapping[FamilyId, tuple[Answer, ...]]:
    """Per family the last answer of each region, newest first, while their rest has not ended at `now`."""
    latest = (
        sa.select(sa.func.max(answers.c.id))
        .where(answers.c.family_id != "", answers.c.at <= now)
        .group_by(answers.c.family_id, answers.c.region)
    )
    query = (
        sa.select(answers)
        .where(answers.c.id.in_(latest), answers.c.rests_until > now.date())
        .order_by(answers.c.id.desc())
    )
    found: dict[FamilyId, tuple[Answer, ...]] = {}
    for answer in map(_answer, tx.execute(query)):
        found[answer.family] = (*found.get(answer.family, ()), answer)
    return found


def list_answers(tx: Tx, family: FamilyId | None = None, *, who: str = "") -> tuple[Answer, ...]:
    """Everything that was answered, newest first; of one family or one person only."""
    query = sa.select(answers).order_by(answers.c.id.desc())
    if family is not None:
        query = query.where(answers.c.family_id == family)
    if who:
        query = query.where(answers.c.who == who)
    return tuple(map(_answer, tx.execute(query)))


def _check(kind: AnswerKind, who: str, note: str, remind_on: date | None, today: date) -> None:
    if not who.strip() or len(who) > WHO_LIMIT:
        raise UsageError(f"an answer needs the name of who gives it, at most {WHO_LIMIT} letters")
    if len(note) > NOTE_LIMIT:
        raise UsageError(f"a note has at most {NOTE_LIMIT} letters, this one {len(note)}")
    if kind is AnswerKind.NOT_NEWS and not note:
        raise UsageError("say in a few words why it is not news")
    if (kind is AnswerKind.REMIND) != (remind_on is not None):
        raise UsageError("a reminder has a day, and no other answer has one")
    if remind_on is not None and not today < remind_on <= today + REMIND_AHEAD:
        raise UsageError(f"the day of a reminder lies between tomorrow and {today + REMIND_AHEAD}")


def _answer(row: sa.Row[tuple[object, ...]]) -> Answer:
    return Answer(
        id=row.id,
        kind=AnswerKind(row.kind),
        family=FamilyId(row.family_id),
        region=PlaceId(row.region),
        week=row.week,
        who=row.who,
        at=row.at,
        note=row.note,
        rests_until=row.rests_until,
    )
