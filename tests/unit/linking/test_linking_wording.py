"""Words of texts that are spelled together are those of each alone; sums hang on no order of words."""

import itertools

from monitor.linking.reading import Reader
from monitor.linking.types import LinkInput
from monitor.linking.wording import LinkWords, Rarity, spelled, stems, stems_of_lines, token_line, token_lines
from monitor.register.types import Register

TEXTS = ("Дагавор аб супрацоўніцтве", "", "Щедрая «Ёлка» – 5,5 км", "中国白俄罗斯合作", "Straße I İ")


def test_texts_are_spelled_together_as_each_alone() -> None:
    assert token_lines(TEXTS) == list(map(token_line, TEXTS))
    with_lines = (*TEXTS, "две\nстроки")
    assert token_lines(with_lines) == list(map(token_line, with_lines))
    assert stems_of_lines(token_lines(TEXTS)) == tuple(map(stems, token_lines(TEXTS)))
    assert token_line("Договор ёж") == token_line("дагавор еж") == " дагавар аж "


def test_every_stem_stands_in_the_spelled_text() -> None:
    for text in TEXTS:
        assert all(stem in spelled(text) for stem in stems(token_line(text)))


def test_a_sum_of_rarities_does_not_hang_on_the_order_of_words() -> None:
    words = [f"word{n}" for n in range(6)]
    rarity = Rarity(frozenset(words[: n + 1]) for n in range(6))
    assert len({rarity.total(order) for order in itertools.permutations(words)}) == 1


def test_sentences_end_with_a_sign_and_a_space_or_with_the_line(
    register: Register, link_words: LinkWords
) -> None:
    text = 'Первое 1.5 км?! «Второе…» Третье.\n\nЧетвёртое ("пятое.") г.Минск'
    reading = Reader(register, link_words).read(LinkInput("Титул", text, "ru", None, None, (), {}))
    told = [sorted(one) for one in reading.sentences]
    assert told == [["титул"], ["парва"], ["втара"], ["трата"], ["патаа", "чатва"], ["минск"]]
    assert reading.numbers == frozenset({1.5})
