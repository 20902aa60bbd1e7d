"""Pages: nothing changes by looking, nothing hostile comes alive, nothing is shown that may not be."""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from jinja2 import nodes
from starlette.testclient import TestClient

from monitor.articles.tables import articles
from monitor.linking.tables import links
from monitor.reports.mail import message, render_parts
from monitor.reports.personal import Linking
from monitor.reports.tokens import ANSWERS, READING, Action
from monitor.web import routes
from monitor.web.guards import SAFE_HEADERS
from monitor.web.pages.account import AccountPage
from monitor.web.pages.answer import AnswerPage
from monitor.web.pages.archive import ArchivePage
from monitor.web.pages.article import ArticlePage
from monitor.web.pages.button import ButtonPage
from monitor.web.pages.done import DonePage
from monitor.web.pages.family import FamilyPage
from monitor.web.pages.gaps import GapsPage
from monitor.web.pages.log import LogPage
from monitor.web.pages.matrix import MatrixPage
from monitor.web.pages.me import MePage
from monitor.web.pages.missed import MissedPage
from monitor.web.pages.outlets import OutletPage, OutletsPage
from monitor.web.pages.overview import OverviewPage
from monitor.web.pages.password import LostPage, PasswordPage
from monitor.web.pages.proof import ProofPage
from monitor.web.pages.refusal import RefusalPage
from monitor.web.pages.register import AgreementPage, RegisterPage
from monitor.web.pages.reports import ReportsPage
from monitor.web.pages.review import ReviewPage
from monitor.web.pages.review_item import ReviewItemPage
from monitor.web.pages.runs import RunPage, RunsPage
from monitor.web.pages.search import SearchPage
from monitor.web.pages.sign_in import SignInPage
from monitor.web.pages.sources import SourcesPage
from monitor.web.pages.subscribe import HomePage, SubscribePage
from monitor.web.pages.subscribers import SubscribersPage
from monitor.web.pages.topics import TopicsPage
from monitor.web.pages.users import UsersPage
from monitor.web.render import environment
from monitor.web.server import known_hosts
from tests.make_reports import HOSTILE, facts_of, mogilev_report, mogilev_table
from tests.web_world import BASE, NOW, World

PAGES = {
    "home": HomePage, "proof": ProofPage, "archive": ArchivePage, "account": AccountPage,
    "answer": AnswerPage, "button": ButtonPage, "done": DonePage,
    "subscribe": SubscribePage, "refusal": RefusalPage, "sign_in": SignInPage, "gaps": GapsPage,
    "family": FamilyPage, "article": ArticlePage, "overview": OverviewPage, "topics": TopicsPage,
    "runs": RunsPage, "run": RunPage, "register": RegisterPage, "agreement": AgreementPage,
    "reports": ReportsPage, "subscribers": SubscribersPage, "missed": MissedPage,
    "matrix": MatrixPage, "outlets": OutletsPage, "outlet": OutletPage, "sources": SourcesPage,
}  # fmt: skip
PAGES |= {
    "review": ReviewPage,
    "review_item": ReviewItemPage,
    "password_lost": LostPage,
    "password": PasswordPage,
    "me": MePage,
    "users": UsersPage,
    "log": LogPage,
    "search": SearchPage,
}


def mailed(place: World) -> EmailMessage:
    """The mail of the world's report as its reader gets it."""
    links = Linking(place.signer, BASE).of(place.report.id, place.report.to_on)
    return message(
        render_parts(place.report, is_linked=True),
        subscriber_id=place.reader.id,
        recipient=place.reader.email,
        sender="monitor@coverage.example",
        links=links,
    )


def reached(client: TestClient, starts: list[str]) -> dict[str, int]:
    """Every address of ours that can be reached by following links, with the status of its GET."""
    found: dict[str, int] = {}
    left = list(starts)
    while left:
        path = left.pop().partition("?")[0]  # the other languages of a page lead to the same places
        if path in found or not path.startswith("/"):
            continue
        answer = client.get(path)
        found[path] = answer.status_code
        client.head(path)
        kind = answer.headers.get("content-type", "")
        if "html" in kind and not path.startswith("/reports/"):
            left += [unescape(url) for url in re.findall(r'(?:href|action|src)="([^"]+)"', answer.text)]
    return found


