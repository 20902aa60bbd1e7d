"""A million stored vectors judged by another model: read, judged over 29 topics, written, on SQLite.

The articles are made up: each takes letters, words and vector from one of the shipped items that pass the
cheap gate (an article that a model has not let pass has no vector), the vector shaken a little. What is
measured is `monitor reclassify` itself, from the first read to the last commit, in a process of its own.
"""

import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from classifiers.kept import KEPT_FORMAT
from monitor.articles import reclassify as stage
from monitor.articles.judging_tables import features
from monitor.articles.kept_store import insert_many, names_json
from monitor.articles.store import VECTOR_TYPE
from monitor.articles.tables import articles as articles_table
from monitor.articles.tables import taggings, vectors
from monitor.articles.types import Kept, Scores, TextItem
from monitor.bulk.judging import spread_over
from monitor.bulk.work import LocalWorkers
from monitor.core import runs, schema
from monitor.core.home import Home
from monitor.core.shipped import shipped_root
from monitor.crawl.tables import sources
from monitor.wiring import App, judging
from monitor.wiring.models import SHIPPED_CORPUS

ARTICLES = 1_000_000
_CHUNK = 10_000
_START = datetime(2024, 1, 1, tzinfo=UTC)
_NAMES = (1.0, 1.0, 1.0, 1.0, 1.0, 0.0)
_NAMES_JSON = names_json(_NAMES)
_SHAKEN = 0.01  # of a vector of length 1, a number


def run(seed: int, articles: int = ARTICLES) -> dict[str, Any]:
    """`articles`, `seconds` of wall time, `peak_mb` of all processes of the run, and what was decided."""
    with tempfile.TemporaryDirectory() as folder:
        _apart("fill", folder, seed, articles)
        return _apart("measure", folder, seed, articles)


def _apart(what: str, folder: str, seed: int, n: int) -> dict[str, Any]:
    words = [sys.executable, "-m", "benchmarks.reclassify", what, folder, str(seed), str(n)]
    done = subprocess.run(words, cwd=shipped_root(), check=True, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _app(folder: Path) -> App:
    return App(Home(folder / "home"), environment=False)


# --- the archive ---


def fill(folder: Path, seed: int, n: int) -> dict[str, Any]:
    """Train the model and write `n` articles that an older run has judged."""
    app = _app(folder)
    app.home.create()
    schema.upgrade(app.db)
    app.models.train()
    chosen, found = _passing(app)
    db = app.ready_db
    with db.begin() as tx:
        row = {"id": "press", "name": "Press", "kind": "district_paper", "country": "BY", "region": "x"}
        tx.execute(sa.insert(sources).values(**row, enabled=True, why_not="", known_since=_START, doc={}))
        base = runs.ensure_version(tx, "tag", "older-1", {}, at=_START)
    rng = np.random.default_rng(seed)
    for start in range(0, n, _CHUNK):
        picks = rng.integers(0, len(chosen), min(_CHUNK, n - start))
        with db.begin() as tx:
            tx.exec_driver_sql("PRAGMA cache_size = -400000")  # random keys go into two large indexes
            for table, columns, rows in _rows(
                start, picks, chosen, found, base.id, app.classifier.embedder, rng
            ):
                insert_many(tx, table, columns, rows)
    app.close()
    return {"articles": n, "kinds": len(chosen)}


def _passing(app: App) -> tuple[list[TextItem], Scores]:
    """Shipped items with a vector under this model."""
    items = []
    for line in SHIPPED_CORPUS.read_text("utf-8").splitlines():
        row = json.loads(line)
        items.append(TextItem(row["title"], row["text"], _NAMES))
    scores = app.classifier.score(items, app.models.shipped(items))
    has_words = np.array([one.stems is not None for one in scores.kept])
    passing = np.flatnonzero(has_words & np.asarray(~np.isnan(scores.vectors).any(axis=1)))
    kept = tuple(scores.kept[i] for i in passing.tolist())
    return (
        [items[i] for i in passing.tolist()],
        Scores(scores.gate[passing], scores.topics[passing], scores.vectors[passing], kept),
    )


def _rows(
    start: int,
    picks: NDArray[np.int64],
    chosen: list[TextItem],
    found: Scores,
    base: int,
    embedder: str,
    rng: np.random.Generator,
) -> Iterator[tuple[sa.Table, tuple[str, ...], Iterator[tuple[Any, ...]]]]:
    ids = range(start + 1, start + 1 + len(picks))
    # copies of a shipped text would all be known again and go to the parts that have not learnt it
    stranger = [Kept(one.ngrams, one.stems, b"\0" * 8 + rng.bytes(64)) for one in found.kept]
    shaken = found.vectors[picks].astype(np.float32) + rng.normal(0, _SHAKEN, (len(picks), 384))
    blobs = [row.tobytes() for row in shaken.astype(VECTOR_TYPE)]
    hashes = [hashlib.sha256(str(i).encode()).hexdigest() for i in ids]
    times = [str((_START + timedelta(minutes=i)).replace(tzinfo=None)) for i in ids]
    rows = list(zip(ids, picks.tolist(), hashes, times, blobs, strict=True))
    yield (
        articles_table,
        ("id", "source_id", "url", "listed_url", "state", "title", "text", "lang", "published_at",
         "first_seen_at", "content_hash", "cluster_id", "is_origin"),
        ((i, "press", f"http://press.example/{i}", f"http://press.example/{i}", "ready", chosen[k].title,
          chosen[k].text, "ru", at, at, key, i, 1) for i, k, key, at, _ in rows),
    )  # fmt: skip
    yield (
        features, ("content_hash", "format", "ngrams", "stems", "passages"),
        ((key, KEPT_FORMAT, stranger[k].ngrams, stranger[k].stems, stranger[k].keys)
         for _, k, key, _, _ in rows),
    )  # fmt: skip
    yield (
        vectors, ("content_hash", "embedder", "vector"),
        ((key, embedder, blob) for _, _, key, _, blob in rows),
    )  # fmt: skip
    yield (
        taggings, ("article_id", "version_id", "gate_p", "label", "names", "reason"),
        ((i, base, 0.9, 1, _NAMES_JSON, "") for i, *_ in rows),
    )  # fmt: skip


# --- the run ---


def measure(folder: Path, seed: int, n: int) -> dict[str, Any]:
    """Figures of one reclassification of all there is."""
    del seed
    app = _app(folder)
    given, candidate = judging.begin(app)
    workers = LocalWorkers()
    spread = spread_over(app, candidate.version.fingerprint, workers)
    began = time.perf_counter()
    done = stage.reclassify(given, candidate, spread=spread)
    seconds = time.perf_counter() - began
    workers.close()
    app.close()
    # of the children the system tells the largest only; all of them do the same
    own, child = (
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    peak = own + child * (os.cpu_count() or 1)
    if done.counts["judged"] != n or done.is_partial:
        raise RuntimeError(f"{done.counts} of {n} judged")
    return {
        "articles": n,
        "seconds": round(seconds, 1),
        "peak_mb": round(peak / 1024),
        "articles_a_second": round(n / seconds),
        "cooperation": done.counts["cooperation"],
        "database_mb": round((folder / "home" / "monitor.sqlite").stat().st_size / 1e6),
    }


if __name__ == "__main__":
    what, folder, seed, n = sys.argv[1:]
    figures = {"fill": fill, "measure": measure}[what](Path(folder), int(seed), int(n))
    sys.stdout.write(json.dumps(figures))
