"""A mail server on loopback, a clock, and an outbox with a report for three readers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.core.clock import SettableClock
from monitor.core.db import Db, metadata
from monitor.reports.smtp import SmtpPost
from monitor.reports.types import Report
from tests.outbox_world import NOW, queued, small
from tests.smtp_sink import Sink, smtp_sink


@pytest.fixture(scope="module")
def report() -> Report:
    return small()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as running:
        yield running


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


@pytest.fixture
def post(sink: Sink) -> Iterator[SmtpPost]:
    with SmtpPost(host="127.0.0.1", port=sink.port, security="none", timeout_s=5) as held:
        yield held


@pytest.fixture
def full(db: Db, report: Report) -> Db:
    """A database of each kind with a report queued for three readers."""
    return queued(db, report)


@pytest.fixture
def quick(tmp_path: Path, report: Report) -> Iterator[Db]:
    """The same on SQLite, where the endings of SMTP are the matter and not the storage."""
    db = Db(f"sqlite:///{tmp_path / 'quick.sqlite'}")
    metadata.create_all(db.engine)
    yield queued(db, report)
    db.close()
