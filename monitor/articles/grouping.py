"""Which articles are one story, from the pairs that are copies; which of them is the original, and who has it
from whom. Pure: the same pairs give the same stories, in whatever order the articles came."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

AGENCY_LEAD = timedelta(hours=2)  # papers post an agency's story before its own page shows the time

_SAME_PART = 0.2  # two texts repeat the same part of a third when that much of the smaller part is common
_NEARLY_ALL = 0.7  # a text that repeats so much of another is its copy and says nothing on what it is made of


@dataclass(frozen=True, slots=True)
class Tie:
    """Two articles of which one is a copy of the other, `one` < `other`."""

    one: int
    other: int
    one_share: float  # of the words of `one` that stand in `other`
    other_share: float
    one_part: int  # where in `one` they stand, as bits
    other_part: int

    @property
    def share(self) -> float:
        """How much the text that repeats more has from the other."""
        return max(self.one_share, self.other_share)

    def end(self, article: int) -> int:
        """The article at the other end."""
        return self.other if article == self.one else self.one

    def part_of(self, article: int) -> int:
        """Where in `article` the common words stand, as bits."""
        return self.one_part if article == self.one else self.other_part

    def share_of(self, article: int) -> float:
        """How much of `article` is common."""
        return self.one_share if article == self.one else self.other_share


@dataclass(frozen=True, slots=True)
class Printed:
    """One member of a story as far as its origin matters."""

    article_id: int
    published_at: datetime
    is_agency: bool
    is_marked: bool  # names another outlet as its source
    key: str  # settles what time does not, the same in every order of arrival; its address


@dataclass(frozen=True, slots=True)
class Step:
    """How one member came to the story. `taken_from` is None for the origin."""

    article_id: int
    taken_from: int | None
    share: float  # of the text that repeats more; 0 for the origin


def stories(members: Mapping[int, Printed], ties: Sequence[Tie]) -> tuple[frozenset[int], ...]:
    """The members in groups of one story each.

    A digest that reprints several stories joins the one that it takes most of and does not make them one.
    It came out after what it reprints. An agency's text of the same two hours is none: papers were faster,
    one with its front and one with its back, and it joins them.
    """
    of: dict[int, list[Tie]] = {article: [] for article in members}
    for tie in ties:
        of[tie.one].append(tie)
        of[tie.other].append(tie)
    tied = {(tie.one, tie.other) for tie in ties}

    dropped = {
        (tie.one, tie.other)
        for article in members
        for tie in _foreign(members[article], of[article], members, tied)
    }
    return components(members, tied - dropped)


def changes_no_other(article: int, ties: Iterable[Tie]) -> bool:
    """True if a newcomer with these ties only joins: no article drops or takes back a tie because of it.

    Only ties that are part of a text, at either end, make anybody a digest. So a story that hundreds print
    whole need not be made anew with each of them.
    """
    return all(
        tie.share_of(article) >= _NEARLY_ALL and tie.share_of(tie.end(article)) >= _NEARLY_ALL for tie in ties
    )


def _foreign(
    whole: Printed,
    ties: Sequence[Tie],
    members: Mapping[int, Printed],
    tied: Set[tuple[int, int]],
) -> list[Tie]:
    """Ties of a digest to the stories that it takes less of, and to their copies; none for other articles."""
    article = whole.article_id
    partial = [tie for tie in ties if tie.share_of(article) < _NEARLY_ALL]
    # a digest is made of what came out before it; later texts may have theirs from the digest itself
    parts = [tie for tie in partial if members[tie.end(article)].published_at < whole.published_at]
    if len(parts) < 2 or (whole.is_agency and _is_just_late(whole, parts, members)):
        return []
    groups: list[list[Tie]] = []
    for tie in parts:
        met = [g for g in groups if _belongs(article, tie, g, tied)]
        groups = [g for g in groups if g not in met]
        groups.append([*(t for g in met for t in g), tie])
    groups.sort(key=lambda g: (-_size(article, g), min(members[tie.end(article)].key for tie in g)))
    best, *others = groups
    foreign = [tie for group in others for tie in group]
    later = [tie for tie in partial if tie not in parts and not _belongs(article, tie, best, tied)]
    return foreign + [tie for tie in later if _belongs(article, tie, foreign, tied)]


def _is_just_late(whole: Printed, parts: Sequence[Tie], members: Mapping[int, Printed]) -> bool:
    first = min(members[tie.end(whole.article_id)].published_at for tie in parts)
    return whole.published_at <= first + AGENCY_LEAD


def _belongs(article: int, tie: Tie, group: Iterable[Tie], tied: Set[tuple[int, int]]) -> bool:
    """True when `tie` takes the same part of the article as one of the group, or copies one of its texts."""
    return any(_same_part(tie.part_of(article), other.part_of(article)) for other in group) or any(
        (min(ends), max(ends)) in tied for ends in ((tie.end(article), other.end(article)) for other in group)
    )


def _same_part(one: int, other: int) -> bool:
    return (one & other).bit_count() >= _SAME_PART * min(one.bit_count(), other.bit_count())


def _size(article: int, group: Iterable[Tie]) -> int:
    part = 0
    for tie in group:
        part |= tie.part_of(article)
    return part.bit_count()


def components(members: Iterable[int], pairs: Iterable[tuple[int, int]]) -> tuple[frozenset[int], ...]:
    """The members in groups that hang together by the pairs, by their smallest member."""
    root = {article: article for article in members}

    def find(article: int) -> int:
        while root[article] != article:
            root[article] = root[root[article]]
            article = root[article]
        return article

    for one, other in pairs:
        a, b = find(one), find(other)
        root[max(a, b)] = min(a, b)
    found: dict[int, set[int]] = {}
    for article in root:
        found.setdefault(find(article), set()).add(article)
    return tuple(frozenset(group) for _, group in sorted(found.items()))


def origin_of(members: Sequence[Printed]) -> int:
    """Id of the member that was first among those that name no source; an agency within two hours of it goes
    before it. An agency needs no source; if all name one, the first of all.

    Errors: ValueError on an empty story.
    """
    own = [m for m in members if m.is_agency or not m.is_marked] or list(members)
    first = min(own, key=_order)
    latest = first.published_at + AGENCY_LEAD
    agencies = [m for m in own if m.is_agency and m.published_at <= latest]
    return min(agencies, key=_order, default=first).article_id


def chain_of(members: Sequence[Printed], ties: Sequence[Tie]) -> tuple[Step, ...]:
    """Who has the story from whom, the origin first, then by time.

    Each is taken from the earlier member that it shares most with, or from the origin where it shares words
    with later ones only.
    """
    origin = origin_of(members)
    ordered = sorted(members, key=lambda m: (m.article_id != origin, *_order(m)))
    place = {member.article_id: i for i, member in enumerate(ordered)}
    steps = [Step(origin, None, 0.0)]
    for member in ordered[1:]:
        own = member.article_id
        earlier = [
            (tie.share, -place[tie.end(own)], tie.end(own))
            for tie in ties
            if own in (tie.one, tie.other) and place.get(tie.end(own), len(place)) < place[own]
        ]
        share, _, taken_from = max(earlier, default=(0.0, 0, origin))
        steps.append(Step(own, taken_from, share))
    return tuple(steps)


def _order(member: Printed) -> tuple[datetime, str]:
    return member.published_at, member.key
