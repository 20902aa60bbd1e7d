"""Opens the signed link of a request: whose it is and what it allows, or why it is refused."""

from collections.abc import Iterable

from monitor.core.errors import UsageError
from monitor.reports.subscribers import get_subscriber
from monitor.reports.tokens import READING, Action, TokenError
from monitor.reports.used import find_use
from monitor.web.asked import Asked, RefusedError
from monitor.wiring import App
from monitor.wiring.answers import Ticket, signer

_STATUS = {"foreign": 403, "expired": 410, "used": 410, "gone": 410}


def open_ticket(app: App, asked: Asked, actions: Iterable[Action]) -> Ticket:
    """The ticket of a request's token for one of `actions`. Reads only.

    Errors: RefusedError: foreign (no token of ours, altered, or for another page), expired, used, gone (the
    subscription was deleted).
    """
    try:
        allowed = signer(app).read(asked.token, now=app.clock())
    except TokenError as error:
        raise refused(error.reason) from error
    if allowed.action not in set(actions):
        raise refused("foreign")
    with app.ready_db.reading() as tx:
        if allowed.action not in READING and find_use(tx, asked.token) is not None:
            raise refused("used")
        try:
            reader = get_subscriber(tx, allowed.subscriber)
        except UsageError as error:
            raise refused("gone") from error
    return Ticket(asked.token, allowed, reader)


def refused(reason: str) -> RefusedError:
    """The refusal for one of the reasons above."""
    return RefusedError(reason, _STATUS[reason])
