"""From a reviewer's answer to the corrections it makes."""

from collections.abc import Iterable, Mapping

from monitor.articles.corrections import LABEL, LINK, TOPIC, CorrectionKind, Saying
from monitor.core.ids import AgreementId, FamilyId, TopicId
from monitor.review.looks import Told


def sayings_of(
    told: Told,
    *,
    linked: Mapping[FamilyId, AgreementId],
    family_of: Mapping[AgreementId, FamilyId],
    topics: Iterable[TopicId],
) -> list[Saying]:
    """The corrections of an answer. What only confirms is said too, so that no later run overrides it.

    `linked`: families that count or were proposed, by a member; `topics`: the same of topics.
    """
    if told.cooperation is None:
        return []
    said = [Saying(LABEL[0] if told.cooperation else LABEL[1])]
    if told.topics is not None:
        said += _each(TOPIC, told.topics, set(topics) - {*told.topics})
    if told.cooperation and told.agreements is not None:
        named = {family_of[agreement]: agreement for agreement in told.agreements}
        others = {agreement for family, agreement in linked.items() if family not in named}
        said += _each(LINK, named.values(), others)
    return said


def _each(pair: tuple[CorrectionKind, CorrectionKind], yes: Iterable[str], no: Iterable[str]) -> list[Saying]:
    return [Saying(pair[0], value) for value in sorted(yes)] + [
        Saying(pair[1], value) for value in sorted(no)
    ]
