"""Answers of reviewers on both databases: in force at once, whole or not at all, none lost among several."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
import sqlalchemy as sa

from monitor.articles import corrections
from monitor.articles.audit import audit_items_of, last_answer_at
from monitor.articles.audit_plan import load_audit_plan
from monitor.articles.audit_types import Answer
from monitor.articles.corrections import CorrectionKind, Ruling, Saying
from monitor.articles.effective import judged
from monitor.articles.tables import taggings, tags
from monitor.core import runs
from monitor.core.accounts import Role, User
from monitor.core.audit_log import list_actions
from monitor.core.db import Db
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, ArticleId, TopicId, Week
from monitor.core.shipped import config_dir
from monitor.linking.tables import linkings
from monitor.register.store import save_register
from monitor.register.types import Register, Topic
from monitor.review import look_store, queues
from monitor.review.answering import Answering, take_look, undo_look
from monitor.review.audit import draw_sample
from monitor.review.looks import Item, Look, Proposal, Queue, Said, Seen, Told, Verdict, is_disputed
from tests.make_gaps import NOW, WEEK, Writer, register

ANNA, PETR, OLEG = (User(n, name, Role.REVIEWER) for n, name in enumerate(("Анна", "Пётр", "Олег"), 1))
ONE, TWO = AgreementId("AGR-0001"), AgreementId("AGR-0002")
TRADE = TopicId("trade")
NO = Told(False, (), None)
MONDAY = NOW - timedelta(days=7)


def known() -> Register:
    topic = Topic(TRADE, "economy", {}, {}, ())
    return replace(register(), topics={TRADE: topic})


@pytest.fixture
def press(db: Db) -> Db:
    """Four linked articles, one undecided, one without a topic, two nearly linked, one old, one a copy."""
    with db.begin() as tx:
        writer = Writer(tx)
        writer.press()
        save_register(tx, known(), at=NOW)
        for n in range(4):
            writer.article("daily", MONDAY + timedelta(hours=n), ONE)  # 1 to 4
        writer.article("daily", MONDAY + timedelta(hours=5), label=None)  # 5
        writer.article("daily", MONDAY + timedelta(hours=6))  # 6
        writer.article("daily", MONDAY + timedelta(hours=7))  # 7
        writer.article("daily", MONDAY + timedelta(hours=8))  # 8
        writer.article("daily", MONDAY - timedelta(weeks=20), label=None)  # 9: long ago
        writer.article("paper", MONDAY + timedelta(hours=9), cluster=5, label=None)  # 10: a copy
        open_ = taggings.c.label.is_(None)
        tx.execute(sa.update(taggings).where(open_).values(reason="gate_undecided"))
        tx.execute(sa.update(taggings).where(taggings.c.article_id == 6).values(reason="topic_undecided"))
        for article in (5, 6):
            key = {"article_id": article, "version_id": writer.tag.id}
            tx.execute(sa.insert(tags).values(**key, topic=TRADE, p=0.4, published=False))
        named = [["by-brest-region", "text", 0, 1, "name"]]
        nearly = ["AGR-0003", "AGR-9999"]
        for article, reason, mentions, related in (
            (7, "sibling_only", named, nearly),
            (8, "sibling_only", [], None),
        ):
            key = {"article_id": article, "version_id": writer.link.id, "n_links": 0}
            tx.execute(sa.insert(linkings).values(**key, reason=reason, mentions=mentions, related=related))
    return db


def take(db: Db, user: User, item: Item, told: Told, *, is_final: bool = False) -> None:
    verdict = {True: Verdict.CHOOSE, False: Verdict.NOT_COOPERATION, None: Verdict.SKIP}[told.cooperation]
    take_look(given(db, user), item, Said(told, verdict, proposal_of(db, item), is_final=is_final))


def proposal_of(db: Db, item: Item) -> Proposal:
    with db.reading() as tx:
        return queues.seen_of(tx, item, known(), tag=1, link=2).proposal


def given(db: Db, user: User) -> Answering:
    return Answering(db, known(), 0.5, user, NOW)


def undo(db: Db, user: User) -> Item | None:
    with db.reading() as tx:
        last = look_store.find_last(tx, user.name)
    assert last is not None
    return undo_look(given(db, user), last.id)


def item_of(article: int, queue: Queue = Queue.UNDECIDED) -> Item:
    return Item(queue, article, ArticleId(article))


def looks_at(db: Db, item: Item) -> list[Look]:
    with db.reading() as tx:
        return look_store.looks_at(tx, item)


def ruling(db: Db, article: int) -> Ruling:
    with db.reading() as tx:
        return corrections.rulings(tx).get(ArticleId(article), Ruling())


def audit(db: Db) -> list[Item]:
    plan = load_audit_plan(config_dir() / "audit.toml")
    draw_sample(db=db, register=known(), plan=plan, week=Week(WEEK), now=NOW, zone=UTC, min_p=0.5)
    with db.reading() as tx:
        return list(queues.audit_queue(tx))


def undecided(db: Db) -> list[int]:
    with db.reading() as tx:
        found = queues.undecided_queue(tx, 1, since=NOW - timedelta(weeks=8), limit=100)
    return [item.article for item in found]


def doubtful(db: Db) -> list[int]:
    with db.reading() as tx:
        found = queues.links_queue(tx, 1, 2, since=NOW - timedelta(weeks=8), limit=100)
    return [item.article for item in found]


def test_an_answer_counts_at_once_is_logged_and_taken_back_whole(press: Db) -> None:
    take(press, ANNA, item_of(5), Told(True, (TWO,), (TRADE,)))
    assert ruling(press, 5) == Ruling(True, frozenset({TRADE}), frozenset(), frozenset({TWO}), frozenset())
    assert undo(press, ANNA) == item_of(5)
    assert ruling(press, 5) == Ruling()
    (kept,) = looks_at(press, item_of(5))
    assert (kept.who, kept.at, kept.undone_at, kept.is_in_force) == ("Анна", NOW, NOW, False)
    with press.reading() as tx:
        logged = [(one.who, one.role, one.action.value, one.subject) for one in list_actions(tx, limit=9)]
    assert logged == [
        ("Анна", "reviewer", "undone", "review undecided: article 5, choose"),
        ("Анна", "reviewer", "correction", "review undecided: article 5, choose"),
    ]


def test_what_was_said_before_holds_again_after_an_answer_is_taken_back(press: Db) -> None:
    with press.begin() as tx:
        yes = Saying(CorrectionKind.COOPERATION)
        corrections.add(tx, ArticleId(5), [yes], who="Ева", at=NOW - timedelta(days=1))
    take(press, ANNA, item_of(5), NO)
    assert ruling(press, 5).cooperation is False
    undo(press, ANNA)
    assert ruling(press, 5).cooperation is True


def test_an_answer_confirms_links_and_takes_away_what_is_not_named(press: Db) -> None:
    take(press, ANNA, item_of(1, Queue.LINKS), Told(True, (TWO,), None))
    assert ruling(press, 1) == Ruling(True, agreements=frozenset({TWO}), not_agreements=frozenset({ONE}))
    take(press, ANNA, item_of(2, Queue.LINKS), Told(True, (ONE,), None))
    assert ruling(press, 2) == Ruling(True, agreements=frozenset({ONE}))


def test_an_answer_to_the_audit_is_one_to_the_sheet_too(press: Db) -> None:
    item = audit(press)[0]
    take(press, ANNA, item, Told(True, (ONE,), None))
    with press.reading() as tx:
        kept = {one.id: one for one in audit_items_of(tx)}[item.subject]
        assert last_answer_at(tx) == NOW
    assert (kept.answer, kept.who) == (Answer(True, (ONE,), None, "", corrects=True), "Анна")
    undo_look(replace(given(press, ANNA), now=NOW + timedelta(hours=1)), looks_at(press, item)[0].id)
    with press.reading() as tx:
        again = {one.id: one for one in audit_items_of(tx)}[item.subject]
        assert last_answer_at(tx) == NOW + timedelta(hours=1)  # tables that stand on it are outdated
    assert (again.answer, again.who) == (None, "")


def test_the_same_answer_twice_is_one_and_another_one_replaces_it(press: Db) -> None:
    for _ in range(2):
        take(press, ANNA, item_of(5), NO)
    assert len(looks_at(press, item_of(5))) == 1
    take(press, ANNA, item_of(5), Told(True, None, (TRADE,)))
    first, second = looks_at(press, item_of(5))
    assert (first.undone_at, first.is_in_force, second.is_in_force) == (NOW, False, True)
    assert ruling(press, 5) == Ruling(True, frozenset({TRADE}))


def test_a_second_look_changes_nothing_until_the_first_is_gone_or_a_third_decides(press: Db) -> None:
    item = item_of(5)
    take(press, ANNA, item, NO)
    take(press, PETR, item, Told(True, None, (TRADE,)))
    assert ruling(press, 5) == Ruling(False)
    assert is_disputed(looks_at(press, item), known().family_of)
    take(press, OLEG, item, Told(True, None, None), is_final=True)
    assert ruling(press, 5) == Ruling(True)
    assert not is_disputed(looks_at(press, item), known().family_of)
    undo(press, OLEG)
    assert ruling(press, 5) == Ruling(False)
    undo(press, ANNA)
    assert ruling(press, 5) == Ruling(True, frozenset({TRADE}))
    assert [look.is_in_force for look in looks_at(press, item)] == [False, True, False]


def test_a_skip_says_nothing(press: Db) -> None:
    take(press, ANNA, item_of(5), Told(None, None, None))
    assert ruling(press, 5) == Ruling()
    assert [look.is_in_force for look in looks_at(press, item_of(5))] == [False]
    undo(press, ANNA)
    with press.reading() as tx:
        assert list_actions(tx, limit=9) == []


def test_one_takes_back_only_the_own_last_answer_and_only_once(press: Db) -> None:
    take(press, ANNA, item_of(5), NO)
    take(press, ANNA, item_of(6), NO)
    first, last = looks_at(press, item_of(5))[0], looks_at(press, item_of(6))[0]
    assert undo_look(given(press, PETR), last.id) is None
    assert undo_look(given(press, ANNA), first.id) is None
    assert undo_look(given(press, ANNA), last.id) == item_of(6)
    assert undo_look(given(press, ANNA), last.id) is None  # the button was pressed twice
    assert (ruling(press, 5).cooperation, ruling(press, 6).cooperation) == (False, None)


def test_reviewers_on_one_item_at_once_lose_nothing(press: Db) -> None:
    """Each answers and takes it back again and again; in the end all looks stand and one is in force."""
    users = [User(n, f"R{n}", Role.REVIEWER) for n in range(4)]
    start = threading.Barrier(len(users))

    def work(user: User) -> None:
        start.wait()
        for round_ in range(5):
            take(press, user, item_of(5), NO if user.id % 2 else Told(True, (ONE,), (TRADE,)))
            if round_ < 4:
                undo(press, user)

    with ThreadPoolExecutor(len(users)) as pool:
        list(pool.map(work, users))
    kept = looks_at(press, item_of(5))
    assert len(kept) == 20
    standing = [look for look in kept if look.undone_at is None]
    assert {look.who for look in standing} == {user.name for user in users}
    (counts,) = [look for look in kept if look.is_in_force]
    assert counts is standing[0]
    with press.reading() as tx:
        held = [one for one in corrections.list_corrections(tx) if one.holds]
        undone = {one.undoes for one in corrections.list_corrections(tx)}
        said = [c.id for c in corrections.list_corrections(tx) if c.undoes is None and c.id not in undone]
    assert tuple(sorted(said)) == tuple(sorted(counts.corrections)) == tuple(sorted(c.id for c in held))


def test_an_answer_survives_another_run(press: Db) -> None:
    """Also one that only confirmed what the run of its day had said."""
    take(press, ANNA, item_of(1, Queue.LINKS), Told(True, (ONE,), None))
    take(press, ANNA, item_of(5), NO)
    with press.begin() as tx:
        new = runs.add_version(tx, "tag", "tag-2", {}, at=NOW)
        for article, label in ((1, False), (2, False), (5, True)):
            row = {"article_id": article, "version_id": new.id, "gate_p": 0.5, "label": label, "names": []}
            tx.execute(sa.insert(taggings).values(**row))
        runs.make_current(tx, new)
        labels = judged(new.id, [1, 2, 5])
        found = {row.article_id: row.label for row in tx.execute(sa.select(labels))}
    assert found == {1: True, 2: False, 5: False}


def test_the_queues_hold_what_the_run_was_unsure_of(press: Db) -> None:
    assert sorted(undecided(press)) == [5, 6]
    assert sorted(doubtful(press)) == [7, 8]
    with press.reading() as tx:
        found = {
            n: queues.seen_of(tx, item_of(n, queue), known(), tag=1, link=2).proposal
            for n, queue in ((6, Queue.UNDECIDED), (7, Queue.LINKS), (8, Queue.LINKS), (1, Queue.AUDIT))
        }
    assert found == {
        6: Proposal(topics=(TRADE,)),
        7: Proposal(agreements=(AgreementId("AGR-0003"),)),
        8: Proposal(),  # linked by an older program, which kept no related ones
        1: Proposal(),
    }


def test_an_item_stays_as_it_was_for_the_second_reviewer(press: Db) -> None:
    """Also while it waits to be linked anew, which an answer makes it do."""
    items = [item_of(5), item_of(6), item_of(7, Queue.LINKS), item_of(8, Queue.LINKS)]
    before = [seen(press, item) for item in items]
    assert before[1:] == [
        Seen(Proposal(topics=(TRADE,))),
        Seen(Proposal(agreements=(AgreementId("AGR-0003"),)), (("by-brest-region", "text", 0, 1),)),
        Seen(),
    ]
    for item in items:
        take(press, ANNA, item, NO)
    assert (sorted(undecided(press)), sorted(doubtful(press))) == ([5, 6], [7, 8])
    assert [seen(press, item) for item in items] == before


def seen(db: Db, item: Item) -> Seen:
    with db.reading() as tx:
        return queues.seen_of(tx, item, known(), tag=1, link=2)


def test_what_somebody_has_settled_elsewhere_is_not_asked(press: Db) -> None:
    with press.begin() as tx:
        corrections.add(tx, ArticleId(6), [Saying(CorrectionKind.TOPIC_ADD, TRADE)], who="Ева", at=NOW)
    assert undecided(press) == [5]


def test_a_text_of_the_sample_is_asked_there_first(press: Db) -> None:
    """The other queues show what the program says of it."""
    items = {item.article: item for item in audit(press)}
    assert {5, 6, 7, 8} <= items.keys()
    assert (undecided(press), doubtful(press)) == ([], [])
    for user in (ANNA, PETR):
        take(press, user, items[ArticleId(5)], Told(None, None, None))
    assert undecided(press) == []
    take(press, ANNA, items[ArticleId(5)], NO)
    assert undecided(press) == []  # it is answered


def test_what_is_no_text_of_the_sample_cannot_be_answered_as_one(press: Db) -> None:
    items = audit(press)
    for item in (Item(Queue.AUDIT, 10_000, ArticleId(1)), replace(items[0], article=ArticleId(9))):
        with pytest.raises(UsageError, match="no text of the audit"):
            take(press, ANNA, item, NO)
    assert all(not own for own in _seen(press, items))


def _seen(db: Db, items: Sequence[Item]) -> list[list[Look]]:
    return [looks_at(db, item) for item in items]
