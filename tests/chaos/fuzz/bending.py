"""Files bent out of shape: sound ones with bytes, words, pieces and values changed, drawn by hypothesis.

`for_a_while` draws for a given time: in rounds, each with a seed of its own that a failure names.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

T = TypeVar("T")
SECONDS = float(os.environ.get("MONITOR_FUZZ_S", "30"))
_ROUND = 100  # examples
_MOST = 400_000  # bytes of a bent file: what is larger is the matter of the hostile servers
_ODD = (
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3", b"\r", b"\x0c", b"\x1b[2J"),
    *(
        b"&#0;",
        b"&#xD800;",
        b"&#x110000;",
        "\u2028".encode(),
        "\u202e".encode(),
        b"9" * 5000,
        b"1e999",
        b"-0",
    ),
)
_CHARSETS = ("utf-16", "utf-16-le", "utf-32", "windows-1251", "koi8-r", "utf-7", "cp500", "iso-8859-5")


def for_a_while(strategy: st.SearchStrategy[T], check: Callable[[T], None]) -> int:
    """Check what is drawn until the time is over; how many were. Fails with the smallest that fails."""
    until, number, n_checked = time.monotonic() + SECONDS, 0, 0

    def counted(drawn: T) -> None:
        nonlocal n_checked
        n_checked += 1
        check(drawn)

    while time.monotonic() < until:
        number = int.from_bytes(os.urandom(4), "big")
        try:
            _round(number, strategy, counted)
        except BaseException as error:
            error.add_note(f"round with the seed {number}")
            raise
    return n_checked


def _round(number: int, strategy: st.SearchStrategy[T], check: Callable[[T], None]) -> None:
    @seed(number)
    @settings(
        max_examples=_ROUND,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(strategy)
    def drawn(value: T) -> None:
        check(value)

    drawn()


@st.composite
def bent(draw: st.DrawFn, sound: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """One of the sound files, changed in up to eight places. `words`: of its format, put in anywhere."""
    body = draw(st.sampled_from(sound))
    for _ in range(draw(st.integers(1, 8))):
        body = _bend(draw, body, sound, words)[:_MOST]
    return body


def _bend(draw: st.DrawFn, body: bytes, sound: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    at, length = draw(st.integers(0, len(body))), draw(st.integers(0, 400))
    before, piece, after = body[:at], body[at : at + length], body[at + length :]
    word = st.sampled_from([*words, *_ODD])
    match draw(st.sampled_from(("cut", "drop", "put", "word", "many", "again", "other", "flip", "charset"))):
        case "cut":
            return before
        case "drop":
            return before + after
        case "put":
            return before + draw(st.binary(max_size=30)) + piece + after
        case "word":
            return before + draw(word) + piece + after
        case "many":
            return before + draw(word)[:40] * draw(st.integers(2, 3000)) + piece + after
        case "again":
            return before + piece * draw(st.integers(2, 40)) + after
        case "other":
            other = draw(st.sampled_from(sound))
            start = draw(st.integers(0, len(other)))
            return before + other[start : start + 4 * length] + after
        case "flip":
            return before + bytes(byte ^ 0x20 for byte in piece) + after
        case _:
            text = body.decode("utf-8", "replace")
            return text.encode(draw(st.sampled_from(_CHARSETS)), "replace")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    | st.sampled_from(["", " ", "2025-13-45", "=1+1", "AGR-0001", "../x", "\u0000", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@st.composite
def bent_rows(draw: st.DrawFn, sound: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Some sound rows, a few of their values at any depth replaced, gone, or under another name."""
    rows = json.loads(json.dumps(draw(st.lists(st.sampled_from(sound), min_size=1, max_size=4))))
    for _ in range(draw(st.integers(0, 5))):
        _bend_value(draw, draw(st.sampled_from(rows)))
    return list(rows)


def _bend_value(draw: st.DrawFn, inside: Any) -> None:
    while True:
        if not inside:
            return
        keys = list(inside) if isinstance(inside, dict) else range(len(inside))
        key = draw(st.sampled_from(list(keys)))
        if isinstance(inside[key], dict | list) and inside[key] and draw(st.booleans()):
            inside = inside[key]
            continue
        break
    match draw(st.sampled_from(("put", "drop", "name"))):
        case "put":
            inside[key] = draw(ANYTHING)
        case "drop":
            del inside[key]
        case _ if isinstance(inside, dict):
            inside[draw(st.text(max_size=8))] = inside.pop(key)
        case _:
            inside.append(draw(ANYTHING))


def told(n_checked: int, what: str) -> None:
    """Print how much was tried; fail where it was next to nothing."""
    print(f"{what}: {n_checked} files in {SECONDS:g} s")
    if n_checked < 20:
        pytest.fail(f"only {n_checked} files were tried")
