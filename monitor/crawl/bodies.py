"""Bodies with a cap that holds after decompression: a bomb is stopped before it unfolds."""

import re
import zlib

from monitor.core.ledger import Reason

_RANGE = re.compile(r"bytes 0-(\d{1,15})/(\d{1,15})")
_GZIP_MAGIC = b"\x1f\x8b"
_SLICE = 65536  # bytes unpacked at once: every member of a gzip file copies what follows it
_MOST_MEMBERS = 1000  # a file packed in parallel has one for each 64 KiB or more
_OVERHEAD = 65536  # bytes by which packing may lengthen what cannot be packed


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
        self._taken = bytearray()
        name = coding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise BodyError(Reason.BAD_ENCODING, f"content-encoding {name[:40]!r} was not asked for")
        # 47: gzip or zlib by its header
        self._inflate = None if name in ("", "identity") else zlib.decompressobj(wbits=47)
        self._begun = False
        self._is_over = False  # the compressed stream has ended; what follows is junk and is not kept
        self._n_members = 1
        self._wire = 0

    def add(self, chunk: bytes) -> None:
        """Take the next bytes as they came over the wire."""
        if self._inflate is None:
            self._keep(chunk)
            return
        self._wire += len(chunk)
        if self._wire > self._cap + _OVERHEAD:  # parts that unfold to nothing, or junk behind the end
            raise BodyError(Reason.TOO_LARGE, f"more than {self._cap} bytes before decompression")
        for start in range(0, len(chunk), _SLICE):
            self._unpack(chunk[start : start + _SLICE])

    def _unpack(self, chunk: bytes) -> None:
        assert self._inflate is not None  # noqa: S101 - called while inflating only
        while chunk and not self._is_over:
            try:
                self._keep(self._inflate.decompress(chunk, self._cap - len(self._taken) + 1))
            except zlib.error as error:
                if self._begun:
                    raise BodyError(Reason.BAD_ENCODING, f"compressed body is damaged: {error}") from error
                self._inflate = zlib.decompressobj(wbits=-15)  # "deflate" without its header, as some send it
                self._begun = True
                continue
            self._begun = True
            chunk = self._next_member() if self._inflate.eof else b""

    def _next_member(self) -> bytes:
        """What follows a finished gzip member, if it is another one; junk behind the end is left out."""
        assert self._inflate is not None  # noqa: S101 - called while inflating only
        rest = self._inflate.unused_data
        if not rest:
            return b""  # another member may begin with the next chunk
        if not rest.startswith(_GZIP_MAGIC[: len(rest)]):
            self._is_over = True
            return b""
        self._n_members += 1
        if self._n_members > _MOST_MEMBERS:
            raise BodyError(Reason.BAD_ENCODING, f"more than {_MOST_MEMBERS} compressed parts")
        self._inflate = zlib.decompressobj(wbits=47)
        return rest

    def _keep(self, piece: bytes) -> None:
        room = self._cap - len(self._taken)
        self._taken += piece[:room]
        if len(piece) > room:
            raise BodyError(Reason.TOO_LARGE, f"more than {self._cap} bytes")

    def close(self) -> bytes:
        """The whole body."""
        if self._inflate is not None and self._begun and not self._inflate.eof:
            raise BodyError(Reason.BAD_ENCODING, "compressed body is cut")
        return bytes(self._taken)

    def so_far(self) -> bytes:
        """What has been taken until now, at most the cap: for bodies of which the beginning is enough."""
        return bytes(self._taken)


def gunzip(body: bytes, cap: int) -> bytes:
    """The content of a gzip file, e.g. sitemap.xml.gz; other bytes come back as they are.

    Errors: BodyError.
    """
    if not body.startswith(_GZIP_MAGIC):
        return body
    whole = Body("gzip", cap)
    whole.add(body)
    return whole.close()


def is_whole(content_range: str) -> bool:
    """True for "bytes 0-99/100": some servers answer so to everybody, though no part was asked for."""
    match = _RANGE.fullmatch(content_range.strip())
    return match is not None and int(match[1]) + 1 == int(match[2])
