"""`monitor sources check` and `discover` over real sockets: what they print and what --apply changes."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.command import logged, monitor
from tests.crawl_home import home_with, reply, write_sources

if TYPE_CHECKING:
    from conftest import RawServer

RSS = (
    b'<rss version="2.0"><channel><title>t</title><link>x</link>'
    b"<item><title>A</title><link>/a</link><pubDate>Sun, 15 Nov 2026 10:00:00 +0300</pubDate></item>"
    b"<item><title>B</title><guid>17</guid></item></channel></rss>"
)


@pytest.fixture
def home(tmp_path: Path, base: str) -> Path:
    return home_with(tmp_path / "home", base, "works", "gone", "page", "away")


def test_each_address_is_one_line_and_a_missing_feed_is_exit_1(server: "RawServer", base: str) -> None:
    server.routes["/feed"] = reply(RSS)
    said = monitor("sources", "check", f"{base}/feed", f"{base}/none", "http://10.0.0.8/", "--json")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 1
    assert lines[0] == {
        "url": f"{base}/feed",
        "kind": "rss",
        "entries": [
            {"id": f"{base}/a", "url": f"{base}/a", "title": "A", "published": "2026-11-15T07:00:00+00:00"},
            {"id": "17", "url": None, "title": "B", "published": None, "reason": "entry_without_link"},
        ],
        "warnings": [],
        "reason": "ok",
        "detail": "",
        "status": 200,
    }
    assert [(line["reason"], line["kind"], line["status"]) for line in lines[1:]] == [
        ("http_4xx", None, 404),
        ("private_address", None, None),
    ]
    assert monitor("sources", "check", f"{base}/feed").code == 0


@pytest.mark.parametrize("words", [(), ("http://a.example/", "--all"), ("http://a.example/", "--apply")])
def test_a_call_that_names_nothing_or_too_much_is_a_wrong_use(words: tuple[str, ...]) -> None:
    assert monitor("sources", "check", *words).code == 2


def polled(home: Path) -> dict[str, tuple[bool, str]]:
    listed = json.loads(monitor("sources", "list", "--json", home=home).out)
    return {one["id"]: (one["enabled"], one["why_not"]) for one in listed}


def check_all(home: Path, *words: str) -> dict[str, Any]:
    said = monitor("sources", "check", "--all", "--json", *words, home=home)
    assert said.code == 0, said.err
    return {doc["source"]: doc for doc in map(json.loads, said.out.splitlines())}


def test_an_applied_check_holds_until_the_source_works_or_its_row_changes(
    server: "RawServer", base: str, home: Path
) -> None:
    server.routes |= {
        "/works": reply(RSS),
        "/page": reply(b"<html><body>new design</body></html>"),
        "/away": reply(b"", "503 Busy"),
    }
    told = check_all(home)
    assert {name: doc["sort"] for name, doc in told.items()} == {
        "works": "works", "gone": "dead", "page": "needs_rule", "away": "unreachable",
    }  # fmt: skip
    assert all(enabled for enabled, _ in polled(home).values())  # looking alone changes nothing
    assert logged(home) == []

    assert [doc["polled"] for doc in check_all(home, "--apply").values()] == [True, False, False, True]
    assert monitor("init", home=home).code == 0  # writes the configuration once more
    now = polled(home)
    assert [enabled for enabled, _ in now.values()] == [True, False, False, True]
    assert now["gone"][1].startswith("dead at the check of ")
    assert monitor("crawl", home=home).out.startswith("checked 2, new 1, failed 1")

    server.routes["/gone"] = reply(RSS)
    assert check_all(home)["gone"]["polled"] is False
    assert check_all(home, "--apply")["gone"]["polled"] is True
    assert logged(home) == [
        "command line: sources 2 off: gone, page; 0 on: -", "command line: sources 0 off: -; 1 on: gone",
    ]  # fmt: skip

    new_address = f"{base}/rss.xml"
    write_sources(
        home, base, "works", "gone", "page", "away", change=lambda t: t.replace(f"{base}/page", new_address)
    )
    assert monitor("init", home=home).code == 0
    assert polled(home)["page"] == (True, "")  # what the check said was about another address


def test_a_check_that_reaches_nothing_keeps_nothing(home: Path) -> None:
    said = monitor("sources", "check", "--all", "--apply", home=home)
    assert (said.code, said.out) == (3, "")
    assert "our own connection" in said.err
    assert all(enabled for enabled, _ in polled(home).values())


def test_discovery_prints_rows_to_paste_and_changes_nothing(
    server: "RawServer", base: str, home: Path
) -> None:
    server.routes |= {
        "/": reply(b'<html><link rel="alternate" type="application/rss+xml" href="/works"></html>'),
        "/works": reply(RSS),
    }
    said = monitor("sources", "discover", f"{base}/", home=home)
    proposed = said.out[said.out.index("[[source.feed]]") :]
    assert said.code == 0
    assert proposed == (
        "[[source.feed]]  # rss by page: 1 entries, newest 2026-11-15\n"
        f'url = "{base}/works"\nkind = "rss"\nevidence = "probed"\n\n'
    )
    assert monitor("sources", "discover", "http://10.0.0.8/", home=home).code == 1


def test_an_opml_list_is_proposed_and_never_written_over_or_loaded(tmp_path: Path) -> None:
    said = monitor("sources", "export", "--out", tmp_path / "all.opml")
    assert (said.code, said.err) == (0, "")
    said = monitor("sources", "import", tmp_path / "all.opml")
    assert (said.code, said.out) == (0, "")
    assert "0 new, " in said.err.splitlines()[-1]
    lines = (
        '<opml><body>\n<outline text="A" xmlUrl="http://a.example/"/>\n<outline xmlUrl="b"/></body></opml>'
    )
    (tmp_path / "new.opml").write_text(lines)
    said = monitor("sources", "import", tmp_path / "new.opml", "--out", tmp_path / "new.toml")
    assert said.code == 1
    assert said.err.splitlines()[0].startswith(f"{tmp_path / 'new.opml'}:3: ")
    assert 'url = "http://a.example/"' in (tmp_path / "new.toml").read_text()
    again = monitor("sources", "import", tmp_path / "new.opml", "--out", tmp_path / "new.toml")
    assert (again.code, again.err.splitlines()[-1]) == (
        3,
        f"monitor: {tmp_path / 'new.toml'}: cannot be written: File exists",
    )
