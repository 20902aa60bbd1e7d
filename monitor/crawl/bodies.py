"""Bodies with a cap that holds after decompression: a bomb is stopped before it unfolds."""

import zlib

from monitor.core.ledger import Reason

_GZIP_MAGIC = b"\x1f\x8b"


class BodyError(Exception):
    """A body that is not taken. `reason` is TOO_LARGE or BAD_ENCODING."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Body:
    """Collects one response. `coding` is its Content-Encoding, `cap` the most bytes it may unfold to.

    Errors: BodyError from the constructor on a coding that we did not ask for, from `add` above the cap
    or on damage, from `close` when the compressed stream is cut.
    """

    def __init__(self, coding: str, cap: int) -> None:
        self._cap = cap
        self._parts: list[bytes] = []
        self._size = 0
        name = coding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise BodyError(Reason.BAD_ENCODING, f"content-encoding {name[:40]!r} was not asked for")
        self._coded = name not in ("", "identity")
        self._inflate = (
            zlib.decompressobj(wbits=47) if self._coded else None
        )  # 47: gzip or zlib by its header
        self._begun = False

    def add(self, chunk: bytes) -> None:
        """Take the next bytes as they came over the wire."""
        if self._inflate is None:
            self._keep(chunk)
            return
        while chunk:
            try:
                self._keep(self._inflate.decompress(chunk, self._cap - self._size + 1))
            except zlib.error as error:
                if self._begun:
                    raise BodyError(Reason.BAD_ENCODING, f"compressed body is damaged: {error}") from error
                self._inflate = zlib.decompressobj(wbits=-15)  # "deflate" without its header, as some send it
                self._begun = True
                continue
            self._begun = True
            chunk = self._next_member()

    def _next_member(self) -> bytes:
        """What follows a finished gzip member, if it is another one; junk behind the end is left out."""
        assert self._inflate is not None  # noqa: S101 - called while inflating only
        rest = self._inflate.unused_data if self._inflate.eof else b""
        if not rest.startswith(_GZIP_MAGIC):
            return b""
        self._inflate = zlib.decompressobj(wbits=47)
        return rest

    def _keep(self, piece: bytes) -> None:
        room = self._cap - self._size
        self._parts.append(piece[:room])
        self._size += len(piece)
        if len(piece) > room:
            raise BodyError(Reason.TOO_LARGE, f"more than {self._cap} bytes")

    def close(self) -> bytes:
        """The whole body."""
        if self._inflate is not None and self._begun and not self._inflate.eof:
            raise BodyError(Reason.BAD_ENCODING, "compressed body is cut")
        return b"".join(self._parts)

    def so_far(self) -> bytes:
        """What has been taken until now, at most the cap: for bodies of which the beginning is enough."""
        return b"".join(self._parts)


def gunzip(body: bytes, cap: int) -> bytes:
    """The content of a gzip file, e.g. sitemap.xml.gz; other bytes come back as they are.

    Errors: BodyError.
    """
    if not body.startswith(_GZIP_MAGIC):
        return body
    whole = Body("gzip", cap)
    whole.add(body)
    return whole.close()
