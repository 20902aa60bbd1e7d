"""Where a story on a gap could begin; what to ask where nobody knows what became of an agreement. Pure."""

from collections.abc import Iterable
from datetime import date

from monitor.core.ids import ArticleId, FamilyId, PlaceId, TopicId
from monitor.gaps.occasions import OVERDUE, is_near
from monitor.gaps.profile import Profile
from monitor.gaps.readings import Counted
from monitor.gaps.said import Angle, FollowUp, NextDate
from monitor.gaps.types import State
from monitor.register.due import due_state
from monitor.register.history import promises
from monitor.register.types import Agreement, Register, Side

GAPS = (State.UNCOVERED, State.THIN)
MOST_RELATED = 3
# Not due because nobody knows whether it exists: what is over, or no single document, asks no question.
ASKED = ("intent", "planned", "draft", "unknown_status", "past_term")
# From the party that would know best to the one that would know least.
_KNOWS = (
    "company", "university", "organisation", "hospital", "zone", "media", "district", "city_district", "city",
    "region", "country", "union",
)  # fmt: skip


def angle_of(
    state: State,
    profile: Profile,
    related: Iterable[FamilyId],
    counted: Counted,
    dates: tuple[NextDate, ...],
    today: date,
) -> Angle | None:
    """The agreement, topic, date and earlier reports to begin with; None where there is no gap.

    What is coming up goes before what is written anyway: the agreement is the one with the next date, else
    the first due one; the topic is the first that it documents and no related report has carried, else its
    main one.
    """
    if state not in GAPS or not profile.due:
        return None
    near = next((one for one in dates if is_near(one, today)), None)
    speaking = next((m for m in profile.due if near is not None and m.id == near.agreement), profile.due[0])
    originals = {a for f in related if f in counted.families for a in counted.families[f].origin_ids}
    written = {t for f in related for t in counted.family_topics.get(f, ())}
    fresh = [topic for topic in speaking.topics if topic not in written]
    topics: tuple[TopicId, ...] = (*fresh, *speaking.topics)
    return Angle(
        agreement=speaking.id,
        topic=topics[0] if topics else None,
        target=_target(speaking, today),
        next_date=near,
        related=tuple(map(ArticleId, sorted(originals, reverse=True)[:MOST_RELATED])),
    )


def follow_up_of(profile: Profile, register: Register, today: date) -> FollowUp | None:
    """The question of a family that is not due because nobody knows what became of it, else None."""
    if profile.due:
        return None
    for member in profile.members:
        reason = due_state(member, today)[1]
        if reason in ASKED:
            return FollowUp(member.id, reason, _who_knows(member, register))
    return None


def _target(agreement: Agreement, today: date) -> str:
    return next((what for by, what in promises(agreement) if today <= by.last_day() + OVERDUE), "")


def _who_knows(agreement: Agreement, register: Register) -> PlaceId | None:
    own = [register.places[p.place] for p in agreement.parties if p.side is Side.BY]
    own = own or [register.places[p.place] for p in agreement.parties]
    best = min(own, key=lambda place: _KNOWS.index(place.kind), default=None)
    return None if best is None else best.id
