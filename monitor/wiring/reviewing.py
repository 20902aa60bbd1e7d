"""Review for the people of one installation: what waits for whom, what is shown, what is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from monitor.articles.audit import audit_items_of, find_draw
from monitor.articles.store import get_many
from monitor.articles.types import Article
from monitor.core.accounts import User
from monitor.core.clock import day_start, week_of, week_start
from monitor.core.counts import Counts
from monitor.core.db import Tx
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, ArticleId
from monitor.register.types import Register
from monitor.review import look_store
from monitor.review.answering import Answering, take_look, undo_look
from monitor.review.looks import (
    Agreed,
    Item,
    Look,
    Queue,
    Said,
    Seen,
    Sharing,
    agreed,
    in_force,
    is_disputed,
    is_open,
    needed,
    turn,
)
from monitor.review.nearest import Nearest
from monitor.review.queues import audit_queue, links_queue, seen_of, undecided_queue
from monitor.review.standing import Runs, runs_now
from monitor.wiring.app import App
from monitor.wiring.auditing import sample_of

OFFERED = 9  # topics and agreements put before a reviewer: one for each figure key
_AGREED_WEEKS, _DISPUTED_WEEKS = 13, 52


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queue as one reviewer sees it. `done`: this week, by this reviewer."""

    queue: Queue
    done: int
    open: tuple[Item, ...]  # in this reviewer's own order
    n_waiting: int  # looked at by this reviewer, and waiting for another one
    is_drawn: bool = True  # False: of the audit, where the last whole week has no sample


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reviewer is shown of an item; nothing is withheld yet."""

    item: Item
    article: Article
    seen: Seen
    offered: tuple[AgreementId, ...]  # those proposed first; always as many of an item of the audit


def waiting(app: App, user: User) -> tuple[Waiting, ...]:
    """All queues. Errors: UsageError where nothing was tagged and linked yet."""
    with app.ready_db.reading() as tx:
        return tuple(_waiting(tx, app, user, queue) for queue in Queue)


def waiting_in(app: App, user: User, queue: Queue) -> Waiting:
    """One queue. Errors: as `waiting`."""
    with app.ready_db.reading() as tx:
        return _waiting(tx, app, user, queue)


def sight(app: App, item: Item) -> Sight:
    """What is to be shown of an item."""
    with app.ready_db.reading() as tx:
        runs = runs_now(tx, app.link_model.link_at)
        article = get_many(tx, [item.article])[item.article]
        seen = seen_of(tx, item, app.register, tag=runs.tag.id, link=runs.link.id)
    near = _nearest_of(app).of(article.title, article.text, OFFERED)
    held, taken = seen.proposal, len(seen.proposal.topics)
    known = [one for one in held.agreements if one in app.register.family_of]
    offered = tuple(dict.fromkeys((*known, *near)))[: OFFERED - taken]
    return Sight(item, article, seen, offered)


def search(app: App, wanted: str) -> tuple[AgreementId, ...]:
    """Monitored agreements by id or by words of title and parties; at most one more than are offered."""
    first = AgreementId(wanted.split(" ", 1)[0].upper())
    return (first,) if first in app.register.family_of else _nearest_of(app).search(wanted, OFFERED + 1)


def find_item(app: App, queue: Queue, subject: int) -> Item | None:
    """The item with this number, None where there is none."""
    with app.ready_db.reading() as tx:
        if queue is Queue.AUDIT:
            # of any week: a page may have been open while the next sample was drawn
            items = (Item(queue, one.id, one.article) for one in audit_items_of(tx) if one.id == subject)
            return next(items, None)
        known = get_many(tx, [subject])
    return Item(queue, subject, ArticleId(subject)) if known else None


def last_look(app: App, user: User) -> Look | None:
    """A reviewer's last answer, which can be taken back."""
    with app.ready_db.reading() as tx:
        return look_store.find_last(tx, user.name)


