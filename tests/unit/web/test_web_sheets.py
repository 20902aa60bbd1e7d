"""A report cut to some of its rows still makes every sheet."""

import io
from dataclasses import replace

import openpyxl

from monitor.core.ids import ArticleId
from monitor.gaps.said import Angle
from monitor.gaps.types import State
from monitor.reports.formats import csv, xlsx
from monitor.web.sheets import cut
from tests.make_reports import mogilev_report, mogilev_table


def test_a_row_may_lead_to_an_article_of_a_row_that_is_left_out() -> None:
    held = mogilev_table()
    elsewhere = next(row.counts.origin_ids[0] for row in held.rows if row.state is State.COVERED)
    gap = next(row for row in held.rows if row.state is State.UNCOVERED)
    led = replace(gap, angle=Angle(None, (elsewhere,)))
    report = mogilev_report(held=replace(held, rows=tuple(led if r is gap else r for r in held.rows)))
    own = report.row(gap.family)
    assert own.related == (ArticleId(elsewhere),)

    part = cut(report, [own])

    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(part)))
    rows = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows(min_row=3)]
    assert [row[0] for row in rows] == [gap.family]
    articles = [line[0].value for line in book.worksheets[1].iter_rows(min_row=3)]
    assert articles == []  # it counts for no row of the sheet
    assert csv.render(part).count(b"\r\n") == 2
