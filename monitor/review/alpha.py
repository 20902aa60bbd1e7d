"""Krippendorff's alpha: how far reviewers agree beyond what chance would give. Pure."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence


def alpha(units: Iterable[Sequence[Hashable]]) -> float | None:
    """Alpha for nominal values; 1 is full agreement, 0 what chance gives, less is worse than chance.

    `units`: for each item the values that its reviewers gave, in any order and number; items with fewer than
    two say nothing. None where it cannot be told: no such item, or one value only was ever given.
    Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C.
    """
    paired = [unit for unit in units if len(unit) > 1]
    given = Counter(value for unit in paired for value in unit)
    n = given.total()
    by_chance = n * n - sum(count * count for count in given.values())
    if not by_chance:
        return None
    differing = sum(_differing(unit) / (len(unit) - 1) for unit in paired)
    return 1 - (n - 1) * differing / by_chance


def _differing(unit: Sequence[Hashable]) -> int:
    """Ordered pairs of one item whose values differ."""
    counts = Counter(unit)
    return len(unit) ** 2 - sum(count * count for count in counts.values())
