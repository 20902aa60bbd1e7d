"""The feed library `reader` over the same feeds; run by benchmarks.crawl in a Python that has it.

Made to stand alone: that Python need not have the monitor. It is no dependency of the project, so install it
apart: `python -m venv peers && peers/bin/pip install reader sgmllib3k`, then PEERS_PYTHON=peers/bin/python.
"""

import json
import socket
import sys
import time
from typing import Any

_MISSING = (
    "the feed library is not installed: `python -m venv peers && peers/bin/pip install reader sgmllib3k`, "
    "then run again with PEERS_PYTHON=peers/bin/python"
)
_resolve = socket.getaddrinfo


def loopback(host: Any, *rest: Any, **given: Any) -> Any:
    """The papers' names lead to loopback, as the crawler's own resolver says of them."""
    return _resolve("127.0.0.1" if str(host).endswith(".example") else host, *rest, **given)


def main() -> None:
    """Arguments: database file, port, number of papers, workers. Prints seconds of one update as JSON."""
    path, port, papers, workers = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    try:
        import reader  # type: ignore[import-not-found]
    except ImportError:
        sys.stdout.write(json.dumps({"missing": _MISSING}))
        return
    socket.getaddrinfo = loopback
    library = reader.make_reader(path)
    for number in range(papers):
        library.add_feed(f"http://paper-{number:04d}.example:{port}/feed")
    began, cpu = time.monotonic(), time.process_time()
    library.update_feeds(workers=workers)
    wall_s, cpu_s = time.monotonic() - began, time.process_time() - cpu
    counts = library.get_entry_counts()
    told = {
        "wall_s": wall_s,
        "cpu_s": cpu_s,
        "entries": counts.total,
        "version": f"reader {reader.__version__}",
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
