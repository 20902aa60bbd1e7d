"""Subscribing, confirming, changing, leaving and being deleted: by the reader alone, each with a button."""

from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest

from monitor.reports.subscribers import change, get_subscriber, list_subscribers, remove_subscriber
from monitor.reports.tokens import Action
from monitor.wiring import answers
from tests.make import list_notices
from tests.make_reports import MOGILEV
from tests.web_world import BASE, World


def active(place: World) -> list[str]:
    with place.app.ready_db.begin() as tx:
        return [one.email for one in list_subscribers(tx)]


@pytest.mark.parametrize("how", ["urlencoded", "multipart", "button"])
def test_one_post_ends_a_subscription(place: World, how: str) -> None:
    link = place.link(Action.LEAVE)
    if how == "button":
        assert "desk@paper.example" in place.client.get(link).text
        answer = place.client.post(link)
    elif how == "urlencoded":
        answer = place.client.post(link, data={"List-Unsubscribe": "One-Click"})
    else:
        body = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
        answer = place.client.post(
            link, content=body, headers={"content-type": "multipart/form-data; boundary=b"}
        )
    assert answer.status_code == 200
    assert not answer.history  # RFC 8058: no redirect
    assert active(place) == ["other@paper.example"]
    assert place.client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 410


def test_a_reader_is_deleted_everywhere_and_the_links_end(place: World) -> None:
    place.client.post(place.link(Action.WORKING, place.gap))
    link = place.link(Action.FORGET)
    page = place.client.get(link)
    assert "Отменить это нельзя" in page.text
    assert place.client.post(link).status_code == 200
    assert active(place) == ["other@paper.example"]
    assert "desk@paper.example" not in str(place.dump())
    after = place.client.get(place.link(Action.ACCOUNT))
    assert (after.status_code, "удалена" in after.text) == (410, True)
    assert place.client.get(place.link(Action.ACCOUNT, reader=place.other)).status_code == 200


def test_the_page_shows_what_we_hold_and_changes_it(place: World) -> None:
    place.client.post(place.link(Action.NOT_NEWS, place.gap), data={"note": "Отменили"})
    page = place.client.get(place.link(Action.ACCOUNT)).text
    for shown in ("desk@paper.example", "Могилёвская область", "действует", place.gap, "Отменили"):
        assert shown in page
    assert "other@paper.example" not in page
    settings = next(part for part in page.split('"') if part.startswith("/settings/"))
    form = {"report_lang": "be", "topic": ["trade", "energy", "no_such_topic"], "paused_until": "2025-12-08"}
    assert place.client.post(settings, data=form).status_code == 200
    with place.app.ready_db.begin() as tx:
        held = get_subscriber(tx, place.reader.id)
    assert (held.lang, held.topics, held.paused_until) == ("be", ("trade", "energy"), date(2025, 12, 8))
    assert place.client.post(settings, data=form).status_code == 410
    again = place.client.get(place.link(Action.ACCOUNT)).text
    assert 'lang="be"' in again
    assert "на паўзе" in again


def test_all_topics_ticked_are_all_topics_whatever_comes(quick: World) -> None:
    topics = [str(topic) for topic in quick.app.register.topics]
    form = {"report_lang": "ru", "topic": topics}
    assert quick.client.post(quick.link(Action.SETTINGS), data=form).status_code == 200
    with quick.app.ready_db.begin() as tx:
        held = get_subscriber(tx, quick.reader.id)
    assert (held.topics, held.paused_until) == ((), None)


