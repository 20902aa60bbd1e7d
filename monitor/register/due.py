"""What can be asked of an agreement: whether it is due, its term, level, kind and norm. Pure."""

from datetime import date

from monitor.core.ids import PlaceId
from monitor.register.norms import LEVELS, Norm, norm_for
from monitor.register.types import Agreement, Place, Register, Side, Status

DUE = "due"
# Why an agreement is not due; every code needs a sentence in the report.
NOT_DUE_REASONS = (
    "not_monitored", "aggregate", "intent", "expired", "planned", "draft", "unknown_status", "past_term",
    "not_yet_signed",
)  # fmt: skip

_BY_STATUS = {
    Status.EXPIRED: "expired",
    Status.PLANNED: "planned",
    Status.DRAFT: "draft",
    Status.UNKNOWN: "unknown_status",
}
_LEVEL_OF_KIND = {
    "country": "national",
    "union": "national",
    "region": "region",
    "city": "city",
    "city_district": "city",
    "district": "district",
}


def due_state(agreement: Agreement, today: date) -> tuple[bool, str]:
    """Whether coverage can be expected of it today, with "due" or one of NOT_DUE_REASONS.

    Not due means: expired, a count of documents we do not hold, or existence unknown (DESIGN section 7).
    """
    first, last = due_window(agreement)
    if not agreement.monitored:
        reason = "not_monitored"
    elif agreement.kind in ("aggregate", "intent"):
        reason = agreement.kind
    elif agreement.status in _BY_STATUS:
        reason = _BY_STATUS[agreement.status]
    elif last is not None and last < today:
        reason = "past_term"
    elif first is not None and first > today:
        reason = "not_yet_signed"
    else:
        return True, DUE
    return False, reason


def due_window(agreement: Agreement) -> tuple[date | None, date | None]:
    """The first and the last day on which it can be in force; None where the source gives no date.

    A date known to the month or year is read in the agreement's favour: earliest start, latest end.
    """
    first = agreement.signed.first_day() if agreement.signed else None
    last = agreement.valid_until.last_day() if agreement.valid_until else None
    return first, last


def level_of(agreement: Agreement, register: Register) -> str:
    """The level of the smallest Belarusian party: national, region, city or district.

    Companies, universities, bodies and the like count as their seat; unions, and agreements without a party
    seated in Belarus, as national.
    """
    levels = [_level(place, register) for place in _belarusian(agreement, register)]
    return max(levels, key=LEVELS.index, default="national")


def kind_of(agreement: Agreement, register: Register) -> str:
    """government, company, university or other: any company or university on the Belarusian side decides."""
    kinds = {_kind(place, register) for place in _own_side(agreement, register)}
    for kind in ("company", "university", "government", "other"):
        if kind in kinds:
            return kind
    return "government"  # unions and their bodies


def norm_of(agreement: Agreement, register: Register, norms: tuple[Norm, ...]) -> int:
    """Originals in 52 weeks that it deserves."""
    return norm_for(kind_of(agreement, register), level_of(agreement, register), norms).originals


def _own_side(agreement: Agreement, register: Register) -> list[Place]:
    return [register.places[party.place] for party in agreement.parties if party.side is Side.BY]


def _belarusian(agreement: Agreement, register: Register) -> list[PlaceId]:
    """Parties of the Belarusian side with their seat in Belarus; a trading house abroad has no level here."""
    return [place.id for place in _own_side(agreement, register) if place.country == "BY"]


def _level(place: PlaceId, register: Register) -> str:
    for at in (place, *register.ancestors(place)):
        level = _LEVEL_OF_KIND.get(register.places[at].kind)
        if level is not None:
            return level
    return "national"


def _kind(place: Place, register: Register) -> str:
    if place.kind in ("company", "university"):
        return place.kind
    if place.kind in _LEVEL_OF_KIND:
        return "government"
    return "government" if place.kind == "organisation" and _governs(place, register) else "other"


def _governs(body: Place, register: Register) -> bool:
    """A body that the gazetteer files under a country or region governs it; under a city only councils do."""
    if body.name_en.endswith(("Executive Committee", "Council of Deputies")):
        return True
    return body.parent is not None and register.places[body.parent].kind in ("country", "region")
