"""Passwords: a link by mail for a lost one, the page of that link, and a change by who is signed in."""

from dataclasses import dataclass

from monitor.core.accounts import find_reset
from monitor.core.errors import UsageError
from monitor.core.passwords import MIN_PASSWORD
from monitor.reports.catalogue import Catalogue
from monitor.web.asked import Asked, Moved, RefusedError, Shown
from monitor.web.desk import Desk
from monitor.web.pages.done import DonePage
from monitor.web.pages.sign_in import secret_field
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring import accounts as work


@dataclass(frozen=True, slots=True)
class LostPage:
    """Everything the form for a lost password may use."""

    email: str


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """Everything the form for a new password may use."""

    name: str  # whose it is, for the browser's own keeper of passwords
    explain: str
    asks_old: bool  # false where a link is what proves the person
    error: str


def lost_page(app: App, asked: Asked) -> Shown:
    """Ask for a link; the answer is the same whether or not the address is somebody's."""
    words = page_words(asked.lang)
    if not asked.is_post:
        return Shown("password_lost", LostPage(""))
    work.ask_reset(app, email=asked.field("email")[:300], lang=asked.lang)
    return Shown("done", DonePage(words.say("password.asked"), (words.say("password.asked_next"),), ()))


def new_page(app: App, asked: Asked) -> Shown:
    """The page of a link: only its button sets the password and uses the link up."""
    words, key = page_words(asked.lang), asked.path["key"]
    with app.ready_db.reading() as tx:
        user = find_reset(tx, key, at=app.clock())
    if user is None:
        raise RefusedError("stale", 410)
    if not asked.is_post:
        return Shown("password", _page(words, user.name, ""))
    error = _fault(words, asked)
    if not error:
        try:
            if work.reset_password(app, key, secret_field(asked, "new")) is None:
                raise RefusedError("stale", 410)
        except UsageError:
            error = words.say("password.weak", n=MIN_PASSWORD)
    if error:
        return Shown("password", _page(words, user.name, error), 422)
    ways = ((f"/sign-in?lang={asked.lang}", words.say("sign_in.title")),)
    return Shown("done", DonePage(words.say("password.done"), (words.say("password.done_next"),), ways))


def change_page(app: App, asked: Asked, _desk: Desk) -> Shown | Moved:
    """One's own password; all other sessions end."""
    words, user = page_words(asked.lang), asked.user
    if user is None:
        raise RefusedError("not_yours", 403)
    if not asked.is_post:
        return Shown("password", _page(words, user.name, "", asks_old=True))
    error = _fault(words, asked)
    if not error:
        try:
            new = secret_field(asked, "new")
            key = work.change_password(app, user, old=secret_field(asked, "old"), new=new)
            if key is not None:
                return Moved(f"/me?lang={asked.lang}", session=key)
            error = words.say("password.wrong_old")
        except UsageError:
            error = words.say("password.weak", n=MIN_PASSWORD)
    return Shown("password", _page(words, user.name, error, asks_old=True), 422)


def _fault(words: Catalogue, asked: Asked) -> str:
    is_same = secret_field(asked, "new") == secret_field(asked, "again")
    return "" if is_same else words.say("password.differ")


def _page(words: Catalogue, name: str, error: str, *, asks_old: bool = False) -> PasswordPage:
    return PasswordPage(name, words.say("password.explain", n=MIN_PASSWORD), asks_old, error)
