"""Settings: all errors at once, each with key and remedy; the environment wins."""

from pathlib import Path

import pytest

from monitor.core.errors import SettingsError
from monitor.core.settings import keys_left_out, load_settings
from monitor.core.shipped import config_dir

SHIPPED = config_dir() / "settings.toml"


def test_shipped_settings_are_complete_and_send_nothing_beyond_this_machine() -> None:
    settings = load_settings(SHIPPED)
    assert settings.crawl.allow_addresses == ()
    assert (settings.mail.host, settings.newsroom.zone) == ("127.0.0.1", "Europe/Minsk")


def test_no_name_is_set_so_that_each_page_is_called_in_its_own_language() -> None:
    assert load_settings(SHIPPED, environment=False).newsroom.name == ""


def test_unknown_and_impossible_keys_are_all_named_at_once(tmp_path: Path) -> None:
    text = SHIPPED.read_text("utf-8")
    text = text.replace("delay_s = 5.0", "delai_s = 5.0").replace("port = 25", "port = 70000")
    text = text.replace('zone = "Europe/Minsk"', 'zone = "Europe/Mogilev"')
    path = tmp_path / "settings.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings(path)
    assert sorted((p.where, p.reason.split(";")[0]) for p in refused.value.problems) == [
        (f"{path}: crawl.delai_s", "is no setting"),
        (f"{path}: mail.port", "Input should be less than or equal to 65535"),
        (f"{path}: newsroom.zone", "'Europe/Mogilev' is no IANA time zone"),
    ]


def test_what_a_file_of_an_older_program_does_not_have_is_as_shipped(tmp_path: Path) -> None:
    whole = load_settings(SHIPPED, environment=False)
    path = tmp_path / "settings.toml"
    path.write_text('[newsroom]\nname = "Трибуна"\n[crawl]\ndelay_s = 7.5\n', "utf-8")
    found = load_settings(path, environment=False)
    assert (found.newsroom.name, found.crawl.delay_s) == ("Трибуна", 7.5)
    assert found.keeping == whole.keeping
    assert found.crawl.model_copy(update={"delay_s": whole.crawl.delay_s}) == whole.crawl


def test_a_setting_of_an_older_program_that_had_one_value_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[model]\nkind = 'ngram'\n[gaps]\nwindow_weeks = 52\n", "utf-8")
    assert load_settings(path, environment=False).model.kind == "ngram"


@pytest.mark.parametrize(
    "text",
    ["[gaps]\nwindow_weeks = 13\n", "[gaps]\nweeks = 52\n", "gaps = 52\n", "[gap]\nwindow_weeks = 52\n"],
)
def test_what_only_looks_like_a_setting_of_an_older_program_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"{text}[model]\nkind = 'ngram'\n", "utf-8")
    with pytest.raises(SettingsError, match="is no setting"):
        load_settings(path, environment=False)


def test_what_a_file_does_not_have_is_named_by_key_and_by_section(tmp_path: Path) -> None:
    text = SHIPPED.read_text("utf-8")
    path = tmp_path / "settings.toml"
    path.write_text(text.replace('contact = ""', '#contact = ""').partition("[review]")[0], "utf-8")
    assert keys_left_out(path) == ("crawl.contact", "[review]", "[service]", "[keeping]")
    assert keys_left_out(SHIPPED) == ()


