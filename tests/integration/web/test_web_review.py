"""Review in the browser's words: blind where it must be, in force at once, for reviewers only."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa

from monitor.articles import corrections
from monitor.articles.audit import audit_items_of
from monitor.articles.audit_tables import audit_draws, audit_items
from monitor.articles.corrections import Ruling
from monitor.articles.effective import judged
from monitor.articles.tables import articles, taggings
from monitor.core import runs
from monitor.core.audit_log import list_actions
from monitor.core.counts import Counts
from monitor.core.db import Tx
from monitor.core.ids import AgreementId, ArticleId, TopicId, Week
from monitor.core.runs import versions
from monitor.core.settings import Settings
from monitor.web.guards import SCRIPT_CSP
from monitor.wiring import judging, reviewing
from tests.make_reports import HOSTILE
from tests.review_people import Person, field, sharing
from tests.review_world import (
    AUDIT,
    FAMILY,
    LINKS,
    N_AUDIT,
    N_LINKS,
    N_UNDECIDED,
    UNDECIDED,
    WEEK,
    fill,
)
from tests.web_world import NOW, World

PAGES = ("/review", "/review/audit", "/review/undecided", "/review/links")
QUEUES = {"audit": N_AUDIT, "undecided": N_UNDECIDED, "links": N_LINKS}


@pytest.fixture
def desk(made: Callable[..., World], plain_settings: Settings) -> World:
    """Every item waits for one reviewer."""
    return made(change=fill, settings=sharing(plain_settings, 0.0))


@pytest.fixture
def shared(made: Callable[..., World], plain_settings: Settings) -> World:
    """Every item waits for two."""
    return made(change=fill, settings=sharing(plain_settings, 1.0))


def ruling(place: World, article: int) -> Ruling:
    with place.app.ready_db.reading() as tx:
        return corrections.rulings(tx).get(ArticleId(article), Ruling())


def test_only_reviewers_come_in_and_only_who_decides_to_the_third_look(desk: World) -> None:
    for name in ("rita", "ed"):
        person = Person(desk, name)
        before = desk.dump()
        for path in (*PAGES, "/review/audit/500"):
            assert person.client.get(path).status_code == 403
        form = {"mark": person.mark(), "subject": "500", "verdict": "choose", "look": "1"}
        for path in ("/review/undo", "/review/audit", "/review/audit/500"):
            assert person.client.post(path, data=form).status_code == 403
        assert desk.dump() == before
    reviewer = Person(desk, "anna").client
    assert [reviewer.get(path).status_code for path in (*PAGES, "/review/audit/500")] == [200] * 4 + [403]


def test_a_form_without_the_sessions_mark_or_for_nothing_is_refused(desk: World) -> None:
    anna = Person(desk, "anna")
    mark, before = anna.mark(), desk.dump()
    right = {"mark": mark, "subject": "500", "verdict": "choose"}
    for wrong, status in (
        ({**right, "mark": "0" * 32}, 403), ({**right, "subject": "1"}, 404),
        ({**right, "subject": "x"}, 404), ({**right, "subject": "9" * 20}, 404),
        ({**right, "verdict": "maybe"}, 422),
        ({**right, "verdict": "accept"}, 422),  # nothing is proposed in the audit
    ):  # fmt: skip
        assert anna.client.post("/review/audit", data=wrong, follow_redirects=False).status_code == status
    for path in ("/review/nothing", "/review/audit/500"):
        assert anna.client.get(path).status_code in (403, 404)
    assert desk.dump() == before


def test_a_week_without_a_sample_is_told_from_one_that_is_answered(desk: World) -> None:
    anna = Person(desk, "anna")
    for _ in range(N_AUDIT):
        assert anna.answer("audit", "not_cooperation") == 303
    assert "Здесь вас ничего не ждёт" in anna.get("/review/audit")
    assert "Выборки за прошлую неделю нет" not in anna.get("/review")
    with desk.app.db.begin() as tx:
        older = {"week": "2025-W46", "drawn_at": NOW, "tag_version_id": 1, "link_version_id": 2, "doc": {}}
        tx.execute(sa.insert(audit_draws).values(**older))
        tx.execute(sa.update(audit_items).values(week=older["week"]))
        tx.execute(sa.delete(audit_draws).where(audit_draws.c.week == WEEK))
    assert "Выборки за прошлую неделю нет" in anna.get("/review/audit")
    assert "Выборки за прошлую неделю нет" in anna.get("/review")


def test_looking_changes_nothing(desk: World) -> None:
    anna = Person(desk, "anna")
    before = desk.dump()
    for path in (*PAGES, "/review/audit?item=503", "/review/undo"):
        anna.client.get(path)
        anna.client.head(path)
    assert desk.dump() == before


def test_a_page_of_the_audit_is_the_same_whatever_the_program_says(desk: World) -> None:
    anna = Person(desk, "anna")
    shown = set()
    for n in range(N_AUDIT):
        page = anna.get(f"/review/audit?item={500 + n}")
        assert f"Встреча {AUDIT + n}" in page
        own = re.sub(rf'((?:subject" value="|item=)){500 + n}', r"\1ITEM", page)
        shown.add(own.replace(f"{AUDIT + n}", "ARTICLE"))
    assert len(shown) == 1
    (page,) = shown
    assert "<mark" not in page
    assert page.count('name="agreement"') == 9
    assert "checked>" not in page.replace('id="keys-on" checked>', "")


def test_other_queues_show_what_is_proposed_and_the_words_that_name_parties(desk: World) -> None:
    anna = Person(desk, "anna")
    page = anna.get("/review/links")
    assert '<mark title="Бобруйск">Бобруйска</mark>' in page
    row = re.search(rf'value="{FAMILY}" data-key="Digit(\d)".*?</label>', page, re.S)
    assert row
    assert (row[1], "(предложено)" in row[0]) == ("1", True)
    topics = re.findall(r'name="topic" value="(\w+)" data-key="Digit(\d)"', anna.get("/review/undecided"))
    assert topics == [("trade", "1"), ("culture", "2")]


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_the_review_speaks_three_languages(desk: World, lang: str) -> None:
    anna = Person(desk, "anna")
    for path in PAGES:
        page = anna.get(f"{path}?lang={lang}")
        assert f'<html lang="{lang}">' in page
        assert not re.search(r">\w+\.\w+[_.]\w+<", page)  # a key instead of words


def test_the_script_is_a_file_of_ours_and_only_where_keys_are(desk: World) -> None:
    client = Person(desk, "anna").client
    for path in PAGES[1:]:
        answer = client.get(path)
        assert answer.headers["content-security-policy"] == SCRIPT_CSP
        assert re.findall(r"<script[^>]*>[^<]*</script>", answer.text) == [
            '<script src="/static/review.js" defer></script>'
        ]
    assert "script-src" not in client.get("/review").headers["content-security-policy"]
    assert client.get("/static/review.js").status_code == 200


def test_answers_count_at_once_until_the_queue_is_empty(desk: World) -> None:
    anna = Person(desk, "anna")
    for queue, n in QUEUES.items():
        for done in range(n):
            assert f"отвечено {done} из {n}" in anna.get(f"/review/{queue}")
            yes = "choose" if queue == "audit" else "reject"
            assert anna.answer(queue, "not_cooperation" if done % 2 else yes) == 303
        assert "Здесь вас ничего не ждёт" in anna.get(f"/review/{queue}")
    with desk.app.ready_db.reading() as tx:
        assert all(item.answer is not None and item.who == "anna" for item in audit_items_of(tx))
        assert len([one for one in list_actions(tx, limit=100) if one.action.value == "correction"]) == 26
    told = {ruling(desk, article).cooperation for article in range(UNDECIDED, UNDECIDED + N_UNDECIDED)}
    assert told == {True, False}


def test_a_skip_is_no_answer_and_comes_back_on_the_next_day(desk: World) -> None:
    anna, n = Person(desk, "anna"), QUEUES["links"]
    for _ in range(n):
        assert "отвечено 0 из" in anna.get("/review/links")
        anna.answer("links", "skip")
    assert "Здесь вас ничего не ждёт" in anna.get("/review/links")
    for days in (1, 2):
        desk.clock.set(NOW + timedelta(days=days))
        assert f"отвечено 0 из {n}" in anna.get("/review/links")
        for _ in range(n):
            anna.answer("links", "skip")
        assert "Здесь вас ничего не ждёт" in anna.get("/review/links")


def test_verdicts_do_what_they_say(desk: World) -> None:
    anna = Person(desk, "anna")
    family, no_family = frozenset({AgreementId(FAMILY)}), frozenset[AgreementId]()
    trade, culture = TopicId("trade"), TopicId("culture")
    anna.answer("links", "accept", item=LINKS)
    anna.answer("links", "reject", item=LINKS + 1)
    anna.answer("links", "skip", item=LINKS + 2)
    anna.answer("undecided", "accept", item=UNDECIDED)
    anna.answer("undecided", "choose", item=UNDECIDED + 1, topic=["culture"])
    assert ruling(desk, LINKS) == Ruling(True, agreements=family)
    assert ruling(desk, LINKS + 1) == Ruling(True, agreements=no_family, not_agreements=family)
    assert ruling(desk, LINKS + 2) == Ruling()
    assert ruling(desk, UNDECIDED) == Ruling(True, topics=frozenset({trade, culture}))
    assert ruling(desk, UNDECIDED + 1) == Ruling(
        True, topics=frozenset({culture}), not_topics=frozenset({trade})
    )


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("ru", ("Верно всё предложенное: 2 темы", "Верно всё предложенное: 1 соглашение")),
        ("be", ("Слушна ўсё прапанаванае: 2 тэмы", "Слушна ўсё прапанаванае: 1 пагадненне")),
        ("en", ("All that is proposed is right: 2 topics", "All that is proposed is right: 1 agreement")),
    ],
)
def test_a_button_says_how_much_it_confirms_and_nothing_is_ticked_beforehand(
    desk: World, lang: str, said: tuple[str, str]
) -> None:
    anna = Person(desk, "anna")
    for queue, label in zip(("undecided", "links"), said, strict=True):
        page = anna.get(f"/review/{queue}?lang={lang}")
        assert label in page
        assert "checked>" not in page.replace('id="keys-on" checked>', "")


@pytest.mark.parametrize(
    ("verdict", "topics", "said"),
    [
        ("accept", ["culture"], "отмечена часть предложенного"),
        ("reject", ["culture"], "отмечено что-то из предложенного"),
        ("choose", [], "ничего не отмечено"),
    ],
)
def test_an_answer_that_says_something_else_than_the_ticks_is_asked_about(
    desk: World, verdict: str, topics: list[str], said: str
) -> None:
    anna, before = Person(desk, "anna"), desk.dump()
    page = anna.get(f"/review/undecided?item={UNDECIDED}")
    data = {
        "mark": field(page, "mark"),
        "subject": str(UNDECIDED),
        "shown": field(page, "shown"),
        "verdict": verdict,
        "topic": [*topics, "tourism"] if topics else [],
    }
    answer = anna.client.post("/review/undecided", data=data, follow_redirects=False)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert re.findall(r'value="([\w-]+)"[^>]* checked', answer.text) == data["topic"]
    assert desk.dump() == before


def test_what_is_added_beside_the_proposal_goes_with_it(desk: World) -> None:
    anna, proposed = Person(desk, "anna"), ["trade", "culture"]
    assert anna.answer("undecided", "accept", item=UNDECIDED, topic=[*proposed, "tourism"]) == 303
    assert anna.answer("undecided", "accept", item=UNDECIDED + 1, topic=["tourism"]) == 303
    assert anna.answer("undecided", "reject", item=UNDECIDED + 2, topic=["tourism"]) == 303
    topics = [ruling(desk, UNDECIDED + n).topics for n in range(3)]
    assert topics == [{*proposed, "tourism"}, {*proposed, "tourism"}, {"tourism"}]


def test_the_last_answer_is_taken_back_and_its_item_shown_again(desk: World) -> None:
    anna = Person(desk, "anna")
    anna.answer("audit", "choose", item=503, agreement=FAMILY)
    page = anna.get("/review/audit")
    assert "Ваш последний ответ: сотрудничество; соглашения: AGR-0184" in page
    form = {"mark": field(page, "mark"), "look": field(page, "look")}
    answer = anna.client.post("/review/undo", data=form, follow_redirects=False)
    assert answer.headers["location"] == "/review/audit?item=503&lang=ru"
    assert field(anna.get(answer.headers["location"]), "subject") == "503"
    assert ruling(desk, AUDIT + 3) == Ruling()
    again = anna.client.post("/review/undo", data=form, follow_redirects=False)
    assert again.headers["location"] == "/review?lang=ru"


def test_a_correction_survives_reclassification_and_is_learnt_from(desk: World) -> None:
    anna = Person(desk, "anna")
    anna.answer("audit", "not_cooperation", item=500)  # found by the run: said otherwise
    anna.answer("audit", "choose", item=502, agreement=FAMILY)  # confirmed
    anna.answer("audit", "choose", item=501, agreement=FAMILY, topic="tourism")  # missed
    ids = [AUDIT, AUDIT + 2, AUDIT + 1]
    with desk.app.ready_db.begin() as tx:
        new = runs.add_version(tx, "tag", "tag-2", {}, at=NOW)
        for article, label in zip(ids, (True, False, False), strict=True):
            row = {"article_id": article, "version_id": new.id, "gate_p": 0.5, "label": label, "names": []}
            tx.execute(sa.insert(taggings).values(**row))
        runs.make_current(tx, new)
        labels = judged(new.id, ids)
        held = {row.article_id: row.label for row in tx.execute(sa.select(labels))}
        learnt = {item.id: item for item in judging.corrected_items(tx, desk.app)}
    assert held == {AUDIT: False, AUDIT + 2: True, AUDIT + 1: True}
    told = {id: (item.cooperation, item.topics, item.agreements) for id, item in learnt.items()}
    assert told == {
        f"correction-{AUDIT}": (False, (), (FAMILY,)),
        f"correction-{AUDIT + 2}": (True, (), (FAMILY,)),
        f"correction-{AUDIT + 1}": (True, ("tourism",), (FAMILY,)),
    }


def posted(person: Person, **form: object) -> tuple[int, str]:
    page = person.get("/review/audit?item=503")
    data = {**{name: field(page, name) for name in ("mark", "shown")}, "subject": "503", **form}
    answer = person.client.post("/review/audit", data=data, follow_redirects=False)
    return answer.status_code, answer.text


def test_an_agreement_is_found_by_its_words_or_number_without_a_script(desk: World) -> None:
    anna, before = Person(desk, "anna"), desk.dump()
    for wanted in ("бобруйск кобулети", "AGR-0185", "agr-0185 Документ о сотрудничестве"):
        status, page = posted(anna, verdict="find", wanted=wanted)
        assert status == 200
        assert re.findall(r'value="(AGR-\d+)"[^>]* checked', page) == ["AGR-0185"]
    status, page = posted(anna, verdict="find", wanted="Бобруйск")
    assert (status, "отметьте нужное" in page) == (422, True)
    assert 'value="AGR-0184"' in page
    for verdict in ("find", "choose"):
        status, page = posted(anna, verdict=verdict, wanted="Атлантида", agreement=FAMILY)
        assert (status, "нет этих слов" in page, 'value="Атлантида"' in page) == (422, True, True)
        assert re.findall(r'value="(AGR-\d+)"[^>]* checked', page) == [FAMILY]
    assert desk.dump() == before
    assert posted(anna, verdict="choose", wanted="AGR-0185")[0] == 303
    assert ruling(desk, AUDIT + 3).agreements == {"AGR-0185"}


def test_a_contradiction_is_asked_about_and_nothing_kept(desk: World) -> None:
    anna, before = Person(desk, "anna"), desk.dump()
    status, page = posted(anna, verdict="not_cooperation", agreement=FAMILY, topic="trade")
    assert (status, "а ответ — не сотрудничество" in page) == (422, True)
    assert re.findall(r'value="([\w-]+)"[^>]* checked', page) == [FAMILY, "trade"]
    assert desk.dump() == before


def test_the_second_reviewer_does_not_see_what_the_first_has_said(shared: World) -> None:
    anna, petr = Person(shared, "anna"), Person(shared, "petr")
    places = {"audit": 503, "undecided": UNDECIDED, "links": LINKS}
    before = {queue: petr.get(f"/review/{queue}?item={item}") for queue, item in places.items()}
    for queue, item in places.items():
        assert anna.answer(queue, "not_cooperation", item=item) == 303
    assert {queue: petr.get(f"/review/{queue}?item={item}") for queue, item in places.items()} == before
    page = anna.get("/review")
    assert page.count("1 ваш ответ ждёт второго мнения") == 3


def test_who_decides_sees_both_answers_and_has_the_last_word(shared: World) -> None:
    anna, petr, chief = (Person(shared, name) for name in ("anna", "petr", "chief"))
    anna.answer("audit", "not_cooperation", item=503)
    assert "Двое оценили по-разному" not in chief.get("/review")
    petr.answer("audit", "choose", item=503, agreement=FAMILY)
    anna.answer("audit", "choose", item=504, agreement=FAMILY)
    petr.answer("audit", "choose", item=504, agreement=FAMILY)
    assert ruling(shared, AUDIT + 3) == Ruling(False)
    assert "1 текст двое оценили по-разному; решает администратор." in petr.get("/review")
    start = chief.get("/review")
    assert re.findall(r'href="(/review/audit/\d+)', start) == ["/review/audit/503"]
    # two texts, four values: no, yes, yes, yes; 2 of 12 ordered pairs would agree less by chance
    assert "Альфа Криппендорфа 0." in start
    page = chief.get("/review/audit/503")
    assert "anna: не сотрудничество" in page
    assert "petr: сотрудничество; соглашения: AGR-0184" in page
    named = {name: field(page, name) for name in ("mark", "shown")}
    form = {**named, "subject": "503", "verdict": "choose", "agreement": FAMILY}
    answer = chief.client.post("/review/audit/503", data=form, follow_redirects=False)
    assert answer.headers["location"] == "/review?lang=ru"
    assert ruling(shared, AUDIT + 3) == Ruling(True, agreements=frozenset({AgreementId(FAMILY)}))
    assert "/review/audit/503" not in chief.get("/review")
    assert "Окончательное решение: chief — сотрудничество" in chief.get("/review/audit/503")
    assert chief.client.get("/review/audit/504").status_code == 404  # nobody was asked to decide it


def test_an_outlet_that_may_not_be_named_is_not_and_hostile_texts_stay_text(desk: World) -> None:
    with desk.app.ready_db.begin() as tx:
        own = articles.c.id == LINKS
        tx.execute(sa.update(articles).where(own).values(source_id="exile", title=HOSTILE, text=HOSTILE))
        tx.execute(sa.update(articles).where(articles.c.id == LINKS + 1).values(url="javascript:alert(1)"))
    anna = Person(desk, "anna")
    page = anna.get(f"/review/links?item={LINKS}")
    assert field(page, "subject") == str(LINKS)
    assert "Свободная нота" not in page
    assert "в источнике" not in page
    assert "<script>" not in page
    assert "alert(1)" in unescape(page)
    assert "javascript:" not in anna.get(f"/review/links?item={LINKS + 1}")


def test_the_sample_of_the_last_week_is_drawn_once(made: Callable[..., World]) -> None:
    def undrawn(tx: Tx) -> None:
        fill(tx)
        tx.execute(sa.delete(audit_items))
        tx.execute(sa.delete(audit_draws))
        tx.execute(sa.update(articles).values(published_at=NOW - timedelta(days=2)))

    place = made(change=undrawn)
    anna = Person(place, "anna")
    empty = anna.get("/review/audit")
    assert ("Выборки за прошлую неделю нет" in empty, "0 из 0" in empty) == (True, False)
    assert "На этой неделе вы ещё не отвечали." in anna.get("/review")
    drawn = reviewing.draw(place.app)
    before = place.dump()
    with place.app.ready_db.reading() as tx:
        assert drawn == Counts(drawn=len(audit_items_of(tx, week=Week(WEEK))))
    assert f"отвечено 0 из {drawn['drawn']}" in anna.get("/review/audit")
    assert reviewing.draw(place.app) == drawn
    assert place.dump() == before


def test_before_anything_was_judged_the_review_says_so(made: Callable[..., World]) -> None:
    place = made(change=fill)
    with place.app.ready_db.begin() as tx:
        tx.execute(sa.update(versions).values(is_current=False))
    client = Person(place, "anna").client
    assert reviewing.draw(place.app) == Counts()
    for path in PAGES:
        answer = client.get(path)
        assert (answer.status_code, "проверять нечего" in answer.text) == (503, True), path
