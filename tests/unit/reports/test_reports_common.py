"""What the cards of a section share is said once, and nothing is lost by it."""

from monitor.reports.common import is_shared_by_all, lift
from monitor.reports.page import Card, Line

NORM, LESS = Line("Norm", "2 in a year"), Line("Norm", "1 in a year")


def card(ref: str, *lines: Line) -> Card:
    return Card(ref, f"Title {ref}", "en", "", lines, ())


def test_a_line_of_all_cards_is_said_once() -> None:
    cards = [card(ref, NORM, Line("Gap", ref)) for ref in "abc"]
    shared, rest = lift(cards, ("Norm",))
    assert shared == (NORM,)
    assert rest == tuple(card(ref, Line("Gap", ref)) for ref in "abc")
    assert is_shared_by_all(cards, shared)


def test_a_card_that_differs_keeps_its_own_line() -> None:
    cards = [card("a", NORM), card("b", LESS), card("c", NORM)]
    shared, rest = lift(cards, ("Norm",))
    assert shared == (NORM,)
    assert rest == (card("a"), card("b", LESS), card("c"))
    assert not is_shared_by_all(cards, shared)


def test_a_line_of_half_of_the_cards_stays_where_it_is() -> None:
    cards = [card("a", NORM), card("b", LESS), card("c", NORM), card("d", LESS)]
    assert lift(cards, ("Norm",)) == ((), tuple(cards))


def test_two_cards_share_nothing() -> None:
    cards = [card("a", NORM), card("b", NORM)]
    assert lift(cards, ("Norm",)) == ((), tuple(cards))


def test_a_line_that_one_card_has_not_is_not_said_of_it() -> None:
    cards = [card("a", NORM), card("b", NORM), card("c", NORM), card("d")]
    assert lift(cards, ("Norm",)) == ((), tuple(cards))


def test_other_labels_are_left_alone() -> None:
    cards = [card(ref, NORM) for ref in "abc"]
    assert lift(cards, ("Gap",)) == ((), tuple(cards))
