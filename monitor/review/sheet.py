"""The reviewer's sheet: CSV that Excel opens and gives back, in whatever encoding it saves it. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.articles.audit_plan import AuditPlan
from monitor.articles.audit_types import Answer
from monitor.core.errors import InputError, Problem
from monitor.core.ids import AgreementId, ArticleId, TopicId, Week
from monitor.core.rows import bad_character
from monitor.core.text import harmless_cell

GIVEN = ("item", "article", "published", "outlet", "language", "title", "lead", "link", "candidates")
ASKED = ("cooperation", "agreements", "topics", "correct", "note")
NEEDED = ("item", "article", *ASKED[:2])
MAX_BYTES, MAX_ROWS, MAX_CELL = 5_000_000, 5_000, 20_000
NOTE_LIMIT = 300
_DELIMITERS = ";,\t"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One text as the reviewer sees it; `link` is empty where it may not be given."""

    item: int
    article: ArticleId
    published: str
    outlet: str
    language: str
    title: str
    lead: str
    link: str
    candidates: tuple[tuple[AgreementId, str], ...]  # id and title; which of them we linked is not told


@dataclass(frozen=True, slots=True)
class Said:
    """One answered row. `where`: file and row, for what is found out later."""

    where: str
    item: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are checked against."""

    items: Mapping[int, tuple[ArticleId, Week]]
    agreements: frozenset[AgreementId]  # monitored
    topics: frozenset[TopicId]


def write_sheet(rows: Sequence[SheetRow]) -> bytes:
    """The sheet with empty answer columns: UTF-8 with its mark, semicolons, as a Russian Excel expects."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow((*GIVEN, *ASKED))
    for row in rows:
        candidates = " | ".join(f"{id} {title}" for id, title in row.candidates)
        texts = (row.published, row.outlet, row.language, row.title, row.lead, row.link, candidates)
        writer.writerow((row.item, row.article, *map(harmless_cell, texts), *("" for _ in ASKED)))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def read_sheet(data: bytes, name: str, plan: AuditPlan, known: Known) -> tuple[list[Said], int]:
    """The answered rows and how many are still open.

    Errors: InputError with file, row and reason of everything that is wrong; then nothing is given.
    """
    problems: list[Problem] = []
    said: list[Said] = []
    n_open, seen = 0, set[int]()
    for where, cells in _rows(data, name, problems):
        given = {column: cells.get(column, "").strip() for column in (*GIVEN, *ASKED)}
        if not any(given[column] for column in ASKED):
            n_open += 1
            continue
        before = len(problems)
        row = _Answered(given, where, plan, known, problems)
        item, answer = row.item(), row.answer()
        if item in seen:
            row.note(f"item {item} stands twice")
        seen.add(item)
        if len(problems) == before:
            said.append(Said(where, item, answer))
    if problems:
        raise InputError(problems)
    return said, n_open


class _Answered:
    """One answered row; a bad cell becomes a problem, not an exception."""

    def __init__(
        self, given: Mapping[str, str], where: str, plan: AuditPlan, known: Known, problems: list[Problem]
    ) -> None:
        self.given, self.where, self.plan, self.known, self.problems = given, where, plan, known, problems

    def note(self, reason: str) -> None:
        self.problems.append(Problem(self.where, reason))

    def item(self) -> int:
        """The item's number, checked against its article: a sorted column must not move answers."""
        item, article = (self._number(name) for name in ("item", "article"))
        if item is None or article is None:
            return 0
        found = self.known.items.get(item)
        if found is None:
            self.note(f"item {item} was never drawn")
        elif found[0] != article:
            self.note(f"item {item} is article {found[0]}, not {article}: were columns sorted apart?")
        return item

    def answer(self) -> Answer:
        cooperation = self._yes_no("cooperation")
        if cooperation is None and not self.given["cooperation"]:
            self.note("cooperation is empty: yes or no?")
        agreements = self._list("agreements")
        topics = self._list("topics")
        if cooperation and agreements is None:
            self.note("agreements is empty: ids of those it reports on, or - for none")
        if cooperation is False and (agreements or topics):
            self.note("no cooperation, and yet agreements or topics are named")
        for unknown in sorted(set(agreements or ()) - self.known.agreements):
            self.note(f"no monitored agreement is called {unknown!r}")
        for unknown in sorted(set(topics or ()) - self.known.topics):
            self.note(f"no topic is called {unknown!r}")
        note = self.given["note"].removeprefix("'")
        if len(note) > NOTE_LIMIT or bad_character(note):
            self.note(f"note must be one line of at most {NOTE_LIMIT} letters")
        return Answer(
            cooperation=bool(cooperation),
            agreements=tuple(map(AgreementId, agreements or ())),
            topics=None if topics is None else tuple(map(TopicId, topics)),
            note=note,
            corrects=bool(self._yes_no("correct")),
        )

    def _number(self, name: str) -> int | None:
        text = self.given[name]
        if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
        self.note(f"{name} {text[:40]!r} is no number")
        return None

    def _yes_no(self, name: str) -> bool | None:
        word = self.given[name].removeprefix("'").casefold()
        if word in self.plan.yes:
            return True
        if word and word not in self.plan.no:
            self.note(f"{name} {word[:40]!r} is neither yes nor no")
        return False if word in self.plan.no else None

    def _list(self, name: str) -> list[str] | None:
        """Ids between spaces, commas or semicolons; None where the cell is empty."""
        text = self.given[name].removeprefix("'")
        if not text:
            return None
        if text.casefold() in self.plan.none:
            return []
        words = text.replace(",", " ").replace(";", " ").split()
        return list(dict.fromkeys(words))


def _rows(data: bytes, name: str, problems: list[Problem]) -> Iterator[tuple[str, dict[str, str]]]:
    text = _text(data, name, problems)
    if text is None:
        return
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [column.strip().casefold() for column in next(reader, [])]
        fault = _header_fault(header)
        if fault:
            problems.append(Problem(f"{name}:1", fault))
            return
        for number, cells in enumerate(reader, 2):
            where = f"{name}: row {number}"
            if number > MAX_ROWS + 1:
                problems.append(Problem(where, f"more than {MAX_ROWS} rows"))
                return
            if not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[len(header) :]):
                problems.append(Problem(where, f"has {len(cells)} cells, the header {len(header)}"))
            elif any(len(cell) > MAX_CELL for cell in cells):
                problems.append(Problem(where, f"a cell has more than {MAX_CELL} letters"))
            else:
                yield where, dict(zip(header, cells, strict=False))
    except csv.Error as error:
        problems.append(Problem(f"{name}:{reader.line_num}", f"not CSV: {error}"))


def _header_fault(header: Sequence[str]) -> str:
    missing = [column for column in NEEDED if column not in header]
    if missing:
        return f"column {', '.join(missing)} is missing"
    return "a column stands twice" if len({*header} - {""}) < sum(1 for c in header if c) else ""


def _text(data: bytes, name: str, problems: list[Problem]) -> str | None:
    """What Excel saves as CSV: UTF-8, UTF-16 ("Unicode text"), or the code page of a Russian Windows."""
    if len(data) > MAX_BYTES:
        problems.append(Problem(name, f"has {len(data)} bytes, more than {MAX_BYTES}"))
        return None
    for encoding in ("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1251"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    problems.append(Problem(name, "is no text in UTF-8, UTF-16 or windows-1251"))
    return None
