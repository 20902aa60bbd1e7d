"""The newsroom's own pages: for who signed in, the same numbers everywhere, nothing that may not be shown."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from monitor.articles.tables import translation_ties
from monitor.core.accounts import SESSION, Role
from monitor.core.db import Tx
from monitor.reports.catalogue import catalogue
from monitor.reports.tokens import Action
from monitor.reports.unseen import unseen_lines
from monitor.web.guards import SAFE_HEADERS
from monitor.web.pages import gaps
from monitor.web.pages.sign_in import own_path
from monitor.web.routes import DESK_ROUTES, DOOR_ROUTES
from tests.make import add_user
from tests.make_reports import HOSTILE, MOGILEV
from tests.web_world import NOW, World, put_table

PASSWORD = "correct horse battery"
REGION = f"region={MOGILEV}"


def with_table(tx: Tx) -> None:
    put_table(tx)
    add_user(tx, name="desk", role=Role.READER, password=PASSWORD, at=NOW)


@pytest.fixture
def desk(made: Callable[..., World]) -> World:
    return made(change=with_table)


def sign_in(place: World, password: str = PASSWORD, onward: str = "") -> TestClient:
    form = {"name": "desk", "password": password, "onward": onward}
    place.client.post("/sign-in", data=form, follow_redirects=False)
    return place.client


def example(place: World, path: str) -> str:
    article = next(p.article for p in place.report.articles if p.is_named)
    return (
        path.replace("{family}", place.covered)
        .replace("{article}", str(article))
        .replace("{outlet}", "gorki")
    )


def test_every_page_of_the_newsroom_sends_who_is_not_signed_in_to_the_door(desk: World) -> None:
    for route in DESK_ROUTES:
        answer = desk.client.get(example(desk, route.path) + "?state=thin", follow_redirects=False)
        assert answer.status_code == 303, route.path
        assert answer.headers["location"].startswith("/sign-in?onward=%2F"), route.path
        assert {name: answer.headers.get(name) for name in SAFE_HEADERS} == SAFE_HEADERS


def test_a_session_opens_the_pages_and_ends_when_it_is_ended(desk: World) -> None:
    client = sign_in(desk)
    cookie = client.cookies.jar
    assert [(c.name, c.has_nonstandard_attr("HttpOnly")) for c in cookie] == [("monitor_session", True)]
    page = client.get("/gaps")
    assert page.status_code == 200
    mark = re.search(r'name="mark" value="([0-9a-f]{32})"', page.text)
    assert mark
    assert client.post("/sign-out", data={"mark": "0" * 32}).status_code == 403
    assert client.get("/gaps", follow_redirects=False).status_code == 200
    client.post("/sign-out", data={"mark": mark[1]})
    assert client.get("/gaps", follow_redirects=False).status_code == 303


def test_a_session_ends_by_itself(desk: World) -> None:
    client = sign_in(desk)
    desk.clock.set(NOW + SESSION - timedelta(seconds=1))
    assert client.get("/gaps", follow_redirects=False).status_code == 200
    desk.clock.set(NOW + SESSION)
    assert client.get("/gaps", follow_redirects=False).status_code == 303


def test_wrong_passwords_are_refused_and_after_many_the_right_one_too(desk: World) -> None:
    for _ in range(8):
        answer = desk.client.post("/sign-in", data={"name": "desk", "password": "wrong password"})
        assert answer.status_code == 401
    assert desk.client.post("/sign-in", data={"name": "desk", "password": PASSWORD}).status_code == 401
    assert desk.client.post("/sign-in", data={"name": "nobody", "password": PASSWORD}).status_code == 401
    desk.clock.set(NOW + timedelta(minutes=16))
    assert sign_in(desk).get("/gaps", follow_redirects=False).status_code == 200


def test_after_signing_in_one_is_where_one_wanted_to_be_and_never_elsewhere(desk: World) -> None:
    form = {"name": "desk", "password": PASSWORD, "onward": f"/gaps?{REGION}&state=thin"}
    answer = desk.client.post("/sign-in", data=form, follow_redirects=False)
    assert answer.headers["location"] == f"/gaps?{REGION}&state=thin"
    for evil in (
        "//evil.example/",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\nb",
    ):
        assert own_path(evil) == "/overview"


def test_a_sign_in_goes_on_to_an_address_in_letters_of_any_script(desk: World) -> None:
    form = {"name": "desk", "password": PASSWORD, "onward": "/outlets/м?q=из Гродно&p=%D0%BC"}
    answer = desk.client.post("/sign-in", data=form, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == (
        "/outlets/%D0%BC?q=%D0%B8%D0%B7%20%D0%93%D1%80%D0%BE%D0%B4%D0%BD%D0%BE&p=%D0%BC"
    )
    assert desk.client.get("/me", follow_redirects=False).status_code == 200  # the cookie came with it


def test_reading_changes_nothing(desk: World) -> None:
    client = sign_in(desk)
    before = desk.dump()
    for route in (*DESK_ROUTES, *DOOR_ROUTES):
        client.get(example(desk, route.path))
        client.head(example(desk, route.path))
    assert desk.dump() == before


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_sheet_holds_exactly_the_rows_of_the_table_and_its_numbers(desk: World) -> None:
    client = sign_in(desk)
    for query in (
        REGION,
        f"{REGION}&scope=both",
        f"{REGION}&state=covered",
        f"{REGION}&state=uncovered&sort=name",
    ):
        shown: list[str] = []
        url = f"/gaps?{query}"
        while url:
            page = client.get(url).text
            shown += re.findall(r'href="/family/([^"?]+)\?', page)
            after = re.search(r'<a href="([^"]+)" rel="next"', page)
            url = unescape(after[1]) if after else ""
        sheet = client.get(f"/gaps.csv?{query}")
        rows = rows_of(sheet.content.decode("utf-8"))
        assert [row["family"] for row in rows] == shown
        assert "attachment" in sheet.headers["content-disposition"]
    report = desk.report
    page = client.get(f"/gaps?{REGION}").text
    tally = dict(re.findall(r"state=(\w+)[^>]*><strong>(\d+)</strong>", page))
    totals = report.totals
    assert {k: int(v) for k, v in tally.items()} == {
        "uncovered": totals.uncovered, "thin": totals.thin, "undecided": totals.undecided,
        "covered": totals.covered, "unmeasured": totals.unmeasured, "not_due": totals.not_due,
    }  # fmt: skip


def test_filters_leave_what_they_say_and_nonsense_leaves_all(desk: World) -> None:
    client = sign_in(desk)
    everything = rows_of(client.get(f"/gaps.csv?{REGION}").content.decode("utf-8"))
    kinds = {row["kind"] for row in everything}
    for kind in kinds:
        rows = rows_of(client.get(f"/gaps.csv?{REGION}&kind={kind}").content.decode("utf-8"))
        assert [row["family"] for row in rows] == [r["family"] for r in everything if r["kind"] == kind]
    odd = client.get(f"/gaps.csv?{REGION}&kind=x&state=y&topic=z&partner=QQ&sort=w&page=-3")
    assert rows_of(odd.content.decode("utf-8")) == everything
    assert client.get("/gaps?region=nowhere").status_code == 404


def test_a_refusal_keeps_the_bar_of_pages_for_who_is_signed_in(desk: World) -> None:
    bar = 'href="/gaps?lang=en"'
    for path in ("/family/AGR-9999", "/no-such-page", "/users"):
        assert bar not in desk.client.get(f"{path}?lang=en").text, path
    client = sign_in(desk)
    for path, status in (("/family/AGR-9999", 404), ("/no-such-page", 404), ("/users", 403)):
        answer = client.get(f"{path}?lang=en")
        assert (answer.status_code, bar in answer.text) == (status, True), path


def test_topics_of_a_row_are_told_apart_though_their_titles_hold_commas_and_and(desk: World) -> None:
    page = unescape(sign_in(desk).get(f"/gaps?{REGION}&state=uncovered").text)
    gaps = [row for row in desk.report.rows if row.state == "uncovered" and not row.is_national]
    told = [row.topic_titles for row in gaps if len(row.topics) == 2]
    assert told
    assert [titles for titles in told if f" · {'; '.join(titles)}<" not in page] == []


def test_a_page_behind_the_last_one_shows_the_last_one(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "ROWS_A_PAGE", 2)
    client = sign_in(desk)
    families = re.findall(r'href="/family/([\w-]+)', client.get(f"/gaps?{REGION}").text)
    number, shown = 1, list(families)
    while 'rel="next"' in (text := client.get(f"/gaps?{REGION}&page={number}").text):
        number += 1
        last = client.get(f"/gaps?{REGION}&page={number}").text
        shown += re.findall(r'href="/family/([\w-]+)', last)
    everything = rows_of(client.get(f"/gaps.csv?{REGION}").content.decode("utf-8"))
    assert shown == [row["family"] for row in everything]
    assert number > 1
    for behind in (number + 1, 999, 10**9, 10**40):
        page = client.get(f"/gaps?{REGION}&page={behind}").text
        assert re.findall(r'href="/family/([\w-]+)', page) == re.findall(r'href="/family/([\w-]+)', text)
        assert ("Под эти условия" in page, 'rel="next"' in page) == (False, False)
    assert "Под эти условия" in client.get(f"/gaps?{REGION}&state=thin&kind=other&page=3").text


def test_a_family_shows_its_documents_and_articles_and_leads_to_them(desk: World) -> None:
    client = sign_in(desk)
    page = client.get(f"/family/{desk.covered}?{REGION}").text
    row = desk.report.row(desk.covered)
    for member in row.members:
        assert member.title in unescape(page)
    assert '<mark title="Республика Татарстан">Республики Татарстан</mark>' in page
    named = [p for p in desk.report.articles if desk.covered in p.families and p.is_named]
    assert len(set(re.findall(r'href="/article/(\d+)', page))) == len(named)
    assert "1 материал в источнике, который мы не называем" in page
    assert client.get(f"/family/AGR-9999?{REGION}").status_code == 404


def test_a_family_tells_what_may_have_gone_unseen(desk: World) -> None:
    row = desk.report.row(desk.covered)
    assert row.watched.outlets_without_address > 0
    assert row.unseen is not None
    assert row.unseen.dead > 0
    page = unescape(sign_in(desk).get(f"/family/{desk.covered}?{REGION}&lang=en").text)
    assert "; ".join(unseen_lines(row, catalogue("en"))) in page
    assert "May have missed" in page


def test_an_article_shows_its_text_with_the_words_that_prove_it(desk: World) -> None:
    client = sign_in(desk)
    page = client.get(example(desk, "/article/{article}")).text
    assert '<mark title="Могилёвская область">Могилёвской области</mark>' in page
    assert "Накануне в Могилёве побывали гости." in page
    assert f'href="/family/{desk.covered}' in page
    for nonsense in ("0", "999999", "x", "-1", "1e5", "９"):
        assert client.get(f"/article/{nonsense}").status_code == 404


def test_an_article_leads_to_the_same_story_in_another_language(desk: World) -> None:
    client = sign_in(desk)
    one, other, *_ = sorted({p.article for p in desk.report.articles if p.is_named and p.is_original})
    title = "Тот же материал на другом языке"
    assert title not in client.get(f"/article/{one}").text
    with desk.app.ready_db.begin() as tx:
        tx.execute(sa.insert(translation_ties).values(one_id=one, other_id=other, share=0.9))
    try:
        for here, there in ((one, other), (other, one)):
            page = client.get(f"/article/{here}").text
            assert f'href="/article/{there}?' in page[page.index(title) :]
    finally:  # the desk is shared
        with desk.app.ready_db.begin() as tx:
            tx.execute(sa.delete(translation_ties))


def test_an_outlet_that_may_not_be_named_is_shown_nowhere(desk: World) -> None:
    client = sign_in(desk)
    withheld = [p.article for p in desk.report.articles if not p.is_named]
    assert withheld
    answer = client.get(f"/article/{withheld[0]}")
    assert (answer.status_code, "не называем" in answer.text) == (403, True)
    pages = [f"/gaps?{REGION}", f"/gaps.csv?{REGION}", f"/family/{desk.covered}?{REGION}"]
    assert not any("exile.example" in client.get(path).text for path in pages)


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_the_pages_speak_three_languages(desk: World, lang: str) -> None:
    client = sign_in(desk)
    for route in (
        one for one in DESK_ROUTES if one.templates and one.role is Role.READER and "{run}" not in one.path
    ):
        page = client.get(f"{example(desk, route.path)}?lang={lang}")
        assert page.status_code == 200, route.path
        assert f'<html lang="{lang}">' in page.text
        assert not re.search(r">\w+\.\w+_\w+<", page.text)  # a key instead of words


def test_a_mail_link_and_a_session_do_not_mix(desk: World) -> None:
    client = sign_in(desk)
    assert client.get(desk.link(Action.PROOF)).status_code == 200
    assert HOSTILE not in client.get("/gaps").text


def test_without_a_table_the_pages_say_so(made: Callable[..., World]) -> None:
    def only_user(tx: Tx) -> None:
        add_user(tx, name="desk", role=Role.READER, password=PASSWORD, at=NOW)

    place = made(change=only_user)
    answer = sign_in(place).get("/gaps")
    assert (answer.status_code, "gaps.build" in answer.text) == (503, True)
