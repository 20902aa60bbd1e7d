"""A search narrowed to cooperation or to the rest, through everything that changes the side of an article."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.articles import corrections
from monitor.articles import search_store as store
from monitor.articles.corrections import CorrectionKind, Saying
from monitor.articles.effective import judged
from monitor.articles.lemmas import Lemmas
from monitor.articles.search import index_due
from monitor.articles.search_store import Asked
from monitor.articles.search_words import read_question
from monitor.articles.store import forget_judgements
from monitor.articles.tables import articles, taggings
from monitor.core.db import Db, Tx
from monitor.core.ids import ArticleId
from monitor.core.runs import add_version, ensure_version, find_version, make_current
from monitor.wiring.searching import Wish, narrowing
from tests.make import NOW, add_article, add_source

LEMMAS = Lemmas({}, lambda word: [word], "plain")
YES, NO = CorrectionKind.COOPERATION, CorrectionKind.NOT_COOPERATION
LABELS: dict[int, bool | None] = {
    1: True,
    2: True,
    3: False,
    4: None,
    5: True,
    6: False,
}  # of 7 and 8 the run knows nothing
OTHER: dict[int, bool | None] = {1: False, 3: True, 7: True}


@pytest.fixture
def press(db: Db) -> Db:
    """Eight articles, the newest first by number; the even ones speak of bread."""
    with db.begin() as tx:
        add_source(tx, "daily")
        for n in range(1, 9):
            text = "договор и хлеб" if n % 2 == 0 else "договор"
            add_article(tx, "daily", n, title="", text=text, published_at=NOW - timedelta(days=n))
        judge(tx, ensure_version(tx, "tag", "one", {}, at=NOW).id, LABELS)
    index_due(db=db, lemmas=LEMMAS, zone=ZoneInfo("Europe/Minsk"))
    return db


def judge(tx: Tx, version: int, labels: dict[int, bool | None]) -> None:
    for article, label in labels.items():
        row: dict[str, object] = {
            "article_id": article,
            "version_id": version,
            "gate_p": 0.5,
            "label": label,
            "names": [],
        }
        tx.execute(sa.insert(taggings).values(**row))


def found(db: Db, words: str, *, is_wanted: bool) -> list[int]:
    with db.reading() as tx:
        among, holding = narrowing(tx, Wish(cooperation=is_wanted), min_p=0.5)
        asked = Asked(read_question(words, LEMMAS), among=tuple(among), holding=tuple(holding))
        return [article for _, article in store.find(tx, asked, limit=20)]


def say(*said: tuple[int, CorrectionKind]) -> Callable[[Tx], None]:
    def change(tx: Tx) -> None:
        for article, kind in said:
            corrections.add(tx, ArticleId(article), [Saying(kind)], who="reader", at=NOW)

    return change


def take_back_the_last(tx: Tx) -> None:
    last = max(one.id for one in corrections.list_corrections(tx) if one.holds)
    corrections.undo(tx, last, who="reader", at=NOW)


def promote_another_run(tx: Tx) -> None:
    other = add_version(tx, "tag", "two", {}, at=NOW)
    judge(tx, other.id, OTHER)
    make_current(tx, other)


def promote_the_first_run(tx: Tx) -> None:
    first = find_version(tx, "tag", "one")
    assert first is not None
    make_current(tx, first)


def revise_the_first_text(tx: Tx) -> None:
    tx.execute(sa.update(articles).where(articles.c.id == 1).values(text="хлеб"))
    forget_judgements(tx, ArticleId(1))


STEPS: list[tuple[Callable[[Tx], None], list[int]]] = [
    (say((3, YES), (2, NO)), [1, 3, 5]),  # a correction against the run
    (say((4, YES), (8, YES)), [1, 3, 4, 5, 8]),  # of what was left to people, and of what no run has seen
    (say((3, NO), (2, YES), (7, NO)), [1, 2, 4, 5, 8]),  # the last word counts
    (take_back_the_last, [1, 2, 4, 5, 8]),  # nobody has said anything of 7 then
    (take_back_the_last, [1, 4, 5, 8]),  # what was said before holds again
    (promote_another_run, [4, 7, 8]),  # corrections outlast it: 3 stays no
    (promote_the_first_run, [1, 4, 5, 8]),
    (revise_the_first_text, [4, 5, 8]),  # neither in the index nor judged
]


def test_what_people_and_runs_say_decides_the_side_at_once(press: Db) -> None:
    assert (found(press, "", is_wanted=True), found(press, "", is_wanted=False)) == (
        [1, 2, 5],
        [3, 4, 6, 7, 8],
    )
    for change, yes in STEPS:
        with press.begin() as tx:
            change(tx)
        others = [n for n in range(1, 9) if n not in yes]
        if change is revise_the_first_text:
            assert found(press, "хлеб", is_wanted=False) == [2, 6]
            index_due(db=press, lemmas=LEMMAS, zone=ZoneInfo("Europe/Minsk"))
        seen = [found(press, words, is_wanted=side) for words in ("", "хлеб") for side in (True, False)]
        assert seen[:2] == [yes, others], change
        of_bread = {n for n in range(1, 9) if n % 2 == 0 or (n == 1 and change is revise_the_first_text)}
        assert seen[2:] == [[n for n in side if n in of_bread] for side in (yes, others)], change
        with press.reading() as tx:  # and it is what everything else counts
            version = 1 if change is not promote_another_run else 2
            counted = judged(version)
            query = sa.select(counted.c.article_id).where(counted.c.label.is_(True))
            assert sorted(tx.execute(query).scalars()) == yes
