"""A report of one row in the outbox for three readers, and what the outbox says of their mails."""

from datetime import UTC, datetime
from functools import partial

from monitor.core.db import Db
from monitor.gaps.types import State
from monitor.reports.outbox import put_out
from monitor.reports.outbox import send_due as send_withheld
from monitor.reports.store import list_outbox
from monitor.reports.subscribers import add_subscriber
from monitor.reports.types import Report
from tests.make_reports import MOGILEV, gap_row, mogilev_report, table

NOW = datetime(2025, 11, 24, 5, tzinfo=UTC)
SENDER = "monitor@desk.example"
send_due = partial(send_withheld, withhold=lambda report: report)  # nothing is listed


def small(*, is_demo: bool = True) -> Report:
    """One row and no chart: quick to render."""
    held = table([gap_row("AGR-0079", State.UNCOVERED, 0.9)], watch=())
    return mogilev_report(held=held, is_demo=is_demo)


def queued(db: Db, report: Report) -> Db:
    """Three readers and a report in the outbox for each."""
    with db.begin() as tx:
        for name in ("one", "two", "three"):
            add_subscriber(tx, email=f"{name}@paper.example", region=MOGILEV, lang="ru", at=NOW)
    assert put_out(db=db, report=report, sender=SENDER, now=NOW) == {"queued": 3}
    return db


def states(db: Db) -> list[tuple[str, str]]:
    """State and last error of every mail, in order."""
    with db.begin() as tx:
        return [(row.state.value, row.last_error) for row in list_outbox(tx)]
