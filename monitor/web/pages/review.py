"""What waits for a reviewer, how far they have come, and how far reviewers agree."""

from dataclasses import dataclass

from monitor.core.accounts import Role, User
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId
from monitor.core.text import shorten
from monitor.reports.catalogue import Catalogue
from monitor.review.looks import Agreed, Item, Look
from monitor.web.asked import Asked, Moved, RefusedError, Shown
from monitor.web.desk import Desk
from monitor.web.texts import family_title, topic_name
from monitor.web.words import page_words
from monitor.wiring import App, reviewing
from monitor.wiring.reviewing import Waiting

_TITLE = 120  # letters of an agreement in a line


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue. `url` is empty when nothing waits."""

    url: str
    title: str
    explain: str
    done: str
    waits: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Everything the first page of the review may use."""

    queues: tuple[QueueLine, ...]
    agreed: tuple[str, ...]
    disputed: tuple[tuple[str, str], ...]  # address, text; for who decides
    n_disputed: str  # for who does not
    last: str  # the last answer, empty where there is none
    last_look: int


def review_page(app: App, asked: Asked, _desk: Desk) -> Shown:
    """The queues of who is signed in."""
    words, user = page_words(asked.lang), signed_in(asked)
    held = reviewing.disputed(app)
    is_admin = user.role.may(Role.ADMIN)
    last = reviewing.last_look(app, user)
    return Shown(
        "review",
        ReviewPage(
            queues=tuple(_line(one, words) for one in waiting(app, user)),
            agreed=_agreed(reviewing.agreement(app), words),
            disputed=tuple(_disputed(item, words) for item in held) if is_admin else (),
            n_disputed=words.count("n.disputed", len(held)) if held and not is_admin else "",
            last=last_line(app, last, words) if last else "",
            last_look=last.id if last else 0,
        ),
    )


def undo_page(app: App, asked: Asked, _desk: Desk) -> Moved:
    """Take back the last answer, and show its item again."""
    number = asked.field("look")
    item = reviewing.undo(app, signed_in(asked), int(number)) if is_number(number) else None
    if item is None:  # pressed twice, or in a window that was left open
        return Moved(f"/review?lang={asked.lang}")
    return Moved(f"/review/{item.queue.value}?item={item.subject}&lang={asked.lang}")


def waiting(app: App, user: User) -> tuple[Waiting, ...]:
    """All queues. Errors: RefusedError where nothing was judged yet."""
    try:
        return reviewing.waiting(app, user)
    except UsageError as error:
        raise RefusedError("no_review", 503) from error


def signed_in(asked: Asked) -> User:
    """Who asks; the server lets nobody else come here."""
    if asked.user is None:
        raise RefusedError("not_yours", 403)
    return asked.user


def is_number(text: str) -> bool:
    """Whether a field holds the number of something."""
    return text.isascii() and text.isdigit() and len(text) < 12


def told_line(app: App, look: Look, words: Catalogue) -> str:
    """What somebody said of an item, in words."""
    parts = [words.say(f"review.told_{_code(look)}")]
    if look.told.cooperation and look.told.agreements is not None:
        named = [_short(app, one, words) for one in look.told.agreements]
        parts.append(words.say("review.told_agreements", names="; ".join(named) or words.say("review.none")))
    if look.told.topics is not None:
        titles = [topic_name(app, topic, words.lang) for topic in look.told.topics]
        parts.append(words.say("review.told_topics", names=", ".join(titles) or words.say("review.none")))
    return "; ".join(parts)


def last_line(app: App, look: Look, words: Catalogue) -> str:
    """One's last answer, and whose counts where it is another's."""
    counts = reviewing.counted_of(app, look)
    said = told_line(app, look, words)
    if counts is None:
        return said
    code = "final" if counts.is_final else "first"
    return f"{said}. {words.say(f'review.counts_{code}', who=counts.who, told=told_line(app, counts, words))}"


def _code(look: Look) -> str:
    return {True: "yes", False: "no", None: "skip"}[look.told.cooperation]


def _short(app: App, agreement: AgreementId, words: Catalogue) -> str:
    family = app.register.family_of.get(agreement)
    title = family_title(app, family, words)[0] if family else ""
    return shorten(f"{agreement} {title}", _TITLE)


def _line(one: Waiting, words: Catalogue) -> QueueLine:
    code, n = one.queue.value, len(one.open)
    waits = [
        words.count("n.waiting", n) if n else words.say(f"review.{'nothing' if one.is_drawn else 'undrawn'}")
    ]
    if one.n_waiting:
        waits.append(words.count("n.second", one.n_waiting))
    return QueueLine(
        url=f"/review/{code}?lang={words.lang}" if n else "",
        title=words.say(f"review.{code}.title"),
        explain=words.say(f"review.{code}.explain"),
        done=words.count("n.answered", one.done) if one.done else words.say("review.none_answered"),
        waits="; ".join(waits),
    )


def _agreed(found: Agreed, words: Catalogue) -> tuple[str, ...]:
    if not found.items:
        return (words.say("review.alpha_none"),)
    figures = (("cooperation", found.cooperation), ("agreements", found.agreements))
    lines = [
        words.say(f"review.alpha_{name}", alpha=words.number(alpha, 2))
        if alpha is not None
        else words.say(f"review.alpha_{name}_unknown")
        for name, alpha in figures
    ]
    return (words.count("n.compared", found.items), *lines)


def _disputed(item: Item, words: Catalogue) -> tuple[str, str]:
    code = item.queue.value
    text = words.say("review.disputed_line", queue=words.say(f"review.{code}.title"), number=item.article)
    return f"/review/{code}/{item.subject}?lang={words.lang}", text
