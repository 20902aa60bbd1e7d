"""Signing in, passwords and people: each a transaction that also writes the log of what was done.

Passwords are compared, and new ones hashed, before it. Mails go the way of other short mails. Nothing here
knows of pages.
"""

from monitor.core import accounts, passwords
from monitor.core.accounts import Role, Tried, User
from monitor.core.audit_log import Action, log_action
from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.reports.address import checked_address
from monitor.reports.catalogue import catalogue
from monitor.reports.notices import queue_notice
from monitor.wiring.app import App
from monitor.wiring.naming import newsroom_name

RESET_PATH = "/password/new/"
_MAIL_EVERY_S = 600  # one mail to an address in this time, however often it is asked for


def sign_in(app: App, *, name: str, password: str) -> str | None:
    """The key of a new session; None for a wrong name or password, or while the name waits."""
    now, tried = app.clock(), _try(app, name, password)
    with app.ready_db.begin() as tx:
        key = accounts.sign_in(tx, tried, at=now)
        if key is None:
            log_action(tx, None, Action.SIGN_IN_REFUSED, tried.kept.name or "unknown name", now)
            return None
        log_action(tx, accounts.find_user(tx, key, at=now), Action.SIGN_IN, "", now)
        return key


def sign_out(app: App, user: User | None, session: str) -> None:
    """End one session, if it is one."""
    with app.ready_db.begin() as tx:
        accounts.sign_out(tx, session)
        if user is not None:
            log_action(tx, user, Action.SIGN_OUT, "", app.clock())


def sign_out_everywhere(app: App, user: User) -> None:
    """End all sessions of a person."""
    with app.ready_db.begin() as tx:
        n = accounts.end_sessions(tx, user.id)
        log_action(tx, user, Action.SESSIONS_ENDED, f"{user.name}: {n}", app.clock())


def change_password(app: App, user: User, *, old: str, new: str) -> str | None:
    """Set one's own password: the key of a new session in place of all others; None for a wrong old one.

    Errors: UsageError for a new one that cannot be used.
    """
    now, tried = app.clock(), _try(app, user.name, old)
    with app.ready_db.begin() as tx:
        if not accounts.count_try(tx, tried, at=now):
            log_action(tx, user, Action.SIGN_IN_REFUSED, user.name, now)
            return None
    password_hash = passwords.new_hash(new, name=user.name)
    with app.ready_db.begin() as tx:
        accounts.set_password(tx, user, password_hash)
        log_action(tx, user, Action.PASSWORD_CHANGED, user.name, now)
        return accounts.open_session(tx, user.id, at=now)


def ask_reset(app: App, *, email: str, lang: str) -> None:
    """Send a link that sets the password to the person with this address; nobody is told if there is none."""
    now = app.clock()
    try:
        address = checked_address(email)
    except UsageError:
        address = ""
    with app.ready_db.begin() as tx:
        found = accounts.ask_reset(tx, address, at=now)
        log_action(tx, None, Action.RESET_ASKED, found[0].name if found else "unknown address", now)
        if found is not None and app.settings.reports.public_url:
            turn = int(now.timestamp()) // _MAIL_EVERY_S
            user, secret, kept = found
            _send(tx, app, "reset", f"reset {user.id} {turn}", kept, (user, secret), lang)


def reset_password(app: App, key: str, password: str) -> User | None:
    """Set the password that a link may set; None where the link is not good any more.

    Errors: UsageError for a password that cannot be used.
    """
    now = app.clock()
    with app.ready_db.reading() as tx:
        found = accounts.find_reset(tx, key, at=now)
    if found is None:
        return None
    password_hash = passwords.new_hash(password, name=found.name)
    with app.ready_db.begin() as tx:
        user = accounts.use_reset(tx, key, password_hash, at=now)
        if user is not None:
            log_action(tx, user, Action.PASSWORD_RESET, user.name, now)
        return user


# --- what administrators do with others ---


def invite(app: App, by: User | str, *, name: str, role: Role, email: str, lang: str) -> User:
    """Add a person who gets a link by mail to set a password. Errors: UsageError; also without public_url."""
    if not app.settings.reports.public_url:
        raise UsageError("reports.public_url is not set, so that no link can be sent")
    address, now, unknown = checked_address(email), app.clock(), passwords.hash_of_none()
    with app.ready_db.begin() as tx:
        found = accounts.invite_user(tx, name=name, role=role, email=address, password_hash=unknown, at=now)
        log_action(tx, by, Action.USER_ADDED, f"{found[0].name}: {role}", now)
        _send(tx, app, "invite", f"invite {found[0].id} {now.isoformat()}", address, found, lang)
        return found[0]


def change_user(app: App, by: User | str, name: str, *, role: Role, email: str) -> None:
    """Give a person this role and address. Errors: UsageError; the last administrator stays one."""
    address, now = checked_address(email) if email else "", app.clock()
    with app.ready_db.begin() as tx:
        accounts.set_role(tx, name, role)
        accounts.set_email(tx, name, address)
        log_action(tx, by, Action.USER_CHANGED, f"{accounts.get_user(tx, name).name}: {role}", now)


def end_sessions_of(app: App, by: User | str, name: str) -> int:
    """Have a person sign in anew everywhere; how many sessions ended. Errors: UsageError for no such name."""
    with app.ready_db.begin() as tx:
        user = accounts.get_user(tx, name)
        n = accounts.end_sessions(tx, user.id)
        log_action(tx, by, Action.SESSIONS_ENDED, f"{user.name}: {n}", app.clock())
        return n


def remove_user(app: App, by: User | str, name: str) -> None:
    """Forget a person. Errors: UsageError for no such name or the last administrator."""
    with app.ready_db.begin() as tx:
        log_action(tx, by, Action.USER_REMOVED, accounts.get_user(tx, name).name, app.clock())
        accounts.remove_user(tx, name)


def _try(app: App, name: str, password: str) -> Tried:
    """Compare a password with what is kept of a name, outside of any transaction."""
    with app.ready_db.reading() as tx:
        kept = accounts.find_kept(tx, name)
    return accounts.try_password(kept, password)


def _send(tx: Tx, app: App, kind: str, key: str, address: str, found: tuple[User, str], lang: str) -> None:
    """Queue the mail with the link; `kind`: section of the words, reset or invite."""
    user, secret = found
    words, newsroom = catalogue(lang), newsroom_name(app, lang)
    link = f"{app.settings.reports.public_url.rstrip('/')}{RESET_PATH}{secret}"
    queue_notice(
        tx,
        key=key,
        address=address,
        subject=words.say(f"{kind}.subject", name=newsroom),
        text=words.say(f"{kind}.text", name=newsroom, user=user.name, link=link),
        sender=app.settings.mail.sender,
        at=app.clock(),
    )
