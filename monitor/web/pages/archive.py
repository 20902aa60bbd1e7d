"""The reports of a reader's region and language, and each with fresh links of that reader."""

from dataclasses import dataclass

from monitor.core.ids import Week
from monitor.reports.archive import list_reports
from monitor.reports.personal import Links, fill
from monitor.reports.tokens import Action
from monitor.reports.types import Report
from monitor.web.asked import Asked, Raw, RefusedError, Shown
from monitor.web.kept import kept_report, whole_page
from monitor.web.pages.account import region_name
from monitor.web.texts import week_days
from monitor.web.tickets import open_ticket
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring.answers import Ticket, signer

REPORTS_LIMIT = 104  # two years of weeks


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """Everything the list of reports may use."""

    region: str
    reports: tuple[tuple[str, str], ...]  # address, week
    older: str  # that there are older ones, empty where there are none
    account_url: str


def archive_page(app: App, asked: Asked) -> Shown:
    """The reports of the reader's region and language, newest first."""
    ticket = open_ticket(app, asked, (Action.ARCHIVE,))
    reader, words, key = ticket.reader, page_words(asked.lang), signer(app)
    with app.ready_db.reading() as tx:
        held = list_reports(tx, reader, limit=REPORTS_LIMIT + 1)

    def to(action: Action, subject: str) -> str:
        return key.address("", action, reader.id, subject, ticket.allowed.expires_at)

    listed = tuple(
        (to(Action.REPORT, report), words.say("archive.week", week=week_days(Week(week), words)))
        for report, week in held[:REPORTS_LIMIT]
    )
    older = words.count("n.latest_reports", REPORTS_LIMIT) if len(held) > REPORTS_LIMIT else ""
    region = region_name(app, reader, words)
    return Shown("archive", ArchivePage(region, listed, older, to(Action.ACCOUNT, "")))


def report_page(app: App, asked: Asked) -> Raw:
    """One report as its mail shows it, with the reader's links of today and the pictures in the page."""
    ticket = open_ticket(app, asked, (Action.REPORT,))
    report = kept_report(app, ticket.allowed.subject)
    if report is None:
        raise RefusedError("no_report", 410)
    return Raw(_page(app, report, ticket), "text/html; charset=utf-8", True)


def _page(app: App, report: Report, ticket: Ticket) -> bytes:
    """The mail's HTML. Its links lead to these pages, wherever they are served, and end when the link to this
    page ends: those of the mail itself may have ended long ago."""
    links = Links(signer(app), "", report.id, ticket.allowed.expires_at)
    return fill(whole_page(report, is_linked=True), links.of(ticket.reader.id))
