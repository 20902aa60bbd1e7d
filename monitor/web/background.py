"""Work that is begun on a page and outlasts the request: one piece at a time, in a thread of its own."""

import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)


Work = Callable[[], object]


class Background:
    """Runs one piece of work, and at most one after it. Safe among threads; work must be killable, for the
    process may end first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._name = ""
        self._thread: threading.Thread | None = None
        self._next: tuple[str, Work] | None = None

    @property
    def running(self) -> str:
        """The name of what is under way, empty where nothing is."""
        with self._lock:
            return self._name

    def start(self, name: str, work: Work) -> bool:
        """Begin; False when something is under way already."""
        with self._lock:
            if self._name:
                return False
            self._begin(name, work)
            return True

    def start_or_follow(self, name: str, work: Work) -> None:
        """Begin now, or once after what is under way: that may stand on what was so when it began.

        What waits already gives way, for it would find the same.
        """
        with self._lock:
            if self._name:
                self._next = (name, work)
            else:
                self._begin(name, work)

    def wait(self, timeout_s: float) -> bool:
        """Whether what is under way and what follows it end in this time; True where nothing is."""
        until = time.monotonic() + timeout_s
        while self.running:
            with self._lock:
                thread = self._thread
            left = until - time.monotonic()
            if thread is None or left <= 0:
                return False
            thread.join(left)
        return True

    def _begin(self, name: str, work: Work) -> None:
        """With the lock held."""
        self._name = name
        self._thread = threading.Thread(target=self._run, args=(name, work), name=name, daemon=True)
        self._thread.start()

    def _run(self, name: str, work: Work) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - its row in `runs` tells the reader; nobody waits for it
            log.error("background_failed", work=name, error=type(error).__name__)
        finally:
            with self._lock:
                following, self._next, self._name = self._next, None, ""
                if following is not None:
                    self._begin(*following)
