"""Canonical JSON, times and the words of the database; no database but SQLite files."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from monitor.core.db import CanonicalJson, Db, UtcDateTime, canonical_json, make_engine, remedy
from monitor.core.errors import StorageError

MINSK = timezone(timedelta(hours=3))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


def test_json_is_the_same_bytes_whatever_the_order_of_its_making() -> None:
    one = {"б": [1, {"z": None, "a": True}], "a": "ё"}
    other = dict(reversed(one.items()))
    assert canonical_json(one) == canonical_json(other) == '{"a":"ё","б":[1,{"a":true,"z":null}]}'


@given(JSON)
def test_json_comes_back_as_it_went(value: object) -> None:
    column = CanonicalJson()
    stored = column.process_bind_param(value, sqlite.dialect())
    back = column.process_result_value(stored, sqlite.dialect())
    assert back == value


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_json_number_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"p": number})


def test_a_time_goes_in_as_utc_and_comes_back_aware() -> None:
    column, noon = UtcDateTime(), datetime(2026, 11, 16, 12, 0, tzinfo=MINSK)
    lite = column.process_bind_param(noon, sqlite.dialect())
    post = column.process_bind_param(noon, postgresql.dialect())  # type: ignore[no-untyped-call]
    assert lite == datetime(2026, 11, 16, 9, 0)  # noqa: DTZ001 - SQLite drops offsets
    assert post == noon
    assert post is not None
    assert post.tzinfo is UTC
    for value in (lite, post):
        back = column.process_result_value(value, sqlite.dialect())
        assert back == noon
        assert back is not None
        assert back.tzinfo is UTC


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(
            datetime(2026, 11, 16),  # noqa: DTZ001 - the point of the test
            sqlite.dialect(),
        )


@pytest.mark.parametrize("query", ["password=s3cret", "sslmode=disable&password=0ld&password=s3cret"])
def test_a_password_in_the_query_of_an_address_is_used_and_never_shown(query: str) -> None:
    db = Db(f"postgresql://desk@db.example/monitor?{query}")
    assert db.engine.url.password == "s3cret"
    assert "password" not in db.engine.url.query
    assert "s3cret" not in db.shown_url
    assert Db(f"postgresql://desk@db.example/monitor?{query}", password="file").engine.url.password == "file"


def test_a_password_from_a_file_replaces_that_of_the_address_and_is_never_shown() -> None:
    db = Db("postgresql://reader:old@host/name", password="new-word")
    assert db.engine.url.password == "new-word"
    assert db.engine.url.drivername == "postgresql+psycopg"
    assert db.shown_url == "postgresql+psycopg://reader:***@host/name"
    assert (db.is_sqlite, Db("sqlite://").is_sqlite) == (False, True)


@pytest.mark.parametrize("url", ["", "monitor.sqlite", "mysql://host/name", "postgresql://h:p/x", "x://y"])
def test_what_is_no_address_of_a_database_is_refused(url: str) -> None:
    with pytest.raises(StorageError, match=r"database\.url"):
        make_engine(url)


def test_a_file_that_is_no_database_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("no database " * 100)
    db = Db(f"sqlite:///{tmp_path / 'letter'}")
    with pytest.raises(StorageError, match=r"letter: file is not a database\. Check that"), db.begin():
        pass
    db.close()


def test_a_damaged_file_is_told_with_the_way_to_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE t (word TEXT)")
        made.executemany("INSERT INTO t VALUES (?)", [("word" * 100,)] * 200)
    made.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    db = Db(f"sqlite:///{path}")
    words = r"malformed\. Restore the last backup \(docs/running/disaster\.md\)\.$"
    with pytest.raises(StorageError, match=words), db.reading() as tx:
        tx.exec_driver_sql("SELECT count(word) FROM t WHERE word > ''").all()
    db.close()


def test_a_full_disk_is_told_with_what_helps(tmp_path: Path) -> None:
    db = Db(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with (
        pytest.raises(StorageError, match=r"database or disk is full\. Make room on the disk"),
        db.begin() as tx,
    ):
        tx.exec_driver_sql("PRAGMA max_page_count = 2")
        tx.exec_driver_sql("CREATE TABLE t (word TEXT)")
        tx.exec_driver_sql("INSERT INTO t VALUES (zeroblob(99999))")
    db.close()


@pytest.mark.parametrize(
    ("attribute", "code", "words"),
    [
        ("sqlite_errorcode", sqlite3.SQLITE_IOERR_WRITE, "full or fails"),
        ("sqlite_errorcode", sqlite3.SQLITE_CORRUPT_INDEX, "Restore the last backup"),
        ("sqlite_errorcode", sqlite3.SQLITE_CANTOPEN, "Check that the database exists"),
        ("sqlstate", "53100", "Make room"),
        ("sqlstate", "XX001", "Restore the last backup"),
        ("sqlstate", "57P03", "Check that the database exists"),
    ],
)
def test_the_remedy_goes_by_the_code_of_the_database(attribute: str, code: object, words: str) -> None:
    error = sqlite3.DatabaseError("its words")
    setattr(error, attribute, code)
    assert words in remedy(error)


def test_a_wrong_statement_is_a_bug_and_not_the_databases_fault(tmp_path: Path) -> None:
    db = Db(f"sqlite:///{tmp_path / 'a.sqlite'}")
    with db.begin() as tx:
        tx.exec_driver_sql("CREATE TABLE t (n INTEGER NOT NULL UNIQUE)")
        tx.exec_driver_sql("INSERT INTO t VALUES (1)")
    with pytest.raises(sa.exc.IntegrityError), db.begin() as tx:
        tx.exec_driver_sql("INSERT INTO t VALUES (1)")
    db.close()


def test_a_transaction_that_reads_first_holds_the_right_to_write(tmp_path: Path) -> None:
    db = Db(f"sqlite:///{tmp_path / 'a.sqlite'}")
    other = sqlite3.connect(tmp_path / "a.sqlite", timeout=0)
    with db.begin() as tx:
        tx.exec_driver_sql("SELECT 1")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    db.close()
