"""Texts and names as one byte a letter, in one folded spelling: what the automaton of names runs over. Pure.

A byte stands where its letter stands, so offsets need no table. Texts that cannot be written so (signs
outside the alphabet, words of two scripts, spaces in a row) are left to register.folding, which is slower.
"""

import codecs
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from monitor.register.folding import SAME

GAP = 0x20
_APOSTROPHE = 0x27
_OTHER = 0x1F  # a letter outside the alphabet
_FIRST_LETTER = 0x30
_MOST = 200  # letters: 256 bytes less the signs below
_SIGNS = ' !"#$%&()*+,-./:;<=>?@[\\]^_{|}~\n\t\r\u00a0«»–—−‐‑…№“”„•·€°§‹›'
_APOSTROPHES = "'’ʼ‘`´′"
_CYRILLIC = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяєії")
_ALWAYS = (*"0123456789abcdefghijklmnopqrstuvwxyz", *sorted(_CYRILLIC))  # also those that no name has
# whitespace in a row: words on both sides of it may be one name
_RUNS = ("  ", " \n", "\n ", " \u00a0", "\u00a0 ")
_TWO_SCRIPTS = (b"\1\2", b"\2\1")


class Alphabet:
    """The letters that names are written with; built once from the folded names."""

    def __init__(self, names: Iterable[str]) -> None:
        counts = Counter("".join(names))
        often = [c for c, _ in counts.most_common() if c.isalnum() and ord(c) < 0x3000]
        letters = list(dict.fromkeys((*_ALWAYS, *often)))[:_MOST]
        same = dict(SAME)
        known = list(
            dict.fromkeys([*letters, *(old for old, new in SAME if new in letters and old.isalpha())])
        )
        signs = [*_SIGNS, *_APOSTROPHES]
        known = [c for c in known if c not in signs][: 255 - len(signs)]
        folded = {c: _FIRST_LETTER + n for n, c in enumerate(c for c in known if c not in same)}
        self._byte = {c: folded[same.get(c, c)] for c in known} | {c: GAP for c in _SIGNS}
        self._byte |= {c: _APOSTROPHE for c in _APOSTROPHES}
        every = "\0" + "".join((*known, *signs))  # the map is a fast one only if it begins with a zero
        self._codes: Any = codecs.charmap_build(every.ljust(256, "\ufffe"))
        runs = [codecs.charmap_encode(run, "strict", self._codes)[0] for run in _RUNS]
        space = runs[0][0]
        self._runs = [(run[1] if run[0] == space else run[0], run) for run in runs]
        self._fold = bytes([GAP, *(self._byte[c] for c in every[1:])]).ljust(256, b"\x20")
        scripts = bytearray(256)
        for c, code in folded.items():
            scripts[code] = 1 if c in _CYRILLIC else 2 if c.isalpha() else 0
        self._scripts = bytes(scripts)
        self._telling = tuple(self._byte.get(letter, _OTHER) for letter in "іыи")
        self.letters = _by_byte({code: c for c, code in folded.items()} | {_APOSTROPHE: "'"})
        written = {code: c for c, code in folded.items()} | {0: "\0", GAP: " ", _APOSTROPHE: "'"}
        self._written: Any = codecs.charmap_build("".join(written.get(n, "\ufffe") for n in range(256)))

    def code(self, letter: str) -> int:
        """The byte of a folded letter."""
        return self._byte.get(letter, _OTHER)

    def read(self, text: str) -> bytes | None:
        """A text with a gap at each end: byte n + 1 is character n. None where it cannot be written so."""
        low = text.lower()
        if len(low) != len(text):
            return None
        try:
            signs = codecs.charmap_encode(low, "strict", self._codes)[0]
        except UnicodeEncodeError:
            return None
        for rare, run in self._runs:
            if rare in signs and run in signs:  # one sign is looked for at a tenth of the cost
                return None
        flat = signs.translate(self._fold)
        scripts = flat.translate(self._scripts)
        if 1 in scripts and 2 in scripts and (_TWO_SCRIPTS[0] in scripts or _TWO_SCRIPTS[1] in scripts):
            return None
        if _APOSTROPHE in flat:
            flat = self._with_gaps(flat, scripts)
        return b" " + flat + b" "

    def language_of(self, flat: bytes, lang: str) -> str:
        """The language of a flat text by its letters, or `lang` where letters do not tell."""
        i, y, russian_i = self._telling
        with_i, with_y, with_russian_i = flat.count(i), flat.count(y), flat.count(russian_i)
        is_cyrillic = with_i or with_y or with_russian_i or 1 in flat.translate(self._scripts)
        if not is_cyrillic:
            return lang
        return by_letters(with_i, with_y, with_russian_i, lang)

    def write(self, line: str) -> bytes:
        """Folded words with a space between them, with a gap at each end; unknown letters match nothing."""
        try:
            flat: bytes = codecs.charmap_encode(line, "strict", self._written)[0]
        except UnicodeEncodeError:  # a tenth as fast
            flat = bytes([self.code(c) for c in line])
        return b" " + flat + b" "

    def spell(self, line: str) -> bytes | None:
        """Folded words with a space between them, with a gap before them; None where a letter has no byte."""
        try:
            flat: bytes = codecs.charmap_encode(line, "strict", self._written)[0]
        except UnicodeEncodeError:
            return None
        return b" " + flat

    def _with_gaps(self, flat: bytes, scripts: bytes) -> bytes:
        """An apostrophe belongs to a word only between Cyrillic letters."""
        made = bytearray(flat)
        last, at = len(made) - 1, flat.find(_APOSTROPHE)
        while at >= 0:
            if not (0 < at < last and scripts[at - 1] == 1 == scripts[at + 1]):
                made[at] = GAP
            at = flat.find(_APOSTROPHE, at + 1)
        return bytes(made)


