"""One report in every language: whole, in that language only, with the same numbers."""

import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import Any

import pytest
from babel import Locale
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from monitor.core.ids import FamilyId
from monitor.reports.catalogue import catalogue, languages
from monitor.reports.formats import FORMATS, csv, html, json, rss, text, xlsx
from monitor.reports.letter import letter
from monitor.reports.page import Letter
from monitor.reports.types import Report
from tests.make_reports import mogilev_report
from tests.read_reports import Shown, gaps_in_html, gaps_in_text

CYRILLIC = re.compile("[\u0400-\u04ff]")
PLURAL = {"zero", "one", "two", "few", "many", "other"}
# letters that the other of the two languages has and this one has not
FOREIGN_LETTERS = {"ru": "іўІЎ", "be": "ищъИЩЪ"}


@lru_cache
def report(lang: str) -> Report:
    """The sample report; it has every section but the closed gaps."""
    return mogilev_report(lang=lang)


@lru_cache
def rendered(lang: str, name: str) -> bytes:
    return FORMATS[name].render(report(lang))


def readable(lang: str, name: str) -> str:
    """What a reader sees of a format, hidden attributes such as alt and lang left in."""
    content = rendered(lang, name)
    if name != "xlsx":
        return content.decode()
    book = load_workbook(io.BytesIO(content))
    cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    return "\n".join([*book.sheetnames, *cells])


def words_of(lang: str) -> dict[str, Any]:
    file = resources.files("monitor.reports").joinpath("locale", f"{lang}.toml")
    return tomllib.loads(file.read_text("utf-8"))


