"""Pages go to a cluster in parcels: each gets its own answer, and nobody waits for one that never comes."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.articles.rawpage import RawPage, ReadLater
from monitor.bulk.cluster import page_reader
from monitor.core.errors import OutsideError
from monitor.core.ids import PageUrl
from monitor.core.shipped import config_dir
from monitor.wiring.reading import reading_rules


class Counting:
    """Workers that answer at once: with the addresses of a parcel's pages, or not at all."""

    n = 1

    def __init__(self, failure: Exception | None = None, *, is_gone: bool = False) -> None:
        self.parcels: list[int] = []
        self.failure, self.is_gone = failure, is_gone

    def submit(self, _task: Callable[..., Any], *given: Any) -> Future[Any]:
        if self.is_gone:
            raise OutsideError("nobody there")
        (pages,) = given
        self.parcels.append(len(pages))
        answer: Future[Any] = Future()
        if self.failure is not None:
            answer.set_exception(self.failure)
        else:
            answer.set_result([page.url for page in pages])
        return answer

    def close(self) -> None:
        pass


@contextmanager
def reading(workers: Counting) -> Iterator[ReadLater]:
    with page_reader(workers, reading_rules(config_dir()), deadline_s=1, memory_mb=1) as read:
        yield read


def page(n: int) -> RawPage:
    return RawPage(
        b"", PageUrl(f"http://paper.example/{n}"), "Europe/Minsk", datetime(2026, 1, 1, tzinfo=UTC)
    )


def test_each_page_gets_its_own_answer_and_parcels_are_filled() -> None:
    workers = Counting()
    with reading(workers) as read:
        answers = [read(page(n)) for n in range(20)]
        assert [answer.result(timeout=10) for answer in answers] == [page(n).url for n in range(20)]
    assert sum(workers.parcels) == 20
    assert max(workers.parcels) == 8


def test_a_page_alone_does_not_wait_for_others() -> None:
    workers = Counting()
    with reading(workers) as read:
        assert read(page(1)).result(timeout=10) == page(1).url
        assert read(page(2)).result(timeout=10) == page(2).url
    assert workers.parcels == [1, 1]


@pytest.mark.parametrize(
    "workers", [Counting(OutsideError("nobody there")), Counting(is_gone=True)], ids=["failed", "gone"]
)
def test_an_error_reaches_all_that_wait(workers: Counting) -> None:
    with reading(workers) as read:
        for answer in [read(page(n)) for n in range(3)]:
            with pytest.raises(OutsideError, match="nobody there"):
                answer.result(timeout=10)


def test_what_was_asked_before_the_end_is_still_answered() -> None:
    with reading(Counting()) as read:
        answers = [read(page(n)) for n in range(10)]
    assert [answer.result(timeout=0) for answer in answers] == [page(n).url for n in range(10)]
