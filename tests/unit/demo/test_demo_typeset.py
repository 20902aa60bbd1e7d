"""Article pages in the layouts of common content systems."""

from datetime import datetime, timedelta

import pytest
from jinja2 import TemplateNotFound

from monitor.demo.typeset import (
    ENCODINGS,
    LAYOUTS,
    Block,
    Comment,
    Site,
    Story,
    Teaser,
    Typesetter,
    blocks_of,
)

NOTICE = ("Всё здесь выдумано", "Усё тут прыдумана")
AT = datetime.fromisoformat("2026-07-05T09:04:00+03:00")
NOW = AT + timedelta(days=40)
SITE = Site(name="Вести", slogan="Ни слова правды", city="Лугань", host="vesti.example")
TEASERS = tuple(
    Teaser(f"http://vesti.example/{n}", f"Другая новость <{n}>", f"Её начало {n}.", AT - timedelta(days=n))
    for n in range(6)
)


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(NOTICE)


def story(*blocks: Block, lang: str = "ru", author: str = "А. Перо") -> Story:
    return Story(
        url="http://vesti.example/story", number=401, lang=lang, title="Корова & телёнок", author=author,
        account="pero", published_at=AT, blocks=blocks, captions=("Корова на лугу",),
        comments=(Comment("Сосед", "Видел сам"),), teasers=TEASERS,
    )  # fmt: skip


WHOLE = story(
    *blocks_of(
        ["Лид.", "Первый.", "раз", "два", "А | Б", "В | Г", "Последний."],
        ["lead", "p", "item", "item", "row", "row", "p"],
    )
)


def test_neighbours_of_a_kind_become_one_list_or_table() -> None:
    assert WHOLE.blocks == (
        Block("lead", "Лид."),
        Block("p", "Первый."),
        Block("items", items=("раз", "два")),
        Block("table", rows=(("А", "Б"), ("В", "Г"))),
        Block("p", "Последний."),
    )


def test_every_paragraph_needs_its_mark() -> None:
    with pytest.raises(ValueError, match="zip"):
        blocks_of(["один", "два"], ["p"])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_shows_the_story_escaped_and_the_notice(typesetter: Typesetter, layout: str) -> None:
    html = typesetter.page(layout, SITE, WHOLE, NOW).decode(ENCODINGS.get(layout, "utf-8"))
    places = [html.rindex("ервый."), html.rindex("два"), html.rindex("Г</td>"), html.rindex("Последний.")]
    assert places == sorted(places)
    assert "ид." in html  # one layout cuts the first letter off
    assert "Корова &amp; телёнок" in html
    assert "новость <" not in html
    assert all(line in html for line in NOTICE)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_belarusian_page_of_one_sentence_speaks_belarusian(typesetter: Typesetter, layout: str) -> None:
    short = story(Block("p", "Адзін сказ."), lang="be", author="")
    html = typesetter.page(layout, SITE, short, NOW, encoding="utf-8").decode()
    assert "дзін сказ." in html
    assert "Грамадства" in html
    assert "Общество" not in html


def test_the_same_story_and_instant_give_the_same_bytes(typesetter: Typesetter) -> None:
    again = Typesetter(NOTICE)
    assert [typesetter.page(layout, SITE, WHOLE, NOW) for layout in LAYOUTS] == [
        again.page(layout, SITE, WHOLE, NOW) for layout in reversed(LAYOUTS)
    ][::-1]


def test_an_old_layout_is_windows_1251_and_an_unknown_one_is_refused(typesetter: Typesetter) -> None:
    assert "Последний.".encode("windows-1251") in typesetter.page("bitrix_old", SITE, WHOLE, NOW)
    with pytest.raises(TemplateNotFound):
        typesetter.page("geocities", SITE, WHOLE, NOW)
