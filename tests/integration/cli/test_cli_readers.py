"""Readers on the command line: asked before they are subscribed, told what was lost, served pages."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from monitor.core.db import Db
from tests.command import logged, monitor
from tests.make import list_notices


def told(home: Path) -> list[str]:
    """Text of every notice that waits."""
    db = Db(f"sqlite:///{home / 'monitor.sqlite'}")
    with db.begin() as tx:
        found = [notice.text for notice in list_notices(tx)]
    db.close()
    return found


def test_with_a_public_address_who_is_added_is_asked_first(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_REPORTS__PUBLIC_URL", "https://monitor.example/press/")
    words = ("subscribers", "add", "desk@paper.example", "--region", "Mogilev", "--topic", "trade")
    said = monitor(*words, home=home)
    assert (said.code, said.out) == (
        0,
        "desk@paper.example: by-mogilev-region, ru: asked to confirm; `monitor report send` sends the mail\n",
    )  # fmt: skip
    (text,) = told(home)
    link = next(word for word in text.split() if word.startswith("https://"))
    assert urlsplit(link).path.startswith("/press/confirm/confirm.")
    assert monitor("subscribers", "list", home=home).out == "0 subscriptions\n"
    everybody = json.loads(monitor("subscribers", "list", "--all", "--json", home=home).out)
    assert [(one["email"], one["active"], one["topics"]) for one in everybody] == [
        ("desk@paper.example", False, ["trade"])
    ]
    vouched = monitor(*words, "--confirmed", home=home)
    assert vouched.out == "desk@paper.example: by-mogilev-region, ru\n"
    assert monitor(*words, home=home).out.endswith("subscribed already\n")
    assert "only trade" in monitor("subscribers", "list", home=home).out
    assert monitor("subscribers", "remove", "desk@paper.example", home=home).code == 0
    assert logged(home) == [
        f"command line: subscriber 1: {what}"
        for what in ("asked to confirm", "by-mogilev-region, ru", "ended")
    ]


def test_without_a_public_address_nobody_can_be_asked(home: Path) -> None:
    said = monitor("subscribers", "add", "a@paper.example", "--region", "Brest", "--ask", home=home)
    assert (said.code, said.out) == (2, "")
    assert "reports.public_url is not set" in said.err


@pytest.mark.parametrize("place", ["Georgia", "Minsk"])
def test_a_place_without_a_report_is_refused_with_those_that_have_one(home: Path, place: str) -> None:
    said = monitor("subscribers", "add", "a@p.example", "--region", place, home=home)
    assert (said.code, said.out) == (2, "")
    assert "only on by-brest-region, by-gomel-region" in said.err


def test_an_unknown_topic_is_refused(home: Path) -> None:
    said = monitor("subscribers", "add", "a@p.example", "--region", "Brest", "--topic", "x", home=home)
    assert (said.code, "no topic is called 'x'" in said.err) == (2, True)


def test_init_makes_a_key_for_its_owner_only(home: Path) -> None:
    assert stat.S_IMODE((home / "web.key").stat().st_mode) == 0o600


def test_a_named_story_is_followed_and_kept(demo_home: Path) -> None:
    db = Db(f"sqlite:///{demo_home / 'monitor.sqlite'}")
    with db.begin() as tx:
        url = (
            tx.exec_driver_sql("SELECT url FROM articles WHERE state = 'ready' ORDER BY id").scalars().first()
        )
    db.close()
    known = json.loads(monitor("missed", str(url), "--json", home=demo_home).out)
    assert known["stage"] in ("tag", "link", "nowhere")
    assert known["article_id"] is not None
    strange = monitor("missed", "https://nobody.example/1", "--lang", "be", "--who", "desk", home=demo_home)
    assert strange.out.splitlines()[0].startswith("Такога адраса няма ні ў адной вядомай нам крыніцы")
    printed = monitor("missed", "--print-only", "Новь, 3 ноября, с. 2", home=demo_home)
    assert printed.out.splitlines()[0].startswith("It appeared in print only")
    listed = json.loads(monitor("missed", "--list", "--json", home=demo_home).out)
    assert listed["floor"]["print"] == listed["floor"]["outlet"] == 1
    assert [one["who"] for one in listed["missed"]] == ["operator", "desk", "operator"]
    assert "That is the least that we miss" in monitor("missed", "--list", home=demo_home).out
    assert logged(demo_home) == [
        f"command line: missed {what}" for what in (url, "https://nobody.example/1", "Новь, 3 ноября, с. 2")
    ]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "either the address"), (("https://a.example/", "--print-only", "x"), "either the address"),
        (("javascript:alert(1)",), "is no address"), (("https://a.example/", "--lang", "xx"), "--lang 'xx'"),
        (("https://a.example/", "--agreement", "AGR-9999"), "no monitored agreement"),
        (("https://a.example/", "--who", " "), "needs the name"),
        (("--print-only", "x", "--who", "x" * 121), "needs the name"),
    ],
)  # fmt: skip
def test_what_names_no_story_is_refused(home: Path, words: tuple[str, ...], why: str) -> None:
    said = monitor("missed", *words, home=home)
    assert (said.code, said.out, why in said.err) == (2, "", True)


@pytest.fixture
def port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def test_serve_answers_on_loopback_and_ends_when_it_is_asked_to(home: Path, port: int) -> None:
    words = [sys.executable, "-m", "monitor", "--home", str(home), "serve", "--port", str(port)]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)
    ) as serving:
        page = _when_there(f"http://127.0.0.1:{port}/", serving)
        assert "Монитор публикаций" in page.text
        assert httpx2.get(f"http://127.0.0.1:{port}/proof/secret-token").status_code == 403
        stranger = httpx2.get(f"http://127.0.0.1:{port}/", headers={"host": "evil.example"})
        assert stranger.status_code == 421
        serving.send_signal(signal.SIGTERM)
        out, err = serving.communicate(timeout=20)
    assert serving.returncode == -signal.SIGTERM  # so that systemd takes it for a clean end
    assert f"serving http://127.0.0.1:{port}/" in out.decode()
    assert b"secret-token" not in out + err
    assert b"reports.public_url is empty" in err


def _when_there(url: str, serving: "subprocess.Popen[bytes]") -> httpx2.Response:
    for _ in range(600):
        assert serving.poll() is None, serving.communicate()
        try:
            return httpx2.get(url, headers={"accept-language": "ru"})
        except httpx2.ConnectError:
            time.sleep(0.1)
    raise AssertionError("it does not answer")


def test_serve_says_that_its_port_is_taken(home: Path, port: int) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", port))
        held.listen()
        said = monitor("serve", "--port", str(port), home=home)
    assert said.code == 3
    assert f"127.0.0.1:{port} cannot be listened on" in said.err
