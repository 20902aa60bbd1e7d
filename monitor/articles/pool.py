"""Pages read in worker processes (`monitor.articles.worker`), each with a deadline and a limit of memory."""

from collections.abc import Sequence
from concurrent.futures import Future

from monitor.articles.rawpage import RawPage, ReadingRules
from monitor.articles.types import Extracted
from monitor.articles.worker import extracted_from, page_head, rules_payload
from monitor.core.workers import Unread, WorkerPool, module_command

_COMMAND = module_command("monitor.articles.worker")


class ExtractPool:
    """Reads pages in at most `workers` processes. Units: seconds and megabytes a page.

    `command` starts a worker; another than the extractor's is for tests.
    """

    def __init__(
        self,
        given: ReadingRules,
        *,
        workers: int,
        deadline_s: float,
        memory_mb: int,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        self._pool = WorkerPool(
            command, rules_payload(given), workers=workers, deadline_s=deadline_s, memory_mb=memory_mb
        )

    @property
    def n_workers(self) -> int:
        """How many processes there are now."""
        return self._pool.n_workers

    def submit(self, page: RawPage) -> Future[Extracted | Unread]:
        """The answer to come. Errors, in the future: WorkerBroken."""
        return self._pool.submit(page_head(page), page.body, extracted_from)

    def close(self) -> None:
        """End all workers; pages that wait are given up."""
        self._pool.close()
