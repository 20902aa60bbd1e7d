"""Events stay together, folds are even and stable."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from classifiers.groups import event_groups, fold_of, split
from classifiers.labelled import LabelledItem, load_corpus
from classifiers.shipped import CORPUS, load_added

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
    added = [item(5, agreements=("A0", "A3")), item(6), item(7)]
    fold, learn = split(own, added, seed=0)
    without = [set(range(8)) - set(part.tolist()) for part in learn]
    assert sorted(fold[:5].tolist()) == [0, 1, 2, 3, 4]
    assert [without[fold[n]] for n in range(5)] == [{0, 5}, {1}, {2}, {3, 5}, {4}]
    assert without[fold[5]] >= {0, 3, 5}  # what an added item is connected with does not judge it
    assert set(fold[5:].tolist()) == {5, 6}
    assert without[5] | without[6] == {0, 3, 5, 6, 7}


def test_added_items_do_not_move_the_folds_of_the_others() -> None:
    own, added = load_corpus(CORPUS), load_added()
    alone, together = split(own, (), seed=3), split(own, added, seed=3)
    assert together.fold[: len(own)].tolist() == alone.fold.tolist()
    assert (len(alone.learn), len(together.learn)) == (5, 7)
    halves = together.fold[len(own) :]
    assert abs(int((halves == 5).sum()) - int((halves == 6).sum())) <= 1
    twins = {item.id: half for item, half in zip(added, halves.tolist(), strict=True)}
    assert all(twins[f"pair-{n:03d}-ru"] == twins[f"pair-{n:03d}-be"] for n in range(1, 24))
