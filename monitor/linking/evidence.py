"""What is kept with a link: the words that name its parties, how early they stand, and the stage. Pure."""

from collections.abc import Sequence

from monitor.core.ids import PlaceId
from monitor.linking.candidates import Candidate
from monitor.linking.naming import Named
from monitor.linking.reading import Reading
from monitor.linking.types import LEAD, Evidence, Mention
from monitor.linking.wording import LinkWords

TITLE, IN_LEAD, BODY = "title", "lead", "body"
_DEPTHS = (TITLE, IN_LEAD, BODY)
_SHOWN = 0.3  # a party that is implied less than this is no evidence
# The commonest stage of labelled links: what a report is that has no telling word
_DEFAULT_STAGE = "implementation"


def evidence_of(candidate: Candidate, mentions: Sequence[Mention]) -> tuple[Evidence, ...]:
    """One mention for each party that is named or implied, in the order of the text.

    Of several mentions of a party the one in the title counts, else the first. Without any party implied well
    enough the best of each side is shown.
    """
    found: dict[PlaceId, Evidence] = {}
    for side in (candidate.home, candidate.partner):
        shown = [party for party in side if party.strength >= _SHOWN and party.mentions]
        for party in shown or sorted(side, key=lambda p: -p.strength)[:1]:
            if party.mentions:
                mention = mentions[min(party.mentions, key=lambda i: _order(mentions[i]))]
                found.setdefault(
                    party.place,
                    Evidence(party.place, mention.field, mention.start, mention.end, mention.text),
                )
    return tuple(sorted(found.values(), key=_order))


def depth_of(candidate: Candidate, mentions: Sequence[Mention]) -> str:
    """title, lead or body: where both sides have been named.

    A side that only the outlet's own place implies is named from the start.
    """
    depths = [
        min((_depth(mentions[i]) for i in _telling(side)), default=-1)
        for side in (candidate.home, candidate.partner)
    ]
    return _DEPTHS[max(*depths, 0)] if max(depths) >= 0 else BODY


def stage_of(reading: Reading, words: LinkWords) -> str:
    """The first stage of the list with a word in the title, else with one in the first sentence."""
    for marks in (reading.title, reading.opening):
        for stage in words.stages:
            if marks.stages.get(stage):
                return stage
    return _DEFAULT_STAGE


def has_stage(reading: Reading, stage: str) -> bool:
    """True where the text holds a word of the stage."""
    return bool(reading.title.stages.get(stage) or reading.body.stages.get(stage))


def _telling(side: Sequence[Named]) -> tuple[int, ...]:
    strongest = max(side, key=lambda party: party.strength)
    return tuple(i for party in side if party.strength >= strongest.strength for i in party.mentions)


def _depth(mention: Mention) -> int:
    if mention.field == "title":
        return 0
    return 1 if mention.start < LEAD else 2


def _order(at: Mention | Evidence) -> tuple[bool, int]:
    return at.field != "title", at.start
