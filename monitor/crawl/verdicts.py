"""Reads and writes what checks said of sources, and which of them a check switched off."""

from collections.abc import Mapping

import sqlalchemy as sa

from monitor.core.db import Tx, upsert
from monitor.core.ids import SourceId
from monitor.crawl.sorting import Sort, Verdict, decision_key
from monitor.crawl.tables import verdicts
from monitor.crawl.types import Source


def record_verdict(tx: Tx, source: Source, verdict: Verdict, *, apply: bool) -> None:
    """Keep a verdict; with `apply` it also decides whether `put_sources` lets the source be polled.

    An unreachable source decides nothing: what stood before stands.
    """
    values: dict[str, object] = {
        "source_id": source.id,
        "at": verdict.at,
        "sort": verdict.sort.value,
        "reason": verdict.reason.value,
        "detail": verdict.detail[:300],
        "feeds": [
            {
                "url": probe.spec.url,
                "kind": probe.kind,
                "reason": probe.reason.value,
                "n_entries": len(probe.entries),
                "newest": probe.newest_at.isoformat() if probe.newest_at else None,
            }
            for probe in verdict.feeds
        ],
    }
    decides = apply and source.enabled and verdict.sort is not Sort.UNREACHABLE
    if decides:
        values |= {"switched_off": verdict.why_not, "decision_key": decision_key(source)}
    upsert(tx, verdicts, values, key=("source_id",))


def switched_off(tx: Tx) -> Mapping[SourceId, tuple[str, str]]:
    """Sources that a check switched off: why, and the key of the configuration that it was about."""
    columns = (verdicts.c.source_id, verdicts.c.switched_off, verdicts.c.decision_key)
    query = sa.select(*columns).where(verdicts.c.switched_off != "")
    return {SourceId(row.source_id): (row.switched_off, row.decision_key) for row in tx.execute(query)}
