"""A small embedding service on loopback that misbehaves as told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIMENSION = 4


def vector_of(text: str) -> list[float]:
    """Some direction that depends on the text alone."""
    return [1.0 + len(text), float(text.count("а")), float(text.count(" ")), 2.0]


@dataclass
class FakeService:
    """What came in, and answers to give in place of vectors: (status, body) each used up by one request."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    replies: list[tuple[int, bytes]] = field(default_factory=list)
    model: str = "e5"
    url: str = ""

    def answer(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        self.asked.append(asked)
        if self.replies:
            return self.replies.pop(0)
        if "inputs" in asked:
            return 200, json.dumps([vector_of(text) for text in asked["inputs"]]).encode()
        data = [{"index": n, "embedding": vector_of(text)} for n, text in enumerate(asked["input"])]
        return 200, json.dumps({"model": self.model, "data": data[::-1]}).encode()


@contextmanager
def embedding_service() -> Iterator[FakeService]:
    """A running service; where it listens is in `url`."""
    told = FakeService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.tokens.append(self.headers.get("Authorization", ""))
            status, body = told.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}/embed"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
