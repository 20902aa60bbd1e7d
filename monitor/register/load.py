"""The register, gazetteer and topics of a config folder: all of it or, with every problem listed, nothing."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from monitor.core.db import canonical_json
from monitor.core.errors import InputError, Problem
from monitor.core.ids import AgreementId, PlaceId, TopicId
from monitor.core.rows import Row, read_json_lines, read_toml
from monitor.register.aggregates import read_documents
from monitor.register.families import by_rule, edited, read_edits
from monitor.register.parse import agreement_of, place_of, topic_of
from monitor.register.regions import RegionNames
from monitor.register.types import Agreement, Place, Register, Topic

Id = TypeVar("Id", bound=str)


def load_register(config: Path, given: Sequence[Row] | None = None) -> Register:
    """The register, gazetteer and topics in a config folder.

    `given`: rows to take in place of its agreements; problems that they have already are reported too.
    Errors: InputError with every problem of all files; nothing is half-loaded.
    """
    problems: list[Problem] = []
    folder = config / "register"
    place_rows = read_json_lines(folder / "places.jsonl", problems)
    if given is None:
        agreement_rows = read_json_lines(folder / "agreements.jsonl", problems)
    else:
        agreement_rows = [Row(row.raw, row.where, problems, row.label) for row in given]
    read = read_toml(config / "topics.toml", problems)
    document, text = read or ({}, "")
    if read is not None and not document:
        problems.append(Problem(str(config / "topics.toml"), "holds no topic"))

    places = _places(place_rows)
    topics = _topics(config / "topics.toml", document, text, problems)
    agreements: dict[AgreementId, Agreement] = {}
    if places and topics:  # without them every row would be refused once more for each name in it
        agreements = _agreements(agreement_rows, places, topics)
    edits = read_edits(folder / "families.toml", problems)
    documents = read_documents(folder / "aggregates.toml", agreements, problems)
    if problems:
        raise InputError(problems)
    found = edited(by_rule(agreements), agreements, edits)
    if problems:  # an edit that cannot be done
        raise InputError(problems)
    contents: list[Any] = [[row.raw for row in agreement_rows], [row.raw for row in place_rows], document]
    if edits:  # an installation without them keeps the version that it had before there were edits
        contents.append([[edit.do, edit.agreements] for edit in edits])
    return Register(
        agreements=agreements,
        places=places,
        topics=topics,
        families=found,
        version=_version(*contents),
        family_of={member: family.id for family in found.values() for member in family.members},
        documents=documents,
    )


def load_topics(path: Path) -> dict[TopicId, Topic]:
    """The topics alone. Errors: InputError."""
    problems: list[Problem] = []
    document, text = read_toml(path, problems) or ({}, "")
    topics = _topics(path, document, text, problems)
    if problems:
        raise InputError(problems)
    return topics


def _places(rows: list[Row]) -> dict[PlaceId, Place]:
    places: dict[PlaceId, Place] = {}
    where: dict[PlaceId, Row] = {}
    for row in rows:
        place = place_of(row)
        _refuse_double(row, place.id, where)
        places.setdefault(place.id, place)
    for place in places.values():
        if place.parent is not None and place.parent not in places:
            where[place.id].note(f"parent {place.parent!r} is not in the gazetteer")
    _refuse_cycles({place.id: place.parent for place in places.values()}, where, "parent")
    return places


def _agreements(
    rows: list[Row],
    places: Mapping[PlaceId, Place],
    topics: Mapping[TopicId, Topic],
) -> dict[AgreementId, Agreement]:
    regions = RegionNames(places)
    agreements: dict[AgreementId, Agreement] = {}
    where: dict[AgreementId, Row] = {}
    for row in rows:
        agreement = agreement_of(row, places, topics, regions.find)
        _refuse_double(row, agreement.id, where)
        agreements.setdefault(agreement.id, agreement)
    for agreement in agreements.values():
        if agreement.part_of is not None and agreement.part_of not in agreements:
            where[agreement.id].note(f"part_of {agreement.part_of!r} is not in the register")
    _refuse_cycles({a.id: a.part_of for a in agreements.values()}, where, "part_of")
    return agreements


def _refuse_double(row: Row, own: Id, where: dict[Id, Row]) -> None:
    if own in where and own:
        row.note(f"id {own!r} stands already at {where[own].where}")
    where.setdefault(own, row)


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


def _version(*contents: Any) -> str:
    """A hash of what was loaded: the same rows give the same version, whatever the spacing of the files."""
    return hashlib.sha256(canonical_json(list(contents)).encode()).hexdigest()[:16]
