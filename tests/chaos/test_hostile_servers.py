"""Hostile servers: each ends in its own reason, soon and in little memory, and leads us nowhere else."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.core.db import Db
from monitor.core.ledger import Reason
from tests.chaos.hostile.case import Case, Ended
from tests.chaos.hostile.catalogue import CASES, DOCUMENT, document
from tests.chaos.hostile.world import SECRET, World, memory_is_told, open_world
from tests.conftest import Server

# one world for all, so that the count of reasons is of what was really seen


USUAL = [case for case in CASES if not case.is_slow]


class Runs:
    """Each case once, whoever asks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._ended: dict[str, Ended] = {}

    def of(self, case: Case) -> Ended:
        if case.name not in self._ended:
            self._ended[case.name] = self.world.run(case)
        return self._ended[case.name]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    folder = tmp_path_factory.mktemp("hostile")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "hostile.sqlite")
        with open_world(folder, Db(f"sqlite:///{folder / 'hostile.sqlite'}")) as world:
            yield Runs(world)
        return
    server: Server = request.getfixturevalue("postgres_server")
    with (
        server.database(request.getfixturevalue("migrated_postgres")) as db,
        open_world(folder, db) as world,
    ):
        yield Runs(world)


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=c.name, marks=[pytest.mark.slow] if c.is_slow else []) for c in CASES]
)
def test_a_hostile_server_ends_in_its_reason_and_leads_nowhere_else(case: Case, runs: Runs) -> None:
    if case.url.startswith("https:") and not runs.world.tls:
        pytest.skip("needs the openssl command to make certificates")
    end = runs.of(case)
    assert end.row is not None, end.rows
    assert (end.row.stage, end.row.ending, end.row.reason) == (case.at, case.ending, case.reason), end.row
    assert case.says in end.row.detail
    assert tuple(asked.path for asked in end.asked) == case.paths
    assert {asked.host for asked in end.asked} <= {case.host}
    assert end.connected <= runs.world.open_ports()
    assert end.resolved == ()
    assert runs.world.canary.reached == []
    assert case.check is None or case.check(end)
    assert end.seconds < case.within_s
    assert end.grown_mb < case.memory_mb


def test_at_least_sixty_cases_end_in_at_least_twenty_reasons(runs: Runs) -> None:
    seen = {end.row.reason for case in USUAL if (end := runs.of(case)).row is not None}
    assert len({case.name for case in CASES}) == len(CASES)
    assert len(USUAL) >= 60
    assert len(seen - {Reason.OK}) >= 20, sorted(seen)


def test_no_word_of_a_file_of_this_machine_is_kept(runs: Runs) -> None:
    for case in USUAL:
        runs.of(case)
    assert SECRET not in runs.world.everything()
    assert "secret" not in runs.world.everything().replace("/secret", "")


def test_the_canary_and_the_watch_see_whoever_goes_where_nobody_may(runs: Runs) -> None:
    world = runs.world
    world.canary.reached.clear()

    def go() -> None:
        with socket.create_connection(("127.0.0.1", world.canary.port), timeout=5) as connection:
            assert b"secret" in connection.recv(1000)

    assert world.measured(go)[1] == {("127.0.0.1", world.canary.port)}
    assert len(world.canary.reached) == 1
    assert ("127.0.0.1", world.canary.port) not in world.open_ports()
    world.canary.reached.clear()


def test_memory_that_swells_for_a_moment_is_seen(runs: Runs) -> None:
    if not memory_is_told():
        pytest.skip("this system does not tell the most memory of a process")
    grown, _ = runs.world.measured(lambda: len(bytearray(b"x" * 200_000_000)))
    assert grown > 180


def test_the_operators_page_lists_the_cases_as_they_are() -> None:
    assert Path(DOCUMENT).read_text("utf-8") == document()
