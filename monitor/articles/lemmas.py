"""Words of texts and queries in the one form under which the search knows them. Pure.

Russian by a dictionary, the others by tables of endings (config/stems.toml), Chinese letter by letter.
A form is no word for people: it only has to be the same for the forms of one word.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.core.errors import UNREADABLE, InputError, Problem

FILE = "stems.toml"
RULES = 1  # raised when this file reads words in another way: every article is then indexed anew
_WORD = re.compile(r"[^\W_]+(?:['’ʼ`][^\W\d_]+)*")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`")
_LIKE = str.maketrans({"ё": "е", "ґ": "г"})
_LATIN = str.maketrans({"ł": "l", "ß": "ss", "ø": "o", "đ": "d", "æ": "ae"})
_CYRILLIC_LANGS, _LATIN_LANGS = ("ru", "be", "uk"), ("en", "pl", "de", "lt", "lv")
_LONGEST = 60  # letters of a word that are looked at
_REMEMBERED = 60_000
_FOLDED = 20_000  # words, some 7 MB

Readings = Callable[[str], Sequence[str]]  # normal forms of a Russian word, the likeliest first


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: where it stands, and its forms, the first being the likeliest."""

    start: int
    end: int
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Endings:
    """The table of one language."""

    least: int  # letters that stay
    endings: tuple[str, ...]  # the longest first
    becomes: tuple[tuple[str, str], ...]

    def stem(self, word: str) -> str:
        """What is left of a folded word."""
        found = next((e for e in self.endings if word.endswith(e) and len(word) - len(e) >= self.least), "")
        rest = word.removesuffix(found) if found else word
        for old, new in self.becomes:
            if rest.endswith(old):
                return rest.removesuffix(old) + new
        return rest


class Lemmas:
    """Brings words to their forms; remembers those it has seen. Safe among threads."""

    def __init__(self, tables: Mapping[str, Endings], readings: Readings, fingerprint: str) -> None:
        """`fingerprint`: changes with the tables, the dictionary and the rules."""
        self._tables = tables
        self._readings = readings
        self.fingerprint = fingerprint
        self._forms = lru_cache(_REMEMBERED)(self._read)

    def words(self, text: str, lang: str) -> Iterator[Word]:
        """The words of a text of this language, in order."""
        for start, end in spans(text):
            word = text[start:end]
            yield Word(start, end, self._forms(word.casefold(), _rule(word, lang)))

    def variants(self, word: str, langs: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The forms of a word of a query, by rule; "" is the word as it is. `langs`: empty for all."""
        known = langs or (_CYRILLIC_LANGS if _CYRILLIC.search(word) else _LATIN_LANGS)
        rules = {"": None, **dict.fromkeys(_rule(word, lang) for lang in known)}
        return {rule: self._forms(word.casefold(), rule) for rule in rules}

    def _read(self, word: str, rule: str) -> tuple[str, ...]:
        folded = fold(word)
        if rule == "ru":
            found = [fold(form) for form in self._readings(word[:_LONGEST])]
            return tuple(dict.fromkeys(found)) or (folded,)
        table = self._tables.get(rule)
        return (table.stem(folded),) if table and not folded.isdigit() else (folded,)


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of a text stand; each Chinese letter is one."""
    for found in _WORD.finditer(text):
        start, end = found.span()
        at = start
        for han in _HAN.finditer(text, start, end):
            if han.start() > at:
                yield at, han.start()
            yield han.span()
            at = han.end()
        if at < end:
            yield at, end


def fold(word: str) -> str:
    """Lower case without apostrophes and marks; see config/stems.toml."""
    return _remembered(word) if len(word) <= _LONGEST else _fold(word)  # what is remembered stays small


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFC", word.casefold()).translate(_APOSTROPHES)[:_LONGEST].translate(_LIKE)
    if _CYRILLIC.search(plain):
        head = "у" if plain[:1] == "ў" else plain[:1]
        return head + plain[1:].replace("ў", "в")
    apart = unicodedata.normalize("NFKD", plain.translate(_LATIN))
    return "".join(letter for letter in apart if letter.isalnum())


_remembered = lru_cache(_FOLDED)(_fold)  # most words of a page of results have just been folded


def load_endings(path: Path) -> tuple[dict[str, Endings], str]:
    """The tables by language, and a fingerprint of them. Errors: InputError with file and reason."""
    try:
        raw = path.read_bytes()
        held = tomllib.loads(raw.decode("utf-8-sig"))
        tables = {lang: _table(rows) for lang, rows in held.items()}
    except UNREADABLE as error:
        raise InputError([Problem(str(path), f"is no table of endings: {error!r}")]) from error
    return tables, hashlib.sha256(raw).hexdigest()[:12]


def _table(rows: Mapping[str, Any]) -> Endings:
    endings = sorted({str(one) for one in rows["endings"]}, key=lambda one: (-len(one), one))
    becomes = tuple((str(old), str(new)) for old, new in rows["becomes"])
    return Endings(int(rows["least"]), tuple(endings), becomes)


def _rule(word: str, lang: str) -> str:
    """The language whose table is used: the text's own, where its script is the word's."""
    if _HAN.match(word):
        return ""
    langs = _CYRILLIC_LANGS if _CYRILLIC.search(word) else _LATIN_LANGS
    if lang in langs:
        return lang
    return langs[0]  # a Russian word in a Polish text, an English name in a Russian one
