"""A walked demo through the command line: what it holds, starting it again, what must not happen to it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.demo.walk import Walked
from tests.command import monitor
from tests.integration.cli.conftest import PLAN

WORDS = [
    "--days", str(PLAN.days), "--outlets", str(PLAN.outlets), "--items", str(PLAN.items),
    "--model", PLAN.model, "--json",
]  # fmt: skip


def rows(home: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "monitor.sqlite")) as db:
        return db.execute(query).fetchall()


def test_three_days_are_crawled_tagged_linked_and_mailed(walked: Walked) -> None:
    assert walked.first_day == 1
    assert walked.counts["crawl.poll"]["checked"] == PLAN.days * 3
    n = walked.counts["crawl.pages"]["ready"]
    assert n == walked.counts["articles.tag"]["tagged"] >= 5
    assert [mail.suffix for mail in walked.mails] == [".eml"]
    assert rows(walked.home.root, "SELECT count(*) FROM articles WHERE state = 'ready'") == [(n,)]
    assert walked.counts["articles.index"] == {"indexed": n}
    assert rows(walked.home.root, "SELECT DISTINCT ending FROM runs") == [("done",)]


def test_a_finished_demo_started_again_does_nothing_twice(demo_home: Path, walked: Walked) -> None:
    before = rows(demo_home, "SELECT id, url, state FROM articles ORDER BY id")
    said = monitor("demo", "--out", demo_home, *WORDS)
    assert (said.code, said.err) == (0, "")
    told = json.loads(said.out)
    assert (told["first_day"], told["week"]) == (PLAN.days + 1, walked.week)
    assert told["counts"]["reports.send"] == {}
    assert len(told["mails"]) == 1
    assert rows(demo_home, "SELECT id, url, state FROM articles ORDER BY id") == before


def test_a_demo_that_is_over_is_asked_for_its_own_last_week(demo_home: Path, walked: Walked) -> None:
    """Whenever that is: its press prints nothing any more, and no letter of a later week is missing."""
    said = monitor("--home", demo_home, "gaps", "--json")
    assert json.loads(said.out)["week"] == walked.week
    assert "is not made yet" not in monitor("--home", demo_home, "doctor").out


def test_the_demo_never_reaches_the_database_or_mail_server_of_the_environment(
    demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATABASE__URL", f"sqlite:///{tmp_path / 'real.sqlite'}")
    monkeypatch.setenv("MONITOR_MAIL__HOST", "mail.paper.example")
    monkeypatch.setenv("MONITOR_NEWSROOM__DEMO", "false")
    with closing(sqlite3.connect(demo_home / "monitor.sqlite")) as db, db:
        db.execute("DELETE FROM outbox")  # so that a mail is sent
        db.execute("DELETE FROM reports")
    said = monitor("demo", "--out", demo_home, *WORDS)
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out)["counts"]["reports.send"] == {"sent": 1}
    assert not (tmp_path / "real.sqlite").exists()


def test_a_folder_or_file_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("mine")
    for name in ("mine", "mine/letter"):
        said = monitor("demo", "--out", tmp_path / name, *WORDS)
        assert (said.code, said.out) == (2, "")
        assert "choose another" in said.err
    assert (tmp_path / "mine" / "letter").read_text() == "mine"


def test_a_demo_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    said = monitor("demo", "--out", tmp_path / "file" / "demo", *WORDS)
    assert (said.code, said.out) == (3, "")
    assert "cannot be written" in said.err


def test_an_unknown_model_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    said = monitor("demo", "--out", tmp_path / "demo", "--model", "magic")
    assert (said.code, said.out) == (2, "")
    assert "magic" in said.err
    assert not (tmp_path / "demo").exists()


def test_a_home_that_is_named_is_where_the_demo_goes_and_one_of_the_environment_is_not(
    demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONITOR_HOME", str(tmp_path / "newsroom"))
    said = monitor("demo", *WORDS, home=demo_home)
    assert (said.code, json.loads(said.out)["home"]) == (0, str(demo_home))
    (tmp_path / "demo-out").write_text("in the way", "utf-8")
    assert "demo-out" in monitor("demo", *WORDS).err
    assert not (tmp_path / "newsroom").exists()


def test_what_was_done_is_not_due_again(demo_home: Path) -> None:
    for command in ("tag", "link"):
        said = monitor(command, home=demo_home)
        assert (said.code, said.out, said.err) == (0, "nothing was due\n", "")


def test_the_gap_table_is_the_same_for_people_and_machines(demo_home: Path, walked: Walked) -> None:
    whole = json.loads(monitor("gaps", "--week", walked.week, "--json", home=demo_home).out)
    assert {row["state"] for row in whole["rows"]} == {"not_due", "unmeasured"}  # three days tell nothing yet
    not_due = [row["family"] for row in whole["rows"] if row["state"] == "not_due"]
    asked = ["gaps", "--week", walked.week, "--state", "not_due"]
    some = json.loads(monitor(*asked, "--json", home=demo_home).out)
    assert [row["family"] for row in some["rows"]] == not_due
    shown = monitor(*asked, home=demo_home)
    assert shown.code == 0
    assert f"{len(not_due)} families: {len(not_due)} not due" in shown.out
    assert "recall is assumed: no audit tells yet what is missed" in " ".join(shown.out.split())


def test_a_preview_is_written_whole_or_its_folder_named(demo_home: Path, walked: Walked) -> None:
    Path("file").write_text("mine")
    asked = ["report", "preview", "--region", "Могилёвская", "--week", walked.week]
    refused = monitor(*asked, "--out", "file", home=demo_home)
    assert (refused.code, refused.out) == (3, "")
    assert refused.err.startswith("monitor: file: cannot be written: ")
    done = monitor(*asked, "--out", "new/folder", home=demo_home)
    names = [Path(line).name for line in done.out.splitlines()]
    assert sorted(path.name for path in Path("new/folder").iterdir()) == sorted(names)
    stem = f"{walked.week}-by-mogilev-region-ru"
    assert {f"{stem}.html", f"{stem}.txt", f"{stem}.xlsx", f"{stem}.view.html"} <= set(names)
    assert Path("file").read_text() == "mine"


def test_mail_waits_when_the_server_is_gone_and_the_exit_code_says_so(
    demo_home: Path, walked: Walked
) -> None:
    add = monitor("subscribers", "add", "desk@brest.example", "--region", "Брестская", home=demo_home)
    assert add.code == 0
    assert monitor("report", "build", "--week", walked.week, home=demo_home).out.endswith(
        "queued 1, reports 2\n"
    )
    sent = monitor("report", "send", home=demo_home)
    assert (sent.code, sent.out) == (3, "not sent 1\n")
    assert "smtp_not_usable" in sent.err
    again = monitor("report", "send", home=demo_home)  # it is tried again in five minutes
    assert (again.code, again.out) == (0, "nothing was due\n")
    states = rows(demo_home, "SELECT state FROM outbox ORDER BY id")
    assert states == [("sent",), ("queued",)]
