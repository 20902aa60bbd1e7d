"""Processes that do bulk work: answers in order, a lost one's work taken over, and an end to losses."""

import os
import signal
import time
from pathlib import Path

import pytest

from monitor.bulk.work import LocalWorkers, in_order
from monitor.core.errors import UsageError
from monitor.core.workers import WorkerBroken


def squared(number: int) -> int:
    time.sleep(0.02 * (number % 3))  # later ones are often ready first
    return number * number


def dies_once(mark: Path, number: int) -> int:
    """The first process that comes to the third piece is killed from outside its Python."""
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def dies(_number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def refuses(number: int) -> int:
    raise UsageError(f"{number} is not for me")


def test_answers_come_in_the_order_of_the_questions_whoever_is_lost(tmp_path: Path) -> None:
    workers = LocalWorkers(2)
    try:
        assert list(in_order(workers, squared, range(12))) == [n * n for n in range(12)]
        asked = [workers.submit(dies_once, tmp_path / "mark", n) for n in range(8)]
        assert [one.result(timeout=60) for one in asked] == [n * n for n in range(8)]
        assert (tmp_path / "mark").exists()
        with pytest.raises(UsageError, match="5 is not for me"):
            list(in_order(workers, refuses, [5]))
    finally:
        workers.close()


@pytest.mark.slow
def test_work_that_kills_every_process_ends_the_run() -> None:
    workers = LocalWorkers(1)
    try:
        with pytest.raises(WorkerBroken, match="4 processes were lost over the same work"):
            workers.submit(dies, 1).result(timeout=120)
        assert workers.submit(squared, 3).result(timeout=60) == 9
    finally:
        workers.close()
