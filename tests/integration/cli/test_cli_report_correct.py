"""`monitor report correct`: whoever got a wrong report gets its correction, with chosen topics too."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor.core.db import canonical_json
from monitor.demo.walk import Walked
from monitor.reports.facts import doc_hash
from tests.command import monitor

REGION, TOPIC = "by-mogilev-region", "regional_ties"


@pytest.fixture(scope="module")
def prepared(walked: Walked, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home whose readers, one of them of one topic, were told of stories that are not there."""
    home = Path(shutil.copytree(walked.home.root, tmp_path_factory.mktemp("misled") / "demo"))
    for name, topics in (("whole", []), ("cut", ["--topic", TOPIC])):
        said = monitor("subscribers", "add", f"{name}@paper.example", "--region", REGION, *topics, home=home)
        assert said.code == 0, said.err
    week = _rows(home, "SELECT max(week) FROM reports")[0][0]
    said = monitor("report", "build", "--week", week, home=home)
    assert said.code == 0, said.err
    with closing(sqlite3.connect(home / "monitor.sqlite")) as db, db:
        for report, text in db.execute("SELECT id, facts FROM reports").fetchall():
            doc = _told_wrongly(json.loads(text))
            db.execute(
                "UPDATE reports SET facts = ?, facts_hash = ? WHERE id = ?",
                (canonical_json(doc), doc_hash(doc), report),
            )
        db.execute("UPDATE outbox SET state = 'sent', attempts = 1")
    return home, week


@pytest.fixture
def misled(prepared: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    """The same for a test that corrects."""
    home, week = prepared
    return Path(shutil.copytree(home, tmp_path / "demo")), week


def _told_wrongly(doc: dict[str, Any]) -> dict[str, Any]:
    row = next(row for row in doc["rows"] if TOPIC in row["topics"])
    row["counted"]["originals"] += 7
    return doc


def _rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home / "monitor.sqlite")) as db:
        return db.execute(query).fetchall()


def _queued(home: Path) -> list[tuple[str, str]]:
    """Address and report of what waits."""
    found = _rows(
        home,
        "SELECT s.email, o.report_id FROM outbox o JOIN subscribers s ON s.id = o.subscriber_id "
        "WHERE o.state = 'queued' ORDER BY 1",
    )
    return [(str(email), str(report)) for email, report in found]


def test_every_choice_of_topics_that_was_sent_is_corrected_once(misled: tuple[Path, str]) -> None:
    home, week = misled
    said = monitor("report", "correct", "--week", week, "--region", REGION, "--why", "Ошибка", home=home)
    assert said.code == 0, said.err
    whole, cut = f"{week}-{REGION}-ru-c1", _cut(home, week)
    assert said.out.splitlines()[:2] == [f"{whole}: 1 agreements corrected", f"{cut}: 1 agreements corrected"]
    waiting = dict(_queued(home))
    assert (waiting["whole@paper.example"], waiting["cut@paper.example"]) == (whole, cut)
    again = monitor("report", "correct", "--week", week, "--region", REGION, home=home)
    assert (again.code, "was not sent yet" in again.err) == (2, True)
    assert dict(_queued(home)) == waiting


def test_only_the_choice_that_is_named_is_corrected(misled: tuple[Path, str]) -> None:
    home, week = misled
    said = monitor("report", "correct", "--week", week, "--region", REGION, "--topic", TOPIC, home=home)
    assert said.code == 0, said.err
    assert _queued(home) == [("cut@paper.example", _cut(home, week))]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--topic", "knitting"), "no topic is called 'knitting'"),
        (("--topic", "sport_youth"), "is kept: there is nothing to correct"),
        (("--lang", "be"), "was sent for"),
    ],
)
def test_what_was_never_sent_cannot_be_corrected(
    prepared: tuple[Path, str], words: tuple[str, str], why: str
) -> None:
    home, week = prepared
    said = monitor("report", "correct", "--week", week, "--region", REGION, *words, home=home)
    assert (said.code, why in said.err) == (2, True), said.err
    assert _queued(home) == []


def _cut(home: Path, week: str) -> str:
    """Id of the correction of the report cut to one topic."""
    ids = [row[0] for row in _rows(home, "SELECT id FROM reports")]
    return next(
        f"{one}-c1" for one in ids if one.startswith(f"{week}-{REGION}-ru-t") and "-c" not in one[-3:]
    )
