"""The table of a region: every agreement with its state, filtered and sorted; and exactly that as a sheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from monitor.core.ids import PlaceId
from monitor.register.types import Register
from monitor.reports.catalogue import Catalogue, catalogue
from monitor.reports.formats import csv
from monitor.reports.phrases import Phrases
from monitor.reports.types import Report, Row
from monitor.web.asked import Asked, Raw, RefusedError, Shown
from monitor.web.desk import Desk
from monitor.web.pages.account import Option
from monitor.web.pages.subscribe import regions
from monitor.web.words import page_words
from monitor.wiring import App

STATES = ("uncovered", "thin", "undecided", "covered", "unmeasured", "not_due")
ROWS_A_PAGE = 40
_SORTS: dict[str, Callable[[Row], tuple[object, ...]]] = {
    "order": lambda _row: (),  # as the report has them
    "sure": lambda row: (-row.certainty.p_gap, row.family),
    "found": lambda row: (row.counted.originals, row.family),
    "name": lambda row: (row.members[0].title.casefold(), row.family),
}
_SCOPES = ("own", "national", "both")
_KINDS = ("government", "company", "university", "other")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of the table; all of it stands in the address, so a view can be kept as a bookmark."""

    region: PlaceId
    scope: str = "own"  # the region's rows, as its report counts them; national ones; both
    state: str = ""
    topic: str = ""
    kind: str = ""
    partner: str = ""  # country
    sort: str = "order"
    page: int = 1

    def query(self, **changes: object) -> str:
        """As the query of an address; what is not chosen is left out."""
        values = {**{name: getattr(self, name) for name in self.__slots__}, **changes}
        usual = {"scope": "own", "sort": "order", "page": 1}
        return urlencode({k: v for k, v in values.items() if v and usual.get(k) != v})


@dataclass(frozen=True, slots=True)
class Line:
    """One agreement in the table."""

    url: str
    title: str
    title_lang: str
    parties: str
    state: str
    state_code: str
    note: str  # where the state alone would mislead
    sure: str  # how sure it is that fewer than the norm exist; empty where nothing is said
    found: str
    norm: str
    topics: str


@dataclass(frozen=True, slots=True)
class GapsPage:
    """Everything the table may use."""

    title: str
    when: str
    is_old: bool
    yearly: str
    tally: tuple[tuple[str, str, str, bool], ...]  # address, state, number, whether it is the one shown
    regions: tuple[Option, ...]
    scopes: tuple[Option, ...]
    states: tuple[Option, ...]
    topics: tuple[Option, ...]
    kinds: tuple[Option, ...]
    partners: tuple[Option, ...]
    sorts: tuple[Option, ...]
    lines: tuple[Line, ...]
    shown: str  # how many of how many
    before_url: str
    after_url: str
    sheet_url: str


def gaps_page(app: App, asked: Asked, desk: Desk) -> Shown:
    """The table as the address asks for it."""
    wish = read_wish(app, asked)
    report, is_old = desk.report(app, wish.region, asked.lang)
    rows = chosen(report, app.register, wish)
    words, pages = catalogue(asked.lang), page_words(asked.lang)
    first = (wish.page - 1) * ROWS_A_PAGE
    part = rows[first : first + ROWS_A_PAGE]
    return Shown(
        "gaps",
        GapsPage(
            title=pages.say("gaps.title", region=report.region_name),
            when=pages.say("gaps.when", week=report.week, day=pages.day(report.to_on)),
            is_old=is_old,
            yearly=_yearly(report, pages),
            tally=_tally(report, app.register, wish, words),
            **_filters(app, report, wish, words, pages),
            lines=tuple(_line(row, wish, words) for row in part),
            shown=pages.say(
                "gaps.shown", part=_span(first, len(part)), total=pages.count("n.rows", len(rows))
            ),
            before_url=f"/gaps?{wish.query(page=wish.page - 1)}" if wish.page > 1 else "",
            after_url=f"/gaps?{wish.query(page=wish.page + 1)}" if first + len(part) < len(rows) else "",
            sheet_url=f"/gaps.csv?{wish.query(page=1)}",
        ),
    )


def sheet_page(app: App, asked: Asked, desk: Desk) -> Raw:
    """The rows of the same address, all pages of them, as CSV."""
    wish = read_wish(app, asked)
    report, _ = desk.report(app, wish.region, asked.lang)
    rows = tuple(chosen(report, app.register, wish))
    return Raw(csv.render(replace(report, rows=rows)), csv.MEDIA_TYPE, file_name=f"{report.id}.csv")


