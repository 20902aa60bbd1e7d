"""Mails that leave the house: reports and notices, what is held, and the operator's daily digest."""

import itertools
import math
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from monitor.core.counts import Counts
from monitor.core.progress import Progress, silent
from monitor.core.secrets import read_secret
from monitor.reports import store
from monitor.reports.digest import Failures, digest
from monitor.reports.notices import queue_notice, send_notices
from monitor.reports.outbox import send_due, take_for_arrived
from monitor.reports.personal import Linking
from monitor.reports.smtp import SmtpPost
from monitor.reports.store import OutboxRow, OutboxState
from monitor.wiring.answers import mail_signer
from monitor.wiring.app import App
from monitor.wiring.clocks import tell_until, told_until
from monitor.wiring.withholding import for_mails


def post(app: App, *, longest_s: float = math.inf) -> SmtpPost:
    """The way out as the settings say, each answer waited for `longest_s` seconds at most.

    Errors: SettingsError for a login that would go in the clear and a password file that cannot be read.
    """
    mail = app.settings.mail
    return SmtpPost(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        user=mail.user,
        password=read_secret(mail.password_file, "mail.password_file"),
        timeout_s=min(mail.timeout_s, longest_s),
    )


def send(app: App, progress: Progress = silent) -> Counts:
    """Send what is due from the outbox, then the notices of a few lines.

    Errors: what `progress` raises after a mail: the others are still due.
    """
    mail = app.settings.mail
    wait, sent = pace(mail.max_per_minute), itertools.count(1)

    def rest() -> None:
        progress("mails", next(sent), 0)
        wait()

    with post(app) as way_out:
        counts = send_due(
            db=app.ready_db,
            post=way_out,
            clock=app.clock,
            sender=mail.sender,
            on_unknown=mail.on_unknown,
            withhold=for_mails(app),
            rest=rest,
            linking=linking(app),
            zone=app.zone,
        )
        if not counts["not_sent"]:
            told = send_notices(db=app.ready_db, post=way_out, clock=app.clock, sender=mail.sender)
            if n_crashed := told.pop("crashed", 0):
                counts.add("crashed", n_crashed)  # by this name a run is known to have failed
            counts.merge(Counts(**{f"notices_{name}": n for name, n in told.items()}))
    return counts


def linking(app: App) -> Linking | None:
    """How mails get their readers' links; None where no public address is set."""
    key = mail_signer(app)
    return None if key is None else Linking(key, app.settings.reports.public_url)


def pace(max_per_minute: int, sleep: Callable[[float], None] = time.sleep) -> Callable[[], None]:
    """What to call after each mail so that no more leave in a minute; 0: nothing is waited for."""
    if not max_per_minute:
        return lambda: None
    return lambda: sleep(60 / max_per_minute)


def held(app: App) -> tuple[OutboxRow, ...]:
    """Mails that may have arrived: nobody sends them again before the operator says so."""
    with app.ready_db.begin() as tx:
        return store.list_outbox(tx, state=OutboxState.UNKNOWN)


def resend_held(app: App, ids: Sequence[int]) -> int:
    """Queue held mails again under their Message-IDs. How many."""
    with app.ready_db.begin() as tx:
        return store.requeue_unknown(tx, at=app.clock(), ids=ids)


def believe_held(app: App, ids: Sequence[int]) -> int:
    """Take held mails for arrived. How many."""
    return take_for_arrived(db=app.ready_db, ids=ids, now=app.clock(), zone=app.zone)


def tell_operator(app: App) -> Counts:
    """Queue the digest of failures since the last one for the operator, if there is one to tell and
    something to tell. What is held is named again each day, what failed once. Counts: told, nothing.
    """
    settings = app.settings
    if not settings.mail.operator:
        return Counts(nothing=1)
    with app.ready_db.begin() as tx:
        now = app.clock()  # asked here: what is written while the turn is waited for is told, and told once
        since = told_until(tx)
        fresh = [row for row in store.list_outbox(tx) if _is_after(row, since)]
        if since is not None and since.astimezone(app.zone).date() == app.today():
            waits = [row for row in fresh if row.state is OutboxState.UNKNOWN]
        else:
            waits = list(store.list_outbox(tx, state=OutboxState.UNKNOWN))
        failures = Failures.of(fresh, waits)
        if failures.is_none:
            tell_until(tx, now)
            return Counts(nothing=1)
        subject, text = digest(failures, lang=settings.reports.languages[0], day=app.today())
        is_new = queue_notice(
            tx,
            key=f"digest after {since or 'the beginning'}",  # two at once would tell the same
            address=settings.mail.operator,
            subject=subject,
            text=text,
            sender=settings.mail.sender,
            at=now,
        )
        if is_new:
            tell_until(tx, now)
    return Counts(told=1) if is_new else Counts(nothing=1)


def _is_after(row: OutboxRow, since: datetime | None) -> bool:
    return row.changed_at is not None and (since is None or row.changed_at > since)
