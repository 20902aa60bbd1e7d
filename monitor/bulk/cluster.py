"""Work done on a Dask cluster instead of this machine's processes: the same questions, the same answers.

A worker that is lost gives its work to another. Workers have this program installed. Dask itself sends what
it is given pickled, so whoever speaks to a cluster can run code there: beyond this machine only by TLS.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import lru_cache, partial
from ipaddress import ip_address
from queue import Empty, Queue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from monitor.articles.pool import ExtractPool
from monitor.articles.rawpage import RawPage, ReadingRules, ReadLater
from monitor.articles.types import Extracted
from monitor.articles.worker import rules_from, rules_payload
from monitor.bulk.work import Workers
from monitor.core.errors import MonitorError, OutsideError, UsageError
from monitor.core.workers import Unread

_RETRIES = 3  # workers that may be lost under one piece of work before the run stops
_CONNECT_S = 30.0
_PARCEL = 8  # pages
_LINGER_S = 0.02  # how long an unfilled parcel waits for another page

_Asked = tuple[RawPage, Future[Extracted | Unread]]
_ReadAll = Callable[[Sequence[RawPage]], Sequence[Extracted | Unread]]


class ClusterWorkers:
    """The workers of the cluster at `address`, such as "tls://host:8786"; see `monitor.bulk.work`.

    `tls`: keywords of Dask's Security (tls_ca_file, tls_client_cert, tls_client_key). Errors: UsageError for
    an address beyond this machine without TLS; OutsideError when nobody answers.
    """

    def __init__(self, address: str, *, tls: dict[str, str]) -> None:
        require_tls(address)
        self._client = _connected(address, tls)

    @property
    def n(self) -> int:
        """How many there are now; others may join."""
        return max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def submit(self, task: Callable[..., Any], *given: object) -> Future[Any]:
        """The answer to come. Errors, in the future: what the task raises; OutsideError."""
        answer: Future[Any] = Future()
        asked = self._client.submit(task, *given, pure=False, retries=_RETRIES)
        asked.add_done_callback(partial(_hand_over, answer))
        return answer

    def close(self) -> None:
        """Leave the cluster; it goes on for others."""
        self._client.close()


@contextmanager
def page_reader(
    workers: Workers, given: ReadingRules, *, deadline_s: float, memory_mb: int
) -> Iterator[ReadLater]:
    """Reads pages on a cluster's workers as `ExtractPool` does here. Units: seconds, megabytes a page.

    Pages are sent in parcels: one piece of work costs a cluster half of what reading a page does.
    """
    task = partial(read_there, rules_payload(given), deadline_s=deadline_s, memory_mb=memory_mb)
    waiting: Queue[_Asked | None] = Queue()
    sender = Thread(target=_send, args=(workers, task, waiting), daemon=True)
    sender.start()

    def read(page: RawPage) -> Future[Extracted | Unread]:
        answer: Future[Extracted | Unread] = Future()
        waiting.put((page, answer))
        return answer

    try:
        yield read
    finally:
        waiting.put(None)
        sender.join()


def _send(workers: Workers, task: _ReadAll, waiting: "Queue[_Asked | None]") -> None:
    while (first := waiting.get()) is not None:
        parcel, is_last = [first], False
        while len(parcel) < _PARCEL and not is_last:
            try:
                asked = waiting.get(timeout=_LINGER_S)
            except Empty:  # nobody asks for more, perhaps since these are waited for
                break
            if asked is None:
                is_last = True
            else:
                parcel.append(asked)
        answers = [answer for _, answer in parcel]
        try:
            asked_for = workers.submit(task, [page for page, _ in parcel])
        except Exception as error:  # noqa: BLE001 - for those who wait, not for this thread
            _fail(answers, error)
        else:
            asked_for.add_done_callback(partial(_hand_out, answers))
        if is_last:
            return


def _hand_out(
    answers: Sequence[Future[Extracted | Unread]], asked: Future[Sequence[Extracted | Unread]]
) -> None:
    error = asked.exception()
    if error is not None:
        _fail(answers, error)
        return
    for answer, found in zip(answers, asked.result(), strict=True):
        answer.set_result(found)


def _fail(answers: Sequence[Future[Extracted | Unread]], error: BaseException) -> None:
    for answer in answers:
        answer.set_exception(error)


def require_tls(address: str) -> None:
    """Refuse an address that would send pages and code over a network in the open. Errors: UsageError."""
    parts = urlsplit(address)
    is_here = parts.scheme == "tcp" and _is_loopback(parts.hostname or "")
    if not is_here and not (parts.scheme == "tls" and parts.hostname):
        raise UsageError(f"{address!r}: a cluster beyond this machine must be named tls://HOST:PORT")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _connected(address: str, tls: dict[str, str]) -> Any:
    import distributed  # takes a second; it has no types

    made: Any = distributed
    try:
        security = made.Security(require_encryption=True, **tls) if address.startswith("tls:") else None
        return made.Client(address, security=security, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise OutsideError(f"no Dask cluster answers at {address}: {error}") from error


def _hand_over(answer: Future[Any], asked: Any) -> None:
    error = asked.exception()
    if error is None:
        answer.set_result(asked.result())
    elif isinstance(error, MonitorError):
        answer.set_exception(error)
    else:
        answer.set_exception(OutsideError(f"the cluster gave a piece of work up: {error}"))


def read_there(
    given: bytes, pages: Sequence[RawPage], *, deadline_s: float, memory_mb: int
) -> list[Extracted | Unread]:
    """On a worker of the cluster: pages in a process beside it, each with its deadline and memory limit."""
    pool = _pool(given, deadline_s, memory_mb)
    return [answer.result() for answer in [pool.submit(page) for page in pages]]


@lru_cache(maxsize=1)
def _pool(given: bytes, deadline_s: float, memory_mb: int) -> ExtractPool:
    return ExtractPool(rules_from(given), workers=1, deadline_s=deadline_s, memory_mb=memory_mb)
