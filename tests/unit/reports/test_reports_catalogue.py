"""The words: complete for every code that another room can give, and right in number."""

import re
import tomllib
from importlib import resources
from typing import Any

import pytest

from monitor.core.ledger import Reason
from monitor.crawl.types import SOURCE_KINDS
from monitor.gaps.rank import LEVEL_POINTS
from monitor.gaps.types import State
from monitor.register.due import NOT_DUE_REASONS
from monitor.register.types import PLACE_KINDS, Status
from monitor.reports.catalogue import Catalogue, catalogue, languages
from tests.make_reports import register

FLAGS = {"copied_only", "one_sided", "faded", "stale", "single_source"}
WHY = {
    "not_due", "not_findable", "too_young", "low_exposure", "silence_would_not_tell", "below_norm",
    "gap_held", "norm_reached", "between",
}  # fmt: skip
POLL_TROUBLES = {
    Reason.DNS, Reason.CONNECT, Reason.TLS, Reason.TIMEOUT, Reason.HTTP_4XX, Reason.HTTP_5XX,
    Reason.RATE_LIMITED, Reason.ROBOTS, Reason.PRIVATE_ADDRESS, Reason.BAD_URL, Reason.TOO_MANY_REDIRECTS,
    Reason.TOO_LARGE, Reason.BAD_ENCODING, Reason.NOT_A_FEED, Reason.FEED_BROKEN, Reason.FEED_EMPTY,
    Reason.OVERFLOW, Reason.CRASHED,
}  # fmt: skip
TROUBLES = {reason.value for reason in POLL_TROUBLES} | {
    "silent", "never_seen", "never_polled", "partly", "blocked", "volume_down", "no_text", "doubles", "",
}  # fmt: skip
ASK_KINDS = {
    kind
    for kind in PLACE_KINDS
    if kind in ("country", "union", "region", "district", "city", "city_district")
}


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("trouble", TROUBLES),
        ("flag", FLAGS),
        ("why_state", WHY),
        ("unmeasured", {"not_findable", "too_young", "low_exposure", "silence_would_not_tell"}),
        ("pending", set(NOT_DUE_REASONS)),
        ("state", {state.value for state in State}),
        ("status", {status.value for status in Status}),
        ("source_kind", set(SOURCE_KINDS)),
        ("ask", ASK_KINDS | {"body"}),
        ("level", set(LEVEL_POINTS)),
        ("weight", {*LEVEL_POINTS, "target", "date", "waiting", "shown"}),
        ("kind", {"government", "company", "university", "other"}),
    ],
)  # fmt: skip
def test_every_code_has_its_words(lang: str, table: str, codes: set[str]) -> None:
    assert codes - catalogue(lang).knows(table) == set()


@pytest.mark.parametrize("lang", languages())
def test_every_topic_has_a_lead_for_a_story(lang: str) -> None:
    assert catalogue(lang).knows("story") == set(register().topics)


@pytest.mark.parametrize("lang", languages())
def test_every_language_has_the_keys_and_marks_of_the_first(lang: str) -> None:
    first, own = _flat(_words("ru")), _flat(_words(lang))
    plural = re.compile(r"\.(zero|one|two|few|many|other)$")
    assert {plural.sub("", key) for key in own} == {plural.sub("", key) for key in first}
    for key in own:
        if key in first:
            assert _marks(own[key]) <= _marks(first[key]), key


@pytest.mark.parametrize(
    ("n", "said"),
    [(0, "0 материалов"), (1, "1 материал"), (2, "2 материала"), (5, "5 материалов"), (11, "11 материалов"),
     (21, "21 материал"), (1234, "1\xa0234 материала")],
)  # fmt: skip
def test_russian_counts_as_russians_do(n: int, said: str) -> None:
    assert catalogue("ru").count("n.materials", n) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0\xa0%"),
        (0.001, "менее 1\xa0%"),
        (0.876, "88\xa0%"),
        (0.9951, "более 99\xa0%"),
        (1.0, "100\xa0%"),
    ],
)
def test_a_probability_is_never_rounded_to_certainty(share: float, said: str) -> None:
    assert catalogue("ru").percent(share) == said


