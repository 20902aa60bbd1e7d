"""Putting articles among their copies: articles a second with 10,000 and 100,000 stored, and what is found.

Every size runs in a process of its own on a database file. The peer, with --peers, is a MinHash LSH of
datasketch in memory over the same runs of words: it only looks up, compares no texts and stores nothing.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.beside import ask_peer, ratios
from monitor.articles.clusters import assign_cluster
from monitor.articles.dedupe import read, sketch
from monitor.articles.tables import articles, sketches
from monitor.core import schema
from monitor.core.db import Db
from monitor.crawl.tables import sources

_SIZES = (10_000, 100_000)
_MEASURED = 2_000  # the last ones to come; those before are put in without a look
_A_DAY = 1_600  # articles of some 300 sources
_BATCH = 2_000
_COPIES = 0.3  # share of the measured articles
_OLDEST = 3 * _A_DAY  # articles back that a copy may reach
_WORDS = 30_000
_START = datetime(2026, 1, 5, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class _Made:
    text: str
    copy_of: int | None


def run(seed: int, *, peers: bool = False, articles: int | None = None) -> dict[str, Any]:
    """All figures, of `articles` stored or of both sizes; the peer is asked for the smaller one.

    Units: articles a second of wall time, CPU milliseconds an article, MB, shares.
    """
    rounds, sizes = [], (articles,) if articles else _SIZES
    told = {f"{size} stored": _apart(size, seed) for size in sizes}
    for _ in range(_ROUNDS if peers else 0):
        rounds.append((_peer(sizes[0], seed), _apart(sizes[0], seed)))
    if not rounds:
        return told
    told["peer"] = rounds[-1][0]
    if "missing" not in told["peer"]:
        told["times_as_fast_by_cpu"] = ratios(
            [peer["cpu_ms"] for peer, _ in rounds], [ours["cpu_ms"] for _, ours in rounds]
        )
    return told


def _apart(size: int, seed: int) -> dict[str, Any]:
    root = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "benchmarks.copies", str(size), str(seed), folder]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True, cwd=root)
    found: dict[str, Any] = json.loads(done.stdout)
    found["peak_mb"] = round(found["peak_mb"])
    return found


def press(size: int, seed: int) -> Iterable[_Made]:
    """Invented news: words by Zipf's law, phrases of the trade at the end, copies among the last ones."""
    rng = random.Random(seed)
    words = [
        "".join(rng.choices("абвгдежзиклмнопрстуфхцчшыэюя", k=rng.randint(3, 11))) for _ in range(_WORDS)
    ]
    weights = [1 / (rank + 10) for rank in range(_WORDS)]
    phrases = [" ".join(rng.choices(words[:500], k=8)) for _ in range(40)]
    texts: dict[int, str] = {}  # those that a copy may still reach
    for n in range(size):
        copy_of = None
        if n >= size - _MEASURED and rng.random() < _COPIES:
            copy_of = rng.randrange(max(0, n - _OLDEST + 1), n)
            text = _reprint(texts[copy_of], rng, phrases)
        else:
            text = " ".join(rng.choices(words, weights, k=rng.randint(80, 350)))
            text = f"{text}. {rng.choice(phrases)}"
        texts[n] = text
        texts.pop(n - _OLDEST, None)
        yield _Made(text, copy_of)


def _reprint(text: str, rng: random.Random, phrases: Sequence[str]) -> str:
    words = text.split()
    blocks = [words[i : i + 12] for i in range(0, len(words), 12)]
    kept = rng.sample(blocks, max(4, int(len(blocks) * rng.uniform(0.35, 0.9))))
    for block in kept:
        if rng.random() < 0.4:
            block[rng.randrange(len(block))] = "иначе"
    return " ".join([rng.choice(phrases), *(word for block in kept for word in block)])


