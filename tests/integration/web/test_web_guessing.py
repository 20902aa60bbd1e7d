"""Guessing passwords: each guess counts, however many come at once, and keeps no writer waiting."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from pwdlib import PasswordHash

from monitor.core import passwords
from monitor.core.accounts import Role, find_user, list_users, users
from monitor.core.db import Db, Tx
from monitor.wiring import accounts as work
from tests.integration.web.test_web_accounts import EMAIL, OTHER, PASSWORD, link_in_mail, with_people
from tests.web_world import NOW, World

AT_ONCE = 12


@pytest.fixture
def desk(db: Db, place: World) -> World:
    with db.begin() as tx:
        with_people(tx)
    return place


def failures(tx: Tx) -> tuple[int, bool]:
    """Of the name, and whether it waits."""
    query = sa.select(users.c.failures, users.c.locked_until).where(users.c.name == "desk")
    n, until = tx.execute(query).one()
    return n, until is not None


def test_wrong_passwords_at_once_count_one_by_one_until_the_name_waits(desk: World) -> None:
    together = threading.Barrier(AT_ONCE)

    def guess(n: int) -> str | None:
        together.wait()
        return work.sign_in(desk.app, name="desk", password=f"wrong guess {n}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(guess, range(AT_ONCE))) == [None] * AT_ONCE
    with desk.app.ready_db.begin() as tx:
        assert failures(tx) == (8, True)
    assert work.sign_in(desk.app, name="desk", password=PASSWORD) is None
    desk.clock.set(NOW + timedelta(minutes=16))
    assert work.sign_in(desk.app, name="desk", password=PASSWORD)
    with desk.app.ready_db.begin() as tx:
        assert failures(tx) == (0, False)


def test_a_name_with_a_zero_byte_is_nobodys(desk: World) -> None:
    assert work.sign_in(desk.app, name="de\x00sk", password=PASSWORD) is None
    with desk.app.ready_db.begin() as tx:
        assert failures(tx) == (0, False)


class Watched:
    """Makes and compares hashes; notes whether somebody else could write meanwhile."""

    def __init__(self, db: Db, real: PasswordHash) -> None:
        self._file, self._real = str(db.engine.url.database), real
        self.calls: list[str] = []
        self.waits = 0

    def hash(self, password: str) -> str:
        self._note("hash")
        return self._real.hash(password)

    def verify(self, password: str, stored: str) -> bool:
        self._note("verify")
        return self._real.verify(password, stored)

    def _note(self, what: str) -> None:
        self.calls.append(what)
        other = sqlite3.connect(self._file, timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        except sqlite3.OperationalError:
            self.waits += 1
        finally:
            other.close()


@pytest.fixture
def watched(made: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> tuple[World, Watched]:
    """An installation on SQLite, where one writer keeps all others waiting."""
    place = made(change=with_people)
    hasher = Watched(place.app.ready_db, passwords._hasher())
    passwords._nobody.cache_clear()
    monkeypatch.setattr(passwords, "_hasher", lambda: hasher)
    return place, hasher


def test_no_hash_is_made_or_compared_while_others_wait_to_write(watched: tuple[World, Watched]) -> None:
    place, hasher = watched
    app = place.app
    key = work.sign_in(app, name="desk", password=PASSWORD)
    work.sign_in(app, name="desk", password="wrong guess")
    work.sign_in(app, name="nobody", password="wrong guess")
    with app.ready_db.reading() as tx:
        user = find_user(tx, str(key), at=NOW)
    assert user is not None
    assert work.change_password(app, user, old="wrong guess", new=OTHER) is None
    assert work.change_password(app, user, old=PASSWORD, new=OTHER)
    work.ask_reset(app, email=EMAIL, lang="en")
    assert work.reset_password(app, link_in_mail(place).rpartition("/")[2], PASSWORD) == user
    work.invite(app, user, name="a", role=Role.READER, email="new@paper.example", lang="en")
    assert hasher.calls.count("verify") == 5
    assert hasher.calls.count("hash") == 4  # the one of nobody, two new passwords, an invitation
    assert hasher.waits == 0


def test_a_name_that_nobody_has_takes_as_many_hashes_as_one_that_somebody_has(
    watched: tuple[World, Watched],
) -> None:
    place, hasher = watched
    took = []
    for name in ("desk", "nobody", "desk", "no\x00body", "x" * 900):
        before = len(hasher.calls)
        assert work.sign_in(place.app, name=name, password="wrong guess") is None
        took.append(hasher.calls[before:])
    assert took == [["hash", "verify"], *[["verify"]] * 4]  # the hash of nobody is made once


def test_a_password_that_was_changed_meanwhile_opens_nothing(
    desk: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = passwords.is_of

    def changed_meanwhile(password: str, password_hash: str | None) -> bool:
        is_right = real(password, password_hash)
        with desk.app.ready_db.reading() as tx:
            user = next(user for user in list_users(tx) if user.name == "desk")
        monkeypatch.setattr(passwords, "is_of", real)
        assert work.change_password(desk.app, user, old=PASSWORD, new=OTHER)
        return is_right

    monkeypatch.setattr(passwords, "is_of", changed_meanwhile)
    assert work.sign_in(desk.app, name="desk", password=PASSWORD) is None
    assert work.sign_in(desk.app, name="desk", password=OTHER)
