"""Reports of the desk: each made once, and nobody waits for one that they did not ask for."""

import threading
from typing import Any

import pytest

from monitor.web.desk import Desk


def test_of_many_who_ask_at_once_one_makes_the_report() -> None:
    desk, made, start = Desk(), [], threading.Barrier(4)
    slow = threading.Event()

    def make() -> Any:
        slow.wait(1)
        made.append(1)
        return "report"

    got: list[Any] = []

    def ask() -> None:
        start.wait()
        got.append(desk._held(("region", "ru"), make))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    slow.set()
    for thread in threads:
        thread.join()
    assert (got, len(made)) == (["report"] * 4, 1)


def test_who_asks_for_another_report_does_not_wait() -> None:
    desk, begun, go_on = Desk(), threading.Event(), threading.Event()

    def slow() -> Any:
        begun.set()
        assert go_on.wait(10)
        return "slow"

    thread = threading.Thread(target=desk._held, args=(("a",), slow))
    thread.start()
    assert begun.wait(10)
    assert desk._held(("b",), lambda: "quick") == "quick"  # type: ignore[arg-type,return-value]
    go_on.set()
    thread.join()


def test_a_report_that_could_not_be_made_is_tried_again() -> None:
    desk = Desk()

    def fails() -> Any:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        desk._held(("a",), fails)
    assert desk._held(("a",), lambda: "made") == "made"  # type: ignore[arg-type,return-value]
