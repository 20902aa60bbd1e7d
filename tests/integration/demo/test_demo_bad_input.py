"""A loopback outlet that breaks in every way at once: the rest goes on, and the ledger says what was what."""

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.home import Home
from monitor.core.ledger_store import ledger
from monitor.crawl.tables import checks
from monitor.wiring import App

NOW = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
HTML = "text/html; charset=utf-8"
XML = "application/rss+xml; charset=utf-8"
STORY = (
    "В Могилёве подписали соглашение о сотрудничестве с Тульской областью. "
    "Документ предусматривает обмен делегациями и поставки техники. "
    "Стороны договорились встречаться каждый год."
)


def page(title: str, body: str = STORY) -> bytes:
    return (
        f"<!doctype html><html lang=ru><head><title>{title}</title></head>"
        f"<body><article><h1>{title}</h1><p>{body}</p></article></body></html>"
    ).encode()


def item(link: str = "", *, title: str = "Новость", date: str = "Mon, 16 Nov 2026 05:00:00 GMT",
         guid: str = "") -> str:  # fmt: skip
    parts = [f"<title>{title}</title>"]
    parts += [f"<link>{link}</link>"] if link else []
    parts += [f"<pubDate>{date}</pubDate>"] if date else []
    parts += [f'<guid isPermaLink="false">{guid}</guid>'] if guid else []
    return f"<item>{''.join(parts)}</item>"


def feed(*items: str, encoding: str = "utf-8") -> bytes:
    """Says that it is UTF-8 whatever it is."""
    text = (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Газета</title>'
        f"<link>x</link><description>x</description>{''.join(items)}</channel></rss>"
    )
    return text.encode(encoding)


def site(name: str) -> str:
    return f"http://{name}.example"


GOOD = feed(
    item(site("good") + "/a", title="С датой и номером", guid="1"),
    item(site("good") + "/no-guid", title="Без номера"),
    item(site("good") + "/no-date", title="Без даты", date="", guid="3"),
    item("", title="Без ссылки", guid="4"),
    item(site("good") + "/no-text", title="Без текста", guid="5"),
    item(site("good") + "/picture", title="Снимок", guid="6"),
    item(site("good") + "/gone", title="Исчезла", guid="7"),
    item("javascript:alert(1)", title="Сценарий", guid="8"),
)
WRONG_CHARSET = feed(item(site("charset") + "/a", title="В Могилёве открыли завод"), encoding="cp1251")
ROUTES: dict[str, tuple[str, bytes]] = {
    "good.example/feed": (XML, GOOD),
    "good.example/a": (HTML, page("С датой и номером")),
    "good.example/no-guid": (HTML, page("Без номера", STORY.replace("Тульской", "Псковской"))),
    "good.example/no-date": (HTML, page("Без даты", STORY.replace("Тульской", "Смоленской"))),
    "good.example/no-text": (HTML, b"<!doctype html><html><body><nav><a href=/>x</a></nav></body></html>"),
    "good.example/picture": ("image/jpeg", b"\xff\xd8\xff\xe0" + bytes(500)),
    "broken.example/feed": (XML, GOOD[: GOOD.index(b"<item>") + 9]),
    "page.example/feed": (HTML, page("Это страница, а не лента")),
    "empty.example/feed": (XML, feed()),
    "nothing.example/feed": (XML, b""),
    "charset.example/feed": (XML, WRONG_CHARSET),
    "charset.example/a": (
        "text/html; charset=utf-8",
        page("В Могилёве открыли завод").decode().encode("cp1251"),
    ),
    "late.example/feed": (XML, feed(item(site("late") + "/a", title="Последняя лента", guid="1"))),
    "late.example/a": (HTML, page("Последняя лента", STORY.replace("Тульской", "Калужской"))),
}
OUTLETS = ("broken", "page", "empty", "nothing", "charset", "good", "late")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").partition(":")[0]
        kind, body = ROUTES.get(host + self.path, ("", b""))
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def source(name: str) -> str:
    fields = {
        "id": name, "name": name, "name_en": name, "kind": "district_paper", "country": "BY",
        "region": "by-mogilev-region", "languages": ["ru"], "site": site(name) + "/",
        "zone": "Europe/Minsk", "show": "full", "enabled": True,
    }  # fmt: skip
    lines = [f"{key} = {json.dumps(value)}" for key, value in fields.items()]
    return "\n".join(
        ["[[source]]", *lines, "[[source.feed]]", f'url = "{site(name)}/feed"', 'kind = "rss"', ""]
    )


