"""The search over a press of many articles, on both databases: milliseconds of one page of results.

The words are invented and as common as words are (each half as common as that of half its rank); everything
else is the press of the gap table. The raw limit beside it: reading twenty rows by their key.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.gaptable import _database, _postgres
from benchmarks.gaptable_press import NOW, fill, setup
from monitor.articles.search import facets
from monitor.articles.search_store import Asked, find, position, texts_of
from monitor.articles.search_tables import search_texts
from monitor.articles.search_words import Clause, Question, facet
from monitor.articles.tables import articles, tags
from monitor.core import schema
from monitor.core.db import Db, Tx
from monitor.core.ids import FamilyId
from monitor.linking.tables import links
from monitor.wiring.searching import Wish, narrowing

ARTICLES = 200_000
_WORDS, _VOCABULARY = 180, 60_000  # of an article; different ones
_LOT, _ROUNDS = 2000, 7


def run(seed: int, articles: int = ARTICLES) -> dict[str, Any]:
    """Milliseconds by database and question: median and worst of some rounds; seconds to fill."""
    figures: dict[str, Any] = {"articles": articles}
    with tempfile.TemporaryDirectory() as name, _postgres(Path(name)) as server:
        for kind in ("sqlite", "postgresql"):
            url = f"sqlite:///{name}/search.sqlite" if kind == "sqlite" else _database(server, articles)
            db = Db(url)
            schema.upgrade(db)
            began = time.perf_counter()
            fill(db, setup(), articles, seed)
            with index_made_last(db):
                _fill_words(db, seed)
            if not db.is_sqlite:
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(sa.text("VACUUM ANALYZE"))
            figures[kind] = {"filled_s": round(time.perf_counter() - began, 1), **_asked(db)}
            db.close()
    return figures


@contextmanager
def index_made_last(db: Db) -> Iterator[None]:
    """On PostgreSQL one index over all words at the end: that takes a part of the time of one by one."""
    if db.is_sqlite:
        yield
        return
    with db.begin() as tx:
        tx.execute(sa.text("DROP INDEX ix_search_texts_words"))
    yield
    with db.begin() as tx:
        tx.execute(sa.text("SET LOCAL maintenance_work_mem = '512MB'"))
        tx.execute(sa.text("CREATE INDEX ix_search_texts_words ON search_texts USING gin (words)"))


def _fill_words(db: Db, seed: int) -> None:
    draw = random.Random(seed)
    names = [f"w{number}" for number in range(_VOCABULARY)]
    weights = [1 / (rank + 8) for rank in range(_VOCABULARY)]
    totals = list(_running(weights))
    with db.begin() as tx:
        columns = (articles.c.id, articles.c.source_id, articles.c.published_at)
        rows = tx.execute(sa.select(*columns).order_by(articles.c.id)).all()
        for start in range(0, len(rows), _LOT):
            lot = []
            for row in rows[start : start + _LOT]:
                words = draw.choices(names, cum_weights=totals, k=_WORDS)
                text = " ".join((*words, "xx", *facets(row.source_id, "ru")))
                day = (row.published_at or NOW).date()
                lot.append({"position": position(day, row.id), "article_id": row.id, "lemmas": text})
            tx.execute(sa.insert(search_texts), lot)


def _running(weights: list[float]) -> Iterator[float]:
    total = 0.0
    for weight in weights:
        total += weight
        yield total


def _asked(db: Db) -> dict[str, Any]:
    with db.reading() as tx:
        figures = {name: _timed(tx, asked) for name, asked in _questions(tx).items()}
        first = [row[0] for row in tx.execute(sa.select(search_texts.c.article_id).limit(20))]
        raw = [_ms(lambda: texts_of(tx, first)) for _ in range(_ROUNDS)]
    return {**figures, "raw: 20 rows by key": {"median_ms": round(statistics.median(raw), 1)}}


def _questions(tx: Tx) -> dict[str, Asked]:
    source = tx.execute(sa.select(articles.c.source_id).limit(1)).scalar_one()
    others = list(tx.execute(sa.select(articles.c.source_id).distinct()).scalars())
    topic = tx.execute(sa.select(tags.c.topic).limit(1)).scalar_one()
    family = FamilyId(tx.execute(sa.select(links.c.family_id).limit(1)).scalar_one())
    withheld = tuple(facet("outlet", one) for one in others[:40] if one != source)

    def of(wish: Wish, *clauses: Clause, **more: Any) -> Asked:
        among, marks = narrowing(tx, wish, min_p=0.5)
        kept = {"not_facets": withheld, "among": tuple(among), "marks": tuple(marks), **more}
        return Asked(Question(tuple(c for c in clauses if not c.is_excluded),
                              tuple(c for c in clauses if c.is_excluded)), **kept)  # fmt: skip

    often, half, rare = Clause((("w1",), ("w3",))), Clause((("w300",),)), Clause((("w20000",),))
    nothing = Wish()
    year = NOW.date() - timedelta(days=365)
    return {
        "a rare word": of(nothing, rare),
        "a word of every second article": of(nothing, often),
        "a word of every hundredth": of(nothing, half),
        "two common words": of(nothing, often, half),
        "common and rare": of(nothing, often, rare),
        "two common words side by side": of(nothing, Clause((("w1", "w2"),))),
        "two words never side by side": of(nothing, Clause((("w2", "w20001"),))),
        "two rather common words side by side": of(nothing, Clause((("w300", "w301"),))),
        "a beginning": of(nothing, Clause((("w2000",),), is_prefix=True)),
        "a common word without another": of(nothing, often, Clause((("w2",),), is_excluded=True)),
        "of one outlet": of(nothing, half, facets=((facet("outlet", source),),), not_facets=()),
        "of a year before": of(nothing, half, to_on=year),
        "of one topic": of(Wish(topic=topic), half),
        "of one agreement": of(Wish(family=family), often),
        "one agreement, rare word": of(Wish(family=family), rare),
        "of cooperation": of(Wish(cooperation=True), half),
        "of everything else": of(Wish(cooperation=False), often),
        "no words, of cooperation": of(Wish(cooperation=True)),
    }


def _timed(tx: Tx, asked: Asked) -> dict[str, Any]:
    times = []
    for _ in range(_ROUNDS):

        def page() -> None:
            texts_of(tx, [article for _, article in find(tx, asked, limit=21)])

        times.append(_ms(page))
    n = len(find(tx, asked, limit=21))
    return {"median_ms": round(statistics.median(times), 1), "worst_ms": round(max(times), 1), "rows": n}


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
