"""Carries corrections of topics over to a changed taxonomy, so that none is lost.

What still says the same of the new topic is said anew in the same person's name; the rest waits for a person.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor.articles.corrections import TOPIC, Correction, list_corrections
from monitor.articles.judging_tables import corrections
from monitor.core.db import Tx
from monitor.core.ids import TopicId

# Topics of today of which a yes or no to an old topic says the same; empty where a person must tell.
Carried = Callable[[TopicId, bool], tuple[TopicId, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of corrections that speak of topics of the past."""

    carried: tuple[tuple[Correction, tuple[TopicId, ...]], ...]  # with the topics they are said of anew
    waiting: tuple[Correction, ...]  # for a person


def plan(tx: Tx, became: Mapping[TopicId, tuple[TopicId, ...]], carried: Carried) -> Plan:
    """Corrections that hold and speak of a changed topic, without those that were carried or answered before.

    Answered: somebody has said something of one of the topics that stand for the old one, on that article.
    """
    told = [c for c in list_corrections(tx) if c.holds and c.kind in TOPIC]
    said = {(c.article_id, c.value) for c in told}
    done = set(
        tx.execute(sa.select(corrections.c.carries).where(corrections.c.carries.is_not(None))).scalars()
    )
    move, wait = [], []
    for one in told:
        today = became.get(TopicId(one.value))
        if today is None or one.id in done:
            continue
        answered = {new for new in today if new != one.value and (one.article_id, new) in said}
        targets = carried(TopicId(one.value), one.kind is TOPIC[0])
        if targets:
            move.append((one, tuple(new for new in targets if new not in answered and new != one.value)))
        elif not answered:
            wait.append(one)
    return Plan(tuple(move), tuple(wait))


def carry(tx: Tx, wanted: Plan, *, at: datetime) -> int:
    """Say again of the new topics what was said of the old ones; how many corrections were carried over."""
    n = 0
    for one, targets in wanted.carried:
        n += bool(targets)
        for topic in targets:
            tx.execute(
                sa.insert(corrections).values(
                    article_id=one.article_id,
                    kind=one.kind.value,
                    value=topic,
                    carries=one.id,
                    who=one.who,
                    at=at,
                    note=f"said of {one.value}",
                )
            )
    return n
