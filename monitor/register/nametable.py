"""All name forms: made once, kept in a folder under the hash of what made them; those used last are kept."""

import hashlib
import json
import os
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from monitor.core.errors import UNREADABLE, InputError, Problem
from monitor.register.formtable import FormTable
from monitor.register.inflection import AdjectiveClass, Cases, Inflector, NounRow, Tables
from monitor.register.names import NameForm, forms
from monitor.register.types import Place

log = structlog.get_logger(__name__)

_SUFFIX = "_inflection.toml"
_CODE = ("names.py", "inflection.py", "nametable.py", "formtable.py", "folding.py")
_KEPT = 4  # tables: of the register, of the one that current links were made with, and of both before an edit
_TORN_S = 86_400.0  # after which a part is of a process that was killed: to write one takes a second
_WITH_DICTIONARY = frozenset({"ru"})  # languages for which a dictionary package is installed


def name_forms(places: Iterable[Place], *, config: Path, folder: Path) -> FormTable:
    """Every form of every place, from `folder` if it holds them, else made now (some ten seconds) and kept.

    `config` is the folder that holds languages/. The file's name is a hash of places, tables and code:
    a stale table is never read. Errors: InputError for a broken table of endings.
    """
    listed = list(places)
    path = folder / f"names-{forms_version(listed, config)}.json"
    kept = _read(path)
    if kept is not None:
        return kept
    found = FormTable.of(make_forms(listed, config))
    _write(path, found)
    _drop_old(path)
    return found


def make_forms(places: Iterable[Place], config: Path) -> tuple[NameForm, ...]:
    """Every form of every place, made now. Errors: as `name_forms`."""
    grammar = load_grammar(config)
    more, people = load_adjectives(config), load_people(config)
    given = (_with_people(_with_adjectives(place, more), people) for place in places)
    return tuple(form for place in given for form in forms(place, grammar))


def load_grammar(config: Path) -> dict[str, Inflector]:
    """An inflector for every languages/<xx>_inflection.toml. Errors: InputError naming file and key."""
    grammar: dict[str, Inflector] = {}
    for path in sorted((config / "languages").glob(f"*{_SUFFIX}")):
        lang = path.name.removesuffix(_SUFFIX)
        grammar[lang] = Inflector(_tables(path), _dictionary() if lang in _WITH_DICTIONARY else None)
    return grammar


def load_adjectives(config: Path) -> dict[str, dict[str, list[str]]]:
    """place -> language -> adjectives of languages/adjectives.toml. Errors: InputError naming the file."""
    return _given(config)[0]


def load_people(config: Path) -> dict[str, dict[str, list[str]]]:
    """place -> language -> inhabitants of the same file, under "people". Errors: the same."""
    return _given(config)[1]


def _given(config: Path) -> tuple[dict[str, dict[str, list[str]]], dict[str, dict[str, list[str]]]]:
    path = config / "languages" / "adjectives.toml"
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
        people = raw.pop("people", {})
        return _by_place(raw), _by_place(people)
    except UNREADABLE as error:
        raise InputError([Problem(str(path), f"not a table of adjectives: {error}")]) from error


