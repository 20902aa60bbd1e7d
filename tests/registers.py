"""Registers that somebody has edited: each of EDITS gives another register of one; it draws which row."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace

from monitor.core.ids import AgreementId, FamilyId, PlaceId, TopicId
from monitor.register.families import by_rule
from monitor.register.types import Agreement, PartialDate, Party, Place, Register, Side

Edit = Callable[[Register, random.Random], Register]


def with_rows(register: Register, rows: Mapping[AgreementId, Agreement]) -> Register:
    """A register of other rows; their families are those of the rule."""
    return replace(register, agreements=rows, families=by_rule(rows))


def row_added(register: Register, rng: random.Random) -> Register:
    """A twinning of two towns that had none."""
    towns = [p.id for p in register.places.values() if p.kind == "city"]
    ours = rng.choice([place for place in towns if register.places[place].country == "BY"])
    theirs = rng.choice([place for place in towns if register.places[place].country == "RU"])
    parties = (Party(ours, "ours", Side.BY), Party(theirs, "theirs", Side.PARTNER))
    row = replace(_any(register, rng), id=AgreementId("AGR-9001"), parties=parties, part_of=None, event=None)
    return with_rows(register, {**register.agreements, row.id: row})


def row_dropped(register: Register, rng: random.Random) -> Register:
    """One agreement less."""
    gone = _any(register, rng).id
    return with_rows(register, {key: row for key, row in register.agreements.items() if key != gone})


def party_changed(register: Register, rng: random.Random) -> Register:
    """A partner in place of another."""
    row, other = _any(register, rng), _any(register, rng)
    partners = tuple(party for party in other.parties if party.side is Side.PARTNER)
    parties = (*(party for party in row.parties if party.side is Side.BY), *partners)
    return _changed(register, replace(row, parties=parties))


def dates_changed(register: Register, rng: random.Random) -> Register:
    """A row signed in another year."""
    return _changed(register, replace(_any(register, rng), signed=PartialDate(rng.randrange(1994, 2020), 5)))


def title_changed(register: Register, rng: random.Random) -> Register:
    """A row with the title and the topics of another."""
    row, other = _any(register, rng), _any(register, rng)
    topics = (TopicId("culture"), *other.topics[:1])
    return _changed(register, replace(row, title=other.title, title_ru=other.title_ru, topics=topics))


def subject_changed(register: Register, rng: random.Random) -> Register:
    """A row that is about what another is about."""
    row, other = _any(register, rng), _any(register, rng)
    return replace(register, subjects={**register.subjects, row.id: register.subjects[other.id]})


def family_split(register: Register, rng: random.Random) -> Register:
    """Two families of what was one."""
    joined = [family for family in register.families.values() if len(family.members) > 1]
    whole = rng.choice(joined)
    last = whole.members[-1]
    parts = (replace(whole, members=whole.members[:-1]), replace(whole, id=FamilyId(last), members=(last,)))
    families = {**register.families, **{part.id: part for part in parts}}
    return replace(register, families=families)


def town_moved(register: Register, rng: random.Random) -> Register:
    """A town of another name under another region of its country."""
    towns = [p for p in register.places.values() if p.kind == "city" and p.country == "KZ"]
    town, other = rng.choice(towns), rng.choice(towns)
    return _placed(register, replace(town, parent=other.parent, names={"ru": ("Новоград",)}))


def towns_renamed(register: Register, rng: random.Random) -> Register:
    """Towns and districts at home and in Russia that are called otherwise too."""
    towns = [
        p for p in register.places.values() if p.kind in ("city", "district") and p.country in ("BY", "RU")
    ]
    for place in rng.sample(towns, 12):
        names = {**place.names, "ru": (*place.names.get("ru", ()), f"{place.name('ru')} Новый")}
        register = _placed(register, replace(place, names=names))
    return register


def village_added(register: Register, rng: random.Random) -> Register:
    """A town that nobody knew, called like another."""
    towns = [p for p in register.places.values() if p.kind == "city" and p.parent is not None]
    return _placed(register, replace(rng.choice(towns), id=PlaceId("xx-new-town")))


GAZETTEERS: tuple[Edit, ...] = (town_moved, towns_renamed, village_added)
EDITS: tuple[Edit, ...] = (
    row_added, row_dropped, party_changed, dates_changed, title_changed, subject_changed, family_split,
    *GAZETTEERS,
)  # fmt: skip


def _any(register: Register, rng: random.Random) -> Agreement:
    """A monitored row with both sides."""
    sided = [
        row for row in register.agreements.values()
        if row.monitored and {Side.BY, Side.PARTNER} <= {party.side for party in row.parties}
    ]  # fmt: skip
    return rng.choice(sided)


def _changed(register: Register, row: Agreement) -> Register:
    return with_rows(register, {**register.agreements, row.id: row})


def _placed(register: Register, place: Place) -> Register:
    return replace(register, places={**register.places, place.id: place})
