"""Answers of a server to the byte, and what a fetcher that got one says of it."""

from typing import Any

from monitor.core.ledger import Reason
from monitor.crawl.types import Failed, FetchKind

NAME = "http://paper.example"


def reply(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    """One whole answer, after which the server closes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("content-length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{head}connection: close\r\n\r\n".encode("latin-1") + body


def failed(world: Any, url: str, kind: FetchKind = FetchKind.FEED) -> tuple[Reason, int | None]:
    """Why an address was not had, and the status of the answer if there was one."""
    outcome = world.one(url, kind)
    assert isinstance(outcome, Failed), outcome
    return outcome.reason, outcome.status
