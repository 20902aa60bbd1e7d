"""How a stage tells how far it is: a callable of (what, done, total), silent unless a terminal shows it."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]


def silent(what: str, done: int, total: int) -> None:
    """Show nothing."""
    del what, done, total
