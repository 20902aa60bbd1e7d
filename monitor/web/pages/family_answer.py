"""An answer to a row from the newsroom's own page: the same as by a link of a mail, signed with a name."""

from dataclasses import dataclass

from monitor.core.errors import UsageError
from monitor.gaps.answers import AnswerKind
from monitor.reports.row_types import Row
from monitor.reports.types import Report
from monitor.web.asked import Asked, FormError, RefusedError
from monitor.web.row_answer import Filled, articles_of, filled, read_answer
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring import deskwork as work
from monitor.wiring.deskwork import RowAnswer

KINDS = (AnswerKind.WORKING, AnswerKind.NOT_NEWS, AnswerKind.REMIND, AnswerKind.WRONG)


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """Everything the form may use."""

    kinds: tuple[tuple[str, str, str, bool], ...]  # code, label, what it does, whether it is chosen
    filled: Filled
    error: str


def record(app: App, asked: Asked, report: Report, row: Row) -> None:
    """Record what the form says. Errors: FormError; RefusedError without a person."""
    words = page_words(asked.lang)
    if asked.user is None:
        raise RefusedError("not_yours", 403)
    kind = next((kind for kind in KINDS if kind.value == asked.field("kind")), None)
    if kind is None:
        raise FormError(words, "no_kind")
    given = read_answer(kind, asked, articles_of(report, row.family), app.today(), words)
    said = RowAnswer(kind, row.family, report.region, report.week, given.note, given.remind_on, given.wrong)
    try:
        work.answer(app, asked.user, said)
    except UsageError as error:  # the same rules once more, where they are kept
        raise FormError(words, "nothing_said") from error


def form(app: App, asked: Asked, error: str = "") -> AnswerForm:
    """The form, filled in again where something was wrong with it."""
    words = page_words(asked.lang)
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
        filled=filled(asked, app.today()),
        error=error,
    )
