"""An answer to a row from the newsroom's own page: the same as by a link of a mail, signed with a name."""

from dataclasses import dataclass
from datetime import date, timedelta

from monitor.core.errors import UsageError
from monitor.gaps.answers import NOTE_LIMIT, REMIND_AHEAD, AnswerKind
from monitor.reports.types import Report, Row
from monitor.web.asked import Asked, FormError, RefusedError, one_line_field
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring import deskwork as work
from monitor.wiring.deskwork import RowAnswer

KINDS = (AnswerKind.WORKING, AnswerKind.NOT_NEWS, AnswerKind.REMIND, AnswerKind.WRONG)


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """Everything the form may use."""

    kinds: tuple[tuple[str, str, str, bool], ...]  # code, label, what it does, whether it is chosen
    note: str
    note_limit: int
    day: str
    first_day: str
    last_day: str
    ticked: frozenset[str]  # articles
    error: str


def record(app: App, asked: Asked, report: Report, row: Row) -> None:
    """Record what the form says. Errors: FormError; RefusedError without a person."""
    words = page_words(asked.lang)
    if asked.user is None:
        raise RefusedError("not_yours", 403)
    kind = next((kind for kind in KINDS if kind.value == asked.field("kind")), None)
    if kind is None:
        raise FormError(words, "no_kind")
    note = one_line_field(asked, "note")
    if len(note) > NOTE_LIMIT:
        raise FormError(words, "note_long", limit=NOTE_LIMIT)
    if kind is AnswerKind.NOT_NEWS and not note:
        raise FormError(words, "note_missing")
    chosen = set(asked.fields("article")) if kind is AnswerKind.WRONG else set()
    own = [proof.article for proof in report.articles if row.family in proof.families]
    wrong = [article for article in own if str(article) in chosen]
    if kind is AnswerKind.WRONG and not wrong and not note:
        raise FormError(words, "nothing_said")
    remind_on = _day(app, asked) if kind is AnswerKind.REMIND else None
    said = RowAnswer(kind, row.family, report.region, report.week, note, remind_on, wrong)
    try:
        work.answer(app, asked.user, said)
    except UsageError as error:  # the same rules once more, where they are kept
        raise FormError(words, "nothing_said") from error


def form(app: App, asked: Asked, error: str = "") -> AnswerForm:
    """The form, filled in again where something was wrong with it."""
    words, (first, last) = page_words(asked.lang), _days(app)
    chosen = asked.field("kind") or KINDS[0].value
    return AnswerForm(
        kinds=tuple(
            (
                kind.value,
                words.say(f"answer.{kind.value}.offer"),
                words.say(f"answer.{kind.value}.explain"),
                kind.value == chosen,
            )
            for kind in KINDS
        ),
        note=asked.field("note")[: 2 * NOTE_LIMIT],
        note_limit=NOTE_LIMIT,
        day=asked.field("day")[:10] or (first + timedelta(days=27)).isoformat(),
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        ticked=frozenset(asked.fields("article")),
        error=error,
    )


def _days(app: App) -> tuple[date, date]:
    today = app.today()
    return today + timedelta(days=1), today + REMIND_AHEAD


def _day(app: App, asked: Asked) -> date:
    words, (first, last) = page_words(asked.lang), _days(app)
    try:
        day = date.fromisoformat(asked.field("day"))
    except ValueError:
        day = date.min
    if not first <= day <= last:
        raise FormError(words, "no_day", first=words.day(first), last=words.day(last))
    return day
