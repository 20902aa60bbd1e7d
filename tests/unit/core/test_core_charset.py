"""Bytes to text: valid UTF-8 wins, Cyrillic code pages are known or guessed, double encoding is undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.charset import Decoded, decode, header_charset, repair_double_encoding

TEXT = (
    "Делегация Шкловского района побывала в Зернограде. Стороны обсудили поставки техники и обмен "
    "школьными командами, а также подготовку к форуму регионов осенью этого года."
)


@pytest.mark.parametrize(
    ("body", "declared", "wanted"),
    [
        (TEXT.encode(), ["windows-1251"], Decoded(TEXT, "utf-8", ("charset_mismatch: cp1251",))),
        (TEXT.encode(), ["utf-8", None], Decoded(TEXT, "utf-8", ())),
        (TEXT.encode("cp1251"), ["windows-1251"], Decoded(TEXT, "cp1251", ())),
        (TEXT.encode("koi8-r"), [None, "KOI8-R"], Decoded(TEXT, "koi8-r", ())),
        (TEXT.encode("cp1251"), [], Decoded(TEXT, "cp1251", ("charset_guessed: cp1251",))),
        (TEXT.encode("cp1251"), ["utf-8"], Decoded(TEXT, "cp1251", ("charset_guessed: cp1251",))),
        (TEXT.encode("cp1251"), ["iso-8859-1"], Decoded(TEXT, "cp1251", ("charset_guessed: cp1251",))),
        (TEXT.encode("cp1251"), ["euc-kr"], Decoded(TEXT, "cp1251", ("charset_guessed: cp1251",))),
        (TEXT.encode("cp1251"), ["no-such-charset"], Decoded(TEXT, "cp1251", ("charset_guessed: cp1251",))),
        (
            TEXT.encode("cp1251"),
            ["unicode_escape", "punycode"],
            Decoded(TEXT, "cp1251", ("charset_guessed: cp1251",)),
        ),
        (TEXT.encode("utf-8-sig"), [], Decoded(TEXT, "utf-8", ("bom",))),
        (TEXT.encode("utf-16"), [], Decoded(TEXT, "utf-16", ("bom",))),
        (TEXT.encode()[:-1] + b"\xd0", ["utf-8"], Decoded(TEXT[:-1] + "\ufffd", "utf-8", ("bad_bytes",))),
        (b"plain", ["windows-1251"], Decoded("plain", "utf-8", ())),
        (b"", [], Decoded("", "utf-8", ())),
    ],
)
def test_bytes_become_the_text_they_were(body: bytes, declared: list[str | None], wanted: Decoded) -> None:
    assert decode(body, declared) == wanted


def test_the_charset_of_a_header_is_read() -> None:
    assert header_charset('text/xml; Charset="windows-1251"') == "windows-1251"
    assert header_charset("text/xml") is None


@pytest.mark.parametrize("charset", ["cp1251", "latin-1"])
@pytest.mark.parametrize("text", [TEXT, "Ураджай", "«Мир» — 2026"])
def test_double_encoded_text_is_put_right(text: str, charset: str) -> None:
    broken = text.encode().decode(charset, "replace") if charset == "latin-1" else _misread(text)
    assert repair_double_encoding(broken) == (text, True)
    again = broken.encode().decode("latin-1")
    assert repair_double_encoding(again) == (text, True)


def test_a_title_cut_in_the_middle_of_a_letter_keeps_its_rest() -> None:
    broken = TEXT[:30].encode()[:-1].decode("latin-1") + "…"
    assert repair_double_encoding(broken)[0].startswith(TEXT[:29])


@pytest.mark.parametrize(
    "text",
    [TEXT, "plain", "", "Société Générale", "Žemaitija – Гродна", "РСФСР", "Р°ВЬ", "№ 5", "а««", "Р»", "В»"],
)
def test_sound_text_is_left_alone(text: str) -> None:
    assert repair_double_encoding(text) == (text, False)


@given(st.binary(max_size=200), st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=2))
def test_any_bytes_and_any_declared_charset_give_text(body: bytes, declared: list[str | None]) -> None:
    assert isinstance(decode(body, declared).text, str)


@given(st.text("абвгдежзийклмнопрстуфхцчшщъыьэюяёўі АБРСТІЎ,.-«»", max_size=60))
def test_text_in_the_alphabets_of_our_languages_is_never_rewritten(text: str) -> None:
    assert repair_double_encoding(text) == (text, False)


def _misread(text: str) -> str:
    return "".join(bytes([b]).decode("cp1251") if b != 0x98 else "\x98" for b in text.encode())
