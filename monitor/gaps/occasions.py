"""What is coming up for a family, and how much more than usual is written in each week. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from monitor.gaps.calendar import Calendar, Event
from monitor.gaps.exposure import Floats
from monitor.gaps.profile import Profile
from monitor.gaps.readings import Window
from monitor.gaps.said import NextDate
from monitor.register.history import promises
from monitor.register.types import Agreement, PartialDate

AHEAD = timedelta(days=365)
NEAR = timedelta(days=60)  # as far as the letter's calendar looks
YEAR = 52  # weeks
OVERDUE = timedelta(days=183)  # a target that fell due so lately can still be asked about
ROUND = 5  # anniversaries in years: others are no occasion


def next_dates(profile: Profile, calendar: Calendar, today: date) -> tuple[NextDate, ...]:
    """Anniversaries, ends of term, targets and events of the year ahead, and targets just overdue, by day."""
    found = [one for agreement in profile.due for one in _of_agreement(agreement, today)]
    country = profile.features.get("partner_country", "")
    for event in calendar.events:
        if _concerns(event, country):
            found += [
                NextDate(a, b, "event", None, event.id) for a, b in event.days if _is_ahead(a, b, today)
            ]
    return tuple(
        sorted(set(found), key=lambda d: (d.first_on, d.last_on, d.what, d.agreement or "", d.detail))
    )


def is_near(one: NextDate, today: date) -> bool:
    """True if it falls into the letter's calendar."""
    return bool(today <= one.last_on and one.first_on <= today + NEAR)


def week_factors(profile: Profile, calendar: Calendar, window: Window, n_weeks: int) -> Floats:
    """How many times the usual is written on a family in each week of a window. Shapes: (n_weeks,).

    The mean over the 52 weeks up to the window's end is 1: a rate is that of a year, events included.
    """
    base = window.to_on - timedelta(weeks=YEAR) + timedelta(days=1)
    times = _times(profile, calendar, min(base, window.from_on), window.to_on)
    if not times:
        return np.ones(n_weeks)
    scaled = _factors(times, window.from_on, n_weeks)
    scaled *= YEAR / sum(_factors(times, base, YEAR).tolist())
    return scaled


def _times(profile: Profile, calendar: Calendar, first: date, last: date) -> list[tuple[date, date, float]]:
    """When more than usual is written on a family, with how many times as much."""
    country = profile.features.get("partner_country", "")
    found = [
        (a, b, event.factor) for event in calendar.events if _concerns(event, country) for a, b in event.days
    ]
    reach = timedelta(weeks=calendar.anniversary_weeks)
    if reach:
        for member in profile.due:
            for _, when in _anniversaries(member, range(first.year - 1, last.year + 2)):
                found.append((when.first_day() - reach, when.last_day() + reach, calendar.anniversary))
    return [(a, b, factor) for a, b, factor in found if a <= last + timedelta(days=6) and b >= first]


def _factors(times: Sequence[tuple[date, date, float]], first: date, n_weeks: int) -> Floats:
    """The largest factor that touches each week; 1 where none does."""
    factors = np.zeros(n_weeks)
    for a, b, factor in times:
        weeks = slice(max((a - first).days // 7, 0), max((b - first).days // 7 + 1, 0))
        factors[weeks] = np.maximum(factors[weeks], factor)
    return np.where(factors > 0, factors, 1.0)


def _concerns(event: Event, country: str) -> bool:
    return not event.countries or country in event.countries


def _is_ahead(first: date, last: date, today: date) -> bool:
    return today <= last and first <= today + AHEAD


def _of_agreement(agreement: Agreement, today: date) -> Iterator[NextDate]:
    for years, when in _anniversaries(agreement, range(today.year - 1, today.year + 2)):
        if _is_ahead(when.first_day(), when.last_day(), today):
            yield NextDate(when.first_day(), when.last_day(), "anniversary", agreement.id, str(years))
    ends = agreement.valid_until
    if ends is not None and _is_ahead(ends.first_day(), ends.last_day(), today):
        yield NextDate(ends.first_day(), ends.last_day(), "term_end", agreement.id, "")
    for by, what in promises(agreement):
        if _is_ahead(by.first_day(), by.last_day() + OVERDUE, today):
            yield NextDate(by.first_day(), by.last_day(), "target", agreement.id, what)


def _anniversaries(agreement: Agreement, calendar_years: range) -> Iterator[tuple[int, PartialDate]]:
    signed = agreement.signed
    if signed is None or signed.month is None:  # known to the year only: no day to write on
        return
    for year in calendar_years:
        years = year - signed.year
        if years > 0 and years % ROUND == 0:
            leap_day = (signed.month, signed.day) == (2, 29)
            yield years, PartialDate(year, signed.month, 28 if leap_day else signed.day)
