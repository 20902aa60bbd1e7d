"""The decision: which families an article covers, with probability, member, stage and evidence. Pure."""

from collections.abc import Sequence

from monitor.core.ids import FamilyId
from monitor.core.ledger import Reason
from monitor.linking.candidates import Candidate, Candidates
from monitor.linking.evidence import depth_of, evidence_of, has_stage, stage_of
from monitor.linking.features import Features
from monitor.linking.likeness import NO_SAMPLES, Likeness, Samples
from monitor.linking.members import member_of, of_the_time
from monitor.linking.reading import Reader, Reading
from monitor.linking.types import Link, LinkInput, LinkResult
from monitor.linking.weights import LinkModel
from monitor.linking.wording import LinkWords
from monitor.register.types import Register

_BOTH_SIDES = 0.3  # a pair of sides implied less than this is no pair
_MOST_RELATED = 10


class Linker:
    """Built once (about a second) from the register, the word lists and the fitted weights; safe to share."""

    def __init__(
        self, register: Register, words: LinkWords, model: LinkModel, samples: Samples = NO_SAMPLES
    ) -> None:
        self._words = words
        self.model = model
        self._reader = Reader(register, words)
        self._candidates = Candidates(register, words)
        self.words_for = self._candidates.words_for
        self._features = Features(register, words, Likeness(register, samples, model.centre))

    def link(self, given: LinkInput, fold: int | None = None) -> LinkResult:
        """The families that an article covers, most probable first; never raises.

        `fold` forces the weights of one fold; without it an item of the shipped corpus is scored by the fold
        that has not seen it, anything else by the final weights.
        """
        if not self._candidates.may_have_pair(given.mentions, given.outlet_region):
            return LinkResult((), (), Reason.NO_PARTY_PAIR)
        reading = self._reader.read(given)
        candidates = self._candidates.find(reading)
        rows = self._features.rows(candidates, reading)
        p = self.model.weights(given.title, fold).p(rows)
        ranked = sorted(zip(candidates, p.tolist(), strict=True), key=lambda pair: -pair[1])
        links: list[Link] = []
        related: list[FamilyId] = []
        for candidate, chance in ranked:
            link = self._link(candidate, chance, reading) if chance >= self.model.link_at else None
            if link is not None:
                links.append(link)
            elif chance >= self.model.related_at and len(related) < _MOST_RELATED:
                related.append(candidate.handles.family.id)
        return LinkResult(tuple(links), tuple(related), None if links else _reason(candidates, related))

    def _link(self, candidate: Candidate, p: float, reading: Reading) -> Link | None:
        """A link, or None where the article is older than all members and announces nothing, or names two
        places of one name and no document of theirs."""
        if candidate.handles.namesakes and not _speaks_of(candidate, reading):
            return None
        stage = stage_of(reading, self._words)
        members = of_the_time(candidate.handles.members, reading.given)
        if not members:
            if not has_stage(reading, "announcement"):
                return None
            stage, members = "announcement", candidate.handles.members
        whole = len(candidate.handles.members)
        member = member_of(members, reading, self._features) if len(members) > 1 or whole == 1 else None
        return Link(
            family=candidate.handles.family.id,
            member=member,
            p=p,
            depth=depth_of(candidate, reading.given.mentions),
            stage=stage,
            evidence=evidence_of(candidate, reading.given.mentions),
        )


def _speaks_of(candidate: Candidate, reading: Reading) -> bool:
    return any(member.kind in reading.kinds for member in candidate.handles.members)


def _reason(candidates: Sequence[Candidate], related: Sequence[FamilyId]) -> Reason:
    if related:
        return Reason.SIBLING_ONLY
    named = any(candidate.weaker_side >= _BOTH_SIDES for candidate in candidates)
    return Reason.NO_AGREEMENT if named else Reason.NO_PARTY_PAIR