@dataclass
class Walked:
    app: App
    polled: Counts
    fetched: Counts

    def rows(self, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        with self.app.db.begin() as tx:
            return [tuple(row) for row in tx.execute(query)]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    home = Home(tmp_path_factory.mktemp("bad-input") / "home")
    home.create()
    shutil.rmtree(home.config / "sources")
    (home.config / "sources").mkdir()
    (home.config / "sources" / "bad.toml").write_text("\n".join(map(source, OUTLETS)), "utf-8")
    settings = home.settings_file.read_text("utf-8")
    settings = settings.replace("allow_addresses = []", 'allow_addresses = ["127.0.0.1"]')
    home.settings_file.write_text(settings.replace("delay_s = 5.0", "delay_s = 0.0"), "utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def resolve(host: str, port: int) -> list[tuple[str, int]]:
        if not host.endswith(".example"):
            raise socket.gaierror(socket.EAI_NONAME, "no such host")
        return [("127.0.0.1", server.server_port)]

    app = App(home, clock=SettableClock(NOW), resolve=resolve, environment=False)
    app.load()
    yield Walked(app, app.poll(), app.fetch_pages())
    app.close()
    server.shutdown()
    server.server_close()


def test_bad_feeds_do_not_keep_the_others_from_being_read(walked: Walked) -> None:
    assert walked.polled == Counts(checked=7, failed=4, new=8)
    assert walked.fetched == Counts(ready=5, dead=2, later=1)


def test_every_poll_has_its_ending_in_the_ledger(walked: Walked) -> None:
    query = sa.select(ledger.c.source_id, ledger.c.ending, ledger.c.reason)
    found = walked.rows(query.where(ledger.c.stage == "poll", ~ledger.c.item.contains("#")))
    assert sorted(found) == [
        ("broken", "failed", "feed_broken"),
        ("charset", "done", "ok"),
        ("empty", "failed", "feed_empty"),
        ("good", "done", "ok"),
        ("late", "done", "ok"),
        ("nothing", "failed", "not_a_feed"),
        ("page", "failed", "not_a_feed"),
    ]


def test_entries_that_cannot_be_followed_are_in_the_ledger_one_by_one(walked: Walked) -> None:
    query = sa.select(ledger.c.source_id, ledger.c.ending, ledger.c.reason, ledger.c.detail)
    found = walked.rows(query.where(ledger.c.stage == "poll", ledger.c.item.contains("#")))
    rejected = ("skipped", "entry_without_link")
    assert sorted(found) == [
        ("broken", *rejected, "no title (link '', guid '')"),
        ("good", *rejected, "Без ссылки (link '', guid '4')"),
        ("good", *rejected, "Сценарий (link 'javascript:alert(1)', guid '8')"),
    ]


def test_every_listed_page_has_its_ending_and_reason(walked: Walked) -> None:
    query = sa.select(articles.c.listed_url, ledger.c.stage, ledger.c.ending, ledger.c.reason).join_from(
        articles, ledger,
        sa.or_(
            sa.and_(ledger.c.stage == "fetch", ledger.c.item == articles.c.listed_url),
            sa.and_(ledger.c.stage == "extract", ledger.c.item == sa.cast(articles.c.id, sa.Text)),
        ),
    )  # fmt: skip
    ended: dict[str, list[tuple[str, str, str]]] = {}
    for url, *ending in walked.rows(query):
        ended.setdefault(url.removeprefix("http://"), []).append(tuple(ending))
    fetched = ("fetch", "done", "ok")
    assert {url: sorted(endings, reverse=True) for url, endings in ended.items()} == {
        "good.example/a": [fetched, ("extract", "done", "ok")],
        "good.example/no-guid": [fetched, ("extract", "done", "ok")],
        "good.example/no-date": [fetched, ("extract", "done", "no_date")],
        "good.example/no-text": [fetched, ("extract", "failed", "no_text")],
        "good.example/picture": [fetched, ("extract", "failed", "not_html")],
        "good.example/gone": [("fetch", "failed", "http_4xx")],
        "charset.example/a": [fetched, ("extract", "done", "ok")],
        "late.example/a": [fetched, ("extract", "done", "ok")],
    }


def test_texts_under_a_wrong_charset_are_read_and_the_poll_warns_of_it(walked: Walked) -> None:
    read = walked.rows(sa.select(articles.c.title, articles.c.text).where(articles.c.source_id == "charset"))
    assert read == [("В Могилёве открыли завод", STORY)]
    (warnings,) = walked.rows(sa.select(checks.c.warnings).where(checks.c.source_id == "charset"))
    assert any("charset" in warning for warning in warnings[0])


def test_an_item_without_a_date_is_dated_by_when_it_was_seen_and_says_so(walked: Walked) -> None:
    query = sa.select(articles.c.published_at, articles.c.published_from)
    assert walked.rows(query.where(articles.c.listed_url.endswith("/no-date"))) == [(NOW, "first_seen")]
    assert walked.rows(query.where(articles.c.listed_url.endswith("/no-guid"))) == [
        (datetime(2026, 11, 16, 5, 0, tzinfo=UTC), "feed")
    ]


def test_every_failure_is_told_in_words(walked: Walked) -> None:
    query = sa.select(ledger.c.item, ledger.c.detail).where(
        ledger.c.stage == "poll", ledger.c.ending == "failed", ~ledger.c.item.contains("#")
    )
    found = walked.rows(query)
    assert len(found) == 4
    assert [item for item, detail in found if not detail] == []
