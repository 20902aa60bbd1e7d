"""What lies ahead: holidays here and at the partners, anniversaries, terms, promised dates. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import holidays

from monitor.core.ids import AgreementId, PlaceId
from monitor.gaps.occasions import NEAR
from monitor.gaps.types import GapRow, State
from monitor.register.names import HOME
from monitor.register.types import Side
from monitor.reports.rows import GAP_STATES, Names
from monitor.reports.types import Dated

MOST_COUNTRIES = 6  # whose holidays are listed: those of the most agreements
_ENGLISH = "en_US"  # the one language that the library has every country in
_DAYS_OFF = ("Day off", "Non-working day", "Additional day off")  # working days that were moved


def calendar(
    rows: Sequence[GapRow], names: Names, today: date, events: Mapping[str, Mapping[str, str]]
) -> tuple[Dated, ...]:
    """Entries of the 60 days after `today`, in order.

    `rows`: the region's own families, whose dates stand in the table; `events`: titles by language of the
    events that they name.
    """
    found = {entry for row in rows for entry in _dates(row, names, today, events)}
    found |= {entry for row in rows for entry in _signings(row, names, today)}
    return tuple(
        sorted(
            found | set(_holidays(rows, names, today)),
            key=_order,
        )
    )


def _order(entry: Dated) -> tuple[object, ...]:
    """Every field, so that holidays of one day and name stand in the same order in every process."""
    until, family = entry.until or entry.on, entry.family or ""
    return (entry.on, entry.kind, entry.name, family, entry.country, until, entry.day, entry.years)


def _dates(
    row: GapRow, names: Names, today: date, events: Mapping[str, Mapping[str, str]]
) -> Iterable[Dated]:
    for one in row.dates:
        if not today < one.last_on or one.first_on > today + NEAR:
            continue
        on, until = max(one.first_on, today + timedelta(days=1)), one.last_on
        day = _day(one.first_on, one.last_on)
        if one.agreement is None:
            titles = events.get(one.detail, {})
            name = titles.get(names.words.lang) or titles.get("en") or one.detail
            yield Dated(on, until if until > on else None, "event", name, "", None, day, 0)
            continue
        title = names.title(names.register.agreements[one.agreement])[0]
        years = int(one.detail) if one.what == "anniversary" else 0
        yield Dated(on, None, one.what, title, "", row.family, day, years)


def _day(first: date, last: date) -> str:
    """What is known of a day: a span of a year or a month is a date known to that."""
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"{first.year:04d}"
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        return f"{first.year:04d}-{first.month:02d}"
    return first.isoformat()


def _signings(row: GapRow, names: Names, today: date) -> Iterable[Dated]:
    """Documents that were announced for a day to come: nobody asks of them otherwise."""
    for member in row.members:
        agreement = names.register.agreements[member]
        signed = agreement.signed
        if not agreement.monitored or signed is None or signed.month is None:
            continue
        if signed.last_day() > today and signed.first_day() <= today + NEAR:
            on = max(signed.first_day(), today + timedelta(days=1))
            yield Dated(on, None, "signing", names.title(agreement)[0], "", row.family, str(signed), 0)


def _holidays(rows: Sequence[GapRow], names: Names, today: date) -> Iterable[Dated]:
    yield from (one for _, one in _of_country(HOME, "", names, today))
    shared: dict[tuple[date, date | None, str], list[Dated]] = {}
    for country in _partner_countries(rows, names):
        place = names.register.places.get(PlaceId(f"country-{country.lower()}"))
        for english, one in _of_country(country, names.place_name(place), names, today) if place else ():
            shared.setdefault((one.on, one.until, english), []).append(one)
    for same in shared.values():  # one entry, whoever keeps the day
        yield replace(same[0], country=names.words.list([one.country for one in same]))


def _partner_countries(rows: Sequence[GapRow], names: Names) -> tuple[str, ...]:
    """The partners of the most due families, gaps counting twice."""
    points: dict[str, int] = {}
    for row in rows:
        if row.state is State.NOT_DUE:
            continue
        for country in countries(row.due_members, names):
            points[country] = points.get(country, 0) + (2 if row.state in GAP_STATES else 1)
    ordered = sorted(points, key=lambda country: (-points[country], country))
    return tuple(ordered[:MOST_COUNTRIES])


def countries(members: Iterable[AgreementId], names: Names) -> tuple[str, ...]:
    """ISO codes of the partners of agreements, in order."""
    register = names.register
    held = (p for m in members for p in register.agreements[m].parties if p.side is Side.PARTNER)
    found = (register.places[party.place].country for party in held)
    return tuple(sorted({country for country in found if country and country != HOME}))


def _of_country(country: str, shown: str, names: Names, today: date) -> Iterable[tuple[str, Dated]]:
    """Each holiday under its English name; days of one in a row are one entry."""
    years = sorted({today.year, (today + NEAR).year})
    english = _known(country, _ENGLISH, years)
    own = _known(country, names.words.lang, years)
    runs: list[list[date]] = []
    for day in sorted(english):
        if not today < day <= today + NEAR:
            continue
        before = runs[-1][-1] if runs else None
        if before is not None and day - before == timedelta(days=1) and english[before] == english[day]:
            runs[-1].append(day)
        else:
            runs.append([day])
    for run in runs:
        name = own.get(run[0]) or names.words.holiday(english[run[0]])
        name = name[:1].upper() + name[1:]  # ours stand among those of the library, which begin so
        until = run[-1] if len(run) > 1 else None
        told = Dated(run[0], until, "holiday", name, shown, None, run[0].isoformat(), 0)
        yield english[run[0]], told


def _known(country: str, lang: str, years: Sequence[int]) -> dict[date, str]:
    """Public holidays by day, without days off in their place; empty without such a country or language."""
    kind = getattr(holidays, country, None)
    if kind is None:
        return {}
    spoken = _spoken(kind, lang)
    if spoken is None:
        return {}
    found = holidays.country_holidays(country, years=years, language=spoken or None, observed=False)
    english = holidays.country_holidays(country, years=years, language=_ENGLISH, observed=False)
    return {day: name for day, name in found.items() if not english.get(day, "").startswith(_DAYS_OFF)}


def _spoken(kind: type[holidays.HolidayBase], lang: str) -> str | None:
    """The library's code of a language, "" where it knows the country in English alone, None for no such."""
    known = kind.supported_languages
    if not known:
        return "" if lang == _ENGLISH else None
    return next((code for code in known if code == lang or code.startswith(f"{lang}_")), None)
