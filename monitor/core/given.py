"""Lines that commands are given: JSON objects with an id, each answered or refused by its number. Pure."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BadLine:
    """One input line (1-based) that cannot be used, and why."""

    line: int
    reason: str


def read_object(
    number: int, line: bytes, make: Callable[[dict[str, Any]], T], *, texts: Sequence[str]
) -> T | BadLine:
    """What `make` makes of a line, or why there is nothing.

    `texts`: keys that must be strings, an id among them. `make` raises ValueError for what it cannot take;
    whatever else it raises is left to the caller.
    """
    try:
        raw = json.loads(line.decode("utf-8-sig").rstrip("\r\n"))  # else faults at its end are in "line 2"
        _check(raw, texts)
        return make(raw)
    except UnicodeDecodeError as error:
        return BadLine(number, f"not UTF-8 at byte {error.start}")
    except json.JSONDecodeError as error:
        return BadLine(number, f"not JSON: {error}")
    except (ValueError, RecursionError) as error:
        return BadLine(number, str(error))


def _check(raw: Any, texts: Sequence[str]) -> None:
    if not isinstance(raw, dict):
        raise ValueError("not a JSON object")
    for key in texts:
        if not isinstance(raw.get(key), str):
            raise ValueError(f"{key} must be a string")
    if not raw["id"].isprintable():  # half surrogates too: they could not be written back
        raise ValueError("id holds a character that cannot be shown")
