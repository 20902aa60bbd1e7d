"""Stories told in two languages are linked, apart from copies; own stories of the same event are not."""

import itertools
import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from monitor.articles.clusters import assign_cluster
from monitor.articles.store import record_vector
from monitor.articles.tables import articles, translation_ties
from monitor.articles.translated import COUNTS, told_also, told_before, weigh
from monitor.articles.translations import (
    MEETING,
    fact_keys,
    facts_in_order,
    is_translation,
    likeness,
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


def test_a_doubtful_pair_is_a_translation_only_if_its_vectors_are_alike() -> None:
    assert [is_translation(share, alike) for share, alike in ((0.5, None), (0.5, 0.4), (0.3, 0.9))] == [
        False
    ] * 3
    assert is_translation(0.5, 0.6)
    assert is_translation(0.7, 0.1)  # the names and numbers suffice


def test_likeness_leaves_out_what_all_articles_share() -> None:
    centre = np.array([1.0, 0.0, 0.0])
    one, same, opposite = (np.array([2.0, y, 0.0], np.float16) for y in (1.0, 2.0, -1.0))
    assert likeness(one, same, centre) > 0.95
    assert likeness(one, opposite, centre) < -0.8
    assert likeness(np.zeros(3), one, np.zeros(3)) == 0.0


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
        also = {story: told_also(tx, of) for story, of in enumerate(cluster[ids[n]] for n in range(5))}
    assert of[0] == of[1]
    assert len({of[0], of[2], of[3], of[4]}) == 4
    assert first == {of[2]: (of[0], NOON)}
    assert also == {0: (of[2],), 1: (of[2],), 2: (of[0],), 3: (), 4: ()}


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


CUT = (  # of RU: half of its names and numbers, in their order
    "У чацвер Смаргонь прыняла гасцей, падпісалі Алег Дуброўка і Святлана Грачова з Нёмана. Лагер на 120 "
    "месцаў адкрыюць. Летась у Ашмянах і Астраўцы адпачылі 75 дзяцей, расказалі Вера Кулік і Ян Бажок."
)
CENTRE = np.zeros(3)


@pytest.mark.parametrize(("vector", "is_told_again"), [((0.9, 0.1, 0.0), True), ((0.0, 0.0, 1.0), False)])
def test_the_vectors_say_whether_a_cut_text_is_a_translation(
    newsroom: Db, vector: tuple[float, float, float], is_told_again: bool
) -> None:
    with newsroom.begin() as tx:
        put(tx, 1, "ru", RU, NOON, source="agency")
        put(tx, 2, "be", CUT, NOON + timedelta(hours=3), source="paper")
        assert told_before(tx) == {}
        assert weigh(tx, "e", CENTRE) == 0  # no vectors yet
        for article, row in ((1, (1.0, 0.0, 0.0)), (2, vector)):
            tx.execute(sa.update(articles).where(articles.c.id == article).values(content_hash=f"h{article}"))
            record_vector(tx, f"h{article}", "e", np.array(row, np.float16))
        assert weigh(tx, "another", CENTRE) == 0
        assert weigh(tx, "e", CENTRE) == 1
        assert weigh(tx, "e", CENTRE) == 0  # known now
        told = told_before(tx)
        counting = tx.execute(sa.select(translation_ties.c.one_id).where(COUNTS)).all()
    assert told == ({2: (1, NOON)} if is_told_again else {})
    assert len(counting) == int(is_told_again)
