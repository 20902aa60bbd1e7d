"""A small corpus and models trained on it once, from the shipped items and vectors."""

import json
import tomllib
from pathlib import Path

import pytest

from classifiers.shipped import CORPUS
from classifiers.train import train
from tests.make_classifiers import TOPICS, Trained, no_names


@pytest.fixture(scope="session")
def labels() -> tuple[str, ...]:
    return tuple(tomllib.loads(TOPICS.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every sixth shipped item, 134 of them."""
    path = tmp_path_factory.mktemp("corpus") / "small.jsonl"
    lines = CORPUS.read_text(encoding="utf-8").splitlines()[::6]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def trained(small_corpus: Path, labels: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The folder of a model of a kind, trained on first demand."""
    room = tmp_path_factory.mktemp("models")

    def folder(kind: str) -> Path:
        out = room / kind
        if not out.exists():
            train(small_corpus, no_names, kind=kind, labels=labels, seed=0, out=out)
        return out

    return folder


@pytest.fixture
def row() -> dict[str, object]:
    """One good corpus line, to be spoilt."""
    line = CORPUS.read_text(encoding="utf-8").splitlines()[0]
    return dict(json.loads(line))
