"""How near two neighbouring sentences come to what an agreement is about, by latent semantic analysis of the
words and stories of config/register/subjects.jsonl: words of the stories of like agreements count too. Pure.

Source: Deerwester et al., Indexing by Latent Semantic Analysis (1990).
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from monitor.core.ids import AgreementId
from monitor.linking.wording import party_stems, stems, token_line
from monitor.register.types import Agreement, Register

_DIMENSIONS = 150  # 300 did no better, 80 less well (docs/decisions/030)
_CORE_COUNTS = 2  # times that a core word counts beside a usual one
_NOTHING = 1e-6  # less is what rounding leaves of documents that say the same
Vectors = NDArray[np.float32]


class Latent:
    """The subjects of all monitored agreements in few dimensions; built once from a register."""

    def __init__(self, register: Register) -> None:
        self._row: dict[AgreementId, int] = {}
        documents: list[Counter[str]] = []
        owner: list[int] = []
        for agreement in register.agreements.values():
            if agreement.monitored:
                own = _documents(agreement, register)
                owner += [len(self._row)] * len(own)
                documents += own
                self._row[agreement.id] = len(self._row)
        self._number = {stem: n for n, stem in enumerate(sorted(set().union(*documents)))}
        self._stems, placed = _decomposed(documents, self._number)
        self._agreements = np.zeros((len(self._row), placed.shape[1]), dtype=np.float32)
        np.add.at(self._agreements, np.array(owner, dtype=np.intp), _units(placed))
        self._agreements = _units(self._agreements)

    def near(self, sentences: Sequence[frozenset[str]], families: Sequence[Sequence[AgreementId]]) -> Vectors:
        """Cosine of each two neighbouring sentences with the nearest member of each family.

        `sentences`: stems, the title first. Shapes: (n families, max(1, n sentences - 1)).
        """
        said = np.zeros((max(2, len(sentences)), self._stems.shape[1]), dtype=np.float32)
        number = self._number
        for n, sentence in enumerate(sentences):
            known = sorted([number[stem] for stem in sentence if stem in number])  # sums keep their order
            if known:
                self._stems.take(known, axis=0).sum(axis=0, out=said[n])
        pairs = _units(said[:-1] + said[1:])
        members = self._agreements.take([self._row[m] for family in families for m in family], axis=0)
        sizes = np.array([len(family) for family in families], dtype=np.intp)
        return np.maximum.reduceat(members @ pairs.T, sizes.cumsum() - sizes, axis=0)


def _documents(agreement: Agreement, register: Register) -> list[Counter[str]]:
    """What is known of an agreement without its parties' names: title and words, then each story."""
    none = party_stems(agreement, register)
    subject = register.subjects.get(agreement.id)
    if subject is None:
        return [_counted([agreement.title_ru], none)]
    words = [agreement.title_ru, *subject.core * _CORE_COUNTS, *subject.usual]
    return [_counted(said, none) for said in (words, *([story] for story in subject.stories))]


def _counted(said: Iterable[str], none: frozenset[str]) -> Counter[str]:
    return Counter(stem for text in said for stem in stems(token_line(text)) - none)


def _decomposed(documents: Sequence[Counter[str]], number: dict[str, int]) -> tuple[Vectors, Vectors]:
    """What each stem adds to the place of a text, and the places of the documents.

    Shapes: (n stems, d); (n documents, d), d = _DIMENSIONS or as many as the documents need.
    """
    counted = [(row, number[stem], n) for row, one in enumerate(documents) for stem, n in sorted(one.items())]
    at, stem_at, n = np.array(counted, dtype=np.intp).reshape(-1, 3).T
    rarity = np.log((1 + len(documents)) / (1 + np.bincount(stem_at, minlength=len(number)))) + 1
    weights = (1 + np.log(n)) * rarity[stem_at]
    weights /= np.sqrt(np.bincount(at, weights=weights**2))[at]
    table = csr_array((weights, (at, stem_at)), shape=(len(documents), len(number)))
    # of the documents' cosines: they are far fewer than the stems; two threads would wait for each other on a
    # busy machine, and round otherwise than one
    with threadpool_limits(limits=1):
        squares, places = np.linalg.eigh((table @ table.T).toarray())
    kept = np.flatnonzero(squares > _NOTHING)[-_DIMENSIONS:]
    scale = np.sqrt(squares[kept])
    stems_at = (table.T @ (places[:, kept] / scale)) * rarity[:, None]
    return stems_at.astype(np.float32), (places[:, kept] * scale).astype(np.float32)


def _units(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)
