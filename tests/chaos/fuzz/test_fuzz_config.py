"""The files of config/, bent: each reader gives what it holds or refuses it by name, whatever is in it."""

import shutil
from pathlib import Path

import pytest
from hypothesis import strategies as st

from monitor.core.errors import MonitorError
from monitor.core.shipped import config_dir
from monitor.register.load import load_register
from tests.chaos.fuzz.bending import bent, for_a_while, told
from tests.config_readers import READERS

pytestmark = pytest.mark.slow
WORDS = (b"[", b"]", b"{", b"}", b'"', b"'''", b"#", b"[[x]]\n", b"\nx = 1\n", b'"\\u0000"', b'"\\ud800"')
VALUES = ("1", "-1", "inf", "true", '""', '"x"', '"["', '"\\u0000"', "[]", '[""]', "[[]]", '[["a"]]', "{}",
          "{a = 1}", "1979-05-27", "9" * 20, '"2020-01-01"')  # fmt: skip


@st.composite
def with_other_values(draw: st.DrawFn, sound: bytes) -> bytes:
    """A TOML file in which up to three lines have another value or are another table's head."""
    lines = sound.decode().split("\n")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        key, equals, _ = lines[at].partition("=")
        lines[at] = (
            f"{key}= {draw(st.sampled_from(VALUES))}"
            if equals
            else draw(st.sampled_from(("", "[x]", "[[x]]")))
        )
    return "\n".join(lines).encode()


def test_a_file_of_config_is_read_or_refused_by_name(tmp_path: Path) -> None:
    config = tmp_path / "config"
    shutil.copytree(config_dir(), config)
    register = load_register(config)
    sound = {name: (config_dir() / name).read_bytes() for name in READERS}
    given = st.sampled_from(sorted(READERS)).flatmap(
        lambda name: st.tuples(st.just(name), bent([sound[name]], WORDS) | with_other_values(sound[name]))
    )

    def check(drawn: tuple[str, bytes]) -> None:
        name, body = drawn
        (config / name).write_bytes(body)
        try:
            READERS[name](config, register)
        except MonitorError as refused:
            assert str(config) in str(refused)
        finally:
            (config / name).write_bytes(sound[name])

    told(for_a_while(given, check), "config")
