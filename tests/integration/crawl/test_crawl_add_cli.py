"""`monitor sources add` over real sockets: what is checked, written and refused."""

import json
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from monitor.core.shipped import config_dir
from tests.command import Said, monitor
from tests.crawl_home import reply

if TYPE_CHECKING:
    from conftest import RawServer

RSS = (
    b'<rss version="2.0"><channel><title>t</title><link>x</link>'
    b"<item><title>A</title><link>/a</link><pubDate>Sun, 15 Nov 2026 10:00:00 +0300</pubDate></item>"
    b"</channel></rss>"
)
PAGE = '<html><body><ul><li class="n"><a href="/a">Новость</a></li></ul></body></html>'.encode()
ANSWERS = {
    "--name": "Ударны «фронт»",
    "--kind": "district_paper",
    "--region": "Могилёвская область",
    "--language": "be",
}


@pytest.fixture
def base(server: "RawServer", base: str) -> str:
    server.routes |= {"/feed": reply(RSS), "/news": reply(PAGE), "/gone": reply(b"", "404 Not Found")}
    return base


@pytest.fixture
def home(tmp_path: Path, base: str) -> Path:
    one = tmp_path / "home"
    shutil.copytree(config_dir(), one / "config")
    for path in (one / "config" / "sources").glob("[!b]*.toml"):
        path.unlink()
    return one


def add(home: Path, url: str, *more: str, **changes: str) -> Said:
    answers = {**ANSWERS, **{f"--{key.replace('_', '-')}": value for key, value in changes.items()}}
    words = [word for pair in answers.items() for word in pair]
    return monitor("sources", "add", url, *words, "--id", "by-shklov-front", *more, home=home)


def files(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (home / "config" / "sources").iterdir()}


def row(home: Path) -> dict[str, Any]:
    text = (home / "config" / "sources" / "by.toml").read_text("utf-8")
    return tomllib.loads(text)["source"][-1]


def test_a_checked_source_is_appended_and_everything_else_stays(home: Path, base: str) -> None:
    before = files(home)
    said = add(home, f"{base}/feed", district="by-district-shklov", notes="found by hand")
    assert said.code == 0, said.err
    after = files(home)
    assert {name for name in after if after[name] != before.get(name)} == {"by.toml"}
    assert after["by.toml"].startswith(before["by.toml"].rstrip(b"\n"))  # with every comment
    found = row(home)
    assert (found["id"], found["name"], found["name_en"]) == ("by-shklov-front", *["Ударны «фронт»"] * 2)
    assert (found["region"], found["zone"], found["site"]) == (
        "by-mogilev-region",
        "Europe/Minsk",
        f"{base}/",
    )
    assert found["feed"] == [{"url": f"{base}/feed", "kind": "rss", "evidence": "probed"}]
    assert "1 entries" in said.err
    assert monitor("init", home=home).code == 0
    listed = json.loads(monitor("sources", "list", "--json", home=home).out)
    (ours,) = [one for one in listed if one["id"] == "by-shklov-front"]
    assert (ours["enabled"], ours["troubles"]) == (True, [])


def test_a_list_page_is_read_by_the_rules_that_are_given(home: Path, base: str) -> None:
    rules = ("--feed-kind", "html_list", "--rule", "item=li.n", "--rule", "link=a")
    assert add(home, f"{base}/news", *rules).code == 0
    assert row(home)["feed"][0]["rules"] == {"item": "li.n", "link": "a"}
    before = files(home)
    wrong = ("--feed-kind", "html_list", "--rule", "item=li.other", "--rule", "link=a")
    said = add(home, f"{base}/news?2", *wrong)
    assert (said.code, files(home)) == (1, before)


def test_a_dry_run_prints_the_row_and_writes_nothing(home: Path, base: str) -> None:
    before = files(home)
    said = add(home, f"{base}/feed", "--dry-run")
    assert (said.code, files(home)) == (0, before)
    assert tomllib.loads(said.out)["source"][0]["id"] == "by-shklov-front"


@pytest.mark.parametrize(
    ("path", "changes", "code", "told"),
    [
        ("/gone", {}, 1, "http_4xx"),
        ("/feed", {"kind": "tabloid"}, 1, "kind 'tabloid' is not one of"),
        ("/feed", {"region": "Атлантида"}, 2, "no region is called"),
        ("/feed", {"zone": "Minsk"}, 2, "no IANA time zone"),
        ("/feed", {"rule": "item"}, 2, "is not one of item="),
    ],
)
def test_a_bad_source_is_refused_with_the_reason_and_nothing_is_written(
    home: Path, base: str, path: str, changes: dict[str, str], code: int, told: str
) -> None:
    before = files(home)
    said = add(home, base + path, **changes)
    assert (said.code, files(home)) == (code, before)
    assert told in said.err


def test_an_outlet_can_be_listed_without_being_polled(home: Path, base: str) -> None:
    assert add(home, f"{base}/gone", why_not="no feed yet").code == 0
    found = row(home)
    assert (found["enabled"], found["why_not"], found["feed"][0]["evidence"]) == (
        False,
        "no feed yet",
        "unknown",
    )


def test_a_restricted_outlet_is_only_counted(home: Path, base: str) -> None:
    with (home / "config" / "restricted.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[restricted]]\ntitle = "Ударны «фронт»"\nsince = 2024-01-01\nwhy = "a test"\n')
    before = files(home)
    said = add(home, f"{base}/feed")
    assert (said.code, "restricted.toml" in said.err, files(home)) == (1, True, before)
    assert add(home, f"{base}/feed", show="count_only").code == 0


def test_without_a_home_the_command_says_what_to_do(tmp_path: Path, base: str) -> None:
    said = add(tmp_path / "nowhere", f"{base}/feed")
    assert (said.code, "monitor init" in said.err) == (2, True)
