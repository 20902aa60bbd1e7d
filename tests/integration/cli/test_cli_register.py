"""The register as a person edits it: out, changed, back in, looked at, and only then counting."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.core.home import Home
from monitor.demo.walk import Walked
from monitor.web.asked import RefusedError
from monitor.web.desk import Desk
from monitor.wiring import App, registering, relinking
from monitor.wiring.following import follow_register
from monitor.wiring.relinking import Standing
from tests.command import Said, logged, monitor
from tests.make_reports import MOGILEV

Change = Callable[[dict[str, dict[str, Any]]], object]


def rows_of(home: Path) -> dict[str, dict[str, Any]]:
    lines = (home / "config" / "register" / "agreements.jsonl").read_text("utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def edited(home: Path, change: Change) -> Path:
    rows = rows_of(home)
    change(rows)
    path = home.parent / "edited.jsonl"
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows.values()), encoding="utf-8"
    )
    return path


def state(home: Path) -> tuple[bytes, str, str]:
    """Everything that a refused import may not touch."""
    file = home / "config" / "register" / "agreements.jsonl"
    history = monitor("register", "history", "--json", home=home).out
    check = monitor("register", "check", "--json", home=home).out
    return file.read_bytes(), history, check


def test_a_refused_import_names_row_and_reason_and_touches_nothing(home: Path) -> None:
    before = state(home)

    def spoil(rows: dict[str, dict[str, Any]]) -> None:
        rows["AGR-0002"]["parties"][0]["place"] = "country-xx"
        rows["AGR-0003"]["part_of"] = "AGR-0003"
        rows["AGR-0004"]["signed"] = "2017-02-30"

    path = edited(home, spoil)
    said = monitor("register", "import", path, home=home)
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        f"monitor: {path}:2: parties[1]: place 'country-xx' is not in the gazetteer\n"
        f"{path}:3: part_of runs in a circle: AGR-0003 -> AGR-0003\n"
        f"{path}:4: signed: day is out of range for month\n"
    )
    assert state(home) == before
    assert [p.name for p in (home / "config" / "register").iterdir() if "partial" in p.name] == []
    assert logged(home) == []


@pytest.mark.parametrize("form", ["jsonl", "xlsx", "csv"])
def test_an_export_changes_nothing_when_it_is_imported(form: str, home: Path) -> None:
    before = state(home)
    path = home.parent / f"register.{form}"
    assert monitor("register", "export", "--out", path, home=home).out == "501 agreements\n"
    said = monitor("register", "import", path, home=home)
    assert (said.code, said.out.splitlines()[0]) == (0, "0 added, 0 changed, 0 removed")
    assert state(home) == before


def test_a_dry_run_tells_the_difference_and_writes_nothing(home: Path) -> None:
    before = state(home)

    def change(rows: dict[str, dict[str, Any]]) -> None:
        rows["AGR-0004"]["notes"] = "seen in Oktyabrsky"
        rows["AGR-0600"] = rows.pop("AGR-0005") | {"id": "AGR-0600", "part_of": None}

    said = monitor("register", "import", edited(home, change), "--dry-run", home=home)
    assert said.code == 0
    first, *told, last = said.out.splitlines()
    assert (first, last) == ("1 added, 1 changed, 1 removed", "nothing was written")
    assert logged(home) == []
    assert told[:2] == ["AGR-0600  added", "AGR-0005  removed"]
    assert told[2].startswith("AGR-0004  notes: ") and told[2].endswith(" -> seen in Oktyabrsky")
    assert state(home) == before


def test_the_history_of_an_unknown_agreement_is_refused_as_show_refuses_it(home: Path) -> None:
    shown, told = (monitor("register", name, "AGR-9999", home=home) for name in ("show", "history"))
    assert told == shown
    assert (told.code, told.out) == (2, "")
    assert "AGR-9999 is not in the register" in told.err
    known = monitor("register", "history", "AGR-0004", home=home)
    assert (known.code, known.out) == (0, "no version of the register has changed anything\n")


def test_an_agreement_that_was_removed_keeps_its_history(home: Path) -> None:
    path = edited(home, lambda rows: rows.pop("AGR-0004"))
    assert monitor("register", "import", path, home=home).code == 0
    told = monitor("register", "history", "AGR-0004", home=home)
    assert (told.code, told.err) == (0, "")
    assert told.out.endswith("AGR-0004  removed\n")


def test_before_the_first_link_an_import_counts_at_once_and_is_remembered(home: Path) -> None:
    path = edited(home, lambda rows: rows["AGR-0004"].update(notes="seen"))
    said = monitor("register", "import", path, "--json", home=home)
    facts = json.loads(said.out)
    assert (facts["standing"], list(facts["changed"])) == ("first", ["AGR-0004"])
    (change,) = json.loads(monitor("register", "history", "AGR-0004", "--json", home=home).out)
    assert (change["version"], change["change"]) == (facts["version"], "changed")
    assert change["fields"]["notes"][1] == "seen"
    assert logged(home) == [
        f"command line: register_edit edited.jsonl: 0 added, 1 changed, 0 removed: {facts['version']}"
    ]


def test_an_import_needs_a_home_and_a_format_that_there_is(home: Path, tmp_path: Path) -> None:
    path = edited(home, lambda rows: rows)
    nowhere = monitor("register", "import", path, home=tmp_path / "nowhere")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "is no home folder" in nowhere.err
    odd = monitor("register", "export", "--out", tmp_path / "register.ods", home=home)
    assert odd.err == "monitor: no format is called 'ods'; there are jsonl, xlsx, csv\n"


def test_an_import_into_a_home_that_cannot_be_written_says_so_in_one_line(home: Path) -> None:
    lock = home / "register.lock"
    lock.mkdir()  # refuses to be written, also to root
    said = monitor("register", "import", edited(home, lambda rows: rows.popitem()), home=home)
    assert (said.code, said.out) == (3, "")
    assert said.err == f"monitor: {lock}: cannot be written: Is a directory\n"


def test_an_import_mends_a_file_that_cannot_be_read(home: Path) -> None:
    good = home.parent / "good.jsonl"
    assert monitor("register", "export", "--out", good, home=home).code == 0
    file = home / "config" / "register" / "agreements.jsonl"
    file.write_text("{broken\n", "utf-8")
    assert monitor("register", "check", home=home).code == 1
    said = monitor("register", "import", good, home=home)
    assert (said.code, said.out.splitlines()[0]) == (0, "501 added, 0 changed, 0 removed")
    assert file.read_bytes() == good.read_bytes()


def test_an_aggregate_is_shown_with_what_is_known_of_it(home: Path) -> None:
    facts = json.loads(monitor("register", "show", "AGR-0036", "--json", home=home).out)
    assert facts["aggregate"]["promised"] == 430
    assert facts["aggregate"]["known"] == len(facts["aggregate"]["rows"]) > 0
    assert (facts["due"], facts["due_reason"], facts["coverage"]) == (False, "aggregate", [])
    told = monitor("register", "show", "AGR-0036", home=home).out
    assert f"aggregate     430 documents, of which {facts['aggregate']['known']} are known to us" in told


@pytest.fixture
def linked(demo_home: Path) -> tuple[Path, str]:
    """A walked demo and the family with most of its links."""
    found = json.loads(monitor("gaps", "--json", "--week", "2026-W46", home=demo_home).out)
    best = max(found["rows"], key=lambda row: row["counts"]["articles"])
    assert best["counts"]["articles"] > 0
    return demo_home, best["family"]


def process(home: Path) -> App:
    """One more that works in a home."""
    return App(Home(home), environment=False)


def review(said: Said) -> dict[str, Any]:
    assert said.code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def test_a_row_that_no_link_depends_on_counts_at_once(linked: tuple[Path, str]) -> None:
    home, family = linked
    path = edited(home, lambda rows: rows[family].update(notes="seen", interest=["national"]))
    assert (
        "counts from now on: no link depends on what changed"
        in monitor("register", "import", path, home=home).out
    )
    assert review(monitor("link", "--json", home=home)) == {
        "counts": {},
        "register": "same",
        "review": None,
    }
    shown = review(monitor("register", "show", family, "--json", home=home))
    assert (shown["interest"], shown["is_counting"]) == (["country-by"], True)
    assert len(shown["coverage"]) > 0


def test_an_agreement_is_shown_with_the_word_that_its_place_in_the_table_is_older(
    linked: tuple[Path, str],
) -> None:
    home, family = linked
    asked = ("register", "show", family)
    before = review(monitor(*asked, "--json", home=home))
    assert before["gap"]["is_outdated"] is False
    with closing(process(home)) as app, app.ready_db.begin() as tx:
        article = tx.execute(sa.text("SELECT min(article_id) FROM taggings")).scalar_one()
    assert monitor("correct", article, "--not-link", family, "--who", "anna", home=home).code == 0
    assert review(monitor(*asked, "--json", home=home))["gap"] == {**before["gap"], "is_outdated": True}
    assert "older than a correction" in monitor(*asked, home=home).out


def test_the_newest_table_follows_a_register_that_counts_at_once(linked: tuple[Path, str]) -> None:
    home, family = linked
    with closing(process(home)) as before, closing(process(home)) as after:
        assert Desk().latest(before, MOGILEV, "ru").method.register_version == before.register.version
        path = edited(home, lambda rows: rows[family].update(notes="seen"))
        said = monitor("register", "import", path, home=home)
        assert "the table of gaps was counted anew" in said.out
        for app in (before, after):  # one that goes on, and one that was begun since
            report = Desk().latest(app, MOGILEV, "ru")
            assert report.method.register_version == app.register.version


def test_linking_counts_the_table_that_a_process_did_not_come_to(linked: tuple[Path, str]) -> None:
    home, family = linked
    with closing(process(home)) as app:
        path = edited(home, lambda rows: rows[family].update(notes="seen"))
        assert registering.take_in(app, path).standing is Standing.ADOPTED  # and it ends here
        with pytest.raises(RefusedError):
            Desk().latest(app, MOGILEV, "ru")
        relinking.link(app)
        assert Desk().latest(app, MOGILEV, "ru").method.register_version == app.register.version
        assert not follow_register(app)  # once


@pytest.mark.slow
def test_a_changed_register_is_shown_by_its_links_before_it_counts(linked: tuple[Path, str]) -> None:
    home, family = linked

    def stop_watching(rows: dict[str, dict[str, Any]]) -> None:
        for row in rows.values():
            if row["id"] in members:
                row.update(monitored=False, monitor_note="replaced")

    shown = review(monitor("register", "show", family, "--json", home=home))
    members = [family, *shown["siblings"]]
    n_articles = len(shown["coverage"])
    said = monitor("register", "import", edited(home, stop_watching), home=home)
    assert "`monitor link` shows what changes in the links" in said.out

    found = review(monitor("link", "--json", home=home))
    assert (found["register"], found["promoted"], found["review"]["waiting"]) == ("to_review", False, 0)
    assert found["review"]["families"]["gone"] == [family]
    assert found["review"]["families"]["unchanged"] == found["review"]["families"]["after"]
    assert found["review"]["links"] == {"articles": n_articles, "gained": {}, "lost": {family: n_articles}}
    still = review(monitor("register", "show", family, "--json", home=home))
    assert (len(still["coverage"]), still["is_counting"]) == (n_articles, False)

    promoted = monitor("link", "--promote", home=home)
    assert promoted.out.endswith("counts from now on\n")
    gone = review(monitor("register", "show", family, "--json", home=home))
    assert (gone["coverage"], gone["is_counting"], gone["monitored"]) == (None, True, False)
    assert {c["change"] for c in gone["changes"]} == {"changed"}
    assert monitor("link", home=home).out == "nothing was due\n"


@pytest.mark.slow
def test_a_review_can_be_dropped_and_the_register_put_back(linked: tuple[Path, str]) -> None:
    home, family = linked
    before = home.parent / "before.jsonl"
    assert monitor("register", "export", "--out", before, home=home).code == 0
    path = edited(home, lambda rows: rows[family].update(title_ru="Иное"))
    monitor("register", "import", path, home=home)
    assert "1 changed" in monitor("link", home=home).out
    assert monitor("link", "--drop", home=home).out.startswith("dropped: ")
    again = monitor("link", "--drop", home=home)
    assert (again.code, again.err) == (2, "monitor: no links of the register in config/ were made\n")
    assert "it is the register that counts" in monitor("register", "import", before, home=home).out


@pytest.mark.slow
def test_where_the_register_of_the_links_is_not_kept_a_changed_one_is_reviewed_whole(
    linked: tuple[Path, str],
) -> None:
    home, family = linked
    shutil.rmtree(home / "linked")  # a home of an older program
    path = edited(home, lambda rows: rows[family].update(notes="seen"))
    assert "`monitor link` shows what changes" in monitor("register", "import", path, home=home).out
    said = monitor("link", home=home)
    assert (said.code, said.out) == (3, "")
    assert "`monitor link --dry-run` shows what those of config/ change" in said.err
    found = review(monitor("link", "--promote", "--json", home=home))
    assert (found["promoted"], found["review"]["families"]["unchanged"]) == (True, 0)
    assert monitor("link", home=home).out == "nothing was due\n"


@pytest.mark.slow
def test_new_articles_are_linked_while_a_broken_register_lies_in_config(
    linked: tuple[Path, str], walked: Walked
) -> None:
    home, _ = linked
    file = home / "config" / "register" / "agreements.jsonl"
    shutil.copy(file, home.parent / "kept.jsonl")
    file.write_text(file.read_text("utf-8") + "{broken\n", "utf-8")
    assert monitor("job", "run", "linking.link", home=home).code == 0
    shown = monitor("link", home=home)
    assert shown.code == 1
    assert f"{file}:502: not JSON" in shown.err
    assert monitor("gaps", "--week", walked.week, home=home).code == 0
    assert f"{file}:502" in monitor("doctor", home=home).out
