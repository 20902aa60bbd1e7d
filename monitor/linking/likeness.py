"""How alike an article and the title of an agreement are, by the vectors that the classifier uses. Pure but
for `load_titles` and `save_titles`.

The vectors of articles come with the articles; those of titles are made once and kept by the text they were
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
from monitor.register.types import Register

FILE = "linking_titles.npz"
Vector = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Titles:
    """Vectors of titles made by `embedder`, by `title_key`. Without any: Titles("", {})."""

    embedder: str
    rows: Mapping[str, NDArray[np.float32]]

    def missing(self, titles: Iterable[str]) -> list[str]:
        """Those of the titles that have no vector, each once."""
        return [title for title in dict.fromkeys(titles) if title_key(title) not in self.rows]


@dataclass(frozen=True, slots=True)
class Centre:
    """What all articles and all titles have in common, to be taken off before they are compared.

    Shapes: article, title (d,); both empty where no vectors are known.
    """

    embedder: str
    article: NDArray[np.float64]
    title: NDArray[np.float64]


NO_TITLES = Titles("", {})
NO_CENTRE = Centre("", np.zeros(0), np.zeros(0))


class Likeness:
    """The titles of a register, ready to be compared; built once."""

    def __init__(self, register: Register, titles: Titles, centre: Centre) -> None:
        self._centre = centre
        self._row_of: dict[AgreementId, int] = {}
        rows: list[NDArray[np.float64]] = []
        for agreement in register.agreements.values():
            row = titles.rows.get(title_key(agreement.title_ru)) if agreement.monitored else None
            if row is not None and titles.embedder == centre.embedder:
                self._row_of[agreement.id] = len(rows)
                rows.append(_unit(_unit(row) - centre.title))
        self._titles = np.array(rows) if rows else np.zeros((0, len(centre.article)))

    def of(
        self, vectors: Mapping[str, Vector], families: Sequence[Sequence[AgreementId]]
    ) -> NDArray[np.float64]:
        """Cosine with the most alike title of each family, 0 where nothing is known. Shapes: (n families,).

        `vectors`: those of one article by embedder.
        """
        vector = vectors.get(self._centre.embedder)
        found = np.zeros(len(families))
        if vector is None or not self._row_of or not np.isfinite(vector).all():
            return found
        cosines = self._titles @ _unit(_unit(vector) - self._centre.article)
        for number, members in enumerate(families):
            rows = [self._row_of[member] for member in members if member in self._row_of]
            if rows:
                found[number] = cosines[rows].max()
        return found


def centre_of(embedder: str, articles: Iterable[Vector], titles: Iterable[Vector]) -> Centre:
    """The means of unit vectors; NO_CENTRE where one of the lists is empty."""
    both = [[_unit(vector) for vector in vectors] for vectors in (articles, titles)]
    if not all(both):
        return NO_CENTRE
    # five digits, as they are written: the fit must see what linking will see
    article, title = (np.array(rows).mean(axis=0).round(5) for rows in both)
    return Centre(embedder, article, title)


def title_key(title: str) -> str:
    """What the vector of a title is kept under."""
    return hashlib.sha256(title.encode()).hexdigest()[:32]


def monitored_titles(register: Register) -> list[str]:
    """The titles that are compared with articles."""
    return [agreement.title_ru for agreement in register.agreements.values() if agreement.monitored]


def load_titles(path: Path) -> Titles:
    """The vectors of a file that `save_titles` wrote, NO_TITLES if there is no file.

    Errors: ModelError when it is damaged.
    """
    if not path.is_file():
        return NO_TITLES
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            rows = kept["vectors"].astype(np.float32)
            return Titles(str(kept["embedder"]), dict(zip(kept["keys"].tolist(), rows, strict=True)))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ModelError(f"{path} cannot be used ({error}): delete it, it is made again") from error


def save_titles(path: Path, titles: Titles) -> None:
    """Write vectors, in the order of their keys and in half precision."""
    keys = sorted(titles.rows)
    part = path.with_name(f"{path.stem}.part.npz")
    np.savez_compressed(
        part,
        embedder=np.array(titles.embedder),
        keys=np.array(keys, dtype="U32"),
        vectors=np.array([titles.rows[key] for key in keys], dtype=np.float16),
    )
    part.replace(path)


def _unit(vector: Vector) -> NDArray[np.float64]:
    wide = vector.astype(np.float64)
    length = float(np.linalg.norm(wide))
    return wide / length if length > 0 else wide
