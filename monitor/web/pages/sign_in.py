"""Signing in and out of the newsroom's pages."""

from dataclasses import dataclass

from monitor.core import accounts
from monitor.web.asked import Asked, Moved, RefusedError, Shown
from monitor.web.typed import typed_in
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring import accounts as work

HOME = "/overview"


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Everything the form may use."""

    name: str
    onward: str  # where to go then: a path of ours
    forgot_url: str  # empty where no mail could carry a link
    error: str
    typed: tuple[str, ...] = ()  # of a form that came after the session had ended


def sign_in_page(app: App, asked: Asked) -> Shown | Moved:
    """The form, and a session for who fills it in rightly."""
    words = page_words(asked.lang)
    onward = own_path(asked.field("onward") or asked.query.get("onward", ""))
    forgot = f"/password/reset?lang={asked.lang}" if app.settings.reports.public_url else ""
    if not asked.is_post:
        return Shown("sign_in", SignInPage("", onward, forgot, ""))
    name = asked.field("name")
    key = work.sign_in(app, name=name, password=secret_field(asked, "password"))
    if key is None:
        return Shown("sign_in", SignInPage(name[:64], onward, forgot, words.say("sign_in.wrong")), 401)
    return Moved(onward, session=key)


def ended_page(asked: Asked, onward: str) -> Shown:
    """The form for who sent another after their session had ended: that is not kept, and shown to be copied.

    `onward`: the page that the form stood on.
    """
    said = page_words(asked.lang).say("sign_in.unsaved")
    return Shown("sign_in", SignInPage("", own_path(onward), "", said, typed_in(asked)), 401)


def sign_out_page(app: App, asked: Asked) -> Moved:
    """End the session; the form stands on every page of the newsroom."""
    require_mark(asked)
    if asked.session:
        work.sign_out(app, asked.user, asked.session)
    return Moved("/sign-in", session="")


def secret_field(asked: Asked, name: str) -> str:
    """A password as it was typed: spaces at its ends belong to it."""
    return (asked.form.get(name) or ("",))[0]


def own_path(onward: str) -> str:
    """A path on this site, else the first page: nobody is sent elsewhere by an address."""
    plain = onward.startswith("/") and not onward.startswith(("//", "/\\")) and onward.isprintable()
    return onward if plain and "\\" not in onward and len(onward) <= 500 else HOME


def require_mark(asked: Asked) -> None:
    """Refuse a form that did not come from a page of this session. Errors: RefusedError."""
    if not asked.session or asked.field("mark") != accounts.form_mark(asked.session):
        raise RefusedError("old_form", 403)  # most often a tab from before the last signing in
