"""Teasers told from paragraphs by their shape alone."""

import pytest

from monitor.articles.pagetree import parse_page, prune

STORY = (
    "<p>Ярмарка открылась на площади Ленина в Могилёве, гости привезли кружево и керамику.</p>"
    "<p>Подробный <a href='/plan'>план праздника на выходные дни</a> печатали вчера.</p>"
)


def pruned(body: str) -> str:
    tree = parse_page(f"<html><body><div class='x'>{body}</div></body></html>")
    assert tree is not None
    prune(tree)
    return " ".join(tree.text_content().split())


WHOLE = pruned(STORY)


@pytest.mark.parametrize(
    "teasers",
    [
        "<p><a href='/1'>Завод отправил тракторы в Казахстан</a><br>Первая партия уже в пути.</p>" * 2,
        "<div><i>5 октября 2026, 12:20</i> <a href='/1'>Делегация посетила Шклов</a> <p>Гости.</p></div>" * 2,
        "<ul><li><h4><a href='/1'>Аисты уже за Суэцем</a></h4><div>Птицы летят.</div></li></ul>",
        "<p><a href='/1'>Завод отправил тракторы</a><br>Партия. <a href='/1'>Читать далее</a></p>",
        "<a href='/1'>Завод отправил тракторы в Казахстан</a><a href='/2'>Делегация посетила Шклов</a>",
    ],
    ids=["paragraphs", "dated blocks", "list item", "headline and button", "bare links"],
)
def test_blocks_that_begin_with_a_linked_headline_go(teasers: str) -> None:
    assert pruned(STORY + teasers) == WHOLE


def button(n: int, words: str, target: str = "/{}") -> str:
    return f"<tr><td><b>Новость {n}</b><br>Её начало. <a href='{target.format(n)}'>{words}</a></td></tr>"


@pytest.mark.parametrize(
    "teasers",
    [
        "<table>" + "".join(button(n, "подробнее &gt;&gt;") for n in range(3)) + "</table>",
        "<dl>"
        + "".join(f"<dt><a href='/{n}'>Делегация посетила Шклов</a><dd>Гости. {n}" for n in range(2))
        + "</dl>",
    ],
    ids=["the same button under each", "terms that are headlines"],
)
def test_lists_of_other_stories_go_whole(teasers: str) -> None:
    assert pruned(STORY + teasers) == WHOLE


@pytest.mark.parametrize(
    "rows",
    [
        [button(n, "подробнее") for n in range(2)],  # two may be two notes of the story
        [button(n, "скачать", "/plan{}.pdf") for n in range(4)],
        [button(n, "подробнее", "/same") for n in range(4)],
        [button(n, f"дом {n}") for n in range(4)],
    ],
    ids=["two only", "files", "one page", "other words"],
)
def test_rows_of_a_story_that_end_with_links_stay(rows: list[str]) -> None:
    assert pruned(f"{STORY}<table>{''.join(rows)}</table>").count("Её начало.") == len(rows)


def test_a_paragraph_that_begins_with_a_link_stays_when_it_stands_alone() -> None:
    alone = "<p><a href='/1'>Завод имени Кирова в Могилёве</a> открыл цех.</p>"
    assert pruned(STORY + alone) == f"{WHOLE}Завод имени Кирова в Могилёве открыл цех."


def test_a_long_block_and_the_one_with_the_headline_stay() -> None:
    long = f"<div><a href='/1'>Все новости нашего района</a>{STORY * 6}</div>"
    headed = f"<div><a href='/1'>Все новости нашего района</a><h1>Ярмарка</h1>{STORY}</div>"
    assert pruned(long * 2).count("Ярмарка") == 12
    assert pruned(headed * 2).count("Ярмарка") == 4


def test_a_table_of_the_layout_becomes_blocks_and_one_of_data_stays() -> None:
    tree = parse_page(
        "<html><body><table><tr><td><h1>Ярмарка</h1><p>Текст</p></td></tr></table>"
        "<table><tr><td>Юань</td><td>3,44</td></tr></table></body></html>"
    )
    assert tree is not None
    prune(tree)
    assert [node.text_content() for node in tree.iter("table")] == ["Юань3,44"]


def test_markup_without_a_tree_gives_none() -> None:
    assert parse_page("") is None
    assert parse_page("<!-- -->") is None
