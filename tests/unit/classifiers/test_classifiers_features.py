"""Letters into numbers, definitions into lessons."""

import numpy as np
import pytest

from classifiers.features import N_NGRAMS, N_STEMS, TextItem, fold_letters, rarity, stems, surface, weighted
from classifiers.lessons import lessons_of

NO_NAMES = (0.0,) * 6


def one(title: str, text: str = "", names: tuple[float, ...] = NO_NAMES) -> list[TextItem]:
    return [TextItem(title, text, names)]


def test_neighbouring_languages_meet_in_one_stem() -> None:
    russian, belarusian = stems(one("Экономика")), stems(one("эканоміка"))
    assert (russian != belarusian).nnz == 0
    assert fold_letters("Цэны ў аб'яднанай Расіі") == "тени у абяднанай расии"


def test_a_word_counts_by_its_beginning_and_numbers_do_not() -> None:
    assert (stems(one("сотрудничество")) != stems(one("Сотрудничеством 2024"))).nnz == 0


def test_rows_have_unit_length_and_the_stated_width() -> None:
    items = [TextItem("Минск и Тула", "договор о торговле", NO_NAMES), TextItem("", "", NO_NAMES)]
    ngrams, words = surface(items).ngrams, stems(items)
    assert (ngrams.shape, words.shape) == ((2, N_NGRAMS), (2, N_STEMS))
    assert np.linalg.norm(ngrams.toarray(), axis=1) == pytest.approx([1.0, 1.0])
    assert np.linalg.norm(words.toarray(), axis=1) == pytest.approx([1.0, 0.0])


def test_no_items_give_no_rows() -> None:
    assert (surface([]).ngrams.shape, surface([]).names.shape, stems([]).shape) == (
        (0, N_NGRAMS),
        (0, 5),
        (0, N_STEMS),
    )


def test_the_gate_reads_six_hundred_characters() -> None:
    long = "слово " * 100
    assert (surface(one("", long)).ngrams != surface(one("", long + "договор")).ngrams).nnz == 0


def test_names_tell_both_sides_from_one() -> None:
    both = surface(one("", "", (3.0, 2.0, 2.0, 1.0, 1.0, 0.0))).names[0]
    one_side = surface(one("", "", (3.0, 0.0, 2.0, 0.0, 0.0, 0.0))).names[0]
    union = surface(one("", "", (1.0, 0.0, 1.0, 0.0, 0.0, 1.0))).names[0]
    assert (both > 0).tolist() == [True, True, False, False, True]
    assert (one_side > 0).tolist() == [False, False, False, True, False]
    assert (union > 0).tolist() == [False, False, True, False, False]


@pytest.mark.parametrize(
    "text",
    ["", "я", "🚜" * 300, "\ud800 broken \x00", "договор " * 25_000],
    ids=["empty", "letter", "emoji", "surrogate", "long"],
)
def test_any_text_gives_a_finite_row(text: str) -> None:
    row = weighted(stems(one(text, text)), np.ones(N_STEMS, np.float32))
    assert np.isfinite(row.data).all()
    assert np.isfinite(surface(one(text, text)).ngrams.data).all()


def test_a_rare_stem_weighs_more() -> None:
    rows = stems([TextItem("торговля лес", "", NO_NAMES), TextItem("торговля", "", NO_NAMES)])
    common, rare = stems(one("торговля")).indices[0], stems(one("лес")).indices[0]
    weights = rarity(rows)
    assert (weights[common], weights[rare]) == (pytest.approx(1.0), pytest.approx(np.log(3 / 2) + 1))


def test_definitions_are_taught_whole_and_by_phrase() -> None:
    definitions = {"trade": ["Торговля", "экспорт и импорт, дилерские сети"], "other": ["прочее"]}
    lessons = lessons_of(definitions, ["energy", "trade"])
    assert lessons.texts == (
        "Торговля",
        "экспорт и импорт, дилерские сети",
        "экспорт и импорт",
        "дилерские сети",
    )
    assert lessons.column.tolist() == [1, 1, 1, 1]
