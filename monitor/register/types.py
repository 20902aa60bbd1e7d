"""The register of agreements, the gazetteer and the topics, as read-only data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from monitor.core.ids import AgreementId, FamilyId, PlaceId, TopicId


class Side(StrEnum):
    """Which side of an agreement a party stands on."""

    BY = "by"
    PARTNER = "partner"
    UNION = "union"


class Status(StrEnum):
    """As of the source that documents the agreement."""

    IN_FORCE = "in_force"
    SIGNED = "signed"
    PLANNED = "planned"
    DRAFT = "draft"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Step(StrEnum):
    """What can happen to an agreement, in this order; it can be amended and renewed many times."""

    PLANNED = "planned"
    DRAFT = "draft"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    AMENDED = "amended"
    RENEWED = "renewed"
    EXPIRED = "expired"


KINDS = (
    "treaty", "intergovernmental_agreement", "interagency_agreement", "interregional_agreement",
    "twinning", "memorandum", "protocol", "roadmap", "action_plan", "programme", "commission_decision",
    "contract", "joint_venture", "industrial_park", "project", "institution", "intent", "aggregate",
)  # fmt: skip

PLACE_KINDS = (
    "country", "union", "region", "district", "city", "city_district", "company", "organisation",
    "university", "hospital", "media", "zone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the year, month or day."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """From YYYY, YYYY-MM or YYYY-MM-DD. Raises ValueError on anything else or an impossible date."""
        parts = text.split("-")
        widths = [len(p) for p in parts]
        if widths not in ([4], [4, 2], [4, 2, 2]) or not all(p.isascii() and p.isdigit() for p in parts):
            raise ValueError(f"{text!r} is not YYYY, YYYY-MM or YYYY-MM-DD")
        _, month, day = (*map(int, parts), None, None)[:3]
        # `is None`: a month or day of 00 must be refused, not read as unknown
        date(int(parts[0]), 1 if month is None else month, 1 if day is None else day)
        return cls(int(parts[0]), month, day)

    def first_day(self) -> date:
        """The earliest day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def last_day(self) -> date:
        """The latest day it can mean."""
        if self.day:
            return date(self.year, self.month or 1, self.day)
        month = self.month or 12
        following = date(self.year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{p:02d}" for p in (self.month, self.day) if p is not None]
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Party:
    """One party of an agreement."""

    place: PlaceId
    name: str
    side: Side


@dataclass(frozen=True, slots=True)
class Target:
    """A figure the agreement promises; `by` is YYYY[-MM[-DD]] or None."""

    metric: str
    value: float | str | None
    unit: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One step in the life of an agreement."""

    step: Step
    on: PartialDate | None  # None: the source gives no date
    until: PartialDate | None  # the term that it sets
    note: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that is to be done by a date, and when it was."""

    what: str
    by: PartialDate
    done: PartialDate | None  # None: not done, or not known


@dataclass(frozen=True, slots=True)
class Agreement:
    """One row of the register."""

    id: AgreementId
    title: str
    title_ru: str
    kind: str
    status: Status
    signed: PartialDate | None
    valid_until: PartialDate | None
    parties: tuple[Party, ...]
    topics: tuple[TopicId, ...]  # main first
    targets: tuple[Target, ...]
    count: int | None  # aggregates: how many documents the text speaks of
    part_of: AgreementId | None
    event: str | None
    monitored: bool
    monitor_note: str
    interest: tuple[PlaceId, ...]  # Belarusian regions whose press should cover it, or country-by
    seed: str
    lines: tuple[tuple[int, ...], ...]
    notes: str
    history: tuple[Event, ...] = ()  # as written down; register.history tells it of every agreement
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One gazetteer entry: a place or an organisation that can be a party."""

    id: PlaceId
    kind: str
    name_en: str
    country: str | None  # ISO alpha-2
    parent: PlaceId | None
    names: Mapping[str, tuple[str, ...]]  # language -> standard name, aliases; nominative
    adjectives: Mapping[str, tuple[str, ...]]
    demonyms: Mapping[str, tuple[str, ...]]
    colloquial: Mapping[str, tuple[str, ...]]
    ambiguous: str  # why the name is shared, empty if it is not
    notes: str

    def name(self, lang: str) -> str:
        """The standard name in `lang`, else English."""
        names = self.names.get(lang) or ()
        return names[0] if names else self.name_en


@dataclass(frozen=True, slots=True)
class Topic:
    """One of the 29 documented cooperation topics."""

    id: TopicId
    group: str  # economy | knowledge | people | frameworks
    titles: Mapping[str, str]  # ru, be, en
    definitions: Mapping[str, str]  # ru, be, en
    phrases: tuple[str, ...]  # for the classifier: what articles of the topic say, in any language

    @property
    def texts(self) -> tuple[str, ...]:
        """All that says what the topic is: what a classifier learns of it beside examples."""
        return (*self.titles.values(), *self.definitions.values(), *self.phrases)


@dataclass(frozen=True, slots=True)
class Family:
    """Monitored agreements with the same set of party places; a reader often cannot tell them apart.

    Joins and splits of config/register/families.toml change what the rule gives.
    """

    id: FamilyId  # the first member's agreement id
    members: tuple[AgreementId, ...]
    places: frozenset[PlaceId]
    why: str = ""  # why people joined or split it; empty: made by the rule


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """Which rows count as documents of an aggregate beside its parts; config/register/aggregates.toml."""

    kinds: frozenset[str]  # of agreement
    levels: frozenset[str]  # kinds of place that a party on each side must be


@dataclass(frozen=True, slots=True)
class Subject:
    """What an agreement is about as newspapers tell it; config/register/subjects.jsonl."""

    core: tuple[str, ...]  # Russian and Belarusian words and phrases that tell it from its siblings
    usual: tuple[str, ...]  # that such stories hold too
    english: tuple[str, ...]  # core, for stories that are not in Cyrillic
    stories: tuple[str, ...]  # invented news items on it, and the title of a general one: articles like these


@dataclass(frozen=True, slots=True)
class Register:
    """Everything loaded from config/, in file order.

    `version`: a content hash of what links can depend on; `documents` and reasons of edits are not in it.
    """

    agreements: Mapping[AgreementId, Agreement]
    places: Mapping[PlaceId, Place]
    topics: Mapping[TopicId, Topic]
    families: Mapping[FamilyId, Family]
    version: str
    family_of: Mapping[AgreementId, FamilyId] = field(default_factory=dict)
    documents: Mapping[AgreementId, DocumentRule] = field(default_factory=dict)  # of aggregates
    subjects: Mapping[AgreementId, Subject] = field(default_factory=dict)  # of those that have one

    def ancestors(self, place: PlaceId) -> tuple[PlaceId, ...]:
        """Parents from near to far, without the place itself."""
        found: list[PlaceId] = []
        parent = self.places[place].parent
        while parent is not None and parent not in found:
            found.append(parent)
            parent = self.places[parent].parent
        return tuple(found)
