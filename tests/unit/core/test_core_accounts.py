"""Names, passwords and sessions: what is kept tells nobody how to sign in."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from monitor.core import accounts, passwords
from monitor.core.accounts import (
    RESET,
    SESSION,
    Role,
    Session,
    User,
    ask_reset,
    end_sessions,
    find_kept,
    find_reset,
    find_user,
    form_mark,
    invite_user,
    list_accounts,
    list_sessions,
    list_users,
    password_resets,
    put_user,
    remove_user,
    sessions,
    set_email,
    set_role,
    sign_out,
    try_password,
    users,
)
from monitor.core.db import Db, Tx
from monitor.core.errors import UsageError
from monitor.core.passwords import hash_of_none, new_hash
from tests.make import add_user

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are kept in a weaker way than in life, where each takes half a second."""
    weak = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    monkeypatch.setattr(passwords, "_hasher", lambda: weak)


def sign_in(tx: Tx, *, name: str, password: str, at: datetime) -> str | None:
    """As the door has it, in one transaction."""
    return accounts.sign_in(tx, try_password(find_kept(tx, name), password), at=at)


def use_reset(tx: Tx, key: str, password: str, *, at: datetime) -> User | None:
    """As the page of a link has it, in one transaction."""
    user = find_reset(tx, key, at=at)
    return user and accounts.use_reset(tx, key, new_hash(password, name=user.name), at=at)


def test_a_role_includes_those_before_it() -> None:
    assert [[role.may(other) for other in Role] for role in Role] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]


def test_a_session_belongs_to_its_key_until_it_ends(db: Db) -> None:
    with db.begin() as tx:
        user = add_user(tx, name=" desk ", role=Role.EDITOR, password=PASSWORD, at=NOW)
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
        add_user(tx, name="desk", role=Role.READER, password=PASSWORD, at=NOW)
        key = str(sign_in(tx, name="desk", password=PASSWORD, at=NOW))
        kept = f"{tx.execute(sa.select(users)).all()}{tx.execute(sa.select(sessions)).all()}"
    assert PASSWORD not in kept
    assert key not in kept
    assert form_mark(key) not in kept
    assert "$argon2id$" in kept


def test_a_new_password_or_removal_ends_what_is_open(db: Db) -> None:
    with db.begin() as tx:
        add_user(tx, name="desk", role=Role.READER, password=PASSWORD, at=NOW)
        key = str(sign_in(tx, name="desk", password=PASSWORD, at=NOW))
        add_user(tx, name="desk", role=Role.EDITOR, password=PASSWORD + "!", at=NOW)
        assert find_user(tx, key, at=NOW) is None
        assert sign_in(tx, name="desk", password=PASSWORD, at=NOW) is None
        key = str(sign_in(tx, name="desk", password=PASSWORD + "!", at=NOW))
        assert [(user.name, user.role) for user in list_users(tx)] == [("desk", Role.EDITOR)]
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
        add_user(tx, name=name, role=Role.READER, password=password, at=NOW)


def with_desk(db: Db) -> User:
    with db.begin() as tx:
        return add_user(
            tx, name="desk", role=Role.EDITOR, password=PASSWORD, at=NOW, email="desk@paper.example"
        )


def test_a_lost_password_is_set_once_by_its_link_and_all_sessions_end(db: Db) -> None:
    user = with_desk(db)
    with db.begin() as tx:
        key = str(sign_in(tx, name="desk", password=PASSWORD, at=NOW))
        tx.execute(sa.update(users).values(failures=8, locked_until=NOW + timedelta(minutes=15)))
        assert ask_reset(tx, "nobody@paper.example", at=NOW) is None
        assert ask_reset(tx, "", at=NOW) is None
        found = ask_reset(tx, "desk@paper.example", at=NOW)
        assert found is not None
        assert found[0] == user
        kept = f"{tx.execute(sa.select(password_resets)).all()}"
        assert found[1] not in kept
        with pytest.raises(UsageError):
            use_reset(tx, found[1], "short", at=NOW)
        assert use_reset(tx, found[1] + "x", "another battery horse", at=NOW) is None
        assert use_reset(tx, found[1], "another battery horse", at=NOW) == user
        assert use_reset(tx, found[1], "a third battery horse", at=NOW) is None
        assert find_user(tx, key, at=NOW) is None
        assert sign_in(tx, name="desk", password=PASSWORD, at=NOW) is None
        assert sign_in(tx, name="desk", password="another battery horse", at=NOW)


