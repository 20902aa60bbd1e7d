"""A search narrowed to cooperation, to the rest or to a topic, through everything that changes its answer."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.articles import corrections
from monitor.articles import search_store as store
from monitor.articles.corrections import CorrectionKind, Saying
from monitor.articles.effective import judged, tagged
from monitor.articles.kept_store import drop_judgements
from monitor.articles.lemmas import Lemmas
from monitor.articles.search import index_due
from monitor.articles.search_store import Asked
from monitor.articles.search_words import read_question
from monitor.articles.store import forget_judgements, record_tagging
from monitor.articles.tables import articles, taggings, tags
from monitor.articles.types import Judgement, TopicTag
from monitor.core.db import Db, Tx
from monitor.core.ids import ArticleId, TopicId
from monitor.core.runs import (
    add_version,
    current_version,
    ensure_version,
    find_version,
    make_current,
    versions,
)
from monitor.wiring.searching import Wish, narrowing
from tests.make import NOW, add_article, add_source

LEMMAS = Lemmas({}, lambda word: [word], "plain")
ZONE = ZoneInfo("Europe/Minsk")
YES, NO = CorrectionKind.COOPERATION, CorrectionKind.NOT_COOPERATION
ADD, REMOVE = CorrectionKind.TOPIC_ADD, CorrectionKind.TOPIC_REMOVE
Labels = Mapping[int, tuple[bool | None, bool | None]]
# label, and whether trade is published; null: it has not reached the bound. Of 7 and 8 the run knows nothing.
FIRST: Labels = {
    1: (True, True),
    2: (True, False),
    3: (False, None),
    4: (None, None),
    5: (True, True),
    6: (False, None),
}
OTHER: Labels = {1: (False, None), 3: (True, True), 7: (True, True)}


@pytest.fixture
def press(db: Db) -> Db:
    """Eight articles, the newest first by number; the even ones speak of bread. Half was judged when read."""
    with db.begin() as tx:
        add_source(tx, "daily")
        for n in range(1, 9):
            text = "договор и хлеб" if n % 2 == 0 else "договор"
            add_article(tx, "daily", n, title="", text=text, published_at=NOW - timedelta(days=n))
        first = ensure_version(tx, "tag", "one", {}, at=NOW).id
        judge(tx, first, {n: said for n, said in FIRST.items() if n <= 3})
    index_due(db=db, lemmas=LEMMAS, zone=ZONE)
    with db.begin() as tx:
        judge(tx, first, {n: said for n, said in FIRST.items() if n > 3})
    return db


def judge(tx: Tx, version: int, labels: Labels) -> None:
    for article, (label, trade) in labels.items():
        row: dict[str, object] = {"article_id": article, "version_id": version}
        tx.execute(sa.insert(taggings).values(**row, gate_p=0.5, label=label, names=[]))
        if trade is not None:
            tx.execute(sa.insert(tags).values(**row, topic="trade", p=0.5, published=trade))


def found(db: Db, words: str, **wish: Any) -> list[int]:
    with db.reading() as tx:
        among, marks = narrowing(tx, Wish(**wish), min_p=0.5)
        asked = Asked(read_question(words, LEMMAS), among=tuple(among), marks=tuple(marks))
        return [article for _, article in store.find(tx, asked, limit=20)]


def say(kind: CorrectionKind, *said: int, of: str = "") -> Callable[[Tx], None]:
    def change(tx: Tx) -> None:
        for article in said:
            corrections.add(tx, ArticleId(article), [Saying(kind, of)], who="reader", at=NOW)

    return change


def take_back_the_last(tx: Tx) -> None:
    last = max(one.id for one in corrections.list_corrections(tx) if one.holds)
    corrections.undo(tx, last, who="reader", at=NOW)


def judge_the_sixth_anew(tx: Tx) -> None:
    topic = TopicTag(TopicId("trade"), 0.9, True)
    judgement = Judgement(gate_p=0.9, label=True, topics=(topic,), reason=None)
    record_tagging(tx, ArticleId(6), 1, judgement, [])


def write_another_run(tx: Tx) -> None:
    judge(tx, add_version(tx, "tag", "two", {}, at=NOW).id, OTHER)


def promote(fingerprint: str) -> Callable[[Tx], None]:
    def change(tx: Tx) -> None:
        version = find_version(tx, "tag", fingerprint)
        assert version is not None
        make_current(tx, version)

    return change


def revise_the_first_text(tx: Tx) -> None:
    tx.execute(sa.update(articles).where(articles.c.id == 1).values(text="хлеб"))
    forget_judgements(tx, ArticleId(1))


# what happens, what is cooperation then, what is about trade then
STEPS: list[tuple[Callable[[Tx], None], list[int], list[int]]] = [
    (lambda tx: None, [1, 2, 5], [1, 5]),
    (say(YES, 3), [1, 2, 3, 5], [1, 5]),  # against the run
    (say(NO, 2), [1, 3, 5], [1, 5]),
    (say(YES, 4, 8), [1, 3, 4, 5, 8], [1, 5]),  # of what was left to people, and of what no run has seen
    (say(ADD, 2, 8, of="trade"), [1, 3, 4, 5, 8], [1, 2, 5, 8]),  # of what the run was not sure of
    (say(REMOVE, 1, of="trade"), [1, 3, 4, 5, 8], [2, 5, 8]),
    (say(ADD, 7, of="culture"), [1, 3, 4, 5, 8], [2, 5, 8]),
    (say(REMOVE, 8, of="trade"), [1, 3, 4, 5, 8], [2, 5]),  # the last word counts
    (take_back_the_last, [1, 3, 4, 5, 8], [2, 5, 8]),  # what was said before holds again
    (say(NO, 3), [1, 4, 5, 8], [2, 5, 8]),
    (judge_the_sixth_anew, [1, 4, 5, 6, 8], [2, 5, 6, 8]),
    (write_another_run, [1, 4, 5, 6, 8], [2, 5, 6, 8]),  # beside the one that counts
    (promote("two"), [4, 7, 8], [2, 3, 7, 8]),  # corrections outlast it: 3 is no cooperation
    (promote("one"), [1, 4, 5, 6, 8], [2, 5, 6, 8]),
    (revise_the_first_text, [4, 5, 6, 8], [2, 5, 6, 8]),
]


def test_what_people_and_runs_say_narrows_a_search_at_once(press: Db) -> None:
    for change, yes, trade in STEPS:
        with press.begin() as tx:
            change(tx)
        index_due(db=press, lemmas=LEMMAS, zone=ZONE)
        of_bread = {1, 2, 4, 6, 8} if change is revise_the_first_text else {2, 4, 6, 8}
        others, both = [n for n in range(1, 9) if n not in yes], [n for n in trade if n in yes]
        for words, spoken_of in (("", set(range(1, 9))), ("хлеб", of_bread)):
            seen = (
                found(press, words, cooperation=True),
                found(press, words, cooperation=False),
                found(press, words, topic="trade"),
                found(press, words, topic="trade", cooperation=True),
            )
            assert seen == tuple([n for n in one if n in spoken_of] for one in (yes, others, trade, both)), (
                change
            )
        assert counted(press) == (yes, trade)


def counted(db: Db) -> tuple[list[int], list[int]]:
    """The same as all other readers of judgements have it."""
    with db.reading() as tx:
        version = current_version(tx, "tag")
        assert version is not None
        labels, topics = judged(version.id), tagged(version.id)
        yes = sa.select(labels.c.article_id).where(labels.c.label.is_(True))
        trade = sa.select(topics.c.article_id).where(topics.c.topic == "trade", topics.c.published)
        return sorted(tx.execute(yes).scalars()), sorted(tx.execute(trade).scalars())


def test_days_and_pages_bound_a_narrowed_search(press: Db) -> None:
    with press.begin() as tx:
        say(ADD, 3, 8, of="trade")(tx)
        say(YES, 4)(tx)
        version = current_version(tx, "tag")
        assert version is not None
        for wish, every in (({"topic": "trade"}, [1, 3, 5, 8]), ({"cooperation": True}, [1, 2, 4, 5])):
            among, marks = narrowing(tx, Wish(**wish), min_p=0.5)
            seen, before = list[int](), None
            for _ in every:
                asked = Asked(read_question("", LEMMAS), marks=tuple(marks), before=before)
                ((before, article),) = store.find(tx, asked, limit=1)
                seen.append(article)
            assert (among, seen) == ([], every)
            since, until = NOW.date() - timedelta(days=5), NOW.date() - timedelta(days=2)
            asked = Asked(read_question("", LEMMAS), marks=tuple(marks), from_on=since, to_on=until)
            assert [n for _, n in store.find(tx, asked, limit=9)] == [n for n in every if 2 <= n <= 5]


def test_a_dropped_run_leaves_no_list_behind(press: Db) -> None:
    if press.is_sqlite:  # it needs none
        assert not sa.inspect(press.engine).has_table("search_index_lists")
        return
    listed = sa.text(
        "SELECT version_id, topic, position & 4294967295 FROM search_index_lists ORDER BY 1, 2, 3"
    )
    first = [(1, "", 1), (1, "", 2), (1, "", 5), (1, "trade", 1), (1, "trade", 5)]
    with press.begin() as tx:
        write_another_run(tx)
        others = [(2, "", 3), (2, "", 7), (2, "trade", 3), (2, "trade", 7)]
        assert [tuple(row) for row in tx.execute(listed)] == first + others
        drop_judgements(tx, 2)
        tx.execute(sa.delete(versions).where(versions.c.id == 2))
        assert [tuple(row) for row in tx.execute(listed)] == first


@pytest.mark.parametrize("is_judged_first", [True, False])
def test_an_article_judged_while_it_is_read_is_found(press: Db, *, is_judged_first: bool) -> None:
    """Neither transaction sees the other's row; SQLite has one writer at a time anyway."""

    def tag_it(tx: Tx) -> None:
        judge(tx, 1, {9: (True, True)})

    def read_it(tx: Tx) -> None:
        store.record_words(tx, [store.Read(ArticleId(9), NOW.date(), "договор xx xany")])

    with press.begin() as tx:
        add_article(tx, "daily", 9, title="", text="договор", published_at=NOW)
    one, other = (tag_it, read_it) if is_judged_first else (read_it, tag_it)
    with ThreadPoolExecutor(1) as pool:
        with press.begin() as tx:
            one(tx)
            later = pool.submit(in_a_transaction, press, other)
            wait_until_blocked(press, later)
        later.result(timeout=30)
    assert found(press, "", topic="trade") == [9, 1, 5]
    assert found(press, "", cooperation=True) == [9, 1, 2, 5]


def in_a_transaction(db: Db, work: Callable[[Tx], None]) -> None:
    with db.begin() as tx:
        work(tx)


def wait_until_blocked(db: Db, later: Future[None]) -> None:
    if db.is_sqlite:
        return
    waits = sa.text("SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database "
                    "WHERE NOT granted AND datname = current_database()")  # fmt: skip
    ends = time.monotonic() + 30
    while time.monotonic() < ends and not later.done():
        with db.reading() as tx:
            if tx.execute(waits).first():
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")
