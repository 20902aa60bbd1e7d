"""`monitor correct` and `monitor reclassify` on a walked demo: said, counted, learnt, promoted."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor.articles import kept_store
from monitor.articles.reclassify import Candidate, score
from monitor.articles.tag import Tagging
from monitor.bulk.judging import spread_over
from monitor.bulk.work import LocalWorkers
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.errors import UsageError
from monitor.core.home import Home
from monitor.core.runs import Version, current_version
from monitor.wiring import App, judging
from tests.command import logged, monitor
from tests.quick_model import learning_quickly

Row = dict[str, Any]


def asked(home: Path, query: str) -> list[Row]:
    db = Db(f"sqlite:///{home / 'monitor.sqlite'}")
    with db.begin() as tx:
        rows = [dict(row) for row in tx.execute(sa.text(query)).mappings()]
    db.close()
    return rows


def linked_articles(home: Path) -> list[Row]:
    return asked(
        home,
        "select l.article_id, l.family_id, a.url, a.published_at from links l "
        "join taggings t on t.article_id = l.article_id join articles a on a.id = l.article_id "
        "where t.label = 1 and l.p >= 0.5 order by l.article_id",
    )


def originals(home: Path) -> dict[str, int]:
    week = "2026-W38"  # whole weeks lie in its window of 52, whatever day the demo ended on
    said = monitor("gaps", "--week", week, "--json", home=home)
    assert said.code == 0, said.err
    return {row["family"]: row["counts"]["originals"] for row in json.loads(said.out)["rows"]}


def test_a_correction_counts_at_once_and_undone_no_longer(demo_home: Path) -> None:
    one = linked_articles(demo_home)[0]
    before = originals(demo_home)
    said = monitor(
        "correct", one["url"], "--not-cooperation", "--who", "Анна", "--note", "о спорте", home=demo_home
    )
    assert (said.code, said.out) == (
        0, f"article {one['article_id']}: corrections 1; they count from now on\n",
    )  # fmt: skip
    assert originals(demo_home)[one["family_id"]] == before[one["family_id"]] - 1
    listed = monitor("correct", "--list", "--json", home=demo_home)
    assert [(c["kind"], c["who"], c["note"], c["holds"]) for c in json.loads(listed.out)] == [
        ("not_cooperation", "Анна", "о спорте", True)
    ]
    undone = monitor("correct", "--undo", "1", "--who", "Пётр", "--json", home=demo_home)
    assert json.loads(undone.out) == {"undone": 1}
    assert originals(demo_home) == before
    assert "no longer holds" in monitor("correct", "--list", home=demo_home).out
    article = one["article_id"]
    assert logged(demo_home) == [
        f"command line: correction {article}: not_cooperation (Анна)",
        f"command line: undone {article}: not_cooperation (Пётр)",
    ]


REFUSED = (
    (["17000", "--cooperation", "--who", "A"], "no article is called '17000'"),
    (["1", "--topic", "football", "--who", "A"], "no topic is called 'football'"),
    (["1", "--link", "AGR-9999", "--who", "A"], "no monitored agreement is called 'AGR-9999'"),
    (["1", "--cooperation"], "needs the name of who makes it"),
    (["1"], "name an article and what is right"),
    (["1", "--cooperation", "--undo", "1"], "--undo takes the number"),
    (["--undo", "4", "--who", "A"], "there is no correction 4"),
    (["1", "--not-cooperation", "--who", "A", "--list"], "in a call of its own"),
    (["--undo", "1", "--pending"], "in a call of its own"),
)


def test_what_cannot_be_said_is_refused(demo_home: Path) -> None:
    for words, told in REFUSED:
        said = monitor("correct", *words, home=demo_home)
        assert (said.code, said.out) == (2, "")
        assert told in said.err
    assert monitor("correct", "--list", home=demo_home).out == "nobody has corrected anything yet\n"
    assert logged(demo_home) == []


def overtaken(app: App, version: Version) -> None:
    raise UsageError("somebody was faster")


@pytest.mark.slow
def test_a_model_learns_from_corrections_and_counts_only_once_promoted(
    demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = linked_articles(demo_home)[0]["article_id"]
    assert monitor("reclassify", home=demo_home).code == 2
    assert monitor("correct", str(first), "--not-cooperation", "--who", "Анна", home=demo_home).code == 0
    current = asked(demo_home, "select fingerprint from versions where stage = 'tag'")[0]["fingerprint"]
    with learning_quickly(tmp_path):  # from what the walked demo's model has learnt from, and the correction
        trained = monitor("train", "--json", home=demo_home)
    assert trained.code == 0, trained.err
    new = f"ngram-{json.loads(trained.out)['version']}"
    assert new != current
    manifest = json.loads((demo_home / "models" / "ngram" / "manifest.json").read_text("utf-8"))
    before = json.loads((demo_home / "models" / "before" / current / "manifest.json").read_text("utf-8"))
    assert manifest["corpus"]["added"] == before["corpus"]["added"] + 1

    tables = ("versions", "taggings", "tags", "ledger", "reclassifications")
    sizes = [asked(demo_home, f"select count(*) as n from {table}") for table in tables]
    for words in (["--dry-run"], [], ["--drop"]):
        assert monitor("reclassify", *words, home=demo_home).code == 0
    assert [asked(demo_home, f"select count(*) as n from {table}") for table in tables] == sizes
    refused = monitor("reclassify", "--drop", home=demo_home)
    assert (refused.code, refused.err) == (
        2, "monitor: name the run to drop with --model; beside the current one there are: none\n",
    )  # fmt: skip

    counted = originals(demo_home)
    said = monitor("reclassify", "--json", home=demo_home)
    assert said.code == 0, said.err
    found = json.loads(said.out)
    n = asked(demo_home, "select count(*) as n from taggings t join versions v on v.id = t.version_id "
                         "where v.is_current")[0]["n"]  # fmt: skip
    assert (found["run"], found["current"], found["promoted"], found["partial"]) == (
        new,
        current,
        False,
        False,
    )
    assert found["counts"]["judged"] + found["counts"].get("taken_over", 0) == n
    assert found["difference"]["articles"] == {"before": n, "after": n}
    assert originals(demo_home) == counted
    assert monitor("tag", home=demo_home).code == 0  # goes on with the model of the current run

    with monkeypatch.context() as patch:
        patch.setattr(judging, "promote", overtaken)
        said = monitor("reclassify", "--promote", "--json", home=demo_home)
    assert (said.code, said.out, said.err) == (2, "", "monitor: somebody was faster\n")

    promoted = monitor("reclassify", "--promote", home=demo_home)
    assert f"{new} counts from now on" in promoted.out
    assert "weeks: cooperation originals" in promoted.out
    assert asked(demo_home, "select fingerprint from versions where stage = 'tag' and is_current") == [
        {"fingerprint": new}
    ]
    assert list((demo_home / "models" / "before").iterdir()) == []
    assert monitor("tag", home=demo_home).out == "nothing was due\n"
    assert monitor("link", home=demo_home).code == 0
    assert monitor("correct", "--list", "--json", home=demo_home).out.count('"holds": true') == 1


@pytest.mark.slow
def test_other_processes_judge_ranges_as_this_one_does(demo_home: Path) -> None:
    app = App(Home(demo_home), environment=False)
    with app.db.begin() as tx:
        current = current_version(tx, "tag")
        assert current is not None
        ranges = kept_store.ranges(tx, after=0, size=2, since=None)
    workers = LocalWorkers(2)
    spread = spread_over(app, current.fingerprint, workers, least=2)
    candidate = Candidate(current, current, None, 0, Counts(), 0, 0)
    found = list(spread(candidate, ranges))
    given = Tagging(app.db, app.models.classifier_of(current.fingerprint), lambda *_: (0.0,) * 6, app.clock)
    assert len(found) == len(ranges) >= 3
    for wanted, scored in zip(ranges, found, strict=True):
        own = score(given, candidate, wanted)
        assert scored is not None
        assert (scored.ids, scored.names, scored.found.reason) == (own.ids, own.names, own.found.reason)
        assert scored.found.p.tolist() == own.found.p.tolist()
    workers.close()
    app.close()
