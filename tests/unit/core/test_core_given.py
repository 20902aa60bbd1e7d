"""Lines that commands are given: taken whole or refused by their number, with what is wrong."""

from typing import Any

import pytest

from monitor.core.given import BadLine, read_object


def _twice(raw: dict[str, Any]) -> str:
    if not raw["text"]:
        raise ValueError("nothing to say")
    return str(raw["text"] * 2)


def test_a_line_is_handed_on_whole() -> None:
    line = '\ufeff{"id": "a", "text": "мост", "more": 1}'.encode()
    assert read_object(1, line, _twice, texts=("id", "text")) == "мостмост"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "a", "text": "\xff"}', "not UTF-8 at byte 21"),
        (b'{"id": "a"', "not JSON: Expecting ',' delimiter: line 1 column 11 (char 10)"),
        (b'{"id": "a"\r\n', "not JSON: Expecting ',' delimiter: line 1 column 11 (char 10)"),
        (b'["a"]', "not a JSON object"),
        (b'{"id": "a", "text": 1}', "text must be a string"),
        (b'{"text": "x"}', "id must be a string"),
        (b'{"id": "\\ud800", "text": "x"}', "id holds a character that cannot be shown"),
        (b'{"id": "a", "text": ""}', "nothing to say"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_by_its_number(line: bytes, reason: str) -> None:
    assert read_object(7, line, _twice, texts=("id", "text")) == BadLine(7, reason)


def test_lists_within_lists_are_refused() -> None:
    answer = read_object(7, b"[" * 100_000, _twice, texts=("id",))
    assert isinstance(answer, BadLine)
    assert answer.line == 7


def test_what_else_goes_wrong_is_left_to_the_caller() -> None:
    def unreadable(_: dict[str, Any]) -> str:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        read_object(1, b'{"id": "a"}', unreadable, texts=("id",))
