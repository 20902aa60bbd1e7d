"""Which workers do bulk work, and the installation as they find it: the same home, settings and database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from monitor.bulk.cluster import ClusterWorkers
from monitor.bulk.work import LocalWorkers, Workers
from monitor.core.errors import UsageError
from monitor.core.home import Home
from monitor.wiring import App


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker finds the installation."""

    root: Path
    environment: bool


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Dask cluster (see ClusterWorkers); without an address the processes of this machine."""

    address: str = ""
    tls: Mapping[str, str] | None = None


HERE = Cluster()


def place_of(app: App) -> Place:
    """The place of an installation."""
    return Place(app.home.root.resolve(), app.environment)


@lru_cache(maxsize=1)
def app_at(place: Place) -> App:
    """The installation in a worker, opened with the first piece of work and kept for the next."""
    return App(Home(place.root), environment=place.environment)


@contextmanager
def workers_of(app: App, cluster: Cluster = HERE) -> Iterator[Workers]:
    """Those who read this installation's database. Errors: UsageError, OutsideError (cluster)."""
    if cluster.address and app.db.engine.dialect.name == "sqlite":
        raise UsageError("a cluster's workers cannot read a SQLite file: `monitor move` to PostgreSQL first")
    workers: Workers = (
        ClusterWorkers(cluster.address, tls=dict(cluster.tls or {})) if cluster.address else LocalWorkers()
    )
    try:
        yield workers
    finally:
        workers.close()
