"""Copies meet, neighbours stay apart, and the order of arrival does not matter."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.articles.clusters import assign_cluster
from monitor.articles.dedupe import (
    Candidate,
    Printed,
    band_keys,
    has_mark,
    is_copy,
    matching_clusters,
    origin_of,
    shingles,
)
from monitor.articles.tables import articles, signature_bands
from monitor.core.db import Db
from monitor.crawl.tables import sources

CORPUS = Path(__file__).parents[3] / "classifiers" / "corpus" / "corpus.jsonl"
NOON = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
MARKS = ("сообщает агентство «",)

LEAD = "Делегация Псковского района посетила Могилёв и подписала план совместных дел на следующий год."
BODY = (
    "Стороны договорились об обмене школьниками, о двух ярмарках и об общем фестивале народных ремёсел. "
    "Глава района осмотрел новый молочный комплекс и предложил поставлять корма из соседней области. "
    "Первая поездка учителей намечена на весну, расходы разделят поровну между бюджетами районов."
)
OTHER = (
    "В Могилёв приехали гости из Псковского района: в программе встреча с учителями и посещение фермы. "
    "Как сказал председатель исполкома, о ярмарках речь пойдёт позже, сначала надо составить смету. "
    "Концерт для делегации дали воспитанники школы искусств, зал был полон и долго аплодировал."
)


def cut(text: str, share: float) -> str:
    words = text.split()
    return " ".join(words[: int(len(words) * share)])


@pytest.mark.parametrize(
    ("reprint", "expected"),
    [
        (LEAD + " " + BODY, True),
        (LEAD + "\n" + BODY + "\nФото с сайта.", True),
        (cut(LEAD + " " + BODY, 0.5), True),
        ("Соседи договорились дружить районами, об этом стало известно вчера вечером. " + BODY, True),
        ((LEAD + " " + BODY).replace("ё", "е").upper(), True),
        (OTHER, False),
        (LEAD + " " + OTHER, False),
    ],
    ids=["whole", "with a credit", "cut to half", "new lead", "other letters", "same event", "same lead"],
)
def test_a_reprint_is_a_copy_and_another_report_of_the_event_is_not(reprint: str, expected: bool) -> None:
    original = shingles("Подписан план", LEAD + " " + BODY)
    assert is_copy(original, shingles("Подписан план", reprint), marked=False) is expected


def test_a_credit_line_lowers_the_bar_but_makes_no_copy_by_itself() -> None:
    half = " ".join([BODY, OTHER, "Об этом сообщает агентство «Днепр»."])
    original = shingles("", LEAD + " " + BODY)
    assert has_mark("Об этом СООБЩАЕТ  агентство «Днепр»", MARKS)
    assert is_copy(original, shingles("", half), marked=True)
    assert not is_copy(original, shingles("", OTHER + " Сообщает агентство «Днепр»."), marked=True)


def test_no_two_stories_of_the_corpus_are_taken_for_copies() -> None:
    with CORPUS.open(encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    pieces = [shingles(item["title"], item["text"]) for item in items]
    holders: dict[str, list[int]] = {}
    for i, own in enumerate(pieces):
        for piece in own:
            holders.setdefault(piece, []).append(i)
    pairs = {pair for found in holders.values() for pair in itertools.combinations(found, 2)}
    copies = [
        (items[a]["id"], items[b]["id"])
        for a, b in sorted(pairs)
        if is_copy(pieces[a], pieces[b], marked=True)
    ]
    assert copies == []


def test_the_look_up_meets_reprints_that_keep_half_of_the_text() -> None:
    with CORPUS.open(encoding="utf-8") as lines:
        items = [json.loads(line) for line, _ in zip(lines, range(200), strict=False)]
    missed = [
        item["id"]
        for item in items
        if not set(band_keys(shingles("", item["text"])))
        & set(band_keys(shingles("", cut(item["text"], 0.5))))
    ]
    assert missed == []


def test_signature_bands_are_the_same_on_every_machine() -> None:
    keys = band_keys(shingles("", BODY))
    assert len(keys) == 32
    assert keys[:2] == band_keys(frozenset(sorted(shingles("", BODY), reverse=True)))[:2]
    assert band_keys(frozenset()) == ()


def test_a_digest_of_two_stories_joins_one_of_them_and_does_not_merge_them() -> None:
    found = matching_clusters(
        "Главное за день",
        LEAD + " " + BODY + "\n" + OTHER,
        [Candidate(1, 1, "Подписан план", LEAD + " " + BODY), Candidate(2, 2, "Гости", OTHER)],
        MARKS,
    )
    assert found == (1,)


def test_the_origin_is_the_earliest_and_an_agency_wins_within_two_hours() -> None:
    paper = Printed(1, NOON, False)
    assert origin_of([paper, Printed(2, NOON + timedelta(hours=2), True)]) == 2
    assert origin_of([paper, Printed(2, NOON + timedelta(hours=2, minutes=1), True)]) == 1
    assert origin_of([paper, Printed(3, NOON - timedelta(minutes=1), False)]) == 3


@pytest.fixture
def newsroom(db: Db) -> Db:
    """A database of each kind with an agency and two papers."""
    with db.begin() as tx:
        for name, kind in (
            ("agency", "national_agency"),
            ("daily", "regional_daily"),
            ("paper", "district_paper"),
        ):
            row = {"id": name, "name": name, "kind": kind, "country": "BY", "region": "by-mogilev-region"}
            tx.execute(sa.insert(sources).values(**row, enabled=True, known_since=NOON, doc={}))
    return db


STORIES = {
    1: ("paper", "Дружим районами", "Соседи договорились дружить, стало известно вчера. " + BODY, 5.0),
    2: ("agency", "Подписан план", LEAD + " " + BODY, 3.5),
    3: ("daily", "План подписан", cut(LEAD + " " + BODY, 0.6), 3.0),
    4: ("paper", "Гости из Пскова", OTHER, 1.0),
    5: ("daily", "Подписан план", LEAD + " " + BODY, 24.0 * 9),  # printed again nine days later
}


def put(newsroom: Db, story: int, *, add: bool = True) -> None:
    source, title, text, hours = STORIES[story]
    at = NOON + timedelta(hours=hours)
    with newsroom.begin() as tx:
        if add:
            tx.execute(
                sa.insert(articles).values(
                    id=story, source_id=source, url=f"http://{source}/{story}", state="ready", title=title,
                    listed_url=f"http://{source}/{story}", text=text, published_at=at, first_seen_at=at,
                    is_origin=False,
                )
            )  # fmt: skip
        assign_cluster(tx, article_id=story, title=title, text=text, published_at=at, marks=MARKS)


def clusters(newsroom: Db) -> dict[int, tuple[int, bool]]:
    with newsroom.begin() as tx:
        rows = tx.execute(sa.select(articles.c.id, articles.c.cluster_id, articles.c.is_origin))
        return {row.id: (row.cluster_id, row.is_origin) for row in rows}


WANTED = {1: (1, False), 2: (1, True), 3: (1, False), 4: (4, True), 5: (5, True)}


@pytest.mark.parametrize("order", [(1, 2, 3, 4, 5), (5, 4, 3, 2, 1), (3, 1, 5, 4, 2), (4, 2, 5, 3, 1)])
def test_clusters_do_not_depend_on_the_order_of_arrival(newsroom: Db, order: tuple[int, ...]) -> None:
    for story in order:
        put(newsroom, story)
    assert clusters(newsroom) == WANTED


def test_assigning_again_changes_nothing(newsroom: Db) -> None:
    for story in STORIES:
        put(newsroom, story)
    with newsroom.begin() as tx:
        bands = tx.execute(sa.select(signature_bands).order_by(*signature_bands.primary_key)).all()
    for story in (2, 1, 4):
        put(newsroom, story, add=False)
    with newsroom.begin() as tx:
        again = tx.execute(sa.select(signature_bands).order_by(*signature_bands.primary_key)).all()
    assert clusters(newsroom) == WANTED
    assert again == bands


def test_an_article_whose_text_has_changed_leaves_its_cluster(newsroom: Db) -> None:
    put(newsroom, 1)
    put(newsroom, 2)
    with newsroom.begin() as tx:
        assign_cluster(tx, article_id=1, title="Гости", text=OTHER, published_at=NOON)
    assert clusters(newsroom) == {1: (1, True), 2: (2, True)}