def test_following_every_link_changes_nothing(place: World) -> None:
    before = place.dump()
    starts = [place.link(action) for action in Action] + ["/", "/subscribe", "/nothing"]
    starts += [place.link(Action.PROOF, family) for family in place.report.sections.gaps[:2]]
    found = reached(place.client, starts)
    assert len(found) > 20
    assert set(found.values()) == {200, 404, 405}
    assert {path for path, status in found.items() if status == 405} == {
        path for path in found if path.startswith("/settings/")
    }
    assert place.dump() == before


def test_every_link_of_a_mail_opens_and_changes_nothing(quick: World) -> None:
    before = quick.dump()
    mail = mailed(quick)
    texts = [
        held.decode()
        for part in mail.walk()
        if isinstance(held := part.get_payload(decode=True), bytes) and part.get_content_maintype() == "text"
    ]
    listed = re.findall(rf"<({BASE}[^>]+)>", str(mail["List-Unsubscribe"]))
    links = {unescape(url) for text in texts for url in re.findall(rf"{BASE}/[^\s\"<>]+", text)} | set(listed)
    pages = {link.removeprefix(BASE).split("/")[1] for link in links}
    assert pages >= {"proof", "answer", "leave", "account"}
    assert len(links) > 50
    for link in sorted(links):
        assert quick.client.get(link).status_code == 200, link
        quick.client.head(link)
    assert quick.dump() == before


def test_every_route_is_reached_by_some_link(quick: World) -> None:
    found = reached(quick.client, [quick.link(action) for action in Action] + ["/", "/subscribe"])
    pages = {path.split("?")[0].split("/")[1] for path in found}
    assert pages == {route.path.split("/")[1] for route in routes.ROUTES} | {"static"}


@pytest.mark.parametrize("path", ["/", "/nothing", "/proof/x", "/static/style.css", "/static/../web.key"])
def test_every_answer_has_safe_headers_and_no_cookie(quick: World, path: str) -> None:
    answer = quick.client.get(path)
    assert {name: answer.headers.get(name) for name in SAFE_HEADERS} == SAFE_HEADERS
    assert "set-cookie" not in answer.headers
    assert "server" not in answer.headers


def test_no_page_needs_a_script_or_another_site(quick: World) -> None:
    for path, status in reached(quick.client, [quick.link(action) for action in Action]).items():
        if status != 200 or path.startswith(("/static", "/reports")):
            continue
        page = quick.client.get(path).text
        assert "<script" not in page
        assert not re.search(r"<[^>]+\son\w+=|style=", page), path
        assert not re.search(r'(?:src|action)="https?:', page), path
        for link in re.findall(r'<link[^>]+href="([^"]+)"', page):
            assert link.startswith("/static/")


def test_templates_use_what_their_pages_have_and_all_of_it() -> None:
    env = environment()
    assert env.loader is not None
    served = (*routes.ROUTES, *routes.DOOR_ROUTES, *routes.DESK_ROUTES)
    named = {template for route in served for template in route.templates} | {"refusal"}
    assert named == set(PAGES)
    for name, page in PAGES.items():
        tree = env.parse(env.loader.get_source(env, f"{name}.html.j2")[0])
        used = {
            node.attr
            for node in tree.find_all(nodes.Getattr)
            if isinstance(node.node, nodes.Name) and node.node.name == "page"
        }
        assert is_dataclass(page)
        assert used == {field.name for field in fields(page)}, name


