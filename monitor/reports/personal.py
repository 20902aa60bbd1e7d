"""Links of one reader in a mail that is rendered once for all: marks are put in, and filled for each. Pure.

A mark is made of characters that no text of a report can hold (`plain.one_line` drops private ones), so that
a hostile title cannot forge one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from monitor.core.ids import FamilyId
from monitor.reports.tokens import Action, Signer, expiry, row_subject

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([a-z_]+) ([A-Za-z0-9-]*){_CLOSE}".encode())
ROW_ACTIONS = (
    Action.PROOF, Action.WRONG, Action.WORKING, Action.NOT_NEWS, Action.REMIND, Action.MISSED,
)  # fmt: skip
LIST_ACTIONS = (Action.PROOF,)  # its page offers the others
_OF_REPORT = frozenset({Action.REPORT, Action.LEAVE})

Address = Callable[[Action, FamilyId | None], str]


def mark(action: Action, family: str = "") -> str:
    """What stands in place of an address until the reader is known."""
    return f"{_OPEN}{action.value} {family}{_CLOSE}"


def fill(content: bytes, address: Address) -> bytes:
    """The content with every mark replaced by its reader's address."""

    def found(match: re.Match[bytes]) -> bytes:
        family = match[2].decode()
        return address(Action(match[1].decode()), FamilyId(family) if family else None).encode()

    return _MARK.sub(found, content)


@dataclass(frozen=True, slots=True)
class Linking:
    """How mails get their readers' links: the installation's key and where its pages are served."""

    signer: Signer
    base_url: str

    def of(self, report_id: str, to_on: date) -> "Links":
        """The links of one report; they end 30 days after its last day, whenever it is sent."""
        return Links(self.signer, self.base_url, report_id, expiry(to_on))


@dataclass(frozen=True, slots=True)
class Links:
    """Makes the addresses of a report's readers; the same report and reader give the same ones."""

    signer: Signer
    base_url: str
    report_id: str
    expires_at: datetime

    def of(self, subscriber: int) -> Address:
        """The addresses of one reader."""

        def address(action: Action, family: FamilyId | None) -> str:
            subject = row_subject(family, self.report_id) if family else ""
            if action in _OF_REPORT:
                subject = self.report_id
            return self.signer.address(self.base_url, action, subscriber, subject, self.expires_at)

        return address
