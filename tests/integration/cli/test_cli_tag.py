"""`monitor tag` on files that people send: good, broken, empty and enormous lines."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.core.shipped import config_dir
from monitor.demo.walk import Walked
from monitor.wiring.models import cache_key
from tests.command import Said, monitor

Answer = dict[str, Any]
SENTENCE = "Делегация Могилёвской области посетила Тульскую область и подписала соглашение. "
LONG = (SENTENCE * 3000)[:200_000]


def line(id: Any, title: str, text: str, **more: Any) -> bytes:
    return json.dumps({"id": id, "title": title, "text": text, **more}, ensure_ascii=False).encode()


LINES = (
    line("plain", "Могилёвская и Тульская области подписали соглашение", SENTENCE * 3),
    b"{oops",
    b"",
    line("empty", "", ""),
    line("one", "", "Я"),
    line("emoji", "🎉🎉", "👨‍👩‍👧 Вчера Могилёв подписал договор о сотрудничестве с Тулой 🎉"),
    line("mixed", "Brest и Гродна 白俄罗斯", "The Mogilev Region падпісала 协议 z Województwem Podlaskim."),
    line("long", "Могилёвская область", LONG),
    line(5, "", ""),
    b"[1]",
    line("date", "t", "x", published="yesterday"),
    b"\xff\xfe",
    line("controls", "Соглашение\u0000", "Мин\u202eск \u0007 и Тула"),
    b'{"id": "half", "title": "\\ud83d", "text": "\\ude00"}',
    line("odd", "", "Я", lang="русский", outlet_region="Атлантида"),
    line("thai", "นายกเทศมนตรีพบกับคณะผู้แทน", "คณะผู้แทนจากเมืองพี่เมืองน้องลงนามในข้อตกลงความร่วมมือด้านการค้า"),
)
GOOD = [json.loads(raw) for n, raw in enumerate(LINES, 1) if n not in (2, 3, 10, 12)]
REFUSED = {2: "not JSON: ", 9: "id must be a string", 10: "not a JSON object",
           11: "Invalid isoformat string: 'yesterday'", 12: "not UTF-8 at byte 0"}  # fmt: skip


@pytest.fixture(scope="module")
def said(walked: Walked) -> Said:
    """The answer to all lines, through standard input and output."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_MODEL__KIND", "ngram")
        given = b"\n".join(LINES)  # without a line break at the end
        return monitor("tag", "--in", "-", "--out", "-", home=walked.home.root, stdin=given)


@pytest.fixture(scope="module")
def answers(said: Said) -> list[Answer]:
    return [json.loads(one) for one in said.out.splitlines()]


def test_bad_lines_are_named_the_rest_is_answered_and_the_exit_code_is_1(
    said: Said, answers: list[Answer]
) -> None:
    assert said.code == 1
    assert said.err.splitlines() == [
        "monitor: in 1 of the lines something was left out: `ignored` says what",
        "monitor: 5 of the lines could not be read; each has its reason in the output",
    ]
    assert len(answers) == len(LINES) - 1  # the blank one is passed over
    refused = {a["line"]: a["reason"] for a in answers if a["id"] is None}
    assert refused.keys() == REFUSED.keys()
    for number, reason in refused.items():
        assert reason.startswith(REFUSED[number])


def test_every_good_line_has_its_answer_and_texts_without_words_have_a_reason(answers: list[Answer]) -> None:
    good = {a["id"]: a for a in answers if a["id"] is not None}
    assert list(good) == [
        "plain",
        "empty",
        "one",
        "emoji",
        "mixed",
        "long",
        "controls",
        "half",
        "odd",
        "thai",
    ]
    nothing = {"cooperation": {"p": None, "label": None}, "topics": [], "undecided": [], "parties": [],
               "links": []}  # fmt: skip
    assert good["empty"] == {"id": "empty", "lang": None, **nothing, "reason": "no_text"}
    assert good["half"] == {"id": "half", "lang": None, **nothing, "reason": "no_text"}
    assert good["thai"] == {"id": "thai", "lang": None, **nothing, "reason": "language_not_read"}
    assert (good["plain"]["cooperation"]["label"], good["plain"]["lang"]) == (True, "ru")
    assert {p["place"] for p in good["plain"]["parties"]} == {"by-mogilev-region", "ru-tula-region"}


def test_every_offset_points_at_its_words_whatever_signs_stand_before(answers: list[Answer]) -> None:
    n_found = {}
    for answer in answers:
        if answer["id"] is not None:
            asked = next(row for row in GOOD if row["id"] == answer["id"])
            n_found[answer["id"]] = len(answer["parties"])
            for party in answer["parties"]:
                assert asked[party["field"]][party["start"] : party["end"]] == party["text"]
    assert min(n_found[id] for id in ("plain", "emoji", "mixed", "long")) >= 2
    assert n_found["long"] >= 1000


def test_nothing_in_is_nothing_out(tagging_home: Path) -> None:
    said = monitor("tag", "--in", "-", "--out", "-", home=tagging_home)
    assert (said.code, said.out, said.err) == (0, "", "")


def test_tagging_needs_no_home_and_makes_none(tagging_home: Path) -> None:
    cache = tagging_home.parent / "user-cache" / "coverage-monitor"
    trained = cache / "models" / cache_key(config_dir() / "topics.toml")
    trained.parent.mkdir(parents=True)
    trained.symlink_to(tagging_home / "models")  # what a first call would train there
    (cache / "cache").symlink_to(tagging_home / "cache")
    before = (trained / "ngram" / "manifest.json").stat().st_mtime_ns
    said = monitor("tag", "--in", "-", "--out", "-", stdin=b"{oops")
    assert (said.code, json.loads(said.out)["line"]) == (1, 1)
    assert list(Path.cwd().iterdir()) == []
    assert list(trained.parent.iterdir()) == [trained]
    assert (trained / "ngram" / "manifest.json").stat().st_mtime_ns == before  # used, not trained again


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--in", "no.jsonl", "--out", "out"], 3, "no.jsonl: cannot be read: No such file or directory"),
        (["--in", "folder", "--out", "out"], 3, "folder: cannot be read: Is a directory"),
        (["--in", "in", "--out", "no/out"], 3, "no/out: cannot be written: No such file or directory"),
        (["--in", "in", "--out", "folder"], 3, "folder: cannot be written: Is a directory"),
        (["--in", "in"], 2, "--in needs --out (use --out - for the standard output)"),
        (["--out", "out"], 2, "--out needs --in; without both, what is due in the database is tagged"),
    ],
)
def test_files_that_cannot_be_used_are_named_and_nothing_is_left_behind(
    tagging_home: Path, words: list[str], code: int, told: str
) -> None:
    Path("in").write_bytes(LINES[0])
    Path("folder").mkdir()
    said = monitor("tag", *words, home=tagging_home)
    assert (said.code, said.out, said.err) == (code, "", f"monitor: {told}\n")
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["folder", "in"]


def test_an_output_from_before_stays_whole_when_the_call_fails(home: Path) -> None:
    Path("in").write_bytes(LINES[0])
    Path("out").write_text("from before")
    (home / "models" / "ngram").mkdir(parents=True)
    said = monitor("tag", "--in", "in", "--out", "out", home=home)
    assert said.code == 3
    assert "monitor train" in said.err
    assert Path("out").read_text() == "from before"
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["in", "out"]
