"""One new source as text, written into config/sources; everything else there stays as it is."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from monitor.core.errors import InputError, OutsideError, Problem
from monitor.core.ids import PlaceId
from monitor.crawl.sources import load_sources
from monitor.crawl.types import Source
from monitor.register.types import Place


@dataclass(frozen=True, slots=True)
class NewSource:
    """What a person answers about an outlet. Empty `why_not`: it is polled."""

    url: str
    feed_kind: str
    id: str
    name: str
    name_en: str
    kind: str
    country: str
    region: str
    languages: tuple[str, ...]
    site: str
    zone: str
    show: str
    district: str = ""
    why_not: str = ""
    notes: str = ""
    evidence: str = "unknown"
    rules: Mapping[str, str] = field(default_factory=dict)


def source_row(new: NewSource) -> str:
    """The [[source]] table with its feed, keys in the order of docs/adding/source.md."""
    pairs = {
        "id": new.id, "name": new.name, "name_en": new.name_en, "kind": new.kind, "country": new.country,
        "region": new.region, "district": new.district, "languages": list(new.languages), "site": new.site,
        "zone": new.zone, "show": new.show, "enabled": not new.why_not, "why_not": new.why_not,
        "notes": new.notes,
    }  # fmt: skip
    left_out = {key for key in ("district", "why_not", "notes") if not pairs[key]}
    lines = [f"{key} = {_toml(value)}" for key, value in pairs.items() if key not in left_out]
    feed = [f"url = {_toml(new.url)}", f"kind = {_toml(new.feed_kind)}", f"evidence = {_toml(new.evidence)}"]
    rules = [f"{key} = {_toml(rule)}" for key, rule in new.rules.items()]
    table = ["[source.feed.rules]", *rules] if rules else []
    return "\n".join(("[[source]]", *lines, "", "[[source.feed]]", *feed, *table, ""))


def add_source(folder: Path, places: Mapping[PlaceId, Place], new: NewSource, *, dry_run: bool) -> Path:
    """Append the source to its country's file; that file's path. Comments and other rows stay as they are.

    With `dry_run` everything is checked and nothing written.
    Errors: InputError with every reason when the row does not load beside the others; OutsideError when the
    file cannot be written or changes meanwhile.
    """
    path = folder / f"{new.country.lower()}.toml"
    if not (new.country.isascii() and new.country.isalpha()):  # it names a file
        raise InputError([Problem("country", f"{new.country!r} is not ISO alpha-2")])
    try:
        before = path.read_bytes() if path.exists() else None
        text = _appended(before, new)
        _refuse_unless_one_more(folder, places, path.name, text, new)
        if not dry_run:
            _replace(path, before, text)
    except OSError as error:
        raise OutsideError(f"{path}: cannot be written: {error.strerror}") from error
    return path


def _appended(before: bytes | None, new: NewSource) -> bytes:
    head = (
        before if before is not None else f"# Sources of {new.country}, see docs/adding/source.md\n".encode()
    )
    return head.rstrip(b"\r\n") + b"\n\n" + source_row(new).encode()


def _refuse_unless_one_more(
    folder: Path, places: Mapping[PlaceId, Place], name: str, text: bytes, new: NewSource
) -> None:
    """The whole folder is read as it would be: it must give what it gave, and the new source."""
    before = load_sources(folder, places)
    with TemporaryDirectory(prefix="monitor-sources-") as draft:
        for file in folder.glob("*.toml"):
            shutil.copyfile(file, Path(draft) / file.name)
        (Path(draft) / name).write_bytes(text)
        try:
            after = load_sources(Path(draft), places)
        except InputError as error:
            own = str(folder)  # the draft's place is nobody's business
            told = [
                Problem(p.where.replace(draft, own), p.reason.replace(draft, own)) for p in error.problems
            ]
            raise InputError(told) from error
    kept = [source for source in after if source.id != new.id]
    if sorted(kept, key=_by_id) != sorted(before, key=_by_id) or len(after) != len(before) + 1:
        raise InputError([Problem(name, "the row would change other rows of the file: write it by hand")])


def _by_id(source: Source) -> str:
    return source.id


def _replace(path: Path, before: bytes | None, text: bytes) -> None:
    """Whole or not at all; an edit by somebody else since the file was read is not written over."""
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(text)
    if (path.read_bytes() if path.exists() else None) != before:
        partial.unlink()
        raise OutsideError(f"{path}: was changed meanwhile; nothing was written, try again")
    partial.replace(path)


def proposed_id(url: str, country: str) -> str:
    """The country and the words of the host: by-shklovinfo for https://www.shklovinfo.by/feed/."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    words = [word for part in host.split(".")[:-1] for word in part.split("-") if word.isascii() and word]
    return "-".join([country.lower(), *words])


def _toml(value: object) -> str:
    """A TOML value: what JSON escapes, TOML escapes alike, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "")
