"""Numbers made of letters: hashed n-grams for the gate, hashed word stems for topics, counts of names.

Nothing here is learnt; what a model learns of it (weights, rarity of stems) is in classifiers/models.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from classifiers.story import story

N_NAMES = 6  # counts an item brings

# Small, so that the regularised gate trusts names a little only: in one cooperation item of fifty the finder
# misses a side. Swept 0, .1, .2, .35, 1 over three foldings: best gate F1 .946, .957, .962, .962, .959, but
# precision at recall .99 .860, .883, .852, .828, .806, and the cheap gate skips .20, .24, .23, .23, .21.
_NAME_WEIGHT = 0.1
N_NGRAMS = 2**15  # 2**18 gave the same gate F1 within .003
N_STEMS = 2**15  # 2**16 won nothing

GATE_CHARS = 600
STEM_CHARS = 20_000  # a book pasted into one field must not stop the rest
# Each word gives its beginnings of so many letters: short ones meet across endings and neighbour languages,
# long ones tell words apart. Balanced topic F1 over three foldings: 5 alone .711, 4 and 6 .718, these .721.
_STEM_LETTERS = (3, 4, 5, 6, 8)

_MOST = 255  # a count is kept in one byte

_STEM = re.compile(r"[^\W\d_]{3,}")

# Belarusian and Ukrainian letters as their Russian neighbours, so that `эканоміка` and `экономика` meet in
# one stem. Written akanie makes о and а one; apostrophes vanish.
_NEIGHBOURS = str.maketrans(
    {"і": "и", "ї": "и", "ы": "и", "ў": "у", "ё": "е", "э": "е", "є": "е", "ц": "т", "о": "а", "ґ": "г"}
    | dict.fromkeys("'’ʼ`", "")
)


class Item(Protocol):
    """What a classifier reads of an article."""

    @property
    def title(self) -> str:
        """Headline."""
        ...

    @property
    def text(self) -> str:
        """Body, plain."""
        ...

    @property
    def names(self) -> tuple[float, ...]:
        """Six counts: Belarusian and foreign party mentions, distinct of each, both sides in title or lead
        (0 or 1), a union mentioned (0 or 1)."""
        ...


class TextItem(NamedTuple):
    """The plainest `Item`."""

    title: str
    text: str
    names: tuple[float, ...]


class Surface(NamedTuple):
    """What the cheap gate sees. Shapes: ngrams (n, N_NGRAMS), names (n, 5)."""

    ngrams: csr_matrix
    names: NDArray[np.float64]


def surface(items: Sequence[Item]) -> Surface:
    """Character n-grams of title and the story's first 600 characters, and what the counts of names tell."""
    return Surface(damped(ngram_counts(items)), name_flags(names_of(items)))


def names_of(items: Sequence[Item]) -> NDArray[np.float64]:
    """The counts of names that items bring. Shapes: (n, N_NAMES)."""
    return np.array([item.names for item in items], dtype=np.float64).reshape(len(items), N_NAMES)


def ngram_counts(items: Sequence[Item]) -> csr_matrix:
    """How often each n-gram stands in title and beginning, at most 255 times. Shapes: (n, N_NGRAMS)."""
    vectorizer = HashingVectorizer(
        n_features=N_NGRAMS,
        analyzer="char_wb",
        ngram_range=(2, 5),
        preprocessor=fold_letters,
        norm=None,
        alternate_sign=False,
    )
    texts = [f"{item.title}. {story(item.text)[:GATE_CHARS]}" for item in items]
    return _capped(vectorizer.transform(texts)) if items else _empty(N_NGRAMS)


def stems(items: Sequence[Item]) -> csr_matrix:
    """Hashed beginnings of the words of title and text, damped counts. Shapes: (n, N_STEMS)."""
    return damped(stem_counts(items))


def stem_counts(items: Sequence[Item]) -> csr_matrix:
    """How often each beginning of a word stands in an item, at most 255 times. Shapes: (n, N_STEMS)."""
    vectorizer = HashingVectorizer(n_features=N_STEMS, analyzer=_stems_of, norm=None, alternate_sign=False)
    if not items:
        return _empty(N_STEMS)
    return _capped(vectorizer.transform([f"{item.title}. {item.text[:STEM_CHARS]}" for item in items]))


def rarity(rows: csr_matrix) -> NDArray[np.float32]:
    """Inverse document frequency of each column, smoothed by one document. Shapes: (n, d) -> (d,)."""
    found_in = np.bincount(rows.indices, minlength=rows.shape[1])
    return np.asarray(np.log((1 + rows.shape[0]) / (1 + found_in)) + 1, dtype=np.float32)


def weighted(rows: csr_matrix, column_weights: NDArray[np.float32]) -> csr_matrix:
    """Rows times column weights, brought to unit length. Shapes: (n, d), (d,) -> (n, d)."""
    values = rows.data * column_weights[rows.indices]
    lengths = np.diff(rows.indptr)
    full = np.flatnonzero(lengths)
    if len(full):
        norms = np.sqrt(np.add.reduceat(values * values, rows.indptr[full]))
        values *= np.repeat(1.0 / norms, lengths[full])
    return csr_matrix((values, rows.indices, rows.indptr), shape=rows.shape)


def fold_letters(text: str) -> str:
    """Lower case, neighbouring Cyrillic letters made one, anything that cannot be encoded replaced."""
    return text.lower().translate(_NEIGHBOURS).replace("дз", "д").encode("utf-8", "replace").decode("utf-8")


def name_flags(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Both sides named, both in title or lead, a union, no pair at all, and how many pairs at most (log)."""
    pairs = np.minimum(counts[:, 2], counts[:, 3])
    both, union = pairs > 0, counts[:, 5] > 0
    no_pair = ~both & ~(union & (counts[:, 0] > 0))
    return np.column_stack([both, counts[:, 4], union, no_pair, np.log1p(pairs)]) * _NAME_WEIGHT


def _stems_of(text: str) -> list[str]:
    words = _STEM.findall(fold_letters(text))
    return [
        f"{word[:letters]}{letters}" for word in words for letters in _STEM_LETTERS if letters <= len(word)
    ]


def damped(counts: csr_matrix) -> csr_matrix:
    """Rows of 1 + log of the counts, brought to unit length. Shapes: (n, d) -> (n, d)."""
    return _unit(csr_matrix((1.0 + np.log(counts.data), counts.indices, counts.indptr), shape=counts.shape))


def _capped(counts: csr_matrix) -> csr_matrix:
    counts.data = np.minimum(counts.data, _MOST)
    return counts


def _unit(rows: csr_matrix) -> csr_matrix:
    return normalize(rows) if rows.shape[0] else rows


def _empty(columns: int) -> csr_matrix:
    return csr_matrix((0, columns), dtype=np.float64)
