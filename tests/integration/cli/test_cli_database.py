"""A database that cannot be used: clear words, exit 3, never a traceback or a password."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.command import Said, monitor

COMMANDS = ("subscribers list", "crawl", "tag", "link", "gaps", "report send", "migrate", "init")


def use(home: Path, url: str) -> None:
    settings = home / "config" / "settings.toml"
    text = settings.read_text("utf-8")
    assert '"sqlite:///monitor.sqlite"' in text
    settings.write_text(text.replace('"sqlite:///monitor.sqlite"', f'"{url}"'), "utf-8")


def is_a_folder(home: Path) -> str:
    (home / "monitor.sqlite").unlink()
    (home / "monitor.sqlite").mkdir()
    return "unable to open database file"


def lies_nowhere(home: Path) -> str:
    use(home, "sqlite:///no/such/folder.sqlite")
    return "unable to open database file"


def is_another_file(home: Path) -> str:
    (home / "monitor.sqlite").write_bytes(b"this is a letter, not a database\n" * 100)
    return "file is not a database"


def is_cut_off(home: Path) -> str:
    content = (home / "monitor.sqlite").read_bytes()
    (home / "monitor.sqlite").write_bytes(content[: len(content) // 100])
    return "database disk image is malformed"


def is_of_a_newer_program(home: Path) -> str:
    with closing(sqlite3.connect(home / "monitor.sqlite")) as db, db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    return "the database has schema 9999, which this program does not know"


@pytest.mark.parametrize(
    "spoil",
    [is_a_folder, lies_nowhere, is_another_file, is_cut_off, is_of_a_newer_program],
    ids=lambda f: f.__name__,
)
def test_a_database_that_cannot_be_used_is_told_by_every_command(
    home: Path, spoil: Callable[[Path], str]
) -> None:
    told = spoil(home)
    for words in COMMANDS:
        said = monitor(*words.split(), home=home)
        assert (words, said.code, said.out) == (words, 3, "")
        assert said.err.startswith("monitor: sqlite:///")
        assert told in said.err
    doctor = monitor("doctor", "--quiet", home=home)
    assert doctor.code == 1
    assert doctor.out.count(told) == 1  # said once, though two checks need the database


def test_a_read_only_database_is_refused_when_it_is_written(home: Path) -> None:
    use(home, f"sqlite:///file:{home / 'monitor.sqlite'}?mode=ro&uri=true")
    said = monitor("subscribers", "add", "a@paper.example", "--region", "Mogilev", home=home)
    assert (said.code, said.out) == (3, "")
    assert "readonly database" in said.err
    assert "can be written by this user" in said.err


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "database.url is not a database URL"),
        ("postgresql://h:port/x", "database.url is not a database URL"),
        ("mysql://h/x", "database.url cannot be used"),
        ("postgresql://reader:secret-word@127.0.0.1:1/x", "postgresql+psycopg://reader:***@127.0.0.1:1/x: "),
    ],
)
def test_an_address_that_leads_nowhere_is_named_without_its_password(home: Path, url: str, told: str) -> None:
    use(home, url)
    answers: list[Said] = [monitor(*words, home=home) for words in (["init"], ["subscribers", "list"])]
    for said in answers:
        assert (said.code, said.out) == (3, "")
        assert said.err.startswith(f"monitor: {told}")
        assert "secret-word" not in said.err
    doctor = monitor("doctor", home=home)
    assert doctor.code == 1
    assert "secret-word" not in doctor.out


def test_the_service_works_on_postgresql_with_its_password_in_a_file(
    home: Path, postgres: str, tmp_path: Path
) -> None:
    admin = sa.create_engine(
        sa.make_url(postgres).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE cli_home"))
    try:
        url = sa.make_url(postgres).set(database="cli_home").render_as_string(hide_password=False)
        use(home, url)
        (tmp_path / "secret").write_text("not-needed-here\n")
        settings = home / "config" / "settings.toml"
        text = settings.read_text("utf-8")
        text = text.replace('password_file = ""  ', f'password_file = "{tmp_path / "secret"}"  ', 1)
        settings.write_text(text, "utf-8")
        init = monitor("init", home=home)
        assert (init.code, init.err) == (0, "")
        assert "not-needed-here" not in init.out
        add = monitor("subscribers", "add", "a@paper.example", "--region", "Гродненщина", home=home)
        assert add.out == "a@paper.example: by-grodno-region, ru\n"
        assert monitor("migrate", "--down", "base", home=home).code == 0
        assert "the database is empty" in monitor("subscribers", "list", home=home).err
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text("DROP DATABASE cli_home WITH (FORCE)"))
        admin.dispose()


def test_a_role_without_rights_on_postgresql_is_told_so(home: Path, postgres: str) -> None:
    url = sa.make_url(postgres)
    admin = sa.create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE cli_rights"))
        connection.execute(sa.text("CREATE ROLE cli_reader LOGIN"))
    try:
        use(home, url.set(database="cli_rights").render_as_string(hide_password=False))
        assert monitor("init", home=home).code == 0
        settings = home / "config" / "settings.toml"
        owner = f"//{url.username}"
        text = settings.read_text("utf-8")
        assert owner in text
        settings.write_text(text.replace(owner, "//cli_reader"), "utf-8")
        said = monitor("subscribers", "list", home=home)
        assert (said.code, said.out) == (3, "")
        assert "permission denied" in said.err
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text("DROP DATABASE cli_rights WITH (FORCE)"))
            connection.execute(sa.text("DROP ROLE cli_reader"))
        admin.dispose()
