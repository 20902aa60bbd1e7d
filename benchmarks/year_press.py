"""A press of sixty outlets for a simulated year: the demo's outlets three times, with stories for every day.

A story has title and first sentence of an item of the corpus and sentences of others in its language, so that
hardly two are alike. Halves of two items would be reprints of each other, in one endless chain all year.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from monitor.core.clock import SettableClock
from monitor.demo.outlets import ROOM, Fault, Outlet, load_outlets, publishing
from monitor.demo.press import CORPUS, Press
from monitor.demo.printing import Printer
from monitor.demo.schedule import START, PressItem, page_url

COPIES = 3
_HOURS = (8, 19)  # stories come out between these
_SENTENCES = 8  # after the first
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


class YearPress(Press):
    """The press of the demo with other outlets and items; `weeks` from START on, `items` stories in all."""

    def __init__(self, *, weeks: int, items: int, seed: int, clock: SettableClock) -> None:
        texts = tomllib.loads((ROOM / "texts" / "press.toml").read_text(encoding="utf-8"))
        self.clock, self.port, self._server = clock, 0, None
        self.outlets = tuple(_copy(outlet, n) for n in range(COPIES) for outlet in load_outlets())
        self._printer = Printer(texts)
        self._items = _stories(self.outlets, weeks=weeks, items=items, seed=seed)
        self._by_host = {outlet.host: outlet for outlet in self.outlets}
        self._by_url = {item.url: item for item in self._items}
        self._of: dict[str, list[PressItem]] = {outlet.id: [] for outlet in self.outlets}
        for item in self._items:
            self._of[item.outlet].append(item)


def sources_toml() -> str:
    """The outlets as a file of config/sources: every copy under hosts and ids of its own."""
    text = (ROOM / "outlets.toml").read_text("utf-8")
    copies = [text]
    for n in range(1, COPIES):
        other = text.replace(".example", f"-{n}.example").replace('id = "demo-', f'id = "demo{n}-')
        copies.append(re.sub(r'(?m)^name = "', f'name = "{n + 1}. ', other))
    return "\n".join(copies)


def _copy(outlet: Outlet, n: int) -> Outlet:
    if n == 0:
        return outlet
    return replace(
        outlet,
        id=outlet.id.replace("demo-", f"demo{n}-"),
        host=outlet.host.replace(".example", f"-{n}.example"),
        feed_url=outlet.feed_url.replace(".example", f"-{n}.example"),
        look=replace(outlet.look, fault=Fault.NONE),
    )


def _stories(outlets: Sequence[Outlet], *, weeks: int, items: int, seed: int) -> list[PressItem]:
    rng = Random(f"{seed}:year")
    with CORPUS.open(encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["lang"] in ("ru", "be")]
    pool = {lang: _sentences(row["text"] for row in rows if row["lang"] == lang) for lang in ("ru", "be")}
    printing = publishing(outlets)
    found = []
    for number in range(items):
        outlet = printing[number % len(printing)]
        row = rng.choice(rows)
        at = START + timedelta(
            days=rng.randrange(weeks * 7), hours=rng.randint(*_HOURS), minutes=rng.randrange(60)
        )
        found.append(_story(row, rng.sample(pool[row["lang"]], _SENTENCES), outlet, at, number))
    return sorted(found, key=lambda item: (item.published_at, item.url))


def _sentences(texts: Iterable[str]) -> list[str]:
    """Those after the first paragraph of each text."""
    return [one for text in texts for part in text.split("\n")[1:] for one in _SENTENCE_END.split(part)]


def _story(
    row: dict[str, Any], sentences: Sequence[str], outlet: Outlet, at: datetime, number: int
) -> PressItem:
    half = len(sentences) // 2
    text = "\n".join(
        [
            _SENTENCE_END.split(row["text"])[0],
            " ".join(sentences[:half]),
            " ".join(sentences[half:]),
            f"№ {number}, {at:%d.%m.%Y}.",
        ]
    )
    return PressItem(
        corpus_id=row["id"], url=page_url(outlet, row["title"], 100_000 + number, at), outlet=outlet.id,
        published_at=at.astimezone(outlet.zone), title=row["title"], text=text, lang=row["lang"],
        number=100_000 + number, is_copy_of="", way="",
    )  # fmt: skip
