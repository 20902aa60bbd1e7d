"""What a person who is signed in may know and do of their own account."""

from dataclasses import dataclass

from monitor.core.accounts import list_sessions
from monitor.web.asked import Asked, Moved, RefusedError, Shown
from monitor.web.desk import Desk
from monitor.web.words import moment, page_words
from monitor.wiring import App
from monitor.wiring import accounts as work


@dataclass(frozen=True, slots=True)
class MePage:
    """Everything the page may use."""

    name: str
    role: str
    sessions: tuple[tuple[str, bool], ...]  # when it began, whether it is the one that asks


def me_page(app: App, asked: Asked, _desk: Desk) -> Shown | Moved:
    """Name, role and open sessions; its button ends all of these."""
    words, user = page_words(asked.lang), asked.user
    if user is None:
        raise RefusedError("not_yours", 403)
    if asked.is_post:
        work.sign_out_everywhere(app, user)
        return Moved(f"/sign-in?lang={asked.lang}", session="")
    with app.ready_db.reading() as tx:
        held = list_sessions(tx, user, asked.session, at=app.clock())
    sessions = tuple((moment(words, one.began_at.astimezone(app.zone)), one.is_this) for one in held)
    return Shown("me", MePage(user.name, words.say(f"role.{user.role}"), sessions))
