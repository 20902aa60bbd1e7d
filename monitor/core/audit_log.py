"""Who did what: one row for each thing that a person changed or took away, in the transaction that did it.

Names are kept as text, so that the log outlives the people in it. Nothing typed in secret reaches it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from monitor.core.accounts import User
from monitor.core.db import Tx, UtcDateTime, metadata
from monitor.core.text import shorten

COMMAND_LINE = "command line"  # who works on the machine itself; there are no roles there
NOBODY = "-"  # nobody is signed in
_SUBJECT = 300

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", sa.String(120), nullable=False),
    sa.Column("role", sa.String(12), nullable=False, server_default=""),  # at that moment
    sa.Column("action", sa.String(24), nullable=False),  # Action
    sa.Column("subject", sa.String(_SUBJECT), nullable=False, server_default=""),
    sa.Index("ix_audit_log_at", "at"),
)


class Action(StrEnum):
    """What is written down. Each needs words in the pages' languages ([action] there)."""

    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_OUT = "sign_out"
    SESSIONS_ENDED = "sessions_ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an action
    RESET_ASKED = "reset_asked"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an action
    USER_ADDED = "user_added"
    USER_CHANGED = "user_changed"
    USER_REMOVED = "user_removed"
    ANSWER = "answer"  # to a row: wrong, working, not news, remind
    CORRECTION = "correction"
    UNDONE = "undone"
    MISSED = "missed"
    PROMOTE = "promote"
    DROP = "drop"
    REGISTER_EDIT = "register_edit"
    AUDIT = "audit"  # a sheet of answers was taken in
    SOURCES = "sources"  # switched on or off, or listed anew
    SUBSCRIBER = "subscriber"
    TOKEN_ADDED = "token_added"  # noqa: S105 - the name of an action
    TOKEN_REMOVED = "token_removed"  # noqa: S105 - the name of an action


@dataclass(frozen=True, slots=True)
class Logged:
    """One row of the log."""

    id: int
    at: datetime
    who: str
    role: str  # empty where nobody was signed in
    action: Action
    subject: str


def log_action(tx: Tx, user: User | str | None, action: Action, subject: str, at: datetime) -> None:
    """Write down what `user` did, in the transaction that does it.

    `user`: who is signed in, `COMMAND_LINE`, or None; `subject`: what it was done to, cut to one line.
    """
    if isinstance(user, User):
        who, role = user.name, user.role.value
    else:
        who, role = user or NOBODY, ""
    values = {
        "at": at,
        "who": who,
        "role": role,
        "action": action.value,
        "subject": shorten(subject, _SUBJECT),
    }
    tx.execute(sa.insert(audit_log).values(**values))


def list_actions(
    tx: Tx, *, limit: int, before: int | None = None, who: str = "", action: Action | None = None
) -> Sequence[Logged]:
    """The newest first; `before`: only those of a smaller id, as the last row of the page before had."""
    query = sa.select(audit_log).order_by(audit_log.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(audit_log.c.id < before)
    if who:
        query = query.where(audit_log.c.who == who)
    if action is not None:
        query = query.where(audit_log.c.action == action.value)
    return [Logged(**{**row, "action": Action(row["action"])}) for row in tx.execute(query).mappings()]
