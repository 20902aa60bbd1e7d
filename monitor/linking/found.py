"""What was found in a text, packed into a few bytes, so that links can be made again without looking. Pure.

A pack is believed only under its key: of the text, of what else the finder is told of it, and of all that
finding depends on. So neither a revised text nor another gazetteer needs anybody to forget what was found.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

from monitor.core.ids import PlaceId
from monitor.linking.types import Mention

_FORMAT = "1"
_HEAD = struct.Struct("<I")  # how many mentions
_MENTION = struct.Struct("<HIHBB")  # place, start, length, how and field, how many other readings
_OTHER = struct.Struct("<H")  # place
_FIELDS = ("title", "text")
_HOWS = ("name", "adjective", "demonym", "colloquial", "abbreviation", "pattern")
_HOW = {(how, field): 2 * i + j for i, how in enumerate(_HOWS) for j, field in enumerate(_FIELDS)}
_KEY_BYTES = 16


class FoundNames:
    """Packs and unpacks what one finder finds; safe to share.

    `finding`: a fingerprint of the finder (`monitor.linking.finding`). `places`: those of its gazetteer.
    """

    def __init__(self, finding: str, places: Iterable[PlaceId]) -> None:
        self._finding = f"{_FORMAT} {finding}".encode()
        self._places = sorted(places)
        self._number = {place: n for n, place in enumerate(self._places)}

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
        try:
            (n,) = _HEAD.unpack_from(packed)
            end = _HEAD.size + n * _MENTION.size
            rows = list(_MENTION.iter_unpack(packed[_HEAD.size : end]))
            others = [self._places[number] for (number,) in _OTHER.iter_unpack(packed[end:])]
            if len(rows) != n or len(others) != sum(row[4] for row in rows):
                return None
            rest = iter(others)
            return tuple(self._mention(row, title, text, rest) for row in rows)
        except (struct.error, IndexError):
            return None

    def _mention(
        self, row: tuple[int, int, int, int, int], title: str, text: str, rest: Iterator[PlaceId]
    ) -> Mention:
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
