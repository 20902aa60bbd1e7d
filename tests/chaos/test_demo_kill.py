"""SIGKILL from outside at seeded random times: the demo goes on and ends with the same database."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.core.db import Db

pytestmark = pytest.mark.slow

KILLS = 10
SEED = 20261116
# Apart from run rows (a killed run stays open, the next one has another id) everything must be equal.
# Marks of changed days have no order.
APART = {"runs", "count_marks"}
# A mail whose delivery was cut off is sent once more under the same Message-ID (setting of the demo).
APART_COLUMNS = {("outbox", "attempts")}


def start(out: Path) -> subprocess.Popen[bytes]:
    words = ["--out", str(out), "--outlets", "3", "--items", "30", "--model", "ngram", "--json"]
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", "demo", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(out: Path) -> dict[str, object]:
    process = start(out)
    said, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()
    told: dict[str, object] = json.loads(said)
    return told


def content(out: Path) -> dict[str, list[dict[str, object]]]:
    db = Db(f"sqlite:///{out / 'monitor.sqlite'}")
    tables = sa.MetaData()
    tables.reflect(db.engine)
    found = {}
    with db.begin() as tx:
        for table in tables.sorted_tables:
            if table.name not in APART:
                kept = [c for c in table.columns if (table.name, c.name) not in APART_COLUMNS]
                rows = tx.execute(sa.select(*kept).order_by(*table.primary_key.columns)).mappings()
                found[table.name] = [dict(row) for row in rows]
    db.close()
    return found


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[dict[str, list[dict[str, object]]], float, float]:
    """Content of a run that nobody disturbed, seconds until its work began and until its end."""
    out = tmp_path_factory.mktemp("undisturbed") / "demo"
    began = time.monotonic()
    told = finish(out)
    whole = time.monotonic() - began
    seconds = told["seconds"]
    assert isinstance(seconds, dict)
    work = sum(seconds.values()) - seconds["train"]
    return content(out), whole - work, whole


def test_the_undisturbed_run_did_real_work(undisturbed: tuple[dict[str, list[object]], float, float]) -> None:
    tables = undisturbed[0]
    assert len(tables["articles"]) == 30
    assert len(tables["links"]) >= 3
    assert {row["state"] for row in tables["outbox"]} == {"sent"}  # type: ignore[index]


@pytest.mark.parametrize("n", range(KILLS))
def test_killed_at_a_random_time_it_ends_with_the_same_database(
    n: int, undisturbed: tuple[dict[str, list[dict[str, object]]], float, float], tmp_path: Path
) -> None:
    expected, began, ended = undisturbed
    moment = random.Random(f"{SEED}-{n}").uniform(began, ended)
    out = tmp_path / "demo"
    process = start(out)
    try:
        process.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    told = finish(out)
    print(f"killed after {moment:.2f} s; went on with day {told['first_day']}")
    found = content(out)
    assert found.keys() == expected.keys()
    for table, rows in expected.items():
        assert found[table] == rows, f"{table} differs after a kill at {moment:.2f} s"
    assert len(list((out / "mail" / "new").glob("*.eml"))) in (1, 2)
