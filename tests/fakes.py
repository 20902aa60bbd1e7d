"""Stand-ins for ports: a classifier that reads its answer from the text."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.articles.types import Kept, KeptScores, Scores, TextItem, Thresholds


class FakeClassifier:
    """Gate probability and topics by words: "gate=0.9 trade=0.8". Counts what it had to embed."""

    labels: tuple[str, ...] = ("trade", "culture")
    version = "fake-1"
    thresholds = Thresholds(gate_yes=0.6, gate_no=0.3, publish=(0.7, 0.7), reject=(0.4, 0.4))
    embedder = "fake"
    dimension = 3
    kept_format = 1

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def score(self, items: Sequence[TextItem], vectors: NDArray[np.float16] | None = None) -> Scores:
        gate = np.array([_read(i.text, "gate") for i in items], dtype=np.float32)
        topics = np.array([[_read(i.text, t) for t in self.labels] for i in items], dtype=np.float32)
        topics = topics.reshape(len(items), len(self.labels)) * (gate >= 0.1)[:, None]
        made = np.full((len(items), 3), np.nan, dtype=np.float16)
        for n, item in enumerate(items):
            if vectors is not None and not np.isnan(vectors[n]).any():
                made[n] = vectors[n]
            elif gate[n] >= 0.1:
                self.embedded.append(item.title)
                made[n] = (1.0, 2.0, gate[n])
        kept = [
            k if g >= 0.1 else k._replace(stems=None) for k, g in zip(self.keep(items), gate, strict=True)
        ]
        return Scores(gate, topics, made, tuple(kept))

    def keep(self, items: Sequence[TextItem]) -> list[Kept]:
        return [Kept(i.text.encode(), i.text.encode(), b"") for i in items]

    def score_kept(
        self, kept: Sequence[Kept], names: NDArray[np.float64], vectors: NDArray[np.float16]
    ) -> KeptScores:
        gate = np.array([_read(k.ngrams.decode(), "gate") for k in kept], dtype=np.float32)
        lacking = np.isnan(vectors).any(axis=1) | np.array([k.stems is None for k in kept], dtype=np.bool_)
        waiting = (gate >= 0.1) & lacking
        found = [[_read((k.stems or b"").decode(), t) for t in self.labels] for k in kept]
        topics = np.array(found, dtype=np.float32).reshape(len(kept), len(self.labels))
        topics[waiting | (gate < 0.1)] = 0
        return KeptScores(gate, topics, waiting)


def _read(text: str, key: str) -> float:
    for word in text.split():
        name, mark, value = word.partition("=")
        if mark and name == key:
            return float(value)
    return 0.0
