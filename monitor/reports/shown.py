"""Which rows a mail puts before its reader: kept when it was sent, so that the order can let them rest."""

from datetime import date

from monitor.core.db import Tx
from monitor.gaps.showings import record_showings
from monitor.reports.types import Report


def record_shown(tx: Tx, report: Report, *, shown_on: date) -> int:
    """Keep that the gaps of a report have reached a reader of its region; how many were new.

    Rows of the sheet only are not shown: nobody reads a sheet of two hundred rows each Monday.
    """
    sections = report.sections
    families = (*sections.gaps, *sections.thin, *sections.national)
    return record_showings(tx, week=report.week, region=report.region, families=families, shown_on=shown_on)
