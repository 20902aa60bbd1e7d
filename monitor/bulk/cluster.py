"""Pages read on a Dask cluster instead of this machine's processes: the same question, the same answer.

A worker that is lost gives its pages to another. Workers have this program installed. Dask itself sends what
it is given pickled, so whoever speaks to a cluster can run code there: beyond this machine only by TLS.
"""

from concurrent.futures import Future
from functools import lru_cache, partial
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from monitor.articles.pool import ExtractPool
from monitor.articles.rawpage import RawPage, ReadingRules
from monitor.articles.types import Extracted
from monitor.articles.worker import rules_from, rules_payload
from monitor.core.errors import OutsideError, UsageError
from monitor.core.workers import Unread

_RETRIES = 3  # workers that may be lost under one page before the run stops
_CONNECT_S = 30.0


class ClusterReader:
    """Reads pages on the cluster at `address`, such as "tls://host:8786".

    `tls`: keywords of Dask's Security (tls_ca_file, tls_client_cert, tls_client_key). Errors: UsageError for
    an address beyond this machine without TLS; OutsideError when nobody answers.
    """

    def __init__(
        self, address: str, given: ReadingRules, *, tls: dict[str, str], deadline_s: float, memory_mb: int
    ) -> None:
        require_tls(address)
        self._client = _connected(address, tls)
        self._task = partial(read_there, rules_payload(given), deadline_s=deadline_s, memory_mb=memory_mb)

    def submit(self, page: RawPage) -> Future[Extracted | Unread]:
        """The answer to come. Errors, in the future: what Dask says when its workers were lost."""
        answer: Future[Extracted | Unread] = Future()
        asked = self._client.submit(self._task, page, pure=False, retries=_RETRIES)
        asked.add_done_callback(partial(_hand_over, answer))
        return answer

    def close(self) -> None:
        """Leave the cluster; it goes on for others."""
        self._client.close()


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


def _hand_over(answer: Future[Extracted | Unread], asked: Any) -> None:
    error = asked.exception()
    if error is None:
        answer.set_result(asked.result())
    else:
        answer.set_exception(OutsideError(f"the cluster gave a page up: {error}"))


def read_there(given: bytes, page: RawPage, *, deadline_s: float, memory_mb: int) -> Extracted | Unread:
    """On a worker of the cluster: one page, in a process of its own with its deadline and limit of memory."""
    return _pool(given, deadline_s, memory_mb).submit(page).result()


@lru_cache(maxsize=1)
def _pool(given: bytes, deadline_s: float, memory_mb: int) -> ExtractPool:
    return ExtractPool(rules_from(given), workers=1, deadline_s=deadline_s, memory_mb=memory_mb)
