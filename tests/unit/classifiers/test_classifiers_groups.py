"""Events stay together, folds are even and stable."""

from datetime import UTC, datetime, timedelta

import numpy as np

from classifiers.groups import event_groups, fold_of
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
