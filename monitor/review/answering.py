"""Stage: takes what a reviewer says of an item, or takes it back; in force at once, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.articles import corrections
from monitor.articles.audit import audit_items_of
from monitor.articles.audit_types import Answer
from monitor.core.accounts import User
from monitor.core.audit_log import Action, log_action
from monitor.core.db import Db, Tx
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, FamilyId
from monitor.linking.store import forget_linking
from monitor.register.types import Register
from monitor.review import look_store, store
from monitor.review.corrected import sayings_of
from monitor.review.looks import Item, Look, Queue, Said, Told, Verdict, in_force, is_disputed
from monitor.review.queues import seen_of
from monitor.review.standing import Runs, families_now, runs_now, topics_now


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers, when, and what the answer stands on."""

    db: Db
    register: Register
    min_p: float
    user: User
    now: datetime


class ChangedError(UsageError):
    """What the program proposes for an item is no longer what the answer is about."""


class DecidedError(UsageError):
    """Nobody waits for a third look at the item any more."""


def take_look(given: Answering, item: Item, said: Said) -> None:
    """Keep a look and have it count, unless another's counts already. A reviewer's second look at an item
    replaces the first; the same one once more changes nothing, a skip counts anew.

    Errors: ChangedError, DecidedError; UsageError when there is no such item or nothing was linked yet.
    """
    told, verdict, is_final = said.told, said.verdict, said.is_final
    with given.db.begin() as tx:
        _check(tx, item)
        look_store.lock_article(tx, item.article)
        held = look_store.looks_at(tx, item)
        own = [
            look
            for look in held
            if look.who == given.user.name and look.is_final is is_final and look.undone_at is None
        ]
        # a skip holds for a day: the next one is a new look
        if verdict is not Verdict.SKIP and any((o.told, o.verdict) == (told, verdict) for o in own):
            return
        if is_final and not (own or is_disputed(held, given.register.family_of)):
            raise DecidedError(f"nobody waits for a third look at {item}")
        runs = runs_now(tx, given.min_p)
        shown = seen_of(tx, item, given.register, tag=runs.tag.id, link=runs.link.id)
        if verdict is not Verdict.SKIP and shown.proposal != said.proposal:
            raise ChangedError(f"of {item} something else is proposed by now")
        for look in own:
            look_store.undo_look(tx, look.id, at=given.now)
        look_store.add_look(
            tx,
            item,
            told,
            shown=shown,
            verdict=verdict,
            who=given.user.name,
            at=given.now,
            is_final=is_final,
        )
        _settle(tx, given, item)
        if verdict is not Verdict.SKIP:
            log_action(tx, given.user, Action.CORRECTION, _subject(item, verdict), given.now)


def undo_look(given: Answering, number: int) -> Item | None:
    """Take back a look of one's own; the item waits again. It gives the item, None where there is no such
    look any more: the button was pressed twice."""
    with given.db.begin() as tx:
        last = look_store.find_last(tx, given.user.name)
        if last is None or last.id != number:
            return None
        look_store.lock_article(tx, last.item.article)
        if not _stands(tx, last):
            return None
        look_store.undo_look(tx, last.id, at=given.now)
        _settle(tx, given, last.item)
        if last.verdict is not Verdict.SKIP:
            log_action(tx, given.user, Action.UNDONE, _subject(last.item, last.verdict), given.now)
        return last.item


def _stands(tx: Tx, look: Look) -> bool:
    """Whether it was not taken back while the lock was waited for."""
    return any(one.id == look.id and one.undone_at is None for one in look_store.looks_at(tx, look.item))


def _check(tx: Tx, item: Item) -> None:
    if item.queue is not Queue.AUDIT:
        return
    if not any((one.id, one.article) == (item.subject, item.article) for one in audit_items_of(tx)):
        raise UsageError(f"no text of the audit has the number {item.subject}")


def _subject(item: Item, verdict: Verdict) -> str:
    return f"review {item.queue.value}: article {item.article}, {verdict.value}"


def _settle(tx: Tx, given: Answering, item: Item) -> None:
    """Have the look count that should, and what another had written down no longer."""
    seen = look_store.looks_at(tx, item)
    before, after = next((look for look in seen if look.is_in_force), None), in_force(seen)
    if (before and before.id) == (after and after.id):
        return
    if before is not None:
        name = given.user.name
        corrections.undo_all(
            tx, before.corrections, who=name, at=given.now, note=f"review {item.queue.value}"
        )
        if before.audit_answer is not None:
            store.undo_answer(tx, before.audit_answer, at=given.now)
        look_store.put_out_of_force(tx, before.id)
    if after is not None:
        _write(tx, given, after)
    forget_linking(tx, item.article)


def _write(tx: Tx, given: Answering, look: Look) -> None:
    told, item = _known(look.told, given.register), look.item
    runs = runs_now(tx, given.min_p)
    proposal = look.shown.proposal
    topics = topics_now(tx, [item.article], runs.tag).get(item.article, ())
    sayings = sayings_of(
        told,
        linked=_linked(tx, given, item, runs, proposal.agreements),
        family_of=given.register.family_of,
        topics={*topics, *(topic for topic in proposal.topics if topic in given.register.topics)},
    )
    note = f"review {item.queue.value}"
    made = corrections.add(tx, item.article, sayings, who=look.who, at=given.now, note=note)
    answer = None
    if item.queue is Queue.AUDIT and told.cooperation is not None:
        said = Answer(told.cooperation, told.agreements or (), told.topics, "", corrects=True)
        answer = store.add_answer(tx, item.subject, said, who=look.who, at=given.now)
    look_store.put_in_force(tx, look.id, made, answer)


def _known(told: Told, register: Register) -> Told:
    """Without what the register has dropped since the look was made."""
    agreements = told.agreements and tuple(a for a in told.agreements if a in register.family_of)
    topics = told.topics and tuple(topic for topic in told.topics if topic in register.topics)
    return replace(told, agreements=agreements, topics=topics)


def _linked(
    tx: Tx, given: Answering, item: Item, runs: Runs, proposed: Sequence[AgreementId]
) -> Mapping[FamilyId, AgreementId]:
    held = given.register.families
    now = families_now(tx, [item.article], runs).get(item.article, ())
    linked = {family: held[family].members[0] for family in now if family in held}
    known = (one for one in proposed if one in given.register.family_of)
    return {**linked, **{given.register.family_of[one]: one for one in known}}
