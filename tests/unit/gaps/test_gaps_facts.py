"""The model alone on folders of facts: the form of the answer, edge cases, refusals."""

from pathlib import Path
from typing import Any

import pytest

from monitor.core.errors import InputError
from monitor.gaps.facts import facts_json

AGREEMENTS = "id,family,level,kind,partner_country,scope,stratum,norm,due_from,due_to\n"
SOURCES = "source,week,observed\n"
FOUND = "agreement,week,source,originals\n"
AUDIT = "stratum,linkable,linked,links_checked,links_right\n"
KEYS = [
    "id",
    "window",
    "y",
    "exposure",
    "recall",
    "mean",
    "lo",
    "hi",
    "pmf",
    "p_none",
    "p_below_norm",
    "state",
]


def weeks(source: str, observed: float = 1, first: int = 0, last: int = 51) -> str:
    return "".join(f"{source},{week},{observed}\n" for week in range(first, last + 1))


def write(
    folder: Path, agreements: str, sources: str, found: str = "", audit: str = "both,50,40,50,45\n"
) -> Path:
    for name, text in (
        ("agreements", AGREEMENTS + agreements),
        ("sources", SOURCES + sources),
        ("found", FOUND + found),
        ("audit", AUDIT + audit),
    ):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def rows(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["id"], row["window"]): row for row in facts_json(folder)["rows"]}


def test_the_answer_has_two_rows_a_family_in_file_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        "A2,F2,region,government,RU,s t,both,4,,\nA1,F1,city,other,,s,both,2,,\n",
        weeks("s") + weeks("t"),
    )
    answer = facts_json(tmp_path)
    assert [(row["id"], row["window"]) for row in answer["rows"]] == [
        ("F2", "13w"), ("F2", "52w"), ("F1", "13w"), ("F1", "52w"),
    ]  # fmt: skip
    for row in answer["rows"]:
        assert list(row) == KEYS
        assert row["state"] == "uncovered"
        assert row["pmf"][0] == row["p_none"]
        assert 0.999 <= sum(row["pmf"]) <= 1.000001
        assert (row["p_below_norm"] is None) == (row["window"] == "13w")
    assert answer["rows"][1]["exposure"] == 52.0
    assert answer["rows"][0]["exposure"] == 13.0
    assert answer["model"]["strata"]["both"]["assumed"] is False
    assert facts_json(tmp_path) == answer


def test_agreements_of_a_family_share_a_row_and_their_counts_add_up(tmp_path: Path) -> None:
    write(
        tmp_path,
        "A1,F1,region,government,RU,s,both,2,,\nA2,F1,region,government,RU,t,both,4,,\n"
        "A3,F1,region,government,RU,s,both,9,60,\n",
        weeks("s") + weeks("t"),
        "A1,3,s,2\nA2,3,t,1\nA2,50,t,1\nA1,50,t,1\nA1,7,elsewhere,5\n",
    )
    answer = facts_json(tmp_path)
    assert [row["y"] for row in answer["rows"]] == [2, 5]
    assert answer["model"]["found_outside_scope"] == 5
    # the norm of the due members: A3 is not due yet, so 4 decides
    pmf = answer["rows"][1]["pmf"]
    assert answer["rows"][1]["p_below_norm"] == pytest.approx(sum(pmf[:4]), abs=1e-4)


def test_a_family_whose_sources_were_all_out_is_unmeasured_and_says_what_is_likely(tmp_path: Path) -> None:
    write(
        tmp_path,
        "A1,F1,region,government,RU,dead never,both,4,,\nA2,F2,region,government,RU,s,both,4,,\n",
        weeks("s") + weeks("dead", 0),
    )
    found = rows(tmp_path)
    dead = found["F1", "52w"]
    assert (dead["state"], dead["exposure"], dead["y"], dead["lo"]) == ("unmeasured", 0.0, 0, 0)
    assert found["F1", "13w"]["state"] == "unmeasured"
    assert dead["hi"] > found["F2", "52w"]["hi"]


