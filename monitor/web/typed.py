"""What somebody typed into a form that is not kept, so that they can copy it into a new one. Pure."""

from monitor.register.columns import COLUMNS
from monitor.web.asked import Asked

FIELDS = ("note", "wanted", "url", "print_only", *COLUMNS)  # by name: a password is never shown again
_MOST = 32_767  # characters of a value, as a cell of the register may have


def typed_in(asked: Asked) -> tuple[str, ...]:
    """The texts of a form in its order, without those that are empty."""
    return tuple(text[:_MOST] for name in FIELDS if (text := asked.field(name)))
