"""What the cards of a section share: said once above them, a card holds only what is its own. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from monitor.reports.page import Card, Line

LEAST_CARDS = 3  # below that, saying it once saves nothing


def lift(cards: Sequence[Card], labels: Sequence[str]) -> tuple[tuple[Line, ...], tuple[Card, ...]]:
    """The lines of `labels` that more than half of the cards have word for word, and the cards without them.

    A card whose line differs keeps it; every card must have a line for each label, or none is lifted.
    """
    shared = tuple(line for label in labels if (line := _most_common(cards, label)) is not None)
    rest = tuple(
        replace(card, lines=tuple(line for line in card.lines if line not in shared)) for card in cards
    )
    return shared, rest


def is_shared_by_all(cards: Sequence[Card], shared: Sequence[Line]) -> bool:
    """Whether every card had every one of the shared lines."""
    return all(line in card.lines for card in cards for line in shared)


def _most_common(cards: Sequence[Card], label: str) -> Line | None:
    held = Counter(line for card in cards for line in card.lines if line.label == label)
    if len(cards) < LEAST_CARDS or held.total() != len(cards):
        return None
    line, n = held.most_common(1)[0]
    return line if 2 * n > len(cards) else None
