"""The reports of a reader's region and language, and each as it was mailed."""

import re
from base64 import b64encode
from dataclasses import dataclass
from email.message import EmailMessage

from monitor.core.errors import StorageError
from monitor.reports.archive import list_reports
from monitor.reports.mail import message, render_parts
from monitor.reports.store import find_report
from monitor.reports.subscribers import Subscriber
from monitor.reports.tokens import Action
from monitor.reports.types import Report
from monitor.web.asked import Asked, Raw, RefusedError, Shown
from monitor.web.pages.account import region_name
from monitor.web.tickets import open_ticket
from monitor.web.words import page_words
from monitor.wiring import App
from monitor.wiring.answers import signer
from monitor.wiring.mailing import linking

REPORTS_LIMIT = 104  # two years of weeks
_CID = re.compile(rb'src="cid:([^"]{1,200})"')


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """Everything the list of reports may use."""

    region: str
    reports: tuple[tuple[str, str], ...]  # address, week
    account_url: str


def archive_page(app: App, asked: Asked) -> Shown:
    """The reports of the reader's region and language, newest first."""
    ticket = open_ticket(app, asked, (Action.ARCHIVE,))
    reader, words, key = ticket.reader, page_words(asked.lang), signer(app)
    with app.ready_db.reading() as tx:
        held = list_reports(tx, reader, limit=REPORTS_LIMIT)

    def to(action: Action, subject: str) -> str:
        return key.address("", action, reader.id, subject, ticket.allowed.expires_at)

    listed = tuple((to(Action.REPORT, report), words.say("archive.week", week=week)) for report, week in held)
    return Shown("archive", ArchivePage(region_name(app, reader, words), listed, to(Action.ACCOUNT, "")))


def report_page(app: App, asked: Asked) -> Raw:
    """One report as its mail shows it; pictures, which a mail carries beside the page, stand in the page."""
    ticket = open_ticket(app, asked, (Action.REPORT,))
    with app.ready_db.reading() as tx:
        try:
            report = find_report(tx, ticket.allowed.subject)
        except StorageError as error:  # its facts are of an older program
            raise RefusedError("no_report", 410) from error
    if report is None:
        raise RefusedError("no_report", 410)
    return Raw(with_pictures(mailed(app, report, ticket.reader)), "text/html; charset=utf-8", True)


def mailed(app: App, report: Report, reader: Subscriber) -> EmailMessage:
    """The mail as this reader gets it, links and all."""
    links = linking(app)
    return message(
        render_parts(report, is_linked=links is not None),
        subscriber_id=reader.id,
        recipient=reader.email,
        sender=app.settings.mail.sender,
        links=links.of(report.id, report.to_on) if links else None,
    )


def with_pictures(mail: EmailMessage) -> bytes:
    """The bytes of a mail's HTML; where it names a picture by content id, the picture itself."""
    page, pictures = b"", {}
    for part in mail.walk():
        held = part.get_payload(decode=True)
        if not isinstance(held, bytes):
            continue
        if part.get_content_type() == "text/html" and not page:
            page = held
        elif part.get_content_type() == "image/png":
            pictures[str(part["Content-ID"]).strip("<>").encode()] = held

    def shown(match: re.Match[bytes]) -> bytes:
        picture = pictures.get(match[1])
        return match[0] if picture is None else b'src="data:image/png;base64,' + b64encode(picture) + b'"'

    return _CID.sub(shown, page)
