"""Stand-ins for ports: a classifier that reads its answer from the text."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.articles.types import Scores, TextItem, Thresholds


class FakeClassifier:
    """Gate probability and topics by words: "gate=0.9 trade=0.8". Counts what it had to embed."""

    labels = ("trade", "culture")
    version = "fake-1"
    thresholds = Thresholds(gate_yes=0.6, gate_no=0.3, publish=(0.7, 0.7), reject=(0.4, 0.4))
    embedder = "fake"
    dimension = 3

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def score(self, items: Sequence[TextItem], vectors: NDArray[np.float16] | None = None) -> Scores:
        gate = np.array([_read(i.text, "gate") for i in items], dtype=np.float32)
        topics = np.array([[_read(i.text, t) for t in self.labels] for i in items], dtype=np.float32)
        made = np.full((len(items), 3), np.nan, dtype=np.float16)
        for n, item in enumerate(items):
            if vectors is not None and not np.isnan(vectors[n]).any():
                made[n] = vectors[n]
            elif gate[n] >= 0.1:
                self.embedded.append(item.title)
                made[n] = (1.0, 2.0, gate[n])
        return Scores(gate, topics.reshape(len(items), 2), made)


def _read(text: str, key: str) -> float:
    for word in text.split():
        name, mark, value = word.partition("=")
        if mark and name == key:
            return float(value)
    return 0.0
