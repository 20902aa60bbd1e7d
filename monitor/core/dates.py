"""Dates as feeds and list pages write them, in the zone of their source.

`Months` maps folded month names of all languages to 1..12; the words live in config/languages/*.toml.
"""

import re
from calendar import monthrange, timegm
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from typing import NamedTuple
from zoneinfo import ZoneInfo

Months = Mapping[str, int]

FUTURE_SLACK = timedelta(days=1)  # what lies further ahead is a mistake or an announced event, not a date
_OLDEST = datetime(1995, 1, 1, tzinfo=UTC)  # before the web: default dates of content systems
_ISO = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)(?:[T\s]+(?P<h>\d\d?):(?P<min>\d\d)(?::(?P<s>\d\d)(?:[.,]\d+)?)?)?"
    r"\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?(?!\d)"
)
_NUMERIC = re.compile(r"(?<!\d)(?P<d>\d\d?)[./-](?P<m>\d\d?)[./-](?P<y>\d{4}|\d\d)(?!\d)")
_WORD = re.compile(r"[^\W\d_]{3,}")
_DAY_BEFORE = re.compile(r"(?<!\d)(\d\d?)[\s,.]*(?:-?го|-?га)?[\s,.]*\Z")
_DAY_BEHIND = re.compile(r"[\s,.]*(\d\d?)(?![\d:])")
_YEAR_BEHIND = re.compile(r"[\s,.]*(?:\d\d?[\s,.]+)?((?:19|20)\d\d)(?!\d)")
_YEAR_BEFORE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*,")
_CLOCK = re.compile(r"(?<![\d:])([01]?\d|2[0-3])[:.]([0-5]\d)(?::([0-5]\d))?(?![\d.])")
_OFFSET = re.compile(
    r"(?:^|[\s\d])(?:(?:GMT|UTC)?([+-])(\d\d):?(\d\d)|(MSK|GMT|UTC|UT|EET|EEST|CET|CEST|Z))\s*\Z"
)
_NAMED_OFFSETS = {"MSK": 3, "GMT": 0, "UTC": 0, "UT": 0, "Z": 0, "EET": 2, "EEST": 3, "CET": 1, "CEST": 2}


class FeedDate(NamedTuple):
    """A moment in UTC, and whether the text named its zone."""

    at: datetime
    had_zone: bool


def fold_word(word: str) -> str:
    """Lower case, ё as е: how month names are compared."""
    return word.lower().replace("ё", "е")


def parse_date(text: str, *, zone: ZoneInfo, months: Months, now: datetime) -> FeedDate | None:
    """The moment that a date text means; None when it means none.

    Zone-less texts are in `zone`; a date without a year is the latest one that is not ahead of `now`.
    Errors: never raises. The result may lie in the future: `is_plausible` tells.
    """
    text = " ".join(text.split())[:120]
    if not text:
        return None
    try:
        return _iso(text, zone) or _rfc(text, zone) or _written(text, zone, months, now)
    except (ValueError, OverflowError):  # the 31st of February, the year 0
        return None


def is_plausible(at: datetime, now: datetime) -> bool:
    """False for dates more than a day ahead and for dates older than the web."""
    return _OLDEST <= at <= now + FUTURE_SLACK


def _iso(text: str, zone: ZoneInfo) -> FeedDate | None:
    match = _ISO.match(text)
    if match is None:
        return None
    part = {name: int(match[name] or 0) for name in ("y", "m", "d", "h", "min", "s")}
    local = datetime(part["y"], part["m"], part["d"], part["h"], part["min"], min(part["s"], 59))  # noqa: DTZ001
    mark = match["zone"]
    if mark is None:
        return _in_zone(local, zone)
    digits = mark[1:].replace(":", "") if mark[0] in "+-" else "0000"
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return FeedDate((local - (-offset if mark[0] == "-" else offset)).replace(tzinfo=UTC), True)


def _rfc(text: str, zone: ZoneInfo) -> FeedDate | None:
    """RFC 5322 and its common spoilings, as email.utils reads them: English month names only."""
    found = parsedate_tz(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = found[:6]
    if not 1 <= day <= monthrange(year, month)[1]:  # 31 February is no 3 March; 24:00 is the next day
        return None
    seconds = timegm((year, month, day, hour, minute, min(second, 59), 0, 0, 0))
    local = datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001 - local time of a zone known below
    offset = _offset(text)
    if offset is None and found[9]:  # zero stands for "none given" too
        offset = timedelta(seconds=found[9])
    return _in_zone(local, zone) if offset is None else FeedDate((local - offset).replace(tzinfo=UTC), True)


def _offset(text: str) -> timedelta | None:
    match = _OFFSET.search(text)
    if match is None:
        return None
    if match[4]:
        return timedelta(hours=_NAMED_OFFSETS[match[4]])
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -size if match[1] == "-" else size


def _written(text: str, zone: ZoneInfo, months: Months, now: datetime) -> FeedDate | None:
    """Dates for people: `22 декабря 2023 г. в 15:30`, `08:13 / 30.08.2016`, `2025, 26 ноября 15:26`."""
    found = _numeric_day(text) or _named_day(text, months, now.astimezone(zone))
    if found is None:
        return None
    year, month, day = found
    clock = _CLOCK.search(_NUMERIC.sub(" ", text))
    hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - as above
    offset = _offset(text) if clock else None
    return _in_zone(local, zone) if offset is None else FeedDate((local - offset).replace(tzinfo=UTC), True)


def _numeric_day(text: str) -> tuple[int, int, int] | None:
    match = _NUMERIC.search(text)
    if match is None:
        return None
    year = int(match["y"])
    return (year + 2000 if year < 100 else year), int(match["m"]), int(match["d"])


def _named_day(text: str, months: Months, today: datetime) -> tuple[int, int, int] | None:
    for word in _WORD.finditer(text):
        month = months.get(fold_word(word[0]))
        before, behind = text[: word.start()], text[word.end() :]
        day = _DAY_BEFORE.search(before) or _DAY_BEHIND.match(behind)
        if month is None or day is None:
            continue
        year = _YEAR_BEHIND.match(behind) or _YEAR_BEFORE.search(before)
        if year:
            return int(year[1]), month, int(day[1])
        return _latest_year(month, int(day[1]), today), month, int(day[1])
    return None


def _latest_year(month: int, day: int, today: datetime) -> int:
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def _in_zone(local: datetime, zone: ZoneInfo) -> FeedDate:
    return FeedDate(local.replace(tzinfo=zone).astimezone(UTC), False)
