"""Every row of the report for programs and spreadsheets: one line a family, codes instead of words.

UTF-8 with a byte order mark (Excel takes it for another encoding otherwise), commas, CRLF. A text that a
spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
import io

from monitor.core.text import harmless_cell
from monitor.reports.catalogue import catalogue
from monitor.reports.row_types import Row
from monitor.reports.types import Report

SUFFIX = ".csv"
MEDIA_TYPE = "text/csv; charset=utf-8"
COLUMNS = (
    "report", "week", "region", "is_demo", "family", "members", "title", "own_side", "other_side", "state",
    "why_state", "is_new", "is_closed", "is_national", "p_gap", "p_none", "originals", "articles",
    "translations", "outlets",
    "norm", "weeks", "mean", "lo", "hi", "recall", "exposure_weeks", "sources_in_scope", "sources_observed",
    "last_on", "signed", "valid_until", "level", "kind", "topics", "flags", "sibling_links",
    "below_gate_pairs", "undecided", "unread_pages", "unnamed_originals", "links", "note",
    "weight", "weight_level", "weight_target", "weight_date", "weight_waiting",
    "unread_reasons", "sources_dead", "sources_silent", "sources_overflowed", "sources_late",
    "outlets_not_read",
)  # fmt: skip
_BETWEEN = "; "


def render(report: Report) -> bytes:
    """All rows, the region's own first; numbers with a point and no grouping."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in report.rows:
        writer.writerow([_cell(value) for value in _values(report, row)])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _values(report: Report, row: Row) -> list[object]:
    counted, sure, watched, speaker = row.counted, row.certainty, row.watched, row.members[0]
    proofs = [report.proof(article) for article in counted.origins]
    unnamed = sum(not proof.is_named for proof in proofs)
    return [
        report.id, report.week, report.region, report.is_demo,
        row.family, _BETWEEN.join(member.id for member in row.members), speaker.title,
        _BETWEEN.join(row.own_side), _BETWEEN.join(row.other_side),
        row.state, row.why_state, row.is_new, row.is_closed, row.is_national,
        sure.p_gap, sure.p_none, counted.originals, counted.articles,
        len(counted.translations), counted.n_outlets,
        watched.norm, watched.weeks, sure.mean, sure.lo, sure.hi, sure.recall, watched.exposure_weeks,
        watched.sources_in_scope, watched.sources_observed,
        counted.last_on.isoformat() if counted.last_on else "", speaker.signed, speaker.valid_until,
        row.level, row.kind, _BETWEEN.join(row.topics), _BETWEEN.join(row.flags),
        counted.sibling_links, counted.below_gate_pairs, counted.undecided, counted.unread_pages,
        unnamed, " ".join(proof.url for proof in proofs if proof.is_named), _note(report, unnamed),
        *_weight(row), *_unseen(row), watched.outlets_without_address,
    ]  # fmt: skip


def _weight(row: Row) -> list[object]:
    """The order of the list and its parts; empty where the row is no gap and cannot be one."""
    held = row.weight
    if held is None:
        return [""] * 5
    return [round(held.total, 6), held.level, held.target, held.date, held.waiting]


def _unseen(row: Row) -> list[object]:
    """Unread pages by reason ("waiting": not asked for yet), and how many sources were not seen."""
    held = row.unseen
    if held is None:
        return [""] * 5
    pages = _BETWEEN.join(f"{one.reason or 'waiting'} {one.pages}" for one in held.unread)
    return [pages, held.dead, held.silent, held.overflowed, held.late]


def _note(report: Report, unnamed: int) -> str:
    """What a reader must know of a line: that the news is invented, that an outlet is not named."""
    words = catalogue(report.lang)
    told = [words.say("letter.demo")] if report.is_demo else []
    told += [words.count("n.unnamed", unnamed)] if unnamed else []
    return " ".join(told)


def _cell(value: object) -> str:
    """A value as text: numbers in full, truth as true or false, formulas made harmless."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    return harmless_cell(value) if isinstance(value, str) else str(value)
