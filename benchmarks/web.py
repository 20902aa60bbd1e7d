"""Twenty readers of pages and lists, each asking once a second: milliseconds by address, and memory.

`monitor serve` is a process of its own over a home of `benchmarks/web_home.py`, on SQLite and on PostgreSQL.
Each reader looks at one region and goes through all addresses in an order of their own. Before that each
address is asked alone, for the CPU that it costs: by that addresses can be compared on a busy machine.
"""

import http.client
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.memory import peak_of
from benchmarks.web_home import Keys, fill_home, kept_keys, postgres, use_database
from monitor.core.home import Home
from monitor.web.server import COOKIE

SQLITE, POSTGRESQL = 200_000, 1_000_000  # articles
READERS = 20
_SECONDS = 120
_ALONE = 3  # times that an address is asked by nobody else
_REGIONS = ("by-brest-region", "by-vitebsk-region", "by-gomel-region", "by-grodno-region", "by-minsk-region",
            "by-mogilev-region")  # fmt: skip
_PAGES = (
    "/overview?region={region}", "/gaps?region={region}", "/gaps?region={region}&state=uncovered",
    "/gaps?region={region}&topic=trade&order=found", "/topics?region={region}", "/matrix?region={region}",
    "/outlets?region={region}", "/outlet/{outlet}", "/sources", "/runs", "/archive", "/report/{report}",
    "/missed", "/register", "/agreement/{agreement}", "/subscribers", "/users", "/log", "/me", "/review",
    "/review/undecided", "/review/links", "/family/{family}", "/article/{article}", "/search",
    "/search?q=соглашение", "/search?q=делегация", "/search?q=делегация&cooperation=yes",
    "/search?q=соглашение&cooperation=other", "/search?q=соглашение&cooperation=yes", "/search?topic=trade",
    "/search?q=соглашение&topic=trade",
)  # fmt: skip
_LISTS = (
    "/overview?region={region}", "/gaps?region={region}", "/families/{family}", "/agreements",
    "/agreements/{agreement}", "/topics?region={region}", "/matrix?region={region}",
    "/articles?region={region}", "/articles/{article}", "/sources", "/outlets", "/reports",
    "/reports/{report}", "/runs", "/search?q=соглашение", "/search?q=делегация",
    "/search?cooperation=yes",
)  # fmt: skip
_ADDRESSES = (*_PAGES, *(f"/api/v1{one}" for one in _LISTS))
Ask = Callable[[str, str], float]


def run(seed: int, articles: int | None = None, data: Path | None = None) -> dict[str, Any]:
    """Median and 95th percentile in milliseconds by database and address; the server's memory in MB.

    `articles`: on either database, otherwise 200,000 on SQLite and a million on PostgreSQL. `data`: a folder
    in which the filled homes are kept; what is there is measured without filling.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = data or Path(name)
        return {
            kind: _of(kind, folder, seed, articles or most, is_kept=data is not None)
            for kind, most in (("sqlite", SQLITE), ("postgresql", POSTGRESQL))
        }


def _of(kind: str, folder: Path, seed: int, n: int, *, is_kept: bool) -> dict[str, Any]:
    home = Home(folder.resolve() / f"{kind}-{n}")
    if kind == "sqlite":
        return _measured(home, seed, n, lambda: None)
    server_folder = folder.resolve() / "pg"
    with postgres(server_folder, is_kept=is_kept) as server:
        return _measured(home, seed, n, lambda: use_database(home, server, f"web_{n}"))


def _measured(home: Home, seed: int, n: int, prepare: Callable[[], None]) -> dict[str, Any]:
    keys = kept_keys(home)
    if keys is None:
        home.create()
        prepare()
        keys = fill_home(home, seed, n)
    with _serving(home) as (port, pid), peak_of(pid) as peak:
        ask = _asking(port, keys)
        alone = {path: _alone(ask, path, pid) for path in _ADDRESSES}
        for region in _REGIONS[1:]:  # the table of a region is made once after each count
            for path in ("/overview", "/api/v1/overview"):
                ask(f"{path}?region={region}", region)
        found = _read_by_all(ask, seed)
    every = sorted(took for times in found.values() for took in times)
    return {
        "articles": n,
        "readers": READERS,
        "requests": len(every),
        "all": _told(every),
        "addresses": {path: {**_told(times), **alone[path]} for path, times in sorted(found.items())},
        "server_mb": round(peak["rss_mb"]),
    }


def _told(times: list[float]) -> dict[str, float]:
    return {
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(sorted(times)[int(0.95 * (len(times) - 1))], 1),
    }


def _alone(ask: Ask, path: str, pid: int) -> dict[str, float]:
    """Milliseconds of the first time; CPU milliseconds in the server's process after that."""
    first = ask(path, _REGIONS[0])
    began = _cpu_ms(pid)
    for _ in range(_ALONE):
        ask(path, _REGIONS[0])
    return {"cpu_ms": round((_cpu_ms(pid) - began) / _ALONE, 1), "first_ms": round(first)}


def _cpu_ms(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text("ascii").split()[0]) for task in tasks) / 1e6


@contextmanager
def _serving(home: Home) -> Iterator[tuple[int, int]]:
    port = 18_000 + os.getpid() % 10_000
    command = [sys.executable, "-m", "monitor", "--home", str(home.root), "serve", "--port", str(port)]
    env = {**os.environ, "MONITOR_WEB__API_PER_MINUTE": "100000"}
    # a kept home may be of an older program
    subprocess.run([*command[:5], "migrate"], check=True, env=env, stdout=subprocess.DEVNULL)
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(port, process)
            yield port, process.pid
        finally:
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
        except OSError:
            if process.poll() is not None:
                raise RuntimeError(f"monitor serve ended with {process.returncode}") from None
            time.sleep(0.5)
        else:
            return
    raise RuntimeError("monitor serve does not answer")


def _read_by_all(ask: Ask, seed: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    lock = threading.Lock()

    def read(number: int) -> None:
        rng = random.Random(f"{seed}/{number}")
        paths = list(_ADDRESSES)
        rng.shuffle(paths)
        time.sleep(number / READERS)
        began = time.monotonic()
        for n in range(_SECONDS):
            time.sleep(max(0.0, began + n - time.monotonic()))
            path = paths[n % len(paths)]
            took = ask(path, _REGIONS[number % len(_REGIONS)])
            with lock:
                found.setdefault(path, []).append(took)

    readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return found


def _asking(port: int, keys: Keys) -> Ask:
    """Milliseconds until the last byte. Errors: RuntimeError for another answer than 200."""

    def ask(path: str, region: str) -> float:
        is_list = path.startswith("/api/")
        headers = (
            {"Authorization": f"Bearer {keys.token}"} if is_list else {"Cookie": f"{COOKIE}={keys.session}"}
        )
        address = path.format(**keys.names, region=region)
        began = time.perf_counter()
        _answer(port, address, headers)
        return 1000 * (time.perf_counter() - began)

    return ask


def _answer(port: int, path: str, headers: dict[str, str]) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", quote(path, safe="/?=&"), headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return body


if __name__ == "__main__":
    kind, where, seed_given, size = sys.argv[1:]
    import json

    told = _of(kind, Path(where), int(seed_given), int(size), is_kept=True)
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
