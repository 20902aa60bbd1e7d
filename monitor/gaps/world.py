"""Strict reading of the CSV files of `monitor gaps --facts`: all of them or, with every problem, nothing."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.core.errors import InputError, Problem
from monitor.gaps.detection import Audit

COLUMNS = {
    "agreements.csv": (
        "id", "family", "level", "kind", "partner_country", "scope", "stratum", "norm", "due_from", "due_to",
    ),
    "sources.csv": ("source", "week", "observed"),
    "found.csv": ("agreement", "week", "source", "originals"),
    "audit.csv": ("stratum", "linkable", "linked", "links_checked", "links_right"),
}  # fmt: skip
# Ten thousand weeks are two centuries: a larger number is a slip, and would fill the memory.
LAST_WEEK = 9_999
MOST_ORIGINALS = 100_000
MOST_SHOWN = 40  # characters of a bad cell
_POINT_NOUGHT = re.compile(r"\.0+\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class FactAgreement:
    """One row of agreements.csv."""

    id: str
    family: str
    level: str
    kind: str
    partner_country: str
    scope: tuple[str, ...]
    stratum: str
    norm: int
    due_from: int | None  # None: from the beginning
    due_to: int | None  # None: without end


@dataclass(frozen=True, slots=True)
class World:
    """Everything in a folder of facts. Weeks count from 0; `last_week` is the largest of sources.csv."""

    agreements: tuple[FactAgreement, ...]
    observed: dict[tuple[str, int], float]  # (source, week) -> 0..1; missing: 0
    found: dict[tuple[str, int, str], int]  # (agreement, week, source) -> originals; missing: 0
    audits: dict[str, Audit]
    last_week: int
    ignored: tuple[str, ...]  # "file: column" of columns that are not part of the format


class _Cells:
    """One row with typed access; a bad cell becomes a problem, not an exception."""

    def __init__(self, row: dict[str, str], where: str, problems: list[Problem]) -> None:
        self.row = row
        self.where = where
        self.problems = problems

    def note(self, reason: str) -> None:
        self.problems.append(Problem(self.where, reason))

    def text(self, name: str) -> str:
        value = self.row[name].strip()
        if not value:
            self.note(f"{name} is empty")
        elif not value.isprintable():
            self.note(f"{name} holds a character that cannot be printed")
        return value

    def whole(self, name: str, most: int, *, least: int = 0) -> int:
        """A whole number from `least` to `most`; `least` after a noted problem.

        52.0 is 52: programs that know no empty whole number write all of a column so.
        """
        text = self.row[name].strip()
        digits = _POINT_NOUGHT.sub("", text)
        if digits.isascii() and digits.isdigit() and least <= int(digits[:20]) <= most:
            return int(digits)
        self.note(f"{name} {_short(text)} is not a whole number from {least} to {most}")
        return least

    def optional_week(self, name: str) -> int | None:
        return self.whole(name, LAST_WEEK) if self.row[name].strip() else None

    def share(self, name: str) -> float:
        text = self.row[name].strip()
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0.0 <= value <= 1.0:  # not-a-number fails this too
            self.note(f"{name} {_short(text)} is not a number from 0 to 1")
            return 0.0
        return value


def _short(text: str) -> str:
    return repr(text) if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]!r}..."


def read_world(folder: Path) -> World:
    """The facts in a folder.

    Errors: InputError with every missing file, missing column and bad row; nothing is half-read.
    """
    problems: list[Problem] = []
    ignored: list[str] = []
    agreements = _agreements(_rows(folder, "agreements.csv", problems, ignored))
    # of a file that gave nothing its own fault is told, not that every row of another lacks its fellow
    ids = {a.id for a in agreements} if agreements or not problems else None
    observed = _observed(_rows(folder, "sources.csv", problems, ignored))
    last_week = max((week for _, week in observed), default=LAST_WEEK)
    found = _found(_rows(folder, "found.csv", problems, ignored), ids, last_week)
    audits = _audits(_rows(folder, "audit.csv", problems, ignored))
    if not problems and not observed:
        problems.append(Problem(str(folder / "sources.csv"), "holds no row: there is no week to speak of"))
    if problems:
        raise InputError(problems)
    return World(tuple(agreements), observed, found, audits, last_week, tuple(ignored))


def _rows(folder: Path, name: str, problems: list[Problem], ignored: list[str]) -> Iterator[_Cells]:
    path = folder / name
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        problems.append(Problem(str(path), f"cannot be read: {error.strerror}"))
        return
    except UnicodeDecodeError as error:
        problems.append(Problem(str(path), f"not UTF-8 at byte {error.start}"))
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [column.strip() for column in next(reader, [])]
        missing = [column for column in COLUMNS[name] if column not in header]
        if missing or len(set(header)) < len(header):
            problems.append(Problem(f"{path}:1", _why_no_header(header, missing)))
            return
        ignored.extend(f"{name}: {column}" for column in header if column not in COLUMNS[name])
        for cells in reader:
            where = f"{path}:{reader.line_num}"
            if len(cells) == len(header):
                yield _Cells(dict(zip(header, cells, strict=True)), where, problems)
            elif cells:
                problems.append(Problem(where, f"has {len(cells)} cells, the header {len(header)}"))
    except csv.Error as error:
        problems.append(Problem(f"{path}:{reader.line_num}", f"not CSV: {error}"))


def _why_no_header(header: list[str], missing: list[str]) -> str:
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        return "the columns are not parted by commas"
    return f"column {', '.join(missing)} is missing" if missing else "a column stands twice"


def _agreements(rows: Iterator[_Cells]) -> list[FactAgreement]:
    agreements: dict[str, FactAgreement] = {}
    for cells in rows:
        agreement = _agreement(cells)
        if agreement.id in agreements:
            cells.note(f"agreement {agreement.id!r} stands twice")
        agreements[agreement.id] = agreement
    return list(agreements.values())


def _agreement(cells: _Cells) -> FactAgreement:
    norm = cells.whole("norm", MOST_ORIGINALS, least=1)
    n_problems = len(cells.problems)
    due_from, due_to = cells.optional_week("due_from"), cells.optional_week("due_to")
    # the 0 that stands for an unreadable week says nothing of the other
    readable = len(cells.problems) == n_problems
    if readable and due_from is not None and due_to is not None and due_to < due_from:
        cells.note(f"due_to {due_to} lies before due_from {due_from}")
    return FactAgreement(
        id=cells.text("id"),
        family=cells.text("family"),
        level=cells.text("level"),
        kind=cells.text("kind"),
        partner_country=cells.row["partner_country"].strip(),
        scope=tuple(dict.fromkeys(cells.row["scope"].split())),
        stratum=cells.text("stratum"),
        norm=norm,
        due_from=due_from,
        due_to=due_to,
    )


def _observed(rows: Iterator[_Cells]) -> dict[tuple[str, int], float]:
    observed: dict[tuple[str, int], float] = {}
    for cells in rows:
        n_problems = len(cells.problems)
        key, part = (cells.text("source"), cells.whole("week", LAST_WEEK)), cells.share("observed")
        if len(cells.problems) > n_problems:
            continue
        if key in observed:
            cells.note(f"source {key[0]!r} has week {key[1]} twice")
        observed[key] = part
    return observed


def _found(rows: Iterator[_Cells], ids: set[str] | None, last_week: int) -> dict[tuple[str, int, str], int]:
    """Rows of the same agreement, week and source add up. `ids`: None where they could not be read."""
    found: dict[tuple[str, int, str], int] = {}
    totals: Counter[str] = Counter()
    for cells in rows:
        agreement, week = cells.text("agreement"), cells.whole("week", LAST_WEEK)
        if ids is not None and agreement not in ids:
            cells.note(f"agreement {agreement!r} is not in agreements.csv")
        if week > last_week:
            cells.note(f"week {week} lies after the last week of sources.csv ({last_week})")
        key, originals = (agreement, week, cells.text("source")), cells.whole("originals", MOST_ORIGINALS)
        found[key] = found.get(key, 0) + originals
        before, totals[agreement] = totals[agreement], totals[agreement] + originals
        if before <= MOST_ORIGINALS < totals[agreement]:
            cells.note(f"agreement {agreement!r} has more than {MOST_ORIGINALS} originals")
    return found


def _audits(rows: Iterator[_Cells]) -> dict[str, Audit]:
    """Rows of the same stratum (weeks of audit) add up."""
    audits: dict[str, Audit] = {}
    for cells in rows:
        stratum, n_problems = cells.text("stratum"), len(cells.problems)
        linkable, linked, checked, right = (
            cells.whole(name, MOST_ORIGINALS) for name in COLUMNS["audit.csv"][1:]
        )
        if len(cells.problems) > n_problems:
            continue  # the 0 that stands for an unreadable number would be compared
        if linked > linkable:
            cells.note(f"linked {linked} is more than linkable {linkable}")
        if right > checked:
            cells.note(f"links_right {right} is more than links_checked {checked}")
        before = audits.get(stratum, Audit(0, 0, 0, 0))
        audits[stratum] = Audit(
            before.linkable + linkable,
            before.linked + linked,
            before.links_checked + checked,
            before.links_right + right,
        )
    return audits
