"""What doctor says of the service: nobody at work, open secrets, no mail server, rows past their term."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.core import schema
from monitor.core.clock import SettableClock
from monitor.core.db import Db
from monitor.core.home import Home
from monitor.core.lease import lease_on, leases, this_place
from monitor.demo.sink import MailSink
from monitor.reports.subscribers import add_subscriber
from monitor.wiring import App
from monitor.wiring.ailments import LEASE, ailments
from tests.crawl_world import NOW
from tests.make_reports import MOGILEV
from tests.service_world import add_run


@pytest.fixture
def home(db: Db, tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    url = db.engine.url.render_as_string(hide_password=False)
    text = home.settings_file.read_text("utf-8").replace("sqlite:///monitor.sqlite", url)
    home.settings_file.write_text(text, "utf-8")
    return home


@pytest.fixture
def app(home: Home) -> Iterator[App]:
    made = App(home, clock=SettableClock(NOW), environment=False)
    yield made
    made.close()


def test_who_has_the_work_is_said_and_that_nobody_has(app: App, db: Db) -> None:
    assert [level for level, what in ailments(app) if "no service runs" in what] == ["warn"]
    lease = lease_on(db, LEASE)
    lease.take(NOW)
    assert [level for level, what in ailments(app) if "has the work" in what] == ["ok"]
    lease.give_back()


def test_a_service_that_was_killed_is_not_said_to_have_the_work(app: App, db: Db) -> None:
    lease_on(db, LEASE).take(NOW)
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    with db.begin() as tx:
        tx.execute(sa.update(leases).values(place=this_place(), pid=killed.pid))
    said = [(level, what) for level, what in ailments(app) if what.startswith("service: ")]
    assert [level for level, _ in said] == ["bad"]
    assert "has ended in the midst of its work" in said[0][1]


def test_a_secret_that_others_can_read_is_named(app: App, home: Home) -> None:
    home.web_key.write_text("secret")
    home.web_key.chmod(0o644)
    assert ("warn", f"{home.web_key} can be read by other users: chmod 600 {home.web_key}") in set(
        ailments(app)
    )
    home.web_key.chmod(0o600)
    assert not [what for _, what in ailments(app) if "chmod" in what]


def test_a_new_database_file_is_its_owners_and_one_that_others_can_read_is_named(
    tmp_path: Path, app: App
) -> None:
    before = os.umask(0)
    try:
        made = Db(f"sqlite:///{tmp_path / 'own.sqlite'}")
        schema.upgrade(made)
    finally:
        os.umask(before)
    assert made.file is not None
    with made.begin() as tx:
        tx.exec_driver_sql("DELETE FROM meta")
        assert [path.stat().st_mode & 0o777 for path in tmp_path.glob("own.sqlite*")] == [0o600] * 3
    app.db = app.ready_db = made
    assert not [what for _, what in ailments(app) if "chmod" in what]
    made.file.chmod(0o644)
    assert [what for _, what in ailments(app) if "chmod" in what] == [
        f"{made.file} can be read by other users: chmod 600 {made.file}"
    ]
    made.close()


def test_an_audit_that_nobody_answers_is_said_after_four_weeks(app: App, db: Db) -> None:
    add_run(db, "crawl.poll", NOW - timedelta(weeks=3))
    assert not [what for _, what in ailments(app) if "audit" in what]
    add_run(db, "crawl.poll", NOW - timedelta(weeks=5))
    assert [level for level, what in ailments(app) if "audit" in what] == ["warn"]


def test_the_mail_server_is_asked_only_where_there_are_readers(
    app: App, home: Home, db: Db, tmp_path: Path
) -> None:
    assert not [what for _, what in ailments(app) if "mail server" in what]
    with db.begin() as tx:
        add_subscriber(tx, email="r@desk.example", region=MOGILEV, lang="ru", at=NOW)
    with MailSink(tmp_path / "mail") as sink:
        text = home.settings_file.read_text("utf-8").replace("\nport = 25\n", f"\nport = {sink.port}\n")
        home.settings_file.write_text(text, "utf-8")
        there = App(home, clock=SettableClock(NOW), environment=False)
        assert ("ok", f"mail server 127.0.0.1:{sink.port} answers") in set(ailments(there))
    assert [level for level, what in ailments(there) if "cannot be used" in what] == ["bad"]
    there.close()


def test_a_mail_server_that_cannot_encrypt_as_the_settings_ask_is_not_called_well(
    app: App, home: Home, db: Db, tmp_path: Path
) -> None:
    with db.begin() as tx:
        add_subscriber(tx, email="r@desk.example", region=MOGILEV, lang="ru", at=NOW)
    with MailSink(tmp_path / "mail") as sink:
        text = home.settings_file.read_text("utf-8").replace("\nport = 25\n", f"\nport = {sink.port}\n")
        text = text.replace('\nsecurity = "none"', '\nsecurity = "starttls"')
        home.settings_file.write_text(text, "utf-8")
        there = App(home, clock=SettableClock(NOW), environment=False)
        ((level, what),) = [found for found in ailments(there) if "mail server" in found[1]]
        there.close()
    assert level == "bad"
    assert f"127.0.0.1:{sink.port} cannot be used (mail.security starttls): " in what
    assert "STARTTLS" in what


def test_agreements_past_their_term_are_counted(app: App) -> None:
    found = [what for _, what in ailments(app) if "past their term" in what]
    later = App(app.home, clock=SettableClock(NOW + timedelta(days=36_500)), environment=False)
    then = [what for _, what in ailments(later) if "past their term" in what]
    with_end = [
        a for a in app.register.agreements.values()
        if a.monitored and a.valid_until and a.status in ("in_force", "signed")
    ]  # fmt: skip
    assert len(found) <= 1
    assert then[0].startswith(f"register: {len(with_end)} rows in force are past their term")
    later.close()
