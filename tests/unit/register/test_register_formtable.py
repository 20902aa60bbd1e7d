"""Forms as columns: by folded spelling, whole again when asked for, refused when the columns do not fit."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from monitor.core.ids import PlaceId
from monitor.register.formtable import FormTable
from monitor.register.names import Case, Guard, NameForm
from tests.gazetteer import all_forms

MIR = NameForm(PlaceId("mir"), "Мир", "name", "ru", Case.CAPITAL, Guard.COMMON.value)
MIR_RAYON = NameForm(PlaceId("mir-district"), "МИР", "abbreviation", "ru", Case.EXACT)
MIRA = NameForm(PlaceId("mir"), "Мира", "name", "ru", Case.CAPITAL, Guard.COMMON.value)
USTYE = NameForm(PlaceId("ustye"), "Усть-«Ё»", "name", "ru", Case.CAPITAL)
SIGN = NameForm(PlaceId("mir"), "—", "name", "ru", Case.ANY)
TABLE = FormTable.of([MIR, MIRA, SIGN, USTYE, MIR_RAYON])


def test_forms_of_one_folded_spelling_stand_together_in_their_order() -> None:
    assert TABLE.spellings == ("мир", "мира", "усть е")
    assert [TABLE.forms_of(n) for n in range(3)] == [[MIR, MIR_RAYON], [MIRA], [USTYE]]
    assert TABLE.texts_of(0) == ("Мир", "МИР")


def test_a_table_holds_every_form_that_has_a_word() -> None:
    assert list(TABLE) == [MIR, MIR_RAYON, MIRA, USTYE]
    forms = all_forms()
    assert len(FormTable.of(forms)) == len(forms)
    assert set(FormTable.of(forms)) == set(forms)


def test_a_table_is_whole_again_after_json() -> None:
    assert FormTable.read(json.loads(json.dumps(TABLE.doc()))) == TABLE
    assert list(FormTable.read(FormTable.of([]).doc())) == []


def fewer_texts(doc: dict[str, Any]) -> None:
    doc["texts"].pop()


def fewer_spellings(doc: dict[str, Any]) -> None:
    doc["spellings"].pop()


def a_text_that_is_none(doc: dict[str, Any]) -> None:
    doc["texts"][0] = None


def a_spelling_without_forms(doc: dict[str, Any]) -> None:
    doc["ends"][1] = doc["ends"][0]


def an_end_that_is_no_number(doc: dict[str, Any]) -> None:
    doc["ends"][0] = "2"


def a_sort_that_is_not_there(doc: dict[str, Any]) -> None:
    doc["sort_of"][0] = len(doc["sorts"])


def a_number_that_is_too_large(doc: dict[str, Any]) -> None:
    doc["sort_of"][0] = 1 << 80


def a_case_that_nobody_knows(doc: dict[str, Any]) -> None:
    doc["sorts"][0][3] = "italic"


def a_place_that_is_none(doc: dict[str, Any]) -> None:
    doc["sorts"][0][0] = None


def a_missing_column(doc: dict[str, Any]) -> None:
    del doc["ends"]


@pytest.mark.parametrize(
    "spoil",
    [
        fewer_texts,
        fewer_spellings,
        a_text_that_is_none,
        a_spelling_without_forms,
        an_end_that_is_no_number,
        a_sort_that_is_not_there,
        a_number_that_is_too_large,
        a_case_that_nobody_knows,
        a_place_that_is_none,
        a_missing_column,
    ],
    ids=lambda spoil: spoil.__name__,
)
def test_columns_that_do_not_fit_are_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    doc = json.loads(json.dumps(TABLE.doc()))
    spoil(doc)
    with pytest.raises((ValueError, KeyError, TypeError, OverflowError)):
        FormTable.read(doc)
