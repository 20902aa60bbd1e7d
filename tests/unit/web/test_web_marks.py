"""Excerpts: sentences around the evidence, marks exactly on its words, nothing invisible, bounded."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.reports.plain import one_line
from monitor.web.marks import LIMIT, Piece, Span, excerpts, whole

TEXT = "Начало. Гости из Казани приехали в Могилёв. Конец."


def span(words: str, name: str = "имя", text: str = TEXT) -> Span:
    start = text.index(words)
    return Span(start, start + len(words), name)


def test_the_sentence_around_the_words_is_shown_with_both_marks() -> None:
    found = excerpts(TEXT, [span("Могилёв", "б"), span("Казани", "а")])
    assert found == (
        (Piece("Гости из "), Piece("Казани", "а"), Piece(" приехали в "), Piece("Могилёв", "б"), Piece(". ")),
    )


def test_two_sentences_are_two_excerpts_and_none_is_none() -> None:
    text = "В Казани ждут. Дальше ничего нет. В Могилёве тоже."
    found = excerpts(text, [span("Казани", text=text), span("Могилёве", text=text)])
    assert ["".join(p.text for p in one).strip() for one in found] == ["В Казани ждут.", "В Могилёве тоже."]
    assert excerpts(text, []) == ()


def test_spans_that_do_not_fit_the_text_are_left_out() -> None:
    assert excerpts("коротко", [Span(3, 90, "x"), Span(4, 4, "y"), Span(-1, 2, "z")]) == ()
    assert whole("Могилёв", [Span(0, 7, "a"), Span(2, 5, "b")]) == (Piece("Могилёв", "a"),)


def test_markup_and_invisible_characters_are_text_or_gone() -> None:
    text = "a\u202e<script>\x00 Казани</script>"
    (found,) = excerpts(text, [span("Казани", text=text)])
    assert "".join(piece.text for piece in found) == "a<script> Казани</script>"


def test_a_title_of_ten_megabytes_is_cut() -> None:
    pieces = whole("Я" * 10_000_000, [])
    assert len("".join(piece.text for piece in pieces)) <= 2 * LIMIT


@given(
    st.text("абв .!\n<\u202e", max_size=900),
    st.lists(st.tuples(st.integers(-5, 900), st.integers(0, 40)), max_size=6),
)
def test_marks_are_words_of_the_evidence_and_excerpts_are_bounded(
    text: str, places: list[tuple[int, int]]
) -> None:
    spans = [Span(start, start + length, "n") for start, length in places]
    evidence = {one_line(text[s.start : s.end]) for s in spans if s.start >= 0}
    for excerpt in excerpts(text, spans):
        marked = [piece.text.strip() for piece in excerpt if piece.name]
        assert marked
        assert set(marked) <= evidence
        assert sum(len(piece.text) for piece in excerpt) <= 2 * LIMIT + 80
        assert all(piece.text.isprintable() for piece in excerpt)
