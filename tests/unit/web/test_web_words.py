"""The pages speak all their languages completely, and to each reader the right one."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import pytest
from babel import Locale

from monitor.core.accounts import Role
from monitor.core.audit_log import Action as LoggedAction
from monitor.core.ledger import Reason
from monitor.gaps.answers import AnswerKind
from monitor.gaps.missed import LostAt
from monitor.reports.catalogue import languages as report_languages
from monitor.reports.tokens import ANSWERS
from monitor.web.render import environment
from monitor.web.words import choose, languages, page_words


def raw(lang: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("monitor.web").joinpath("locale", f"{lang}.toml").read_text("utf-8"))


def sentences(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict) and not path.startswith("n."):
            yield from sentences(value, f"{path}{key}.")
        else:
            yield path + key, value


def marks(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def test_the_pages_of_editors_have_no_jargon_of_operators() -> None:
    said = {
        lang: " ".join(text.lower() for _, text in sentences(raw(lang)) if isinstance(text, str))
        for lang in ("ru", "be")
    }
    assert "прогон" not in said["ru"] and "прагон" not in said["be"]
    assert [page_words(lang).say("life.title") for lang in ("ru", "be", "en")] == [
        "Хронология", "Храналогія", "Timeline",
    ]  # fmt: skip


def test_the_pages_speak_the_languages_of_the_reports() -> None:
    assert languages() == report_languages() == ("be", "en", "ru")


@pytest.mark.parametrize("lang", ["be", "ru"])
def test_no_sentence_and_no_blank_in_it_is_missing(lang: str) -> None:
    wanted, found = dict(sentences(raw("en"))), dict(sentences(raw(lang)))
    assert found.keys() == wanted.keys()
    flat = {key: value for key, value in wanted.items() if isinstance(value, str)}
    assert {k for k in flat if marks(flat[k]) != marks(found[k])} <= {"confirm.subject"}


@pytest.mark.parametrize("lang", ["be", "en", "ru"])
def test_every_plural_form_of_the_language_is_there(lang: str) -> None:
    rule = Locale.parse(lang).plural_form
    needed = {rule(n) for n in range(200)} | {"other"}
    for name, forms in raw(lang)["n"].items():
        assert set(forms) == needed, name


@pytest.mark.parametrize("lang", ["be", "en", "ru"])
def test_codes_of_other_rooms_have_words(lang: str) -> None:
    words = page_words(lang)
    own = {"off", "never_polled", "never_listed", "copy", "tag", "link", "fetch"}
    reasons = {reason.value for reason in Reason} - {"ok", "not_modified"} - _of_archives()
    assert words.knows("lost_reason") >= reasons | own
    assert words.knows("lost") >= {stage.value for stage in LostAt}
    assert words.knows("given") == {kind.value for kind in AnswerKind}
    assert {action.value for action in ANSWERS} == {kind.value for kind in AnswerKind}
    assert words.knows("action") == {action.value for action in LoggedAction}
    assert words.knows("role") == {role.value for role in Role}
    for kind in AnswerKind:
        assert words.knows(f"answer.{kind.value}") >= {"offer", "explain", "note", "button", "done"}


def _of_archives() -> set[str]:
    """Reasons that only archives of pages know: they speak of files, not of a named story."""
    return {r.value for r in Reason if r.value.startswith(("archive", "warc", "record"))}


@pytest.mark.parametrize("lang", ["be", "en", "ru"])
def test_what_templates_say_has_words(lang: str) -> None:
    words = page_words(lang)
    env = environment()
    assert env.loader is not None
    for name in env.list_templates():
        source = env.loader.get_source(env, name)[0]
        for key in re.findall(r"say\(\"([\w.]+)\"", source):
            words.say(key, region="R", week="W")


def test_belarusian_and_russian_letters_are_not_mixed_up() -> None:
    russian_only, belarusian_only = set("ищъИЩЪ"), set("іўІЎ")
    for key, value in sentences(raw("be")):
        assert not russian_only & set(str(value)), key
    for key, value in sentences(raw("ru")):
        assert not belarusian_only & set(str(value)), key


@pytest.mark.parametrize(
    ("wanted", "accept", "lang"),
    [
        ("be", "ru", "be"), ("xx", "en-GB,en;q=0.9", "en"), ("", "de, be;q=0.8, en;q=0.9", "en"),
        ("", "", "ru"), ("", "de", "ru"), ("", "en;q=0", "ru"), ("", "en;q=abc, be", "be"),
        ("", "en;q=٣, be;q=.5", "be"), ("", "en;q=., be;q=1.", "be"), ("", "en;q=1.0.0, be", "be"),
        ("../../etc", ";;;,,q=1", "ru"), ("", "be" * 5000, "ru"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_asked_for_else_the_browsers(wanted: str, accept: str, lang: str) -> None:
    assert choose(wanted, accept, ("ru", "be", "en")) == lang
