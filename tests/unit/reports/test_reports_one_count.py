"""Every registered format, and the terminal, say the numbers of the gap table: they are read back, compared.

A new format is not tested by chance: without a reader here the first test fails.
"""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from rich.console import Console

from monitor.cli.commands.gaps import rows_table
from monitor.gaps.types import GapRow
from monitor.reports.formats import FORMATS
from monitor.reports.types import Report
from tests.make_reports import mogilev_report, mogilev_table
from tests.read_reports import Shown, csv_rows, feed_items, gaps_in_html, gaps_in_text, sheet_rows

Numbers = Mapping[str, Any]  # name of a number -> what the format says


def of_shown(shown: list[Shown]) -> dict[str, Numbers]:
    return {
        s.family: {
            "originals": s.originals, "norm": s.norm, "observed": s.observed, "scope": s.scope,
            "weeks": s.weeks,
        }
        for s in shown
    }  # fmt: skip


def of_csv(content: bytes) -> dict[str, Numbers]:
    return {
        row["family"]: {
            "originals": int(row["originals"]), "articles": int(row["articles"]), "norm": int(row["norm"]),
            "translations": int(row["translations"]),
            "observed": int(row["sources_observed"]), "scope": int(row["sources_in_scope"]),
            "p_gap": float(row["p_gap"]), "lo": int(row["lo"]), "hi": int(row["hi"]),
            "exposure": float(row["exposure_weeks"]), "recall": float(row["recall"]), "state": row["state"],
        }
        for row in csv_rows(content)
    }  # fmt: skip


def of_json(content: bytes) -> dict[str, Numbers]:
    return {
        row["family"]: {
            "originals": row["counted"]["originals"], "articles": row["counted"]["articles"],
            "translations": len(row["counted"]["translations"]),
            "norm": row["watched"]["norm"], "observed": row["watched"]["sources_observed"],
            "scope": row["watched"]["sources_in_scope"], "p_gap": row["certainty"]["p_gap"],
            "lo": row["certainty"]["lo"], "hi": row["certainty"]["hi"],
            "exposure": row["watched"]["exposure_weeks"], "recall": row["certainty"]["recall"],
            "state": row["state"],
        }
        for row in json.loads(content)["report"]["rows"]
    }  # fmt: skip


def of_sheet(content: bytes) -> dict[str, Numbers]:
    return {
        row["Номер"]: {
            "originals": row["Найдено материалов"],
            "articles": row["Статей с перепечатками и переводами"], "translations": row["Из них переводов"],
            "norm": row["Норма"], "p_gap": row["Вероятность пробела"], "lo": row["не меньше (95\u00a0%)"],
            "hi": row["не больше (95\u00a0%)"], "exposure": row["Недель полного чтения"],
        }
        for row in sheet_rows(content, "Пробелы")
        if row["Номер"]
    }  # fmt: skip


def of_feed(content: bytes) -> dict[str, Numbers]:
    told: dict[str, Numbers] = {}
    for item in feed_items(content)[1]:
        text = item.description.replace("<br>", " ")
        told |= of_shown(gaps_in_text(f"{item.family} {text}".encode()))
    return told


READERS: dict[str, Callable[[bytes], dict[str, Numbers]]] = {
    "html": lambda content: of_shown(gaps_in_html(content)),
    "text": lambda content: of_shown(gaps_in_text(content)),
    "xlsx": of_sheet,
    "csv": of_csv,
    "json": of_json,
    "rss": of_feed,
}


def counted(row: GapRow) -> Numbers:
    """The numbers of a row as the counting function and the model gave them."""
    return {
        "originals": row.counts.originals,
        "articles": row.counts.articles,
        "translations": len(row.counts.translation_ids),
        "norm": row.norm,
        "observed": row.reasons.sources_observed,
        "scope": row.reasons.sources_in_scope,
        "weeks": round(row.reasons.weeks),
        "p_gap": row.posterior.p_below_norm,
        "lo": row.posterior.lo,
        "hi": row.posterior.hi,
        "exposure": row.exposure,
        "recall": row.recall,
        "state": row.state.value,
    }


@pytest.fixture(scope="module")
def report() -> Report:
    return mogilev_report()


def test_every_registered_format_has_a_reader_here() -> None:
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_says_the_numbers_of_the_table(name: str, report: Report) -> None:
    rows = {row.family: counted(row) for row in mogilev_table().rows}
    told = READERS[name](FORMATS[name].render(report))
    assert len(told) >= 10
    for family, numbers in told.items():
        expected = {key: rows[family][key] for key in numbers}  # type: ignore[index]
        assert numbers == pytest.approx(expected, abs=1e-9), family


def test_the_terminal_says_the_numbers_of_the_table() -> None:
    table = mogilev_table()
    console = Console(file=io.StringIO(), width=200)
    console.print(rows_table(table.rows, {row.members[0]: "" for row in table.rows}))
    told = {}
    for line in console.file.getvalue().splitlines()[1:]:  # type: ignore[attr-defined]
        state, p_gap, found, likely, norm, seen, family = line.split()
        told[family] = (state, p_gap, int(found), likely, int(norm), *map(float, seen.split("/")))
    assert told == {
        row.family: (
            row.state.value,
            f"{row.posterior.p_below_norm:.2f}",
            row.counts.originals,
            f"{row.posterior.lo}-{row.posterior.hi}",
            row.norm,
            round(row.exposure, 1),
            round(row.reasons.weeks, 1),
        )
        for row in table.rows
    }
    assert len(told) >= 10
