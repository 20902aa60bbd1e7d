"""The model alone on odd and hostile folders: a sane answer, or file, line and reason of a refusal."""

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.errors import InputError
from monitor.gaps.detection import Audit
from monitor.gaps.facts import facts_json, table_of
from monitor.gaps.world import FactAgreement, World

HEADERS = {
    "agreements": "id,family,level,kind,partner_country,scope,stratum,norm,due_from,due_to\n",
    "sources": "source,week,observed\n",
    "found": "agreement,week,source,originals\n",
    "audit": "stratum,linkable,linked,links_checked,links_right\n",
}
ONE = "A1,F1,region,government,RU,s,both,4,,\n"
YEAR = "".join(f"s,{week},1\n" for week in range(52))
DARK = YEAR.replace(",1\n", ",0\n")


def write(folder: Path, **rows: str) -> Path:
    """The four files; a year of one agreement and one source where nothing else is said."""
    plain = {"agreements": ONE, "sources": YEAR, "found": "", "audit": ""}
    for name, text in {**plain, **rows}.items():
        (folder / f"{name}.csv").write_text(HEADERS[name] + text, encoding="utf-8", newline="")
    return folder


def check(row: dict[str, Any]) -> None:
    """What every row must keep."""
    pmf = row["pmf"]
    assert 0.999 <= sum(pmf) <= 1.000001
    assert min(pmf) >= 0
    assert row["p_none"] == pmf[0]
    assert 0 <= row["lo"] <= row["hi"]
    assert math.isfinite(row["mean"])
    assert 0 <= row["exposure"] <= 52.000001
    assert 0 < row["recall"] < 1
    below = row["p_below_norm"]
    assert (below is None) if row["window"] == "13w" else (row["p_none"] <= below <= 1)


@pytest.mark.parametrize(
    ("rows", "y", "exposure", "state"),
    [
        ({}, 0, 52.0, "uncovered"),
        ({"found": "A1,3,s,2\n"}, 2, 52.0, "thin"),
        ({"found": "A1,3,s,1\nA1,3,s,1\n"}, 2, 52.0, "thin"),  # rows of a key add up
        ({"found": "A1,3.0,s,2.0\n"}, 2, 52.0, "thin"),  # as data frames write a column with an empty cell
        ({"sources": DARK}, 0, 0.0, "unmeasured"),
        ({"sources": DARK, "found": "A1,3,s,7\n"}, 7, 0.0, "unmeasured"),  # facts that contradict each other
        ({"agreements": ONE.replace(",s,", ",,"), "found": "A1,3,s,7\n"}, 0, 0.0, "unmeasured"),
        ({"agreements": ONE.replace(",s,", ",never,")}, 0, 0.0, "unmeasured"),
        ({"agreements": ONE.replace("4,,", "4,9000,")}, 0, 0.0, "not_due"),
        ({"agreements": ONE.replace("4,,", "4,,3"), "found": "A1,1,s,3\n"}, 3, 4.0, "not_due"),
        ({"agreements": ONE.replace("4,,", "100000,,"), "found": "A1,1,s,3\n"}, 3, 52.0, "thin"),
        ({"sources": "s,0,1\n", "found": "A1,0,s,3\n"}, 3, 1.0, "unmeasured"),
        ({"sources": "s,9999,1\n"}, 0, 1.0, "unmeasured"),
        ({"found": "A1,3,s,90000\n"}, 90000, 52.0, "covered"),
        ({"audit": "both,100,0,100,0\n", "found": "A1,3,s,5\n"}, 5, 52.0, "unmeasured"),
        ({"audit": "both,0,0,0,0\n"}, 0, 52.0, "uncovered"),
        ({"audit": "other,100000,100000,100000,100000\n"}, 0, 52.0, "uncovered"),
    ],
)
def test_odd_facts_have_a_sane_answer(
    tmp_path: Path, rows: dict[str, str], y: int, exposure: float, state: str
) -> None:
    answer = facts_json(write(tmp_path, **rows))
    for row in answer["rows"]:
        check(row)
    whole = answer["rows"][1]
    assert (whole["y"], whole["exposure"], whole["state"]) == (y, exposure, state)


