"""`monitor audit` and the outlets of `monitor gaps`, as a person calls them on a walked demo."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

from monitor.cli.commands.gaps import recall_line
from monitor.core.ids import Week
from monitor.gaps.said import NO_AUDIT
from tests.command import logged, monitor

WEEK = "2026-W38"  # the demo's three days lie in it


def test_a_sheet_is_drawn_filled_in_and_taken_in_once(demo_home: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "audit.csv"
    said = monitor("audit", "draw", "--week", WEEK, "--out", sheet, home=demo_home)
    assert (said.code, said.out) == (0, ""), said.err
    first = sheet.read_bytes()
    assert monitor("audit", "draw", "--week", WEEK, "--out", sheet, home=demo_home).code == 0
    assert sheet.read_bytes() == first
    rows = list(csv.DictReader(io.StringIO(first.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert 3 <= len(rows) <= 50
    rows[0] |= {"cooperation": "да", "agreements": "-"}
    rows[1] |= {"cooperation": "нет"}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    sheet.write_text(out.getvalue(), "cp1251", "xmlcharrefreplace")
    call = ("audit", "import", sheet, "--who", "Анна")
    told = monitor(*call, home=demo_home)
    n_open = len(rows) - 2
    assert told.out == f"2 answered, 0 changed, 0 unchanged, 0 corrections, {n_open} still open\n"
    assert monitor(*call, home=demo_home).out.startswith("0 answered, 0 changed, 2 unchanged")
    sheet.write_text(out.getvalue().replace("да", "maybe"), "utf-8")
    refused = monitor(*call, home=demo_home)
    assert (refused.code, refused.out) == (1, "")
    assert "row 2: cooperation 'maybe' is neither yes nor no" in refused.err
    assert logged(demo_home) == [
        f"command line: audit {n} answered, 0 changed, 0 corrections (Анна)" for n in (2, 0)
    ]


def test_what_outlets_never_wrote_on_is_listed_and_an_older_table_kept(demo_home: Path) -> None:
    said = monitor("gaps", "--week", WEEK, "--outlets", "--keep", "--json", home=demo_home)
    assert said.code == 0, said.err
    outlets = json.loads(said.out)
    assert len(outlets) >= 1
    assert all(not outlet["is_telling"] for outlet in outlets)  # three days say nothing of anybody's silence
    shown = monitor("gaps", "--week", WEEK, "--outlets", home=demo_home)
    assert "not watched well enough to tell" in shown.out


def test_below_the_table_stands_what_its_recall_is_known_from() -> None:
    audited = replace(NO_AUDIT, assumed=False, texts=50, last_week=Week("2026-W38"))
    assert recall_line(audited) == "recall by an audit of 50 texts, the last of them of 2026-W38"
    assert recall_line(replace(audited, assumed=True)).startswith("recall is assumed: no audit tells yet")
