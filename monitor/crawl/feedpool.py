"""Bodies of feeds read in worker processes (`monitor.crawl.feedworker`), each with a deadline and a limit of
memory: a list that hangs its reader costs one poll and not the crawl."""

from concurrent.futures import Future
from zoneinfo import ZoneInfo

from monitor.core.dates import Months
from monitor.core.workers import Unread, WorkerPool, module_command
from monitor.crawl.feedworker import feed_head, months_payload, parsed_from
from monitor.crawl.types import FeedSpec, Fetched, ParsedFeed


class FeedPool:
    """Reads bodies in at most `workers` processes. Units: seconds and megabytes a body."""

    def __init__(self, months: Months, *, workers: int, deadline_s: float, memory_mb: int) -> None:
        self._pool = WorkerPool(
            module_command("monitor.crawl.feedworker"),
            months_payload(months),
            workers=workers,
            deadline_s=deadline_s,
            memory_mb=memory_mb,
        )

    def submit(self, spec: FeedSpec, fetched: Fetched, zone: ZoneInfo) -> Future[ParsedFeed | Unread]:
        """The entries to come. Errors, in the future: WorkerBroken."""
        return self._pool.submit(feed_head(spec, fetched, zone), fetched.body, parsed_from)

    def close(self) -> None:
        """End all workers; bodies that wait are given up."""
        self._pool.close()
