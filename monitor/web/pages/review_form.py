"""What the form of a review item holds, and what contradicts itself in it."""

from dataclasses import dataclass, replace

from monitor.core.ids import AgreementId, TopicId
from monitor.reports.catalogue import Catalogue
from monitor.reports.plain import one_line
from monitor.review.looks import Proposal, Verdict
from monitor.web.asked import Asked, FormError, one_line_field
from monitor.wiring import App, reviewing
from monitor.wiring.reviewing import OFFERED

_MOST_GONE = 5  # that are named


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a form holds so far. `found`: agreements beside those offered; `gone`: ticked, not known now."""

    agreements: tuple[AgreementId, ...] = ()
    topics: tuple[TopicId, ...] = ()
    found: tuple[AgreementId, ...] = ()
    wanted: str = ""
    error: str = ""
    gone: tuple[str, ...] = ()


def slip_of(verdict: Verdict, proposal: Proposal, ticked: Ticked) -> str:
    """The fault of an answer that says something else than the ticks beside it; empty where they agree.

    Nothing is ticked beforehand, so that nobody confirms what they have not looked at.
    """
    proposed = {*proposal.agreements, *proposal.topics}
    marked = {*ticked.agreements, *ticked.topics}
    both = proposed & marked
    match verdict:
        case Verdict.ACCEPT if both and both != proposed:
            return "review_part"
        case Verdict.REJECT if both:
            return "review_rejected"
        case Verdict.CHOOSE if proposed and not marked:
            return "review_nothing"
    return ""


def read_ticked(app: App, asked: Asked) -> Ticked:
    """Only what there is, whatever was posted; the rest is kept by name, so that nobody loses it unawares."""
    agreements, topics = asked.fields("agreement"), asked.fields("topic")
    known = tuple(AgreementId(one) for one in agreements if one in app.register.family_of)
    unknown = [one for one in agreements if one not in app.register.family_of]
    unknown += [one for one in topics if one not in app.register.topics]
    return Ticked(
        agreements=known,
        topics=tuple(TopicId(one) for one in topics if one in app.register.topics),
        found=known,
        wanted=one_line_field(asked, "wanted")[:300],
        gone=tuple(one_line(one, 40) for one in unknown[:_MOST_GONE]),
    )


def searched(app: App, ticked: Ticked, words: Catalogue) -> Ticked:
    """With the agreement of the search field ticked. Errors: FormError when it is none or one of several."""
    if not ticked.wanted:
        return ticked
    found = reviewing.search(app, ticked.wanted)
    if len(found) != 1:
        raise FormError(words, "review_several" if found else "review_unknown")
    return replace(
        ticked,
        agreements=(*ticked.agreements, *found),
        found=(*ticked.found, *found),
        wanted="",
    )


def near(app: App, ticked: Ticked) -> tuple[AgreementId, ...]:
    """What was ticked, and what the search field may have meant."""
    return (*ticked.found, *(reviewing.search(app, ticked.wanted)[:OFFERED] if ticked.wanted else ()))
