"""What the desk answers to a row counts as an answer by mail does, and says who was first."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from monitor.articles.corrections import rulings
from monitor.core.audit_log import Action, list_actions
from monitor.core.ids import AgreementId
from monitor.gaps.answers import AnswerKind, add_answer, list_answers
from tests.make_reports import MOGILEV
from tests.newsroom_world import REGION, as_, mark_of, with_people
from tests.web_world import NOW, World


@pytest.fixture
def desk(made: Callable[..., World]) -> World:
    return made(change=with_people)


def test_the_desk_answers_to_a_row_as_a_mail_link_does(desk: World) -> None:
    client = as_(desk, "ed")
    path = f"/family/{desk.covered}?{REGION}"
    page = client.get(path).text
    article = next(p.article for p in desk.report.articles if desk.covered in p.families and p.is_named)
    form = {"mark": mark_of(client), "kind": "wrong", "article": str(article), "note": "другой завод"}
    answer = client.post(path, data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (
        303, f"/family/{desk.covered}?{REGION}&lang=ru#given",
    )  # fmt: skip
    with desk.app.ready_db.reading() as tx:
        (said,) = list_answers(tx, desk.covered)
        ruled = rulings(tx)[article]
        logged = [(one.who, one.action.value, one.subject) for one in list_actions(tx, limit=2)]
    assert (said.kind.value, said.who, said.region, said.note, said.week) == (
        "wrong", "ed", MOGILEV, "другой завод", desk.report.week,
    )  # fmt: skip
    assert ruled.not_agreements == frozenset([AgreementId(desk.covered)])
    assert logged == [
        ("ed", "answer", f"{desk.covered}: wrong"),
        ("ed", "correction", f"{article}: link_remove {desk.covered}"),
    ]
    again = client.get(path).text
    assert "ответ: здесь ошибка" in again
    assert "ответ:" not in page


def test_a_colleague_who_answers_second_sees_who_was_first_and_why(desk: World) -> None:
    path = f"/family/{desk.covered}?{REGION}"
    with desk.app.ready_db.begin() as tx:
        add_answer(tx, kind=AnswerKind.WORKING, family=desk.covered, who="reader@paper.example", at=NOW,
                   today=NOW.date(), region=MOGILEV, note="звоню")  # fmt: skip
    ed = as_(desk, "ed")
    ed.post(path, data={"mark": mark_of(ed), "kind": "not_news", "note": "было <b>в июле</b>"})
    chief = as_(desk, "anna")
    chief.post(path, data={"mark": mark_of(chief), "kind": "working"})
    page = unescape(chief.get(path).text)
    assert "это не новость (ed: «было <b>в июле</b>»)" in page
    assert "<b>" not in chief.get(path).text
    assert "редакция об этом уже пишет (anna)" in page
    assert page.count("редакция об этом уже пишет") == 2  # the reader of the mail too, and nobody's name
    assert "reader@" not in page
    assert "звоню" not in page


def test_the_same_answer_sent_twice_is_one(desk: World) -> None:
    client, path = as_(desk, "ed"), f"/family/{desk.covered}?{REGION}"
    client.get(path)
    working = {"mark": mark_of(client), "kind": "working"}
    later = {"mark": mark_of(client), "kind": "not_news", "note": "не наш район"}
    for form in (working, working, later, working):
        desk.clock.set(desk.clock() + timedelta(seconds=1))
        assert client.post(path, data=form, follow_redirects=False).status_code == 303
    with desk.app.ready_db.reading() as tx:
        said = [answer.kind.value for answer in list_answers(tx, desk.covered)]
        logged = [one.subject for one in list_actions(tx, limit=9) if one.action is Action.ANSWER]
    assert said == ["working", "not_news", "working"]
    assert len(logged) == 3


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"kind": "not_news"}, "напишите в нескольких словах, "),
        ({"kind": "wrong", "article": "999999"}, "отметьте"),
        ({"kind": "remind", "day": "2020-01-01"}, "выберите день"),
        ({"kind": "dance"}, "выберите один из ответов"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_an_answer_that_says_too_little_comes_back_with_the_reason(
    desk: World, wanted: dict[str, str], said: str
) -> None:
    client, path = as_(desk, "ed"), f"/family/{desk.covered}?{REGION}"
    form = {"mark": mark_of(client), **wanted}
    before = desk.dump()
    answer = client.post(path, data=form)
    assert answer.status_code == 422
    assert said.casefold() in answer.text.casefold()
    assert desk.dump() == before


def test_a_reader_may_look_at_a_row_and_not_answer(desk: World) -> None:
    client, path = as_(desk, "rita"), f"/family/{desk.covered}?{REGION}"
    assert 'name="kind"' not in client.get(path).text
    form = {"mark": mark_of(client), "kind": "working"}
    assert client.post(path, data=form).status_code == 403
