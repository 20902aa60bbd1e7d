"""What the form of an answer to a row may say: one set of rules for links of mails and the newsroom. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.core.ids import ArticleId, FamilyId
from monitor.gaps.answers import NOTE_LIMIT, REMIND_AHEAD, AnswerKind
from monitor.reports.catalogue import Catalogue
from monitor.reports.types import Report
from monitor.web.asked import Asked, FormError, one_line_field

_OFFERED = timedelta(weeks=4)  # a reminder, where no day was chosen


@dataclass(frozen=True, slots=True)
class Given:
    """What a form says, checked."""

    note: str
    remind_on: date | None  # of a reminder
    wrong: tuple[ArticleId, ...]  # articles that are not about the row


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a reminder may be asked for, and the one that is offered."""

    first: date
    last: date
    offered: date


@dataclass(frozen=True, slots=True)
class Filled:
    """The fields of a form as they were filled in, to be shown again."""

    note: str
    note_limit: int
    day: str  # ISO; of a reminder
    first_day: str
    last_day: str
    ticked: frozenset[str]  # articles


def days_from(today: date) -> Days:
    """Of a reminder asked for on a day of the newsroom."""
    return Days(today + timedelta(days=1), today + REMIND_AHEAD, today + _OFFERED)


def read_answer(
    kind: AnswerKind, asked: Asked, own: Sequence[ArticleId], today: date, words: Catalogue
) -> Given:
    """What a form answers to a row; `own`: the articles that the row counts, no other can be ticked.

    Errors: FormError that says what is missing or too long.
    """
    note = one_line_field(asked, "note")
    if len(note) > NOTE_LIMIT:
        raise FormError(words, "note_long", limit=NOTE_LIMIT)
    if kind is AnswerKind.NOT_NEWS and not note:
        raise FormError(words, "note_missing")
    wrong: tuple[ArticleId, ...] = ()
    if kind is AnswerKind.WRONG:
        chosen = set(asked.fields("article"))
        wrong = tuple(article for article in own if str(article) in chosen)
        if not wrong and not note:
            raise FormError(words, "nothing_said")
    return Given(note, _day(asked, days_from(today), words) if kind is AnswerKind.REMIND else None, wrong)


def filled(asked: Asked, today: date) -> Filled:
    """The fields of a form as they were filled in, else as they are offered."""
    days = days_from(today)
    return Filled(
        note=asked.field("note")[: 2 * NOTE_LIMIT],
        note_limit=NOTE_LIMIT,
        day=asked.field("day")[:10] or days.offered.isoformat(),
        first_day=days.first.isoformat(),
        last_day=days.last.isoformat(),
        ticked=frozenset(asked.fields("article")),
    )


def articles_of(report: Report, family: FamilyId) -> list[ArticleId]:
    """The articles that a row of a report counts."""
    return [proof.article for proof in report.articles if family in proof.families]


def _day(asked: Asked, days: Days, words: Catalogue) -> date:
    try:
        day = date.fromisoformat(asked.field("day"))
    except ValueError:
        day = date.min
    if not days.first <= day <= days.last:
        raise FormError(words, "no_day", first=words.day(days.first), last=words.day(days.last))
    return day
