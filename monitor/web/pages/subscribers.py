"""Subscribers: who gets which report; a pause and an end, by an admin."""

from dataclasses import dataclass
from datetime import date, timedelta

from monitor.core.errors import UsageError
from monitor.reports.subscribers import Subscriber, list_subscribers
from monitor.web.asked import Asked, FormError, Moved, RefusedError, Shown
from monitor.web.desk import Desk
from monitor.web.pages.account import LONGEST_PAUSE_DAYS
from monitor.web.texts import place_name
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring import deskwork as work


@dataclass(frozen=True, slots=True)
class SubscriberLine:
    """One subscription."""

    id: int
    email: str
    what: str
    state: str
    is_active: bool
    is_paused: bool


@dataclass(frozen=True, slots=True)
class SubscribersPage:
    """Everything the list may use."""

    lines: tuple[SubscriberLine, ...]
    first_day: str
    last_day: str
    error: str


def subscribers_page(app: App, asked: Asked, _desk: Desk) -> Shown | Moved:
    """All subscriptions; a POST pauses or ends one of them."""
    if not asked.is_post:
        return Shown("subscribers", _page(app, asked))
    try:
        _change(app, asked)
    except FormError as error:
        return Shown("subscribers", _page(app, asked, str(error)), 422)
    return Moved(f"/subscribers?lang={asked.lang}")


def _change(app: App, asked: Asked) -> None:
    words, number = page_words(asked.lang), asked.field("subscriber")
    if asked.user is None:
        raise RefusedError("not_yours", 403)
    held = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    try:
        match asked.field("do"):
            case "pause":
                work.pause(app, asked.user, held, _day(app, asked))
            case "resume":
                work.pause(app, asked.user, held, None)
            case "end":
                work.end(app, asked.user, held)
            case _:
                raise RefusedError("bad_request", 422)
    except UsageError as error:
        raise FormError(words, "subscription_gone") from error


def _day(app: App, asked: Asked) -> date:
    first, last = _days(app)
    try:
        day = date.fromisoformat(asked.field("until"))
    except ValueError:
        day = date.min
    if not first <= day <= last:
        raise FormError(page_words(asked.lang), "no_pause_day")
    return day


def _days(app: App) -> tuple[date, date]:
    return app.today() + timedelta(days=1), app.today() + timedelta(days=LONGEST_PAUSE_DAYS)


def _page(app: App, asked: Asked, error: str = "") -> SubscribersPage:
    with app.ready_db.reading() as tx:
        held = list_subscribers(tx, active_only=False)
    first, last = _days(app)
    return SubscribersPage(
        lines=tuple(_line(app, one, asked.lang) for one in held),
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        error=error,
    )


def _line(app: App, one: Subscriber, lang: str) -> SubscriberLine:
    words = page_words(lang)
    is_paused = bool(one.active and one.paused_until and one.paused_until > app.today())
    state = "active" if one.active else "ended" if one.confirmed_at else "waiting"
    told = words.say(f"subscribers.{state}")
    if is_paused and one.paused_until:
        told = words.say("subscribers.paused", day=words.day(one.paused_until))
    what = (place_name(app, one.region, lang), words.say(f"language.{one.lang}"))
    return SubscriberLine(one.id, one.email, words.say("separator").join(what), told, one.active, is_paused)
