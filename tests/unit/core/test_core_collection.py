"""Cycles are searched again after a block that held the search back, however it ends."""

import gc
from collections.abc import Iterator

import pytest

from monitor.core.collection import no_collection


@pytest.fixture(autouse=True)
def searching() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_the_search_waits_for_the_end_of_the_block() -> None:
    with no_collection():
        assert not gc.isenabled()
        with no_collection():
            pass
        assert not gc.isenabled()  # the outer one goes on
    assert gc.isenabled()


def test_it_goes_on_after_an_error() -> None:
    @no_collection()
    def fails() -> None:
        assert not gc.isenabled()
        raise LookupError

    with pytest.raises(LookupError):
        fails()
    assert gc.isenabled()


def test_where_it_was_off_it_stays_off() -> None:
    gc.disable()
    with no_collection():
        pass
    assert not gc.isenabled()
