"""Counts of endings of one run."""


class Counts(dict[str, int]):
    """A tally by name; names that never happened read as 0 and equal a missing one."""

    def __missing__(self, key: str) -> int:
        return 0

    def add(self, key: str, n: int = 1) -> None:
        """Count `n` more of `key`."""
        self[key] = self[key] + n

    def merge(self, other: "Counts") -> None:
        """Count everything of another tally too."""
        for key, n in other.items():
            self.add(key, n)
