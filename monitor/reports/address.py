"""Mail addresses: what may stand in a header or an SMTP command, and nothing else. Pure."""

import re
import unicodedata
from email.utils import parseaddr

from monitor.core.errors import UsageError

# The dot-atom of RFC 5322 without quoted local parts: no newsroom has one and every injection needs one.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NOT_IN_A_HEADER = frozenset({"Cc", "Zl", "Zp"})  # control characters and what some take for a line break


def is_one_line(text: str) -> bool:
    """Whether a text may stand in a header: all but line breaks and control characters may, so the spaces
    that do not break in dates and numbers, too."""
    return _NOT_IN_A_HEADER.isdisjoint(map(unicodedata.category, text))


def checked_address(text: str, *, needs_dot: bool = True) -> str:
    """The address with its host in lower case and punycode.

    Errors: UsageError for anything that is not one plain address: line breaks, spaces, names, quotes, letters
    outside ASCII before the @, a host without a dot (where `needs_dot`), too long.
    """
    if any(ord(char) < 33 or ord(char) == 127 for char in text.strip()):
        raise UsageError(
            f"{text!r} is no mail address: spaces, line breaks and control characters are refused"
        )
    local, at, host = text.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > 64:
        raise UsageError(f"{text!r} is no mail address: the part before @ is missing or has odd characters")
    try:
        ascii_host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_host = ""
    labels = ascii_host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or (needs_dot and len(labels) < 2):
        raise UsageError(f"{text!r} is no mail address: {host!r} is no host name")
    address = f"{local}@{ascii_host}"
    if len(address) > 254:
        raise UsageError(f"{text[:40]!r}… is longer than the 254 characters of a mail address")
    return address


def checked_sender(text: str) -> tuple[str, str]:
    """Display name (may be empty) and address of `Name <address>` or a bare address. Errors: UsageError."""
    if not is_one_line(text):
        raise UsageError(f"mail.sender {text!r} holds a line break or a control character")
    name, address = parseaddr(text)
    return name, checked_address(address, needs_dot=False)
