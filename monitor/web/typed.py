"""What somebody typed into a form that is not kept, so that they can copy it into a new one. Pure."""

import hashlib
from collections.abc import Mapping

from monitor.register.columns import COLUMNS
from monitor.web.asked import Asked

FIELDS = ("note", "wanted", "url", "print_only", *COLUMNS)  # by name: a password is never shown again
_MOST = 32_767  # characters of a value, as a cell of the register may have
_MARK = 8  # letters of the mark of one field


def typed_in(asked: Asked) -> tuple[str, ...]:
    """The texts of a form in its order, without those that are empty."""
    return tuple(text[:_MOST] for name in FIELDS if (text := asked.field(name)))


def marks_of(cells: Mapping[str, str]) -> str:
    """What the fields of an agreement held when its form was opened, a mark each, to stand in the form."""
    return "".join(hashlib.sha256(cells[name].encode()).hexdigest()[:_MARK] for name in COLUMNS)


def edited(opened: str, cells: Mapping[str, str], held: Mapping[str, str]) -> tuple[str, ...]:
    """The columns that a form which came too late had changed, of those that are otherwise now.

    `opened`: the marks of the form, `held`: what the agreement holds now, which somebody else may have
    changed elsewhere. Of a form without marks: all that are otherwise.
    """
    otherwise = tuple(name for name in COLUMNS if cells[name] != held[name])
    if len(opened) != _MARK * len(COLUMNS):
        return otherwise
    now = marks_of(cells)
    places = {name: slice(_MARK * n, _MARK * (n + 1)) for n, name in enumerate(COLUMNS)}
    return tuple(name for name in otherwise if opened[places[name]] != now[places[name]])