def test_a_link_for_a_password_ends_after_an_hour_and_with_the_address(db: Db) -> None:
    with_desk(db)
    with db.begin() as tx:
        found = ask_reset(tx, "desk@paper.example", at=NOW)
        assert found is not None
        assert find_reset(tx, found[1], at=NOW + RESET - timedelta(seconds=1)) == found[0]
        assert find_reset(tx, found[1], at=NOW + RESET) is None
        set_email(tx, "desk", "other@paper.example")
        assert find_reset(tx, found[1], at=NOW) is None


def test_an_address_belongs_to_one_person(db: Db) -> None:
    with_desk(db)
    with db.begin() as tx, pytest.raises(UsageError, match="somebody else"):
        add_user(tx, name="two", role=Role.READER, password=PASSWORD, at=NOW, email="desk@paper.example")
    with db.begin() as tx:
        add_user(tx, name="two", role=Role.READER, password=PASSWORD, at=NOW)
        with pytest.raises(UsageError, match="somebody else"):
            set_email(tx, "two", "desk@paper.example")
        add_user(tx, name="desk", role=Role.ADMIN, password=PASSWORD, at=NOW)  # keeps its address
        assert [(a.user.name, a.email) for a in list_accounts(tx, at=NOW)] == [
            ("desk", "desk@paper.example"),
            ("two", ""),
        ]


def test_a_role_changes_at_once(db: Db) -> None:
    with_desk(db)
    with db.begin() as tx:
        key = str(sign_in(tx, name="desk", password=PASSWORD, at=NOW))
        set_role(tx, "desk", Role.ADMIN)
        found = find_user(tx, key, at=NOW)
        assert found is not None
        assert found.role is Role.ADMIN
        with pytest.raises(UsageError, match="nobody is called 'x'"):
            set_role(tx, "x", Role.ADMIN)


def lose(tx: Tx, how: str, name: str) -> None:
    """Three ways in which a home may lose an administrator."""
    if how == "removed":
        remove_user(tx, name)
    elif how == "demoted":
        set_role(tx, name, Role.REVIEWER)
    else:
        put_user(tx, name=name, role=Role.READER, password_hash="x", at=NOW)


@pytest.mark.parametrize("how", ["removed", "demoted", "added again"])
def test_the_last_administrator_stays_one(db: Db, how: str) -> None:
    with_desk(db)  # who reads
    with db.begin() as tx:
        for name in ("Анна", "piotr"):
            add_user(tx, name=name, role=Role.ADMIN, password=PASSWORD, at=NOW)
        lose(tx, how, "piotr")
        with pytest.raises(UsageError, match="Анна is the last administrator; make somebody else one first"):
            lose(tx, how, "АННА")
        set_role(tx, "Анна", Role.ADMIN)  # changes nothing, so nothing is refused
        set_role(tx, "desk", Role.ADMIN)
        lose(tx, how, "Анна")
        assert [user.name for user in list_users(tx) if user.role is Role.ADMIN] == ["desk"]


def test_two_administrators_who_demote_one_another_at_once_leave_one(db: Db) -> None:
    with db.begin() as tx:
        for name in ("anna", "piotr"):
            add_user(tx, name=name, role=Role.ADMIN, password=PASSWORD, at=NOW)

    def demote(name: str) -> None:
        with db.begin() as tx:
            set_role(tx, name, Role.READER)

    with ThreadPoolExecutor(1) as pool:
        with db.begin() as tx:
            set_role(tx, "anna", Role.READER)
            later = pool.submit(demote, "piotr")
            assert wait([later], timeout=0.5).not_done  # it cannot know yet who is left
        with pytest.raises(UsageError, match="piotr is the last administrator"):
            later.result()
    with db.reading() as tx:
        assert [(u.name, u.role) for u in list_users(tx)] == [("anna", Role.READER), ("piotr", Role.ADMIN)]


