"""The reader's language on the command line: offered by the settings, refused otherwise, previewed in any."""

import json
from pathlib import Path

import pytest

from tests.command import monitor


@pytest.mark.parametrize("lang", ["be", "en"])
def test_a_reader_subscribes_to_a_language_of_the_settings(home: Path, lang: str) -> None:
    added = monitor(
        "subscribers", "add", "desk@paper.example", "--region", "Mogilev", "--lang", lang, home=home
    )
    assert (added.code, added.out) == (0, f"desk@paper.example: by-mogilev-region, {lang}\n")
    (kept,) = json.loads(monitor("subscribers", "list", "--json", home=home).out)
    assert kept == {"email": "desk@paper.example", "region": "by-mogilev-region", "lang": lang}


def test_without_a_language_the_first_of_the_settings_is_taken(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_REPORTS__LANGUAGES", "be,ru")
    added = monitor("subscribers", "add", "desk@paper.example", "--region", "Mogilev", home=home)
    assert added.out == "desk@paper.example: by-mogilev-region, be\n"


def test_a_language_that_the_settings_do_not_offer_is_refused(home: Path) -> None:
    said = monitor(
        "subscribers", "add", "desk@paper.example", "--region", "Mogilev", "--lang", "de", home=home
    )
    assert (said.code, said.out) == (2, "")
    assert "'de' is none of reports.languages: ru, be, en" in said.err
    assert monitor("subscribers", "list", home=home).out == "0 subscriptions\n"


def test_settings_without_any_language_are_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_REPORTS__LANGUAGES", "")
    said = monitor("subscribers", "add", "desk@paper.example", "--region", "Mogilev", home=home)
    assert said.code == 2
    assert "reports.languages" in said.err


def test_settings_with_a_language_that_has_no_reports_are_refused_by_every_command(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_REPORTS__LANGUAGES", "xx,ru")
    told = (
        f"{home}/config/settings.toml: reports.languages: no reports are written in xx; there are: be, en, ru"
    )
    said = monitor("subscribers", "list", home=home)
    assert (said.code, said.out, said.err) == (2, "", f"monitor: {told}\n")
    doctor = monitor("doctor", "--quiet", home=home)
    assert (doctor.code, doctor.out.count(f"bad  {told}\n")) == (1, 1)


@pytest.mark.parametrize(
    ("lang", "begins"),
    [("be", "Гэта дэманстрацыя: выданні"), ("en", "This is a demonstration: the outlets")],
)
def test_a_report_is_previewed_in_the_language_asked_for(
    demo_home: Path, tmp_path: Path, lang: str, begins: str
) -> None:
    out = tmp_path / "preview"
    said = monitor("report", "preview", "--region", "Mogilev", "--lang", lang, "--out", out, home=demo_home)
    assert said.code == 0, said.err
    (text,) = out.glob("*.txt")
    assert text.stem.endswith(f"-by-mogilev-region-{lang}")
    assert text.read_text("utf-8").startswith(begins)
