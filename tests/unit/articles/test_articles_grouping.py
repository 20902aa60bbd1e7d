"""Stories out of pairs, their origins and chains."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.grouping import Printed, Step, Tie, chain_of, changes_no_other, origin_of, stories

NOON = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
FRONT, BACK, ALL = 0b0011, 0b1100, 0b1111


def printed(
    article: int, hours: float, *, is_agency: bool = False, is_marked: bool = False, key: str = ""
) -> Printed:
    return Printed(article, NOON + timedelta(hours=hours), is_agency, is_marked, key or str(article))


def tie(
    one: int, other: int, parts: tuple[int, int] = (ALL, ALL), shares: tuple[float, float] = (0.9, 0.9)
) -> Tie:
    return Tie(one, other, *shares, *parts)


def grouped(members: list[Printed], ties: list[Tie]) -> set[frozenset[int]]:
    by_id = {member.article_id: member for member in members}
    return set(stories(by_id, ties))


def test_the_original_joins_a_copy_of_its_front_and_a_copy_of_its_back() -> None:
    members = [printed(1, 0), printed(2, 3), printed(3, 5)]
    ties = [tie(1, 2, (FRONT, ALL), (0.5, 0.9)), tie(1, 3, (BACK, ALL), (0.5, 0.9))]
    assert grouped(members, ties) == {frozenset({1, 2, 3})}


def test_a_digest_joins_the_story_that_it_takes_most_of_and_merges_nothing() -> None:
    members = [printed(1, 0), printed(2, 1), printed(3, 9)]
    ties = [tie(1, 3, (ALL, 0b0111), (0.9, 0.6)), tie(2, 3, (ALL, 0b1000), (0.9, 0.3))]
    assert grouped(members, ties) == {frozenset({1, 3}), frozenset({2})}


def test_a_digest_printed_by_two_outlets_still_merges_nothing() -> None:
    members = [printed(1, 0), printed(2, 1), printed(3, 9), printed(4, 10)]
    ties = [
        tie(1, 3, (ALL, 0b0111), (0.9, 0.6)),
        tie(2, 3, (ALL, 0b1000), (0.9, 0.3)),
        tie(1, 4, (ALL, 0b0111), (0.9, 0.6)),
        tie(2, 4, (ALL, 0b1000), (0.9, 0.3)),
        tie(3, 4),
    ]
    assert grouped(members, ties) == {frozenset({1, 3, 4}), frozenset({2})}


def test_texts_that_repeat_the_same_part_of_a_third_are_one_story_with_it() -> None:
    members = [printed(1, 0), printed(2, 1), printed(3, 9)]

    def of_parts(one: int, other: int) -> set[frozenset[int]]:
        return grouped(members, [tie(1, 3, (ALL, one), (0.9, 0.5)), tie(2, 3, (ALL, other), (0.9, 0.5))])

    assert of_parts(0b0000_11111, 0b1111_10000) == {frozenset({1, 2, 3})}  # a fifth in common
    assert len(of_parts(0b00000_111111, 0b11111_100000)) == 2  # a sixth


def test_an_agency_that_is_a_little_later_than_its_reprints_is_no_digest() -> None:
    members = [printed(1, 0), printed(2, 1), printed(3, 2, is_agency=True)]
    ties = [tie(1, 3, (ALL, FRONT), (0.9, 0.5)), tie(2, 3, (ALL, BACK), (0.9, 0.5))]
    assert grouped(members, ties) == {frozenset({1, 2, 3})}
    assert len(grouped([*members[:2], printed(3, 2)], ties)) == 2
    assert len(grouped([*members[:2], printed(3, 9, is_agency=True)], ties)) == 2


def test_what_no_pair_ties_stays_alone() -> None:
    assert grouped([printed(1, 0), printed(2, 0), printed(3, 0)], [tie(1, 3)]) == {
        frozenset({1, 3}),
        frozenset({2}),
    }


def test_the_origin_is_the_earliest_and_an_agency_wins_within_two_hours() -> None:
    paper = printed(1, 0)
    assert origin_of([paper, printed(2, 2, is_agency=True)]) == 2
    assert origin_of([paper, printed(2, 2.1, is_agency=True)]) == 1
    assert origin_of([paper, printed(3, -0.1)]) == 3


def test_who_names_a_source_is_no_origin_while_another_names_none() -> None:
    marked = printed(1, 0, is_marked=True)
    assert origin_of([marked, printed(2, 5, is_agency=True, is_marked=True)]) == 2
    assert origin_of([marked, printed(3, 30)]) == 3
    assert origin_of([marked, printed(4, 1, is_marked=True)]) == 1


def test_of_two_that_came_out_at_once_the_address_decides_not_the_order_of_arrival() -> None:
    assert origin_of([printed(1, 0, key="http://b/"), printed(2, 0, key="http://a/")]) == 2


def test_a_chain_leads_from_the_origin_through_the_text_that_was_taken() -> None:
    members = [printed(1, 4, is_marked=True), printed(2, 0), printed(3, 9), printed(4, 1, is_marked=True)]
    ties = [
        tie(1, 2, shares=(0.6, 0.4)),
        tie(1, 3, shares=(0.8, 0.95)),
        tie(2, 3, shares=(0.4, 0.5)),
        tie(1, 4, shares=(0.5, 0.5)),
    ]
    assert chain_of(members, ties) == (Step(2, None, 0.0), Step(4, 2, 0.0), Step(1, 2, 0.6), Step(3, 1, 0.95))


SHARES = st.sampled_from((0.45, 0.69, 0.7, 0.95))
PARTS = st.sampled_from((FRONT, BACK, ALL, 0b0110))


@st.composite
def a_press(draw: st.DrawFn) -> tuple[list[Printed], list[Tie]]:
    n = draw(st.integers(1, 6))
    members = [
        printed(article, draw(st.sampled_from((0.0, 1.0, 3.0, 9.0))), is_agency=draw(st.booleans()))
        for article in range(1, n + 1)
    ]
    pairs = [pair for pair in combinations(range(1, n + 1), 2) if draw(st.booleans())]
    ties = [tie(*pair, (draw(PARTS), draw(PARTS)), (draw(SHARES), draw(SHARES))) for pair in pairs]
    return members, ties


@given(press=a_press(), data=st.data())
def test_a_newcomer_that_changes_no_other_joins_the_stories_that_stand(
    press: tuple[list[Printed], list[Tie]], data: st.DataObject
) -> None:
    members, ties = press
    new = printed(len(members) + 1, data.draw(st.sampled_from((0.0, 2.0, 12.0))))
    met = data.draw(st.sets(st.integers(1, len(members)), min_size=1))
    own = [tie(one, new.article_id, shares=(data.draw(SHARES), data.draw(SHARES))) for one in sorted(met)]
    if not changes_no_other(new.article_id, own):
        assert min(min(t.one_share, t.other_share) for t in own) < 0.7
        return
    before = grouped(members, ties)
    joined = [story for story in before if story & met]
    stay = before - set(joined)
    assert grouped([*members, new], [*ties, *own]) == {frozenset.union(*joined, {new.article_id}), *stay}
