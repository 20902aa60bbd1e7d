"""Twenty readers of pages and lists, each asking once a second: milliseconds by address, and memory.

The press is that of the gap table with the shipped register, on SQLite and on PostgreSQL;
`monitor serve` is a process of its own. Each reader goes through all addresses in an order of its own.
"""

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from benchmarks.gaptable import _database, _postgres
from benchmarks.gaptable_press import NOW, Setup, fill, setup
from benchmarks.memory import peak_of
from monitor.core.accounts import Role, open_session, put_user
from monitor.core.api_tokens import Scope, add_token
from monitor.core.clock import SettableClock
from monitor.core.home import Home
from monitor.linking.tables import links
from monitor.web.server import COOKIE
from monitor.wiring import App, searching, weekly

ARTICLES = 20_000
READERS = 20
_SECONDS = 40
_PAGES = (
    "/overview", "/gaps", "/gaps?state=uncovered", "/topics", "/matrix", "/outlets", "/sources", "/runs",
    "/archive", "/register", "/review", "/family/{family}", "/article/{article}", "/search?q=соглашение",
    "/search?q=делегация",
)  # fmt: skip
_LISTS = (
    "/overview", "/gaps", "/families/{family}", "/agreements", "/topics", "/matrix", "/articles",
    "/articles/{article}", "/sources", "/outlets", "/reports", "/runs", "/search?q=делегация",
)  # fmt: skip


def run(seed: int, articles: int = ARTICLES) -> dict[str, Any]:
    """Median and 95th percentile in milliseconds by database and address; the server's memory in MB."""
    figures: dict[str, Any] = {"articles": articles, "readers": READERS}
    with tempfile.TemporaryDirectory() as name, _postgres(Path(name)) as server:
        for kind in ("sqlite", "postgresql"):
            home = Home(Path(name) / kind)
            home.create()
            if kind == "postgresql":
                _use(home, _database(server, articles))
            figures[kind] = _measured(home, seed, articles)
    return figures


def _use(home: Home, url: str) -> None:
    text = home.settings_file.read_text("utf-8")
    shipped = 'url = "sqlite:///monitor.sqlite"'
    if text.count(shipped) != 1:
        raise ValueError(f"settings.toml has no line {shipped}")
    home.settings_file.write_text(text.replace(shipped, f'url = "{url}"'), "utf-8")


def _measured(home: Home, seed: int, n: int) -> dict[str, Any]:
    session, token = _filled(home, seed, n)
    with _serving(home) as (port, pid), peak_of(pid) as peak:
        names = _named(port, token)
        for path in (*_PAGES, *(f"/api/v1{one}" for one in _LISTS)):  # each once: tables of a region are made
            _ask(port, path.format(**names), session, token)
        found = _read_by_all(port, names, session, token, seed)
    told = {
        path: {
            "median_ms": round(statistics.median(times)),
            "p95_ms": round(sorted(times)[int(0.95 * (len(times) - 1))]),
        }
        for path, times in sorted(found.items())
    }
    return {"requests": sum(map(len, found.values())), "addresses": told, "server_mb": round(peak["rss_mb"])}


def _filled(home: Home, seed: int, n: int) -> tuple[str, str]:
    """A home with a press, its table and its words; a session and a token."""
    app = App(home, clock=SettableClock(NOW), environment=False)
    app.load()
    made = replace(setup(), register=app.register)
    fill(app.db, Setup(made.register, made.sources), n, seed)
    with app.db.begin() as tx:
        known = list(app.register.families)
        tx.execute(sa.delete(links).where(links.c.family_id.not_in(known)))
    weekly.build_gaps(app)
    searching.index(app)
    at = datetime.now(UTC)
    with app.db.begin() as tx:
        user = put_user(tx, name="reader", role=Role.ADMIN, password="benchmark-of-pages", at=at)  # noqa: S106
        session = open_session(tx, user.id, at=at)
        token = add_token(tx, name="reader", scopes=list(Scope), at=at, ends_at=at.replace(year=at.year + 1))
    app.close()
    return session, token


def _named(port: int, token: str) -> dict[str, str]:
    """What addresses name: the newest article that the table counts, and a family of it."""
    answer = _answer(port, "/api/v1/articles", {"Authorization": f"Bearer {token}"})
    newest = json.loads(answer)["items"][0]
    return {"family": newest["families"][0], "article": str(newest["article"])}


@contextmanager
def _serving(home: Home) -> Iterator[tuple[int, int]]:
    port = 18_000 + os.getpid() % 10_000
    command = [sys.executable, "-m", "monitor", "--home", str(home.root), "serve", "--port", str(port)]
    more = {"MONITOR_WEB__API_PER_MINUTE": "100000"}
    with subprocess.Popen(command, env={**os.environ, **more}, stdout=subprocess.DEVNULL) as process:
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


def _read_by_all(
    port: int, names: dict[str, str], session: str, token: str, seed: int
) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    lock = threading.Lock()

    def read(number: int) -> None:
        rng = random.Random(f"{seed}/{number}")
        paths = [*_PAGES, *(f"/api/v1{one}" for one in _LISTS)]
        rng.shuffle(paths)
        time.sleep(number / READERS)
        began = time.monotonic()
        for n in range(_SECONDS):
            time.sleep(max(0.0, began + n - time.monotonic()))
            path = paths[n % len(paths)]
            took = _ask(port, path.format(**names), session, token)
            with lock:
                found.setdefault(path, []).append(took)

    readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return found


def _ask(port: int, path: str, session: str, token: str) -> float:
    """Milliseconds until the last byte. Errors: RuntimeError for another answer than 200."""
    is_list = path.startswith("/api/")
    headers = {"Authorization": f"Bearer {token}"} if is_list else {"Cookie": f"{COOKIE}={session}"}
    began = time.perf_counter()
    _answer(port, path, headers)
    return 1000 * (time.perf_counter() - began)


def _answer(port: int, path: str, headers: dict[str, str]) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", quote(path, safe="/?=&"), headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return body
