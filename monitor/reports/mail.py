"""One mail: text, HTML with its picture, the sheet. The same facts and reader give the same bytes. Pure."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from urllib.parse import quote

from monitor.reports.address import checked_address, checked_sender, is_one_line
from monitor.reports.charts import charts
from monitor.reports.formats import html, text, xlsx
from monitor.reports.letter import letter
from monitor.reports.personal import Links, fill
from monitor.reports.tokens import Action
from monitor.reports.types import Report

_NOT_IN_ID = re.compile(r"[^a-z0-9.-]+")
_SHEET = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


class _MailPolicy(EmailPolicy):
    """SMTP with two headers folded otherwise than EmailPolicy does (seen in Python 3.11.7).

    The subject by the older `Header`: a space between two encoded words is moved where every reader drops it.
    The addresses to unsubscribe at only between them: one longer than a line would be written as encoded
    words, which programs that offer the button do not read (RFC 2369 allows none there).
    """

    def fold(self, name: str, value: str) -> str:
        if name.lower() == "list-unsubscribe" and value.isascii():
            return f"{name}: {value.replace(', <', f',{self.linesep} <')}{self.linesep}"
        if name.lower() == "subject" and not value.isascii():
            encoded = Header(value, "utf-8", header_name=name).encode(linesep=self.linesep)
            return f"{name}: {encoded}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


_POLICY = _MailPolicy(linesep=SMTP.linesep)


@dataclass(frozen=True, slots=True)
class Parts:
    """A rendered report, shared by the mails to all its subscribers."""

    report_id: str
    subject: str
    dated_at: datetime  # the end of the last day counted: part of the facts, not the moment of sending
    text: bytes
    html: bytes
    charts: tuple[tuple[str, bytes], ...]  # name and PNG of each picture that the page shows
    sheet: bytes


def render_parts(report: Report, *, is_linked: bool = False) -> Parts:
    """Everything of the mail that is the same for all; `is_linked`: with marks to fill for each reader."""
    shown = {section.picture for section in letter(report).sections if section.picture}
    return Parts(
        report_id=report.id,
        subject=letter(report).subject,
        dated_at=datetime.combine(report.to_on, time(21), UTC),
        text=text.render_with(report, is_linked=is_linked),
        html=html.render_with(report, is_linked=is_linked),
        charts=tuple((name, picture) for name, picture in charts(report).items() if name in shown),
        sheet=xlsx.render(report),
    )


def message_id(report_id: str, subscriber_id: int, *, sender: str) -> str:
    """The Message-ID of a report for a subscriber: fixed before sending and the same in every attempt."""
    host = checked_sender(sender)[1].rpartition("@")[2]
    return f"<{_NOT_IN_ID.sub('-', report_id.lower())}.{subscriber_id}@{host}>"


def message(
    parts: Parts, *, subscriber_id: int, recipient: str, sender: str, links: Links | None = None
) -> EmailMessage:
    """The mail as it goes out; `links` fill the marks of linked parts, and one click can unsubscribe.

    Errors: UsageError for an address that could inject a header, ValueError for a subject that could.
    """
    if not is_one_line(parts.subject):
        raise ValueError(f"the subject {parts.subject!r} is not one line without control characters")
    name, address = checked_sender(sender)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(display_name=name, addr_spec=address)
    mail["To"] = checked_address(recipient)
    mail["Subject"] = parts.subject
    mail["Date"] = format_datetime(parts.dated_at)
    mail["Message-ID"] = message_id(parts.report_id, subscriber_id, sender=sender)
    leave = f"<mailto:{address}?subject={quote(f'unsubscribe {subscriber_id} {parts.report_id}')}>"
    if links is not None:
        reader = links.of(subscriber_id)
        parts = replace(parts, text=fill(parts.text, reader), html=fill(parts.html, reader))
        leave = f"<{reader(Action.LEAVE, None)}>, {leave}"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["List-Unsubscribe"] = leave
    mail["Auto-Submitted"] = "auto-generated"
    _fill(mail, parts)
    _fix_boundaries(mail, f"{parts.report_id} {subscriber_id}")
    return mail


def _fill(mail: EmailMessage, parts: Parts) -> None:
    # base64: Cyrillic in quoted-printable would take more than twice the room
    mail.set_content(parts.text.decode(), cte="base64")
    mail.add_alternative(parts.html.decode(), subtype="html", cte="base64")
    _, page = mail.iter_parts()
    for name, picture in parts.charts if isinstance(page, MIMEPart) else ():
        page.add_related(
            picture,
            "image",
            "png",
            cid=f"<{html.chart_cid(name)}>",
            filename=f"{name}.png",
            disposition="inline",
        )
    mail.add_attachment(
        parts.sheet, maintype=_SHEET[0], subtype=_SHEET[1], filename=f"{parts.report_id}{xlsx.SUFFIX}"
    )


def _fix_boundaries(mail: EmailMessage, seed: str) -> None:
    """Boundaries from the ids, since the library's own are random. `=_` never stands in a line of base64."""
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        digest = hashlib.sha256(f"{seed} {number}".encode()).hexdigest()[:32]
        part.set_boundary(f"=_{digest}")
