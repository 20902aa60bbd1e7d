"""One word for one thing, in pages and mails alike.

A story is what the press told, however often it was reprinted or translated (материал, матэрыял); an article
is one text at one address (статья, артыкул).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import pytest

from monitor.reports.catalogue import catalogue
from monitor.web.words import page_words

STORY = {"en": r"\bstor(y|ies)\b", "ru": r"\bматериал", "be": r"\bматэрыял"}
ARTICLE = {"en": r"\barticles?\b", "ru": r"\bстат(ь|ей)", "be": r"\bартыкул"}
OTHER_FORMS = re.compile(r"\.(few|many)$")
NOT_OF_THE_PRESS = {"story.resources_chemistry"}  # raw materials


def sentences(room: str, lang: str) -> dict[str, str]:
    file = resources.files(f"monitor.{room}").joinpath("locale", f"{lang}.toml")
    return dict(leaves(tomllib.loads(file.read_text("utf-8"))))


def leaves(table: Mapping[str, Any], lead: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{lead}{key}.")
        else:
            yield lead + key, re.sub(r"{\w+}", "", str(value))


def says(patterns: Mapping[str, str], lang: str, text: str) -> bool:
    return bool(re.search(patterns[lang], text, re.IGNORECASE))


@pytest.mark.parametrize("room", ["web", "reports"])
@pytest.mark.parametrize("lang", ["ru", "be"])
def test_a_story_and_an_article_are_told_apart_as_in_english(room: str, lang: str) -> None:
    english, compared = sentences(room, "en"), 0
    for key, text in sentences(room, lang).items():
        first = english.get(key) or english.get(OTHER_FORMS.sub(".other", key), "")
        if key in NOT_OF_THE_PRESS:
            continue
        if says(STORY, "en", first) and not says(ARTICLE, "en", first):
            assert not says(ARTICLE, lang, text), key
            compared += 1
        if says(ARTICLE, "en", first) and not says(STORY, "en", first):
            assert not says(STORY, lang, text), key
            compared += 1
    assert compared > 20


@pytest.mark.parametrize("room", ["web", "reports"])
def test_russian_and_belarusian_use_the_same_of_the_two(room: str) -> None:
    belarusian = sentences(room, "be")
    for key, text in sentences(room, "ru").items():
        same = belarusian[key]
        assert says(STORY, "ru", text) == says(STORY, "be", same), key
        assert says(ARTICLE, "ru", text) == says(ARTICLE, "be", same), key


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_a_sheet_says_as_the_page_does_that_stages_are_a_hint(lang: str) -> None:
    hint = page_words(lang).say("family.stages")
    assert hint in catalogue(lang).names("sheet.gaps_columns")
    assert "(" in hint


@pytest.mark.parametrize(("lang", "province"), [("ru", "област"), ("be", "вобласц")])
def test_pages_call_a_region_a_region_since_the_choice_has_more_than_provinces(
    lang: str, province: str
) -> None:
    told = sentences("web", lang)
    assert [key for key, text in told.items() if province in text.lower()] == []


@pytest.mark.parametrize(("lang", "source"), [("ru", "источник"), ("be", "крыніц"), ("en", "source")])
def test_a_source_in_a_mail_is_an_outlet_never_the_book_behind_the_register(lang: str, source: str) -> None:
    asked = {key: text for key, text in sentences("reports", lang).items() if key.startswith("pending.")}
    assert [key for key, text in asked.items() if source in text.lower()] == []


@pytest.mark.parametrize("room", ["web", "reports"])
def test_belarusian_words_have_the_apostrophe_of_print(room: str) -> None:
    told = sentences(room, "be")
    assert [key for key, text in told.items() if re.search(r"[а-яёіў]'[а-яёіў]", text)] == []
