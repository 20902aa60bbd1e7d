"""A report as it was kept, for a page: what was listed since it was made is withheld."""

from base64 import b64encode

from monitor.core.errors import StorageError
from monitor.reports.charts import charts
from monitor.reports.formats import html
from monitor.reports.store import find_report
from monitor.reports.types import Report
from monitor.web.asked import RefusedError
from monitor.wiring import App
from monitor.wiring.withholding import as_shown


def kept_report(app: App, report_id: str) -> Report | None:
    """The report as it may be shown now, None where none is kept.

    Errors: RefusedError where its facts are of an older program.
    """
    with app.ready_db.reading() as tx:
        try:
            report = find_report(tx, report_id)
        except StorageError as error:
            raise RefusedError("no_report", 410) from error
    return None if report is None else as_shown(app, report)


def whole_page(report: Report, *, is_linked: bool) -> bytes:
    """The page of a report's mail with its pictures in it: a mail carries them beside the page.

    `is_linked`: with the marks of a reader's links, for `monitor.reports.personal.fill`.
    """
    drawn = {name: b64encode(picture).decode() for name, picture in charts(report).items()}
    return html.render_with(
        report, picture=lambda name: f"data:image/png;base64,{drawn[name]}", is_linked=is_linked
    )
