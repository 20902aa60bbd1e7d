"""People who may sign in: what an administrator sees of them and may change."""

from collections.abc import Callable
from dataclasses import dataclass

from monitor.core.accounts import Account, Role, User, list_accounts
from monitor.core.errors import UsageError
from monitor.reports.catalogue import Catalogue
from monitor.web.asked import Asked, Moved, RefusedError, Shown
from monitor.web.desk import Desk
from monitor.web.pages.account import Option
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring import accounts as work


@dataclass(frozen=True, slots=True)
class Person:
    """One person in the list."""

    name: str
    email: str
    roles: tuple[Option, ...]
    sessions: str
    is_locked: bool
    is_self: bool


@dataclass(frozen=True, slots=True)
class UsersPage:
    """Everything the page may use. `name` and `email`: what was typed for somebody new."""

    people: tuple[Person, ...]
    roles: tuple[Option, ...]
    name: str
    email: str
    can_invite: bool
    error: str


def users_page(app: App, asked: Asked, _desk: Desk) -> Shown | Moved:
    """The list; each button of it does one thing to one person."""
    user = asked.user
    if user is None:
        raise RefusedError("not_yours", 403)
    if not asked.is_post:
        return Shown("users", _page(app, asked, user, ""))
    doing = _DOINGS.get(asked.field("do"))
    if doing is None:
        raise RefusedError("bad_request", 400)
    try:
        doing(app, asked, user)
    except UsageError:
        words = page_words(asked.lang)
        return Shown("users", _page(app, asked, user, words.say(f"users.no_{asked.field('do')}")), 422)
    return Moved(f"/users?lang={asked.lang}")


def _add(app: App, asked: Asked, by: User) -> None:
    role, name = _role(asked), asked.field("name")
    work.invite(app, by, name=name, role=role, email=asked.field("email"), lang=asked.lang)


def _change(app: App, asked: Asked, by: User) -> None:
    work.change_user(app, by, asked.field("name"), role=_role(asked), email=asked.field("email"))


def _end(app: App, asked: Asked, by: User) -> None:
    work.end_sessions_of(app, by, asked.field("name"))


def _remove(app: App, asked: Asked, by: User) -> None:
    work.remove_user(app, by, asked.field("name"))


_DOINGS: dict[str, Callable[[App, Asked, User], None]] = {
    "add": _add,
    "change": _change,
    "end": _end,
    "remove": _remove,
}


def _role(asked: Asked) -> Role:
    try:
        return Role(asked.field("role"))
    except ValueError as error:
        raise RefusedError("bad_request", 400) from error


def _page(app: App, asked: Asked, user: User, error: str) -> UsersPage:
    words, now = page_words(asked.lang), app.clock()
    with app.ready_db.reading() as tx:
        held = list_accounts(tx, at=now)
    is_new = bool(error) and asked.field("do") == "add"
    return UsersPage(
        people=tuple(
            _person(
                one,
                words,
                is_self=one.user.id == user.id,
                is_locked=bool(one.locked_until and one.locked_until > now),
            )
            for one in held
        ),
        roles=_roles(words, Role.READER),
        name=asked.field("name")[:64] if is_new else "",
        email=asked.field("email")[:254] if is_new else "",
        can_invite=bool(app.settings.reports.public_url),
        error=error,
    )


def _person(one: Account, words: Catalogue, *, is_self: bool, is_locked: bool) -> Person:
    sessions = words.count("n.sessions", one.n_sessions)
    return Person(one.user.name, one.email, _roles(words, one.user.role), sessions, is_locked, is_self)


def _roles(words: Catalogue, chosen: Role) -> tuple[Option, ...]:
    return tuple(Option(role.value, words.say(f"role.{role}"), role is chosen) for role in Role)