def _by_byte(letters: Mapping[int, str]) -> str:
    """As codecs.charmap_decode wants them, with a space for a gap."""
    return "".join(letters.get(code, " " if code == GAP else "?") for code in range(256))


def by_letters(with_i: int, with_y: int, with_russian_i: int, lang: str) -> str:
    """The language of a Cyrillic text by how often it has і, ы and и."""
    if lang == "uk" and not with_y:  # a sentence without і, or with few other letters
        return "uk"
    if with_i > with_russian_i * 2:
        return "be"
    if with_i and with_i * 4 > with_russian_i and with_y * 8 < with_i + with_russian_i:
        return "uk"
    return "ru" if with_russian_i or lang not in {"be", "uk"} else lang


def begins_sentence(text: str, begin: int) -> bool:
    """True for a word that surely begins one: behind a full stop that no initial has."""
    if begin == 0 or text[begin - 1] == "\n":
        return True
    last_letters = text[begin - 4 : begin - 2] if begin >= 4 else ""
    return text[begin - 2 : begin] == ". " and last_letters.isalpha() and last_letters.islower()


def is_small_before(text: str, flat: bytes, start: int) -> bool:
    """True if the word right before is written small."""
    if start < 2 or flat[start - 1] == GAP:
        return False
    return text[flat.rfind(b" ", 0, start)].islower()


def word_before(flat: bytes, stop: int) -> bytes:
    """The word that ends before a byte, empty for none."""
    while stop and flat[stop - 1] == GAP:
        stop -= 1
    return flat[flat.rfind(b" ", 0, stop) + 1 : stop]


def word_after(flat: bytes, end: int) -> bytes:
    """The word that begins behind a character, empty for none."""
    begin, n_bytes = end + 1, len(flat)
    while begin < n_bytes and flat[begin] == GAP:
        begin += 1
    return flat[begin : flat.find(GAP, begin)] if begin < n_bytes else b""
