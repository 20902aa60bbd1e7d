"""Every address of the table of routes: nothing changes without session, mark and role; markup stays text."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from starlette.responses import Response

from monitor.articles.tables import articles
from monitor.core.accounts import Role, form_mark, open_session
from monitor.core.audit_log import Action, log_action
from monitor.core.db import Tx
from monitor.web.routes import DESK_ROUTES, DOOR_ROUTES, ROUTES, DeskRoute
from monitor.web.server import COOKIE
from monitor.wiring.searching import index
from tests.make import add_user
from tests.make_reports import HOSTILE
from tests.web_world import NOW, World, put_table

IMAGE = "<img src=x onerror=alert(1)>"
POSTED = tuple(route for route in DESK_ROUTES if "POST" in route.methods)


class Alive(HTMLParser):
    """What in a page could run: scripts that are not ours, handlers, frames, pictures, addresses of code."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        own = tag == "script" and re.fullmatch(r"/static/[\w.]+", held.get("src", ""))
        if tag in ("script", "iframe", "object", "embed", "img", "base") and not own:
            self.found.append(tag)
        for name, value in held.items():
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.found.append(name)
            if name in ("href", "src", "action", "formaction") and re.match(
                r"\s*[a-z]+script:|\s*data:", value, re.I
            ):
                self.found.append(value)


def with_people(tx: Tx) -> None:
    put_table(tx)
    for role in Role:
        user = add_user(tx, name=f"{IMAGE} {role}", role=role, password="correct horse battery", at=NOW)
        log_action(tx, user, Action.CORRECTION, HOSTILE.replace("\x00", ""), NOW)


@pytest.fixture
def desk(made: Callable[..., World]) -> World:
    return made(change=with_people)


def session_of(place: World, role: Role) -> str:
    with place.app.ready_db.begin() as tx:
        query = sa.text("SELECT id FROM users WHERE role = :role").bindparams(role=role.value)
        return open_session(tx, tx.execute(query).scalar_one(), at=NOW)


def address(place: World, path: str) -> str:
    article = next(p.article for p in place.report.articles if p.is_named)
    known = {"family": place.covered, "article": article, "outlet": "gorki", "agreement": place.covered}
    return path.format(**known, report=place.report.id, stage="tag", run=1, queue="audit", subject=article)


def post(place: World, route: DeskRoute, session: str, mark: str) -> Response:
    place.client.cookies.set(COOKIE, session)
    form = {"mark": mark, "do": "remove", "name": "x", "role": "admin"}
    return place.client.post(address(place, route.path), data=form, follow_redirects=False)  # type: ignore[return-value]


def test_no_post_changes_anything_without_session_mark_and_role(desk: World) -> None:
    sessions = {role: session_of(desk, role) for role in Role}
    before = desk.dump()
    assert len(POSTED) >= 8
    for route in POSTED:
        needed, path = route.needed("POST"), route.path
        for nobody in ("", "x" * 43):
            answer = post(desk, route, nobody, form_mark(nobody))
            assert (path, answer.status_code, "не сохранено" in answer.text) == (path, 401, True)
        for role, session in sessions.items():
            other = sessions[Role.READER if role is not Role.READER else Role.ADMIN]
            marks = ["", "0" * 32, form_mark(other)] + ([] if role.may(needed) else [form_mark(session)])
            for mark in marks:
                assert (path, role, post(desk, route, session, mark).status_code) == (path, role, 403)
    assert desk.dump() == before


def test_a_form_from_before_the_last_signing_in_is_told_to_be_sent_again(desk: World) -> None:
    route = next(route for route in POSTED if route.path == "/me")
    before, now = session_of(desk, Role.READER), session_of(desk, Role.READER)
    answer = post(desk, route, now, form_mark(before))
    assert (answer.status_code, "обновите её и отправьте ещё раз" in answer.text) == (403, True)


