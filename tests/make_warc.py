"""Archives for tests: records of web pages as CC-NEWS has them, each packed on its own or not at all."""

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def record(
    url: str,
    body: bytes,
    *,
    at: datetime = NOON,
    status: str = "200 OK",
    kind: str = "text/html; charset=utf-8",
    more: str = "",
) -> bytes:
    """One response. `more`: further HTTP headers, a line each."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        *more.splitlines(),
    ]
    answer = "\r\n".join([*lines, "", ""]).encode() + body
    head = (
        "WARC/1.0", "WARC-Type: response", f"WARC-Record-ID: <urn:uuid:{abs(hash((url, at))):032x}>",
        f"WARC-Date: {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", f"WARC-Target-URI: {url}",
        "Content-Type: application/http; msgtype=response", f"Content-Length: {len(answer)}", "", "",
    )  # fmt: skip
    return "\r\n".join(head).encode() + answer + b"\r\n\r\n"


def info() -> bytes:
    """The record with which an archive begins."""
    body = b"software: a test\r\n"
    head = ("WARC/1.0", "WARC-Type: warcinfo", "WARC-Record-ID: <urn:uuid:0>",
            "WARC-Date: 2026-11-01T00:00:00Z", "Content-Type: application/warc-fields",
            f"Content-Length: {len(body)}", "", "")  # fmt: skip
    return "\r\n".join(head).encode() + body + b"\r\n\r\n"


def packed(records: Iterable[bytes]) -> bytes:
    """As .warc.gz: one member a record."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)
