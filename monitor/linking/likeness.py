"""How alike an article and what is known of an agreement are, by the vectors that the classifier uses: its
stories (config/register/subjects.jsonl), or its title where nobody wrote any. Pure but for `load_samples` and
`save_samples`.

The vectors of articles come with the articles; those of samples are made once and kept by the text they were
made from. Without either the likeness is 0, which the fit of the link score has met too.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from monitor.core.errors import ModelError
from monitor.core.ids import AgreementId
from monitor.register.types import Agreement, Register

FILE = "linking_samples.npz"
Vector = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Samples:
    """Vectors of stories and titles made by `embedder`, by `sample_key`. Without any: Samples("", {})."""

    embedder: str
    rows: Mapping[str, NDArray[np.float32]]

    def missing(self, texts: Iterable[str]) -> list[str]:
        """Those of the texts that have no vector, each once."""
        return [text for text in dict.fromkeys(texts) if sample_key(text) not in self.rows]


@dataclass(frozen=True, slots=True)
class Centre:
    """What all articles and all samples have in common, to be taken off before they are compared.

    Shapes: article, sample (d,); both empty where no vectors are known.
    """

    embedder: str
    article: NDArray[np.float64]
    sample: NDArray[np.float64]


NO_SAMPLES = Samples("", {})
NO_CENTRE = Centre("", np.zeros(0), np.zeros(0))


class Likeness:
    """The samples of a register, ready to be compared; built once."""

    def __init__(self, register: Register, samples: Samples, centre: Centre) -> None:
        self._centre = centre
        self._mean_of: dict[AgreementId, int] = {}
        means: list[NDArray[np.float64]] = []
        for agreement in register.agreements.values():
            kept = [samples.rows.get(sample_key(text)) for text in _samples_of(agreement, register)]
            rows = [_unit(_unit(row) - centre.sample) for row in kept if row is not None]
            if rows and samples.embedder == centre.embedder:
                self._mean_of[agreement.id] = len(means)
                means.append(np.mean(rows, axis=0))
        self._means = np.array(means) if means else np.zeros((0, len(centre.article)))

    def of(
        self, vectors: Mapping[str, Vector], families: Sequence[Sequence[AgreementId]]
    ) -> NDArray[np.float64]:
        """Mean cosine with the samples of the most alike member of each family, 0 where nothing is known.
        Shapes: (n families,).

        `vectors`: those of one article by embedder.
        """
        vector = vectors.get(self._centre.embedder)
        found = np.zeros(len(families))
        if vector is None or not self._mean_of or not np.isfinite(vector).all():
            return found
        cosines = self._means @ _unit(_unit(vector) - self._centre.article)
        for number, members in enumerate(families):
            rows = [self._mean_of[member] for member in members if member in self._mean_of]
            if rows:
                found[number] = cosines[rows].max()
        return found


def centre_of(embedder: str, articles: Iterable[Vector], samples: Iterable[Vector]) -> Centre:
    """The means of unit vectors; NO_CENTRE where one of the lists is empty."""
    both = [[_unit(vector) for vector in vectors] for vectors in (articles, samples)]
    if not all(both):
        return NO_CENTRE
    # five digits, as they are written: the fit must see what linking will see
    article, sample = (np.array(rows).mean(axis=0).round(5) for rows in both)
    return Centre(embedder, article, sample)


def sample_key(text: str) -> str:
    """What the vector of a sample is kept under."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def sample_texts(register: Register) -> list[str]:
    """The stories and titles that articles are compared with."""
    return [text for agreement in register.agreements.values() for text in _samples_of(agreement, register)]


def _samples_of(agreement: Agreement, register: Register) -> tuple[str, ...]:
    if not agreement.monitored:
        return ()
    subject = register.subjects.get(agreement.id)
    return subject.stories if subject is not None and subject.stories else (agreement.title_ru,)


def load_samples(path: Path) -> Samples:
    """The vectors of a file that `save_samples` wrote, NO_SAMPLES if there is no file.

    Errors: ModelError when it is damaged.
    """
    if not path.is_file():
        return NO_SAMPLES
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            rows = kept["vectors"].astype(np.float32)
            return Samples(str(kept["embedder"]), dict(zip(kept["keys"].tolist(), rows, strict=True)))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ModelError(f"{path} cannot be used ({error}): delete it, it is made again") from error


def save_samples(path: Path, samples: Samples) -> None:
    """Write vectors, in the order of their keys and in half precision."""
    keys = sorted(samples.rows)
    part = path.with_name(f"{path.stem}.part.npz")
    np.savez_compressed(
        part,
        embedder=np.array(samples.embedder),
        keys=np.array(keys, dtype="U32"),
        vectors=np.array([samples.rows[key] for key in keys], dtype=np.float16),
    )
    part.replace(path)


def _unit(vector: Vector) -> NDArray[np.float64]:
    wide = vector.astype(np.float64)
    length = float(np.linalg.norm(wide))
    return wide / length if length > 0 else wide
