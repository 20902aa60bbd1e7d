"""The files of config/, bent: each reader gives what it holds or refuses it by name, whatever is in it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from monitor.articles.audit_plan import load_audit_plan
from monitor.articles.boilerplate import load_page_rules
from monitor.articles.lemmas import load_endings
from monitor.articles.marks import load_marks
from monitor.core.errors import MonitorError
from monitor.core.months import load_months
from monitor.core.settings import load_settings
from monitor.core.shipped import config_dir
from monitor.crawl.sources import load_restricted, load_sources
from monitor.gaps.calendar import load_calendar
from monitor.linking.cues import load_cues
from monitor.linking.weights import load_link_model
from monitor.linking.wording import load_link_words
from monitor.register.load import load_register, load_topics
from monitor.register.nametable import load_adjectives, load_grammar
from monitor.register.norms import load_norms
from monitor.register.taxonomy import load_changes
from tests.chaos.fuzz.bending import bent, for_a_while, told

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
    languages, register = config / "languages", load_register(config)
    readers: dict[str, Callable[[], Any]] = {
        "audit.toml": lambda: load_audit_plan(config / "audit.toml"),
        "boilerplate.toml": lambda: load_page_rules(config / "boilerplate.toml"),
        "calendar.toml": lambda: load_calendar(config / "calendar.toml"),
        "languages/adjectives.toml": lambda: load_adjectives(config),
        "languages/be.toml": lambda: (load_marks(languages), load_months(languages)),
        "languages/context.toml": lambda: load_cues(config),
        "languages/lv_inflection.toml": lambda: load_grammar(config),
        "linking.toml": lambda: load_link_words(config),
        "linking_model.json": lambda: load_link_model(config),
        "norms.toml": lambda: load_norms(config / "norms.toml"),
        "restricted.toml": lambda: load_restricted(config / "restricted.toml"),
        "settings.toml": lambda: load_settings(config / "settings.toml", environment=False),
        "sources/pl.toml": lambda: load_sources(config / "sources", register.places),
        "stems.toml": lambda: load_endings(config / "stems.toml"),
        "taxonomy_changes.toml": lambda: load_changes(config / "taxonomy_changes.toml", register.topics),
        "topics.toml": lambda: load_topics(config / "topics.toml"),
    }
    sound = {name: (config_dir() / name).read_bytes() for name in readers}
    given = st.sampled_from(sorted(readers)).flatmap(
        lambda name: st.tuples(st.just(name), bent([sound[name]], WORDS) | with_other_values(sound[name]))
    )

    def check(drawn: tuple[str, bytes]) -> None:
        name, body = drawn
        (config / name).write_bytes(body)
        try:
            readers[name]()
        except MonitorError as refused:
            assert str(config) in str(refused)
        finally:
            (config / name).write_bytes(sound[name])

    told(for_a_while(given, check), "config")
