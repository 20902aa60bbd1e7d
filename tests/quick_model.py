"""A model trained in a quarter of the time, for tests that need one and measure nothing; asserts nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.wiring import models


@contextmanager
def learning_quickly(folder: Path) -> Iterator[None]:
    """Whatever is trained in here on what ships learns from every other item of the corpus alone.

    `folder`: where those items are put.
    """
    lines = models.SHIPPED_CORPUS.read_text("utf-8").splitlines()[::2]
    corpus = folder / "half-corpus.jsonl"
    corpus.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "SHIPPED_CORPUS", corpus)
        patch.setattr(models, "load_added", lambda: [])
        yield
