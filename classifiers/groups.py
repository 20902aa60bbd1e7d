"""Which items report on one event, and folds that keep an event together.

Without this a follow-up would be judged by a model that has learnt its forerunner: figures would flatter.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.labelled import LabelledItem, content_key, paragraph_keys

N_FOLDS = 5
_ADDED_FOLDS = 2

_SAME_PAIR_WITHIN = timedelta(days=30)
_TWIN = re.compile(r"(pair-\d+)-[a-z]{2}")  # one story written in two languages: pair-007-ru, pair-007-be


def event_groups(items: Sequence[LabelledItem]) -> NDArray[np.int64]:
    """The group of each item: its number is that of the group's first item. Shapes: (n,).

    Connected, also through third items, are: those that share an agreement id; those that share a party pair
    within 30 days; those that share the whole text or a passage of it; one story written in two languages.
    """
    parent = list(range(len(items)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for one, other in _connections(items):
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return np.array([root(i) for i in range(len(items))], dtype=np.int64)


def fold_of(groups: NDArray[np.int64], *, seed: int, n_folds: int = N_FOLDS) -> NDArray[np.int64]:
    """The fold (0 .. n_folds - 1) of each item; a group is never split and the folds are of like size.

    Shapes: groups (n,) -> (n,). The largest group goes first, each to the emptiest fold; `seed` orders
    those of one size.
    """
    names, sizes = np.unique(groups, return_counts=True)
    shuffled = np.random.default_rng(seed).permutation(len(names))
    order = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
    load = np.zeros(n_folds, dtype=np.int64)
    fold_of_group: dict[int, int] = {}
    for i in order:
        fold = int(load.argmin())
        fold_of_group[int(names[i])] = fold
        load[fold] += sizes[i]
    return np.array([fold_of_group[int(group)] for group in groups], dtype=np.int64)


class Split(NamedTuple):
    """Who learns from what. `fold`: the part that has not learnt from each own item, then each added one;
    `learn`: what each part learns from, as indices into own and added items in a row. Shapes: fold (n,)."""

    fold: NDArray[np.int64]
    learn: list[NDArray[np.int64]]


def split(own: Sequence[LabelledItem], added: Sequence[LabelledItem], *, seed: int) -> Split:
    """One part a fold of own items, and where there are added items two more, each to judge one half of them.

    A part learns from everything, own or added, save what it judges and what is connected with that. The
    folds of own items do not depend on the added ones.
    """
    groups = event_groups([*own, *added])
    fold = fold_of(event_groups(own), seed=seed)
    if added:
        halves = fold_of(groups[len(own) :], seed=seed, n_folds=_ADDED_FOLDS)
        fold = np.concatenate([fold, N_FOLDS + halves])
    n_parts = N_FOLDS + (_ADDED_FOLDS if added else 0)
    judged = [np.isin(groups, groups[fold == part]) for part in range(n_parts)]
    for part in range(N_FOLDS):  # own items that only an added one connects stay: that one is left out
        judged[part][: len(own)] = fold[: len(own)] == part
    return Split(fold, [np.flatnonzero(~held) for held in judged])


def _connections(items: Sequence[LabelledItem]) -> Iterable[tuple[int, int]]:
    same: dict[str, list[int]] = defaultdict(list)
    pairs: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        keys = {*item.agreements, content_key(item.title, item.text), *paragraph_keys(item.text)}
        if twin := _TWIN.fullmatch(item.id):
            keys.add(twin.group(1))
        for key in keys:
            same[key].append(i)
        for pair in set(map(_unordered, item.pairs)):
            pairs[pair].append(i)
    for members in same.values():
        yield from ((members[0], other) for other in members[1:])
    for members in pairs.values():
        by_time = sorted(members, key=lambda i: items[i].published)
        for earlier, later in pairwise(by_time):
            if items[later].published - items[earlier].published <= _SAME_PAIR_WITHIN:
                yield earlier, later


def _unordered(pair: tuple[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name.casefold() for name in pair))
