"""Fitting on a handful of articles, and what the file of weights refuses."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from math import e

import numpy as np
import pytest

from monitor.core.errors import InputError, ModelError
from monitor.core.shipped import config_dir
from monitor.linking.features import FEATURES
from monitor.linking.fit import fit_links, write_link_model
from monitor.linking.likeness import NO_SAMPLES
from monitor.linking.weights import FILE, Look, Trees, Weights, best_other, load_link_model
from monitor.linking.wording import load_link_words

# (title, names, agreements): pairs that are linked, and the same pairs one side at a time
PAIRS = (
    ("Могилёв и Сумгаит", {"Могилёв": "by-city-mogilev", "Сумгаит": "az-city-sumgait"}, ("AGR-0157",)),
    ("Витебск и Ванадзор", {"Витебск": "by-city-vitebsk", "Ванадзор": "am-city-vanadzor"}, ("AGR-0123",)),
    ("Минск и Тбилиси", {"Минск": "by-city-minsk", "Тбилиси": "ge-city-tbilisi"}, ("AGR-0165",)),
    ("Могилёв и Ереван", {"Могилёв": "by-city-mogilev", "Ереван": "am-city-yerevan"}, ()),
    ("Витебск и Баку", {"Витебск": "by-city-vitebsk", "Баку": "az-city-baku"}, ()),
    ("Минск и Сухум", {"Минск": "by-city-minsk", "Сухум": "ge-city-tskaltubo"}, ()),
)

COPIES = 8  # a leaf of a tree wants ten rows


@dataclass(frozen=True)
class Item:
    id: str
    title: str
    agreements: tuple[str, ...]
    text: str = ""
    lang: str = "ru"
    published: datetime = datetime(2024, 5, 14, tzinfo=UTC)


@pytest.fixture
def document(register, link_words, article):
    items = [Item(str(n), title, agreements) for n, (title, _, agreements) in enumerate(PAIRS)]
    inputs = [article(title, "", names) for title, names, _ in PAIRS]
    folds = [0, 1, 2] * COPIES * 2
    return fit_links(
        items * COPIES, inputs * COPIES, folds, register, link_words, NO_SAMPLES,
        corpus_sha256="0" * 64, seed=7,
    )  # fmt: skip


def test_a_fit_gives_weights_that_can_be_loaded_and_put_named_pairs_first(document, tmp_path, register):
    write_link_model(document, tmp_path)
    model = load_link_model(tmp_path)
    named, implied = np.zeros(len(FEATURES)), np.zeros(len(FEATURES))
    named[FEATURES.index("home")] = named[FEATURES.index("partner")] = 1.0
    both = model.final.p(np.array([named, implied]))
    assert both[0] > both[1]
    assert (len(model.folds), model.metrics["candidate_recall"]) == (3, 1.0)
    assert document["fitted_on"]["register"] == register.version


def test_a_fit_without_a_right_candidate_is_refused(register, link_words, article):
    title, names, _ = PAIRS[0]
    with pytest.raises(ValueError, match="right and wrong candidates"):
        fit_links(
            [Item("0", title, ())], [article(title, "", names)], [0], register, link_words, NO_SAMPLES,
            corpus_sha256="", seed=1,
        )  # fmt: skip


def test_weights_for_other_features_are_refused_with_a_remedy(tmp_path):
    shipped = json.loads((config_dir() / FILE).read_text("utf-8"))
    (tmp_path / FILE).write_text(json.dumps(shipped | {"features": ["home"]}), "utf-8")
    with pytest.raises(ModelError, match="train --links"):
        load_link_model(tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"features": 3}'])
def test_a_broken_file_of_weights_is_refused(tmp_path, content):
    (tmp_path / FILE).write_text(content, "utf-8")
    with pytest.raises(ModelError, match=FILE):
        load_link_model(tmp_path)


def test_the_best_other_candidate_is_the_second_best_for_the_best():
    assert best_other(np.array([1.0, 3.0, -9.0])).tolist() == [3.0, 1.0, 3.0]
    assert best_other(np.array([9.0])).tolist() == [-6.0]
    assert best_other(np.array([9.0, 9.0])).tolist() == [6.0, 6.0]


def test_a_candidate_is_less_probable_beside_a_better_one():
    look = Look(np.eye(len(FEATURES))[0], 0.0)
    best_other = len(FEATURES) + 1
    feature = np.array([[0, best_other, best_other, 0, 0, 0, 0]])
    threshold = np.array([[2.0, 3.0, 3.0, 9.0, 9.0, 9.0, 9.0]])
    value = np.array([[-4.0, 0.0, -6.0, 0.0, 5.0, 0.0, 1.0, 0.0]])
    weights = Weights(look, Trees(0.0, feature, threshold, value))
    rows = np.zeros((2, len(FEATURES)))
    rows[1, 0] = 4.0
    alone, beside, better = weights.p(rows[:1])[0], weights.p(rows)[0], weights.p(rows)[1]
    assert [alone, beside, better] == pytest.approx([1 / (1 + e**4), 1 / (1 + e**6), 1 / (1 + e**-5)])


@pytest.mark.parametrize(
    "content",
    [
        "documents = 3",
        '[documents.x]\nkinds = []\nwords = ["!"]\n',
        '[[stages]]\nname = "dinner"\nwords = []',
    ],
)
def test_broken_word_lists_are_refused_with_their_file(tmp_path, content):
    (tmp_path / "linking.toml").write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"linking\.toml"):
        load_link_words(tmp_path)
