"""The life of an agreement: impossible orders are refused; what nobody wrote down follows from the status."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.core.errors import InputError
from monitor.register.history import Deadline, deadlines, promises, told
from monitor.register.load import load_register
from monitor.register.types import Event, PartialDate, Step
from tests.register_files import agreement, write

ORDER = "planned, draft, signed, in_force"


def event(step: str, on: str | None = None, until: str | None = None, note: str = "") -> dict[str, Any]:
    return {"step": step, "on": on, "until": until, "note": note}


def reasons(folder: Path, **keys: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_register(write(folder, [agreement(1, **keys)]))
    return [problem.reason for problem in caught.value.problems]


def test_a_whole_life_is_read_as_it_was_written(tmp_path: Path) -> None:
    life = [
        event("planned", "2002"),
        event("signed", "2003-09", "2008"),
        event("amended", "2005-01-20", note="customs"),
        event("expired", "2008-01"),
        event("renewed", "2008-09", "2013"),
        event("expired", "2013"),
    ]
    keys = {"history": life, "valid_until": "2013", "status": "expired"}
    found = load_register(write(tmp_path, [agreement(1, **keys)])).agreements
    assert [(e.step.value, str(e.on), e.until and str(e.until), e.note) for e in told(*found.values())] == [
        ("planned", "2002", None, ""),
        ("signed", "2003-09", "2008", ""),
        ("amended", "2005-01-20", None, "customs"),
        ("expired", "2008-01", None, ""),
        ("renewed", "2008-09", "2013", ""),
        ("expired", "2013", None, ""),
    ]


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"history": []}, "history is empty: leave it out"),
        (
            {"history": [event("in_force", "2003"), event("signed", "2003-09")], "status": "signed"},
            f"history[2]: signed comes too late: steps are in the order {ORDER}, expired",
        ),
        ({"history": [event("amended")]}, "history[1]: amended before it was signed"),
        (
            {"history": [event("signed", "2003-09"), event("in_force", "2001")]},
            "history[2]: in_force 2001 is earlier than the step before it, 2003-09",
        ),
        (
            {"history": [event("signed", "2003-09"), event("expired", "2010")]},
            "status in_force contradicts the last step of its history, expired",
        ),
        (
            {"history": [event("signed", "2004"), event("in_force")]},
            "signed 2003-09 contradicts its history: signed 2004",
        ),
        (
            {"history": [event("signed", "2003-09", "2008"), event("in_force")]},
            "valid_until None contradicts its history: until 2008",
        ),
        (
            {"history": [event("planned", until="2008")], "status": "planned", "valid_until": "2008"},
            "history[1]: until: planned sets no term",
        ),
        (
            {"history": [event("agreed")], "status": "unknown"},
            f"history[1]: step 'agreed' is not one of {ORDER}, amended, renewed, expired",
        ),
        ({"milestones": []}, "milestones is empty: leave it out"),
        (
            {"milestones": [{"what": "a school", "by": None, "done": None}]},
            "milestones[1]: by is missing: a milestone has a date",
        ),
        (
            {"milestones": [{"what": "a school", "by": "2010-02-30", "done": None}]},
            "milestones[1]: by: day is out of range for month",
        ),
    ],
)  # fmt: skip
def test_an_impossible_life_is_refused(keys: dict[str, Any], reason: str, tmp_path: Path) -> None:
    assert reasons(tmp_path, **keys) == [reason]


@pytest.mark.parametrize(
    ("keys", "steps"),
    [
        ({"status": "planned", "signed": None}, [(Step.PLANNED, None)]),
        ({"status": "signed"}, [(Step.SIGNED, PartialDate(2003, 9))]),
        ({"status": "in_force"}, [(Step.SIGNED, PartialDate(2003, 9)), (Step.IN_FORCE, None)]),
        (
            {"status": "expired", "valid_until": "2008"},
            [(Step.SIGNED, PartialDate(2003, 9)), (Step.EXPIRED, PartialDate(2008))],
        ),
        ({"status": "unknown", "signed": None}, []),
    ],
)
def test_without_a_history_the_status_tells_it(
    keys: dict[str, Any], steps: list[tuple[Step, PartialDate | None]], tmp_path: Path
) -> None:
    (found,) = load_register(write(tmp_path, [agreement(1, **keys)])).agreements.values()
    until = PartialDate(2008) if "valid_until" in keys else None
    assert told(found) == tuple(Event(s, on, until if s is Step.SIGNED else None, "") for s, on in steps)


def test_dated_promises_stand_in_the_order_of_their_dates(tmp_path: Path) -> None:
    keys = {
        "valid_until": "2030",
        "targets": [
            {"metric": "trade", "value": 500_000_000, "unit": "USD", "by": "2027"},
            {"metric": "jobs", "value": None, "unit": None, "by": None},
        ],
        "milestones": [
            {"what": "a school", "by": "2026-05", "done": "2026-04-30"},
            {"what": "a bridge", "by": "2026-12", "done": None},
        ],
    }
    (found,) = load_register(write(tmp_path, [agreement(1, **keys)])).agreements.values()
    assert deadlines(found) == (
        Deadline(PartialDate(2026, 5), "milestone", "a school", PartialDate(2026, 4, 30)),
        Deadline(PartialDate(2026, 12), "milestone", "a bridge", None),
        Deadline(PartialDate(2027), "target", "trade: 500,000,000 USD", None),
        Deadline(PartialDate(2030), "term", "end of the term", None),
    )
    assert [d.is_open(date(2027, 6, 1)) for d in deadlines(found)] == [False, False, True, True]
    # what was done is promised no more
    assert promises(found) == ((PartialDate(2027), "trade"), (PartialDate(2026, 12), "a bridge"))
