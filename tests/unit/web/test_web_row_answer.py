"""What the form of an answer may say: the rules that mails and the newsroom share."""

from datetime import date, timedelta

import pytest

from monitor.core.ids import ArticleId
from monitor.gaps.answers import AnswerKind
from monitor.web.asked import Asked, FormError
from monitor.web.row_answer import Days, Given, days_from, filled, read_answer
from monitor.web.words import page_words

TODAY = date(2025, 11, 24)
FIRST, LAST = date(2025, 11, 25), date(2026, 11, 25)
OWN = (ArticleId(7), ArticleId(9))


def asked(**fields: str | tuple[str, ...]) -> Asked:
    form = {name: (said,) if isinstance(said, str) else said for name, said in fields.items()}
    return Asked("POST", "", "en", form)


def read(kind: AnswerKind, given: Asked) -> Given:
    return read_answer(kind, given, OWN, TODAY, page_words("en"))


@pytest.mark.parametrize(
    ("kind", "given", "made"),
    [
        (AnswerKind.WORKING, asked(), Given("", None, ())),
        (AnswerKind.WORKING, asked(note=" a\nb\u200b "), Given("a b", None, ())),
        (AnswerKind.WORKING, asked(note="x" * 300), Given("x" * 300, None, ())),
        (AnswerKind.WORKING, asked(day="2026-01-01", article="7"), Given("", None, ())),
        (AnswerKind.NOT_NEWS, asked(note="too late"), Given("too late", None, ())),
        (AnswerKind.MISSED, asked(), Given("", None, ())),
        (AnswerKind.REMIND, asked(day=FIRST.isoformat()), Given("", FIRST, ())),
        (AnswerKind.REMIND, asked(day=LAST.isoformat()), Given("", LAST, ())),
        (AnswerKind.WRONG, asked(article=("9", "424242", "x")), Given("", None, (ArticleId(9),))),
        (AnswerKind.WRONG, asked(article=("9", "7")), Given("", None, OWN)),
        (AnswerKind.WRONG, asked(note="another plant"), Given("another plant", None, ())),
    ],
)
def test_an_answer_is_read_whole(kind: AnswerKind, given: Asked, made: Given) -> None:
    assert read(kind, given) == made


@pytest.mark.parametrize(
    ("kind", "given", "code", "values"),
    [
        *((kind, asked(note="x" * 301), "note_long", {"limit": 300}) for kind in AnswerKind),
        (AnswerKind.NOT_NEWS, asked(note=" \u200b "), "note_missing", {}),
        (AnswerKind.WRONG, asked(), "nothing_said", {}),
        (AnswerKind.WRONG, asked(article="424242"), "nothing_said", {}),
        *(
            (AnswerKind.REMIND, asked(day=day), "no_day", {"first": FIRST, "last": LAST})
            for day in ("", "tomorrow", TODAY.isoformat(), (LAST + timedelta(days=1)).isoformat())
        ),
    ],
)
def test_an_answer_that_cannot_hold_is_told_in_a_sentence(
    kind: AnswerKind, given: Asked, code: str, values: dict[str, object]
) -> None:
    words = page_words("en")
    told = {name: words.day(said) if isinstance(said, date) else said for name, said in values.items()}
    with pytest.raises(FormError) as refused:
        read(kind, given)
    assert str(refused.value) == words.say(f"form.{code}", **told)


def test_a_form_that_comes_back_keeps_what_was_filled_in_and_offers_a_day_four_weeks_ahead() -> None:
    assert days_from(TODAY) == Days(FIRST, LAST, date(2025, 12, 22))
    empty, full = (
        filled(asked(), TODAY),
        filled(asked(note="x" * 900, day="tomorrow at noon", article=("7", "9")), TODAY),
    )
    assert (empty.note, empty.day, empty.ticked) == ("", "2025-12-22", frozenset())
    assert (full.note, full.day, full.ticked) == ("x" * 600, "tomorrow a", frozenset({"7", "9"}))
    assert (full.first_day, full.last_day, full.note_limit) == ("2025-11-25", "2026-11-25", 300)
