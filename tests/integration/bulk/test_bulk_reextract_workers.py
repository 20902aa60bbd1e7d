"""What pages of an archive give a second time does not depend on who reads them, nor on the death of one."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles.pool import ExtractPool
from monitor.articles.rawpage import RawPage
from monitor.articles.types import Extracted
from monitor.bulk.placed import Cluster
from monitor.bulk.reextract import reextract
from monitor.core.workers import Unread
from monitor.crawl.tables import rereadings
from monitor.wiring import rereading
from monitor.wiring.reading import reading_rules
from tests.archive_world import Newsroom, archive, paragraphs
from tests.dask_cluster import local_cluster

pytestmark = pytest.mark.slow


def test_one_worker_two_one_that_is_killed_and_a_cluster_give_the_same(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    told = {n: [f"Вступление номер {n}.", *paragraphs(n % 5)] for n in range(40)}
    file = archive(tmp_path, "one", told)
    newsroom.fill(file)
    newsroom.change_rules()
    here = kept_beside(newsroom, file)
    assert sum(found is not None for _, _, found in here) > 20
    given = reading_rules(newsroom.app.home.config)
    for n, is_killed in ((1, False), (2, False), (2, True)):
        pool = ExtractPool(given, workers=n, deadline_s=60, memory_mb=2000)
        newsroom.app.extractor = Killing(pool) if is_killed else pool  # type: ignore[assignment]
        assert kept_beside(newsroom, file) == here
        pool.close()
    with local_cluster(2) as made:
        assert kept_beside(newsroom, file, cluster=Cluster(made.scheduler_address)) == here


class Killing:
    """A pool of which one process is killed while it reads."""

    def __init__(self, pool: ExtractPool) -> None:
        self.pool, self.asked = pool, 0

    def submit(self, raw: RawPage) -> Future[Extracted | Unread]:
        self.asked += 1
        answer = self.pool.submit(raw)
        if self.asked == 20:
            self.pool.submit(raw).result()  # they are at work
            killed = list(self.pool._pool._busy) or list(self.pool._pool._idle)
            killed[0].kill()
        return answer


def kept_beside(newsroom: Newsroom, file: Path, **given: Any) -> list[tuple[Any, ...]]:
    """What reading again keeps beside the articles; dropped afterwards."""
    reextract(newsroom.app, [file], **given)
    query = sa.select(rereadings.c.article_id, rereadings.c.content_hash, rereadings.c.found)
    rows = newsroom.rows(query.order_by(rereadings.c.article_id))
    rereading.drop(newsroom.app)
    return rows