def test_the_proof_marks_the_words_that_name_the_parties(quick: World) -> None:
    page = quick.client.get(quick.link(Action.PROOF)).text
    assert '<mark title="Республика Татарстан">Республики Татарстан</mark>' in page
    assert '<mark title="Могилёвская область">Могилёвской области</mark>' in page
    assert "Делегация из <mark" in page
    assert "«Шкловская трибуна»" in page  # silent
    assert "1 материал в источнике, который мы не называем" in page
    row = quick.report.row(quick.covered)
    named = [p for p in quick.report.articles if quick.covered in p.families and p.is_named]
    assert page.count("<blockquote") == 2 * len(named)
    assert len(named) == row.counted.articles - 1


def test_the_proof_says_why_a_row_is_a_gap(quick: World) -> None:
    page = quick.client.get(quick.link(Action.PROOF, quick.gap)).text
    assert "ни одного материала" in page
    for label in ("Пробел", "Норма", "Нашли", "Молчали", "С чего начать"):
        assert f"<dt>{label}</dt>" in page


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_a_page_speaks_the_language_asked_for(quick: World, lang: str) -> None:
    page = quick.client.get(quick.link(Action.PROOF), params={"lang": lang}).text
    answer = {"ru": "Ваш ответ", "be": "Ваш адказ", "en": "Your answer"}
    assert f'<html lang="{lang}">' in page
    assert [word for word in answer.values() if word in page] == [answer[lang]]


def hostile_world(made: Callable[..., World]) -> World:
    """Titles, texts, outlets and addresses full of markup."""
    table = mogilev_table()
    held = facts_of(table, HOSTILE)
    bad = {key: replace(fact, url="javascript:alert(1)") for key, fact in held.items() if key % 3 == 0}
    report = mogilev_report(articles={**held, **bad}, held=table)

    def spoil(tx: Any) -> None:
        text = f"{HOSTILE} Казань. " * 3
        place = text.index("Казань")
        mark = {"place": "ru-tatarstan", "field": "text", "start": place, "end": place + 6, "text": "Казань"}
        tx.execute(sa.update(articles).values(title=HOSTILE, text=text))
        tx.execute(
            sa.update(articles)
            .where(articles.c.id % 3 == 0)
            .values(url=sa.literal("javascript:x") + sa.cast(articles.c.id, sa.Text))
        )
        tx.execute(sa.update(links).values(evidence=[mark]))

    return made(report=report, change=spoil)


def test_markup_in_titles_texts_and_notes_stays_text(made: Callable[..., World]) -> None:
    place = hostile_world(made)
    note = {"note": "<img src=x onerror=alert(1)> {{ 7*7 }}"}
    assert place.client.post(place.link(Action.NOT_NEWS), data=note).status_code == 200
    starts = [place.link(action) for action in Action if action is not Action.NOT_NEWS]
    for path in reached(place.client, starts):
        page = place.client.get(path).text
        assert "<script" not in page, path
        assert "<img src=x" not in page, path
        assert "javascript:" not in re.sub(r">[^<]*<", "><", page), path  # as text only, in no attribute
        assert "\u202e" not in page, path
    proof = place.client.get(place.link(Action.PROOF)).text
    assert "&lt;script&gt;" in proof
    assert ">Казань</mark>" in proof
    assert "{{ 7*7 }}" in unescape(place.client.get(place.link(Action.ACCOUNT)).text)


def test_an_outlet_listed_since_the_report_was_made_is_named_no_more(quick: World) -> None:
    page = quick.client.get(quick.link(Action.PROOF)).text
    assert "agency.example" in page
    folder = quick.app.home.root / "config"
    folder.mkdir()
    line = '[[restricted]]\nhost = "agency.example"\nsince = 2025-11-20\nwhy = "listed"\n'
    (folder / "restricted.toml").write_text(line, "utf-8")
    after = quick.client.get(quick.link(Action.PROOF)).text
    assert "agency.example" not in after
    assert "Меридиан" not in after
    assert "2 материала в источниках, которые мы не называем" in after


