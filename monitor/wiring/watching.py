"""What is wrong with the service as a whole, judged from its database and disk; mails the operator about it.

One mail when a trouble begins and one when it is over, however often it is looked at meanwhile.
"""

import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from monitor.core import runs
from monitor.core.clock import day_start, week_start
from monitor.core.counts import Counts
from monitor.core.db import Tx
from monitor.core.home import Home
from monitor.crawl.history import first_good_poll, last_good_poll
from monitor.reports.notices import queue_notice
from monitor.reports.store import OutboxState
from monitor.reports.subscribers import list_subscribers
from monitor.reports.tables import outbox, reports, subscribers
from monitor.wiring.app import App
from monitor.wiring.clocks import first_start, is_clock_back
from monitor.wiring.reporting import unmade
from monitor.wiring.weekly import last_reported

log = structlog.get_logger(__name__)

NO_CRAWL, REPORT_LATE, REPORT_UNMADE, DISK_LOW = "no_crawl", "report_late", "report_unmade", "disk_low"
JOB_FAILING, MAILS_HELD, MAILS_WAITING, CLOCK_BACK = (
    "job_failing",
    "mails_held",
    "mails_waiting",
    "clock_back",
)
_NO_CRAWL_FOR = timedelta(hours=24)
_REPORT_BY = timedelta(hours=12)  # after the end of the week it tells of: Monday noon
_WAITING_FOR = timedelta(hours=12)  # since it was queued: greylisting takes minutes, a busy server hours
_FAILED_IN_A_ROW = 3
_STATE = "service.alerts"  # fact: trouble to the moment since when it is known


@dataclass(frozen=True, slots=True)
class Sign:
    """One trouble. `code` is of the closed list above, `about` what is to be put into its words."""

    code: str
    about: Mapping[str, str]

    @property
    def key(self) -> str:
        """What tells it from other troubles, whatever its figures are now."""
        return f"{self.code} {self.about.get('job', '')}".strip()


def signs(app: App) -> tuple[Sign, ...]:
    """All troubles of the service now, in the order of the list above."""
    now = app.clock()
    with app.ready_db.reading() as tx:
        looks: tuple[Callable[[], Iterator[Sign]], ...] = (
            partial(_no_crawl, tx, now),
            partial(_report_late, tx, app, now),
            partial(_reports_unmade, tx),
            partial(_disk_low, app),
            partial(_failing_jobs, tx),
            partial(_mails, tx, now),
            partial(_clock_back, tx, now),
        )
        return tuple(sign for look in looks for sign in look())


def watch(app: App) -> Counts:
    """Tell the operator what has begun and what is over since the last look. Counts: begun, over, lasting."""
    found = {sign.key: sign for sign in signs(app)}
    now = app.clock()
    with app.ready_db.begin() as tx:
        known: dict[str, str] = runs.find_fact(tx, _STATE) or {}
        begun = [key for key in found if key not in known]
        over = [key for key in known if key not in found]
        if not begun and not over:
            return Counts(lasting=len(known))
        runs.put_fact(tx, _STATE, {key: known.get(key, now.isoformat()) for key in found})
        for key in begun:
            log.error("service_in_trouble", trouble=key, **found[key].about)
        if app.settings.mail.operator:
            subject, text = letter(found, begun, over, known, lang=app.settings.reports.languages[0])
            queue_notice(
                tx,
                key=f"alert {now.isoformat()}",
                address=app.settings.mail.operator,
                subject=subject,
                text=text,
                sender=app.settings.mail.sender,
                at=now,
            )
    return Counts(begun=len(begun), over=len(over), lasting=len(found) - len(begun))


def letter(
    found: Mapping[str, Sign], begun: list[str], over: list[str], known: Mapping[str, str], *, lang: str
) -> tuple[str, str]:
    """Subject and text for the operator."""
    words = _words(lang)
    lines = [sentence(found[key], lang=lang) for key in begun]
    lasting = [key for key in found if key not in begun]
    if lasting:
        lines += ["", words["lasting"], *(sentence(found[key], lang=lang) for key in lasting)]
    if over:
        lines += ["", words["over"]]
        lines += [f"- {words['name'][key.split()[0]]} ({known[key][:16]} UTC)" for key in over]
    subject = words["subject"] if begun else words["subject_over"]
    first = (begun or over)[0].split()[0]
    return subject.format(what=words["name"][first]), "\n".join(lines).strip() + "\n"


def sentence(sign: Sign, *, lang: str) -> str:
    """What is wrong and what to do, in one line."""
    return str(_words(lang)["trouble"][sign.code]).format(**sign.about)


