"""What tests of classifiers share."""

from collections.abc import Callable
from pathlib import Path

TOPICS = Path(__file__).parents[1] / "config" / "topics.toml"

Trained = Callable[[str], Path]  # kind -> folder of a small trained model


def no_names(title: str, text: str) -> tuple[float, ...]:
    """Counts of names where no names are known."""
    return (0.0,) * 6
