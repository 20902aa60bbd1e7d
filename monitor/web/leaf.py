"""A long list cut into pages with numbers: which one an address asks for, and what stands on it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
_FIGURES = 9  # of the number of a page; the page shows the last one that there is


@dataclass(frozen=True, slots=True)
class Leaf(Generic[T]):
    """One page of a list. `number`, `first`: from 1."""

    number: int
    rows: tuple[T, ...]
    first: int
    n_all: int

    @property
    def has_before(self) -> bool:
        """Whether a page comes before it."""
        return self.number > 1

    @property
    def has_after(self) -> bool:
        """Whether a page comes after it."""
        return self.first + len(self.rows) <= self.n_all

    @property
    def span(self) -> str:
        """The places of its rows: "41–80", "0" of an empty list."""
        return f"{self.first}–{self.first + len(self.rows) - 1}" if self.rows else "0"


def page_in(query: Mapping[str, str]) -> int:
    """The number of the page that an address asks for, from 1; what makes no sense is the first one."""
    page = query.get("page", "1")
    return max(int(page[:_FIGURES]), 1) if page.isascii() and page.isdigit() else 1


def leaf_of(rows: Sequence[T], number: int, size: int) -> Leaf[T]:
    """The page with this number, else the last one: rows may have gone since the address was made."""
    held = min(number, max(-(-len(rows) // size), 1))
    start = (held - 1) * size
    return Leaf(held, tuple(rows[start : start + size]), start + 1, len(rows))
