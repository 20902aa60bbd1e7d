"""Several people at the review at once, with pages that were opened before something changed."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from monitor.articles import corrections
from monitor.articles.corrections import Ruling
from monitor.articles.tables import tags
from monitor.core.ids import AgreementId, ArticleId
from monitor.core.settings import Settings
from tests.review_people import Person, field, sharing
from tests.review_world import AUDIT, FAMILY, UNDECIDED, fill
from tests.web_world import World


@pytest.fixture
def desk(made: Callable[..., World], plain_settings: Settings) -> World:
    """Every item waits for one reviewer."""
    return made(change=fill, settings=sharing(plain_settings, 0.0))


@pytest.fixture
def shared(made: Callable[..., World], plain_settings: Settings) -> World:
    """Every item waits for two, and two see the first one of the audit differently."""
    place = made(change=fill, settings=sharing(plain_settings, 1.0))
    Person(place, "anna").answer("audit", "not_cooperation", item=503)
    Person(place, "petr").answer("audit", "choose", item=503, agreement=FAMILY)
    return place


def ruling(place: World, article: int) -> Ruling:
    with place.app.ready_db.reading() as tx:
        return corrections.rulings(tx).get(ArticleId(article), Ruling())


def form_of(page: str, verdict: str, **more: object) -> dict[str, object]:
    return {**{name: field(page, name) for name in ("mark", "subject", "shown")}, "verdict": verdict, **more}


def test_nobody_confirms_a_proposal_that_they_were_not_shown(desk: World) -> None:
    anna = Person(desk, "anna")
    path = f"/review/undecided?item={UNDECIDED}"
    form = form_of(anna.get(path), "accept", topic=["transport", "trade", "culture"])
    with desk.app.db.begin() as tx:  # a run that was promoted meanwhile is unsure of something else
        key = {"article_id": UNDECIDED, "version_id": 1, "topic": "tourism"}
        tx.execute(sa.insert(tags).values(**key, p=0.45, published=False))
    before = desk.dump()
    answer = anna.client.post("/review/undecided", data=form, follow_redirects=False)
    assert (answer.status_code, "Ничего не сохранено" in answer.text) == (422, True)
    assert sorted(re.findall(r'name="topic" value="([\w-]+)"[^>]* checked', answer.text)) == [
        "culture", "trade", "transport",
    ]  # fmt: skip
    assert desk.dump() == before
    again = form_of(answer.text, "choose", topic=["transport"])
    assert anna.client.post("/review/undecided", data=again, follow_redirects=False).status_code == 303
    assert ruling(desk, UNDECIDED).not_topics == {"trade", "culture", "tourism"}


def test_an_agreement_that_left_the_register_is_named_before_an_answer_counts_without_it(
    desk: World,
) -> None:
    anna, before = Person(desk, "anna"), desk.dump()
    form = form_of(anna.get("/review/audit?item=503"), "choose", agreement=[FAMILY, "AGR-9999"], topic="no")
    answer = anna.client.post("/review/audit", data=form, follow_redirects=False)
    assert answer.status_code == 422
    assert "больше нет в реестре: AGR-9999 и no" in answer.text
    assert desk.dump() == before
    again = form_of(
        answer.text, "choose", agreement=re.findall(r'value="([\w-]+)" [^>]*checked', answer.text)
    )
    assert anna.client.post("/review/audit", data=again, follow_redirects=False).status_code == 303
    assert ruling(desk, AUDIT + 3) == Ruling(True, agreements=frozenset({AgreementId(FAMILY)}))


@pytest.mark.parametrize(
    ("lang", "said"),
    [("ru", "Раньше вас: anna — не "), ("be", "Раней за вас: anna — не "), ("en", "Before you: anna – not ")],
)
def test_who_answers_second_with_an_old_page_is_told_whose_answer_counts(
    desk: World, lang: str, said: str
) -> None:
    anna, petr = Person(desk, "anna"), Person(desk, "petr")
    form = form_of(petr.get("/review/audit?item=503"), "choose", agreement=FAMILY)
    anna.answer("audit", "not_cooperation", item=503)
    answer = petr.client.post(f"/review/audit?lang={lang}", data=form)
    assert (answer.status_code, said in answer.text) == (200, True)
    assert ruling(desk, AUDIT + 3) == Ruling(False)
    assert said not in anna.get(f"/review/audit?lang={lang}")


def test_who_looks_second_on_purpose_stays_blind_until_it_is_decided(shared: World) -> None:
    petr, chief = Person(shared, "petr"), Person(shared, "chief")
    assert "anna" not in petr.get("/review/audit")
    form = form_of(chief.get("/review/audit/503"), "not_cooperation")
    assert chief.client.post("/review/audit/503", data=form, follow_redirects=False).status_code == 303
    assert "Окончательное решение: chief — не сотрудничество" in petr.get("/review/audit").replace("\n", " ")


def test_of_two_who_decide_at_once_the_second_is_told_and_overwrites_nobody(shared: World) -> None:
    with shared.app.db.begin() as tx:  # a second administrator
        tx.execute(sa.text("UPDATE users SET role = 'admin' WHERE name = 'ed'"))
    people = [Person(shared, name) for name in ("chief", "ed")]
    said = ({"verdict": "not_cooperation"}, {"verdict": "choose", "agreement": FAMILY})
    forms = [form_of(one.get("/review/audit/503"), **more) for one, more in zip(people, said, strict=True)]
    with ThreadPoolExecutor(2) as pool:
        codes = list(
            pool.map(
                lambda n: people[n].client.post("/review/audit/503", data=forms[n], follow_redirects=False)
                .status_code,
                range(2),
            )
        )  # fmt: skip
    first = codes.index(303)
    assert sorted(codes) in ([303, 409], [303, 422])  # before the page was read, or while it was
    assert ruling(shared, AUDIT + 3).cooperation is (first == 1)
    late = people[1 - first].client.post("/review/audit/503", data=forms[1 - first])
    assert (late.status_code, "Ваш ответ пришёл позже и не сохранён" in late.text) == (409, True)
    assert f"Окончательное решение: {('chief', 'ed')[first]}" in late.text
    twice = people[first].client.post("/review/audit/503", data=forms[first])
    assert (twice.status_code, "не сохранён" in twice.text) == (200, False)
