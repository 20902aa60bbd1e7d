"""Copies meet in the database, in any order of arrival, and doubling them changes no count of originals."""

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.articles.clusters import assign_cluster, chain
from monitor.articles.grouping import Step
from monitor.articles.tables import articles, copy_ties, sketches
from monitor.core.db import Db
from tests.make_copies import BODY, NOON, OTHER, WHOLE, Story, cut, open_newsroom, put, told

RATES = (
    "Национальный банк установил официальные курсы валют на {} марта. Доллар США стоит {} рубля, по "
    "сравнению с прошлым днём он подорожал на {}. Евро подешевел до {} рубля. За сто российских "
    "рублей дают {}. Курсы действуют до следующего рабочего дня и применяются всеми банками страны."
)
FRONT = " ".join(WHOLE.split()[:28])
BACK = " ".join(WHOLE.split()[26:])
CREDIT = " Об этом сообщает агентство «Днепр»."
STORIES = (
    Story("early", "paper", "План", cut(WHOLE, 0.8) + CREDIT, 2.0),
    Story("whole", "agency", "Подписан план", WHOLE, 5.0),
    Story("front", "daily", "План подписан", FRONT, 6.0),
    Story("back", "city", "Ярмарки и корма", BACK, 6.5),
    Story("guests", "weekly", "Гости из Пскова", OTHER, 1.0),
    Story("digest", "city", "Главное за день", OTHER + "\n" + cut(BODY, 0.6), 30.0),
    Story("rates 3", "daily", "Курсы", RATES.format(3, "2,91", "0,0031", "3,38", "3,62"), 7.0),
    Story("rates 4", "wire", "Курсы", RATES.format(4, "2,87", "0,0144", "3,41", "3,55"), 31.0),
    Story("again", "weekly", "Подписан план", WHOLE, 24.0 * 13),  # an old story printed anew
)
PLAN = frozenset({"early", "whole", "front", "back"})
GUESTS = frozenset({"guests", "digest"})
WANTED = {
    **{name: (PLAN, name == "whole") for name in PLAN},
    **{name: (GUESTS, name == "guests") for name in GUESTS},
    **{name: (frozenset({name}), True) for name in ("rates 3", "rates 4", "again")},
}


@pytest.fixture
def newsroom(db: Db) -> Db:
    """A database of each kind with its sources."""
    with db.begin() as tx:
        open_newsroom(tx)
    return db


def put_all(db: Db, stories: Sequence[Story]) -> None:
    for article, story in enumerate(stories, 1):
        with db.begin() as tx:
            put(tx, article, story)


def names(stories: Sequence[Story]) -> list[str]:
    return [story.name for story in stories]


@pytest.mark.parametrize("step", [1, -1])
def test_copies_meet_on_each_database(newsroom: Db, step: int) -> None:
    put_all(newsroom, STORIES[::step])
    assert told(newsroom, names(STORIES[::step])) == WANTED


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(STORIES), again=st.lists(st.integers(1, len(STORIES)), max_size=3))
def test_neither_order_nor_repetition_changes_the_clusters(
    migrated_sqlite: Path, order: list[Story], again: list[int]
) -> None:
    with TemporaryDirectory() as folder:
        db = Db(f"sqlite:///{shutil.copy(migrated_sqlite, folder)}")
        with db.begin() as tx:
            open_newsroom(tx)
        put_all(db, order)
        for article in again:
            with db.begin() as tx:
                put(tx, article, order[article - 1], add=False)
        found = told(db, names(order))
        db.close()
    assert found == WANTED


def test_assigning_again_writes_the_same_rows(newsroom: Db) -> None:
    def rows() -> list[object]:
        with newsroom.begin() as tx:
            return [
                tx.execute(sa.select(table).order_by(*table.primary_key)).all()
                for table in (articles, sketches, copy_ties)
            ]

    put_all(newsroom, STORIES)
    before = rows()
    for article in (2, 1, 6, 9):
        with newsroom.begin() as tx:
            put(tx, article, STORIES[article - 1], add=False)
    assert rows() == before


def test_doubling_the_copies_changes_no_count_of_originals(newsroom: Db) -> None:
    doubled = [Story(s.name + " again", "wire", s.title, s.text, s.hours + 40) for s in STORIES[:6]]
    put_all(newsroom, [*STORIES, *doubled])
    with newsroom.begin() as tx:
        origins = tx.execute(sa.select(articles.c.id).where(articles.c.is_origin)).scalars().all()
        clusters = tx.execute(sa.select(sa.func.count(articles.c.cluster_id.distinct()))).scalar_one()
    assert {STORIES[article - 1].name for article in origins} == {
        name for name, (_, is_origin) in WANTED.items() if is_origin
    }
    assert clusters == 5


def test_an_article_whose_text_has_changed_leaves_its_cluster(newsroom: Db) -> None:
    put_all(newsroom, STORIES[:3])
    with newsroom.begin() as tx:
        assign_cluster(tx, article_id=2, title="Гости", text=OTHER, published_at=NOON)
    # what was left knows no agency any more; the credit still names one
    assert told(newsroom, ["early", "whole", "front"]) == {
        "early": (frozenset({"early", "front"}), False),
        "front": (frozenset({"early", "front"}), True),
        "whole": (frozenset({"whole"}), True),
    }


def test_the_chain_says_who_has_the_story_from_whom(newsroom: Db) -> None:
    put_all(newsroom, STORIES)
    with newsroom.begin() as tx:
        steps = chain(tx, 1)
        nothing = chain(tx, 2)
    assert [(s.article_id, s.taken_from) for s in steps] == [(2, None), (1, 2), (3, 2), (4, 2)]
    assert steps[0] == Step(2, None, 0.0)
    assert all(0.5 < step.share <= 1 for step in steps[1:])
    assert nothing == ()


def test_an_article_without_words_is_a_story_of_its_own(newsroom: Db) -> None:
    silent = [Story("a", "paper", "", "", 0), Story("b", "daily", "", " — ", 0)]
    put_all(newsroom, silent)
    assert told(newsroom, names(silent)) == {"a": (frozenset({"a"}), True), "b": (frozenset({"b"}), True)}


def test_two_copies_that_are_settled_at_once_are_tied(newsroom: Db) -> None:
    both = threading.Barrier(2)

    def settle(article: int, source: str) -> None:
        both.wait()
        with newsroom.begin() as tx:
            put(tx, article, Story(source, source, "Подписан план", WHOLE, float(article)))
            sleep(0.2)  # time for the other one to read what is there already

    writers = [threading.Thread(target=settle, args=given) for given in ((1, "agency"), (2, "paper"))]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    with newsroom.reading() as tx:
        known = sa.select(articles.c.cluster_id, articles.c.is_origin).order_by(articles.c.id)
        assert [tuple(row) for row in tx.execute(known)] == [(1, True), (1, False)]
        assert tx.execute(sa.select(sa.func.count()).select_from(copy_ties)).scalar_one() == 1
