"""What we hold on a reader: subscriptions, what was sent and answered; change it, end it, delete it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from monitor.core.errors import UsageError
from monitor.core.ids import TopicId, Week
from monitor.gaps.answers import list_answers
from monitor.reports.archive import mailed_to
from monitor.reports.catalogue import Catalogue, languages
from monitor.reports.subscribers import Subscriber, of_address
from monitor.reports.tokens import Action
from monitor.web.asked import Asked, FormError, Shown
from monitor.web.pages.button import ButtonPage
from monitor.web.pages.done import DonePage
from monitor.web.texts import place_name, week_days
from monitor.web.tickets import open_ticket, refused
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring import answers as work
from monitor.wiring.answers import Ticket, UsedError, signer

LONGEST_PAUSE_DAYS = 366


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Everything the reader's own page may use."""

    email: str
    held: tuple[str, ...]  # one sentence for each subscription of the address
    sent: tuple[str, ...]  # reports, newest first
    answered: tuple[str, ...]
    region: str
    settings_url: str
    leave_url: str
    forget_url: str
    archive_url: str
    langs: tuple[Option, ...]
    topics: tuple[Option, ...]
    paused_until: str  # ISO, empty: not paused
    today: str
    is_active: bool
    error: str


def account_page(app: App, asked: Asked) -> Shown:
    """What we hold on the reader."""
    ticket = open_ticket(app, asked, (Action.ACCOUNT,))
    return Shown("account", _page(app, ticket, page_words(asked.lang)))


def settings_page(app: App, asked: Asked) -> Shown:
    """Change language, topics and pause; POST only."""
    ticket = open_ticket(app, asked, (Action.SETTINGS,))
    words = page_words(asked.lang)
    try:
        chosen = _chosen(app, asked, words)
        work.change(app, ticket, lang=chosen[0], topics=chosen[1], paused_until=chosen[2])
    except UsedError as error:
        raise refused("used") from error
    except FormError as error:
        return Shown("account", _page(app, ticket, words, error=str(error)), 422)
    except UsageError:  # what is left after the checks above: the same report twice
        return Shown("account", _page(app, ticket, words, error=words.say("form.doubled")), 422)
    account = _link(app, ticket, Action.ACCOUNT, "")
    return Shown("done", DonePage(words.say("account.saved"), (), ((account, words.say("account.back")),)))


def leave_page(app: App, asked: Asked) -> Shown:
    """End one subscription: a button, or the one-click POST of a mail program."""
    ticket = open_ticket(app, asked, (Action.LEAVE,))
    words = page_words(asked.lang)
    region = region_name(app, ticket.reader, words)
    if not asked.is_post:
        return _button(words, "leave", words.say("leave.explain", region=region, email=ticket.reader.email))
    _once(work.leave, app, ticket)
    return Shown("done", DonePage(words.say("leave.done", region=region), (words.say("leave.again"),), ()))


def forget_page(app: App, asked: Asked) -> Shown:
    """Delete the reader's address everywhere."""
    ticket = open_ticket(app, asked, (Action.FORGET,))
    words = page_words(asked.lang)
    if not asked.is_post:
        explain = words.say("forget.explain", email=ticket.reader.email)
        return _button(words, "forget", explain, words.say("forget.stays"), is_final=True)
    _once(work.forget, app, ticket)
    return Shown("done", DonePage(words.say("forget.done"), (words.say("forget.stays"),), ()))


def confirm_page(app: App, asked: Asked) -> Shown:
    """Confirm a subscription that was asked for."""
    ticket = open_ticket(app, asked, (Action.CONFIRM,))
    words = page_words(asked.lang)
    region = region_name(app, ticket.reader, words)
    if not asked.is_post:
        return _button(
            words, "confirm", words.say("confirm.explain", region=region, email=ticket.reader.email)
        )
    _once(work.confirm, app, ticket)
    return Shown("done", DonePage(words.say("confirm.done", region=region), (words.say("confirm.next"),), ()))


