"""Parts that are made from the register, among threads and through a change of the register."""

import threading
from concurrent.futures import ThreadPoolExecutor

from monitor.wiring.parts import FromRegister, Parts


class Owner:
    def __init__(self) -> None:
        self.parts, self.version = Parts(), "old"
        self.is_begun, self.may_end = threading.Event(), threading.Event()
        self.made: list[str] = []

    @FromRegister
    def slow(self) -> str:
        version = self.version
        self.made.append(version)
        self.is_begun.set()
        assert self.may_end.wait(10)
        return f"made of the {version} one"

    @FromRegister
    def of_slow(self) -> str:
        return f"{self.slow}, twice"


def test_a_part_is_made_once_for_all_threads_that_ask_for_it() -> None:
    owner = Owner()
    owner.may_end.set()
    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(lambda _: owner.of_slow, range(8)))
    assert (told, owner.made) == ({"made of the old one, twice"}, ["old"])


def test_what_was_begun_under_the_old_register_is_not_kept_under_the_new_one() -> None:
    owner = Owner()
    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(lambda: owner.slow)
        assert owner.is_begun.wait(10)
        owner.version, owner.parts = "new", Parts()
        owner.may_end.set()
        assert begun.result(10) == "made of the old one"
    assert (owner.slow, owner.made) == ("made of the new one", ["old", "new"])


def test_a_part_can_be_put_in_place() -> None:
    owner = Owner()
    owner.slow = "mine"
    assert (owner.of_slow, "slow" in owner.parts, owner.made) == ("mine, twice", True, [])
