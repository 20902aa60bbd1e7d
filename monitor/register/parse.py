"""One row of a register file to one frozen value; what is wrong with it becomes a problem. Reads no file."""

import re
from collections.abc import Callable, Collection, Mapping

from monitor.core.ids import AgreementId, PlaceId, TopicId
from monitor.core.rows import Row
from monitor.register.history import check_history, history_of_row, milestones_of_row, partial_date
from monitor.register.types import (
    KINDS,
    PLACE_KINDS,
    Agreement,
    Party,
    Place,
    Side,
    Status,
    Target,
    Topic,
)

TOPIC_GROUPS = ("economy", "knowledge", "people", "frameworks")
LANGUAGES = ("ru", "be", "en")  # every text that people read is kept in these
_AGREEMENT_ID = re.compile(r"AGR-[0-9]{4}")
_PLACE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_TOPIC_ID = re.compile(r"[a-z]+(_[a-z]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_LARGEST_FIGURE = 10**18  # the register's largest target is counted in billions
_STATUSES = {status.value: status for status in Status}
_SIDES = {side.value: side for side in Side}
AGREEMENT_KEYS = (
    "id", "title", "title_ru", "kind", "status", "signed", "valid_until", "parties", "topics", "targets",
    "count", "part_of", "event", "monitored", "monitor_note", "interest", "seed", "lines", "notes",
)  # fmt: skip
OPTIONAL_KEYS = ("history", "milestones")
_PLACE_KEYS = (
    "id", "kind", "name_en", "country", "parent", "names", "adjectives", "demonyms", "colloquial",
    "raw_names", "ambiguous", "notes",
)  # fmt: skip


def agreement_of(
    row: Row,
    places: Mapping[PlaceId, Place],
    topics: Collection[TopicId],
    region: Callable[[str], PlaceId | None],
) -> Agreement:
    """The agreement in a row, which may refer to `places` and `topics`; `region` reads its `interest`."""
    row.keys(AGREEMENT_KEYS, OPTIONAL_KEYS)
    signed, valid_until = partial_date(row, "signed"), partial_date(row, "valid_until")
    if signed and valid_until and signed.first_day() > valid_until.last_day():
        row.note(f"signed {signed} after valid_until {valid_until}")
    part_of = row.optional_text("part_of")
    status = _status(row)
    history = history_of_row(row)
    check_history(row, history, status=status, signed=signed, valid_until=valid_until)
    return Agreement(
        id=AgreementId(_matching(row, "id", _AGREEMENT_ID, "AGR- and four digits")),
        title=row.text("title"),
        title_ru=row.text("title_ru"),
        kind=row.choice("kind", KINDS),
        status=status,
        signed=signed,
        valid_until=valid_until,
        parties=_parties(row, places),
        topics=_topics(row, topics),
        targets=tuple(_target(target) for target in row.tables("targets")),
        count=None if row.raw.get("count") is None else row.whole("count", least=1),
        part_of=None if part_of is None else AgreementId(part_of),
        event=row.optional_text("event"),
        monitored=row.flag("monitored"),
        monitor_note=row.text("monitor_note", allow_empty=True),
        interest=_interest(row, places, region),
        seed=row.text("seed", allow_empty=True),
        lines=_lines(row),
        notes=row.text("notes", allow_empty=True),
        history=history,
        milestones=milestones_of_row(row),
    )


def place_of(row: Row) -> Place:
    """The gazetteer entry in a row. Whether its parent exists is for the whole file to say."""
    row.keys(_PLACE_KEYS)
    row.texts("raw_names")  # how registers spell it: for people, nothing reads it
    parent = row.optional_text("parent")
    country = None if row.raw.get("country") is None else _matching(row, "country", _COUNTRY, "ISO alpha-2")
    return Place(
        id=PlaceId(_matching(row, "id", _PLACE_ID, "lower-case words joined by hyphens")),
        kind=row.choice("kind", PLACE_KINDS),
        name_en=row.text("name_en"),
        country=country,
        parent=None if parent is None else PlaceId(parent),
        names=_by_language(row, "names"),
        adjectives=_by_language(row, "adjectives"),
        demonyms=_by_language(row, "demonyms"),
        colloquial=_by_language(row, "colloquial"),
        ambiguous=row.text("ambiguous", allow_empty=True),
        notes=row.text("notes", allow_empty=True),
    )


def topic_of(topic_id: str, row: Row) -> Topic:
    """The topic in a table of topics.toml."""
    row.keys(("group", "title", "definition"), optional=("phrases",))
    if not _TOPIC_ID.fullmatch(topic_id):
        row.note("a topic id is lower-case words joined by underscores")
    titles, definitions = row.table("title"), row.table("definition")
    for texts, key in ((titles, "title"), (definitions, "definition")):
        if key in row.raw:
            texts.keys(LANGUAGES)
    return Topic(
        id=TopicId(topic_id),
        group=row.choice("group", TOPIC_GROUPS),
        titles={lang: titles.text(lang) for lang in LANGUAGES},
        definitions={lang: definitions.text(lang) for lang in LANGUAGES},
        phrases=row.texts("phrases"),
    )


def _matching(row: Row, key: str, pattern: re.Pattern[str], word: str) -> str:
    value = row.text(key)
    if value and not pattern.fullmatch(value):
        row.note(f"{key} {value!r} is not {word}")
    return value


def _status(row: Row) -> Status:
    return _STATUSES.get(row.choice("status", _STATUSES), Status.UNKNOWN)


def _parties(row: Row, places: Collection[str]) -> tuple[Party, ...]:
    parties: list[Party] = []
    for party in row.tables("parties"):
        party.keys(("place", "name", "side"))
        place = party.text("place")
        if place and place not in places:
            party.note(f"place {place!r} is not in the gazetteer")
        if any(place == known.place for known in parties):
            party.note(f"place {place!r} stands twice")
        side = _SIDES.get(party.choice("side", _SIDES), Side.PARTNER)
        parties.append(Party(PlaceId(place), party.text("name"), side))
    if row.raw.get("parties") == []:
        row.note("parties is empty")
    return tuple(parties)


def _topics(row: Row, topics: Collection[str]) -> tuple[TopicId, ...]:
    found = row.texts("topics")
    for topic in found:
        if topic not in topics:
            row.note(f"topic {topic!r} is not in topics.toml")
    if len(set(found)) < len(found):
        row.note("topics names a topic twice")
    if row.raw.get("topics") == []:
        row.note("topics is empty")
    return tuple(TopicId(topic) for topic in found)


def _target(row: Row) -> Target:
    row.keys(("metric", "value", "unit", "by"))
    by = partial_date(row, "by")
    return Target(row.text("metric"), _figure(row), row.optional_text("unit"), str(by) if by else None)


def _figure(row: Row) -> float | str | None:
    value = row.raw.get("value")
    if value is None or isinstance(value, str):
        return row.optional_text("value")
    if isinstance(value, bool | list | dict):
        row.note("value must be a number, a string or null")
    elif abs(value) > _LARGEST_FIGURE:  # also inf, and whole numbers that no float can hold
        row.note("value is too large")
    else:
        return float(value)
    return None


def _interest(
    row: Row, places: Mapping[PlaceId, Place], region: Callable[[str], PlaceId | None]
) -> tuple[PlaceId, ...]:
    found: list[PlaceId] = []
    for text in row.texts("interest"):
        place = region(text)
        if place is None:
            row.note(f"interest {text!r} names no place, or more than one")
        elif places[place].country != "BY":
            row.note(f"interest {text!r} is not in Belarus")
        elif place not in found:
            found.append(place)
    if row.raw.get("interest") == []:
        row.note("interest is empty")
    return tuple(found)


def _lines(row: Row) -> tuple[tuple[int, ...], ...]:
    value = row.raw.get("lines", [])
    is_good = isinstance(value, list) and all(_is_span(span) for span in value)
    if not is_good:
        row.note("lines must be a list of [first, last] line numbers")
        return ()
    return tuple(tuple(span) for span in value)


def _is_span(span: object) -> bool:
    if not isinstance(span, list) or len(span) != 2:
        return False
    is_whole = all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in span)
    return is_whole and span[0] <= span[1]


def _by_language(row: Row, key: str) -> dict[str, tuple[str, ...]]:
    table = row.table(key)
    for lang in table.raw:
        if not _LANGUAGE.fullmatch(lang):
            table.note(f"{lang!r} is not a language code")
    return {lang: table.texts(lang) for lang in table.raw}