def test_a_quarter_is_unmeasured_by_its_own_exposure(tmp_path: Path) -> None:
    write(tmp_path, "A1,F1,region,government,RU,s,both,4,,\n", weeks("s", last=38) + weeks("s", 0, first=39))
    found = rows(tmp_path)
    assert found["F1", "52w"]["state"] == "uncovered"
    assert (found["F1", "13w"]["state"], found["F1", "13w"]["exposure"]) == ("unmeasured", 0.0)


@pytest.mark.parametrize(
    ("due", "state", "exposure"),
    [
        (",", "uncovered", 52.0),
        ("0,51", "uncovered", 52.0),
        (",50", "not_due", 51.0),  # expired
        ("52,", "not_due", 0.0),  # planned
        ("60,70", "not_due", 0.0),
        ("32,", "uncovered", 20.0),
        ("46,", "unmeasured", 6.0),  # too young to tell
    ],
)
def test_what_is_not_due_in_the_last_week_is_no_gap(
    tmp_path: Path, due: str, state: str, exposure: float
) -> None:
    write(
        tmp_path,
        f"A1,F1,region,government,RU,s,both,4,{due}\nA2,F2,region,government,RU,s,both,4,,\n",
        weeks("s"),
    )
    found = rows(tmp_path)["F1", "52w"]
    assert (found["state"], found["exposure"]) == (state, exposure)


def test_coverage_above_the_norm_is_covered_and_one_report_is_thin(tmp_path: Path) -> None:
    found = "".join(f"A1,{week},s,1\n" for week in range(0, 52, 4)) + "A2,20,s,1\n"
    lines = "".join(f"A{n},F{n},region,government,RU,s,both,4,,\n" for n in range(1, 9))
    write(tmp_path, lines, weeks("s"), found, "both,200,190,200,198\n")
    states = {key[0]: row["state"] for key, row in rows(tmp_path).items()}
    assert states == {"F1": "covered", "F2": "thin"} | {f"F{n}": "uncovered" for n in range(3, 9)}


def test_a_silence_that_does_not_convince_after_a_lively_year_is_unmeasured(tmp_path: Path) -> None:
    """Nothing found where .7 was seen, twelve in the year before, in a press that goes on as it was."""
    lines = "".join(f"A{n},F{n},region,government,RU,s,both,4,,\n" for n in range(1, 9))
    lively = "".join(f"A{n},{week},s,1\n" for n in range(2, 9) for week in range(n % 4, 104, 8))
    before = "".join(f"A1,{week},s,1\n" for week in range(0, 48, 4))
    observed = weeks("s") + weeks("s", 0.7, first=52, last=103)
    silent = rows(write(tmp_path, lines, observed, before + lively))["F1", "52w"]
    assert silent["y"] == 0
    assert 0.3 < silent["p_below_norm"] < 0.8
    assert silent["state"] == "unmeasured"


def test_without_an_audit_recall_is_assumed(tmp_path: Path) -> None:
    write(tmp_path, "A1,F1,region,government,RU,s,vague,4,,\n", weeks("s"), audit="")
    answer = facts_json(tmp_path)
    assert answer["model"]["strata"] == {
        "vague": {
            "recall": pytest.approx(0.8, abs=0.003),
            "precision": pytest.approx(0.9, abs=0.003),
            "assumed": True,
        }
    }


def test_a_stratum_without_a_row_of_its_own_leans_on_the_others(tmp_path: Path) -> None:
    lines = "A1,F1,region,government,RU,s,vague,4,,\nA2,F2,region,government,RU,s,both,4,,\n"
    write(tmp_path, lines, weeks("s"), audit="both,40,10,10,10\nboth,60,20,10,8\n")
    strata = facts_json(tmp_path)["model"]["strata"]
    assert strata["both"]["recall"] == pytest.approx(30 / 100, abs=0.025)
    # one other stratum tells little of it: between that and what is assumed of any, .80
    assert 0.4 < strata["vague"]["recall"] < 0.6


def test_a_world_without_agreements_has_no_rows(tmp_path: Path) -> None:
    write(tmp_path, "", weeks("s"))
    assert facts_json(tmp_path)["rows"] == []