def region_name(app: App, reader: Subscriber, words: Catalogue) -> str:
    """The name of the reader's region, its id when the gazetteer has lost it."""
    return place_name(app, reader.region, words.lang) or reader.region


def _button(words: Catalogue, code: str, *lines: str, is_final: bool = False) -> Shown:
    """The page that says what a press of its button does."""
    page = ButtonPage(words.say(f"{code}.title"), lines, words.say(f"{code}.button"), is_final)
    return Shown("button", page)


def _once(do: Callable[[App, Ticket], object], app: App, ticket: Ticket) -> None:
    try:
        do(app, ticket)
    except UsedError as error:
        raise refused("used") from error


def _chosen(app: App, asked: Asked, words: Catalogue) -> tuple[str, list[TopicId], date | None]:
    lang = asked.field("report_lang")
    if lang not in app.settings.reports.languages:
        raise FormError(words, "no_lang")
    topics = [topic for topic in app.register.topics if topic in asked.fields("topic")]
    if len(topics) == len(app.register.topics):
        topics = []  # all of them, also those that come later
    text = asked.field("paused_until")
    if not text:
        return lang, topics, None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise FormError(words, "no_pause") from error
    if not 0 <= (day - app.today()).days <= LONGEST_PAUSE_DAYS:
        raise FormError(words, "no_pause")
    return lang, topics, day


def _page(app: App, ticket: Ticket, words: Catalogue, *, error: str = "") -> AccountPage:
    reader = ticket.reader
    with app.ready_db.reading() as tx:
        held = of_address(tx, reader.email)
        mails = mailed_to(tx, [one.id for one in held])
        said = [one for who in held for one in list_answers(tx, who=who.who)]
    topics, lang = set(reader.topics), words.lang
    return AccountPage(
        email=reader.email,
        held=tuple(_sentence(app, one, words) for one in held),
        sent=tuple(
            words.say(
                "account.sent_line", week=week_days(Week(mail.week), words), day=_day(app, mail.at, words)
            )
            for mail in mails
        ),
        answered=tuple(
            words.say("account.answer_line", answer=words.say(f"answer.{one.kind.value}.offer"),
                      family=one.family, day=_day(app, one.at, words), note=one.note)
            for one in said
        ),
        region=region_name(app, reader, words),
        settings_url=_link(app, ticket, Action.SETTINGS, _moment(app)),
        leave_url=_link(app, ticket, Action.LEAVE, _moment(app)),
        forget_url=_link(app, ticket, Action.FORGET, _moment(app)),
        archive_url=_link(app, ticket, Action.ARCHIVE, ""),
        langs=tuple(
            Option(code, words.say(f"language.{code}"), code == reader.lang)
            for code in app.settings.reports.languages if code in languages()
        ),
        topics=tuple(
            Option(topic.id, topic.titles.get(lang) or topic.titles["en"], not topics or topic.id in topics)
            for topic in app.register.topics.values()
        ),
        paused_until=reader.paused_until.isoformat() if reader.paused_until else "",
        today=app.today().isoformat(),
        is_active=reader.active,
        error=error,
    )  # fmt: skip


def _sentence(app: App, one: Subscriber, words: Catalogue) -> str:
    state = "ended"
    if one.active:
        state = "paused" if one.paused_until and one.paused_until > app.today() else "active"
    elif one.confirmed_at is None:
        state = "waiting"
    return words.say(
        "account.held_line",
        region=region_name(app, one, words),
        lang=words.say(f"language.{one.lang}"),
        since=_day(app, one.added_at, words),
        state=words.say(f"account.{state}"),
    )


def _day(app: App, at: datetime | None, words: Catalogue) -> str:
    return "" if at is None else words.day(at.astimezone(app.zone).date())


def _moment(app: App) -> str:
    return str(int(app.clock().timestamp()))


def _link(app: App, ticket: Ticket, action: Action, subject: str) -> str:
    """A fresh link of the same reader; it ends when this page's link ends."""
    return signer(app).address("", action, ticket.reader.id, subject, ticket.allowed.expires_at)
