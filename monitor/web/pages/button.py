"""A page with one button: what it does in words, and nothing else to press."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ButtonPage:
    """What the button does. `is_final`: it cannot be undone, and looks like it."""

    heading: str
    lines: tuple[str, ...]
    button: str
    is_final: bool
