"""The same articles from this machine's processes, from one worker, from two, and when one is killed."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import pytest

from monitor.articles.rawpage import RawPage, ReadLater
from monitor.articles.types import Extracted
from monitor.articles.worker import reader_of
from monitor.bulk.cluster import ClusterWorkers, page_reader
from monitor.core.shipped import config_dir
from monitor.core.workers import Unread
from monitor.wiring.reading import reading_rules
from tests.dask_cluster import local_cluster
from tests.quality.page_set import FETCHED_AT, load_pages

pytestmark = pytest.mark.slow
PAGES = [
    RawPage(page.body, url=page.url, source_zone="Europe/Minsk", now=FETCHED_AT,
            content_type=page.content_type, selectors=page.rules)
    for page in load_pages()[:30]
]  # fmt: skip


@contextmanager
def cluster(n_workers: int) -> Iterator[tuple[ReadLater, Any]]:
    with local_cluster(n_workers) as made:
        workers = ClusterWorkers(made.scheduler_address, tls={})
        assert workers.n == n_workers
        with page_reader(workers, reading_rules(config_dir()), deadline_s=60, memory_mb=2000) as read:
            yield read, made
        workers.close()


def told(answers: list[Future[Extracted | Unread]]) -> list[Extracted | Unread]:
    return [answer.result(timeout=300) for answer in answers]


def test_the_answer_does_not_depend_on_the_workers_nor_on_the_death_of_one() -> None:
    read = reader_of(reading_rules(config_dir()))
    here: list[Extracted | Unread] = [read(page) for page in PAGES]
    with cluster(1) as (read_there, _):
        assert told([read_there(page) for page in PAGES]) == here
    with cluster(2) as (read_there, made):
        answers = [read_there(page) for page in PAGES]
        answers[2].result(timeout=120)  # both are at work
        os.kill(made.workers[0].pid, signal.SIGKILL)
        assert told(answers) == here
