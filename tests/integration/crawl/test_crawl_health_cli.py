"""What a crawl over real sockets leaves for the operator: classes of trouble, since when, and mistrust."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.command import monitor
from tests.crawl_home import home_with, write_sources

if TYPE_CHECKING:
    from conftest import RawServer, Seen


def reply(status: str, body: str = "", *headers: str) -> bytes:
    head = "".join(f"{line}\r\n" for line in (*headers, f"Content-Length: {len(body.encode())}"))
    return f"HTTP/1.1 {status}\r\n{head}Connection: close\r\n\r\n{body}".encode()


def rss(*names: str) -> str:
    items = "".join(f"<item><title>{name}</title><link>/{name}.html</link></item>" for name in names)
    return f'<rss version="2.0"><channel><title>t</title><link>x</link>{items}</channel></rss>'


@pytest.fixture
def home(tmp_path: Path, base: str) -> Path:
    return home_with(tmp_path / "home", base, "gone", "liar", "shut", "well")


def test_doctor_and_the_list_tell_what_is_wrong_with_which_source(server: "RawServer", home: Path) -> None:
    def liar(_seen: "Seen") -> bytes:  # ignores every condition and never changes its mark
        names = ["a", "b"] if server.asked("/liar") == 1 else ["a", "b", "c"]
        return reply("200 OK", rss(*names), 'ETag: "same"')

    server.routes |= {"/liar": liar, "/shut": reply("403 Forbidden"), "/well": reply("200 OK", rss("w"))}
    monitor("crawl", "--all", home=home)
    assert "new 1" in monitor("crawl", "--source", "liar", home=home).out
    said = monitor("doctor", "--quiet", home=home).out.splitlines()
    told = [line.removeprefix("warn ") for line in said if "source" in line or line.split()[1].endswith(":")]
    assert "4xx: 1 source" in told
    assert "blocked from here: 1 source" in told
    assert any(line.startswith("gone: http_4xx since ") and "(4xx; never read)" in line for line in told)
    assert any(line.startswith("shut: blocked since ") for line in told)
    listed = {
        one["id"]: one["troubles"] for one in json.loads(monitor("sources", "list", "--json", home=home).out)
    }
    found = {name: [trouble["what"] for trouble in troubles] for name, troubles in listed.items()}
    # all three pages of the liar are 404
    assert found == {"gone": ["http_4xx"], "liar": ["no_text"], "shut": ["blocked"], "well": []}


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # one has another day than UTC
def test_since_when_is_told_by_the_newsrooms_day(
    home: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("MONITOR_NEWSROOM__ZONE", zone)
    days = {datetime.now(ZoneInfo(zone)).date()}
    monitor("crawl", "--source", "gone", home=home)
    days.add(datetime.now(ZoneInfo(zone)).date())  # midnight may have passed
    since = {f"since {day} (4xx" for day in days}
    for words in (("doctor", "--quiet"), ("sources", "list")):
        (line,) = [
            one for one in monitor(*words, home=home).out.splitlines() if "since" in one and "4xx" in one
        ]
        assert any(day in line for day in since), line


def test_what_was_edited_and_not_taken_over_is_told(tmp_path: Path, base: str) -> None:
    home = home_with(tmp_path / "home", base, "one")
    write_sources(home, base, "one", "two")
    asked = monitor("crawl", "--source", "two", home=home)
    assert (asked.code, asked.out) == (2, "")
    assert asked.err == "monitor: two was edited in config/sources: `monitor init` takes it over\n"
    told = monitor("doctor", home=home).out
    assert "warn config/sources was edited since it was taken over (1: two); until `monitor init`" in told
    assert monitor("init", home=home).code == 0
    assert "was edited since" not in monitor("doctor", home=home).out