def read_wish(app: App, asked: Asked) -> Wish:
    """What an address asks for; what makes no sense is left out, an unknown region is refused."""
    query, offered = asked.query, regions(app)
    region = PlaceId(query.get("region") or offered[0])
    if region not in offered:
        raise RefusedError("not_found", 404)
    page = query.get("page", "1")
    return Wish(
        region=region,
        scope=_one_of(query.get("scope", ""), _SCOPES) or "own",
        state=_one_of(query.get("state", ""), STATES),
        topic=_one_of(query.get("topic", ""), app.register.topics),
        kind=_one_of(query.get("kind", ""), _KINDS),
        partner=_one_of(query.get("partner", ""), _countries(app.register)),
        sort=_one_of(query.get("sort", ""), _SORTS) or "order",
        page=int(page) if page.isascii() and page.isdigit() and 0 < int(page[:4]) < 1000 else 1,
    )


def chosen(report: Report, register: Register, wish: Wish) -> list[Row]:
    """The rows that are asked for, in the order that is asked for."""
    found = [
        row
        for row in report.rows
        if (wish.scope == "both" or row.is_national == (wish.scope == "national"))
        and wish.state in ("", row.state)
        and (not wish.topic or wish.topic in row.topics)
        and wish.kind in ("", row.kind)
        and (not wish.partner or wish.partner in _partners(row, register))
    ]
    return sorted(found, key=_SORTS[wish.sort])


def _partners(row: Row, register: Register) -> set[str]:
    """The countries of the foreign parties."""
    parties = (party for member in row.members for party in register.agreements[member.id].parties)
    found = {register.places[party.place].country for party in parties if party.place in register.places}
    return {country for country in found if country and country != "BY"}


def _countries(register: Register) -> list[str]:
    found = {place.country for place in register.places.values()}
    return sorted(country for country in found if country and country != "BY")


def _one_of(value: str, offered: object) -> str:
    return value if isinstance(offered, (Sequence, dict)) and value in offered else ""


def _span(first: int, n: int) -> str:
    return f"{first + 1}–{first + n}" if n else "0"


def _tally(
    report: Report, register: Register, wish: Wish, words: Catalogue
) -> tuple[tuple[str, str, str, bool], ...]:
    """How many rows of each state the other filters leave."""
    rows = chosen(report, register, replace(wish, state=""))
    return tuple(
        (
            f"/gaps?{wish.query(state=state, page=1)}",
            words.coded("state", state),
            words.number(sum(row.state == state for row in rows)),
            wish.state == state,
        )
        for state in STATES
    )


def _yearly(report: Report, pages: Catalogue) -> str:
    now = report.yearly.now
    if now is None:
        return pages.say("gaps.no_yearly")
    return pages.say(
        "gaps.yearly",
        n=pages.number(now.n),
        of=pages.count("n.agreements", now.of),
        lo=pages.percent(now.lo),
        hi=pages.percent(now.hi),
    )


def _filters(
    app: App, report: Report, wish: Wish, words: Catalogue, pages: Catalogue
) -> dict[str, tuple[Option, ...]]:
    register = app.register
    any_one = pages.say("gaps.any")
    topics = sorted((topic.titles[words.titles_lang], str(key)) for key, topic in register.topics.items())
    here = {country for row in report.rows for country in _partners(row, register)}
    named = sorted((_country(register, code, words.lang), code) for code in here)
    return {
        "regions": tuple(
            Option(place, register.places[place].name(words.lang), place == wish.region)
            for place in regions(app)
        ),
        "scopes": tuple(Option(key, pages.say(f"gaps.scope_{key}"), key == wish.scope) for key in _SCOPES),
        "states": _options(any_one, [(words.coded("state", s), s) for s in STATES], wish.state),
        "topics": _options(any_one, topics, wish.topic),
        "kinds": _options(any_one, [(words.coded("kind", k), k) for k in _KINDS], wish.kind),
        "partners": _options(any_one, named, wish.partner),
        "sorts": tuple(Option(key, pages.say(f"gaps.sort_{key}"), key == wish.sort) for key in _SORTS),
    }


def _country(register: Register, code: str, lang: str) -> str:
    """The country's name in the reader's language, its code where the gazetteer has none."""
    place = register.places.get(PlaceId(f"country-{code.lower()}"))
    return place.name(lang) if place else code


def _options(any_one: str, offered: Sequence[tuple[str, str]], value: str) -> tuple[Option, ...]:
    return (Option("", any_one, not value), *(Option(code, text, code == value) for text, code in offered))


def _line(row: Row, wish: Wish, words: Catalogue) -> Line:
    phrases, member = Phrases(words), row.members[0]
    says = row.state not in ("unmeasured", "not_due")
    return Line(
        url=f"/family/{row.family}?{urlencode({'region': wish.region})}",
        title=member.title,
        title_lang=member.title_lang,
        parties=phrases.sides(row),
        state=words.coded("state", row.state),
        state_code=row.state,
        note=page_words(words.lang).say("gaps.written") if _is_written(row) else "",
        sure=words.percent(row.certainty.p_gap) if says else "",
        found=words.number(row.counted.originals),
        norm=words.number(row.watched.norm),
        topics=words.list(row.topic_titles[:2]),
    )


def _is_written(row: Row) -> bool:
    """True where articles were found and yet no silence could have been told from missing them."""
    return row.state == "unmeasured" and row.counted.originals > 0
