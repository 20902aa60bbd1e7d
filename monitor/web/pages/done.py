"""The page after a button was pressed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DonePage:
    """What was done, in words, and where to go on."""

    heading: str
    lines: tuple[str, ...]
    links: tuple[tuple[str, str], ...]  # address, label
