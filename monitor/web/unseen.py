"""What may have kept stories of a family from us: a zero split into its causes, as the gap table has them."""

from collections import Counter
from collections.abc import Mapping

from monitor.core.ledger import Reason
from monitor.gaps.types import Reasons
from monitor.reports.catalogue import Catalogue

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


def unseen_lines(reasons: Reasons, words: Catalogue) -> tuple[str, ...]:
    """One line a cause, none for a cause that there is nothing of. Numbers only: no outlet is named."""
    numbers = {
        "dead": len(reasons.sources_dead),
        "silent": len(reasons.sources_silent),
        "overflowed": len(reasons.sources_overflowed),
        "late": len(reasons.sources_late),
        "not_polled": reasons.outlets_without_address,
    }
    said = [words.say(f"unseen.{key}", n=words.number(n)) for key, n in numbers.items() if n]
    return (*_pages(reasons, words), *said)


def _pages(reasons: Reasons, words: Catalogue) -> tuple[str, ...]:
    if not reasons.unread_pages:
        return ()
    n = words.number(reasons.unread_pages)
    kinds: Counter[str] = Counter()
    for reason, pages in reasons.unread_reasons.items():
        kinds[_KINDS.get(reason, "other")] += pages
    if not kinds:  # a table of an older program
        return (words.say("unseen.pages", n=n),)
    parts = [words.say(f"unseen.{kind}", n=words.number(pages)) for kind, pages in kinds.most_common()]
    return (words.say("unseen.pages_split", n=n, parts=words.list(parts)),)
