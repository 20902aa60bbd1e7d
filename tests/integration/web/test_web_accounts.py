"""Passwords, people and the log of what they did: nothing told to strangers, everything written down."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from monitor.core.accounts import RESET, Role, list_users
from monitor.core.audit_log import list_actions
from monitor.core.db import Tx
from monitor.core.settings import Settings
from tests.make import add_user, list_notices
from tests.make_reports import MOGILEV
from tests.web_world import BASE, NOW, World

PASSWORD = "correct horse battery"
OTHER = "another battery horse"
EMAIL = "desk@paper.example"


def with_people(tx: Tx) -> None:
    add_user(tx, name="desk", role=Role.READER, password=PASSWORD, at=NOW, email=EMAIL)
    add_user(tx, name="chief", role=Role.ADMIN, password=PASSWORD, at=NOW)


@pytest.fixture
def desk(made: Callable[..., World]) -> World:
    return made(change=with_people)


def sign_in(place: World, name: str = "desk", password: str = PASSWORD) -> int:
    form = {"name": name, "password": password}
    return place.client.post("/sign-in", data=form, follow_redirects=False).status_code


def mark_of(client: TestClient, path: str) -> str:
    found = re.search(r'name="mark" value="([0-9a-f]{32})"', client.get(path).text)
    assert found
    return found[1]


def told(place: World) -> list[tuple[str, str, str]]:
    with place.app.ready_db.reading() as tx:
        return [(row.who, row.action.value, row.subject) for row in reversed(list_actions(tx, limit=99))]


def link_in_mail(place: World) -> str:
    with place.app.ready_db.reading() as tx:
        notice = list_notices(tx)[-1]
    found = re.search(rf"{BASE}(/password/new/\S+)", notice.text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("lang", "own"), [("ru", "Монитор публикаций"), ("be", "Манітор публікацый"), ("en", "Coverage Monitor")]
)
@pytest.mark.parametrize("name", ["", " ", "Трибуна"])
def test_pages_and_mails_bear_the_name_that_is_set_else_one_in_their_language(
    made: Callable[..., World], plain_settings: Settings, lang: str, own: str, name: str
) -> None:
    newsroom = plain_settings.newsroom.model_copy(update={"name": name})
    place = made(
        change=with_people, settings=plain_settings.model_copy(update={"newsroom": newsroom}), open_form=True
    )
    form = {"email": "new@paper.example", "region": MOGILEV, "report_lang": lang}
    place.client.post(f"/subscribe?lang={lang}", data=form)
    place.client.post(f"/password/reset?lang={lang}", data={"email": EMAIL})
    told, names = name.strip() or own, ("Монитор публикаций", "Манітор публікацый", "Coverage Monitor")
    others = {other for other in names if other != told}
    with place.app.ready_db.reading() as tx:
        texts = [f"{notice.subject}\n{notice.text}" for notice in list_notices(tx)]
    page = place.client.get(f"/?lang={lang}").text
    assert f" – {told}</title>" in page
    assert len(texts) == 2
    for text in (*texts, page):
        assert told in text
        assert not [other for other in others if other in text]


def test_the_answer_to_a_lost_password_is_the_same_for_everybody(desk: World) -> None:
    pages = []
    for address in (EMAIL, "nobody@paper.example", "no address", ""):
        answer = desk.client.post("/password/reset?lang=en", data={"email": address})
        assert answer.status_code == 200
        pages.append(answer.text)
    assert len(set(pages)) == 1
    with desk.app.ready_db.reading() as tx:
        assert [notice.address for notice in list_notices(tx)] == [EMAIL]
    unknown = ("-", "reset_asked", "unknown address")
    assert told(desk) == [("-", "reset_asked", "desk"), unknown, unknown, unknown]


def test_a_lost_password_is_set_by_the_link_of_the_mail_and_only_by_its_button(desk: World) -> None:
    sign_in(desk)
    desk.client.post("/password/reset?lang=en", data={"email": EMAIL})
    desk.client.post("/password/reset?lang=en", data={"email": EMAIL})  # no second mail in ten minutes
    with desk.app.ready_db.reading() as tx:
        assert len(list_notices(tx)) == 1
    link = link_in_mail(desk)
    before = desk.dump()
    assert "desk" in desk.client.get(link).text
    assert desk.client.head(link).status_code == 200
    assert desk.dump() == before
    differ = desk.client.post(link, data={"new": OTHER, "again": PASSWORD})
    weak = desk.client.post(link, data={"new": "short", "again": "short"})
    assert (differ.status_code, weak.status_code) == (422, 422)
    assert desk.client.post(link, data={"new": OTHER, "again": OTHER}).status_code == 200
    assert desk.client.post(link, data={"new": OTHER, "again": OTHER}).status_code == 410
    assert desk.client.get("/me", follow_redirects=False).status_code == 303  # signed out
    assert (sign_in(desk), sign_in(desk, password=OTHER)) == (401, 303)


def test_a_link_for_a_password_that_has_ended_or_never_was_is_refused(desk: World) -> None:
    desk.client.post("/password/reset", data={"email": EMAIL})
    link = link_in_mail(desk)
    desk.clock.set(NOW + RESET)
    for path in (link, "/password/new/x", "/password/new/" + "x" * 3000):
        assert desk.client.get(path).status_code == 410
        assert desk.client.post(path, data={"new": OTHER, "again": OTHER}).status_code == 410


def test_who_is_signed_in_changes_the_password_with_the_one_until_now(desk: World) -> None:
    sign_in(desk)
    other = TestClient(desk.client.app, base_url=BASE)
    other.post("/sign-in", data={"name": "desk", "password": PASSWORD}, follow_redirects=False)
    form = {"mark": mark_of(desk.client, "/password"), "old": "wrong password", "new": OTHER, "again": OTHER}
    assert desk.client.post("/password", data={**form, "mark": "0" * 32}).status_code == 403
    assert desk.client.post("/password", data=form).status_code == 422
    answer = desk.client.post("/password", data={**form, "old": PASSWORD}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me?lang=ru")
    assert desk.client.get("/me", follow_redirects=False).status_code == 200  # here, in a new session
    assert other.get("/me", follow_redirects=False).status_code == 303
    assert ("desk", "password_changed", "desk") in told(desk)
    assert ("desk", "sign_in_refused", "desk") in told(desk)


def test_one_button_ends_all_sessions(desk: World) -> None:
    sign_in(desk)
    sign_in(desk)
    page = desk.client.get("/me?lang=en").text
    assert page.count("this one") == 1
    desk.client.post("/me", data={"mark": mark_of(desk.client, "/me")})
    assert desk.client.get("/me", follow_redirects=False).status_code == 303
    assert told(desk)[-1] == ("desk", "sessions_ended", "desk: 2")


def test_a_password_typed_as_a_name_is_not_written_down(desk: World) -> None:
    sign_in(desk, name="my secret password", password="desk")
    sign_in(desk, name="desk", password="wrong password")
    assert told(desk) == [("-", "sign_in_refused", "unknown name"), ("-", "sign_in_refused", "desk")]


def test_an_administrator_adds_changes_and_removes_people(desk: World) -> None:
    sign_in(desk, "chief")
    form = {"mark": mark_of(desk.client, "/users")}

    def post(**more: str) -> int:
        return desk.client.post("/users?lang=en", data={**form, **more}, follow_redirects=False).status_code

    assert post(do="add", name="new", email="new@paper.example", role="editor") == 303
    assert post(do="add", name="new", email="else@paper.example", role="editor") == 422
    assert post(do="add", name="two", email=EMAIL, role="editor") == 422
    assert post(do="add", name="two", email="two@paper.example", role="king") == 400
    assert post(do="dance", name="desk") == 400
    assert post(do="change", name="desk", email="", role="reviewer") == 303
    assert post(do="end", name="desk") == 303
    assert post(do="change", name="chief", email="", role="reader") == 422  # nobody would be left
    assert post(do="remove", name="chief") == 422
    assert post(do="remove", name="desk") == 303
    assert post(do="remove", name="desk") == 422
    with desk.app.ready_db.reading() as tx:
        assert [(u.name, u.role) for u in list_users(tx)] == [("chief", Role.ADMIN), ("new", Role.EDITOR)]
    assert told(desk)[1:] == [
        ("chief", "user_added", "new: editor"),
        ("chief", "user_changed", "desk: reviewer"),
        ("chief", "sessions_ended", "desk: 0"),
        ("chief", "user_removed", "desk"),
    ]
    link = link_in_mail(desk)
    assert desk.client.post(link, data={"new": OTHER, "again": OTHER}).status_code == 200
    assert sign_in(desk, "new", OTHER) == 303


def test_the_log_is_shown_to_administrators_page_by_page_and_of_one_person(desk: World) -> None:
    for _ in range(101):
        desk.clock.set(desk.clock() + timedelta(seconds=1))
        desk.client.post("/password/reset", data={"email": "nobody@paper.example"})
    sign_in(desk, "chief")
    page = desk.client.get("/log?lang=en").text
    assert page.count("unknown address") == 99
    assert "Entries are kept for 400 days." in page
    after = re.search(r'href="(/log[^"]*before=\d+)"', page)
    assert after
    assert desk.client.get(after[1].replace("&amp;", "&")).text.count("unknown address") == 2
    only = desk.client.get("/log?lang=en&who=chief").text
    assert (only.count("unknown address"), only.count("signed in")) == (0, 2)  # a row and its filter
    assert desk.client.get("/log?action=nonsense&before=x").status_code == 200


def test_readers_see_neither_people_nor_log(desk: World) -> None:
    sign_in(desk)
    assert [desk.client.get(path).status_code for path in ("/users", "/log")] == [403, 403]
    form = {"mark": mark_of(desk.client, "/me"), "do": "change", "name": "desk", "role": "admin"}
    assert desk.client.post("/users", data=form).status_code == 403
    with desk.app.ready_db.reading() as tx:
        assert {u.name: u.role for u in list_users(tx)} == {"desk": Role.READER, "chief": Role.ADMIN}


def test_the_cookie_goes_by_tls_only_where_the_pages_are_served_so(made: Callable[..., World]) -> None:
    place = made(change=with_people)
    form = {"name": "desk", "password": PASSWORD}
    plain = place.client.post("/sign-in", data=form, follow_redirects=False).headers["set-cookie"]
    reports = place.app.settings.reports.model_copy(update={"public_url": "https://monitor.example"})
    place.app.__dict__["settings"] = place.app.settings.model_copy(update={"reports": reports})
    safe = place.client.post("/sign-in", data=form, follow_redirects=False).headers["set-cookie"]
    assert ("Secure" in plain, "Secure" in safe) == (False, True)
    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in (plain, safe))