@pytest.mark.parametrize(
    ("lang", "lo", "hi", "said"),
    [
        ("ru", 0.43, 0.74, "43–74\xa0%"),
        ("be", 0.0, 0.74, "0–74\xa0%"),
        ("en", 0.43, 0.74, "43–74%"),
        ("ru", 0.001, 0.74, "менее 1\xa0% – 74\xa0%"),
        ("en", 0.43, 0.999, "43% – over 99%"),
    ],
)
def test_a_range_of_per_cent_says_the_sign_once(lang: str, lo: float, hi: float, said: str) -> None:
    assert catalogue(lang).percents(lo, hi) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2012", "2012\xa0г."),
        ("2018-10", "октябрь 2018\xa0г."),
        ("2017-09-05", "5 сентября 2017\xa0г."),
        ("", ""),
    ],
)
def test_dates_are_said_as_exactly_as_they_are_known(text: str, said: str) -> None:
    assert catalogue("ru").partial_day(text) == said


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [(3.25, 1, "3,3"), (3.24, 1, "3,2"), (3.0, 1, "3"), (2.5, 0, "3"), (12345, 0, "12\xa0345")],
)
def test_halves_are_rounded_up_as_a_spreadsheet_does(value: float, decimals: int, said: str) -> None:
    assert catalogue("ru").number(value, decimals) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [("Горецкий вестник", "«Горецкий вестник»"), ("Агентство «Меридиан»", "Агентство «Меридиан»")],
)
def test_a_name_that_brings_its_quotation_marks_gets_no_second_pair(name: str, said: str) -> None:
    assert catalogue("ru").quoted(name) == said


def test_an_unknown_code_is_shown_and_a_missing_key_is_an_error() -> None:
    assert catalogue("ru").coded("flag", "brand_new") == "код brand_new"
    with pytest.raises(KeyError, match=r"ru: lead\.nothing"):
        catalogue("ru").say("lead.nothing")


@pytest.mark.parametrize(
    ("sentence", "value", "said"),
    [
        ("неделя с {x}", "2 ноября", "неделя со 2 ноября"),
        ("неделя с {x}", "12 ноября", "неделя с 12 ноября"),
        ("вместе с {x}", "2 материалами", "вместе с 2 материалами"),
        ("к {x}", "2\u00a0мая", "ко 2\u00a0мая"),
        ("материалы о {x}", "1 из 5", "материалы об 1 из 5"),
        ("судить о {x}", "11", "судить об 11"),
        ("судить о {x}", "10", "судить о 10"),
        ("судить о {x}", "1\u00a0000", "судить о 1\u00a0000"),
        ("{x}", "с 2 мая о 1 деле", "с 2 мая о 1 деле"),  # what others wrote stays
    ],
)
def test_russian_prepositions_sound_as_the_number_behind_them_wants(
    sentence: str, value: str, said: str
) -> None:
    for room in ("reports", "web"):
        text = resources.files(f"monitor.{room}").joinpath("locale", "ru.toml").read_text("utf-8")
        words = Catalogue("ru", {"a": sentence, "sound": tomllib.loads(text)["sound"]})
        assert words.say("a", x=value) == said, room


def test_a_sentence_that_ends_in_an_abbreviation_gets_one_full_stop() -> None:
    words = Catalogue("ru", {"a": "Срок: {day}. Дальше...", "n": {}})
    assert words.say("a", day="2019 г.") == "Срок: 2019 г. Дальше..."


def _words(lang: str) -> dict[str, Any]:
    file = resources.files("monitor.reports").joinpath("locale", f"{lang}.toml")
    return tomllib.loads(file.read_text("utf-8"))


def _flat(words: dict[str, Any], lead: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in words.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{lead}{key}.")
        else:
            found[f"{lead}{key}"] = str(value)
    return found


def _marks(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))