def test_line_ends_and_marks_of_byte_order_change_nothing(tmp_path: Path) -> None:
    plain = facts_json(write(tmp_path, found="A1,3,s,2\n"))
    for path in tmp_path.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert facts_json(tmp_path) == plain


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"agreements": ONE + ONE}, ("agreements.csv:3", "agreement 'A1' stands twice")),
        (
            {"agreements": ONE.replace("A1", "A\0")},
            ("agreements.csv:2", "id holds a character that cannot be printed"),
        ),
        ({"agreements": '"' + ONE}, ("agreements.csv:2", "not CSV: unexpected end of data")),
        (
            {"agreements": ONE.replace(",4,", f",{'9' * 5000},")},
            (
                "agreements.csv:2",
                f"norm '{'9' * 40}'... is not a whole number from 1 to 100000",
            ),
        ),
        (
            {"agreements": ONE.replace(",4,", ",-4,")},
            ("agreements.csv:2", "norm '-4' is not a whole number from 1 to 100000"),
        ),
        ({"sources": "s,0,NaN\n"}, ("sources.csv:2", "observed 'NaN' is not a number from 0 to 1")),
        ({"sources": "s,0,inf\n"}, ("sources.csv:2", "observed 'inf' is not a number from 0 to 1")),
        ({"sources": "s,0,100%\n"}, ("sources.csv:2", "observed '100%' is not a number from 0 to 1")),
        ({"sources": "s,٣,1\n"}, ("sources.csv:2", "week '٣' is not a whole number from 0 to 9999")),
        ({"sources": ""}, ("sources.csv", "holds no row: there is no week to speak of")),
        (
            {"found": "A1,3,s,1.5\n"},
            ("found.csv:2", "originals '1.5' is not a whole number from 0 to 100000"),
        ),
        (
            {"found": "A1,3,s,60000\nA1,4,s,60000\n"},
            ("found.csv:3", "agreement 'A1' has more than 100000 originals"),
        ),
        ({"audit": "both,1,2,0,0\n"}, ("audit.csv:2", "linked 2 is more than linkable 1")),
    ],
)
def test_hostile_facts_are_refused_by_file_line_and_reason(
    tmp_path: Path, rows: dict[str, str], told: tuple[str, str]
) -> None:
    with pytest.raises(InputError) as refused:
        facts_json(write(tmp_path, **rows))
    first = refused.value.problems[0]
    assert (first.where.removeprefix(f"{tmp_path}/"), first.reason) == told


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ({"agreements": ONE.replace("4,,", "x,,")}, "norm 'x' is not a whole number from 1 to 100000"),
        ({"agreements": ONE.replace("4,,", "4,9,x")}, "due_to 'x' is not a whole number from 0 to 9999"),
        ({"audit": "both,nan,1,0,0\n"}, "linkable 'nan' is not a whole number from 0 to 100000"),
        ({"audit": "both,1,1,-1,1\n"}, "links_checked '-1' is not a whole number from 0 to 100000"),
    ],
)
def test_a_number_that_cannot_be_read_is_one_fault_and_is_not_compared_as_0(
    rows: dict[str, str], reason: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as refused:
        facts_json(write(tmp_path, **rows))
    assert [problem.reason for problem in refused.value.problems] == [reason]


def test_a_fault_in_one_file_hides_none_in_another(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        facts_json(write(tmp_path, agreements=ONE + ONE, found="A9,3,s,1\n"))
    assert [p.where.removeprefix(f"{tmp_path}/") for p in refused.value.problems] == [
        "agreements.csv:3",
        "found.csv:2",
    ]


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    (write(tmp_path) / f"{name}.csv").write_bytes(b"")
    with pytest.raises(InputError) as refused:
        facts_json(tmp_path)
    [problem] = refused.value.problems
    columns = HEADERS[name].strip().replace(",", ", ")
    assert problem.where.endswith(f"{name}.csv:1")
    assert problem.reason == f"column {columns} is missing"


@pytest.mark.parametrize("mark", [";", "\t"])
def test_columns_that_are_parted_otherwise_are_told_so(tmp_path: Path, mark: str) -> None:
    path = write(tmp_path) / "audit.csv"
    path.write_text(HEADERS["audit"].replace(",", mark), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        facts_json(tmp_path)
    assert [p.reason for p in refused.value.problems] == ["the columns are not parted by commas"]


def agreement(n: int, family: int, scope: frozenset[int], norm: int, due: tuple[Any, Any]) -> FactAgreement:
    return FactAgreement(
        f"A{n}",
        f"F{family}",
        "region",
        "other",
        "",
        tuple(f"s{s}" for s in sorted(scope)),
        "both",
        norm,
        *due,
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any small world that the reader of the files would let pass."""
    week, source = st.integers(0, 70), st.integers(0, 3)
    made = st.builds(
        lambda family, scope, norm, due: (family, scope, norm, due),
        st.integers(0, 2),
        st.frozensets(source),
        st.integers(1, 9),
        st.tuples(st.none() | week, st.none()),
    )
    agreements = tuple(
        agreement(n, *row) for n, row in enumerate(draw(st.lists(made, min_size=1, max_size=4)))
    )
    parts = st.dictionaries(st.tuples(source, week), st.floats(0, 1), min_size=1, max_size=40)
    observed = {(f"s{s}", w): part for (s, w), part in draw(parts).items()}
    last = max(w for _, w in observed)
    rows = st.dictionaries(
        st.tuples(st.sampled_from(agreements), st.integers(0, last), source), st.integers(0, 40), max_size=12
    )
    found = {(a.id, w, f"s{s}"): n for (a, w, s), n in draw(rows).items()}
    audits = (
        {"both": Audit(n, draw(st.integers(0, n)), n, draw(st.integers(0, n)))} if (n := draw(week)) else {}
    )
    return World(agreements, observed, found, audits, last, ())


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_whatever_the_world_the_answer_keeps_its_form(world: World) -> None:
    answer = table_of(world)
    names = list(dict.fromkeys(a.family for a in world.agreements))
    assert [(row["id"], row["window"]) for row in answer["rows"]] == [
        (name, window) for name in names for window in ("13w", "52w")
    ]
    for row in answer["rows"]:
        check(row)
    assert table_of(world) == answer
