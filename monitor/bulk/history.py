"""The history of an installation out of archives: parts put together for `monitor backfill warc`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from monitor.articles.rawpage import ReadLater
from monitor.bulk.backfill import Wish, backfill
from monitor.bulk.cluster import ClusterWorkers, page_reader
from monitor.bulk.hosts import Hosts
from monitor.bulk.placed import HERE, Cluster
from monitor.core.counts import Counts
from monitor.core.errors import OutsideError, UsageError
from monitor.core.progress import Progress, silent
from monitor.wiring import App
from monitor.wiring.reading import reading_rules

_ENDINGS = (".warc", ".warc.gz")


def archives_of(paths: Sequence[Path]) -> list[Path]:
    """The files named and those in the folders named, by name: CC-NEWS puts the time into it.

    Errors: UsageError for a path that is neither, a file of another kind or a folder without archives;
    OutsideError for a folder that cannot be looked through.
    """
    found: list[Path] = []
    for path in paths:
        try:
            inside = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        except OSError as error:
            raise OutsideError(f"{path}: cannot be looked through: {error.strerror}") from error
        files = [file for file in inside if file.name.endswith(_ENDINGS)]
        if not files:
            raise UsageError(f"{path}: no WARC file ({' or '.join(_ENDINGS)}) there")
        found += files
    return sorted(dict.fromkeys(found), key=lambda file: (file.name, str(file)))


def backfill_warc(
    app: App,
    paths: Sequence[Path],
    *,
    cluster: Cluster = HERE,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress = silent,
) -> Counts:
    """Read archives into the database, with this machine's processes or on a cluster.

    Errors: UsageError, OutsideError (cluster, unreadable file), StorageError, WorkerBroken.
    """
    files = archives_of(paths)
    hosts = Hosts(app.standing_sources())
    with page_reading(app, cluster) as read:
        return backfill(
            files,
            db=app.ready_db,
            read=read,
            assign_cluster=app.assign_cluster,
            clock=app.clock,
            wish=Wish(hosts, since, until, app.settings.crawl.max_page_bytes),
            progress=progress,
        )


@contextmanager
def page_reading(app: App, cluster: Cluster = HERE) -> Iterator[ReadLater]:
    """Those who read pages: this machine's processes or a cluster's workers.

    Errors: UsageError, OutsideError (cluster).
    """
    if not cluster.address:
        yield app.extractor.submit
        return
    settings = app.settings.extract
    workers = ClusterWorkers(cluster.address, tls=dict(cluster.tls or {}))
    try:
        rules = reading_rules(app.home.config)
        with page_reader(
            workers, rules, deadline_s=settings.deadline_s, memory_mb=settings.memory_mb
        ) as read:
            yield read
    finally:
        workers.close()
