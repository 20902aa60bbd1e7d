"""An interrupted crawl ends at once: closing the fetcher ends the call that another thread makes."""

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest

from monitor.core.ids import RawUrl
from monitor.crawl.types import FetchKind, FetchRequest

if TYPE_CHECKING:
    from conftest import World


def test_closing_ends_a_call_in_another_thread_and_may_be_repeated(world: "World") -> None:
    world.server.routes["/slow"] = [b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", 1.2, b"123456789"]
    asked = [FetchRequest(RawUrl("http://paper.example/slow"), FetchKind.FEED)] * 20
    ended: list[BaseException] = []

    def fetch() -> None:
        try:
            world.fetcher.fetch_many(asked)
        except BaseException as error:  # noqa: BLE001 - cancellation is no Exception
            ended.append(error)

    thread = threading.Thread(target=fetch)
    thread.start()
    while not world.server.seen:
        time.sleep(0.01)
    began = time.monotonic()
    world.fetcher.close()
    thread.join(5)
    world.fetcher.close()
    assert time.monotonic() - began < 2
    assert [type(one) for one in ended] == [asyncio.CancelledError]
    with pytest.raises(RuntimeError, match="the fetcher is closed"):
        world.fetcher.fetch_many(asked)
