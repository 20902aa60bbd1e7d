"""Where a story was lost, in words: for the page of an answer and for the command line."""

from monitor.core.ids import FamilyId
from monitor.gaps.missed import Lost, LostAt
from monitor.reports.catalogue import Catalogue
from monitor.reports.phrases import Phrases
from monitor.web.texts import family_title, withholding_of
from monitor.wiring import App

_TITLES_SHOWN = 3


def explained(app: App, lost: Lost, words: Catalogue) -> tuple[str, ...]:
    """Two or three sentences: where, why, and what it means. An outlet that may not be named is not named."""
    reason = words.coded("lost_reason", lost.reason) if lost.reason else ""
    first = words.say(f"lost.{lost.stage.value}", outlet=_outlet(app, lost, words), reason=reason)
    lines = [first]
    if lost.since is not None:
        lines.append(words.say("lost.since", day=words.day(lost.since.astimezone(app.zone).date())))
    if lost.families:
        titles = [_title(app, family, words) for family in lost.families[:_TITLES_SHOWN]]
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
    return Phrases(words).quoted(name) if name else words.say("unnamed")


def _title(app: App, family: FamilyId, words: Catalogue) -> str:
    title, _ = family_title(app, family, words)
    return title if title == family else Phrases(words).quoted(title)