def test_the_archive_shows_the_mail_with_its_pictures_in_the_page(quick: World) -> None:
    listed = quick.client.get(quick.link(Action.ARCHIVE)).text
    (path,) = re.findall(r'href="(/reports/[^"]+)"', listed)
    answer = quick.client.get(path)
    page = next(
        part.get_payload(decode=True)
        for part in mailed(quick).walk()
        if part.get_content_type() == "text/html"
    )
    assert isinstance(page, bytes)
    back = re.sub(rb'src="data:image/png;base64,[^"]+"', b'src="cid:"', answer.content)
    mail = re.sub(rb'src="cid:[^"]+"', b'src="cid:"', page).replace(BASE.encode(), b"")
    # opened by a link of the mail, so that the links of both end on the same day
    assert back.splitlines() == mail.splitlines()
    assert answer.content.count(b"data:image/png") == page.count(b'src="cid:') > 0
    assert answer.headers["content-security-policy"].count("'unsafe-inline'") == 1
    assert "script-src" not in answer.headers["content-security-policy"]


def test_an_old_report_of_the_archive_has_links_of_today(quick: World) -> None:
    quick.clock.set(NOW + timedelta(days=200))
    mail = mailed(quick)
    old = re.search(rf"{BASE}(/answer/[^\s\"<>]+)", mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert old is not None
    assert quick.client.get(old[1]).status_code == 410
    ends = quick.clock() + timedelta(days=30)
    path = quick.signer.address("", Action.REPORT, quick.reader.id, quick.report.id, ends)
    before = quick.dump()
    page = quick.client.get(path).text
    links = {unescape(url) for url in re.findall(r'href="(/[^"]+)"', page)}
    read = [quick.signer.read(link.rpartition("/")[2], now=quick.clock()) for link in links]
    assert {(one.subscriber, one.expires_at) for one in read} == {(quick.reader.id, ends)}
    assert {one.action for one in read} == {*ANSWERS, *READING}
    for link in sorted(links):
        assert quick.client.get(link).status_code == 200, link
    assert quick.dump() == before


def test_an_installation_without_a_public_address_has_links_in_its_archive(quick: World) -> None:
    reports = quick.app.settings.reports.model_copy(update={"public_url": ""})
    quick.app.__dict__["settings"] = quick.app.settings.model_copy(update={"reports": reports})
    page = quick.client.get(quick.link(Action.REPORT)).text
    (found, *_) = re.findall(r'href="(/answer/[^"]+)"', page)
    assert quick.client.get(unescape(found)).status_code == 200


def test_a_report_of_another_region_is_not_shown(quick: World) -> None:
    ends = quick.clock().replace(year=2026)
    path = quick.signer.address("", Action.REPORT, 1, "2025-W47-by-gomel-region-ru", ends)
    assert quick.client.get(path).status_code == 410


def test_a_fault_of_ours_shows_nothing_of_itself(quick: World, capsys: pytest.CaptureFixture[str]) -> None:
    token = quick.link(Action.PROOF)
    with quick.app.ready_db.begin() as tx:
        tx.execute(sa.text("DROP TABLE answers"))
    answer = quick.client.get(token)
    assert answer.status_code == 500
    assert "Она записана" in answer.text
    assert "answers" not in answer.text
    assert {name: answer.headers.get(name) for name in SAFE_HEADERS} == SAFE_HEADERS
    logged = capsys.readouterr()
    assert token.split(".")[-1] not in logged.out + logged.err


def test_only_names_of_ours_are_answered(quick: World) -> None:
    assert known_hosts(quick.app) == {"127.0.0.1", "localhost", "[::1]", "monitor.example"}
    assert quick.client.get("/", headers={"host": "evil.example"}).status_code == 421


def test_too_large_a_form_is_refused(quick: World) -> None:
    link, before = quick.link(Action.WORKING), quick.dump()
    assert quick.client.post(link, data={"note": "x" * 70_000}).status_code == 413
    assert quick.client.post(link, data={f"f{n}": "x" for n in range(300)}).status_code == 400
    assert quick.dump() == before
