"""What may not be shown, as config/restricted.toml has it at this moment."""

from monitor.crawl.sources import load_restricted
from monitor.reports.catalogue import catalogue
from monitor.reports.types import Report
from monitor.reports.withheld import Withhold, withheld
from monitor.reports.withhold import Withholding
from monitor.wiring.app import App


def withholding_of(app: App, titles_lang: str) -> Withholding:
    """Make it once for a page or a report. Errors: InputError for a list that cannot be read."""
    return Withholding(app.sources, load_restricted(app.home.config / "restricted.toml"), titles_lang)


def as_shown(app: App, report: Report) -> Report:
    """A stored report as it may be shown now. Errors: as `withholding_of`."""
    return withheld(report, withholding_of(app, catalogue(report.lang).titles_lang))


def list_as_it_is(app: App) -> bytes:
    """The list of restricted outlets to the byte, to see that it was changed; empty where it is missing."""
    try:
        return (app.home.config / "restricted.toml").read_bytes()
    except FileNotFoundError:  # who reads it tells
        return b""


def for_mails(app: App) -> Withhold:
    """`as_shown` for many mails of one report: done anew where the list or the report is another."""
    held: list[tuple[bytes, Report, Report]] = []

    def shown(report: Report) -> Report:
        now = list_as_it_is(app)
        if not held or held[0][0] != now or held[0][1] is not report:
            held[:] = [(now, report, as_shown(app, report))]
        return held[0][2]

    return shown
