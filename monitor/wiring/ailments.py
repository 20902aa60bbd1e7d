"""What `monitor doctor` says of the service and of what it needs to run for a year on its own."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

import sqlalchemy as sa

from monitor.articles.audit import last_answer_at
from monitor.core import runs
from monitor.core.db import Tx
from monitor.core.errors import SettingsError
from monitor.core.lease import find_holder, has_ended
from monitor.reports.subscribers import list_subscribers
from monitor.wiring.app import App
from monitor.wiring.mailing import post
from monitor.wiring.watching import DISK_LOW, NO_CRAWL, sentence, signs

OK, WARN, BAD = "ok", "warn", "bad"
LEASE = "service"
_SKIPPED_AFTER = timedelta(weeks=4)
_SMTP_S = 5.0  # seconds for each answer: a person waits
_ELSEWHERE = (NO_CRAWL, DISK_LOW)  # said by checks of their own

Ailment = tuple[str, str]  # level and words


def ailments(app: App) -> Iterator[Ailment]:
    """All there is to say, well or not. Errors: StorageError, SettingsError."""
    yield from _permissions(app)
    yield from _past_term(app)
    now = app.clock()
    with app.ready_db.reading() as tx:
        yield _holder(tx)
        yield from _audit(tx, now, app.zone)
        has_readers = bool(list_subscribers(tx))
    for sign in signs(app):
        if sign.code not in _ELSEWHERE:
            yield BAD, sentence(sign, lang="en").removeprefix("- ")
    if has_readers and not app.settings.newsroom.demo:
        yield _smtp(app)


def _holder(tx: Tx) -> Ailment:
    holder = find_holder(tx, LEASE)
    if holder is None:
        return WARN, "no service runs (or was stopped): `monitor run` crawls, reports and mails by itself"
    if has_ended(holder):
        return BAD, f"service: {holder.holder} has ended in the midst of its work: start `monitor run` again"
    return OK, f"service: {holder.holder} has the work"


def _permissions(app: App) -> Iterator[Ailment]:
    """A home that can be written, and secrets that nobody else can read; the database holds addresses."""
    home = app.home
    if home.exists and not os.access(home.root, os.W_OK):
        yield BAD, f"{home.root} cannot be written by this user"
    database = app.db.file
    for path in (*app.settings.secret_files, home.web_key, *([database] if database else [])):
        if path.is_file() and path.stat().st_mode & 0o077:
            yield WARN, f"{path} can be read by other users: chmod 600 {path}"


def _past_term(app: App) -> Iterator[Ailment]:
    """Rows that ended without anybody saying so."""
    today = app.today()
    past = [
        agreement.id
        for agreement in app.register.agreements.values()
        if agreement.monitored
        and agreement.valid_until is not None
        and (agreement.valid_until.year, agreement.valid_until.month or 12, agreement.valid_until.day or 31)
        < (today.year, today.month, today.day)
        and agreement.status in ("in_force", "signed")
    ]
    if past:
        some = ", ".join(past[:5]) + (", ..." if len(past) > 5 else "")
        yield WARN, f"register: {len(past)} rows in force are past their term ({some}): renewed or expired?"


def _audit(tx: Tx, now: datetime, zone: tzinfo) -> Iterator[Ailment]:
    first = tx.execute(sa.select(sa.func.min(runs.runs.c.started_at))).scalar_one()
    last = last_answer_at(tx) or first
    if last is not None and now - last > _SKIPPED_AFTER:
        day = last.astimezone(zone).date()
        yield WARN, f"no audit item was answered since {day}: recall and precision grow uncertain"


def _smtp(app: App) -> Ailment:
    """Whether mails could go: greeting, encryption and login as for a mail; nothing is sent."""
    mail = app.settings.mail
    where = f"{mail.host}:{mail.port}"
    try:
        trouble = post(app, longest_s=_SMTP_S).try_out()
    except SettingsError as error:
        return BAD, str(error)
    if trouble:
        return BAD, f"the mail server {where} cannot be used (mail.security {mail.security}): {trouble.why}"
    return OK, f"mail server {where} answers"
