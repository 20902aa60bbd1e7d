"""Signed links of mails: each lets one subscriber do one thing with one subject until a day. Pure.

A token names a subscriber by number and tells nothing else of a person. Whether it was used before stands in
the table `used_tokens`. Nothing here reads a key file or a clock.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from monitor.core.ids import FamilyId

LIFETIME = timedelta(days=30)
MIN_KEY_BYTES = 16

_DOMAIN = b"coverage-monitor link 1\n"  # a key that signs other things too never signs one of these by chance
_MAC_BYTES = 16
_MAX_LENGTH = 400
_SUBJECT = re.compile(r"[A-Za-z0-9_~-]{0,200}")  # what stands in a path as it is; no dot: it parts the fields
_TOKEN = re.compile(
    r"([a-z_]{1,20})\.(0|[1-9]\d{0,17})\.(0|[1-9]\d{0,11})\.([A-Za-z0-9_~-]{0,200})\.([\w-]{22})", re.A
)


class Action(StrEnum):
    """What a link lets its holder do. The first four change nothing however often they are opened."""

    PROOF = "proof"  # subject: family~report
    REPORT = "report"  # subject: report
    ARCHIVE = "archive"  # subject: empty; the list of one's reports
    ACCOUNT = "account"  # subject: empty; what we hold on the subscriber
    WRONG = "wrong"  # these five: subject family~report
    WORKING = "working"
    NOT_NEWS = "not_news"
    REMIND = "remind"
    MISSED = "missed"
    CONFIRM = "confirm"  # subject: when the subscription was asked for
    LEAVE = "leave"  # subject: report
    SETTINGS = "settings"  # these two: subject the moment at which the page with the button was made
    FORGET = "forget"


READING = frozenset({Action.PROOF, Action.REPORT, Action.ARCHIVE, Action.ACCOUNT})
ANSWERS = (Action.WRONG, Action.WORKING, Action.NOT_NEWS, Action.REMIND, Action.MISSED)
_PAGES = {a: a.value for a in Action} | dict.fromkeys(ANSWERS, "answer") | {Action.REPORT: "reports"}


class TokenError(ValueError):
    """A token that is not accepted. `reason`: foreign (not ours or altered) or expired."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token allows."""

    action: Action
    subscriber: int
    subject: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerLinks:
    """Addresses that one row of a mail offers its reader."""

    proof: str
    wrong: str
    working: str
    not_news: str
    remind: str
    missed: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes and reads tokens with the installation's key; the same arguments give the same token."""

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) < MIN_KEY_BYTES:
            raise ValueError(f"the key of signed links has fewer than {MIN_KEY_BYTES} bytes")

    def sign(self, action: Action, subscriber: int, subject: str, expires: datetime) -> str:
        """The token, letters that stand in a path as they are. Errors: ValueError on an odd subject."""
        if not _SUBJECT.fullmatch(subject):
            raise ValueError(f"{subject!r} cannot be the subject of a token")
        claim = f"{action.value}.{subscriber}.{int(expires.timestamp())}.{subject}"
        return f"{claim}.{self._mac(claim)}"

    def read(self, token: str, *, now: datetime) -> Pass:
        """What a token allows. Errors: TokenError when it is not ours, was altered or has expired."""
        found = _TOKEN.fullmatch(token) if len(token) <= _MAX_LENGTH else None
        if found is None:
            raise TokenError("foreign")
        claim, _, mac = token.rpartition(".")
        if not hmac.compare_digest(mac, self._mac(claim)) or found[1] not in set(Action):
            raise TokenError("foreign")
        expires_at = datetime.fromtimestamp(int(found[3]), UTC)
        if now >= expires_at:
            raise TokenError("expired")
        return Pass(Action(found[1]), int(found[2]), found[4], expires_at)

    def address(self, base_url: str, action: Action, subscriber: int, subject: str, expires: datetime) -> str:
        """Where the page of an action is served. `base_url`: setting reports.public_url."""
        token = self.sign(action, subscriber, subject, expires)
        return f"{base_url.rstrip('/')}/{_PAGES[action]}/{token}"

    def _mac(self, claim: str) -> str:
        digest = hmac.new(self.key, _DOMAIN + claim.encode(), hashlib.sha256).digest()[:_MAC_BYTES]
        return urlsafe_b64encode(digest).decode().rstrip("=")


def expiry(to_on: date) -> datetime:
    """When the links of a report end: 30 days after its last day counted, whenever the mail is sent."""
    return datetime.combine(to_on, time(21), UTC) + LIFETIME


def row_subject(family: FamilyId, report_id: str) -> str:
    """The subject of a row's links: this family in this report."""
    return f"{family}~{report_id}"


def parse_row_subject(subject: str) -> tuple[FamilyId, str]:
    """Family and report id of a row's subject; the report may be empty."""
    family, _, report_id = subject.partition("~")
    return FamilyId(family), report_id


def answer_links(
    signer: Signer, family: FamilyId, report_id: str, subscriber: int, *, base_url: str, expires: datetime
) -> AnswerLinks:
    """The six links of one row for one subscriber."""
    subject = row_subject(family, report_id)

    def to(action: Action) -> str:
        return signer.address(base_url, action, subscriber, subject, expires)

    return AnswerLinks(
        proof=to(Action.PROOF),
        wrong=to(Action.WRONG),
        working=to(Action.WORKING),
        not_news=to(Action.NOT_NEWS),
        remind=to(Action.REMIND),
        missed=to(Action.MISSED),
    )