def counted_of(app: App, look: Look) -> Look | None:
    """Another's look that counts in this one's place, None where this one counts.

    Of an item that two look at on purpose nothing is told before the third look: both are to be blind.
    """
    plan = app.settings.review
    with app.ready_db.reading() as tx:
        seen = look_store.looks_at(tx, look.item)
    first, is_shared = in_force(seen), needed(look.item, Sharing(plan.second_share, plan.seed)) > 1
    if first is None or first.who == look.who or not look.decides or (is_shared and not first.is_final):
        return None
    return first


def decided_of(app: App, item: Item) -> Look | None:
    """The look that counts at an item."""
    with app.ready_db.reading() as tx:
        return in_force(look_store.looks_at(tx, item))


def answer(app: App, user: User, item: Item, said: Said) -> None:
    """Keep an answer; it counts at once. Errors: as `take_look`."""
    take_look(_answering(app, user), item, said)


def undo(app: App, user: User, look: int) -> Item | None:
    """Take back one's last answer. It gives the item, None where that was done before."""
    return undo_look(_answering(app, user), look)


def agreement(app: App) -> Agreed:
    """How far reviewers agreed in the last quarter."""
    with app.ready_db.reading() as tx:
        seen = look_store.looks_since(tx, app.clock() - timedelta(weeks=_AGREED_WEEKS))
    return agreed(seen.values(), app.register.family_of)


def disputed(app: App) -> Mapping[Item, list[Look]]:
    """Items that reviewers see differently and nobody has decided, with their looks."""
    with app.ready_db.reading() as tx:
        seen = look_store.looks_since(tx, app.clock() - timedelta(weeks=_DISPUTED_WEEKS))
    return {item: looks for item, looks in seen.items() if is_disputed(looks, app.register.family_of)}


def draw(app: App) -> Counts:
    """Draw the sample of the last whole week, where that was not done yet; nothing before the first links."""
    try:
        drawn, _ = sample_of(app, app.last_week())
    except UsageError:  # nothing is tagged or linked in a young installation: there is nothing to draw from
        return Counts()
    return Counts(drawn=sum(n for _, n in drawn.sizes.values()))


def _waiting(tx: Tx, app: App, user: User, queue: Queue) -> Waiting:
    runs, plan = runs_now(tx, app.link_model.link_at), app.settings.review
    seen = _queue(tx, app, queue, runs)
    sharing, today = Sharing(plan.second_share, plan.seed), day_start(app.today(), app.zone)
    found = [item for item, own in seen.items() if is_open(item, own, user.name, sharing, today=today)]
    left = [
        own for item, own in seen.items()
        if any(look.who == user.name for look in own if look.decides)
        and is_open(item, own, "", sharing, today=today)
    ]  # fmt: skip
    return Waiting(
        queue=queue,
        done=look_store.count_of(tx, user.name, queue, since=_monday(app)),
        open=tuple(sorted(found, key=lambda item: turn(item, user.name))),
        n_waiting=len(left),
        is_drawn=queue is not Queue.AUDIT or find_draw(tx, app.last_week()) is not None,
    )


def _queue(tx: Tx, app: App, queue: Queue, runs: Runs) -> dict[Item, list[Look]]:
    plan = app.settings.review
    since = app.clock() - timedelta(weeks=plan.weeks)
    match queue:
        case Queue.AUDIT:
            return audit_queue(tx)
        case Queue.UNDECIDED:
            return undecided_queue(tx, runs.tag.id, since=since, limit=plan.most)
        case Queue.LINKS:
            return links_queue(tx, runs.tag.id, runs.link.id, since=since, limit=plan.most)


def _monday(app: App) -> datetime:
    return day_start(week_start(week_of(app.today())), app.zone)


def _answering(app: App, user: User) -> Answering:
    return Answering(app.ready_db, app.register, app.link_model.link_at, user, app.clock())


@dataclass(frozen=True, slots=True)
class _Built:
    """A register by its version: the key under which what is built from it is kept."""

    version: str
    register: Register = field(compare=False, hash=False)


def _nearest_of(app: App) -> Nearest:
    return _nearest(_Built(app.register.version, app.register))


@lru_cache(maxsize=2)
def _nearest(built: _Built) -> Nearest:
    return Nearest(built.register)
