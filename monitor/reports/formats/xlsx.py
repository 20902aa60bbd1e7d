"""The sheet: every row with its numbers, every article that counts, every source, the method."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.letter import letter
from monitor.reports.method import method_lines
from monitor.reports.phrases import Phrases
from monitor.reports.row_types import Proof, Row
from monitor.reports.sections import dated, press_lines
from monitor.reports.types import Dated, PartnerCell, Report

SUFFIX = ".xlsx"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER_ROW = 1  # row 0 tells what the sheet is, and that a demonstration is one
NARROW, NAME, WIDE = 14, 30, 60  # column widths in characters; of a name: of an outlet, a region, a country
CELL_LIMIT = 32_000  # Excel takes 32,767 characters
URL_LIMIT = 2_079  # and so many in a link

Cell = str | int | float | date | None


class _Link(str):
    """A cell that opens an address."""

    __slots__ = ()


def render(report: Report) -> bytes:
    """The workbook; its dates are the report's, so that the same facts give the same bytes."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    made_at = datetime.combine(report.to_on, time(21), UTC).replace(tzinfo=None)
    book.set_properties({"title": letter(report).title, "created": made_at})
    _Book(book, report).write()
    book.close()
    return target.getvalue()


class _Book:
    def __init__(self, book: xlsxwriter.Workbook, report: Report) -> None:
        self.book = book
        self.report = report
        self.words = catalogue(report.lang)
        self.phrases = Phrases(self.words)
        self.head = book.add_format({"bold": True, "bg_color": "#DCE6F0", "text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.part = book.add_format({"num_format": "0.00"})
        self.link = book.get_default_url_format()
        page = letter(report)
        self.caption = " ".join(
            part for part in (page.title + ".", page.subtitle + ".", page.warning) if part
        )

    def write(self) -> None:
        """All sheets."""
        report = self.report
        self._sheet("gaps", [self._gap(row) for row in report.rows], wide=(1, 2, 21, 23, 24, 35, 36, 37))
        self._sheet("articles", list(_articles(report, self.words)), wide=(3, 4), names=(2,))
        self._sheet("sources", [self._source(n) for n in range(len(report.watch))], wide=(0, 6), names=(1,))
        shares = [_topic(report, n) for n in range(len(report.topics.shares))]
        self._sheet("topics", shares, wide=(0,), about=self.words.say("intro.topics"))
        self._sheet("partners", [_partner(cell) for cell in report.partners], wide=(), names=(0, 1))
        self._sheet("calendar", [self._dated(entry) for entry in report.calendar], wide=(1,), names=(2,))
        self._method()

    def _sheet(
        self,
        name: str,
        rows: Sequence[Sequence[Cell]],
        *,
        wide: tuple[int, ...],
        names: tuple[int, ...] = (),
        about: str = "",
    ) -> None:
        """A table under the caption; `about`: what only this sheet must say of itself."""
        sheet = self.book.add_worksheet(self.words.say(f"sheet.{name}"))
        columns = self.words.names(f"sheet.{name}_columns")
        sheet.write_string(0, 0, f"{self.caption} {about}".rstrip())
        for column in range(len(columns)):
            sheet.set_column(column, column, WIDE if column in wide else NAME if column in names else NARROW)
        for number, row in enumerate(rows, HEADER_ROW + 1):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, self)
        sheet.freeze_panes(HEADER_ROW + 1, 1)
        sheet.add_table(
            HEADER_ROW,
            0,
            HEADER_ROW + max(len(rows), 1),
            len(columns) - 1,
            {
                "name": f"{name}_table",  # in Latin letters: the names of sheets are words
                "style": "Table Style Light 1",
                "columns": [{"header": title, "header_format": self.head} for title in columns],
            },
        )

    def _gap(self, row: Row) -> list[Cell]:
        words, counted, sure, watched = self.words, row.counted, row.certainty, row.watched
        return [
            row.family,
            row.members[0].title,
            self.phrases.sides(row),
            words.coded("state", row.state),
            sure.p_gap,
            counted.originals,
            counted.articles,
            len(counted.translations),
            watched.norm,
            watched.weeks,
            sure.mean,
            sure.lo,
            sure.hi,
            watched.sources_in_scope,
            watched.sources_observed,
            watched.exposure_weeks,
            sure.recall,
            counted.last_on,
            row.members[0].signed,
            words.coded("level", row.level),
            words.coded("kind", row.kind),
            "; ".join(row.topic_titles),  # a title may hold commas
            _yes_no(words, row.is_national),
            words.say("separator").join(words.coded("flag", flag) for flag in row.flags),
            words.coded("why_state", row.why_state),
            counted.sibling_links,
            counted.below_gate_pairs,
            counted.undecided,
            counted.unread_pages,
            len(row.members),
            row.weight.total if row.weight else None,
            row.weight.level if row.weight else None,
            row.weight.target if row.weight else None,
            row.weight.date if row.weight else None,
            row.weight.waiting if row.weight else None,
            self.phrases.unseen(row),
            self.phrases.stages(row),
            self.phrases.depths(row),
        ]

    def _source(self, n: int) -> list[Cell]:
        words, source = self.words, self.report.watch[n]
        is_named = bool(source.name)
        return [
            source.name if is_named else words.say("unnamed_outlet"),
            words.coded("source_kind", source.kind),
            _yes_no(words, source.is_enabled),
            source.observed_share,
            source.coop_originals,
            source.silent_since,
            words.coded("trouble", source.trouble) if source.is_enabled else "",
            source.source if is_named else "",
            source.asked,
            source.touched,
        ]

    def _dated(self, entry: Dated) -> list[Cell]:
        return [entry.on, dated(entry, self.report), entry.country, entry.family or ""]

    def _method(self) -> None:
        sheet = self.book.add_worksheet(self.words.say("sheet.method"))
        sheet.set_column(0, 0, 110)
        wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        lines = (self.caption, *method_lines(self.report), *press_lines(self.report))
        for number, line in enumerate(lines):
            sheet.write_string(number, 0, line[:CELL_LIMIT], wrapped)


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, book: _Book) -> None:
    """One cell by its type; a text is always a text, whatever it begins with."""
    if isinstance(cell, _Link):
        if len(cell) <= URL_LIMIT:
            sheet.write_url(row, column, cell, book.link)
            return
        sheet.write_string(row, column, str(cell))
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell[:CELL_LIMIT])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, datetime.combine(cell, time()), book.day)
    elif isinstance(cell, float):
        sheet.write_number(row, column, cell, book.part)
    elif cell is not None:
        sheet.write_number(row, column, cell)


def _articles(report: Report, words: Catalogue) -> Iterable[list[Cell]]:
    """One line for each article and agreement; of outlets that may not be named only that it counts."""
    for proof in report.articles:
        for family in proof.families:
            kind = "original" if proof.is_original else "translation" if proof.is_translation else "copy"
            yield [family, proof.published_on, *_shown(proof, words), words.coded("article_kind", kind)]


def _shown(proof: Proof, words: Catalogue) -> list[Cell]:
    if not proof.is_named:
        return [words.say("unnamed_outlet"), "", ""]
    return [proof.outlet, proof.title, _Link(proof.url)]


def _topic(report: Report, n: int) -> list[Cell]:
    share = report.topics.shares[n]
    shown = (share.families, share.register_share, share.originals, share.coverage_share)
    return [share.title, *shown, share.coverage_lo, share.coverage_hi]


def _partner(cell: PartnerCell) -> list[Cell]:
    return [cell.region_name, cell.country_name, cell.due, cell.with_original]


def _yes_no(words: Catalogue, value: bool) -> str:
    return words.say("yes_no.yes" if value else "yes_no.no")
