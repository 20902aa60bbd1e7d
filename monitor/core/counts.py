"""What a stage did, in numbers: a dict that starts every name at zero."""

from typing import Any


class Counts(dict[str, int]):
    """Named counters of one stage. Unknown names are 0; zeros do not matter for equality."""

    def __init__(self, **counts: int) -> None:
        super().__init__(**counts)

    def __missing__(self, name: str) -> int:
        return 0

    def add(self, name: str, n: int = 1) -> None:
        """Count `n` more of `name`."""
        self[name] += n

    def merge(self, other: "Counts") -> None:
        """Add another stage's numbers to these."""
        for name, n in other.items():
            self.add(name, n)

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, dict):
            return NotImplemented
        return {k: v for k, v in self.items() if v} == {k: v for k, v in other.items() if v}

    __hash__ = None  # mutable