def test_what_was_typed_before_the_session_ended_is_not_lost_and_no_password_is_shown(desk: World) -> None:
    note, before = "позвонить в <b>исполком</b>", desk.dump()
    family = f"/family/{desk.covered}?region=by-mogilev-region"
    desk.client.cookies.set(COOKIE, "x" * 43)
    answer = desk.client.post(
        family, data={"kind": "working", "note": note, "mark": "0"}, follow_redirects=False
    )
    assert answer.status_code == 401
    assert "позвонить в &lt;b&gt;исполком&lt;/b&gt;</textarea>" in answer.text
    assert f'name="onward" value="{family}"' in answer.text
    undone = desk.client.post("/review/undo", data={"look": "1", "note": ""}, follow_redirects=False)
    assert ('name="onward" value="/review"' in undone.text, "<textarea" in undone.text) == (True, False)
    secret = {name: "correct horse" for name in ("old", "new", "again", "password")}
    assert "correct horse" not in desk.client.post("/password", data=secret, follow_redirects=False).text
    desk.client.cookies.set(COOKIE, session_of(desk, Role.EDITOR))  # signed in again, in another tab
    late = desk.client.post(
        family, data={"kind": "working", "note": note, "mark": "0"}, follow_redirects=False
    )
    assert (late.status_code, "исполком&lt;/b&gt;</textarea>" in late.text) == (403, True)
    assert "Ничего не сохранено" in late.text
    assert {key: rows for key, rows in desk.dump().items() if key != "sessions"} == {
        key: rows for key, rows in before.items() if key != "sessions"
    }


def test_pages_that_are_read_refuse_a_post_and_those_of_other_roles_a_look(desk: World) -> None:
    sessions = {role: session_of(desk, role) for role in Role}
    before = desk.dump()
    for route in DESK_ROUTES:
        if "POST" not in route.methods:
            session = sessions[Role.ADMIN]
            assert post(desk, route, session, form_mark(session)).status_code == 405, route.path
        refused = [role for role in Role if "GET" in route.methods and not role.may(route.needed("GET"))]
        for role in refused:
            desk.client.cookies.set(COOKIE, sessions[role])
            answer = desk.client.get(address(desk, route.path), follow_redirects=False)
            assert (route.path, role, answer.status_code) == (route.path, role, 403)
    assert desk.dump() == before


def test_forms_without_a_session_need_a_link_or_change_nothing(desk: World) -> None:
    before = desk.dump()
    for route in (*ROUTES, *DOOR_ROUTES):
        if "POST" in route.methods and route.path not in ("/sign-in", "/password/reset"):
            path = route.path.format(token="x", key="x")
            answer = desk.client.post(path, data={"email": "a@b.example"}, follow_redirects=False)
            assert 400 <= answer.status_code < 500, path
    for path in ("/sign-in", "/password/reset", "/users"):
        headers = {"sec-fetch-site": "cross-site"}
        assert desk.client.post(path, data={}, headers=headers).status_code == 403, path
    assert desk.dump() == before


@pytest.mark.slow  # every page, twice
def test_markup_in_what_others_wrote_stays_text_on_every_page(desk: World) -> None:
    hostile = HOSTILE.replace("\x00", "")
    with desk.app.ready_db.begin() as tx:
        tx.execute(sa.update(articles).values(title=hostile, text=f"{hostile} Казань {IMAGE}"))
        bad = sa.literal("javascript:alert(1)//") + sa.cast(articles.c.id, sa.Text)
        tx.execute(sa.update(articles).where(articles.c.id % 3 == 0).values(url=bad))
        data = sa.literal("data:text/html,<script>alert(1)</script>") + sa.cast(articles.c.id, sa.Text)
        tx.execute(sa.update(articles).where(articles.c.id % 3 == 1).values(url=data))
    named = tuple(replace(one, name=f"{one.name} {IMAGE}", name_en=IMAGE) for one in desk.app.sources)
    desk.app.sources = named
    index(desk.app)
    desk.client.cookies.set(COOKIE, session_of(desk, Role.ADMIN))
    seen = ""
    for route in DESK_ROUTES:
        if "GET" not in route.methods:
            continue
        for query in (
            "",
            "?q=казань",
            "?" + "&".join(f"{key}={IMAGE}" for key in ("q", "who", "url", "from")),
        ):
            answer = desk.client.get(address(desk, route.path) + query)
            if "html" not in answer.headers["content-type"]:
                continue
            assert answer.status_code < 500, route.path
            page, read = answer.text, Alive()
            read.feed(page)
            own = () if route.templates else ("style", "img")  # of a report as it was mailed
            found = [one for one in read.found if one not in own and not one.startswith("data:image/png;")]
            assert (route.path, found) == (route.path, [])
            assert "\u202e" not in page, route.path
            seen += page
    assert seen.count("&lt;img src=x onerror=alert(1)&gt;") > len(DESK_ROUTES)
    assert "&lt;script&gt;" in seen
