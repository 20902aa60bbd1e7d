"""What a reviewer can say of an item, which look at it counts, and who looks at what. Pure."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, ArticleId, FamilyId, TopicId
from monitor.review.alpha import alpha


class Queue(StrEnum):
    """Where an item comes from."""

    AUDIT = "audit"  # the week's random sample; answered without knowing what the program says
    UNDECIDED = "undecided"  # the program is not sure of cooperation or topics
    LINKS = "links"  # agreements that were nearly linked


class Verdict(StrEnum):
    """A reviewer's answer. The first three say that the text reports on cooperation."""

    ACCEPT = "accept"  # and all that is proposed is right
    REJECT = "reject"  # and nothing of what is proposed
    CHOOSE = "choose"  # and what is ticked is right, nothing else
    NOT_COOPERATION = "not_cooperation"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at. `subject`: number of the audit item, else of the article."""

    queue: Queue
    subject: int
    article: ArticleId


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the program would say if it had to; nothing in the audit."""

    agreements: tuple[AgreementId, ...] = ()
    topics: tuple[TopicId, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True where there is nothing to accept or reject."""
        return not (self.agreements or self.topics)

    @property
    def mark(self) -> str:
        """What a form carries of it, so that nobody confirms what they were not shown."""
        return f"{zlib.crc32(' '.join((*self.agreements, '|', *self.topics)).encode()):08x}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reviewer is shown of an item beside its text; nothing in the audit.

    `names`: where the text names parties: place, field, start, end.
    """

    proposal: Proposal = Proposal()
    names: tuple[tuple[str, str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What a verdict means. `agreements`, `topics` None: not said."""

    cooperation: bool | None  # None: skipped
    agreements: tuple[AgreementId, ...] | None
    topics: tuple[TopicId, ...] | None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it is given. `proposal`: what it answers; `is_final`: the third look at an item."""

    told: Told
    verdict: Verdict
    proposal: Proposal = Proposal()
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """One reviewer's answer to one item."""

    id: int
    item: Item
    who: str
    at: datetime
    is_final: bool
    shown: Seen
    verdict: Verdict
    told: Told
    is_in_force: bool
    corrections: tuple[int, ...]
    audit_answer: int | None
    undone_at: datetime | None

    @property
    def decides(self) -> bool:
        """True while it says something: neither taken back nor a skip."""
        return self.undone_at is None and self.told.cooperation is not None


@dataclass(frozen=True, slots=True)
class Sharing:
    """Which items two reviewers look at: a fixed share that the seed alone chooses."""

    share: float
    seed: int


@dataclass(frozen=True, slots=True)
class Agreed:
    """How far reviewers agree on items that several have looked at. None: cannot be told."""

    items: int
    cooperation: float | None
    agreements: float | None  # the same families, where both say that it is cooperation


def told_by(
    queue: Queue,
    verdict: Verdict,
    proposal: Proposal,
    agreements: Iterable[AgreementId],
    topics: Iterable[TopicId],
) -> Told:
    """What a verdict means for what was ticked.

    Errors: UsageError when something is ticked and the verdict is that it is no cooperation.
    """
    ticked, named = tuple(dict.fromkeys(agreements)), tuple(dict.fromkeys(topics))
    match verdict:
        case Verdict.SKIP:
            return Told(None, None, None)
        case Verdict.NOT_COOPERATION:
            if ticked or named:
                raise UsageError("no cooperation, and yet agreements or topics are ticked")
            return Told(False, (), None)
        case Verdict.ACCEPT:
            ticked = tuple(dict.fromkeys((*proposal.agreements, *ticked)))
            named = tuple(dict.fromkeys((*proposal.topics, *named)))
        case Verdict.REJECT:
            ticked = tuple(one for one in ticked if one not in proposal.agreements)
            named = tuple(one for one in named if one not in proposal.topics)
        case Verdict.CHOOSE:
            pass
    # a queue asks about its own matter; of the other one nothing is said unless something was ticked
    says_agreements = bool(ticked) or queue is not Queue.UNDECIDED
    says_topics = bool(named) or (queue is Queue.UNDECIDED and bool(proposal.topics))
    return Told(True, ticked if says_agreements else None, named if says_topics else None)


def in_force(looks: Sequence[Look]) -> Look | None:
    """The look that counts: the third one, else the first that decides. `looks`: of one item, in their order.

    A second look that says otherwise changes nothing until a third one has decided.
    """
    deciding = [look for look in looks if look.decides]
    final = [look for look in deciding if look.is_final]
    return final[-1] if final else next(iter(deciding), None)


def is_disputed(looks: Sequence[Look], family_of: Mapping[AgreementId, FamilyId]) -> bool:
    """True when looks at an item differ in something that both speak of, and no third one has decided."""
    deciding = [look for look in looks if look.decides]
    if any(look.is_final for look in deciding):
        return False
    return any(_differ(one.told, other.told, family_of) for one in deciding for other in deciding)


def _differ(one: Told, other: Told, family_of: Mapping[AgreementId, FamilyId]) -> bool:
    if one.cooperation is not other.cooperation:
        return True
    links = _families(one, family_of), _families(other, family_of)
    if None not in links and links[0] != links[1]:
        return True
    return None not in (one.topics, other.topics) and set(one.topics or ()) != set(other.topics or ())


def _families(told: Told, family_of: Mapping[AgreementId, FamilyId]) -> frozenset[FamilyId] | None:
    if told.agreements is None:
        return None
    return frozenset(family_of[one] for one in told.agreements if one in family_of)


def needed(item: Item, sharing: Sharing) -> int:
    """How many reviewers an item waits for."""
    mark = zlib.crc32(f"{sharing.seed} {item.queue.value} {item.subject}".encode())
    return 2 if mark < sharing.share * 2**32 else 1


def is_open(item: Item, looks: Sequence[Look], who: str, sharing: Sharing, *, today: datetime) -> bool:
    """True while an item waits for this reviewer: others' looks do not suffice, and they have said nothing.

    `today`: when the day began; what they have skipped since comes back tomorrow.
    """
    own = [look for look in looks if look.who == who and look.undone_at is None]
    if any(look.decides or look.at >= today for look in own):
        return False
    return sum(look.decides for look in looks) < needed(item, sharing)


def turn(item: Item, who: str) -> int:
    """The item's place in the order of one reviewer; another's is another, so that two seldom meet."""
    return zlib.crc32(f"{who} {item.queue.value} {item.subject}".encode())


def agreed(items: Iterable[Sequence[Look]], family_of: Mapping[AgreementId, FamilyId]) -> Agreed:
    """How far independent looks agree; a third one, made with the others in sight, is left out."""
    units = [[look.told for look in looks if look.decides and not look.is_final] for looks in items]
    several = [unit for unit in units if len(unit) > 1]
    both = [[_families(told, family_of) for told in unit if told.cooperation] for unit in several]
    said = [[held for held in unit if held is not None] for unit in both]
    return Agreed(len(several), alpha([told.cooperation for told in unit] for unit in several), alpha(said))
