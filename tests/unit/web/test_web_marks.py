"""Excerpts: sentences around the evidence, marks exactly on its words, nothing invisible, bounded."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.reports.plain import one_line
from monitor.web.marks import LIMIT, Piece, Span, excerpts, paragraphs_of, whole

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


LONG = "сотрудничество предприятий " * 40


def shown(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in pieces)


def test_a_long_sentence_is_cut_between_words_and_says_so_at_both_ends() -> None:
    text = f"{LONG}Казани {LONG}конец."
    (found,) = excerpts(text, [span("Казани", text=text)])
    said = shown(found)
    assert (said[0], said[-1]) == ("…", "…")
    assert set(said.strip("…").split()) == {"сотрудничество", "предприятий", "Казани"}
    assert LIMIT - 40 < len(said) <= LIMIT + 2
    assert [piece.text for piece in found if piece.name] == ["Казани"]


def test_an_ellipsis_stands_only_where_something_is_left_out_and_never_in_a_mark() -> None:
    text = f"Казани {LONG}. И {LONG}ждут Казани"
    first, last = excerpts(text, [span("Казани", text=text), Span(len(text) - 6, len(text), "имя")])
    assert (shown(first)[0], shown(first)[-1]) == ("К", "…")
    assert (shown(last)[0], shown(last)[-6:]) == ("…", "Казани")
    assert [piece.text for one in (first, last) for piece in one if piece.name] == ["Казани"] * 2


def test_words_that_are_marked_only_in_part_are_shown_whole() -> None:
    text = f"{LONG}Казаньоргсинтез {LONG}"
    start = text.index("Казань")
    (found,) = excerpts(text, [Span(start, start + 6, "Казань")], limit=8)
    assert shown(found) == "…Казаньоргсинтез…"


def test_a_long_title_ends_at_a_word_outside_of_marks() -> None:
    text = f"{LONG}Казани {LONG}"
    start = text.index("Казани")
    pieces = whole(text, [Span(start, start + 6, "имя")], limit=start + 3)
    assert shown(pieces) == f"{LONG.strip()}…"
    assert not any(piece.name for piece in pieces)
    assert shown(whole("Я" * 350, [])) == "Я" * 350  # the end of a word is near


def test_a_paragraph_is_shown_whole() -> None:
    text = f"{LONG}Казани {LONG}"
    (pieces,) = paragraphs_of(text, [span("Казани", text=text)])
    assert shown(pieces) == text


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
        assert sum(len(piece.text) for piece in excerpt) <= 2 * LIMIT + 200
        assert not any("…" in piece.text for piece in excerpt if piece.name)
        assert all(piece.text.isprintable() for piece in excerpt)


def test_a_mark_stands_in_its_own_paragraph() -> None:
    text = "Гости приехали.\n\nИз Казани, в Могилёв."
    spans = [span("Казани", "а", text), span("Могилёв", "б", text)]
    assert paragraphs_of(text, spans) == [
        (Piece("Гости приехали."),),
        (Piece("Из "), Piece("Казани", "а"), Piece(", в "), Piece("Могилёв", "б"), Piece(".")),
    ]
