"""A report cut to some of its rows, for a sheet of exactly what a page shows. Pure."""

from collections.abc import Sequence
from dataclasses import fields, replace

from monitor.reports.row_types import Row
from monitor.reports.types import Report, Sections


def cut(report: Report, rows: Sequence[Row]) -> Report:
    """The report with these rows in this order, and of its articles, dates and lists only what is theirs.

    An article that a row leads to, and that counts for other rows only, stays without a family.
    """
    kept = {row.family for row in rows}
    leads = {article for row in rows for article in row.related}
    articles = tuple(
        replace(proof, families=own)
        for proof in report.articles
        if (own := tuple(family for family in proof.families if family in kept)) or proof.article in leads
    )
    sections = Sections(
        **{
            part.name: tuple(family for family in getattr(report.sections, part.name) if family in kept)
            for part in fields(Sections)
        }
    )
    calendar = tuple(entry for entry in report.calendar if entry.family is None or entry.family in kept)
    return replace(
        report, rows=tuple(rows), articles=articles, sections=sections, calendar=calendar, correction=None
    )
