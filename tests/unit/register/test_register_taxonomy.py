"""Changes of the taxonomy: followed through time, refused row by row where they lead nowhere."""

from datetime import date
from pathlib import Path

import pytest

from monitor.core.errors import InputError
from monitor.core.ids import TopicId
from monitor.core.shipped import config_dir
from monitor.register.load import load_register
from monitor.register.taxonomy import TopicChange, became, carried, followed, load_changes, unexplained

T = TopicId


def change(kind: str, old: str, *new: str, on: str = "2027-01-15") -> TopicChange:
    return TopicChange(kind, T(old), tuple(map(T, new)), date.fromisoformat(on), "so")


CHANGES = (
    change("added", "", "space"),
    change("renamed", "trade", "commerce"),
    change("split", "science", "science", "innovation"),
    change("merged", "commerce", "business"),
    change("merged", "investment", "business"),
)


def test_the_shipped_file_is_read_and_an_old_home_without_one_knows_no_changes(tmp_path: Path) -> None:
    topics = load_register(config_dir()).topics
    assert load_changes(config_dir() / "taxonomy_changes.toml", topics) == ()
    assert load_changes(tmp_path / "none.toml", topics) == ()


def test_an_old_topic_is_followed_to_those_of_today() -> None:
    assert followed(T("trade"), CHANGES) == ("business",)
    assert followed(T("science"), CHANGES) == ("science", "innovation")
    assert followed(T("culture"), CHANGES) == ("culture",)
    assert became(CHANGES) == {
        "trade": ("business",),
        "science": ("science", "innovation"),
        "commerce": ("business",),
        "investment": ("business",),
    }


@pytest.mark.parametrize(
    ("topic", "yes", "no"),
    [
        ("trade", ("business",), ()),  # merged: "not trade" says nothing of business
        ("science", (), ("science", "innovation")),  # split: "science" may mean either
        ("culture", ("culture",), ("culture",)),
    ],
)
def test_a_correction_is_carried_where_it_still_says_the_same(
    topic: str, yes: tuple[str, ...], no: tuple[str, ...]
) -> None:
    assert carried(T(topic), is_yes=True, changes=CHANGES) == yes
    assert carried(T(topic), is_yes=False, changes=CHANGES) == no


def test_topics_that_are_gone_without_a_word_are_told() -> None:
    now = [T("business"), T("science"), T("innovation"), T("culture")]
    assert unexplained(["trade", "science", "culture", "sport"], now, CHANGES) == ("sport",)


def row(**keys: object) -> str:
    plain = {"kind": "renamed", "from": "old", "to": ["trade"], "on": "2027-01-15", "why": "so"} | keys
    return "[[change]]\n" + "\n".join(f"{k} = {v!r}".replace("'", '"') for k, v in plain.items()) + "\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (row(kind="moved"), "kind 'moved' is not one of"),
        (row(to=["nowhere"]), "topic 'nowhere' is neither in topics.toml nor changed further down"),
        (row(**{"from": "culture"}), "topic 'culture' still stands in topics.toml"),
        (row(kind="split"), "to names one topic, and for a split several"),
        (row(to=["trade", "culture"]), "to names one topic, and for a split several"),
        (row(kind="added"), "from is the old topic, and empty for an added one"),
        (row(**{"from": ""}), "from is the old topic"),
        (row(on="soon"), "on 'soon' is not a day"),
        (row() + row(**{"from": "older", "on": "2026-01-01"}), "stands behind a later change"),
        (row() + row(), "'old' was changed by an earlier row already"),
        (row(when="x"), "key 'when' is unknown"),
    ],
)
def test_a_row_that_leads_nowhere_is_refused_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "changes.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as refused:
        load_changes(path, [T("trade"), T("culture")])
    assert told in str(refused.value)
    assert str(refused.value).startswith(f"{path}:")
