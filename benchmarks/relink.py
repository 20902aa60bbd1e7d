"""Links of a whole archive made again: with names looked for anew, and from what was kept of them.

The articles have 1,500 characters, labelled items joined as in `benchmarks.link`; 3 % of them are
cooperation, or 15 %, the rest is dry agency and district news, of which what names both sides is linked too.
They are tagged as the labels say. First the links of all are made (`anew`: what other weights and another
finder cost together); then one row of config/ is changed (`kept`), then that is taken back and some places of
the gazetteer are (`gazetteer`), and `monitor link` makes the links of each beside the first. Each part runs
in a process of its own; its workers are all processes of this machine.
"""

import hashlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from benchmarks.memory import cpu_s
from benchmarks.names import DRY, NOWHERE, joined, labelled
from classifiers.embed import load_vectors
from classifiers.shipped import VECTORS, leads_of
from monitor.articles.kept_store import insert_many, names_json
from monitor.articles.store import VECTOR_TYPE
from monitor.articles.tables import articles as articles_table
from monitor.articles.tables import taggings, tags, vectors
from monitor.articles.types import TextItem
from monitor.bulk import linking
from monitor.core import runs
from monitor.core.counts import Counts
from monitor.core.home import Home
from monitor.core.shipped import shipped_root
from monitor.crawl.tables import sources
from monitor.linking.tables import found_names, links
from monitor.wiring import App

ARTICLES = 100_000
_MIXES = (0.03, 0.15)
_CHUNK = 10_000
_START = datetime(2025, 1, 1, tzinfo=UTC)
_NOW = datetime(2026, 11, 16, tzinfo=UTC)
_CHANGED = "AGR-0002"
_PLACES_APART = 100  # of so many towns and districts one gets another name


@dataclass(frozen=True, slots=True)
class _Kind:
    """A text that many articles have."""

    title: str
    text: str
    lang: str
    topics: tuple[str, ...]
    is_cooperation: bool
    names: str  # JSON
    vector: bytes


def run(seed: int, *, articles: int = ARTICLES) -> dict[str, Any]:
    """By mix and part: seconds by the clock and of CPU, articles a second, MB of the largest processes."""
    found: dict[str, Any] = {}
    for share in _MIXES:
        with tempfile.TemporaryDirectory() as folder:
            told = {"articles": articles, **_apart("fill", folder, share, articles, seed)}
            for part in ("anew", "kept", "gazetteer"):
                told[part] = _apart(part, folder, share, articles, seed)
            found[f"{share:.0%} cooperation"] = {**told, **_apart("weigh", folder, share, articles, seed)}
    return found


