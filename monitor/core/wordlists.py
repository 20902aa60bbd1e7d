"""Word lists of a home's config/, and what a home of an older program lacks of them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitor.core.shipped import config_dir


def read_words(config: Path, name: str) -> dict[str, Any]:
    """The tables of a TOML file of `config`, with the keys that it does not have as shipped.

    A list that is there is taken as it is. Errors: those of errors.UNREADABLE.
    """
    own = tomllib.loads((config / name).read_text("utf-8-sig"))  # some editors put a mark before it
    return _completed(own, tomllib.loads((config_dir() / name).read_text("utf-8")))


def _completed(own: Mapping[str, Any], shipped: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(own)
    for key, value in shipped.items():
        held = own.get(key)
        if held is None:
            made[key] = value
        elif isinstance(held, dict) and isinstance(value, dict):
            made[key] = _completed(held, value)
    return made