def _ours(size: int, seed: int, folder: Path) -> dict[str, Any]:
    db = Db(f"sqlite:///{folder / f'copies-{size}.sqlite'}")
    schema.upgrade(db)
    with db.begin() as tx:
        row = {"name": "s", "kind": "city_paper", "country": "BY", "region": "by", "enabled": True}
        tx.execute(
            sa.insert(sources), [{**row, "id": f"s{n}", "known_since": _START, "doc": {}} for n in range(2)]
        )
    measured: list[tuple[int, _Made]] = []
    batch: list[tuple[int, _Made]] = []
    for n, made in enumerate(press(size, seed)):
        if n >= size - _MEASURED:
            measured.append((n, made))
            continue
        batch.append((n, made))
        if len(batch) == _BATCH:
            _put_unseen(db, batch)
            batch.clear()
    _put_unseen(db, batch)
    began, cpu_began = time.monotonic(), time.process_time()
    for n, made in measured:
        _put(db, n, made)
    seconds, cpu_s = time.monotonic() - began, time.process_time() - cpu_began
    found, wrong = _judged(db, dict(measured))
    db.close()
    return {
        "per_s": round(len(measured) / seconds, 1),
        "cpu_ms": round(1000 * cpu_s / len(measured), 2),
        "copies": sum(made.copy_of is not None for _, made in measured),
        "found": round(found, 3),
        "wrong": wrong,
        "file_mb": round((folder / f"copies-{size}.sqlite").stat().st_size / 2**20),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _at(n: int) -> datetime:
    return _START + timedelta(days=n / _A_DAY)


def _article(n: int, made: _Made) -> dict[str, object]:
    url = f"http://s/{n}"
    return {
        "id": n + 1, "source_id": f"s{int(made.copy_of is not None)}", "url": url, "listed_url": url,
        "state": "ready", "title": "", "text": made.text, "published_at": _at(n), "first_seen_at": _at(n),
        "cluster_id": n + 1, "is_origin": True,
    }  # fmt: skip


def _put_unseen(db: Db, batch: Sequence[tuple[int, _Made]]) -> None:
    if not batch:
        return
    rows = [
        {"week": (_at(n) - _EPOCH).days // 7, "key": key, "article_id": n + 1}
        for n, made in batch
        for key in sketch(read("", made.text))
    ]
    with db.begin() as tx:
        tx.execute(sa.insert(articles), [_article(n, made) for n, made in batch])
        tx.execute(sa.insert(sketches), rows)


def _put(db: Db, n: int, made: _Made) -> None:
    with db.begin() as tx:
        tx.execute(sa.insert(articles), {**_article(n, made), "cluster_id": None, "is_origin": False})
        assign_cluster(tx, article_id=n + 1, title="", text=made.text, published_at=_at(n))


def _judged(db: Db, measured: dict[int, _Made]) -> tuple[float, int]:
    """Share of the copies that stand with their original; own texts that stand with an earlier article."""
    with db.begin() as tx:
        recent = sa.select(articles.c.id, articles.c.cluster_id).where(
            articles.c.id > min(measured) - _OLDEST
        )
        cluster = {row.id - 1: row.cluster_id for row in tx.execute(recent)}
    copies = [(n, made.copy_of) for n, made in measured.items() if made.copy_of is not None]
    found = sum(cluster[n] == cluster[of] for n, of in copies) / len(copies)
    return found, sum(cluster[n] != n + 1 for n, made in measured.items() if made.copy_of is None)


def _peer(size: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "pieces.jsonl"
        with given.open("w", encoding="utf-8") as lines:
            for n, made in enumerate(press(size, seed)):
                one = {
                    "pieces": sorted(set(read("", made.text).runs)),
                    "copy_of": made.copy_of,
                    "is_measured": n >= size - _MEASURED,
                }
                lines.write(json.dumps(one, ensure_ascii=False) + "\n")
        return ask_peer("copies_peer.py", str(given))


def main(size: str, seed: str, folder: str) -> None:
    """One measurement, as JSON on standard output."""
    sys.stdout.write(json.dumps(_ours(int(size), int(seed), Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