def _apart(part: str, folder: str, share: float, n: int, seed: int) -> dict[str, Any]:
    words = [sys.executable, "-m", "benchmarks.relink", part, folder, str(share), str(n), str(seed)]
    done = subprocess.run(words, cwd=shipped_root(), check=True, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _opened(folder: Path) -> App:
    return App(Home(folder / "home"), clock=lambda: _NOW, environment=False)


# --- the archive ---


def fill(folder: Path, share: float, n: int, seed: int) -> dict[str, Any]:
    """Write `n` tagged articles."""
    app = _opened(folder)
    app.home.create()
    if (made := Home(NOWHERE).cache).is_dir():
        shutil.copytree(made, app.home.cache, dirs_exist_ok=True)  # the forms of names: half a minute
    app.load()
    kinds, embedder = _kinds(app)
    rng = np.random.default_rng(seed)
    of_mix = [[i for i, one in enumerate(kinds) if one.is_cooperation is told] for told in (False, True)]
    with app.ready_db.begin() as tx:
        source = str(tx.execute(sa.select(sources.c.id).where(sources.c.enabled).limit(1)).scalar_one())
        tag = runs.ensure_version(tx, "tag", "labels-1", {}, at=_START).id
    for first in range(1, n + 1, _CHUNK):
        ids = range(first, min(first + _CHUNK, n + 1))
        picked = [int(rng.choice(of_mix[int(is_about)])) for is_about in rng.random(len(ids)) < share]
        with app.ready_db.begin() as tx:
            for table, columns, rows in _rows(ids, [kinds[k] for k in picked], source, tag, embedder):
                insert_many(tx, table, columns, rows)
    app.close()
    rest = [json.loads(one.names) for one in kinds if not one.is_cooperation]
    both = sum(counts[2] > 0 and counts[3] > 0 for counts in rest)
    return {"kinds": len(kinds), "of_the_rest_naming_both_sides": round(both / len(rest), 3)}


def _kinds(app: App) -> tuple[list[_Kind], str]:
    kept, made = load_vectors(VECTORS), []
    for is_about in (True, False):
        rows = [row for row in labelled() if row["cooperation"] is is_about]
        rows = [row for row in rows if is_about or row["id"].startswith(DRY)]
        texts = joined([(row["title"], row["text"]) for row in rows])
        leads = leads_of([TextItem(row["title"], row["text"], ()) for row in rows], kept.chars)
        for row, text, vector in zip(rows, texts, kept.find(leads), strict=True):
            names = names_json(app.name_features(row["title"], text))
            made.append(
                _Kind(row["title"], text, row["lang"], tuple(row["topics"]), is_about, names,
                      vector.astype(VECTOR_TYPE).tobytes())
            )  # fmt: skip
    return made, kept.name


def _rows(
    ids: range, kinds: list[_Kind], source: str, tag: int, embedder: str
) -> Iterator[tuple[sa.Table, tuple[str, ...], Iterator[tuple[Any, ...]]]]:
    times = [str((_START + timedelta(seconds=20 * i)).replace(tzinfo=None)) for i in ids]
    hashes = [hashlib.sha256(str(i).encode()).hexdigest() for i in ids]
    both = list(zip(ids, kinds, hashes, times, strict=True))
    about = [(i, kind, key) for i, kind, key, _ in both if kind.is_cooperation]
    yield (
        articles_table,
        ("id", "source_id", "url", "listed_url", "state", "title", "text", "lang", "published_at",
         "first_seen_at", "content_hash", "cluster_id", "is_origin"),
        ((i, source, f"http://press.example/{i}", f"http://press.example/{i}", "ready", kind.title,
          kind.text, kind.lang, at, at, key, i, 1) for i, kind, key, at in both),
    )  # fmt: skip
    yield (
        taggings, ("article_id", "version_id", "gate_p", "label", "names", "reason"),
        ((i, tag, 0.9 * kind.is_cooperation, int(kind.is_cooperation), kind.names, "")
         for i, kind, _, _ in both),
    )  # fmt: skip
    yield (
        tags, ("article_id", "version_id", "topic", "p", "published"),
        ((i, tag, topic, 0.8, 1) for i, kind, _ in about for topic in kind.topics),
    )  # fmt: skip
    yield (
        vectors, ("content_hash", "embedder", "vector"),
        ((key, embedder, kind.vector) for _, kind, key in about),
    )  # fmt: skip


# --- the runs ---


def anew(folder: Path, share: float, n: int, seed: int) -> dict[str, Any]:
    """The first links: no name of any text is known, nothing stands beside them."""
    del share, seed
    return _measured(folder, n, linking.link)


def kept(folder: Path, share: float, n: int, seed: int) -> dict[str, Any]:
    """The links of a register with one agreement changed, beside the others."""
    del share, seed
    _edit(folder, "agreements", lambda rows: [_signed(row) if row["id"] == _CHANGED else row for row in rows])
    return _measured(folder, n, lambda app: linking.review(app).counts)


def gazetteer(folder: Path, share: float, n: int, seed: int) -> dict[str, Any]:
    """The links of a gazetteer in which some towns and districts have one name more and others are new."""
    del share, seed
    _edit(folder, "agreements", lambda rows: rows)
    _edit(folder, "places", _more_names)
    return _measured(folder, n, lambda app: linking.review(app).counts)


def _edit(folder: Path, name: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """Write a file of the home's register anew: the shipped one, changed."""
    path = Path("config") / "register" / f"{name}.jsonl"
    rows = [json.loads(line) for line in (shipped_root() / path).read_text("utf-8").splitlines()]
    told = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in change(rows))
    (folder / "home" / path).write_text(told, "utf-8")


def _signed(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "signed": "1994-05-05"}


def _more_names(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    towns = [row for row in rows if row["kind"] in ("city", "district")][::_PLACES_APART]
    for town in towns:
        town["names"]["ru"] = [*town["names"].get("ru", []), f"Старый {town['name_en']}"]
    more = [
        {**town, "id": f"{town['id']}-new", "names": {"ru": [f"Новый {town['name_en']}"]}, "adjectives": {},
         "demonyms": {}, "colloquial": {}, "raw_names": []}
        for town in towns
    ]  # fmt: skip
    return [*rows, *more]


def _measured(folder: Path, n: int, work: Callable[[App], Counts]) -> dict[str, Any]:
    app = _opened(folder)
    wall, before = time.perf_counter(), cpu_s()
    counts = work(app)
    wall, cpu = time.perf_counter() - wall, [now - then for now, then in zip(cpu_s(), before, strict=True)]
    app.close()
    if sum(counts[k] for k in ("linked", "unlinked", "skipped")) != n:
        raise RuntimeError(f"{counts} of {n}")
    own, child = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "wall_s": round(wall, 1),
        "cpu_s": round(sum(cpu), 1),
        "cpu_s_of_the_writer": round(cpu[0], 1),
        "articles_a_second": round(n / wall),
        "articles_a_cpu_second": round(n / sum(cpu)),
        "links": counts["links"],
        "peak_mb": round(own),
        "peak_mb_of_a_worker": round(child),
    }


def weigh(folder: Path, share: float, n: int, seed: int) -> dict[str, Any]:
    """How much what is kept of names weighs, and the database."""
    del share, seed
    app = _opened(folder)
    with app.ready_db.reading() as tx:
        rows = tx.execute(sa.select(sa.func.count()).select_from(found_names)).scalar_one()
        pages = "SELECT sum(pgsize) FROM dbstat WHERE name = 'found_names'"
        held = tx.exec_driver_sql(pages).scalar_one()
        made = tx.execute(sa.select(sa.func.count()).select_from(links)).scalar_one()
    app.close()
    return {
        "articles_looked_through": rows,
        "bytes_of_names_each": round(held / max(1, rows)),
        "bytes_of_names_an_article": round(held / n, 1),
        "links_of_both_versions": made,
        "database_mb": round((folder / "home" / "monitor.sqlite").stat().st_size / 1e6),
    }


if __name__ == "__main__":
    part, where, share, n, seed = sys.argv[1:]
    parts = {"fill": fill, "anew": anew, "kept": kept, "gazetteer": gazetteer, "weigh": weigh}
    sys.stdout.write(json.dumps(parts[part](Path(where), float(share), int(n), int(seed))) + "\n")
