"""Linking a mix of news with 15 % cooperation: articles a second of a core, start, memory.

Articles have 1,500 characters: labelled items joined, cooperation with cooperation, other with other, so that
a cooperation article speaks of two or three pairs. Their topics and vectors are those of the item that begins
them; the gate is taken from the labels. What is below it is not linked by `monitor tag`; the stage links what
of it names both sides, to explain zeros: nearly all here, as most were written to look like cooperation.
Start and memory are those of a process of its own.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.names import NOWHERE, best_s, joined, labelled
from classifiers.embed import load_vectors
from classifiers.shipped import VECTORS, leads_of
from monitor.core.home import Home
from monitor.core.shipped import shipped_root
from monitor.linking.score import Linker
from monitor.linking.types import LinkInput, Mention
from monitor.wiring import App

_COOPERATION = 0.15
_ARTICLES = 1000


@dataclass(frozen=True, slots=True)
class _Told:
    title: str
    text: str


def run(seed: int) -> dict[str, Any]:
    """Units: articles a second of CPU time of one core, best of three rounds; seconds; megabytes."""
    app = App(Home(NOWHERE), environment=False)
    rows = labelled()
    mix = _mix(rows, seed)
    finder, linker = app.finder, app.linker
    given = [_input(app, row, text, vectors) for row, text, vectors in mix]
    above = [one for one, (row, _, _) in zip(given, mix, strict=True) if row["cooperation"]]
    both = [one for one in given if _names_both(app, one.mentions)]
    n_links = sum(len(linker.link(one, fold=0).links) for one in above)
    link_s, both_s = best_s(_linking(linker, above)), best_s(_linking(linker, both))
    names_s = best_s(lambda: [finder.find("", text) for _, text, _ in mix])
    app.close()
    return {
        "articles": len(mix),
        "cooperation": len(above),
        "naming_both_sides": len(both),
        "links": n_links,
        "a_second": round(len(mix) / link_s),
        "a_second_all_that_name_both": round(len(mix) / both_s),
        "a_second_of_names": round(len(mix) / names_s),
        "ms_each_linked": round(1000 * link_s / len(above), 2),
        **_start(),
    }


def _linking(linker: Linker, texts: Sequence[LinkInput]) -> Callable[[], object]:
    return lambda: [linker.link(one, fold=0) for one in texts]


def _mix(
    rows: Sequence[dict[str, Any]], seed: int
) -> list[tuple[dict[str, Any], str, Mapping[str, np.ndarray[Any, Any]]]]:
    """Items with the texts that begin with them and their vectors."""
    kept = load_vectors(VECTORS)
    draw = np.random.default_rng(seed)
    made: list[tuple[dict[str, Any], str, Mapping[str, np.ndarray[Any, Any]]]] = []
    for is_cooperation, share in ((True, _COOPERATION), (False, 1 - _COOPERATION)):
        own = [row for row in rows if row["cooperation"] is is_cooperation]
        texts = joined([(row["title"], row["text"]) for row in own])
        vectors = kept.find(leads_of([_Told(row["title"], row["text"]) for row in own], kept.chars))
        chosen = draw.choice(len(own), round(share * _ARTICLES)).tolist()
        made += [(own[i], texts[i], {kept.name: vectors[i]}) for i in chosen]
    return made


def _input(
    app: App, row: dict[str, Any], text: str, vectors: Mapping[str, np.ndarray[Any, Any]]
) -> LinkInput:
    region = app.region(row["outlet_region"])
    return LinkInput(
        title=row["title"],
        text=text,
        lang=row["lang"],
        published_on=None,
        outlet_region=region,
        mentions=app.find(row["title"], text, row["lang"], region),
        topics=dict.fromkeys(row["topics"], 0.8),
        vectors=vectors,
    )


def _names_both(app: App, mentions: Sequence[Mention]) -> bool:
    return len({app.register.places[mention.place].country == "BY" for mention in mentions}) == 2


def _start() -> dict[str, Any]:
    """Seconds until a fresh process could link, from kept forms, and the most memory it took."""
    command = [sys.executable, "-m", "benchmarks.link_start"]
    done = subprocess.run(command, capture_output=True, check=True, cwd=shipped_root())
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
