"""Where a story begins on a page."""

import pytest

from classifiers.embed import lead
from classifiers.labelled import load_corpus
from classifiers.shipped import CORPUS, load_added
from classifiers.story import story

FIRST = "Делегация Тульской области провела в Могилёве два дня и договорилась о поставках лифтов и семян."
HEADLINE = "Тульская область и Могилёвская область договорились о поставках лифтов"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FIRST, FIRST),
        (f"{FIRST}\nКонец", f"{FIRST}\nКонец"),
        (f"Главная\n\nПроекты\n14 января 2025, 13:18\n{FIRST}\nКонец", f"{FIRST}\nКонец"),
        (f"Главная\n{HEADLINE}\n\n{FIRST}", f"{HEADLINE}\n{FIRST}"),
        (f"Вот как это было.\n{FIRST}", f"Вот как это было.\n{FIRST}"),
        (f"23 | 02 | 2020\n\n{FIRST}", FIRST),
        ("Сегодня\nв Могилёве\nдождь", "Сегодня\nв Могилёве\nдождь"),
        ("", ""),
    ],
    ids=[
        "bare",
        "bare lines",
        "menu and date",
        "headline",
        "short sentence",
        "date",
        "no paragraph",
        "nothing",
    ],
)
def test_a_story_begins_after_the_menu(text: str, told: str) -> None:
    assert story(text) == told


def test_a_menu_longer_than_any_page_is_left_alone() -> None:
    menu = "Раздел\n" * 5000 + FIRST
    assert story(menu) == menu


def test_the_lead_holds_no_menu() -> None:
    assert lead("Лифты", f"Главная\nПроекты\n{FIRST}", 40) == f"Лифты. {FIRST}"[:40]


def test_shipped_items_hold_no_menu() -> None:
    items = [*load_corpus(CORPUS), *load_added()]
    assert [item.id for item in items if story(item.text) != item.text] == []
