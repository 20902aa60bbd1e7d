"""Where on a page the story stands, and which lines of that block are told."""

import pytest

from monitor.articles.container import story_lines
from monitor.articles.pagetree import parse_page, prune

AROUND = ("share", "related", "comments")
TITLE = "Мост через Проню открыли"
ONE = "Новый мост через Проню открыли во вторник, движение пустили сразу после полудня."
TWO = "Строители из Смоленска работали на нём полтора года и закончили раньше срока."
THREE = "Следующий мост, через Ресту, начнут весной."
SIDE = "Учительница из Горок выиграла холодильник в лотерею, рассказали организаторы."


def told(body: str, *anchors: str) -> list[str]:
    tree = parse_page(f"<html><body>{body}</body></html>")
    assert tree is not None
    prune(tree)
    return story_lines(tree, anchors, title=TITLE, around=AROUND).split("\n")


def test_a_column_beside_the_story_is_not_its_part_though_it_reads_like_prose() -> None:
    page = (
        f"<table><tr><td><p>{SIDE}</p><p>{SIDE[::-1]}.</p></td>"
        f"<td><h1>{TITLE}</h1>{ONE}<br><br>{TWO}<br><br>{THREE}</td></tr></table>"
    )
    assert told(page, ONE, TWO, SIDE) == [TITLE, ONE, TWO, THREE]


def test_lists_and_tables_of_the_story_are_told() -> None:
    page = (
        f"<div><h1>{TITLE}</h1><div class='body'><p>{ONE}</p>"
        "<ul><li>длина 80 метров</li></ul><table><tr><td>пролётов</td><td>4</td></tr></table>"
        f"<p>{TWO}</p></div></div>"
    )
    assert told(page, ONE, TWO) == [ONE, "длина 80 метров", "пролётов | 4", TWO]


def test_the_lead_between_headline_and_block_is_told_and_the_lines_beside_it_are_not() -> None:
    page = (
        f"<div><h1>{TITLE}</h1><p>Рубрика: дороги и мосты, район, общество</p><p>{THREE}</p>"
        "<p>Просмотров: двести сорок, оценка: четыре с половиной</p>"
        f"<article><p>{ONE}</p><p>{TWO}</p></article></div>"
    )
    assert told(page, ONE, TWO) == [THREE, ONE, TWO]


@pytest.mark.parametrize("label", ["post-share-buttons", "relatedPosts", "b-comments"])
def test_a_block_is_left_out_by_its_label(label: str) -> None:
    page = f"<div><h1>{TITLE}</h1><p>{ONE}</p><p>{TWO}</p><div class='{label}'><p>{SIDE}</p></div></div>"
    assert told(page, ONE, TWO, SIDE) == [TITLE, ONE, TWO]


def test_a_label_is_not_believed_of_the_block_in_which_the_story_begins() -> None:
    page = f"<div><h1>{TITLE}</h1><div class='share-and-text'><p>{ONE}</p><p>{TWO}</p></div></div>"
    assert told(page, ONE, TWO) == [ONE, TWO]


def test_a_page_without_prose_gives_nothing() -> None:
    assert told("<div><a href='/1'>Главная</a> <a href='/2'>Спорт</a></div>") == [""]


def test_without_anchors_the_prose_behind_the_headline_is_taken() -> None:
    page = f"<div><p>{SIDE}</p></div><div><h2>{TITLE}</h2><div><p>{ONE}</p><p>{TWO}</p></div></div>"
    assert told(page) == [ONE, TWO]


def test_a_table_of_other_stories_inside_the_cell_of_the_story_is_not_told() -> None:
    other = f"<table><tr><td><b>Лотерея</b><p>{SIDE}</p></td></tr></table>"
    page = f"<table><tr><td><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>{other}</td></tr></table>"
    assert told(page, ONE, TWO, SIDE) == [ONE, TWO, THREE]
