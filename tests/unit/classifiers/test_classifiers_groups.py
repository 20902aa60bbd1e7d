"""Events stay together, folds are even and stable."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from classifiers.groups import event_groups, fold_of, learning_sets
from classifiers.labelled import LabelledItem, load_corpus
from classifiers.shipped import CORPUS

START = datetime(2024, 3, 1, tzinfo=UTC)


def item(
    n: int,
    *,
    day: int = 0,
    pairs: tuple[tuple[str, str], ...] = (),
    agreements: tuple[str, ...] = (),
    text: str = "",
) -> LabelledItem:
    return LabelledItem(
        id=f"i{n}",
        lang="ru",
        outlet_kind="",
        outlet_region="",
        published=START + timedelta(days=day),
        title=f"Заголовок {n}",
        text=text or f"Текст номер {n}",
        cooperation=True,
        topics=(),
        pairs=pairs,
        agreements=agreements,
        stage="none",
        hard="",
    )


def test_an_agreement_joins_over_years() -> None:
    items = [item(0, agreements=("A",)), item(1, day=900, agreements=("B", "A")), item(2, agreements=("C",))]
    assert event_groups(items).tolist() == [0, 0, 2]


def test_a_pair_joins_within_thirty_days_in_either_order() -> None:
    pair, turned = ("Brest", "Lublin"), ("Lublin", "Brest")
    items = [item(0, pairs=(pair,)), item(1, day=31, pairs=(pair,)), item(2, day=60, pairs=(turned,))]
    assert event_groups(items).tolist() == [0, 1, 1]


def test_a_chain_joins_its_ends() -> None:
    items = [
        item(0, agreements=("A",)),
        item(1, day=400, agreements=("A",), pairs=(("Brest", "Lublin"),)),
        item(2, day=410, pairs=(("Brest", "Lublin"),)),
    ]
    assert event_groups(items).tolist() == [0, 0, 0]


def test_a_shared_passage_joins() -> None:
    passage = "Делегацию возглавил заместитель главы администрации, стороны обсудили поставки семян и торфа."
    items = [item(0, text=passage), item(1, text=f"Сегодня. {passage} Фото автора.")]
    assert event_groups(items).tolist() == [0, 0]


def test_folds_of_the_corpus_are_even_and_split_no_event() -> None:
    groups = event_groups(load_corpus(CORPUS))
    folds = fold_of(groups, seed=0)
    assert np.bincount(folds).tolist() == [160] * 5
    assert all(len(set(folds[groups == group].tolist())) == 1 for group in set(groups.tolist()))


def test_folds_depend_on_the_seed_only() -> None:
    groups = np.arange(40)
    assert fold_of(groups, seed=1).tolist() == fold_of(groups, seed=1).tolist()
    assert fold_of(groups, seed=1).tolist() != fold_of(groups, seed=2).tolist()


def test_one_story_in_two_languages_is_one_event() -> None:
    ru, be = replace(item(0), id="pair-007-ru"), replace(item(1), id="pair-007-be")
    assert event_groups([ru, be, replace(item(2), id="pair-008-ru")]).tolist() == [0, 0, 2]


def test_added_items_are_learnt_from_except_beside_their_event() -> None:
    own = [item(n, agreements=(f"A{n}",)) for n in range(5)]
    bridge = item(5, agreements=("A0", "A3"))  # keeps out of two folds what it connects
    sets = learning_sets(own, [bridge, item(6)], np.arange(5))
    assert [part.tolist() for part in sets] == [
        [1, 2, 3, 4, 6],
        [0, 2, 3, 4, 5, 6],
        [0, 1, 3, 4, 5, 6],
        [0, 1, 2, 4, 6],
        [0, 1, 2, 3, 5, 6],
        [1, 2, 4],  # the part that judges the added ones
    ]


def test_without_added_items_there_is_one_set_a_fold() -> None:
    assert len(learning_sets([item(n) for n in range(5)], [], np.arange(5))) == 5
