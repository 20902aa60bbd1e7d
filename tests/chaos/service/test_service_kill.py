"""SIGKILL from outside at seeded random points of every stage, on both databases: nothing lost or doubled.

A third of the kills is aimed into a transaction that is open; how many hit is counted after the death.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.core.db import Db
from tests.chaos.service.line import STAGES, Line, Marks, prepare, story
from tests.conftest import Server

pytestmark = pytest.mark.slow

SEED = 20261122
KILLS = {"sqlite": 60, "postgresql": 30}
ROUNDS = 3  # kills of one database, one after the other, before it is finished and compared
_LEFT = 14  # transactions that a run has even where all is done


class Forks:
    """The process that forks those who are to be killed."""

    def __init__(self, folder: Path) -> None:
        self.marks = Marks(folder / "marks")
        words = [sys.executable, "-m", "tests.chaos.service.line", str(folder / "marks")]
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
        )

    def start(self, url: str) -> int:
        """Process id of a fork that is at work."""
        self.marks.write(-1, 0, False)
        return int(self._talk(url))

    def ended(self) -> int:
        """How the last fork ended."""
        return int(self._talk(""))

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def _talk(self, line: str) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    it = Forks(tmp_path_factory.mktemp("marks"))
    yield it
    it.close()


@contextmanager
def fresh(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Db]:
    if kind == "postgresql":
        server: Server = request.getfixturevalue("postgres_server")
        with server.database(request.getfixturevalue("migrated_postgres")) as db:
            prepare(db)
            yield db
        return
    path = folder / "line.sqlite"
    for old in folder.glob("line.sqlite*"):
        old.unlink()
    shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
    db = Db(f"sqlite:///{path}")
    prepare(db)
    yield db
    db.close()


def address(db: Db) -> str:
    return db.engine.url.render_as_string(hide_password=False)


def wait_for(forks: Forks, transactions: int) -> None:
    """Until so many transactions have begun, or all is over."""
    while True:
        stage, begun, _ = forks.marks.read()
        if begun >= transactions or stage == len(STAGES):
            return
        time.sleep(0.0001)


def stage_ends(forks: Forks, url: str) -> list[int]:
    """How many transactions an undisturbed run has begun at the end of each stage of its last day."""
    ends = [0] * len(STAGES)
    forks.start(url)
    stage = -1
    while stage < len(STAGES):
        stage, begun, _ = forks.marks.read()
        if 0 <= stage < len(STAGES):
            ends[stage] = max(ends[stage], begun)
        time.sleep(0.0001)
    assert forks.ended() == 0
    return ends


def _moment(rng: random.Random, ends: list[int]) -> int:
    """The number of a transaction: every stage as often as any other, however few it has."""
    stage = rng.randrange(len(STAGES))
    first = ends[stage - 1] + 1 if stage else 1
    return rng.randint(first, max(first, ends[stage]))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_at_any_point_it_ends_with_the_same_database(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, forks: Forks
) -> None:
    with fresh(kind, request, tmp_path) as db:
        ends = stage_ends(forks, address(db))
        expected = story(db)
    assert len(expected["articles"]) == 42
    assert {row[3] for row in expected["ledger"]} >= {"ok", "crashed", "below_gate", "no_agreement"}
    assert len(expected["outbox"]) == 12
    rng = random.Random(f"{SEED}-{kind}")
    died_in: Counter[str] = Counter()
    n_inside = n_finished = 0
    while sum(died_in.values()) < KILLS[kind]:
        with fresh(kind, request, tmp_path) as db:
            for n in range(ROUNDS):
                aims_inside = n % 2 == 0
                moment = _moment(rng, ends) if n == 0 else rng.randint(1, _LEFT)
                forks.marks.aim = moment if aims_inside else 0
                pid = forks.start(address(db))
                wait_for(forks, moment)
                time.sleep(0.02 if aims_inside else rng.uniform(0, 0.004))
                os.kill(pid, signal.SIGKILL)
                code = forks.ended()
                stage, _, is_open = forks.marks.read()
                if code != -signal.SIGKILL:
                    assert code == 0
                    n_finished += 1
                    continue
                died_in[("start", *STAGES, "end")[stage + 1]] += 1
                n_inside += is_open
            Line(db).run()
            found = story(db)
            for table, rows in expected.items():
                assert found[table] == rows, f"{table} differs after kills in {dict(died_in)}"
    print(
        f"{kind}: killed in {dict(died_in)}, {n_inside} inside a transaction, {n_finished} were done before"
    )
    assert n_inside * 3 >= sum(died_in.values())
    assert set(STAGES) <= set(died_in)