def test_who_leaves_and_asks_again_on_the_same_day_gets_a_mail_and_a_fresh_link(
    made: Callable[..., World],
) -> None:
    place = made(open_form=True)
    used: list[str] = []
    for times in (1, 2):
        for _twice in range(2):
            place.client.post("/subscribe", data=dict(email="a@b.example", region=MOGILEV, report_lang="be"))
        with place.app.ready_db.begin() as tx:
            mails = list_notices(tx, address="a@b.example")
        assert len(mails) == times
        path = urlsplit(next(word for word in mails[-1].text.split() if word.startswith(BASE))).path
        assert place.client.post(path).status_code == 200
        assert "a@b.example" in active(place)
        with place.app.ready_db.begin() as tx:
            remove_subscriber(tx, email="a@b.example")
        used.append(path)
        place.clock.set(place.clock() + timedelta(minutes=5))
    assert place.client.post(used[0]).status_code == 410


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"report_lang": "xx"}, "один из языков"),
        ({"report_lang": "ru", "paused_until": "скоро"}, "пауза"),
        ({"report_lang": "ru", "paused_until": "2020-01-01"}, "пауза"),
        ({"report_lang": "en"}, "уже получаете"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_the_reason(
    made: Callable[..., World], form: dict[str, str], why: str
) -> None:
    def twice(tx: object) -> None:
        from monitor.reports.subscribers import add_subscriber
        from tests.web_world import NOW

        add_subscriber(tx, email="desk@paper.example", region=MOGILEV, lang="en", at=NOW)  # type: ignore[arg-type]

    place = made(change=twice)
    answer = place.client.post(place.link(Action.SETTINGS), data=form)
    assert (answer.status_code, why in answer.text) == (422, True)


def test_the_public_form_is_closed_unless_it_is_opened(quick: World, made: Callable[..., World]) -> None:
    assert quick.client.get("/subscribe").status_code == 404
    assert "/subscribe" not in quick.client.get("/").text


def test_who_asks_by_the_form_gets_one_mail_and_no_report_before_confirming(
    made: Callable[..., World],
) -> None:
    place = made(open_form=True)
    assert "/subscribe" in place.client.get("/").text
    form = {"email": "new@paper.example", "region": MOGILEV, "report_lang": "be"}
    answers_given = {place.client.post("/subscribe", data=form).text for _ in range(3)}
    known = place.client.post("/subscribe", data={**form, "email": "desk@paper.example", "report_lang": "ru"})
    assert answers_given == {known.text}  # an address that is known already looks no different
    assert "new@paper.example" not in active(place)
    with place.app.ready_db.begin() as tx:
        (notice,) = list_notices(tx)
    assert (notice.address, "Магілёўская вобласць" in notice.subject) == ("new@paper.example", True)
    link = next(word for word in notice.text.split() if word.startswith(BASE))
    path = urlsplit(link).path
    assert "new@paper.example" in place.client.get(path).text
    assert "new@paper.example" not in active(place)
    assert place.client.post(path).status_code == 200
    assert "new@paper.example" in active(place)
    assert place.client.post(path).status_code == 410


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"email": "a@b.example\r\nBcc: x@y.example"}, "не адрес почты"),
        ({"email": "<script>@b.example"}, "не адрес почты"),
        ({"email": ""}, "не адрес почты"),
        ({"email": "a@b.example", "region": "by-atlantis"}, "один из регионов"),
        ({"email": "a@b.example", "region": MOGILEV, "report_lang": "../ru"}, "один из языков"),
    ],
)
def test_the_form_takes_plain_addresses_and_known_regions_only(
    made: Callable[..., World], form: dict[str, str], why: str
) -> None:
    place = made(open_form=True)
    before = place.dump()
    answer = place.client.post("/subscribe", data=form)
    assert (answer.status_code, why in answer.text) == (422, True)
    assert "<script>" not in answer.text
    assert place.dump() == before


def test_links_are_tidied_away_when_they_have_served(place: World) -> None:
    place.client.post(place.link(Action.WORKING, place.gap))
    answers.invite(place.app, email="never@paper.example", region=MOGILEV, lang="ru")
    assert answers.tidy(place.app) == {"links": 0, "unconfirmed": 0, "notices": 0}
    place.clock.set(place.clock() + timedelta(days=31))
    assert answers.tidy(place.app) == {"links": 1, "unconfirmed": 1, "notices": 0}
    assert "never@paper.example" not in str(place.dump())


def test_a_pause_that_ends_is_no_pause(quick: World) -> None:
    with quick.app.ready_db.begin() as tx:
        change(tx, quick.reader.id, lang="ru", topics=[], paused_until=date(2025, 11, 24))
    assert "на паузе" not in quick.client.get(quick.link(Action.ACCOUNT)).text
