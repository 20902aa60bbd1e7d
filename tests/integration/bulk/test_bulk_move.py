"""An installation moves from one kind of database to the other and back without the loss of a bit."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.bulk import move as moving
from monitor.bulk.move import MovedTable, move
from monitor.core import schema
from monitor.core.db import Db, own_tables
from monitor.core.errors import StorageError, UsageError
from monitor.crawl.store import put_sources
from tests.conftest import Server
from tests.crawl_world import NOW, World, rss, source


def filled(db: Db) -> None:
    """What two days of crawling leave, with every type of column."""
    world = World(db)
    with db.begin() as tx:
        put_sources(tx, [source("gorki"), source("shklov")], at=NOW)
    links = [f"http://gorki.example/{n}" for n in range(40)]
    world.fetch.answers["http://gorki.example/feed"] = rss(*links)
    for link in links:
        world.fetch.answers[link] = f"<html><title>{link}</title>Ярмарка — «Ў» 🌾</html>".encode()
    world.poll()
    world.pages()


def rows(db: Db) -> dict[str, list[tuple[Any, ...]]]:
    with db.reading() as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.execute(sa.select(table))), key=repr)
            for table in own_tables()
        }


@pytest.fixture
def sqlite(tmp_path: Path) -> Db:
    db = Db(f"sqlite:///{tmp_path}/one.sqlite")
    schema.upgrade(db)
    filled(db)
    return db


def test_there_and_back_every_row_is_the_same(sqlite: Db, postgres_server: Server, tmp_path: Path) -> None:
    with postgres_server.database() as away:
        there = move(sqlite, away)
        assert rows(away) == rows(sqlite)
        home = Db(f"sqlite:///{tmp_path}/two.sqlite")
        assert move(away, home) == there
        assert rows(home) == rows(sqlite)
    told = {table.name: table.rows for table in there}
    assert told["articles"] == len(rows(sqlite)["articles"]) > 40
    assert set(told) == {table.name for table in own_tables()}


def test_the_new_database_goes_on_counting(sqlite: Db, postgres_server: Server) -> None:
    with postgres_server.database() as away:
        move(sqlite, away)
        world = World(away)
        world.fetch.answers["http://gorki.example/feed"] = rss("http://gorki.example/new")
        assert world.poll(everything=True)["new"] == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_target_that_holds_anything_is_refused(
    sqlite: Db, postgres_server: Server, tmp_path: Path, kind: str
) -> None:
    with postgres_server.database() as away:
        target = away if kind == "postgresql" else Db(f"sqlite:///{tmp_path}/two.sqlite")
        with target.begin() as tx:
            tx.execute(sa.text("CREATE TABLE mine (n integer)"))
        with pytest.raises(StorageError, match="is not empty"):
            move(sqlite, target)
        assert sa.inspect(target.engine).get_table_names() == ["mine"]


def test_a_difference_found_on_reading_back_leaves_no_row(
    sqlite: Db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Db(f"sqlite:///{tmp_path}/two.sqlite")
    real = moving._compare

    def spoilt(tx: Any, moved: list[MovedTable]) -> None:
        tx.execute(sa.text("UPDATE articles SET title = title || ' ' WHERE id = 7"))
        real(tx, moved)

    monkeypatch.setattr(moving, "_compare", spoilt)
    with pytest.raises(StorageError, match=r"articles: 41 rows arrived of 41, or some of them changed"):
        move(sqlite, target)
    assert all(not found for found in rows(target).values())


def test_a_database_is_not_moved_into_itself_nor_from_an_older_schema(sqlite: Db, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one database"):
        move(sqlite, Db(f"sqlite:///{tmp_path}/one.sqlite"))
    schema.downgrade(sqlite, "0012")
    with pytest.raises(StorageError):
        move(sqlite, Db(f"sqlite:///{tmp_path}/two.sqlite"))


def test_a_source_that_is_not_there_is_refused_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"mistyped\.sqlite: no such file"):
        move(Db(f"sqlite:///{tmp_path}/mistyped.sqlite"), Db(f"sqlite:///{tmp_path}/two.sqlite"))
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_opened_is_named(migrated_sqlite: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"nowhere/two\.sqlite: unable to open database file"):
        move(Db(f"sqlite:///{migrated_sqlite}"), Db(f"sqlite:///{tmp_path}/nowhere/two.sqlite"))


def test_what_is_written_while_it_moves_stays_behind_whole(
    sqlite: Db, postgres_server: Server, tmp_path: Path
) -> None:
    with postgres_server.database() as away:
        move(sqlite, away)
        there, began = rows(away), len(own_tables()) // 2

        def write(what: str, n: int, total: int) -> None:
            if n == began:  # half of the tables are copied, of both kinds some
                world = World(away)
                world.fetch.answers["http://gorki.example/feed"] = rss("http://gorki.example/new")
                assert world.poll(everything=True)["new"] == 1

        home = Db(f"sqlite:///{tmp_path}/two.sqlite")
        move(away, home, write)
        assert rows(home) == there != rows(away)
        home.close()
