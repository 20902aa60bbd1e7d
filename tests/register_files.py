"""Rows of a small register, written into a config folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.core.errors import InputError
from monitor.register.load import load_register

TOPIC = """
[trade]
group = "economy"
title = { ru = "Торговля", be = "Гандаль", en = "Trade" }
definition = { ru = "экспорт", be = "экспарт", en = "export" }
"""


def place(place_id: str, **keys: Any) -> dict[str, Any]:
    """A row of the gazetteer with the keys given."""
    country = {"country-by": "BY", "by-mogilev-region": "BY"}.get(place_id, "RU")
    names = {"ru": [place_id], "be": [], "en": [place_id]}
    lists = {
        "adjectives": {},
        "demonyms": {},
        "colloquial": {},
        "raw_names": [],
        "ambiguous": "",
        "notes": "",
    }
    row = {"id": place_id, "kind": "region", "name_en": place_id, "country": country, "parent": None}
    return {**row, "names": names, **lists, **keys}


def agreement(number: int, **keys: Any) -> dict[str, Any]:
    """A row of the register with the keys given."""
    row: dict[str, Any] = {
        "id": f"AGR-{number:04d}",
        "title": "Mogilev Region - Pskov Region",
        "title_ru": "Могилёвская область – Псковская область",
        "kind": "interregional_agreement",
        "status": "in_force",
        "signed": "2003-09",
        "valid_until": None,
        "parties": [
            {"place": "by-mogilev-region", "name": "Mogilev Region", "side": "by"},
            {"place": "ru-pskov-region", "name": "Pskov Region", "side": "partner"},
        ],
        "topics": ["trade"],
        "targets": [],
        "count": None,
        "part_of": None,
        "event": None,
        "monitored": True,
        "monitor_note": "",
        "interest": ["Mogilev"],
        "seed": "000",
        "lines": [[1, 2]],
        "notes": "",
    }
    return {**row, **keys}


PLACES = [
    place("country-by", kind="country"),
    place("by-mogilev-region", parent="country-by"),
    place("ru-pskov-region"),
]


def write(folder: Path, agreements: list[Any], places: list[Any] = PLACES, topics: str = TOPIC) -> Path:
    """A config folder of these rows; a text stands for a line as it is."""
    (folder / "register").mkdir(exist_ok=True)
    for name, rows in (("agreements", agreements), ("places", places)):
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / "register" / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "topics.toml").write_text(topics, encoding="utf-8")
    return folder


def refused(config: Path) -> list[tuple[str, str]]:
    """What a config folder is refused for: place within it, reason."""
    with pytest.raises(InputError) as caught:
        load_register(config)
    return [(p.where.removeprefix(f"{config}/"), p.reason) for p in caught.value.problems]
