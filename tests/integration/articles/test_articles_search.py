"""The index of the search: the same question finds the same articles on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.articles import search
from monitor.articles import search_store as store
from monitor.articles.lemmas import Lemmas, load_endings
from monitor.articles.search import facets, index_due
from monitor.articles.search_store import Asked
from monitor.articles.search_tables import search_texts
from monitor.articles.search_words import facet, read_question
from monitor.articles.store import forget_judgements
from monitor.articles.tables import articles
from monitor.core.db import Db
from monitor.core.ids import ArticleId
from monitor.core.shipped import config_dir
from monitor.wiring.searching import russian
from tests.make import add_article, add_source

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Minsk")
TEXTS = [
    ("daily", "ru", "Могилёв и Казань", "Стороны подписали договор о сотрудничестве в машиностроении."),
    ("daily", "ru", "Погода", "В Могилёве ожидается снег. Договор с дождём расторгнут."),
    ("agency", "be", "Супрацоўніцтва", "Магілёўская вобласць падпісала пагадненне з Рэспублікай Татарстан."),
    ("agency", "pl", "Umowa", "Obwód mohylewski podpisał umowę o współpracy."),
    ("agency", "zh", "合作", "明斯克州与重庆市签署合作协议。"),
    ("daily", "ru", "Форум", "Форум регионов: договор подписали и машиностроители, и аграрии."),
]


@pytest.fixture(scope="module")
def lemmas() -> Lemmas:
    tables, mark = load_endings(config_dir() / "stems.toml")
    return Lemmas(tables, russian(), mark)


@pytest.fixture
def filled(db: Db, lemmas: Lemmas) -> Db:
    with db.begin() as tx:
        for source in ("daily", "agency"):
            add_source(tx, source)
        for number, (source, lang, title, text) in enumerate(TEXTS, 1):
            add_article(tx, source, number, title=title, text=text, lang=lang,
                        published_at=NOW - timedelta(days=number))  # fmt: skip
    assert index_due(db=db, lemmas=lemmas, zone=ZONE) == {"indexed": 6}
    return db


def found(db: Db, lemmas: Lemmas, query: str, **more: object) -> list[int]:
    asked = Asked(read_question(query, lemmas), **more)  # type: ignore[arg-type]
    with db.reading() as tx:
        return [article for _, article in store.find(tx, asked, limit=20)]


def test_how_far_the_index_has_come_is_told_by_the_newest_articles(db: Db, lemmas: Lemmas) -> None:
    def reach() -> store.Reach:
        with db.reading() as tx:
            return store.reach(tx)

    seen = [reach()]
    for number in (1, 2):
        with db.begin() as tx:
            if number == 1:
                add_source(tx, "daily")
            add_article(tx, "daily", number, title="Форум", text="Договор.", lang="ru", published_at=NOW)
        seen.append(reach())
        index_due(db=db, lemmas=lemmas, zone=ZONE)
        seen.append(reach())
    assert seen == ["whole", "empty", "whole", "behind", "whole"]


QUESTIONS = [
    ("договора", [1, 2, 6]),
    ("ДОГОВОР сотрудничество", [1]),
    ('"подписать договор"', [1]),
    ('"договор подписать"', [6]),
    ("договор -форум", [1, 2]),
    ('договор -"подписать договор"', [2, 6]),
    ("машиностро*", [1, 6]),
    ("договор -машиностро*", [2]),
    ("Могилев", [1, 2]),
    ("магілёўскай вобласці", [3]),
    ("umowy współpraca", [4]),
    ("签署合作", [5]),
    ("作签", []),
    ("погода казань", []),
    ('"казань стороны"', []),  # a title and a text do not make a phrase
    ('" OR 1=1 -- договор', []),
    ("договор' | !'x", []),
    ("договор AND погода NEAR(x)", []),
    ("-форум", []),
    ("* - \"\" ''", []),
    ("до*", []),  # too short a beginning
]


def test_a_question_finds_what_it_says(filled: Db, lemmas: Lemmas) -> None:
    assert [(query, found(filled, lemmas, query)) for query, _ in QUESTIONS] == QUESTIONS


def test_outlet_language_days_and_ids_narrow_the_answer(filled: Db, lemmas: Lemmas) -> None:
    daily, agency = facets("daily", "ru")[0], facets("agency", "ru")[0]
    assert found(filled, lemmas, "договор", facets=((agency,),)) == []
    assert found(filled, lemmas, "договор", facets=((agency, daily),)) == [1, 2, 6]
    assert found(filled, lemmas, "", facets=((facet("lang", "be"), facet("lang", "pl")),)) == [3, 4]
    assert found(filled, lemmas, "договор", not_facets=(daily,)) == []
    day = date(2026, 11, 20)
    assert found(filled, lemmas, "договор", from_on=day) == [1, 2]
    assert found(filled, lemmas, "договор", from_on=day, to_on=day) == [2]
    odd = sa.select(articles.c.id).where(articles.c.id.in_([2, 3, 6]))
    assert found(filled, lemmas, "договор", among=(odd,)) == [2, 6]
    assert found(filled, lemmas, "", among=(odd,)) == [2, 3, 6]
    assert found(filled, lemmas, "") == []
    assert found(filled, lemmas, "", among=(odd,), not_facets=(daily,)) == [3]


def test_pages_follow_one_another_by_the_key(filled: Db, lemmas: Lemmas) -> None:
    question = read_question("договор", lemmas)
    with filled.reading() as tx:
        (first, _), (second, _) = store.find(tx, Asked(question), limit=2)
        assert [a for _, a in store.find(tx, Asked(question, before=first), limit=2)] == [2, 6]
        assert [a for _, a in store.find(tx, Asked(question, before=second), limit=2)] == [6]


def test_a_question_that_takes_too_long_is_given_up(filled: Db, lemmas: Lemmas) -> None:
    with filled.begin() as tx:
        lot = [{"position": n << 32, "article_id": -n, "lemmas": "w x " * 40 + "x x"} for n in range(1, 6000)]
        if filled.is_sqlite:
            tx.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        else:
            tx.exec_driver_sql("ALTER TABLE search_texts DROP CONSTRAINT fk_search_texts_article_id_articles")
        tx.execute(sa.insert(search_texts), lot)
        none = sa.select(articles.c.id).where(articles.c.id < 0)
        asked = Asked(read_question('"x x"', Lemmas({}, lambda word: [word], "")), among=(none,))
        with pytest.raises(store.TooWideError):
            store.find(tx, asked, limit=20, deadline_s=0.001)
        tx.rollback()
    assert found(filled, lemmas, "договор") == [1, 2, 6]


def test_a_changed_text_is_read_again_and_an_old_word_finds_it_no_more(filled: Db, lemmas: Lemmas) -> None:
    with filled.begin() as tx:
        tx.execute(sa.update(articles).where(articles.c.id == 1).values(text="Теперь о рыбалке."))
        forget_judgements(tx, ArticleId(1))
    assert found(filled, lemmas, "договор") == [2, 6]
    assert index_due(db=filled, lemmas=lemmas, zone=ZONE) == {"indexed": 1}
    assert found(filled, lemmas, "рыбалка") == [1]
    assert found(filled, lemmas, "сотрудничество -пагадненне") == []
    assert index_due(db=filled, lemmas=lemmas, zone=ZONE) == {}


def test_other_rules_have_everything_read_anew(filled: Db) -> None:
    plain = Lemmas({}, lambda word: [word], "other")
    assert index_due(db=filled, lemmas=plain, zone=ZONE) == {"forgotten": 6, "indexed": 6}
    assert found(filled, plain, "договора") == []
    assert found(filled, plain, "договор") == [1, 2, 6]


def test_only_so_many_are_read_in_a_run(filled: Db, lemmas: Lemmas) -> None:
    with filled.begin() as tx:
        store.forget_some(tx, limit=100)
    assert index_due(db=filled, lemmas=lemmas, zone=ZONE, limit=0) == {}
    assert index_due(db=filled, lemmas=lemmas, zone=ZONE, limit=4) == {"indexed": 4}
    assert index_due(db=filled, lemmas=lemmas, zone=ZONE, limit=4) == {"indexed": 2}
    assert index_due(db=filled, lemmas=lemmas, zone=ZONE, limit=4) == {}


def test_the_latest_come_first_whether_words_are_common_or_rare(db: Db) -> None:
    plain = Lemmas({}, lambda word: [word], "plain")
    with db.begin() as tx:
        add_source(tx, "daily")
        for n in range(1, 61):
            rare = " и диковина" if n % 25 == 0 else ""
            add_article(tx, "daily", n, title="", text=f"договор{rare}", published_at=NOW - timedelta(days=n))
    index_due(db=db, lemmas=plain, zone=ZONE)
    with db.begin() as tx:
        tx.execute(sa.text("ANALYZE"))  # PostgreSQL goes another way for each

        def pages(words: str) -> list[list[int]]:
            before, seen = None, list[list[int]]()
            while not seen or (seen[-1] and len(seen) < 3):
                page = store.find(tx, Asked(read_question(words, plain), before=before), limit=2)
                seen.append([article for _, article in page])
                before = page[-1][0] if page else None
            return seen

        assert pages("договор") == [[1, 2], [3, 4], [5, 6]]
        assert pages("диковина") == [[25, 50], []]
        assert pages("договор диковина") == [[25, 50], []]
        assert pages("договор -диковина") == [[1, 2], [3, 4], [5, 6]]
        assert pages("чудо") == [[]]


def test_a_text_that_is_revised_while_its_words_are_read_stays_due(
    db: Db, lemmas: Lemmas, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.begin() as tx:
        add_source(tx, "daily")
        add_article(tx, "daily", 1, title="Форум", text="Подписан договор.", lang="ru", published_at=NOW)
    document, revised = search.document, []

    def slowly(*given: Any) -> str:
        if not revised:
            revised.append(1)
            with db.begin() as tx:
                tx.execute(sa.update(articles).values(text="Пришло опровержение.", content_hash="new"))
        return document(*given)

    monkeypatch.setattr(search, "document", slowly)
    assert index_due(db=db, lemmas=lemmas, zone=ZONE) == {}
    assert index_due(db=db, lemmas=lemmas, zone=ZONE) == {"indexed": 1}
    assert found(db, lemmas, "договор") == []
    assert found(db, lemmas, "опровержение") == [1]
