"""What is asked of the table of gaps: read from an address, applied to a report's rows, offered to choose."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from monitor.core.ids import AgreementId, PlaceId
from monitor.register.types import Register, Side
from monitor.reports.catalogue import Catalogue
from monitor.reports.row_types import Row
from monitor.reports.types import Report
from monitor.web.asked import Asked
from monitor.web.leaf import page_in
from monitor.web.pages.account import Option
from monitor.web.regions import known_region, region_options
from monitor.web.texts import alphabetical, topic_title
from monitor.wiring import App

STATES = ("uncovered", "thin", "undecided", "covered", "unmeasured", "not_due")
DUE = "due"  # all but what is not due
_SORTS: dict[str, Callable[[Row], tuple[object, ...]]] = {
    "order": lambda _row: (),  # as the report has them
    "sure": lambda row: (-row.certainty.p_gap, row.family),
    "found": lambda row: (row.counted.originals, row.family),
    "name": lambda row: (row.members[0].title.casefold(), row.family),
}
_SCOPES = ("own", "national", "both")
_KINDS = ("government", "company", "university", "other")
# When a story was last found: 13 and 4 weeks are for news of change, the state is always that of 52
_SEEN: dict[str, Callable[[int | None], bool]] = {
    "in4": lambda days: days is not None and days < 28,
    "in13": lambda days: days is not None and days < 91,
    "not4": lambda days: days is None or days >= 28,
    "not13": lambda days: days is None or days >= 91,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of the table; all of it stands in the address, so a view can be kept."""

    region: PlaceId
    scope: str = "own"  # the region's rows, as its report counts them; national ones; both
    state: str = ""
    topic: str = ""
    kind: str = ""
    partner: str = ""  # country
    window: str = ""  # when a story was last found
    sort: str = "order"
    page: int = 1

    def query(self, **changes: object) -> str:
        """As the query of an address; what is not chosen is left out."""
        values = {**{name: getattr(self, name) for name in self.__slots__}, **changes}
        usual = {"scope": "own", "sort": "order", "page": 1}
        return urlencode({k: v for k, v in values.items() if v and usual.get(k) != v})


def read_wish(app: App, asked: Asked) -> Wish:
    """What a request's address asks for, as `wish_of`."""
    return wish_of(app, asked.query)


def wish_of(app: App, query: Mapping[str, str]) -> Wish:
    """What an address asks for; what makes no sense is left out, an unknown region is refused."""
    return Wish(
        region=known_region(app, query.get("region", "")),
        scope=_one_of(query.get("scope", ""), _SCOPES) or "own",
        state=_one_of(query.get("state", ""), (*STATES, DUE)),
        topic=_one_of(query.get("topic", ""), app.register.topics),
        kind=_one_of(query.get("kind", ""), _KINDS),
        partner=_one_of(query.get("partner", ""), _countries(app.register)),
        window=_one_of(query.get("window", ""), _SEEN),
        sort=_one_of(query.get("sort", ""), _SORTS) or "order",
        page=page_in(query),
    )


def chosen(report: Report, register: Register, wish: Wish) -> list[Row]:
    """The rows that are asked for, in the order that is asked for."""
    found = [
        row
        for row in report.rows
        if (wish.scope == "both" or row.is_national == (wish.scope == "national"))
        and (wish.state in ("", row.state) or (wish.state == DUE and row.state != "not_due"))
        and (not wish.topic or wish.topic in row.topics)
        and wish.kind in ("", row.kind)
        and (not wish.partner or wish.partner in _partners(row, register))
        and (not wish.window or _SEEN[wish.window](_days_since(row, report)))
    ]
    return sorted(found, key=_SORTS[wish.sort])


def _days_since(row: Row, report: Report) -> int | None:
    """Days from the last story to the end of the report, None where there is none."""
    last = row.counted.last_on
    return None if last is None else max((report.to_on - last) // timedelta(days=1), 0)


def _partners(row: Row, register: Register) -> set[str]:
    """The countries of the foreign parties, of the due members where there are any: as the matrix counts."""
    due = [member for member in row.members if not member.not_due]
    held = (register.agreements[AgreementId(member.id)] for member in due or row.members)
    places = [p.place for one in held for p in one.parties if p.side is Side.PARTNER]
    found = {register.places[place].country for place in places if place in register.places}
    return {country for country in found if country and country != "BY"}


def _countries(register: Register) -> list[str]:
    found = {place.country for place in register.places.values()}
    return sorted(country for country in found if country and country != "BY")


def _one_of(value: str, offered: object) -> str:
    return value if isinstance(offered, (Sequence, dict)) and value in offered else ""


def offered(
    app: App, report: Report, wish: Wish, words: Catalogue, pages: Catalogue
) -> dict[str, tuple[Option, ...]]:
    """What can be chosen, by the field of the page that holds it."""
    register = app.register
    any_one = pages.say("gaps.any")
    topics = [(topic_title(topic, words.lang), str(key)) for key, topic in register.topics.items()]
    here = {country for row in report.rows for country in _partners(row, register)}
    named = [(_country(register, code, words.lang), code) for code in here]
    return {
        "regions": region_options(app, wish.region, words.lang),
        "scopes": tuple(Option(key, pages.say(f"gaps.scope_{key}"), key == wish.scope) for key in _SCOPES),
        "states": _options(
            any_one,
            [(pages.say("gaps.state_due"), DUE), *((words.coded("state", s), s) for s in STATES)],
            wish.state,
        ),
        "windows": _options(any_one, [(pages.say(f"gaps.window_{key}"), key) for key in _SEEN], wish.window),
        "topics": _options(any_one, _sorted(topics), wish.topic),
        "kinds": _options(any_one, [(words.coded("kind", k), k) for k in _KINDS], wish.kind),
        "partners": _options(any_one, _sorted(named), wish.partner),
        "sorts": tuple(Option(key, pages.say(f"gaps.sort_{key}"), key == wish.sort) for key in _SORTS),
    }


def _country(register: Register, code: str, lang: str) -> str:
    """The country's name in the reader's language, its code where the gazetteer has none."""
    place = register.places.get(PlaceId(f"country-{code.lower()}"))
    return place.name(lang) if place else code


def _sorted(offered: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(offered, key=lambda one: (alphabetical(one[0]), one[1]))


def _options(any_one: str, offered: Sequence[tuple[str, str]], value: str) -> tuple[Option, ...]:
    return (Option("", any_one, not value), *(Option(code, text, code == value) for text, code in offered))
