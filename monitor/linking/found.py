"""What was found in a text, packed into a few bytes, so that links can be made again without looking. Pure.

A pack is believed only under its key: of the text, of what else the finder is told of it, and of all that
finding depends on. So neither a revised text nor another gazetteer needs anybody to forget what was found.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from json.encoder import encode_basestring
from typing import NamedTuple

from monitor.core.ids import PlaceId
from monitor.linking.types import Mention

_FORMAT = "1"
_HEAD = struct.Struct("<I")  # how many mentions
_MENTION = struct.Struct("<HIHBB")  # place, start, length, how and field, how many other readings
_OTHER = struct.Struct("<H")  # place
_FIELDS = ("title", "text")
_HOWS = ("name", "adjective", "demonym", "colloquial", "abbreviation", "pattern")
_HOW = {(how, field): 2 * i + j for i, how in enumerate(_HOWS) for j, field in enumerate(_FIELDS)}
_NAMED, _NAMED_HOW = ([encode_basestring(word) for word in words] for words in (_FIELDS, _HOWS))
_KEY_BYTES = 16
_Row = tuple[int, int, int, int, int]  # as _MENTION has it


class FoundNames:
    """Packs and unpacks what one finder finds; safe to share.

    `finding`: a fingerprint of the finder (`monitor.linking.finding`). `places`: those of its gazetteer.
    """

    def __init__(self, finding: str, places: Iterable[PlaceId]) -> None:
        self._finding = f"{_FORMAT} {finding}".encode()
        self._places = sorted(places)
        self._number = {place: n for n, place in enumerate(self._places)}
        self._quoted = [encode_basestring(place) for place in self._places]

    def key(self, title: str, text: str, lang: str, region: PlaceId | None) -> bytes:
        """Under which what is found in a text is kept. Shapes: 16 bytes."""
        made = blake2b(self._finding, digest_size=_KEY_BYTES)
        for part in (title, text, lang, region or ""):
            said = part.encode("utf-8", "surrogatepass")
            made.update(b"%d " % len(said))
            made.update(said)
        return made.digest()

    def pack(self, mentions: Sequence[Mention]) -> bytes | None:
        """The bytes of mentions, 10 each and 2 for each other reading; None where they do not fit."""
        number = self._number
        try:
            rows = [
                _MENTION.pack(
                    number[m.place], m.start, m.end - m.start, _HOW[m.how, m.field], len(m.ambiguous)
                )
                for m in mentions
            ]
            others = [_OTHER.pack(number[place]) for m in mentions for place in m.ambiguous]
        except struct.error:  # a name as long as a book, a gazetteer of more than 65,536 places
            return None
        return b"".join((_HEAD.pack(len(rows)), *rows, *others))

    def unpack(self, packed: bytes, title: str, text: str) -> tuple[Mention, ...] | None:
        """The mentions that were packed, with their words; None for damaged bytes, which say nothing."""
        read = self._read(packed)
        if read is None:
            return None
        rest = iter(read[1])
        return tuple(self._mention(row, title, text, rest) for row in read[0])

    def read(self, packed: bytes) -> "Packed | None":
        """What was packed, without its words; None for damaged bytes."""
        read = self._read(packed)
        return None if read is None else Packed(self._places, self._quoted, *read)

    def _read(self, packed: bytes) -> tuple[list[_Row], list[PlaceId]] | None:
        """Mentions as they are packed, and all other readings one after the other."""
        try:
            (n,) = _HEAD.unpack_from(packed)
            end = _HEAD.size + n * _MENTION.size
            rows: list[_Row] = list(_MENTION.iter_unpack(packed[_HEAD.size : end]))
            others = [self._places[number] for (number,) in _OTHER.iter_unpack(packed[end:])]
        except (struct.error, IndexError):
            return None
        n_others = n_read = 0
        for place, _, _, how, more in rows:
            n_read += place < len(self._places) and how < len(_HOW)
            n_others += more
        return (rows, others) if n_read == n and n_others == len(others) else None

    def _mention(self, row: _Row, title: str, text: str, rest: Iterator[PlaceId]) -> Mention:
        place, start, length, how, n_others = row
        field = how & 1
        return Mention(
            self._places[place],
            _FIELDS[field],
            start,
            start + length,
            (text if field else title)[start : start + length],
            _HOWS[how >> 1],
            tuple(next(rest) for _ in range(n_others)) if n_others else (),
        )


class Packed(NamedTuple):
    """Mentions as they were packed: no text is needed to tell who they name."""

    known: Sequence[PlaceId]
    quoted: Sequence[str]
    rows: Sequence[_Row]
    others: Sequence[PlaceId]  # of all mentions, one after the other

    @property
    def places(self) -> list[PlaceId]:
        """The place of each mention."""
        return [self.known[row[0]] for row in self.rows]

    @property
    def named(self) -> str:
        """As `monitor.linking.store.named` has them."""
        quoted, told = self.quoted, []
        for place, start, length, how, _ in self.rows:
            told.append(
                f"[{quoted[place]},{_NAMED[how & 1]},{start},{start + length},{_NAMED_HOW[how >> 1]}]"
            )
        return f"[{','.join(told)}]"
