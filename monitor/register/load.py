"""The register, gazetteer and topics of a config folder: all of it or, with every problem listed, nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from monitor.core.db import canonical_json
from monitor.core.errors import InputError, Problem
from monitor.core.ids import AgreementId, PlaceId, TopicId
from monitor.core.rows import Row, json_lines, read_content, read_json_lines, read_toml
from monitor.register.aggregates import read_documents
from monitor.register.families import by_rule, edited, read_edits
from monitor.register.parse import agreement_of, place_of, topic_of
from monitor.register.regions import RegionNames
from monitor.register.subjects import read_subjects
from monitor.register.types import Agreement, Place, Register, Topic

Id = TypeVar("Id", bound=str)


def load_register(config: Path, given: Sequence[Row] | None = None) -> Register:
    """The register, gazetteer and topics in a config folder.

    `given`: rows to take in place of its agreements; problems that they have already are reported too.
    Errors: InputError with every problem of all files; nothing is half-loaded.
    """
    problems: list[Problem] = []
    folder = config / "register"
    gazetteer = _gazetteer(folder / "places.jsonl", problems)
    if given is None:
        agreement_rows = read_json_lines(folder / "agreements.jsonl", problems)
    else:
        agreement_rows = [Row(row.raw, row.where, problems, row.label) for row in given]
    read = read_toml(config / "topics.toml", problems)
    document, text = read or ({}, "")
    if read is not None and not document:
        problems.append(Problem(str(config / "topics.toml"), "holds no topic"))

    places = gazetteer.places
    topics = _topics(config / "topics.toml", document, text, problems)
    agreements: dict[AgreementId, Agreement] = {}
    if places and topics:  # without them every row would be refused once more for each name in it
        agreements = _agreements(agreement_rows, gazetteer, topics)
    edits = read_edits(folder / "families.toml", problems)
    documents = read_documents(folder / "aggregates.toml", agreements, problems)
    subjects = read_subjects(folder / "subjects.jsonl", agreements, problems)
    if problems:
        raise InputError(problems)
    found = edited(by_rule(agreements), agreements, edits)
    if problems:  # an edit that cannot be done
        raise InputError(problems)
    contents = [canonical_json([row.raw for row in agreement_rows]), gazetteer.text, canonical_json(document)]
    if edits:  # an installation without them keeps the version that it had before there were edits
        contents.append(canonical_json([[edit.do, edit.agreements] for edit in edits]))
    if subjects:
        contents.append(canonical_json([[own, *astuple(subjects[own])] for own in sorted(subjects)]))
    return Register(
        agreements=agreements,
        places=places,
        topics=topics,
        families=found,
        version=_version(*contents),
        family_of={member: family.id for family in found.values() for member in family.members},
        documents=documents,
        subjects=subjects,
    )


def load_topics(path: Path) -> dict[TopicId, Topic]:
    """The topics alone. Errors: InputError."""
    problems: list[Problem] = []
    document, text = read_toml(path, problems) or ({}, "")
    topics = _topics(path, document, text, problems)
    if problems:
        raise InputError(problems)
    return topics


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    """The places of a file. `text`: its rows as the version of the register counts them."""

    places: dict[PlaceId, Place]
    text: str
    regions: RegionNames


def _gazetteer(path: Path, problems: list[Problem]) -> _Gazetteer:
    content = read_content(path, problems)
    if content is None:
        return _Gazetteer({}, "[]", RegionNames({}))
    return _good_gazetteer(content) or _read_gazetteer(content, str(path), problems)


@lru_cache(maxsize=1)  # most of a register's time goes into it, and an edit of the register does not touch it
def _good_gazetteer(content: bytes) -> _Gazetteer | None:
    """None where there is something to be said of it: then the problems are wanted, with their path."""
    problems: list[Problem] = []
    found = _read_gazetteer(content, "", problems)
    return None if problems else found


def _read_gazetteer(content: bytes, path: str, problems: list[Problem]) -> _Gazetteer:
    rows = json_lines(content, path, problems)
    places = _places(rows)
    return _Gazetteer(places, canonical_json([row.raw for row in rows]), RegionNames(places))


def _places(rows: list[Row]) -> dict[PlaceId, Place]:
    places: dict[PlaceId, Place] = {}
    where: dict[PlaceId, Row] = {}
    for row in rows:
        place = place_of(row)
        row.refuse_double("id", place.id, where)
        places.setdefault(place.id, place)
    for place in places.values():
        if place.parent is not None and place.parent not in places:
            where[place.id].note(f"parent {place.parent!r} is not in the gazetteer")
    _refuse_cycles({place.id: place.parent for place in places.values()}, where, "parent")
    return places


def _agreements(
    rows: list[Row],
    gazetteer: _Gazetteer,
    topics: Mapping[TopicId, Topic],
) -> dict[AgreementId, Agreement]:
    agreements: dict[AgreementId, Agreement] = {}
    where: dict[AgreementId, Row] = {}
    for row in rows:
        agreement = agreement_of(row, gazetteer.places, topics, gazetteer.regions.find)
        row.refuse_double("id", agreement.id, where)
        agreements.setdefault(agreement.id, agreement)
    for agreement in agreements.values():
        if agreement.part_of is not None and agreement.part_of not in agreements:
            where[agreement.id].note(f"part_of {agreement.part_of!r} is not in the register")
    _refuse_cycles({a.id: a.part_of for a in agreements.values()}, where, "part_of")
    return agreements


def _refuse_cycles(parents: Mapping[Id, Id | None], where: Mapping[Id, Row], key: str) -> None:
    """Note each cycle once, at its first row."""
    done: set[Id] = set()
    for start in parents:
        path: list[Id] = []
        at: Id | None = start
        while at is not None and at in parents and at not in done and at not in path:
            path.append(at)
            at = parents[at]
        if at in path:
            cycle = path[path.index(at) :]
            where[cycle[0]].note(f"{key} runs in a circle: {' -> '.join([*cycle, cycle[0]])}")
        done.update(path)


def _topics(
    path: Path, document: Mapping[str, Any], text: str, problems: list[Problem]
) -> dict[TopicId, Topic]:
    lines = text.splitlines()
    topics: dict[TopicId, Topic] = {}
    for topic_id, raw in document.items():
        header = f"[{topic_id}]"
        where = f"{path}:{lines.index(header) + 1}" if header in lines else str(path)
        if isinstance(raw, dict):
            row = Row(raw, where, problems, f"topic {topic_id!r}: ")
            topics[TopicId(topic_id)] = topic_of(topic_id, row)
        else:
            problems.append(Problem(where, f"{topic_id!r} must be a table"))
    return topics


def _version(*contents: str) -> str:
    """A hash of what was loaded: the same rows give the same version, whatever the spacing of the files.

    `contents`: canonical JSON of each; together they are hashed as one list.
    """
    return hashlib.sha256(f"[{','.join(contents)}]".encode()).hexdigest()[:16]
