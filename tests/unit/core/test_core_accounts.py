"""Names, passwords and sessions: what is kept tells nobody how to sign in."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from monitor.core.accounts import (
    SESSION,
    Role,
    find_user,
    form_mark,
    list_users,
    put_user,
    remove_user,
    sessions,
    sign_in,
    sign_out,
    users,
)
from monitor.core.db import Db
from monitor.core.errors import UsageError

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


def test_a_role_includes_those_before_it() -> None:
    assert [[role.may(other) for other in Role] for role in Role] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]


def test_a_session_belongs_to_its_key_until_it_ends(db: Db) -> None:
    with db.begin() as tx:
        user = put_user(tx, name=" desk ", role=Role.EDITOR, password=PASSWORD, at=NOW)
        key = sign_in(tx, name="desk", password=PASSWORD, at=NOW)
        assert key
        assert find_user(tx, key, at=NOW + SESSION - timedelta(seconds=1)) == user
        assert find_user(tx, key, at=NOW + SESSION) is None
        assert find_user(tx, key + "x", at=NOW) is None
        other = sign_in(tx, name="desk", password=PASSWORD, at=NOW)
        assert other != key
        sign_out(tx, key)
        assert find_user(tx, key, at=NOW) is None
        assert find_user(tx, str(other), at=NOW) == user


def test_neither_password_nor_key_stand_in_the_database(db: Db) -> None:
    with db.begin() as tx:
        put_user(tx, name="desk", role=Role.READER, password=PASSWORD, at=NOW)
        key = str(sign_in(tx, name="desk", password=PASSWORD, at=NOW))
        kept = f"{tx.execute(sa.select(users)).all()}{tx.execute(sa.select(sessions)).all()}"
    assert PASSWORD not in kept
    assert key not in kept
    assert form_mark(key) not in kept
    assert "$argon2id$" in kept


def test_a_new_password_or_removal_ends_what_is_open(db: Db) -> None:
    with db.begin() as tx:
        put_user(tx, name="desk", role=Role.READER, password=PASSWORD, at=NOW)
        key = str(sign_in(tx, name="desk", password=PASSWORD, at=NOW))
        put_user(tx, name="desk", role=Role.ADMIN, password=PASSWORD + "!", at=NOW)
        assert find_user(tx, key, at=NOW) is None
        assert sign_in(tx, name="desk", password=PASSWORD, at=NOW) is None
        key = str(sign_in(tx, name="desk", password=PASSWORD + "!", at=NOW))
        assert [(user.name, user.role) for user in list_users(tx)] == [("desk", Role.ADMIN)]
        remove_user(tx, "desk")
        assert find_user(tx, key, at=NOW) is None
        with pytest.raises(UsageError, match="nobody is called 'desk'"):
            remove_user(tx, "desk")


@pytest.mark.parametrize(
    ("name", "password", "why"),
    [
        ("", PASSWORD, "a name has 1 to 64"),
        ("a\nb", PASSWORD, "printable"),
        ("x" * 65, PASSWORD, "a name has 1 to 64"),
        ("desk", "short", "a password has 12 to 200"),
        ("desk", "x" * 201, "a password has 12 to 200"),
        ("desk", "aaaaaaaaaaaa", "too easy"),
        ("mogilev", "mogilev2026mogilev", "too easy"),
    ],
)
def test_names_and_passwords_that_cannot_be_used_are_told(db: Db, name: str, password: str, why: str) -> None:
    with db.begin() as tx, pytest.raises(UsageError, match=why):
        put_user(tx, name=name, role=Role.READER, password=password, at=NOW)
