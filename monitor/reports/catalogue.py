"""The words of one language: sentences from locale/<lang>.toml, plural forms and numbers by CLDR (babel)."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from monitor.core.errors import UsageError

_QUOTES = frozenset('«„“"')
_BEFORE_MARK = re.compile(r"\b(\w{1,2})(?=\s\{(\w+)\})")  # a preposition and the mark behind it
_SIGN = "\u00a0%"  # what may stand behind a number of per cent
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")


class Catalogue:
    """One language. Keys are dotted paths of the file; a missing key is a KeyError, never silence."""

    def __init__(self, lang: str, words: Mapping[str, Any]) -> None:
        self.lang = lang
        self._words = words
        self._locale = Locale.parse(words.get("cldr", lang))
        self._sound = tuple((word, re.compile(start), said) for word, start, said in words.get("sound", ()))

    @property
    def titles_lang(self) -> str:
        """ru or en: whose agreement titles and outlet names it takes, since the data have no others."""
        return self.say("titles")

    def say(self, key: str, **values: object) -> str:
        """The sentence of `key` with `values` put in."""
        found = self._find(key)
        if not isinstance(found, str):
            raise KeyError(f"{self.lang}: {key} is no sentence")
        return _one_stop(self._fill(found, values))

    def count(self, key: str, n: int, **values: object) -> str:
        """The plural form of `key` for `n`; {n} is `n` as this language writes numbers."""
        forms = self._find(key)
        if not isinstance(forms, Mapping):
            raise KeyError(f"{self.lang}: {key} has no plural forms")
        form: str = forms[self._locale.plural_form(n)]
        return self._fill(form, {"n": self.number(n), **values})

    def coded(self, table: str, code: str, **values: object) -> str:
        """What a code of another room means; an unknown code is shown as such, not dropped."""
        known = self._find(table)
        text = known.get(code) if isinstance(known, Mapping) else None
        return self._fill(text, values) if isinstance(text, str) else self.say("unknown_code", code=code)

    def holiday(self, english: str) -> str:
        """What people here call a foreign holiday; one without a name of its own is a public holiday."""
        known = self._find("holiday")
        return str(known.get(english.removesuffix(" (estimated)")) or self.say("calendar.other_holiday"))

    def knows(self, table: str) -> frozenset[str]:
        """The codes of a table."""
        return frozenset(self._find(table))

    def names(self, key: str) -> tuple[str, ...]:
        """A list of words."""
        found = self._find(key)
        if not isinstance(found, list):
            raise KeyError(f"{self.lang}: {key} is no list")
        return tuple(found)

    def list(self, names: Sequence[str]) -> str:
        """Names in a row, as in "a, b and c"."""
        return str(format_list(names, locale=self._locale))

    def quoted(self, name: str) -> str:
        """A name in quotation marks; bare where it brings its own."""
        return name if _QUOTES & set(name) else self.say("quoted", name=name)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number with at most `decimals` places, halves up as people and sheets round them."""
        pattern = "#,##0." + "#" * decimals if decimals else "#,##0"
        return str(format_decimal(_rounded(value, decimals), format=pattern, locale=self._locale))

    def percent(self, share: float) -> str:
        """A share as whole per cent; never 0 or 100 for what is neither."""
        if 0 < share < 0.005:
            return self.say("percent.below", percent=format_percent(0.01, locale=self._locale))
        if 0.995 <= share < 1:
            return self.say("percent.above", percent=format_percent(0.99, locale=self._locale))
        return str(format_percent(share, locale=self._locale))

    def percents(self, lo: float, hi: float) -> str:
        """From one share to another, the sign said once; twice beside a "less than" or a "more than"."""
        first, last = self.percent(lo), self.percent(hi)
        if first[0].isdigit() and last[0].isdigit():
            return f"{first.rstrip(_SIGN)}–{last}"
        return f"{first} – {last}"

    def day(self, day: date) -> str:
        """A full date."""
        return _long_day(day, self._locale)

    def day_in(self, day: date, year: int) -> str:
        """A date without its year where that is `year`, else the full one."""
        if day.year != year:
            return self.day(day)
        return _plain_spaces(format_skeleton("MMMMd", day, locale=self._locale))

    def days(self, first: date, last: date) -> str:
        """From one day to another; the month and the year that they share are said once."""
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{self.day(last)}"
        return f"{self.day_in(first, last.year)} – {self.day(last)}"

    def short_day(self, day: date) -> str:
        """Day and month in figures, for the axis of a chart."""
        return _short_day(day, self._locale)

    def partial_day(self, text: str) -> str:
        """A date known to the year (YYYY), month (YYYY-MM) or day, in words; empty for an empty text."""
        if not text:
            return ""
        year, month, day = (*(int(p) for p in text.split("-")), None, None)[:3]
        if month is None:
            return self.say("year", year=year)
        if day is None:
            first = date(int(text[:4]), month, 1)
            named = _plain_spaces(format_skeleton("yMMMM", first, locale=self._locale))
            return self.say("month", month=named)
        return self.day(date.fromisoformat(text))

    def _fill(self, sentence: str, values: Mapping[str, object]) -> str:
        """The sentence with its marks filled in, each preposition as it sounds before what is put in."""

        def sounded(found: re.Match[str]) -> str:
            follows = str(values.get(found[2], ""))
            said = (new for word, start, new in self._sound if word == found[1] and start.match(follows))
            return next(said, found[1])

        return _BEFORE_MARK.sub(sounded, sentence).format(**values)

    def _find(self, key: str) -> Any:
        found: Any = self._words
        for part in key.split("."):
            if not isinstance(found, Mapping) or part not in found:
                raise KeyError(f"{self.lang}: {key}")
            found = found[part]
        return found


def _rounded(value: float, decimals: int) -> Decimal:
    """What babel would round to even: a mean of 3.25 is 3.3 here as in a spreadsheet."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


@lru_cache(maxsize=2048)  # a page of all outlets writes the same few days hundreds of times
def _long_day(day: date, locale: Locale) -> str:
    return _plain_spaces(format_date(day, "long", locale=locale))


@lru_cache(maxsize=2048)
def _short_day(day: date, locale: Locale) -> str:
    return _plain_spaces(format_skeleton("Md", day, locale=locale))


def _one_stop(sentence: str) -> str:
    """A sentence that ends in an abbreviation ("2019 г.") does not get a second full stop."""
    return _TWO_STOPS.sub(".", sentence)


def _plain_spaces(text: str) -> str:
    """CLDR sets a narrow no-break space that some mail fonts lack; the common one does."""
    return text.replace("\u202f", "\u00a0")


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue."""
    folder = resources.files("monitor.reports").joinpath("locale")
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@lru_cache
def catalogue(lang: str) -> Catalogue:
    """The catalogue of a language. Errors: UsageError when there is none."""
    if lang not in languages():
        raise UsageError(f"no report language {lang!r}; there are: {', '.join(languages())}")
    text = resources.files("monitor.reports").joinpath("locale", f"{lang}.toml").read_text("utf-8")
    return Catalogue(lang, tomllib.loads(text))
