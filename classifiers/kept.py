"""What a model reads of a text, as bytes to keep: a later model judges the text without reading it again.

Counts of letters and words and the keys of passages; nothing here depends on a model.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifiers.features import N_NGRAMS, N_STEMS, Item, ngram_counts, stem_counts
from classifiers.labelled import content_key, paragraph_keys

KEPT_FORMAT = 1  # raise it when n-grams, stems or keys are made otherwise: older rows are then made anew

_KEY_BYTES = 8
_COLUMN_BYTES = 2  # 2**15 columns
_LOGS = np.concatenate([[0.0], 1.0 + np.log(np.arange(1, 256))]).astype(np.float32)


class Kept(NamedTuple):
    """One text. `stems` None: not counted yet, since no model has wanted them."""

    ngrams: bytes
    stems: bytes | None
    keys: bytes


def keep(items: Sequence[Item], *, with_stems: bool = True) -> list[Kept]:
    """Features of texts from the start."""
    ngrams = pack(ngram_counts(items))
    stems = pack(stem_counts(items)) if with_stems else [None] * len(items)
    keys = [passage_keys(item) for item in items]
    return [Kept(*row) for row in zip(ngrams, stems, keys, strict=True)]


def pack(counts: csr_matrix) -> list[bytes]:
    """Each row as its columns (uint16) and behind them its counts (uint8). Shapes: (n, d), d <= 2**16."""
    columns = counts.indices.astype("<u2").tobytes()
    numbers = counts.data.astype(np.uint8).tobytes()
    ends = counts.indptr.tolist()
    return [
        columns[_COLUMN_BYTES * start : _COLUMN_BYTES * stop] + numbers[start:stop]
        for start, stop in pairwise(ends)
    ]


def unpack_ngrams(rows: Sequence[bytes]) -> csr_matrix:
    """Rows as `classifiers.features.surface` makes them, in float32. Shapes: (n, N_NGRAMS)."""
    return _unpack(rows, N_NGRAMS)


def unpack_stems(rows: Sequence[bytes]) -> csr_matrix:
    """Rows as `classifiers.features.stems` makes them, in float32. Shapes: (n, N_STEMS)."""
    return _unpack(rows, N_STEMS)


def passage_keys(item: Item) -> bytes:
    """By what a text is known again: the key of the whole, then those of its passages, 8 bytes each."""
    whole = content_key(item.title, item.text)[: 2 * _KEY_BYTES]
    return bytes.fromhex(whole + "".join(sorted(paragraph_keys(item.text))))


class Known:
    """Folds of texts that a model has learnt from, looked up for many texts at once."""

    def __init__(self, fold_of_key: dict[str, int]) -> None:
        """`fold_of_key`: keys of whole texts (64 hex digits) and of passages (16) -> fold."""
        self._whole = {_number(key): fold for key, fold in fold_of_key.items() if len(key) > 2 * _KEY_BYTES}
        self._part = {_number(key): fold for key, fold in fold_of_key.items() if len(key) == 2 * _KEY_BYTES}
        self._sorted = np.array(sorted({*self._whole, *self._part}), dtype=np.uint64)

    def folds(self, keys: Sequence[bytes], unseen: int) -> NDArray[np.int64]:
        """The fold of each text: of the whole, else of most of its passages, `unseen` for an unknown one."""
        found = np.full(len(keys), unseen, dtype=np.int64)
        if not len(self._sorted) or not keys:
            return found
        lengths = np.array([len(row) // _KEY_BYTES for row in keys])
        numbers = np.frombuffer(b"".join(keys), dtype=">u8").astype(np.uint64)
        at = np.minimum(np.searchsorted(self._sorted, numbers), len(self._sorted) - 1)
        owner = np.repeat(np.arange(len(keys)), lengths)
        for row in np.unique(owner[self._sorted[at] == numbers]).tolist():
            found[row] = self._fold(np.frombuffer(keys[row], dtype=">u8").tolist(), unseen)
        return found

    def _fold(self, numbers: list[int], unseen: int) -> int:
        whole, *parts = numbers
        if whole in self._whole:
            return self._whole[whole]
        hits = [self._part[part] for part in parts if part in self._part]
        return min(set(hits), key=lambda fold: (-hits.count(fold), fold)) if hits else unseen


def _number(key: str) -> int:
    return int(key[: 2 * _KEY_BYTES], 16)


def _unpack(rows: Sequence[bytes], width: int) -> csr_matrix:
    lengths = np.array([len(row) // (_COLUMN_BYTES + 1) for row in rows], dtype=np.int64)
    cuts = (lengths * _COLUMN_BYTES).tolist()
    columns = np.frombuffer(b"".join([row[:cut] for row, cut in zip(rows, cuts, strict=True)]), dtype="<u2")
    numbers = np.frombuffer(
        b"".join([row[cut:] for row, cut in zip(rows, cuts, strict=True)]), dtype=np.uint8
    )
    values = _LOGS[numbers]
    ends = np.concatenate([[0], np.cumsum(lengths)])
    full = np.flatnonzero(lengths)
    lengths_of_rows = np.ones(len(rows), dtype=np.float32)
    if len(full):
        lengths_of_rows[full] = np.sqrt(np.add.reduceat(values * values, ends[full]))
    values *= np.repeat(1.0 / lengths_of_rows, lengths)
    small = ends.astype(np.int32)  # a batch has far fewer than 2**31 entries
    return csr_matrix((values, columns.astype(np.int32), small), shape=(len(rows), width))