def test_the_open_sessions_of_a_person_are_listed_and_end_together(db: Db) -> None:
    user = with_desk(db)
    with db.begin() as tx:
        old = str(sign_in(tx, name="desk", password=PASSWORD, at=NOW))
        new = str(sign_in(tx, name="desk", password=PASSWORD, at=NOW + timedelta(hours=1)))
        later = NOW + timedelta(hours=2)
        assert list_sessions(tx, user, old, at=later) == [
            Session(NOW + timedelta(hours=1), NOW + timedelta(hours=1) + SESSION, is_this=False),
            Session(NOW, NOW + SESSION, is_this=True),
        ]
        assert end_sessions(tx, user.id) == 2
        assert find_user(tx, new, at=later) is None


def test_somebody_invited_sets_the_first_password_by_the_link(db: Db) -> None:
    with db.begin() as tx:
        user, key = invite_user(
            tx, name="new", role=Role.REVIEWER, email="n@paper.example", password_hash=hash_of_none(), at=NOW
        )
        assert find_reset(tx, key, at=NOW + timedelta(days=2)) == user
        assert use_reset(tx, key, PASSWORD, at=NOW + timedelta(days=2)) == user
        assert sign_in(tx, name="new", password=PASSWORD, at=NOW + timedelta(days=2))
        with pytest.raises(UsageError, match="already"):
            invite_user(tx, name=" new ", role=Role.READER, email="m@paper.example", password_hash="", at=NOW)


def test_a_name_and_an_address_are_one_person_in_any_case(db: Db) -> None:
    with db.begin() as tx:
        anna = add_user(tx, name="Анна", role=Role.ADMIN, password=PASSWORD, at=NOW, email="A@paper.example")
        with pytest.raises(UsageError, match="called 'Анна' already"):
            invite_user(tx, name="анна", role=Role.READER, email="b@paper.example", password_hash="", at=NOW)
        again = add_user(tx, name="анна", role=Role.ADMIN, password=PASSWORD + "!", at=NOW)
        assert again == anna  # also spelt as before: answers stand under the name
        assert sign_in(tx, name="анна", password=PASSWORD + "!", at=NOW)
        found = ask_reset(tx, "a@Paper.example", at=NOW)
        assert found is not None
        assert (found[0], found[2]) == (anna, "A@paper.example")  # a link goes where it was agreed on
        with pytest.raises(UsageError, match="somebody else"):
            add_user(tx, name="two", role=Role.READER, password=PASSWORD, at=NOW, email="a@paper.example")


def test_two_that_older_versions_told_apart_stay_two(db: Db) -> None:
    with db.begin() as tx:
        for name in ("Anna", "anna"):
            row = {"name": name, "role": "admin", "password_hash": new_hash(f"{PASSWORD} {name}", name="x")}
            tx.execute(sa.insert(users).values(created_at=NOW, email=f"{name}@paper.example", **row))
        assert sign_in(tx, name="anna", password=f"{PASSWORD} anna", at=NOW)
        assert sign_in(tx, name="ANNA", password=f"{PASSWORD} anna", at=NOW) is None
        assert ask_reset(tx, "ANNA@paper.example", at=NOW) is None
        with pytest.raises(UsageError, match="'Anna' and 'anna'"):
            remove_user(tx, "ANNA")
        remove_user(tx, "anna")
        assert [user.name for user in list_users(tx)] == ["Anna"]


def test_a_known_person_keeps_the_role_where_none_is_given(db: Db) -> None:
    with db.begin() as tx:
        for name, kept in (("desk", Role.ADMIN), ("new", Role.READER)):
            if name == "desk":
                add_user(tx, name=name, role=Role.ADMIN, password=PASSWORD, at=NOW)
            assert put_user(tx, name=name, role=None, password_hash="x", at=NOW).role is kept
        assert [user.role for user in list_users(tx)] == [Role.ADMIN, Role.READER]
