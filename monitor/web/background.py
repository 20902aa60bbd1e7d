"""Work that is begun on a page and outlasts the request: one piece at a time, in a thread of its own."""

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)


class Background:
    """Runs one piece of work. Safe among threads; work must be killable, for the process may end first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._name = ""
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> str:
        """The name of what is under way, empty where nothing is."""
        with self._lock:
            return self._name

    def start(self, name: str, work: Callable[[], object]) -> bool:
        """Begin; False when something is under way already."""
        with self._lock:
            if self._name:
                return False
            self._name = name
            self._thread = threading.Thread(target=self._run, args=(name, work), name=name, daemon=True)
            self._thread.start()
            return True

    def wait(self, timeout_s: float) -> bool:
        """Whether what is under way ends in this time; True where nothing is."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return not self.running

    def _run(self, name: str, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - its row in `runs` tells the reader; nobody waits for it
            log.error("background_failed", work=name, error=type(error).__name__)
        finally:
            with self._lock:
                self._name = ""
