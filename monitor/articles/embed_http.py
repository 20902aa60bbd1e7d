"""Vectors from a service over HTTP, in the shape that a classifier wants of what embeds its texts.

Its address is a setting, so it may be private: nothing that was fetched can name it. What it answers is
checked: how many vectors, how long, finite, and whether it still is the model that it was at first.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx2
import numpy as np
from numpy.typing import NDArray

from monitor.core.errors import UNREADABLE, ModelError, OutsideError

# Both scripts and a few digits, so that another tokenizer shows as well as another model.
_PROBE = "Гродненская область и Подляское воеводство: план на 2026 год. Гродзенская вобласць; trade, 15 %"
_SAME = 0.99  # cosine of two answers to the probe; four-bit and full weights of one model differ by less
_BYTES_A_NUMBER = 40  # of JSON, generously
_MOST_OVERHEAD = 1_000_000
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_FIRST_WAIT_S = 0.5


class EmbedderDown(OutsideError):
    """The service did not answer, or not with vectors; what waits for it stays due."""


@dataclass(frozen=True, slots=True)
class Service:
    """Where the service is and how it is asked. Units: seconds; `chars` of title and lead."""

    url: str
    api: Literal["openai", "tei"]
    model: str
    prefix: str
    dimension: int
    chars: int
    batch: int
    timeout_s: float
    retries: int
    key: str = ""


class HttpEmbedder:
    """Vectors of unit length by a service; `name` tells all that changes them."""

    def __init__(
        self, service: Service, *, kept_probe: Path, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """`kept_probe`: the file that remembers how the service first answered to a known text."""
        self.dimension, self.chars = service.dimension, service.chars
        said = "-".join(part for part in (service.model, service.prefix.strip(" :")) if part)
        self.name = f"http-{said}-{service.dimension}-{service.chars}"
        self._service, self._kept_probe, self._sleep = service, kept_probe, sleep

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of unit length. Shapes: n texts -> (n, dimension).

        Errors: EmbedderDown when the service cannot be reached or answers otherwise; ModelError when it is
        another model than it was.
        """
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        with self._client() as client:
            # each time: the process lives for weeks, and the model behind the address may change
            self._recognise(self._vectors(client, [_PROBE])[0])
            step = self._service.batch
            rows = [self._vectors(client, texts[at : at + step]) for at in range(0, len(texts), step)]
        return np.vstack(rows)

    @contextmanager
    def _client(self) -> Iterator[httpx2.Client]:
        headers = {"Authorization": f"Bearer {self._service.key}"} if self._service.key else {}
        # no proxy of the environment: the address is meant as it stands
        with httpx2.Client(headers=headers, timeout=self._service.timeout_s, trust_env=False) as client:
            yield client

    def _vectors(self, client: httpx2.Client, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = _rows_of(self._service, self._answer(client, texts), len(texts))
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not np.isfinite(rows).all() or not (lengths > 0).all():
            raise _down(self._service, "gave a vector that is no direction (not finite, or all zero)")
        return np.asarray(rows / lengths, dtype=np.float32)

    def _answer(self, client: httpx2.Client, texts: Sequence[str]) -> Any:
        """What the service says, asked again after a while where that may help."""
        wait = _FIRST_WAIT_S
        for left in range(self._service.retries, -1, -1):
            why, may_help, answer = self._ask(client, texts)
            if not why:
                return answer
            if not may_help or left == 0:
                raise _down(self._service, why)
            self._sleep(wait)
            wait *= 2
        raise AssertionError("the last try returns or raises")

    def _ask(self, client: httpx2.Client, texts: Sequence[str]) -> tuple[str, bool, Any]:
        """Why there is no answer (empty: there is one), whether another try may help, the answer."""
        most = _MOST_OVERHEAD + len(texts) * self.dimension * _BYTES_A_NUMBER
        until = time.monotonic() + self._service.timeout_s
        try:
            with client.stream("POST", self._service.url, json=_question(self._service, texts)) as response:
                if response.status_code != 200:
                    return f"answers {response.status_code}", response.status_code in _AGAIN, None
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > most:
                        return f"answers more than {most} bytes to {len(texts)} texts", False, None
                    if time.monotonic() > until:  # the client's own limit is for each piece
                        return f"is not done after {self._service.timeout_s:g} s", True, None
        except httpx2.HTTPError as error:
            return f"cannot be asked: {type(error).__name__} {error}".strip(), True, None
        try:
            return "", False, json.loads(bytes(body))
        except (ValueError, RecursionError) as error:
            return f"answers no JSON: {error}", False, None

    def _recognise(self, vector: NDArray[np.float32]) -> None:
        """Keep the answer to the probe under this name, or compare it with the kept one."""
        path = self._kept_probe
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".partial")
            content = {"name": self.name, "vector": [round(float(x), 5) for x in vector]}
            partial.write_text(json.dumps(content), encoding="utf-8")
            partial.rename(path)
            return
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            name, known = str(kept["name"]), np.array(kept["vector"], dtype=np.float64)
        except UNREADABLE as error:
            raise ModelError(f"{path}: cannot be read ({error}); delete it and train again") from error
        if name != self.name or known.shape != vector.shape:
            raise ModelError(f"{path}: is of {name}, the settings say {self.name}; delete it and train again")
        likeness = float(known @ vector) / float(np.linalg.norm(known) or 1.0)
        if likeness < _SAME:
            raise ModelError(
                f"the embedding service {_shown(self._service.url)} answers like another model than it did "
                f"(likeness {likeness:.3f}): bring the old one back, or give embedder.model a new name and "
                "run `monitor train`; vectors of two models are never mixed"
            )


def _question(service: Service, texts: Sequence[str]) -> dict[str, Any]:
    asked = [service.prefix + text for text in texts]
    if service.api == "tei":
        return {"inputs": asked, "truncate": True}
    return {"model": service.model, "input": asked, "encoding_format": "float"}


def _rows_of(service: Service, answer: Any, n: int) -> NDArray[np.float64]:
    """The vectors of an answer in the order of the texts. Errors: EmbedderDown when it holds others."""
    try:
        rows = _listed(answer, n) if service.api == "openai" else list(answer)
        found = np.array(rows, dtype=np.float64)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _down(service, f"answers in another form than {service.api}: {error!r}") from error
    if found.shape != (n, service.dimension):
        shape = f"gave vectors of shape {found.shape} for {n} texts"
        raise _down(service, f"{shape}; embedder.dimension is {service.dimension}")
    said = answer.get("model") if isinstance(answer, dict) else None
    if isinstance(said, str) and said and said != service.model:
        raise _down(service, f"says it is {said!r}, embedder.model is {service.model!r}")
    return found


def _listed(answer: Any, n: int) -> list[Any]:
    by_index = {int(one["index"]): one["embedding"] for one in answer["data"]}
    if sorted(by_index) != list(range(n)) or len(answer["data"]) != n:
        raise ValueError(f"indices {sorted(by_index)[:5]}... for {n} texts")
    return [by_index[at] for at in range(n)]


def _down(service: Service, why: str) -> EmbedderDown:
    return EmbedderDown(f"the embedding service {_shown(service.url)} {why}")


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
