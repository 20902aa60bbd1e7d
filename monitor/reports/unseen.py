"""What may have kept stories of a row from us, in words: a zero split into its causes. Pure."""

from collections import Counter
from collections.abc import Mapping

from monitor.core.ledger import Reason
from monitor.reports.catalogue import Catalogue
from monitor.reports.row_types import Row, Unread

_WAITS = ""  # of a page that was not asked for yet
# why a page was not had, by what a reader can make of it; the key of its words in [unseen]
_KINDS: Mapping[str, str] = {
    _WAITS: "waiting",
    **dict.fromkeys((Reason.HTTP_4XX, Reason.ROBOTS, Reason.RATE_LIMITED), "refused"),
    **dict.fromkeys(
        (
            Reason.DNS,
            Reason.CONNECT,
            Reason.TLS,
            Reason.TIMEOUT,
            Reason.HTTP_5XX,
            Reason.PRIVATE_ADDRESS,
            Reason.BAD_URL,
            Reason.TOO_MANY_REDIRECTS,
        ),
        "no_answer",
    ),
    **dict.fromkeys((Reason.NO_TEXT, Reason.NOT_HTML, Reason.BAD_ENCODING, Reason.TOO_LARGE), "no_text"),
    Reason.LANGUAGE_NOT_READ: "language",
    Reason.CRASHED: "crashed",
    Reason.SOURCE_OFF: "off",
}


def unseen_lines(row: Row, words: Catalogue) -> tuple[str, ...]:
    """One line a cause, none for a cause that there is nothing of. Numbers only: no outlet is named.

    Of a report that was made before causes were kept: the pages without their reasons, and outlets not read.
    """
    held = row.unseen
    numbers = {
        "dead": held.dead if held else 0,
        "silent": held.silent if held else 0,
        "overflowed": held.overflowed if held else 0,
        "late": held.late if held else 0,
        "not_polled": row.watched.outlets_without_address,
    }
    said = [words.say(f"unseen.{key}", n=words.number(n)) for key, n in numbers.items() if n]
    return (*_pages(row.counted.unread_pages, held.unread if held else (), words), *said)


def _pages(total: int, unread: tuple[Unread, ...], words: Catalogue) -> tuple[str, ...]:
    if not total:
        return ()
    n = words.number(total)
    kinds: Counter[str] = Counter()
    for one in unread:
        kinds[_KINDS.get(one.reason, "other")] += one.pages
    if not kinds:
        return (words.say("unseen.pages", n=n),)
    parts = [words.say(f"unseen.{kind}", n=words.number(pages)) for kind, pages in kinds.most_common()]
    return (words.say("unseen.pages_split", n=n, parts=words.list(parts)),)
