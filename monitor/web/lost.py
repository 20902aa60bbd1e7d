"""A story that somebody names as missed: read from a form, and where it was lost, in words."""

from monitor.core.ids import FamilyId
from monitor.core.urls import normalise
from monitor.gaps.missed import Lost, LostAt
from monitor.gaps.missed_store import PRINT_LIMIT
from monitor.reports.catalogue import Catalogue
from monitor.web.asked import Asked, FormError, one_line_field
from monitor.web.texts import family_title, withholding_of
from monitor.wiring import App

_TITLES_SHOWN = 3


def read_story(asked: Asked, words: Catalogue) -> tuple[str, str]:
    """The address or what stands in print only, one of the two; the other is empty. Errors: FormError."""
    url, print_only = one_line_field(asked, "url"), one_line_field(asked, "print_only")
    if bool(url) == bool(print_only):
        raise FormError(words, "one_of_two")
    if url and normalise(url) is None:
        raise FormError(words, "no_address")
    if len(print_only) > PRINT_LIMIT:
        raise FormError(words, "print_long", limit=PRINT_LIMIT)
    return url, print_only


def explained(app: App, lost: Lost, words: Catalogue) -> tuple[str, ...]:
    """Two or three sentences: where, why, and what it means. An outlet that may not be named is not named."""
    reason = words.coded("lost_reason", lost.reason) if lost.reason else ""
    first = words.say(f"lost.{lost.stage.value}", outlet=_outlet(app, lost, words), reason=reason)
    lines = [first]
    if lost.since is not None:
        lines.append(words.say("lost.since", day=words.day(lost.since.astimezone(app.zone).date())))
    if lost.families:
        titles = [_title(app, family, words) for family in lost.families[:_TITLES_SHOWN]]
        if left := len(lost.families[_TITLES_SHOWN:]):
            titles.append(words.count("n.more_agreements", left))
        lines.append(words.say("lost.counts_for", titles=words.list(titles)))
    lines.append(words.say("lost.kept" if lost.is_loss else "lost.no_loss"))
    return tuple(lines)


def floor_line(counted: dict[LostAt, int], words: Catalogue) -> str:
    """How many stories people named that we had lost, by stage: a floor, no rate."""
    total = sum(counted.values())
    if not total:
        return words.say("floor.none")
    parts = [
        words.say("floor.part", stage=words.coded("lost_stage", stage.value), n=words.number(counted[stage]))
        for stage in LostAt
        if counted.get(stage)
    ]
    return words.say("floor.some", stories=words.count("n.stories", total), parts="; ".join(parts))


def _outlet(app: App, lost: Lost, words: Catalogue) -> str:
    name = withholding_of(app, words).name(lost.source_id) if lost.source_id else ""
    return words.quoted(name) if name else words.say("unnamed")


def _title(app: App, family: FamilyId, words: Catalogue) -> str:
    title, _ = family_title(app, family, words)
    return title if title == family else words.quoted(title)