def leaves(words: dict[str, Any], lead: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys with their sentences, lists and plural tables."""
    for key, value in words.items():
        if isinstance(value, dict) and not set(value) <= PLURAL:
            yield from leaves(value, f"{lead}{key}.")
        else:
            yield f"{lead}{key}", value


def test_russian_belarusian_and_english_are_there() -> None:
    assert set(languages()) >= {"ru", "be", "en"}


@pytest.mark.parametrize("lang", languages())
def test_plural_tables_have_the_forms_that_cldr_gives_the_language(lang: str) -> None:
    forms = set(Locale.parse(words_of(lang)["cldr"]).plural_form.tags) | {"other"}
    tables = {key: value for key, value in leaves(words_of(lang)) if isinstance(value, dict)}
    assert len(tables) >= 10
    assert {key: set(value) for key, value in tables.items()} == dict.fromkeys(tables, forms)


@pytest.mark.parametrize("lang", languages())
def test_every_plural_form_says_the_number(lang: str) -> None:
    for key, value in leaves(words_of(lang)):
        if isinstance(value, dict):
            assert all("{n}" in form for form in value.values()), key  # "one" is also 21, 31 ... in Slavic


@pytest.mark.parametrize("lang", languages())
def test_lists_of_columns_are_as_long_as_in_the_first_language(lang: str) -> None:
    own, first = (
        {key: len(value) for key, value in leaves(words_of(x)) if key.endswith("_columns")}
        for x in (lang, "ru")
    )
    assert own == first


@pytest.mark.parametrize(("lang", "letters"), FOREIGN_LETTERS.items())
def test_no_letter_of_the_neighbouring_language_slips_in(lang: str, letters: str) -> None:
    found = {key: value for key, value in leaves(words_of(lang)) if set(letters) & set(str(value))}
    assert found == {}


def test_belarusian_writes_the_short_u_after_vowels() -> None:
    missed = re.compile(r"[аеёіоуыэюя] у(?=[\s\w])|\bне у|[аеёіоуыэюя]у[бвгджзклмнпрстфхцчш]", re.IGNORECASE)
    found = {key: missed.findall(str(value)) for key, value in leaves(words_of("be"))}
    assert {key: hits for key, hits in found.items() if hits} == {}


def test_the_english_catalogue_has_no_cyrillic() -> None:
    assert [key for key, value in leaves(words_of("en")) if CYRILLIC.search(str(value))] == []


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("lang", languages())
def test_no_key_mark_or_unknown_code_is_printed(lang: str, name: str) -> None:
    seen = readable(lang, name)
    body = seen[seen.index("<body") :] if name == "html" else seen
    assert [key for key, _ in leaves(words_of(lang)) if "." in key and key in body] == []
    assert name == "json" or not re.search(r"[{}]", body)
    assert catalogue(lang).say("unknown_code", code="") not in body


@pytest.mark.parametrize("name", FORMATS)
def test_english_has_cyrillic_only_in_quoted_headlines(name: str) -> None:
    seen = " ".join(readable("en", name).split())
    for proof in sorted(report("en").articles, key=lambda proof: -len(proof.title)):
        if proof.title:
            seen = seen.replace(proof.title, "")
    assert CYRILLIC.findall(seen) == []


@pytest.mark.parametrize("lang", languages())
def test_html_and_text_say_the_same_numbers_in_every_language(lang: str) -> None:
    def numbers(found: list[Shown]) -> list[Shown]:
        return [replace(shown, percent=re.sub(r"\D", "", shown.percent)) for shown in found]

    first = numbers(gaps_in_html(rendered("ru", "html")))
    assert len(first) == 12
    assert numbers(gaps_in_html(rendered(lang, "html"))) == first
    assert numbers(gaps_in_text(rendered(lang, "text"), lang)) == first


@pytest.mark.parametrize("lang", languages())
def test_the_sheets_hold_the_same_numbers_in_every_language(lang: str) -> None:
    assert list(_numbers(rendered(lang, "xlsx"))) == list(_numbers(rendered("ru", "xlsx")))


def _numbers(book: bytes) -> Iterator[tuple[int, str, object]]:
    for n, sheet in enumerate(load_workbook(io.BytesIO(book))):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and cell.data_type in ("n", "d"):
                    yield n, cell.coordinate, cell.value


@pytest.mark.parametrize("lang", languages())
def test_every_language_has_the_same_sections(lang: str) -> None:
    def shape(page: Letter) -> list[tuple[str, int, int, int]]:
        return [(s.code, len(s.cards), len(s.common), len(s.table)) for s in page.sections]

    assert shape(letter(report(lang))) == shape(letter(report("ru")))


@pytest.mark.parametrize("lang", languages())
def test_the_page_tells_its_language_and_is_small(lang: str) -> None:
    page = BeautifulSoup(rendered(lang, "html"), "html.parser")
    assert page.html is not None
    assert page.html["lang"] == lang
    assert len(rendered(lang, "html")) < 100_000


@pytest.mark.parametrize("lang", languages())
def test_text_keeps_to_72_columns_in_every_language(lang: str) -> None:
    lines = rendered(lang, "text").decode().splitlines()
    assert [line for line in lines if len(line) > 72 and "https://" not in line] == []


def test_titles_in_another_language_are_marked_in_the_page_and_explained_once() -> None:
    marked = BeautifulSoup(rendered("be", "html"), "html.parser").select("h3 span[lang=ru]")
    gaps, thin = report("be").sections.gaps, report("be").sections.thin
    assert [span.text for span in marked] == [report("ru").row(f).members[0].title for f in (*gaps, *thin)]
    note = catalogue("be").say("method.titles")
    assert " ".join(rendered("be", "text").decode().split()).count(note) == 1
    for lang in ("ru", "en"):
        assert catalogue(lang).say("method.titles") not in " ".join(rendered(lang, "text").decode().split())


def test_names_come_from_the_gazetteer_in_the_readers_language() -> None:
    names = {lang: report(lang).rows[0].own_side + report(lang).rows[0].other_side for lang in languages()}
    assert names["ru"] == ("Горецкий район", "Зерноградский район (Россия)")
    assert names["be"] == ("Горацкі раён", "Зернаградскі раён (Расія)")
    assert names["en"] == ("Gorki District", "Zernograd District (Russia)")


def test_a_body_abroad_has_its_belarusian_name_and_a_firm_without_one_its_russian_one() -> None:
    found = {row.family: row.other_side for row in report("be").rows}
    assert found[FamilyId("AGR-0028")] == ("Заканадаўчы сход Калужскай вобласці (Расія)",)
    assert found[FamilyId("AGR-0187")] == ("Гандлёва-прамысловая палата Аджарыі (Грузія)",)
    assert found[FamilyId("AGR-0196")] == ("World Technik (Грузія)",)


@pytest.mark.parametrize(
    ("lang", "n", "said"),
    [
        ("be", 1, "1 матэрыял"), ("be", 3, "3 матэрыялы"), ("be", 11, "11 матэрыялаў"),
        ("be", 22, "22 матэрыялы"), ("be", 1234, "1\xa0234 матэрыялы"),
        ("en", 0, "0 stories"), ("en", 1, "1 story"), ("en", 21, "21 stories"), ("en", 1234, "1,234 stories"),
    ],
)  # fmt: skip
def test_counts_take_the_form_of_the_language(lang: str, n: int, said: str) -> None:
    assert catalogue(lang).count("n.materials", n) == said


@pytest.mark.parametrize(
    ("lang", "subtitle", "percent", "names"),
    [
        ("ru", "Материалы с 25 сентября по 23 ноября 2025\xa0г., неделя 2025-W47", "88\xa0%", "а, б и в"),
        ("be", "Матэрыялы з 25 верасня па 23 лістапада 2025\xa0г., тыдзень 2025-W47", "88\xa0%", "а, б і в"),
        ("en", "Stories from 25 September to 23 November 2025, week 2025-W47", "88%", "а, б and в"),
    ],
)
def test_dates_shares_and_lists_are_written_as_the_language_does(
    lang: str, subtitle: str, percent: str, names: str
) -> None:
    assert letter(report(lang)).subtitle == subtitle
    assert catalogue(lang).percent(0.876) == percent
    assert catalogue(lang).list(("а", "б", "в")) == names


def test_every_format_is_tried() -> None:
    assert set(FORMATS.values()) == {html, text, xlsx, csv, json, rss}
