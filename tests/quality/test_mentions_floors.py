"""The name matcher against sentences labelled by hand (mentions.jsonl, its rules in mentions.md).

Scored by place and overlap. A place named inside a body's own name (правительство Новосибирской области)
is a mention of ours that the labels do not mark: `precision` leaves those out, `strict` counts them as wrong.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from monitor.core.shipped import config_dir
from monitor.linking.cues import load_cues
from monitor.linking.mentions import Finder
from monitor.linking.plain import Beside
from monitor.linking.types import Mention
from monitor.register.load import load_register
from monitor.register.nametable import name_forms
from monitor.wiring.models import SHIPPED_CORPUS

HERE = Path(__file__).parent
LABELS = HERE / "mentions.jsonl"
# what the rules were made on; they judge nothing, and keep the rules from being lost
DEV = HERE / "mentions_dev.jsonl"
DEVS = {
    "dev": (DEV, 170),
    "dev2": (HERE / "mentions_dev2.jsonl", 230),
    "dev3": (HERE / "mentions_dev3.jsonl", 290),
    "dev4": (HERE / "mentions_dev4.jsonl", 350),
    "dev5": (HERE / "mentions_dev5.jsonl", 235),
    "dev6": (HERE / "mentions_dev6.jsonl", 320),
    "dev7": (HERE / "mentions_dev7.jsonl", 320),
}
FLOORS = HERE / "mentions_floors.json"


@dataclass
class Tally:
    """Counts over sentences."""

    labelled: int = 0
    found: int = 0
    exact: int = 0
    given: int = 0
    right: int = 0
    nested: int = 0
    traps: int = 0
    sprung: int = 0
    misses: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Shares, rounded to three places."""
        return {
            "recall": _share(self.found, self.labelled),
            "precision": _share(self.right, self.given),
            "strict": _share(self.right, self.given + self.nested),
            "exact": _share(self.exact, self.found),
            "traps_avoided": _share(self.traps - self.sprung, self.traps),
        }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 1.0


def _accepted(party: dict[str, Any]) -> set[str]:
    return set(party["any_of"]) if "any_of" in party else {party["place"]}


def _overlap(mention: Mention, span: dict[str, Any]) -> bool:
    return mention.field == "text" and mention.start < span["end"] and span["start"] < mention.end


def _is_nested(mention: Mention, others: Iterable[Mention]) -> bool:
    return any(
        other is not mention
        and other.field == mention.field
        and other.start <= mention.start
        and mention.end <= other.end
        and other.end - other.start > mention.end - mention.start
        for other in others
    )


def judge(finder: Finder, rows: Iterable[dict[str, Any]]) -> Tally:
    """Every sentence through the finder, counted."""
    tally = Tally()
    for row in rows:
        mentions = finder.find(
            row["title"], row["text"], lang=row["lang"], outlet_region=row["outlet_region"]
        )
        for party in row["parties"]:
            accepted = _accepted(party)
            hits = [m for m in mentions if m.place in accepted and _overlap(m, party)]
            tally.labelled += 1
            tally.found += bool(hits)
            tally.exact += any((m.start, m.end) == (party["start"], party["end"]) for m in hits)
            if not hits:
                tally.misses.append(f"{row['id']} {row['lang']} {party['text']!r} {sorted(accepted)}")
        for mention in mentions:
            right = any(mention.place in _accepted(p) and _overlap(mention, p) for p in row["parties"])
            nested = not right and _is_nested(mention, mentions)
            tally.nested += nested
            tally.given += not nested
            tally.right += right
            if not right and not nested:
                tally.wrong.append(f"{row['id']} {row['lang']} {mention.text!r} {mention.place}")
        for trap in row["traps"]:
            tally.traps += 1
            tally.sprung += any(_overlap(m, trap) for m in mentions)
    return tally


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> Finder:
    places = load_register(config_dir()).places
    folder = tmp_path_factory.mktemp("names")
    return Finder(
        places, name_forms(places.values(), config=config_dir(), folder=folder), load_cues(config_dir())
    )


def test_parties_are_found_no_worse_than_the_floors(finder: Finder) -> None:
    floors = json.loads(FLOORS.read_text("utf-8"))
    labels = LABELS.read_bytes()
    assert hashlib.sha256(labels).hexdigest() == floors["sha256"], "the labels changed: measure and pin again"
    rows = [json.loads(line) for line in labels.decode().splitlines()]
    tally = judge(finder, rows)
    figures = tally.figures()
    short = {
        name: (figures[name], floor) for name, floor in floors["floors"].items() if figures[name] < floor
    }
    assert short == {}, "\n".join(
        [f"{name}: {pair}" for name, pair in short.items()] + tally.misses + tally.wrong
    )


@pytest.mark.parametrize("name", DEVS)
def test_sentences_that_rules_were_made_on_stay_right(finder: Finder, name: str) -> None:
    path, at_least = DEVS[name]
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(rows) >= at_least
    tally = judge(finder, rows)
    figures, floors = tally.figures(), json.loads(FLOORS.read_text("utf-8"))[name]
    short = {name: (figures[name], floor) for name, floor in floors.items() if figures[name] < floor}
    assert short == {}, "\n".join(tally.misses + tally.wrong)


def _dev_texts() -> list[str]:
    lines = [line for path, _ in DEVS.values() for line in path.read_text("utf-8").splitlines()]
    return [json.loads(line)["text"] for line in lines]


def _otherwise(text: str) -> str:
    """The same with other signs around its words, so that names stand where nobody wrote them."""
    joints = (" ", " ", " ", ", ", " и ", " «", "» ", ". ", "-", "\n")
    parts = re.split(r" (?=\w)", text)
    return parts[0] + "".join(
        joints[zlib.crc32(f"{index}{part}".encode()) % len(joints)] + part
        for index, part in enumerate(parts[1:])
    )


@pytest.mark.slow
def test_names_taken_for_plain_are_what_the_rules_make_of_them(
    finder: Finder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = _dev_texts() + [
        json.loads(line)["text"] for line in SHIPPED_CORPUS.read_text("utf-8").splitlines()
    ]
    texts += [f"{one}\n{other}" for one, other in pairwise(texts)]
    texts += [_otherwise(text) for text in texts]
    quick = [finder.find("", text) for text in texts]
    monkeypatch.setattr(Beside, "is_plain", lambda *_: None)
    assert [finder.find("", text) for text in texts] == quick


def test_a_sign_outside_the_alphabet_changes_no_name_before_it(finder: Finder) -> None:
    texts = _dev_texts()
    assert [finder.find("", f"{text} \U0001f642") for text in texts] == [
        finder.find("", f"{text} ") for text in texts
    ]
