"""The words of the pages in one language, and which language to speak to whom."""

import re
import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any

from monitor.reports.catalogue import Catalogue

_WEIGHT = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII)  # of a language in a header


@lru_cache
def page_words(lang: str) -> Catalogue:
    """The catalogue of the pages. Errors: FileNotFoundError when there is none of that language."""
    return Catalogue(lang, _read(lang))


@lru_cache
def in_order(lang: str, table: str) -> tuple[str, ...]:
    """The codes of a table as its file orders them: for readers, not by the alphabet of programs."""
    found: Any = _read(lang)
    for part in table.split("."):
        found = found[part]
    return tuple(found)


def _read(lang: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("monitor.web").joinpath("locale", f"{lang}.toml").read_text("utf-8"))


def moment(words: Catalogue, at: datetime) -> str:
    """A day with its time, as the clock of `at` shows it."""
    return f"{words.day(at.date())}, {at:%H:%M}"


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages that the pages speak."""
    folder = resources.files("monitor.web").joinpath("locale")
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def choose(wanted: str, accept: str, offered: Sequence[str]) -> str:
    """The language asked for in the address, else the browser's best one that is offered, else the first."""
    if wanted in offered:
        return wanted
    ranked = sorted(_ranked(accept), key=lambda pair: -pair[1])
    return next((lang for lang, weight in ranked if lang in offered and weight > 0), offered[0])


def _ranked(accept: str) -> list[tuple[str, float]]:
    """Language and weight of an Accept-Language header; what cannot be read weighs nothing."""
    found = []
    for part in accept[:300].split(","):
        name, _, rest = part.partition(";")
        text = rest.strip().removeprefix("q=") or "1"
        weight = float(text) if _WEIGHT.fullmatch(text) else 0.0
        found.append((name.strip().lower().partition("-")[0], weight))
    return found
