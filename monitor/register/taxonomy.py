"""What became of topics that were added, renamed, merged or split: read strictly, followed through time."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitor.core.errors import InputError, Problem
from monitor.core.ids import TopicId
from monitor.core.rows import Row, toml_rows

KINDS = ("added", "renamed", "merged", "split")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class TopicChange:
    """One row of taxonomy_changes.toml."""

    kind: str  # one of KINDS
    topic: TopicId  # the old id, empty for an added topic
    to: tuple[TopicId, ...]
    on: date
    why: str


def load_changes(path: Path, topics: Collection[TopicId]) -> tuple[TopicChange, ...]:
    """All changes in the order of the file; none where there is no file (the home is of an older program).

    Errors: InputError with every bad row: one that leads to no topic of `topics`, speaks of a topic that
    still stands there, or stands before an older one.
    """
    if not path.exists():
        return ()
    problems: list[Problem] = []
    rows = toml_rows(path, "change", problems, none_ok=True)
    found = [_change(row) for row in rows]
    for n, (row, change) in enumerate(zip(rows, found, strict=True)):
        _check(row, change, found[:n], found[n + 1 :], topics)
    if problems:
        raise InputError(problems)
    return tuple(found)


def became(changes: Sequence[TopicChange]) -> dict[TopicId, tuple[TopicId, ...]]:
    """Every old topic with the topics of today that stand for it."""
    return {change.topic: followed(change.topic, changes) for change in changes if change.topic}


def followed(topic: TopicId, changes: Sequence[TopicChange]) -> tuple[TopicId, ...]:
    """The topics of today that stand for one of any time; itself where nothing has changed it."""
    names: tuple[TopicId, ...] = (topic,)
    for change in changes:
        if change.topic in names:
            names = tuple(dict.fromkeys(new for name in names for new in _now(name, change)))
    return names


def carried(topic: TopicId, *, is_yes: bool, changes: Sequence[TopicChange]) -> tuple[TopicId, ...]:
    """The topics of today of which a yes or no to an old one still says the same; empty: nobody knows.

    A yes to a topic that was split may mean either part; a no to one that was merged leaves the other.
    """
    names: tuple[TopicId, ...] = (topic,)
    for change in changes:
        if change.topic in names:
            if change.kind == ("split" if is_yes else "merged"):
                return ()
            names = tuple(dict.fromkeys(new for name in names for new in _now(name, change)))
    return names


def unexplained(
    before: Collection[str], now: Collection[TopicId], changes: Sequence[TopicChange]
) -> tuple[str, ...]:
    """Topics of an older run that are gone without a row that says what became of them."""
    known: Mapping[TopicId, object] = became(changes)
    return tuple(sorted(topic for topic in before if topic not in now and topic not in known))


def _now(name: TopicId, change: TopicChange) -> tuple[TopicId, ...]:
    return change.to if name == change.topic else (name,)


def _change(row: Row) -> TopicChange:
    row.keys(("kind", "from", "to", "on", "why"))
    day = row.text("on")
    on = date.min
    try:
        if not _DATE.fullmatch(day):
            raise ValueError(day)
        on = date.fromisoformat(day)
    except ValueError:
        if day:
            row.note(f"on {day!r} is not a day of the form 2027-01-15")
    return TopicChange(
        kind=row.choice("kind", KINDS),
        topic=TopicId(row.text("from", allow_empty=True)),
        to=tuple(map(TopicId, row.texts("to"))),
        on=on,
        why=row.text("why"),
    )


def _check(
    row: Row,
    change: TopicChange,
    before: Sequence[TopicChange],
    after: Sequence[TopicChange],
    topics: Collection[TopicId],
) -> None:
    if bool(change.topic) == (change.kind == "added"):
        row.note("from is the old topic, and empty for an added one")
    if (len(change.to) > 1) != (change.kind == "split") or len(set(change.to)) < max(1, len(change.to)):
        row.note("to names one topic, and for a split several different ones")
    if before and before[-1].on > change.on:
        row.note("stands behind a later change: rows follow each other in time")
    if any(other.topic == change.topic for other in before) and change.topic:
        row.note(f"{change.topic!r} was changed by an earlier row already")
    for new in change.to:
        if new not in topics and all(later.topic != new for later in after):
            row.note(f"topic {new!r} is neither in topics.toml nor changed further down")
    if change.topic in topics and change.topic not in change.to:
        row.note(f"topic {change.topic!r} still stands in topics.toml")
