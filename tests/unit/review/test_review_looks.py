"""What a verdict means, which look counts, who is asked: on plain values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.articles.corrections import CorrectionKind, Saying
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, ArticleId, FamilyId, TopicId
from monitor.review.corrected import sayings_of
from monitor.review.looks import (
    Agreed,
    Item,
    Look,
    Proposal,
    Queue,
    Seen,
    Sharing,
    Told,
    Verdict,
    agreed,
    in_force,
    is_disputed,
    is_open,
    needed,
    told_by,
    turn,
)

A1, A2, A3 = (AgreementId(f"AGR-000{n}") for n in (1, 2, 3))
F1, F3 = FamilyId("AGR-0001"), FamilyId("AGR-0003")
FAMILY_OF = {A1: F1, A2: F1, A3: F3}
TRADE, SPORT = TopicId("trade"), TopicId("sport")
ITEM = Item(Queue.AUDIT, 7, ArticleId(70))
NO = Told(False, (), None)
SKIPPED = Told(None, None, None)
ALL = Sharing(1.0, 1)
NONE = Sharing(0.0, 1)


def yes(*agreements: AgreementId, topics: tuple[TopicId, ...] | None = None) -> Told:
    return Told(True, agreements, topics)


def look(id: int, who: str, told: Told, **changes: object) -> Look:
    at = datetime(2026, 1, id, tzinfo=UTC)
    plain = Look(
        id=id, item=ITEM, who=who, at=at, is_final=False, shown=Seen(), verdict=Verdict.CHOOSE, told=told,
        is_in_force=False, corrections=(), audit_answer=None, undone_at=None,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


BOTH = Proposal((A1,), (TRADE,))


@pytest.mark.parametrize(
    ("queue", "verdict", "proposal", "agreements", "topics", "told"),
    [
        (Queue.AUDIT, Verdict.CHOOSE, Proposal(), [A1], [], yes(A1)),
        (Queue.AUDIT, Verdict.CHOOSE, Proposal(), [], [], yes()),
        (Queue.AUDIT, Verdict.CHOOSE, Proposal(), [], [TRADE], yes(topics=(TRADE,))),
        (Queue.AUDIT, Verdict.NOT_COOPERATION, Proposal(), [], [], NO),
        (Queue.AUDIT, Verdict.SKIP, Proposal(), [A1], [TRADE], SKIPPED),
        (Queue.LINKS, Verdict.ACCEPT, BOTH, [A3, A1], [], yes(A1, A3, topics=(TRADE,))),
        (Queue.LINKS, Verdict.REJECT, Proposal((A1,)), [A1, A3], [], yes(A3)),
        (Queue.UNDECIDED, Verdict.ACCEPT, Proposal(topics=(TRADE,)), [], [], Told(True, None, (TRADE,))),
        (Queue.UNDECIDED, Verdict.REJECT, Proposal(topics=(TRADE,)), [], [SPORT], Told(True, None, (SPORT,))),
        (Queue.UNDECIDED, Verdict.CHOOSE, Proposal(topics=(TRADE,)), [A1], [], yes(A1, topics=())),
        (Queue.UNDECIDED, Verdict.CHOOSE, Proposal(), [], [], Told(True, None, None)),
    ],
)
def test_a_verdict_means_what_was_ticked_and_proposed(
    queue: Queue, verdict: Verdict, proposal: Proposal, agreements: list[AgreementId], topics: list[TopicId],
    told: Told,
) -> None:  # fmt: skip
    assert told_by(queue, verdict, proposal, agreements, topics) == told


def test_no_cooperation_with_something_ticked_is_refused() -> None:
    with pytest.raises(UsageError, match="and yet"):
        told_by(Queue.AUDIT, Verdict.NOT_COOPERATION, Proposal(), [A1], [])


def test_an_answer_says_also_what_it_only_confirms() -> None:
    linked = {F1: A1, F3: A3}
    said = sayings_of(yes(A2, topics=(SPORT,)), linked=linked, family_of=FAMILY_OF, topics=[TRADE, SPORT])
    assert said == [
        Saying(CorrectionKind.COOPERATION),
        Saying(CorrectionKind.TOPIC_ADD, "sport"),
        Saying(CorrectionKind.TOPIC_REMOVE, "trade"),
        Saying(CorrectionKind.LINK_ADD, "AGR-0002"),
        Saying(CorrectionKind.LINK_REMOVE, "AGR-0003"),
    ]
    assert sayings_of(NO, linked=linked, family_of=FAMILY_OF, topics=[TRADE]) == [
        Saying(CorrectionKind.NOT_COOPERATION)
    ]
    assert sayings_of(SKIPPED, linked=linked, family_of=FAMILY_OF, topics=[TRADE]) == []
    nothing_said = Told(True, None, None)
    assert sayings_of(nothing_said, linked=linked, family_of=FAMILY_OF, topics=[TRADE]) == [
        Saying(CorrectionKind.COOPERATION)
    ]


def test_the_first_look_that_decides_counts_until_a_third_one_does() -> None:
    skipped, first = look(1, "Анна", SKIPPED), look(2, "Пётр", yes(A1))
    second, third = look(3, "Ева", NO), look(4, "Олег", NO, is_final=True)
    assert in_force([]) is None
    assert in_force([skipped]) is None
    assert in_force([skipped, first, second]) is first
    assert in_force([skipped, replace(first, undone_at=first.at), second]) is second
    assert in_force([skipped, first, second, third]) is third


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (yes(A1), yes(A1), False),
        (yes(A1), yes(A2), False),  # one family: a reader cannot tell its members apart
        (yes(A1), yes(A3), True),
        (yes(A1), NO, True),
        (yes(A1), SKIPPED, False),
        (yes(A1), Told(True, None, None), False),  # of agreements the other says nothing
        (yes(topics=(TRADE,)), yes(topics=(SPORT,)), True),
        (yes(topics=(TRADE, SPORT)), yes(topics=(SPORT, TRADE)), False),
        (yes(topics=(TRADE,)), yes(), False),
    ],
)
def test_looks_differ_only_in_what_both_speak_of(one: Told, other: Told, differ: bool) -> None:
    pair = [look(1, "Анна", one), look(2, "Пётр", other)]
    assert is_disputed(pair, FAMILY_OF) is differ
    assert not is_disputed([*pair, look(3, "Олег", NO, is_final=True)], FAMILY_OF)


def test_a_fixed_share_of_items_waits_for_two() -> None:
    items = [Item(Queue.AUDIT, n, ArticleId(n)) for n in range(5000)]
    fifth = Sharing(0.2, 2026)
    twice = [item.subject for item in items if needed(item, fifth) == 2]
    assert abs(len(twice) / len(items) - 0.2) < 0.02
    assert twice == [item.subject for item in reversed(items) if needed(item, fifth) == 2][::-1]
    assert twice != [item.subject for item in items if needed(item, Sharing(0.2, 2027)) == 2]
    assert {needed(item, NONE) for item in items} == {1}
    assert {needed(item, ALL) for item in items} == {2}


def test_an_item_waits_until_enough_others_have_said_something() -> None:
    mine, others, skip = look(1, "Анна", NO), look(2, "Пётр", NO), look(3, "Ева", SKIPPED)
    day = skip.at  # it was skipped on this day
    assert is_open(ITEM, [], "Анна", NONE, today=day)
    assert not is_open(ITEM, [others], "Анна", NONE, today=day)
    assert is_open(ITEM, [others], "Анна", ALL, today=day)
    assert not is_open(ITEM, [mine], "Анна", ALL, today=day)
    assert is_open(ITEM, [skip], "Анна", NONE, today=day)
    assert not is_open(ITEM, [skip], "Ева", NONE, today=day)
    assert is_open(ITEM, [skip], "Ева", NONE, today=day + timedelta(days=1))  # it comes back
    assert not is_open(ITEM, [mine], "Анна", ALL, today=day + timedelta(days=1))
    assert not is_open(ITEM, [skip, others], "Ева", NONE, today=day + timedelta(days=1))
    assert is_open(ITEM, [replace(mine, undone_at=mine.at)], "Анна", NONE, today=day)


def test_each_reviewer_has_an_order_of_their_own() -> None:
    items = [Item(Queue.AUDIT, n, ArticleId(n)) for n in range(50)]
    orders = [[i.subject for i in sorted(items, key=lambda i: turn(i, who))] for who in ("Анна", "Пётр")]
    assert orders[0] != orders[1]
    assert orders[0][0] != orders[1][0]


def test_agreement_is_told_of_independent_looks_only() -> None:
    first = [look(1, "Анна", yes(A1)), look(2, "Пётр", yes(A2))]
    second = [look(3, "Анна", NO), look(4, "Пётр", NO), look(5, "Олег", yes(A1), is_final=True)]
    third = [look(6, "Анна", yes(A3)), look(7, "Пётр", yes(A3))]
    alone = [look(8, "Анна", NO), look(9, "Пётр", SKIPPED)]
    assert agreed([first, second, third, alone], FAMILY_OF) == Agreed(3, 1.0, 1.0)
    assert agreed([alone], FAMILY_OF) == Agreed(0, None, None)
