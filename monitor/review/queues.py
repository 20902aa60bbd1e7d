"""What waits for a reviewer, in the caller's transaction; reads only.

The queues are read from what the run itself said, not from what counts, and what somebody has looked at stays
in them: an item that a first reviewer has answered looks the same to the second.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from monitor.articles.audit import audit_items_of
from monitor.articles.audit_tables import audit_draws
from monitor.articles.corrections import corrected_among
from monitor.articles.tables import DATED, articles, taggings, tags
from monitor.core.db import Tx
from monitor.core.ids import AgreementId, ArticleId, FamilyId, TopicId, Week
from monitor.core.ledger import Reason
from monitor.linking.tables import linkings
from monitor.register.types import Register
from monitor.review.look_store import looked_at, looks_at, looks_of
from monitor.review.looks import Item, Look, Proposal, Queue, Seen

_MOST_PROPOSED = 5
_UNDECIDED = (Reason.GATE_UNDECIDED, Reason.TOPIC_UNDECIDED)


def last_draw(tx: Tx) -> Week | None:
    """The week of the newest sample, None before the first."""
    found = tx.execute(sa.select(sa.func.max(audit_draws.c.week))).scalar_one()
    return None if found is None else Week(found)


def audit_queue(tx: Tx) -> dict[Item, list[Look]]:
    """The texts of the newest sample with all looks at them; those answered on a sheet are left out."""
    week = last_draw(tx)
    items = [] if week is None else audit_items_of(tx, week=week)
    seen = looks_of(tx, Queue.AUDIT, [item.id for item in items])
    return {
        Item(Queue.AUDIT, item.id, item.article): seen.get(item.id, [])
        for item in items
        if item.answer is None or _is_answered(seen.get(item.id, []))
    }


def undecided_queue(tx: Tx, tag: int, *, since: datetime, limit: int) -> dict[Item, list[Look]]:
    """Originals since a moment of which the run could not say whether, or on what, they report."""
    key = taggings.c.article_id
    query = sa.select(key).where(taggings.c.version_id == tag, _reads(taggings, *_UNDECIDED))
    return _queue(tx, Queue.UNDECIDED, query, key, since=since, limit=limit)


def links_queue(tx: Tx, tag: int, link: int, *, since: datetime, limit: int) -> dict[Item, list[Look]]:
    """Originals since a moment, not judged to be no cooperation, that were nearly linked to an agreement."""
    key = linkings.c.article_id
    tagging = sa.and_(taggings.c.article_id == key, taggings.c.version_id == tag)
    query = sa.select(key).join(taggings, tagging).where(taggings.c.label.is_not(False))
    query = query.where(linkings.c.version_id == link, _reads(linkings, Reason.SIBLING_ONLY))
    return _queue(tx, Queue.LINKS, query, key, since=since, limit=limit)


def _reads(table: sa.Table, *reasons: Reason) -> sa.TextClause:
    """Written out, not bound: only so does a database see that its partial index serves."""
    words = [f"'{reason.value}'" for reason in reasons]
    return sa.text(
        f"{table.name}.reason " + (f"= {words[0]}" if len(words) == 1 else f"IN ({', '.join(words)})")
    )


def _queue(
    tx: Tx,
    queue: Queue,
    query: sa.Select[int],
    key: sa.Column[int],
    *,
    since: datetime,
    limit: int,
) -> dict[Item, list[Look]]:
    """`key`: the article of a row; the higher, the later it came in."""
    newest = query.join(articles, articles.c.id == key).where(since <= DATED, articles.c.is_origin.is_(True))
    live = [ArticleId(row.article_id) for row in tx.execute(newest.order_by(key.desc()).limit(limit))]
    found = [*live, *sorted(looked_at(tx, queue, since=since) - {*live})]
    seen = looks_of(tx, queue, found)
    # what is said of a text of the sample before it is answered there would not be said blindly
    waiting = {item.article for item, own in audit_queue(tx).items() if not _is_answered(own)}
    elsewhere = {a for a in corrected_among(tx, found) if not _is_answered(seen.get(a, []))}
    return {Item(queue, a, a): seen.get(a, []) for a in found if a not in waiting | elsewhere}


def _is_answered(own: Sequence[Look]) -> bool:
    return any(look.decides for look in own)


def seen_of(tx: Tx, item: Item, register: Register, *, tag: int, link: int) -> Seen:
    """What is shown of an item: to the second reviewer the same as to the first."""
    before = looks_at(tx, item)
    if before:
        return before[0].shown
    if item.queue is Queue.AUDIT:
        # nothing: linking looks for names only where the gate lets a text through, so marks give that away
        return Seen()
    proposal = _proposal_of(tx, item, register, tag=tag, link=link)
    return Seen(proposal, _names_found(tx, item.article, link))


def _proposal_of(tx: Tx, item: Item, register: Register, *, tag: int, link: int) -> Proposal:
    """Queued topics, or agreements that were nearly linked."""
    if item.queue is Queue.UNDECIDED:
        query = sa.select(tags.c.topic).where(
            tags.c.article_id == item.article, tags.c.version_id == tag, tags.c.published.is_(False)
        )
        topics = tx.execute(query.order_by(tags.c.p.desc(), tags.c.topic)).scalars()
        known = [TopicId(topic) for topic in topics if topic in register.topics]
        return Proposal(topics=tuple(known[:_MOST_PROPOSED]))
    related = sa.select(linkings.c.related).where(
        linkings.c.article_id == item.article, linkings.c.version_id == link
    )
    families = tx.execute(related).scalar_one_or_none() or ()
    return Proposal(agreements=tuple(_known(register, families)[:_MOST_PROPOSED]))


def _known(register: Register, families: Iterable[str]) -> Sequence[AgreementId]:
    held = dict.fromkeys(FamilyId(family) for family in families)
    return [register.families[family].members[0] for family in held if family in register.families]


def _names_found(tx: Tx, article: ArticleId, link: int) -> tuple[tuple[str, str, int, int], ...]:
    query = sa.select(linkings.c.mentions).where(
        linkings.c.article_id == article, linkings.c.version_id == link
    )
    found = tx.execute(query).scalar_one_or_none() or []
    return tuple((m[0], m[1], m[2], m[3]) for m in found)
