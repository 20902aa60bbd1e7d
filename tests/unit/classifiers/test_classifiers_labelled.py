"""Reading the corpus, and knowing a text again."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from classifiers.labelled import CorpusError, content_key, load_corpus, paragraph_keys
from classifiers.shipped import CORPUS

STORY = (
    "Горецкий и Зерноградский районы подвели итоги десяти лет сотрудничества. "
    "За десять лет проведено шестнадцать взаимных визитов, хозяйства обменялись семенами озимой пшеницы. "
    "Гости посетили молочно-товарную ферму в Коптевке и учебное хозяйство академии, затем подписан протокол."
)


def test_the_shipped_corpus_loads_whole() -> None:
    items = load_corpus(CORPUS)
    assert (len(items), sum(item.cooperation for item in items)) == (800, 475)


def test_a_line_keeps_all_its_fields(tmp_path: Path, row: dict[str, object]) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    (item,) = load_corpus(path)
    assert (item.id, item.topics, item.pairs, item.agreements, item.published) == (
        "dev-a-001",
        ("transport", "industry", "trade"),
        (("Minsk Automobile Plant (MAZ)", "Yerevan"), ("Belarus", "Armenia")),
        ("AGR-0132",),
        datetime.fromisoformat("2020-02-05T15:00:00+03:00"),
    )


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\u0085", "\x0c"])
def test_only_a_line_feed_ends_a_line(tmp_path: Path, row: dict[str, object], odd: str) -> None:
    path = tmp_path / "one.jsonl"
    row["text"] = f"Первая строка{odd}и вторая."
    raw = json.dumps(row, ensure_ascii=False).replace("\\f", "\\u000c") + "\n"
    path.write_text(raw + raw.replace("dev-a-001", "dev-a-002"), encoding="utf-8", newline="")
    assert [item.text for item in load_corpus(path)] == [row["text"]] * 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": ""}, '`id` cannot be ""'),
        ({"title": None}, "`title` cannot be null"),
        ({"id": ["\ud800"]}, '`id` cannot be ["\\ud800"]'),
        ({"title": "half \ud800"}, '`title` holds a character that no text has: "half \\ud800"'),
        ({"topics": ["nul \0"]}, '`topics` holds a character that no text has: ["nul \\u0000"]'),
        ({"cooperation": "yes"}, '`cooperation` cannot be "yes"'),
        ({"cooperation": False}, "has topics although `cooperation` is false"),
        ({"topics": ["trade", "trade"]}, "`topics` names a topic twice"),
        ({"topics": "trade"}, '`topics` cannot be "trade"'),
        ({"pairs": [["Minsk"]]}, '`pairs` cannot be [["Minsk"]]'),
        ({"stage": "rumour"}, '`stage` cannot be "rumour"'),
        ({"stage": ["none"]}, '`stage` cannot be ["none"]'),
        ({"published": "yesterday"}, "`published` is no ISO time: yesterday"),
        ({"published": "2020-02-05T15:00:00"}, "`published` has no time zone: 2020-02-05T15:00:00"),
    ],
)
def test_a_wrong_field_is_refused_with_its_reason(
    tmp_path: Path, row: dict[str, object], change: dict[str, object], reason: str
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(row | change), encoding="utf-8")
    with pytest.raises(CorpusError) as refused:
        load_corpus(path)
    assert refused.value.bad == ((1, reason),)


def test_every_bad_line_is_named_at_once(tmp_path: Path, row: dict[str, object]) -> None:
    without_text = {key: value for key, value in row.items() if key != "text"}
    lines = [json.dumps(row), "{", "[1]", json.dumps(row), json.dumps(without_text | {"id": "x"})]
    path = tmp_path / "bad.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CorpusError) as refused:
        load_corpus(path)
    assert [line for line, _ in refused.value.bad] == [2, 3, 4, 5]
    assert [reason for _, reason in refused.value.bad][1:] == [
        "is no JSON object",
        "id dev-a-001 was used in line 1",
        "has no `text`",
    ]
    assert str(path) in str(refused.value)


def test_a_line_of_lists_within_lists_is_refused_by_its_number(
    tmp_path: Path, row: dict[str, object]
) -> None:
    deep = json.dumps(row | {"topics": ["here"]}).replace('"here"', "[" * 100_000 + "]" * 100_000)
    path = tmp_path / "deep.jsonl"
    path.write_text("\n".join([json.dumps(row), deep, "[1]"]), encoding="utf-8")
    with pytest.raises(CorpusError) as refused:
        load_corpus(path)
    assert refused.value.bad == ((2, "is nested too deeply"), (3, "is no JSON object"))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00"], ids=["empty", "not utf-8"])
def test_a_file_without_items_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_bytes(content)
    with pytest.raises(CorpusError) as refused:
        load_corpus(path)
    assert [line for line, _ in refused.value.bad] == [0]


def test_a_key_knows_letters_and_digits_only() -> None:
    assert content_key("Ёлка — 2020", "да, нет") == content_key("ёлка 2020!", "Да\nнет.")
    assert content_key("Ёлка — 2020", "да, нет") != content_key("Ёлка — 2021", "да, нет")


@pytest.mark.parametrize(
    "other",
    [
        STORY.upper().replace(" ", "  "),
        STORY.replace(". ", ".\n") + "\nФото автора.",
        "Источник: агентство. " + STORY,
        STORY.split(". ", 1)[1],
        STORY[:-40],
    ],
    ids=["retyped", "credit line after", "credit line before", "first sentence cut", "end cut"],
)
def test_a_changed_copy_shares_a_passage(other: str) -> None:
    assert paragraph_keys(STORY) & paragraph_keys(other)


def test_another_story_shares_no_passage() -> None:
    other = STORY.replace("шестнадцать", "семь").replace("Коптевке", "Паршино").replace("десяти", "двух")
    assert not paragraph_keys(STORY) & paragraph_keys(other)
    assert paragraph_keys("Фото автора. Источник: агентство.") == frozenset()
