"""Figures of the service for Prometheus, counted from the database when they are asked for."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import sqlalchemy as sa
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest

from monitor import __version__
from monitor.articles.tables import articles, taggings
from monitor.core import runs
from monitor.core.db import Tx, UtcDateTime
from monitor.core.ledger_store import tally
from monitor.crawl.health import trouble_class
from monitor.crawl.tables import feeds, sources
from monitor.linking.tables import linkings
from monitor.reports.tables import outbox
from monitor.wiring.app import App
from monitor.wiring.outlets import standing_troubles


def metrics_text(app: App) -> bytes:
    """All figures in Prometheus's text format. Errors: StorageError."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(app))
    return generate_latest(registry)


class _Figures:
    def __init__(self, app: App) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        """The name is prometheus_client's."""
        app, now = self._app, self._app.clock()
        with app.ready_db.reading() as tx:
            ends = [((stage, reason), n) for (stage, reason), n in sorted(tally(tx).items())]
            yield _family("items", "Endings in the ledger", ("stage", "reason"), ends)
            yield _family("sources", "Sources", ("polled",), _sources(tx))
            waiting = list(_queues(tx, now))
            yield _family("queue", "Items that wait", ("queue",), [((q,), n) for q, n, _ in waiting])
            ages = [((q,), age) for q, _, age in waiting]
            yield _family("queue_age_seconds", "Wait of the oldest item", ("queue",), ages)
            yield from _jobs(tx)
            states = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
            yield _family("mails", "Mails in the outbox", ("state",), _rows(tx, states))
            current = sa.select(runs.versions.c.stage, runs.versions.c.fingerprint, 1)
            made = _rows(tx, current.where(runs.versions.c.is_current), keys=2)
            yield _family("version", "What judges now", ("stage", "fingerprint"), made)
        yield _family("program", "The program", ("version",), [((__version__,), 1)])
        classes: dict[str, int] = {}
        for trouble in standing_troubles(app):
            classes[trouble_class(trouble)] = classes.get(trouble_class(trouble), 0) + 1
        found = [((name,), n) for name, n in sorted(classes.items())]
        yield _family("source_troubles", "Troubles of sources", ("kind",), found)


def _family(
    name: str, what: str, labels: tuple[str, ...], rows: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"monitor_{name}", what, labels=labels)
    for values, figure in rows:
        family.add_metric(list(values), float(figure))
    return family


def _rows(
    tx: Tx, query: sa.Select[tuple[object, ...]], *, keys: int = 1
) -> list[tuple[tuple[str, ...], int]]:
    return [(tuple(map(str, row[:keys])), int(row[keys])) for row in tx.execute(query)]  # type: ignore[call-overload]


def _sources(tx: Tx) -> list[tuple[tuple[str, ...], int]]:
    query = sa.select(sources.c.enabled, sa.func.count()).group_by(sources.c.enabled)
    return [(("yes" if row[0] else "no",), row[1]) for row in tx.execute(query)]


def _queues(tx: Tx, now: datetime) -> Iterator[tuple[str, int, float]]:
    """Name, number of items that are due, seconds that the oldest has waited."""
    ready = articles.c.state == "ready"
    tagged = sa.exists().where(taggings.c.article_id == articles.c.id)  # `NOT IN` is quadratic on PostgreSQL
    untagged = ~tagged
    unlinked = sa.and_(tagged, ~sa.exists().where(linkings.c.article_id == articles.c.id))
    # outlets that are switched off keep the time of their next poll, which never comes
    polled = sa.exists().where(sources.c.id == feeds.c.source_id, sources.c.enabled)
    queued = (outbox.c.state == "queued", outbox.c.next_try_at <= now)
    for name, since, conditions in (
        ("poll", feeds.c.next_check_at, (feeds.c.next_check_at <= now, polled)),
        ("pages", articles.c.next_fetch_at, (articles.c.next_fetch_at <= now,)),
        ("tag", articles.c.first_seen_at, (ready, untagged)),
        ("link", articles.c.first_seen_at, (ready, unlinked)),
        ("mails", outbox.c.next_try_at, queued),
    ):
        oldest = sa.func.min(since, type_=UtcDateTime())
        n, at = tx.execute(sa.select(sa.func.count(), oldest).where(*conditions)).one()
        yield name, int(n), max(0.0, (now - at).total_seconds()) if at else 0.0


def _jobs(tx: Tx) -> Iterator[Metric]:
    """Of each job the last run that ended: how long it took, when it began, and whether it went well."""
    table = runs.runs
    last = sa.select(sa.func.max(table.c.id)).where(table.c.ended_at.is_not(None)).group_by(table.c.job)
    rows = tx.execute(sa.select(table).where(table.c.id.in_(last)).order_by(table.c.job)).all()
    took = [((r.job,), (r.ended_at - r.started_at).total_seconds()) for r in rows]
    yield _family("job_seconds", "Length of the last run", ("job",), took)
    began = [((r.job,), r.started_at.timestamp()) for r in rows]
    yield _family("job_started_timestamp_seconds", "Beginning of the last run", ("job",), began)
    well = [((r.job,), float(r.ending == runs.DONE)) for r in rows]
    yield _family("job_well", "Whether the last run ended well", ("job",), well)
