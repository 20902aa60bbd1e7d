"""Questions with wrong or odd words: regions, weeks, addresses, jobs, agreements."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from monitor import jobs
from monitor.core.accounts import list_accounts, open_session
from monitor.core.clock import system_clock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.crawl.sources import load_sources
from monitor.jobs import JOBS, Job
from monitor.register.load import load_register
from tests.command import monitor


@pytest.mark.parametrize(
    "region", ["Mogilev", "Mogilev Region", "Могилёвская область", "МОГИЛЕВСКАЯ", "Магілёўская вобласць",
               "by-mogilev-region"]
)  # fmt: skip
def test_a_region_may_be_spelt_as_people_do(region: str, home: Path) -> None:
    said = monitor("sources", "list", "--region", region, "--json", home=home)
    assert said.code == 0
    found = json.loads(said.out)
    assert {s["region"] for s in found} == {"by-mogilev-region"}
    assert len(found) > 20


@pytest.mark.parametrize("region", ["Narnia", "область", " "])
def test_an_unknown_region_is_a_usage_error_everywhere(region: str, home: Path) -> None:
    for words in (["gaps", "--region", region], ["report", "preview", "--region", region]):
        said = monitor(*words, home=home)
        assert (said.code, said.out, said.err) == (2, "", f"monitor: no region is called {region!r}\n")


@pytest.mark.parametrize(("region", "place"), [("Минск", "by-city-minsk"), ("Россия", "country-ru")])
def test_a_place_that_gets_no_report_has_no_preview_and_no_readers(
    region: str, place: str, home: Path
) -> None:
    for words in (["report", "preview"], ["subscribers", "add", "editor@paper.example"]):
        said = monitor(*words, "--region", region, home=home)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(f"monitor: there is no report on {place}, only on by-brest-region, ")


def test_all_sources_are_listed_with_what_is_polled_or_why_not(home: Path) -> None:
    said = monitor("sources", "list", home=home)
    *rows, last = said.out.splitlines()
    assert (said.code, last) == (0, "319 sources, 184 polled")
    assert len(rows) == 319
    assert sum("\tnot polled: " in row for row in rows) == 319 - 184
    off = monitor("sources", "list", "--no-enabled", "--json", home=home)
    assert {s["enabled"] for s in json.loads(off.out)} == {False}
    places = load_register(home / "config").places
    whole = json.loads(monitor("sources", "list", "--json", home=home).out)
    assert [s["id"] for s in whole] == [s.id for s in load_sources(home / "config" / "sources", places)]


def test_gaps_before_anything_was_crawled_say_what_to_run(home: Path) -> None:
    for words in (["gaps"], ["report", "preview", "--region", "Brest"]):
        said = monitor(*words, home=home)
        assert (said.code, said.out) == (2, "")
        assert said.err == (
            "monitor: nothing is tagged and linked yet: run `monitor crawl`, `monitor tag`, `monitor link`\n"
        )
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize("week", ["2025-W53", "2026-w46", "2026-W7", "yesterday", "2026-11-16"])
def test_a_week_that_is_none_is_refused(week: str, home: Path) -> None:
    said = monitor("gaps", "--week", week, home=home)
    assert (said.code, said.out) == (2, "")
    assert said.err == f"monitor: {week!r} is not a week of the form 2026-W47\n"


def test_a_week_that_lies_ahead_is_refused(home: Path) -> None:
    said = monitor("gaps", "--week", "2090-W01", home=home)
    assert (said.code, said.err) == (2, "monitor: 2090-W01 has not begun yet\n")


def test_an_unknown_window_or_state_is_refused_with_those_there_are(home: Path) -> None:
    window = monitor("gaps", "--window", "1y", home=home)
    assert (window.code, window.err) == (2, "monitor: --window '1y' is not one of 4w, 13w, 52w\n")
    state = monitor("gaps", "--state", "sad", home=home)
    assert state.code == 2
    assert "--state 'sad' is not one of uncovered, thin, " in state.err


def test_facts_that_are_missing_or_no_table_are_all_named(home: Path) -> None:
    Path("facts").mkdir()
    Path("facts/agreements.csv").write_text("id,family\n1,1\n", "utf-8")
    said = monitor("gaps", "--facts", "facts")
    assert (said.code, said.out) == (1, "")
    told = said.err.removeprefix("monitor: ").splitlines()
    assert told[0].startswith("facts/agreements.csv:1: column level, kind, partner_country, scope, ")
    assert [line.split(":")[0] for line in told[1:]] == [
        "facts/sources.csv", "facts/found.csv", "facts/audit.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["nobody", "", "Имя <a@paper.example>", "a@paper.example,b@paper.example",
     "a@paper.example\nBcc: b@paper.example", "a@paper.example\r\n\r\nbody",
     "a@paper.example\u2028Bcc: b", "a@" + ".".join(["b" * 60] * 5)],
)  # fmt: skip
def test_what_is_no_address_or_would_inject_a_header_is_refused(address: str, home: Path) -> None:
    said = monitor("subscribers", "add", "--region", "Mogilev", "--", address, home=home)
    assert (said.code, said.out) == (2, "")
    assert "is no mail address" in said.err or "is longer than" in said.err
    assert "\nBcc" not in said.err
    assert monitor("subscribers", "list", home=home).out == "0 subscriptions\n"


def test_subscribers_come_and_go_and_a_region_is_asked_for_in_any_spelling(home: Path) -> None:
    for region in ("Могилёвская", "Mogilev Region"):  # twice the same
        said = monitor("subscribers", "add", "Editor@Пошта.бел", "--region", region, home=home)
        assert said.out == "Editor@xn--80a1acn3a.xn--90ais: by-mogilev-region, ru\n"
    listed = json.loads(monitor("subscribers", "list", "--json", home=home).out)
    assert listed == [
        {"email": "Editor@xn--80a1acn3a.xn--90ais", "region": "by-mogilev-region", "lang": "ru"}
    ]
    elsewhere = monitor("subscribers", "remove", "Editor@Пошта.бел", "--region", "Brest", home=home)
    assert elsewhere.code == 2
    gone = monitor("subscribers", "remove", "Editor@Пошта.бел", home=home)
    assert (gone.code, gone.out) == (0, "Editor@Пошта.бел: 1 subscriptions ended\n")
    again = monitor("subscribers", "remove", "Editor@Пошта.бел", home=home)
    assert (again.code, again.out) == (2, "")
    assert "has no subscription" in again.err


def test_an_unknown_language_names_those_there_are(home: Path) -> None:
    said = monitor("subscribers", "add", "a@paper.example", "--region", "Brest", "--lang", "fr", home=home)
    assert (said.code, said.out) == (2, "")
    assert said.err == "monitor: 'fr' is none of reports.languages: ru, be, en\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["job", "run", "x"], "no job is called 'x'; there are " + ", ".join(job.name for job in JOBS)),
        (["benchmark", "x"], "no benchmark is called 'x'; there are backfill, classify, "),
        (["benchmark", "../demo"], "no benchmark is called '../demo'; there are backfill, classify, "),
        (["benchmark", "gaps", "--feeds", "3"], "the benchmark 'gaps' knows no feeds"),
        (["crawl", "--source", "x"], "no source is called 'x'; `monitor sources list` shows them"),
        (["register", "show", "AGR-9999"], "AGR-9999 is not in the register"),
    ],
)
def test_an_unknown_name_is_refused_with_where_to_look(words: list[str], told: str, home: Path) -> None:
    said = monitor(*words, home=home)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"monitor: {told}")


def test_one_agreement_is_shown_with_its_family_and_whether_it_is_due(home: Path) -> None:
    register = load_register(home / "config")
    family = next(f for f in register.families.values() if len(f.members) > 2)
    facts = json.loads(monitor("register", "show", family.members[1], "--json", home=home).out)
    assert facts["family"] == family.id
    assert facts["siblings"] == [m for m in family.members if m != family.members[1]]
    told = monitor("register", "show", family.members[1], home=home).out
    assert f"family        {family.id}\n" in told


def test_nothing_due_is_said_and_no_error(home: Path) -> None:
    for words in ("link", "report send"):
        said = monitor(*words.split(), home=home)
        assert (said.code, said.out, said.err) == (0, "nothing was due\n", "")


@pytest.mark.parametrize(
    "words",
    [["missed", "https://paper.example/1", "--list"], ["gaps", "--outlets", "--state", "thin"],
     ["gaps", "--facts", "facts", "--week", "2026-W47"]],
)  # fmt: skip
def test_what_would_not_be_done_is_refused(words: list[str], home: Path) -> None:
    said = monitor(*words, home=home)
    assert (said.code, said.out) == (2, "")
    assert words[1].split("/")[0] in said.err or "--list" in said.err


def test_moments_are_written_as_programs_read_them(home: Path) -> None:
    assert monitor("missed", "https://paper.example/1", home=home).code == 0
    told = json.loads(monitor("missed", "--list", "--json", home=home).out)
    assert datetime.fromisoformat(told["missed"][0]["at"]).tzinfo is not None
    assert "T" in told["missed"][0]["at"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["gaps", "--facts", "facts", "--window", "4w"], "--facts asks the model alone: no --window, "),
        (["link", "--tls-ca", "here.pem"], "--tls-ca, --tls-cert and --tls-key go with --cluster"),
        (["train", "--keep-topics", "here.pem"], "--keep-topics goes with --links"),
        (["evaluate", "--card", "card.md", "--json"], "--card only writes the card"),
        (["backfill", "warc", "here.pem", "--since", "2026-02-01", "--until", "2026-02-01"],
         "--until must be a day after --since"),
        (["user", "change", "anna"], "say what changes: --role or --email"),
    ],
)  # fmt: skip
def test_options_that_would_be_left_aside_are_refused(words: list[str], told: str, home: Path) -> None:
    Path("here.pem").touch()
    said = monitor(*words, home=home)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"monitor: {told}")


def test_a_job_of_which_some_crashed_ends_with_3_as_its_run_is_failed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, code in ((0, 0), (2, 3)):
        row = Job("crawl.poll", "0 0 * * *", lambda app, progress, n=n: Counts(checked=3, crashed=n))
        monkeypatch.setattr(jobs, "JOBS", (row,))
        assert monitor("job", "run", "crawl.poll", home=home).code == code


def test_people_are_listed_with_their_open_sessions(home: Path) -> None:
    Path("password").write_text("long enough for anybody")
    monitor("user", "add", "anna", "--password-file", "password", "--role", "admin", home=home)
    monitor("user", "add", "piotr", "--password-file", "password", "--email", "p@paper.example", home=home)
    again = monitor("user", "add", "Anna", "--password-file", "password", home=home)
    assert again.out == "anna: admin\n"  # another password, the same person in the same role
    db = Db(f"sqlite:///{home / 'monitor.sqlite'}")
    with db.begin() as tx:
        at = system_clock()
        users = {account.user.name: account.user.id for account in list_accounts(tx, at=at)}
        for _ in range(2):
            open_session(tx, users["anna"], at=at)
    db.close()
    assert monitor("user", "list", home=home).out == (
        "anna: admin, no address, open sessions: 2\npiotr: reader, p@paper.example, open sessions: 0\n"
    )


def test_the_last_administrator_is_neither_removed_nor_demoted(home: Path) -> None:
    Path("password").write_text("long enough for anybody")
    add = ("user", "add", "--password-file", "password", "--role")
    monitor(*add, "admin", "anna", home=home)
    monitor(*add, "reader", "piotr", home=home)
    for words in (["remove", "Anna"], ["change", "anna", "--role", "reader", "--email", "a@paper.example"]):
        said = monitor("user", *words, home=home)
        assert (said.code, said.out) == (2, "")
        assert said.err == (
            "monitor: anna is the last administrator; make somebody else one first: "
            "`monitor user change NAME --role admin`, or `user add`\n"
        )
    assert monitor(*add, "reader", "anna", home=home).code == 2
    assert "anna: admin, no address" in monitor("user", "list", home=home).out
    assert monitor("user", "change", "piotr", "--role", "admin", home=home).code == 0
    assert monitor("user", "remove", "anna", home=home).out == "anna: removed\n"
