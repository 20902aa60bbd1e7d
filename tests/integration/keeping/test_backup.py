"""A backup is the installation again, on both databases; a strange or damaged one leaves nothing behind."""

import gzip
import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.core import runs, schema
from monitor.core.archive import writing
from monitor.core.clock import SettableClock
from monitor.core.db import Db, is_made_of_others
from monitor.core.dump import TableDump, dump, row_counts
from monitor.core.errors import InputError, MonitorError, OutsideError, StorageError, UsageError
from monitor.core.home import Home
from monitor.core.ids import AgreementId
from monitor.wiring import App, backup
from monitor.wiring.backup import make_backup, restore
from monitor.wiring.relinking import Configured, Standing, link, settle
from monitor.wiring.standing import keep
from tests.chaos.service.line import Line, prepare
from tests.conftest import Server
from tests.service_world import NOW

SECRET = "s3cret-word"


def content(db: Db) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that cannot be made anew from the others."""
    known = sa.MetaData()
    known.reflect(db.engine)
    with db.begin() as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.execute(sa.select(table))), key=repr)
            for table in known.sorted_tables
            if not is_made_of_others(table.name)
        }


def home_over(db: Db, folder: Path) -> App:
    """A home whose settings name the database, with a model and secrets beside it."""
    home = Home(folder)
    home.create()
    url = db.engine.url.render_as_string(hide_password=False)
    text = home.settings_file.read_text("utf-8").replace("sqlite:///monitor.sqlite", url)
    home.settings_file.write_text(text, "utf-8")
    (folder / "models" / "ngram").mkdir(parents=True)
    (folder / "models" / "ngram" / "model.skops").write_bytes(b"a model")
    (folder / "cache").mkdir()
    (folder / "cache" / "forms").write_bytes(b"can be made again")
    (folder / "web.key").write_text(SECRET)
    return App(home, clock=SettableClock(NOW), environment=False)


@pytest.fixture
def filled(db: Db) -> Db:
    """A database that has seen every stage."""
    prepare(db)
    Line(db).run()
    return db


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """A small backup of an SQLite home."""
    folder = tmp_path_factory.mktemp("archive")
    shutil.copy(migrated_sqlite, folder / "db.sqlite")
    db = Db(f"sqlite:///{folder / 'db.sqlite'}")
    app = home_over(db, folder / "home")
    text = app.home.settings_file.read_text("utf-8")
    app.home.settings_file.write_text(text.replace(str(folder / "db.sqlite"), "monitor.sqlite"), "utf-8")
    shutil.move(folder / "db.sqlite", folder / "home" / "monitor.sqlite")
    make_backup(app, folder / "backup.tar.gz")
    app.close()
    db.close()
    return folder / "backup.tar.gz"


@pytest.fixture
def target(filled: Db, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Db]:
    """An empty database of the same kind."""
    if filled.is_sqlite:
        yield Db(f"sqlite:///{tmp_path / 'other.sqlite'}")
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.database() as other:
        yield other


def test_a_backup_is_restored_to_the_last_row_and_byte(filled: Db, target: Db, tmp_path: Path) -> None:
    before = content(filled)
    app = home_over(filled, tmp_path / "home")
    told = make_backup(app, tmp_path / "backup.tar.gz")
    url = target.engine.url.render_as_string(hide_password=False)
    other = Home(tmp_path / "other")
    assert restore(other, tmp_path / "backup.tar.gz", url=url) == told
    assert content(target) == before
    assert told.rows == sum(row_counts(filled).values())
    assert schema.current(target) == schema.head()
    names = {str(path.relative_to(other.root)) for path in other.root.rglob("*") if path.is_file()}
    ours = {str(path.relative_to(app.home.root)) for path in app.home.root.rglob("*") if path.is_file()}
    assert ours - names == {"web.key", "cache/forms"}
    assert names <= ours
    with target.begin() as tx:  # numbers go on behind those that rows have
        tx.execute(sa.text("INSERT INTO runs (job, started_at) VALUES ('next', '2026-11-16')"))
    app.close()
    target.close()


def test_a_backup_is_whole_while_others_write(filled: Db, tmp_path: Path) -> None:
    app = home_over(filled, tmp_path / "home")
    with filled.begin() as tx:
        tx.execute(sa.text("INSERT INTO meta (key, value) VALUES ('uncommitted', '1')"))
        told = make_backup(app, tmp_path / "backup.tar.gz")
    assert told.rows == sum(row_counts(filled).values()) - 1
    app.close()


def test_a_register_that_waits_for_review_goes_on_waiting_after_a_restore(
    archive: Path, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    restore(home, archive)
    first = App(home, clock=SettableClock(NOW), environment=False)
    own = Configured(first.register, first.link_model)
    with first.ready_db.begin() as tx:
        runs.ensure_version(tx, "link", own.fingerprint, own.doc, at=NOW)
        runs.ensure_version(tx, "tag", "t", {}, at=NOW)
    keep(first, home.config, own.fingerprint)
    (home.root / "linked" / "torn.1.partial").mkdir()
    (home.root / "linked" / "torn.1.partial" / "topics.toml").write_bytes(b"half of")
    gone = drop_row(home)
    first.close()

    edited = App(home, clock=SettableClock(NOW), environment=False)
    assert settle(edited) is Standing.TO_REVIEW
    make_backup(edited, tmp_path / "backup.tar.gz")
    edited.close()
    other = Home(tmp_path / "other")
    restore(other, tmp_path / "backup.tar.gz")
    restored = App(other, clock=SettableClock(NOW), environment=False)
    assert restored.register.version == own.register.version
    assert gone in restored.register.agreements
    assert settle(restored) is Standing.TO_REVIEW
    link(restored)  # refuses to go on where what the links were made with is not there
    assert [path.name for path in (other.root / "linked").iterdir()] == [own.fingerprint]
    restored.close()


def drop_row(home: Home) -> AgreementId:
    """Take an agreement that no other row names out of the register; which."""
    file = home.config / "register" / "agreements.jsonl"
    text = file.read_text("utf-8")
    rows = [(line, json.loads(line)) for line in text.splitlines()]
    line, row = next(
        (line, row) for line, row in rows if row["monitored"] and text.count(f'"{row["id"]}"') == 1
    )
    file.write_text(text.replace(f"{line}\n", ""), "utf-8")
    return AgreementId(row["id"])


def test_what_was_promoted_while_the_database_was_copied_is_in_the_backup(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    restore(home, archive)
    old, new = home.root / "linked" / "old", home.root / "linked" / "new"
    old.mkdir(parents=True)
    (old / "topics.toml").write_bytes(b"of the links in the copy")
    app = App(home, clock=SettableClock(NOW), environment=False)

    def dump_meanwhile_promoted(db: Db, folder: Path) -> tuple[TableDump, ...]:
        tables = dump(db, folder)
        new.mkdir()
        (new / "topics.toml").write_bytes(b"of links promoted since")
        shutil.rmtree(old)
        return tables

    monkeypatch.setattr(backup, "dump", dump_meanwhile_promoted)
    make_backup(app, tmp_path / "backup.tar.gz")
    app.close()
    other = Home(tmp_path / "other")
    restore(other, tmp_path / "backup.tar.gz")
    kept = {path.name: (path / "topics.toml").read_bytes() for path in (other.root / "linked").iterdir()}
    assert kept == {"old": b"of the links in the copy", "new": b"of links promoted since"}


def test_secret_files_that_the_settings_name_are_in_no_backup_wherever_they_lie(
    archive: Path, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    restore(home, archive)
    text = home.settings_file.read_text("utf-8")
    for key in ("password_file", "key_file"):  # the last of them: of mail and of web
        (home.config / key).write_text(SECRET)
        head, mark, tail = text.rpartition(f'{key} = ""')
        assert mark
        text = f'{head}{key} = "{home.config / key}"{tail}'
    home.settings_file.write_text(text, "utf-8")
    app = App(home, clock=SettableClock(NOW), environment=False)
    make_backup(app, tmp_path / "backup.tar.gz")
    app.close()
    assert SECRET.encode() not in gzip.decompress((tmp_path / "backup.tar.gz").read_bytes())


def test_no_secret_is_in_a_backup(archive: Path, tmp_path: Path) -> None:
    app = home_over(Db("postgresql://desk:hunter2@localhost/monitor"), tmp_path / "home")
    from monitor.wiring.backup import _without_password

    kept = _without_password(app.home.settings_file.read_text("utf-8"))
    assert "hunter2" not in kept
    assert "postgresql+psycopg://desk@localhost/monitor" in kept
    assert SECRET.encode() not in gzip.decompress(archive.read_bytes())
    assert archive.stat().st_mode & 0o077 == 0


def test_a_backup_never_replaces_another_and_a_home_is_never_overwritten(
    archive: Path, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    restore(home, archive)
    app = App(home, environment=False)
    with pytest.raises(OutsideError, match="is there already"):
        make_backup(app, archive)
    app.close()
    with pytest.raises(UsageError, match="is not empty"):
        restore(home, archive)


def test_what_a_killed_backup_left_is_cleared_by_the_next_and_what_another_writes_is_not(
    db: Db, tmp_path: Path
) -> None:
    app, place = home_over(db, tmp_path / "home"), tmp_path / "backups"
    killed, foreign = place / ".monitor-backup-killed.partial", place / "film.partial"
    for folder in (killed, foreign):
        (folder / "scratch").mkdir(parents=True)
    with writing(place / "other.tar.gz") as other:
        (other.scratch / "database.sqlite").write_bytes(b"half of")
        make_backup(app, place / "backup.tar.gz")
        assert other.scratch.is_dir()
        other.finish({})
    app.close()
    assert sorted(path.name for path in place.iterdir()) == ["backup.tar.gz", "film.partial", "other.tar.gz"]


def test_a_filled_database_is_not_restored_into(filled: Db, tmp_path: Path) -> None:
    app = home_over(filled, tmp_path / "home")
    make_backup(app, tmp_path / "backup.tar.gz")
    app.close()
    with pytest.raises(StorageError, match=r"is not empty|is there already"):
        restore(Home(tmp_path / "other"), tmp_path / "backup.tar.gz")
    assert not (tmp_path / "other").exists()


Change = Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]


def rewritten(archive: Path, path: Path, change: Change) -> Path:
    """The archive with its members changed."""
    with tarfile.open(archive) as tar:
        members = [(m, tar.extractfile(m).read()) for m in tar]  # type: ignore[union-attr]
    change(members)
    with tarfile.open(path, "w:gz") as tar:
        for entry, body in members:
            entry.size = len(body) if entry.isreg() else 0
            tar.addfile(entry, io.BytesIO(body))
    return path


def manifest_with(**facts: Any) -> Change:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        entry, body = members[-1]
        members[-1] = (entry, json.dumps({**json.loads(body), **facts}).encode())

    return change


def named(name: str, kind: bytes = tarfile.REGTYPE) -> Change:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, "/etc/passwd"
        members.insert(0, (entry, b"evil"))

    return change


def other_byte(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    n = next(n for n, (entry, _) in enumerate(members) if entry.name == "config/norms.toml")
    members[n] = (members[n][0], members[n][1] + b"#")


def one_less(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    del members[0]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (named("../outside.txt"), InputError, "leads out of the archive"),
        (named("/tmp/outside.txt"), InputError, "leads out of the archive"),
        (named("config/link", tarfile.SYMTYPE), InputError, "is no plain file"),
        (named("extra.txt"), InputError, "is not as the manifest says"),
        (other_byte, InputError, "'config/norms.toml' is not as the manifest says"),
        (one_less, InputError, "is not as the manifest says"),
        (manifest_with(schema="9999"), StorageError, "newer program"),
        (manifest_with(format=2), InputError, "another format"),
        (manifest_with(tables="no"), InputError, "does not tell the tables"),
        (manifest_with(files=None), InputError, "no manifest that can be read"),
    ],
)
def test_a_strange_archive_is_refused_and_leaves_nothing(
    archive: Path, tmp_path: Path, change: Change, error: type[MonitorError], words: str
) -> None:
    strange = rewritten(archive, tmp_path / "strange.tar.gz", change)
    with pytest.raises(error, match=words):
        restore(Home(tmp_path / "home"), strange)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["strange.tar.gz"]


@pytest.mark.parametrize("n_bytes", [0, 3, 9, 0.1, 0.5, 0.99])
def test_a_torn_archive_is_refused(archive: Path, tmp_path: Path, n_bytes: float) -> None:
    body = archive.read_bytes()
    torn = tmp_path / "torn.tar.gz"
    torn.write_bytes(body[: int(n_bytes if n_bytes >= 1 else n_bytes * len(body))])
    with pytest.raises(InputError, match="no whole backup"):
        restore(Home(tmp_path / "home"), torn)
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("header", [b"\x1f\x8b\x08\x04" + bytes(6) + b"\xff\xff", b"\x1f\x8b\x07" + bytes(7)])
def test_a_bent_gzip_header_is_refused(tmp_path: Path, header: bytes) -> None:
    """Also one with an extra field of full length, where tarfile's own reader raises an AttributeError."""
    bent = tmp_path / "bent.tar.gz"
    for length in (0, 500, 70_000):
        bent.write_bytes(header + b"x" * length)
        with pytest.raises(InputError, match="no whole backup"):
            restore(Home(tmp_path / "home"), bent)
    assert not (tmp_path / "home").exists()


def test_what_is_no_file_or_cannot_be_opened_is_refused_in_one_line(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    for path, words in (
        (tmp_path, "cannot be read: Is a directory"),
        (plain / "below", "cannot be read: Not a directory"),
        (tmp_path / "none", "no such file"),
    ):
        with pytest.raises(OutsideError, match=f"{path}: {words}"):
            restore(Home(tmp_path / "home"), path)
    assert not (tmp_path / "home").exists()