@pytest.mark.parametrize("content", ["", "\n", "# name = 'Трибуна'\n", "[newsroom]\n[crawl]\n"])
def test_a_file_without_any_setting_is_refused_not_taken_as_shipped(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings(path)
    (problem,) = refused.value.problems
    assert (problem.where, problem.reason.partition(";")[0]) == (str(path), "holds no setting")


@pytest.mark.parametrize("value", ["127.0.0.1, ::1", '["127.0.0.1", "::1"]'])
def test_the_environment_wins_and_lists_are_json_or_commas(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("MONITOR_CRAWL__ALLOW_ADDRESSES", value)
    assert load_settings(SHIPPED).crawl.allow_addresses == ("127.0.0.1", "::1")


@pytest.mark.parametrize(
    "query",
    ["password=hunter2", "sslmode=require&password=hunter2", "sslpassword=hunter2", "pass%77ord=hunter2"],
)
def test_a_password_in_the_query_of_a_database_is_refused_and_not_repeated(
    tmp_path: Path, query: str
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f'[database]\nurl = "postgresql://desk@db.example/monitor?{query}"\n', "utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings(path, environment=False)
    (problem,) = refused.value.problems
    assert problem.where == f"{path}: database.url"
    assert "database.password_file" in problem.reason
    assert "hunter2" not in str(refused.value)


def test_other_words_in_the_query_of_a_database_are_taken(tmp_path: Path) -> None:
    path, url = (
        tmp_path / "settings.toml",
        "postgresql://desk@db.example/monitor?sslmode=require&application_name=x",
    )
    path.write_text(f'[database]\nurl = "{url}"\n', "utf-8")
    assert load_settings(path, environment=False).database.url == url


def test_a_misspelt_variable_is_refused_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_CRAWL__ALOW_ADDRESSES", "127.0.0.1")
    with pytest.raises(
        SettingsError, match=r"^MONITOR_CRAWL__ALOW_ADDRESSES: crawl\.alow_addresses: is no setting"
    ):
        load_settings(SHIPPED)


@pytest.mark.parametrize(("content", "reason"), [(b"\xff", "cannot be read"), (b"[crawl", "cannot be read")])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=reason) as refused:
        load_settings(path)
    assert refused.value.problems[0].where == str(path)


def test_no_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="monitor init"):
        load_settings(tmp_path / "settings.toml")


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ('url = ""', 'url = "127.0.0.1:8080"', "embedder.url", "is no address"),
        ('url = ""', 'url = "http://a:b@127.0.0.1/embed"', "embedder.url", "holds a password or a query"),
        ('url = ""', 'url = "http://127.0.0.1/embed?key=1"', "embedder.url", "holds a password or a query"),
        ('url = ""', 'url = "http://127.0.0.1/embed"', "embedder", "embedder.model is empty"),
        ('api = "openai"', 'api = "other"', "embedder.api", "Input should be 'openai' or 'tei'"),
    ],
)
def test_an_embedding_service_is_a_plain_address_and_names_its_model(
    tmp_path: Path, old: str, new: str, key: str, reason: str
) -> None:
    text = SHIPPED.read_text("utf-8")
    head, section = text.split("[embedder]")
    path = tmp_path / "settings.toml"
    path.write_text(f"{head}[embedder]{section.replace(old, new, 1)}", "utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings(path)
    assert [problem.where for problem in refused.value.problems] == [f"{path}: {key}"]
    assert reason in refused.value.problems[0].reason


@pytest.mark.parametrize(
    ("shipped", "wrong", "where", "reason"),
    [
        ("deadline_s = 60.0", "deadline_s = inf", "crawl.deadline_s", "should be a finite number"),
        ("delay_s = 5.0", "delay_s = nan", "crawl.delay_s", "should be a finite number"),
        ("min_interval_s = 600", "min_interval_s = 999999", "crawl", "must not fall in this order"),
        ('public_url = ""', 'public_url = "paper.example"', "reports.public_url", "is no address"),
        (
            'public_url = ""',
            'public_url = "https://a.example/?x=1"',
            "reports.public_url",
            "holds a password, a",
        ),
        ('sender = "monitor@localhost"', 'sender = "desk"', "mail.sender", "is no mail address"),
        (
            'sender = "monitor@localhost"',
            'sender = "a@b.example\\nBcc: c@d"',
            "mail.sender",
            "is no mail address",
        ),
        ('operator = ""', 'operator = "Anna"', "mail.operator", "is no mail address"),
    ],
)
def test_what_would_fail_in_silence_later_is_refused(
    tmp_path: Path, shipped: str, wrong: str, where: str, reason: str
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(SHIPPED.read_text("utf-8").replace(shipped, wrong, 1), "utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings(path, environment=False)
    [problem] = refused.value.problems
    assert problem.where == f"{path}: {where}"
    assert reason in problem.reason


def test_a_mark_that_an_editor_put_before_the_file_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(SHIPPED.read_text("utf-8"), "utf-8-sig")
    read, shipped = (load_settings(one, environment=False) for one in (path, SHIPPED))
    assert read.model_dump() == shipped.model_dump()
