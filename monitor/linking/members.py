"""Which agreement of a family a text means, where a word of it tells; families share their parties. Pure."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from monitor.core.ids import AgreementId
from monitor.linking.features import Features, topic_fit
from monitor.linking.reading import Reading
from monitor.linking.types import LinkInput
from monitor.register.types import Agreement

# Swept from .5 to 2 and .3 to 1.5 on 136 labelled links of families of several, when the title counted once:
# these named 82 members, 93 % of them rightly (right or left open: 96 %); docs/decisions/030
_ENOUGH, _LEAD = 1.5, 1.0
_TITLE_AND_OPENING = 2.0  # how often their words count: what a report begins with is what it reports on
_NUMBER_POINTS, _KIND_POINTS, _TOPIC_POINTS = 1.5, 0.5, 1.0


def member_of(members: Sequence[Agreement], reading: Reading, features: Features) -> AgreementId | None:
    """The member that the text separates from the others, None where nothing does.

    The only member of a family needs no word.
    """
    if len(members) == 1:
        return members[0].id
    points = separation(members, reading, features)
    ranked = sorted(points, key=lambda m: -points[m])
    first, second = ranked[0], ranked[1]
    is_clear = points[first] >= _ENOUGH and points[first] - points[second] >= _LEAD
    return first if is_clear else None


def separation(
    members: Sequence[Agreement], reading: Reading, features: Features
) -> Mapping[AgreementId, float]:
    """How much speaks for each member and not for all of them: words of its title and subject, its year and
    targets, its kind of document and its topics."""
    stems_of = {m.id: features.words(m.id, reading.given.lang) for m in members}
    shared = Counter(stem for stems in stems_of.values() for stem in stems)
    same_kind = Counter(m.kind for m in members)
    fits = {m.id: topic_fit(m, reading.topics) for m in members}
    least = min(fits.values())
    first = frozenset[str]().union(*reading.sentences[:2])
    points: dict[AgreementId, float] = {}
    for member in members:
        told = stems_of[member.id] & reading.stems
        points[member.id] = (
            math.fsum(
                math.log(len(members) / shared[stem]) * (_TITLE_AND_OPENING if stem in first else 1.0)
                for stem in told
            )
            + _NUMBER_POINTS * _own_numbers(member, members, reading, features)
            + _KIND_POINTS * (member.kind in reading.kinds and same_kind[member.kind] == 1)
            + _TOPIC_POINTS * (fits[member.id] - least)
        )
    return points


def _own_numbers(
    member: Agreement, members: Sequence[Agreement], reading: Reading, features: Features
) -> bool:
    others = frozenset[float]().union(*(features.wording[m.id].numbers for m in members if m is not member))
    return bool((features.wording[member.id].numbers - others) & reading.numbers)


def of_the_time(members: Sequence[Agreement], given: LinkInput) -> tuple[Agreement, ...]:
    """Members that can have been signed when the article appeared; all where the dates do not tell."""
    day = given.published_on
    if day is None:
        return tuple(members)
    return tuple(m for m in members if m.signed is None or m.signed.first_day() <= day)