def test_an_agency_that_is_out_costs_its_share(tmp_path: Path) -> None:
    found = "".join(f"A1,{week},agency,2\n" for week in range(52)) + "A1,3,paper,1\nA1,9,paper,1\n"
    sources = weeks("agency", last=51) + weeks("agency", 0, 52, 103) + weeks("paper", last=103)
    write(tmp_path, "A1,F1,region,government,RU,agency paper,both,4,,\n", sources, found)
    exposure = rows(tmp_path)["F1", "52w"]["exposure"]
    # two originals of 106 come from the paper, shrunk towards the mean of the scope
    assert 0.01 * 52 < exposure < 0.04 * 52


def test_columns_that_are_not_of_the_format_are_named(tmp_path: Path) -> None:
    write(tmp_path, "A1,F1,region,government,RU,s,both,4,,\n", weeks("s"))
    (tmp_path / "found.csv").write_text("agreement,week,source,originals,note\n", encoding="utf-8-sig")
    assert facts_json(tmp_path)["model"]["ignored_columns"] == ["found.csv: note"]


def test_every_bad_row_is_named_with_file_line_and_reason(tmp_path: Path) -> None:
    write(
        tmp_path,
        "A1,F1,region,government,RU,s,both,0,,\nA1,F1,region,government,RU,s,both,4,9,2\n"
        "A2,,region,government,RU,s,both,4,,\nA3,F3,region\n",
        "s,0,1\ns,0,1\ns,1,1.2\ns,x,nan\n",
        "A9,0,s,1\nA1,7,s,1\nA1,0,s,-1\n",
        "both,10,11,5,6\n",
    )
    with pytest.raises(InputError) as refused:
        facts_json(tmp_path)
    told = [(p.where.removeprefix(f"{tmp_path}/"), p.reason) for p in refused.value.problems]
    assert told == [
        ("agreements.csv:2", "norm '0' is not a whole number from 1 to 100000"),
        ("agreements.csv:3", "due_to 2 lies before due_from 9"),
        ("agreements.csv:3", "agreement 'A1' stands twice"),
        ("agreements.csv:4", "family is empty"),
        ("agreements.csv:5", "has 3 cells, the header 10"),
        ("sources.csv:3", "source 's' has week 0 twice"),
        ("sources.csv:4", "observed '1.2' is not a number from 0 to 1"),
        ("sources.csv:5", "week 'x' is not a whole number from 0 to 9999"),
        ("sources.csv:5", "observed 'nan' is not a number from 0 to 1"),
        ("found.csv:2", "agreement 'A9' is not in agreements.csv"),
        ("found.csv:3", "week 7 lies after the last week of sources.csv (0)"),
        ("found.csv:4", "originals '-1' is not a whole number from 0 to 100000"),
        ("audit.csv:2", "linked 11 is more than linkable 10"),
        ("audit.csv:2", "links_right 6 is more than links_checked 5"),
    ]


def test_missing_files_and_columns_are_named_together(tmp_path: Path) -> None:
    (tmp_path / "agreements.csv").write_text("id,family\n", encoding="utf-8")
    (tmp_path / "sources.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError) as refused:
        facts_json(tmp_path)
    reasons = [p.reason for p in refused.value.problems]
    assert reasons == [
        "column level, kind, partner_country, scope, stratum, norm, due_from, due_to is missing",
        "not UTF-8 at byte 0",
        "cannot be read: No such file or directory",
        "cannot be read: No such file or directory",
    ]


def test_a_file_that_gave_nothing_is_one_fault_not_one_for_each_row_of_others(tmp_path: Path) -> None:
    write(tmp_path, "A1,F1,region,government,RU,s,both,4,,\n", weeks("s"), "A1,5,s,1\nA1,6,s,1\n")
    (tmp_path / "agreements.csv").unlink()
    (tmp_path / "sources.csv").write_text("source;week;observed\ns;0;1\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        facts_json(tmp_path)
    assert [(p.where.removeprefix(f"{tmp_path}/"), p.reason) for p in refused.value.problems] == [
        ("agreements.csv", "cannot be read: No such file or directory"),
        ("sources.csv:1", "the columns are not parted by commas"),
    ]
