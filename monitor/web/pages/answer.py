"""An answer to one row: a page that says what the button does, and the page after it was pressed."""

from dataclasses import dataclass

from monitor.gaps.answers import AnswerKind
from monitor.gaps.missed_store import PRINT_LIMIT, floor
from monitor.reports.catalogue import Catalogue
from monitor.reports.row_types import Row
from monitor.reports.tokens import ANSWERS, Action
from monitor.reports.types import Report
from monitor.web.asked import Asked, FormError, Shown
from monitor.web.lost import explained, floor_line, read_story
from monitor.web.pages.done import DonePage
from monitor.web.pages.proof import row_of
from monitor.web.row_answer import articles_of, filled, read_answer
from monitor.web.texts import withholding_of
from monitor.web.tickets import open_ticket, refused
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring import answers as work
from monitor.wiring.answers import Ticket, UsedError, signer


@dataclass(frozen=True, slots=True)
class Choice:
    """One article that may be ticked. `is_ticked` keeps what was chosen when the form comes back."""

    value: str
    text: str
    note: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """Everything the form of an answer may use."""

    kind: str
    heading: str
    title: str  # of the agreement
    title_lang: str
    explain: str
    choices: tuple[Choice, ...]  # of "wrong"
    note: str
    note_label: str  # empty: no note is asked for
    note_limit: int
    is_note_needed: bool
    url: str  # of "missed"
    print_only: str
    print_limit: int
    day: str  # of "remind", ISO; these three
    first_day: str
    last_day: str
    error: str
    button: str


def answer_page(app: App, asked: Asked) -> Shown:
    """The form of one answer, or what was recorded."""
    ticket = open_ticket(app, asked, ANSWERS)
    report, row = row_of(app, ticket, asked.lang)
    words = page_words(asked.lang)
    if not asked.is_post:
        return Shown("answer", _form(app, ticket, report, row, words, asked))
    try:
        return Shown("done", _record(app, ticket, report, row, words, asked))
    except UsedError as error:  # another window was faster
        raise refused("used") from error
    except FormError as error:
        return Shown("answer", _form(app, ticket, report, row, words, asked, error=str(error)), 422)


def _record(app: App, ticket: Ticket, report: Report, row: Row, words: Catalogue, asked: Asked) -> DonePage:
    kind, own = AnswerKind(ticket.allowed.action.value), articles_of(report, row.family)
    given = read_answer(kind, asked, own, app.today(), words)
    lines: tuple[str, ...] = ()
    match kind:
        case AnswerKind.WRONG:
            said = work.say_wrong(app, ticket, given.wrong, note=given.note)
        case AnswerKind.MISSED:
            url, print_only = read_story(asked, words)
            lost = work.say_missed(app, ticket, url=url, print_only=print_only, note=given.note)
            return _done(app, ticket, words, lines=(*explained(app, lost, words), _floor(app, words)))
        case _:
            said = work.answer(app, ticket, note=given.note, remind_on=given.remind_on)
    if said.rests_until is not None:
        lines = (words.say("answer.rests", day=words.day(said.rests_until)),)
    return _done(app, ticket, words, lines=lines)


def _done(app: App, ticket: Ticket, words: Catalogue, *, lines: tuple[str, ...]) -> DonePage:
    held, kind = ticket.allowed, ticket.allowed.action.value
    row = signer(app).address("", Action.PROOF, held.subscriber, held.subject, held.expires_at)
    return DonePage(words.say(f"answer.{kind}.done"), lines, ((row, words.say("answer.back")),))


def _floor(app: App, words: Catalogue) -> str:
    with app.ready_db.reading() as tx:
        return floor_line(floor(tx), words)


def _form(
    app: App, ticket: Ticket, report: Report, row: Row, words: Catalogue, asked: Asked, *, error: str = ""
) -> AnswerPage:
    kind, before = ticket.allowed.action.value, filled(asked, app.today())
    return AnswerPage(
        kind=kind,
        heading=words.say(f"answer.{kind}.offer"),
        title=row.members[0].title,
        title_lang=row.members[0].title_lang,
        explain=words.say(f"answer.{kind}.explain"),
        choices=_choices(app, report, row, words, before.ticked) if kind == "wrong" else (),
        note=before.note,
        note_label=words.say(f"answer.{kind}.note"),
        note_limit=before.note_limit,
        is_note_needed=kind == "not_news",
        url=asked.field("url")[:2000],
        print_only=asked.field("print_only")[: 2 * PRINT_LIMIT],
        print_limit=PRINT_LIMIT,
        day=before.day,
        first_day=before.first_day,
        last_day=before.last_day,
        error=error,
        button=words.say(f"answer.{kind}.button"),
    )


def _choices(
    app: App, report: Report, row: Row, words: Catalogue, ticked: frozenset[str]
) -> tuple[Choice, ...]:
    found, withholding = [], withholding_of(app, words)
    for proof in report.articles:
        if row.family in proof.families:
            day = words.day(proof.published_on) if proof.published_on else ""
            text = proof.title if proof.is_named else words.say("answer.unnamed")
            outlet = withholding.renamed(proof.outlet, proof.url) if proof.is_named else ""
            note = ", ".join(part for part in (outlet, day) if part)
            found.append(Choice(str(proof.article), text, note, str(proof.article) in ticked))
    return tuple(found)
