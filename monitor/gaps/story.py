"""Where a story on a gap could begin. Pure."""

from collections.abc import Iterable
from datetime import date

from monitor.core.ids import ArticleId, FamilyId, TopicId
from monitor.gaps.occasions import is_near
from monitor.gaps.profile import Profile
from monitor.gaps.readings import Counted
from monitor.gaps.said import Angle, NextDate
from monitor.gaps.types import State

GAPS = (State.UNCOVERED, State.THIN)
MOST_RELATED = 3


def angle_of(
    state: State,
    profile: Profile,
    related: Iterable[FamilyId],
    counted: Counted,
    dates: tuple[NextDate, ...],
    today: date,
) -> Angle | None:
    """The topic and the earlier reports to begin with; None where there is no gap.

    What is coming up goes before what is written anyway: of the agreement with the next date, else of the
    first due one, the topic is the first that no related report has carried, else its main one.
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
        topic=topics[0] if topics else None,
        related=tuple(map(ArticleId, sorted(originals, reverse=True)[:MOST_RELATED])),
    )