def _words(lang: str) -> dict[str, Any]:
    every = tomllib.loads(Path(__file__).with_name("alerts.toml").read_text("utf-8"))
    found: dict[str, Any] = every.get(lang) or every["en"]
    return found


def _no_crawl(tx: Tx, now: datetime) -> Iterator[Sign]:
    last = last_good_poll(tx)
    began = first_good_poll(tx)
    if last is not None and began is not None and now - last > _NO_CRAWL_FOR:
        yield Sign(NO_CRAWL, {"since": _moment(last)})


def _report_late(tx: Tx, app: App, now: datetime) -> Iterator[Sign]:
    week = app.last_week()
    over = day_start(week_start(week) + timedelta(weeks=1), app.zone)
    done = last_reported(tx)
    if done is None:  # no report yet: one was due if a service ran when the week was over
        first = first_start(tx)
        is_missing = first is not None and first < over
    else:
        is_missing = done < week
    if is_missing and now > over + _REPORT_BY and list_subscribers(tx):
        yield Sign(REPORT_LATE, {"week": week})


def _reports_unmade(tx: Tx) -> Iterator[Sign]:
    """What ails some reports only: a report that is missing altogether is late."""
    failed = unmade(tx)
    if failed:
        first = failed[0]
        about = {"week": first.week, "region": first.region, "lang": first.lang, "error": first.error}
        yield Sign(REPORT_UNMADE, {"n": str(len(failed)), **about})


def fullest(home: Home, database: Path | None) -> tuple[Path, int]:
    """The folder of home and database whose disk has least room, and its free bytes. Errors: OSError."""
    folders = [home.root if home.root.exists() else home.root.absolute().parent]
    if database is not None and database.parent.is_dir():
        folders.append(database.parent)
    free = {folder: shutil.disk_usage(folder).free for folder in folders}
    folder = min(folders, key=free.__getitem__)
    return folder, free[folder]


def _disk_low(app: App) -> Iterator[Sign]:
    folder, free = fullest(app.home, app.ready_db.file)
    if free / 1e6 < app.settings.service.min_free_mb:
        yield Sign(DISK_LOW, {"free_mb": f"{free / 1e6:.0f}", "folder": str(folder)})


def _failing_jobs(tx: Tx) -> Iterator[Sign]:
    """Jobs whose last runs all went wrong; one that was asked to stop is no fault."""
    table = runs.runs
    ended = table.c.ending.in_((runs.DONE, runs.FAILED, runs.KILLED))
    for job in tx.execute(sa.select(table.c.job).distinct().order_by(table.c.job)).scalars().all():
        query = sa.select(table.c.ending, table.c.error).where(table.c.job == job, ended)
        last = tx.execute(query.order_by(table.c.id.desc()).limit(_FAILED_IN_A_ROW)).all()
        if job == "reports.build" and last and not last[0].error:
            continue  # it ran to its end: what it could not make is a sign of its own
        if len(last) == _FAILED_IN_A_ROW and all(row.ending != runs.DONE for row in last):
            yield Sign(JOB_FAILING, {"job": job, "error": (last[0].error or last[0].ending)[:200]})


def _mails(tx: Tx, now: datetime) -> Iterator[Sign]:
    count = sa.select(sa.func.count()).select_from(outbox)
    held = tx.execute(count.where(outbox.c.state == OutboxState.UNKNOWN)).scalar_one()
    if held:
        yield Sign(MAILS_HELD, {"n": str(held)})
    waiting = _count_late(tx, now - _WAITING_FOR)
    if waiting:
        yield Sign(MAILS_WAITING, {"n": str(waiting)})


def _count_late(tx: Tx, before: datetime) -> int:
    """Mails that were queued before a moment, with their report or once their reader was known, and that the
    server has not taken since."""
    began = sa.func.coalesce(subscribers.c.confirmed_at, subscribers.c.added_at)
    query = (
        sa.select(sa.func.count())
        .select_from(outbox)
        .join(reports, reports.c.id == outbox.c.report_id)
        .join(subscribers, subscribers.c.id == outbox.c.subscriber_id)
        .where(outbox.c.state == OutboxState.QUEUED, outbox.c.last_error != "")
        .where(reports.c.built_at < before, began < before)
    )
    return int(tx.execute(query).scalar_one())


def _clock_back(tx: Tx, now: datetime) -> Iterator[Sign]:
    if is_clock_back(tx, now=now):
        yield Sign(CLOCK_BACK, {"now": _moment(now)})


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
