"""Dask workers on this machine, for as long as a test needs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def local_cluster(n_workers: int) -> Iterator[Any]:
    """Dask's own cluster object on loopback, a process a worker."""
    import distributed  # takes a second; it has no types

    made: Any = distributed
    with made.LocalCluster(
        n_workers=n_workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, processes=True
    ) as cluster:
        yield cluster
