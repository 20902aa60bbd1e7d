"""Vectors by a service over HTTP: what it may answer, what is refused, and what a failure leaves behind."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from numpy.typing import NDArray

from monitor.articles.embed_http import EmbedderDown, HttpEmbedder, Service
from monitor.articles.tables import taggings, vectors
from monitor.articles.tag import tag_due
from monitor.articles.types import Scores, TextItem
from monitor.core.clock import SettableClock
from monitor.core.db import Db
from monitor.core.errors import ModelError
from tests import make
from tests.embedding_service import DIMENSION, FakeService, embedding_service, vector_of
from tests.fakes import FakeClassifier


@pytest.fixture
def service() -> Iterator[FakeService]:
    with embedding_service() as running:
        yield running


def embedder_at(
    url: str, folder: Path, *, api: str = "openai", waits: list[float] | None = None, **other: object
) -> HttpEmbedder:
    settings = {
        "model": "e5", "prefix": "query: ", "dimension": DIMENSION, "chars": 600, "batch": 2,
        "timeout_s": 5.0, "retries": 2,
    } | other  # fmt: skip
    waited = [] if waits is None else waits
    made = Service(url=url, api=api, **settings)  # type: ignore[arg-type]  # a table of plain values
    return HttpEmbedder(made, kept_probe=folder / "probe.json", sleep=waited.append)


def unit(text: str) -> NDArray[np.float32]:
    vector = np.array(vector_of(text))
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


@pytest.mark.parametrize("api", ["openai", "tei"])
def test_texts_go_in_batches_with_their_prefix_and_come_back_in_order(
    service: FakeService, tmp_path: Path, api: str
) -> None:
    embedder = embedder_at(service.url, tmp_path, api=api, key="secret")
    texts = ["Гродно и Белосток", "Rynek", "да"]
    found = embedder.embed(texts)
    assert found == pytest.approx(np.vstack([unit(f"query: {text}") for text in texts]))
    assert embedder.name == "http-e5-query-4-600"
    key = "input" if api == "openai" else "inputs"
    assert [asked[key] for asked in service.asked[1:]] == [
        ["query: Гродно и Белосток", "query: Rynek"], ["query: да"],
    ]  # fmt: skip
    assert set(service.tokens) == {"Bearer secret"}
    assert embedder.embed([]).shape == (0, DIMENSION)


def test_a_service_that_comes_back_is_asked_again_after_growing_waits(
    service: FakeService, tmp_path: Path
) -> None:
    waits: list[float] = []
    service.replies = [(503, b""), (429, b"slow down")]
    found = embedder_at(service.url, tmp_path, waits=waits).embed(["да"])
    assert found[0] == pytest.approx(unit("query: да"))
    assert waits == [0.5, 1.0]


@pytest.mark.parametrize(
    ("reply", "reason", "asked"),
    [
        ((503, b""), "answers 503", 3),
        ((401, b""), "answers 401", 1),
        ((302, b""), "answers 302", 1),
        ((200, b"<html>"), "answers no JSON", 1),
        ((200, b"[" * 100_000), "answers no JSON", 1),
        ((200, b'{"error": "no model"}'), "answers in another form than openai", 1),
        ((200, b'{"data": []}'), "answers in another form than openai", 1),
        ((200, b'{"data": [{"index": 0, "embedding": [1, 2]}]}'), r"shape \(1, 2\)", 1),
        ((200, b'{"data": [{"index": 0, "embedding": [1, NaN, 2, 3]}]}'), "no direction", 1),
        ((200, b'{"data": [{"index": 0, "embedding": [0, 0, 0, 0]}]}'), "no direction", 1),
        (
            (200, b'{"model": "other", "data": [{"index": 0, "embedding": [1, 1, 2, 3]}]}'),
            "says it is 'other', embedder.model is 'e5'",
            1,
        ),
        ((200, b" " * 1_100_000), "answers more than", 1),
    ],
)
def test_what_is_no_vector_is_refused_with_the_reason(
    service: FakeService, tmp_path: Path, reply: tuple[int, bytes], reason: str, asked: int
) -> None:
    service.replies = [reply] * 3
    embedder = embedder_at(service.url, tmp_path, key="secret")
    with pytest.raises(EmbedderDown, match=reason) as refused:
        embedder.embed(["да"])
    assert str(refused.value).startswith(f"the embedding service {service.url} ")
    assert "secret" not in str(refused.value)
    assert len(service.asked) == asked
    assert not (tmp_path / "probe.json").exists()


def test_nobody_at_the_address_is_said_after_all_tries(tmp_path: Path) -> None:
    with embedding_service() as gone:
        url = gone.url
    waits: list[float] = []
    with pytest.raises(EmbedderDown, match="cannot be asked: ConnectError"):
        embedder_at(url, tmp_path, waits=waits).embed(["да"])
    assert len(waits) == 2


def test_another_model_behind_the_same_address_is_found_out(service: FakeService, tmp_path: Path) -> None:
    embedder = embedder_at(service.url, tmp_path)
    embedder.embed(["да"])
    embedder.embed(["да"])
    kept = json.loads((tmp_path / "probe.json").read_text("utf-8"))
    kept["vector"] = kept["vector"][::-1]
    (tmp_path / "probe.json").write_text(json.dumps(kept), "utf-8")
    for one in (embedder, embedder_at(service.url, tmp_path)):  # in the same process, and in the next
        with pytest.raises(ModelError, match="answers like another model than it did"):
            one.embed(["да"])


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "http-other-4-600", "vector": [1, 2, 3, 4]}'])
def test_a_damaged_memory_of_the_model_is_said(service: FakeService, tmp_path: Path, content: str) -> None:
    (tmp_path / "probe.json").write_text(content, "utf-8")
    with pytest.raises(ModelError, match=r"probe\.json: .*delete it and train again"):
        embedder_at(service.url, tmp_path).embed(["да"])


class AskingClassifier(FakeClassifier):
    """Has its vectors made by a service."""

    dimension = DIMENSION

    def __init__(self, service: HttpEmbedder) -> None:
        super().__init__()
        self.embedder = service.name
        self._service = service

    def score(self, items: Sequence[TextItem], vectors: NDArray[np.float16] | None = None) -> Scores:
        plain = super().score(items)
        made = self._service.embed([item.title for item in items]).astype(np.float16)
        return plain._replace(vectors=made)


def test_a_service_that_fails_leaves_articles_due_and_writes_no_vector(
    db: Db, service: FakeService, tmp_path: Path
) -> None:
    with db.begin() as tx:
        make.add_source(tx, "agency")
        for n in range(1, 4):
            make.add_article(tx, "agency", n, text="gate=0.9 trade=0.8")
    classifier = AskingClassifier(embedder_at(service.url, tmp_path, retries=0))

    def tag() -> dict[str, int]:
        return dict(
            tag_due(
                db=db, classifier=classifier, name_features=lambda title, text: (0.0,) * 6,
                fingerprint="fake-1", clock=SettableClock(make.NOW),
            )
        )  # fmt: skip

    service.replies = [(500, b"")]
    with pytest.raises(EmbedderDown, match="answers 500; 3 articles stay due"):
        tag()
    with db.begin() as tx:
        written = [
            tx.execute(sa.select(sa.func.count()).select_from(t)).scalar_one() for t in (taggings, vectors)
        ]
    assert written == [0, 0]
    assert tag()["tagged"] == 3
    with db.begin() as tx:
        assert set(tx.execute(sa.select(vectors.c.embedder)).scalars()) == {"http-e5-query-4-600"}