def _by_place(raw: Mapping[str, Mapping[str, Iterable[str]]]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for lang, places in raw.items():
        for place, listed in places.items():
            found.setdefault(place, {})[lang] = list(listed)
    return found


def _with_adjectives(place: Place, more: Mapping[str, Mapping[str, list[str]]]) -> Place:
    return replace(place, adjectives=_merged(place.adjectives, more.get(place.id, {})))


def _with_people(place: Place, more: Mapping[str, Mapping[str, list[str]]]) -> Place:
    return replace(place, demonyms=_merged(place.demonyms, more.get(place.id, {})))


def _merged(
    own: Mapping[str, Iterable[str]], more: Mapping[str, Iterable[str]]
) -> dict[str, tuple[str, ...]]:
    merged = {lang: tuple(listed) for lang, listed in own.items()}
    for lang, listed in more.items():
        merged[lang] = (*merged.get(lang, ()), *listed)
    return merged


def _dictionary() -> Any:
    import pymorphy3  # 0.1 s and 20 MB: only where a table is made

    return pymorphy3.MorphAnalyzer()


def _tables(path: Path) -> Tables:
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
        return Tables(
            nouns=tuple(NounRow(ends, gender, _cases(cases)) for ends, gender, cases in raw["noun"]),
            adjectives=tuple(_adjective(row) for row in raw["adjective"]),
            inhabitants=tuple((ends, tuple(forms.split())) for ends, forms in raw.get("inhabitants", ())),
            acronym=tuple(raw.get("acronym", ())),
            joints=frozenset(raw.get("joints", ())),
            pairs=frozenset(raw.get("pairs", ())),
            common=frozenset(raw.get("common", ())),
            proper=frozenset(raw.get("proper", ())),
            people=frozenset(raw.get("people", ())),
            surnames=frozenset(raw.get("surnames", ())),
            adjective_follows=bool(raw.get("adjective_follows", False)),
            head_last=bool(raw.get("head_last", False)),
            home_tails=tuple(raw.get("home_tails", ())),
            namesake=tuple(raw.get("namesake", ())),
            people_of=_pair(raw.get("people_of", ("", ""))),
            people_of_town=tuple((one, other) for one, other in raw.get("people_of_town", ())),
            of_places=tuple(raw.get("of_places", ())),
            otherwise=tuple((one, other) for one, other in raw.get("otherwise", ())),
            adjective_of=tuple((one, other) for one, other in raw.get("adjective_of", ())),
            company_tails=tuple(raw.get("company_tails", ())),
            phrases=tuple((given, tuple(others)) for given, *others in raw.get("phrases", ())),
        )
    except UNREADABLE as error:
        raise InputError([Problem(str(path), f"not a table of endings: {error}")]) from error


def _pair(listed: Sequence[str]) -> tuple[str, str]:
    one, other = listed
    return one, other


def _adjective(row: Mapping[str, str]) -> AdjectiveClass:
    endings = {gender: _cases(row[gender]) for gender in ("m", "f", "n", "p")}
    return AdjectiveClass(row["after"], endings, row.get("link", ""))


def _cases(text: str) -> Cases:
    cases = tuple(
        tuple(ending.replace("_", "") for ending in case.split("/") if ending != "-") for case in text.split()
    )
    if len(cases) != 6:
        raise ValueError(f"{text!r} has {len(cases)} cases, not six")
    return cases


def forms_version(places: Sequence[Place], config: Path) -> str:
    """A hash of all that the forms of these places are made of. Errors: OSError."""
    digest = hashlib.sha256()
    for place in places:
        digest.update(repr(_plain(place)).encode())
    languages = config / "languages"
    for path in [*sorted(languages.glob(f"*{_SUFFIX}")), languages / "adjectives.toml"]:
        # one that is missing is refused by its reader, when the table is made
        digest.update(path.name.encode() + (path.read_bytes() if path.is_file() else b""))
    for name in _CODE:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()[:16]


def _plain(place: Place) -> list[Any]:
    lists = (place.names, place.adjectives, place.demonyms, place.colloquial)
    sorted_lists = [sorted((lang, tuple(words)) for lang, words in listed.items()) for listed in lists]
    return [place.id, place.kind, place.country, place.ambiguous, *sorted_lists]


def _write(path: Path, found: FormTable) -> None:
    """A table that cannot be kept, as on a full disk, costs the next start its time and nothing else."""
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(found.doc(), ensure_ascii=False, separators=(",", ":")), "utf-8")
        part.replace(path)
    except OSError as error:
        log.warning("name_forms_not_kept", path=str(path), why=str(error))
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _read(path: Path) -> FormTable | None:
    """None when there is none, also since just now, or it is damaged: it can be made again."""
    try:
        kept = FormTable.read(json.loads(path.read_text("utf-8")))
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, OverflowError):
        return None
    with suppress(OSError):  # a cache of somebody else
        os.utime(path)
    return kept


def _drop_old(new: Path) -> None:
    """Delete all but the tables used last, beside a new one. Who reads one of the others has it open, or
    makes it again."""
    with suppress(OSError):  # another process drops them too
        used = {path: path.stat().st_mtime for path in new.parent.glob("names-*.json") if path != new}
        for path in sorted(used, key=used.__getitem__)[: -(_KEPT - 1)]:
            path.unlink(missing_ok=True)
        for part in new.parent.glob("names-*.part"):
            if part.stat().st_mtime < time.time() - _TORN_S:
                part.unlink(missing_ok=True)
