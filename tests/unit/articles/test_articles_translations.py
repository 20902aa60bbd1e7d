"""Stories told in two languages are linked, apart from copies; own stories of the same event are not."""

import itertools
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.articles.clusters import assign_cluster
from monitor.articles.tables import articles, translation_ties
from monitor.articles.translated import told_before
from monitor.articles.translations import (
    MEETING,
    fact_keys,
    facts_in_order,
    is_translation,
    same_order,
)
from monitor.core.db import Db, Tx
from tests.make_copies import NOON, open_newsroom

QUALITY = Path(__file__).parents[2] / "quality"
RU = (
    "В четверг Сморгонь приняла гостей. Соглашение на 18 месяцев подписали Олег Дубровко и Светлана Грачёва "
    "из Немана. Лагерь на 120 мест откроют у озера Вилия, путёвка стоит 640 рублей."
)
BE = (
    "У чацвер Смаргонь прыняла гасцей. Пагадненне на 18 месяцаў падпісалі Алег Дуброўка і Святлана Грачова "
    "з Нёмана. Лагер на 120 месцаў адкрыюць ля возера Вілія, пуцёўка каштуе 640 рублёў."
)
OWN = (
    "Больш за 120 дзяцей адпачнуць у лагеры. Пра гэта Святлана Грачова расказала ў Нёмане. Каля 40 сем'яў "
    "просяць знізіць цану ў 640 рублёў, піша Алег Дуброўка. Важатых Смаргонь шукае да 18 чэрвеня."
)


def test_names_and_numbers_sound_alike_in_both_languages() -> None:
    assert facts_in_order(RU) == facts_in_order(BE)
    assert facts_in_order("А Віцебск и Витебск, Одесса і Адэса. Минск") == ("втбс", "втбс", "дс", "дс")
    assert facts_in_order("") == ()


def test_the_same_facts_in_another_order_are_another_story() -> None:
    assert is_translation(same_order(facts_in_order(RU), facts_in_order(BE)))
    assert not is_translation(same_order(facts_in_order(RU), facts_in_order(OWN)))
    assert same_order(("12", "мнск"), ("12", "мнск")) == 0.0  # too few to go by


def labelled() -> list[dict[str, str]]:
    names = ("copies_dev.jsonl", "translations_dev.jsonl")
    texts = [(QUALITY / name).read_text("utf-8") for name in names]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def test_translations_are_told_from_own_stories_on_the_development_set() -> None:
    rows = labelled()
    facts = {row["id"]: facts_in_order(row["text"]) for row in rows}
    found, wrong = set(), []
    for one, other in itertools.combinations(rows, 2):
        mine, theirs = facts[one["id"]], facts[other["id"]]
        n_shared = len(set(fact_keys(mine)) & set(fact_keys(theirs)))
        if one["lang"] != other["lang"] and n_shared >= MEETING and is_translation(same_order(mine, theirs)):
            roles = {one["role"], other["role"]}
            if one["group"] == other["group"] and "translation" in roles and "same_event" not in roles:
                found.add(one["id"] if one["role"] == "translation" else other["id"])
            else:
                wrong.append((one["id"], other["id"]))
    assert wrong == []
    assert found == {row["id"] for row in rows if row["role"] == "translation"}


@pytest.fixture
def newsroom(db: Db) -> Db:
    """A database of each kind with its sources."""
    with db.begin() as tx:
        open_newsroom(tx)
    return db


def put(tx: Tx, article: int, lang: str, text: str, at: datetime, *, source: str) -> None:
    tx.execute(
        sa.insert(articles).values(
            id=article, source_id=source, url=str(article), listed_url=str(article), state="ready", title="",
            text=text, lang=lang, published_at=at, first_seen_at=at, is_origin=False,
        )
    )  # fmt: skip
    assign_cluster(tx, article_id=article, title="", text=text, published_at=at)


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 2, 1, 0, 3)])
def test_a_translation_is_no_copy_and_points_to_what_was_told_first(
    newsroom: Db, order: tuple[int, ...]
) -> None:
    told = [
        ("ru", RU, NOON, "agency"),
        ("ru", RU + " Фото автора.", NOON + timedelta(hours=2), "daily"),
        ("be", BE, NOON + timedelta(hours=5), "paper"),
        ("be", OWN, NOON + timedelta(hours=6), "weekly"),
        ("be", BE, NOON + timedelta(days=9), "city"),  # too late to be this week's news
    ]
    ids = {story: article for article, story in enumerate(order, 1)}
    with newsroom.begin() as tx:
        for story in order:
            lang, text, at, source = told[story]
            put(tx, ids[story], lang, text, at, source=source)
        cluster = {
            row.id: row.cluster_id for row in tx.execute(sa.select(articles.c.id, articles.c.cluster_id))
        }
        of = {story: cluster[ids[story]] for story in ids}
        first = told_before(tx)
    assert of[0] == of[1]
    assert len({of[0], of[2], of[3], of[4]}) == 4
    assert first == {of[2]: (of[0], NOON)}


def test_a_text_that_has_changed_is_no_translation_any_more(newsroom: Db) -> None:
    with newsroom.begin() as tx:
        put(tx, 1, "ru", RU, NOON, source="agency")
        put(tx, 2, "be", BE, NOON, source="paper")
        put(tx, 3, "", BE, NOON, source="city")  # language unknown: nothing is said
        before = tx.execute(sa.select(translation_ties.c.one_id, translation_ties.c.other_id)).all()
        assign_cluster(tx, article_id=2, title="", text=OWN, published_at=NOON)
        after = tx.execute(sa.select(translation_ties)).all()
    assert [tuple(row) for row in before] == [(1, 2)]
    assert after == []
