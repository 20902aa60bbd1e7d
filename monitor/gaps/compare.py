"""What a new run would change: the same counting function under the current run and under the other one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from monitor.articles.effective import judged, tagged
from monitor.core.db import Tx
from monitor.core.ids import FamilyId, SourceId, Week
from monitor.gaps.counts import count
from monitor.gaps.readings import Basis, Counted, Window

_SAID = {True: "cooperation", False: "below_gate", None: "undecided"}


@dataclass(frozen=True, slots=True)
class Change:
    """A number before and after."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class TopicChange:
    """Articles with a published topic: before, after, and how many gain and lose it."""

    before: int
    after: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class WeekChange:
    """Cooperation originals of one week, and all links of families to originals."""

    week: Week
    originals: Change
    family_originals: Change


@dataclass(frozen=True, slots=True)
class Difference:
    """Numbers under the current run and under the other, corrections of people included in both."""

    articles: Change  # judged
    changed: int  # articles whose judgement or published topics differ
    judgements: dict[str, int]  # "below_gate -> cooperation": articles
    topics: dict[str, TopicChange]
    families: dict[FamilyId, Change]  # originals of the last 52 weeks, where they differ
    weeks: tuple[WeekChange, ...]  # oldest first


def compare(
    tx: Tx,
    base: Basis,
    new: Basis,
    *,
    year: Window,
    weeks: Sequence[tuple[Week, Window]],
    sides: Mapping[SourceId, str],
    due_from: Mapping[FamilyId, date],
    new_due_from: Mapping[FamilyId, date] | None = None,
) -> Difference:
    """The difference of two runs. Articles that one of them has not judged do not count as changed.

    `new_due_from`: first due days under the other run, where its register is another one.
    """
    since = due_from if new_due_from is None else new_due_from

    def counted(window: Window) -> tuple[Counted, Counted]:
        before = count(tx, window, base, sides=sides, due_from=due_from)
        return before, count(tx, window, new, sides=sides, due_from=since)

    labels = _labels(base, new)
    pairs = _topic_pairs(tx, base, new)
    moved = {article for found in pairs.values() for article in found[0] ^ found[1]}
    relabelled = sa.select(labels.c.article_id).where(labels.c.before.is_distinct_from(labels.c.after))
    moved |= set(tx.execute(relabelled).scalars())
    return Difference(
        articles=Change(_n_judged(tx, base), _n_judged(tx, new)),
        changed=len(moved),
        judgements=_judgements(tx, labels),
        topics={
            topic: TopicChange(len(one), len(other), len(other - one), len(one - other))
            for topic, (one, other) in sorted(pairs.items())
        },
        families=_families(*counted(year)),
        weeks=tuple(_week(week, *counted(window)) for week, window in weeks),
    )


def _labels(base: Basis, new: Basis) -> sa.Subquery:
    """article_id, before, after of articles that both have judged."""
    one, other = judged(base.tag_version).alias("one"), judged(new.tag_version).alias("other")
    query = sa.select(one.c.article_id, one.c.label.label("before"), other.c.label.label("after"))
    return query.join(other, other.c.article_id == one.c.article_id).subquery()


def _judgements(tx: Tx, labels: sa.Subquery) -> dict[str, int]:
    query = (
        sa.select(labels.c.before, labels.c.after, sa.func.count())
        .where(labels.c.before.is_distinct_from(labels.c.after))
        .group_by(labels.c.before, labels.c.after)
    )
    return dict(sorted((f"{_SAID[row[0]]} -> {_SAID[row[1]]}", row[2]) for row in tx.execute(query)))


def _topic_pairs(tx: Tx, base: Basis, new: Basis) -> dict[str, tuple[set[int], set[int]]]:
    """Articles with each published topic, before and after, of those that both have judged."""
    found: dict[str, tuple[set[int], set[int]]] = {}
    for number, basis in enumerate((base, new)):
        tags, other = tagged(basis.tag_version), judged((new, base)[number].tag_version)
        own = judged(basis.tag_version).alias("own")
        query = (
            sa.select(tags.c.article_id, tags.c.topic)
            .join(other, other.c.article_id == tags.c.article_id)
            .join(own, own.c.article_id == tags.c.article_id)
            .where(tags.c.published.is_(True), own.c.label.is_(True))
        )
        for article, topic in tx.execute(query):
            found.setdefault(topic, (set(), set()))[number].add(article)
    return found


def _n_judged(tx: Tx, basis: Basis) -> int:
    return int(tx.execute(sa.select(sa.func.count()).select_from(judged(basis.tag_version))).scalar_one())


def _families(before: Counted, after: Counted) -> dict[FamilyId, Change]:
    changes = {
        family: Change(_originals(before, family), _originals(after, family))
        for family in sorted({*before.families, *after.families})
    }
    return {family: change for family, change in changes.items() if change.before != change.after}


def _originals(counted: Counted, family: FamilyId) -> int:
    return counted.families[family].originals if family in counted.families else 0


def _week(week: Week, before: Counted, after: Counted) -> WeekChange:
    sums = [sum(c.originals for c in counted.families.values()) for counted in (before, after)]
    return WeekChange(week, Change(before.coop_originals, after.coop_originals), Change(*sums))
