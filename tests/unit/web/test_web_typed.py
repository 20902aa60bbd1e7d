"""Of a form that came too late: what its reader changed, told from what somebody else did meanwhile."""

from monitor.register.columns import COLUMNS
from monitor.web.typed import edited, marks_of

OPENED = dict.fromkeys(COLUMNS, "") | {"title": "Old", "notes": "old"}
TYPED = OPENED | {"notes": "mine", "title_ru": "Моё", "signed": "2026-01-02"}
HELD = OPENED | {"title": "Theirs", "notes": "theirs", "signed": "2026-01-02"}


def test_fields_of_another_are_not_among_those_that_were_typed() -> None:
    assert set(edited(marks_of(OPENED), TYPED, HELD)) == {"notes", "title_ru"}


def test_a_form_without_marks_or_with_those_of_other_columns_tells_all_that_differs() -> None:
    for opened in ("", marks_of(OPENED)[8:]):
        assert set(edited(opened, TYPED, HELD)) == {"notes", "title_ru", "title"}
