"""Answers are kept with who, what and when; a link does one thing once; nobody else's does anything."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from monitor.articles.corrections import CorrectionKind, list_corrections
from monitor.core.ids import ArticleId
from monitor.gaps.answers import AnswerKind, list_answers
from monitor.gaps.missed import LostAt
from monitor.gaps.missed_store import list_missed
from monitor.linking.effective import linked
from monitor.reports.tokens import ANSWERS, Action, Signer
from monitor.web.routes import ROUTES
from monitor.wiring import answers as work
from monitor.wiring.answers import Ticket, UsedError
from tests.web_world import World

FILLED = {
    Action.WRONG: {"note": "Срок истёк"},
    Action.WORKING: {},
    Action.NOT_NEWS: {"note": "Фестиваль отменён"},
    Action.REMIND: {"day": "2025-12-15"},
    Action.MISSED: {"print_only": "Новь, 3 ноября, с. 2"},
}


@pytest.mark.parametrize("action", ANSWERS)
def test_an_answer_is_kept_and_its_link_works_once(place: World, action: Action) -> None:
    link = place.link(action, place.gap)
    page = place.client.get(link)
    assert page.status_code == 200
    assert place.report.row(place.gap).members[0].title in page.text
    done = place.client.post(link, data=FILLED[action])
    assert done.status_code == 200, done.text
    with place.app.ready_db.begin() as tx:
        (kept,) = list_answers(tx)
    assert (kept.kind.value, kept.family, kept.region, kept.week, kept.who, kept.at) == (
        action.value, place.gap, place.report.region, "2025-W47", "reader 1", place.clock(),
    )  # fmt: skip
    assert kept.note == FILLED[action].get("note", "")
    rest = date(2025, 12, 15) if action is Action.REMIND else date(2025, 11, 24) + timedelta(weeks=8)
    assert kept.rests_until == rest
    before = place.dump()
    for again in (place.client.post(link, data=FILLED[action]), place.client.get(link)):
        assert again.status_code == 410
        assert "воспользовались" in again.text
    assert place.dump() == before


def test_wrong_takes_the_ticked_articles_from_the_row_at_once(place: World) -> None:
    row = place.report.row(place.covered)
    wrong, right = row.counted.origins[0], row.counted.origins[1]
    stranger = next(p.article for p in place.report.articles if place.covered not in p.families)
    link = place.link(Action.WRONG, place.covered)
    done = place.client.post(link, data={"article": [str(wrong), str(stranger), "9999999", "x"]})
    assert done.status_code == 200
    with place.app.ready_db.begin() as tx:
        (said,) = list_corrections(tx)
        own = linked(2)
        left = {row.article_id for row in tx.execute(own.select().where(own.c.family_id == place.covered))}
        (kept,) = list_answers(tx)
    assert (said.article_id, said.kind, said.value, said.who) == (
        wrong, CorrectionKind.LINK_REMOVE, place.covered, "reader 1",
    )  # fmt: skip
    assert wrong not in left
    assert right in left
    assert kept.kind is AnswerKind.WRONG


def test_outlets_beside_what_may_be_wrong_are_named_in_the_readers_language(quick: World) -> None:
    link = quick.link(Action.WRONG, quick.covered)
    own = [p for p in quick.report.articles if quick.covered in p.families and p.is_named]
    sources = {source.name: source for source in quick.app.sources}
    assert {p.outlet for p in own} <= sources.keys()
    page = quick.client.get(link, params={"lang": "en"}).text
    for proof in own:
        assert f"{sources[proof.outlet].name_en}, " in page
        assert proof.outlet not in page


def test_of_two_uses_of_a_link_at_once_one_counts(place: World) -> None:
    token = place.link(Action.WORKING, place.gap).rpartition("/")[2]
    ticket = Ticket(token, place.signer.read(token, now=place.clock()), place.reader)

    def press(_: int) -> str:
        try:
            return work.answer(place.app, ticket).who
        except UsedError:
            return "used"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == ["reader 1", "used", "used", "used"]
    with place.app.ready_db.begin() as tx:
        assert len(list_answers(tx)) == 1


@pytest.mark.parametrize(
    ("action", "form", "why"),
    [
        (Action.WRONG, {}, "отметьте материал"),
        (Action.WRONG, {"article": "424242"}, "отметьте материал"),
        (Action.NOT_NEWS, {"note": "  "}, "почему это не новость"),
        (Action.WORKING, {"note": "я" * 301}, "больше 300 знаков"),
        (Action.REMIND, {"day": "завтра"}, "выберите день"),
        (Action.REMIND, {"day": "2025-11-24"}, "выберите день"),
        (Action.REMIND, {"day": "2099-01-01"}, "выберите день"),
        (Action.MISSED, {}, "что-то одно"),
        (Action.MISSED, {"url": "https://a.example/", "print_only": "x"}, "что-то одно"),
        (Action.MISSED, {"url": "javascript:alert(1)"}, "не адрес страницы"),
        (Action.MISSED, {"print_only": "я" * 201}, "хватит 200 знаков"),
    ],
)
def test_a_form_that_says_too_little_comes_back_filled_in(
    quick: World, action: Action, form: dict[str, str], why: str
) -> None:
    link, before = quick.link(action), quick.dump()
    answer = quick.client.post(link, data=form)
    assert answer.status_code == 422
    assert why in answer.text
    assert quick.dump() == before
    assert quick.client.post(link, data=FILLED[action]).status_code == 200


def test_a_named_story_is_answered_with_the_stage_that_lost_it(quick: World) -> None:
    url = f"http://www.{quick.app.sources[0].site.split('/')[2]}/nowhere"
    answer = quick.client.post(quick.link(Action.MISSED, quick.gap), data={"url": url})
    assert "ещё ни разу не обращались" in answer.text
    assert "записали его как пропущенный" in answer.text
    with quick.app.ready_db.begin() as tx:
        (said,) = list_missed(tx)
    assert (said.stage, said.reason, said.source_id, said.family, said.who) == (
        LostAt.LIST, "never_polled", "agency", quick.gap, "reader 1",
    )  # fmt: skip


def test_control_and_invisible_characters_of_a_note_are_dropped(place: World) -> None:
    note = {"note": "Поедем\x00 в\u202e\r\nКазань\u2028завтра \ufeff"}
    assert place.client.post(place.link(Action.WORKING, place.gap), data=note).status_code == 200
    printed = {"print_only": "Новь,\x003 ноября\x07"}
    assert place.client.post(place.link(Action.MISSED, place.gap), data=printed).status_code == 200
    with place.app.ready_db.begin() as tx:
        assert [one.note for one in list_answers(tx)] == ["", "Поедем в Казань завтра"]
        assert [one.print_only for one in list_missed(tx)] == ["Новь, 3 ноября"]


def test_an_outlet_that_may_not_be_named_is_not_named_in_the_answer(quick: World) -> None:
    answer = quick.client.post(quick.link(Action.MISSED), data={"url": "https://exile.example/a"})
    assert answer.status_code == 200
    assert "Свободная нота" not in answer.text
    assert "издание, которое мы не называем" in answer.text


def tampered(place: World, path: str) -> dict[str, tuple[str, int, str]]:
    """What is wrong with a link, to its path, status and a word of the reason."""
    page, _, token = path.removeprefix("/").partition("/")
    action = Action(token.partition(".")[0])
    subject = token.split(".")[3]
    late = place.signer.sign(action, 1, subject, place.clock())
    strange = Signer(b"another installation's key").sign(
        action, 1, subject, place.clock() + timedelta(days=9)
    )
    gone = place.signer.sign(action, 999, subject, place.clock() + timedelta(days=9))
    other = Action.LEAVE if action is not Action.LEAVE else Action.FORGET
    elsewhere = place.signer.sign(other, 1, subject, place.clock() + timedelta(days=9))
    raised = token.replace(f"{action.value}.1.", f"{action.value}.2.", 1)
    return {
        "no token": (f"/{page}/x", 403, "не наша ссылка"),
        "another key": (f"/{page}/{strange}", 403, "не наша ссылка"),
        "another reader's number": (f"/{page}/{raised}", 403, "не наша ссылка"),
        "another action's": (f"/{page}/{elsewhere}", 403, "не наша ссылка"),
        "expired": (f"/{page}/{late}", 410, "Срок ссылки истёк"),
        "a reader that is not there": (f"/{page}/{gone}", 410, "удалена"),
    }


def test_every_form_refuses_a_link_that_is_not_right_and_says_why(quick: World) -> None:
    actions = {
        "answer": ANSWERS, "confirm": (Action.CONFIRM,), "leave": (Action.LEAVE,), "forget": (Action.FORGET,),
        "settings": (Action.SETTINGS,),
    }  # fmt: skip
    forms = [route for route in ROUTES if "POST" in route.methods]
    assert {route.path.split("/")[1] for route in forms} == {*actions, "subscribe"}
    before = quick.dump()
    for action in (action for held in actions.values() for action in held):
        for what, (path, status, why) in tampered(quick, quick.link(action)).items():
            answer = quick.client.post(path, data=FILLED.get(action, {"report_lang": "ru"}))
            assert (answer.status_code, why in answer.text) == (status, True), (action, what)
    assert quick.client.post("/subscribe", data={"email": "a@b.example"}).status_code == 404
    assert quick.dump() == before


def test_no_page_that_is_only_read_takes_a_post(quick: World) -> None:
    for route in ROUTES:
        if "POST" not in route.methods:
            path = route.path.replace("{token}", quick.link(Action.PROOF).split("/")[-1])
            assert quick.client.post(path).status_code == 405, route.path


def test_a_row_that_is_gone_from_its_report_is_told_so(quick: World) -> None:
    ends = quick.clock() + timedelta(days=9)
    for subject, why in (
        (f"AGR-9999~{quick.report.id}", "больше нет"),
        (f"{quick.gap}~2020-W01-by-mogilev-region-ru", "больше не хранится"),
    ):
        answer = quick.client.get(quick.signer.address("", Action.PROOF, 1, subject, ends))
        assert (answer.status_code, why in answer.text) == (410, True)


def test_an_article_is_ticked_by_its_number_only(quick: World) -> None:
    page = quick.client.get(quick.link(Action.WRONG)).text
    for article in quick.report.row(quick.covered).counted.origins:
        assert f'value="{ArticleId(article)}"' in page
