"""Connects the classifiers, which know nothing of us, with the rooms, which know them by shape only."""

import hashlib
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from classifiers import artefacts, kept, labelled
from classifiers.card import card
from classifiers.embed import Embedder, KeptVectors, load_vectors
from classifiers.evaluate import evaluate, text_items
from classifiers.labelled import LabelledItem
from classifiers.model import Model
from classifiers.models import MODELS
from classifiers.quantify import Prevalence, Rates, prevalences
from classifiers.shipped import ADDED, CORPUS, VECTORS, leads_of, load_added, shipped_vectors
from classifiers.train import train
from monitor.articles.choose import judge
from monitor.articles.types import (
    Classifier,
    Judgement,
    Kept,
    KeptScores,
    Scores,
    TextItem,
    Thresholds,
)
from monitor.core.errors import InputError, ModelError, Problem, UsageError
from monitor.core.ids import TopicId
from monitor.register.types import Topic
from monitor.wiring.embedding import local_embedder

SHIPPED_CORPUS = CORPUS
_BEFORE = "before"  # beside the models trained last: those that a run still needs


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """A labelled item with what the model says of it."""

    item: LabelledItem
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Figures of `classifiers.evaluate` and every item as judged."""

    figures: dict[str, Any]
    items: tuple[JudgedItem, ...]
    embedder: str  # of the vectors, "" where there are none
    vectors: NDArray[np.float16]  # (n items, d), NaN rows where none was made


@dataclass(frozen=True, slots=True)
class Shares:
    """Corrected shares: of cooperation among all articles, of each topic among those that passed the gate."""

    cooperation: Prevalence
    topics: dict[str, Prevalence]
    model: str  # version


class _ModelPort:
    """A trained model in the shape that the articles room knows."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.labels = model.labels
        self.version = model.version
        self.thresholds = Thresholds(*model.thresholds)
        self.embedder = model.embedder
        self.dimension = model.dimension
        self.kept_format = kept.KEPT_FORMAT

    def score(self, items: Sequence[TextItem], vectors: NDArray[np.float16] | None = None) -> Scores:
        found = self._model.score(items, vectors)
        return Scores(found.gate, found.topics, found.vectors, tuple(Kept(*row) for row in found.kept))

    def keep(self, items: Sequence[TextItem]) -> list[Kept]:
        return [Kept(*row) for row in kept.keep(items)]

    def score_kept(
        self, rows: Sequence[Kept], names: NDArray[np.float64], vectors: NDArray[np.float16]
    ) -> KeptScores:
        # the same fields by another name: a copy of each would cost a tenth of the time
        return KeptScores(*self._model.score_kept(cast(Sequence[kept.Kept], rows), names, vectors))


class Models:
    """Trains, loads and evaluates the classifier of one installation."""

    def __init__(
        self,
        *,
        folder: Path,
        kind: str,
        seed: int,
        topics: Mapping[TopicId, Topic],
        name_features: Callable[[str, str], tuple[float, ...]],
        became: Mapping[TopicId, tuple[TopicId, ...]],
        make_embedder: Callable[[], Embedder] = local_embedder,
    ) -> None:
        """`folder` holds one folder a kind of model; `kind` is the one that `classifier` loads."""
        self._make_embedder = make_embedder
        self.folder = folder / kind
        self._models, self._kind, self._seed = folder, kind, seed
        self._topics, self._name_features = topics, name_features
        self._became = {str(old): new for old, new in became.items()}

    def train(
        self,
        corpus: Path | None = None,
        *,
        kind: str | None = None,
        corrected: Sequence[LabelledItem] = (),
    ) -> artefacts.Manifest:
        """Train on a labelled corpus, or on all that ships, beside it on corrected articles; save the model.

        Errors: InputError with every bad line; UsageError for an unknown kind; ModelError without the
        embedding package.
        """
        kind = kind or self._kind
        if kind not in MODELS:
            raise UsageError(f"no model is called {kind!r}; there are {', '.join(MODELS)}")
        with _corpus_errors():
            return train(
                corpus or SHIPPED_CORPUS,
                self._name_features,
                kind=kind,
                labels=tuple(self._topics),
                seed=self._seed,
                out=self._models / kind,
                definitions={topic.id: topic.texts for topic in self._topics.values()},
                embedder=self._embedder(kind),
                became=self._became,
                added=[*(load_added() if corpus is None else ()), *corrected],
            )

    @cached_property
    def _model(self) -> Model:
        if not self.folder.is_dir():
            self.train()
        with _artefact_errors():
            return artefacts.load(
                self.folder, labels=tuple(self._topics), embedder=self._embedder(self._kind)
            )

    @cached_property
    def classifier(self) -> Classifier:
        """The model in the shape that the rooms know; trained now where there is none yet."""
        return _ModelPort(self._model)

    @property
    def loaded(self) -> Classifier | None:
        """The `classifier`, if it was wanted already."""
        return self.__dict__.get("classifier")

    def fingerprint(self, kind: str | None = None) -> str:
        """Names the trained model of a kind. Errors: ModelError when there is none that can be read."""
        kind = kind or self._kind
        with _artefact_errors():
            return f"{kind}-{artefacts.read_manifest(self._models / kind).version}"

    def classifier_of(self, fingerprint: str) -> Classifier:
        """The model of that fingerprint, trained last or kept from before, with its own topics.

        Errors: ModelError when it is gone or cannot be used.
        """
        kind = fingerprint.rpartition("-")[0]
        for folder in (self._models / kind, self._models / _BEFORE / fingerprint):
            if not folder.is_dir() or f"{kind}-{_version(folder)}" != fingerprint:
                continue
            if folder == self.folder and artefacts.read_manifest(folder).labels == tuple(self._topics):
                self._forget_older()
                return self.classifier
            with _artefact_errors():
                labels = artefacts.read_manifest(folder).labels
                return _ModelPort(artefacts.load(folder, labels=labels, embedder=self._embedder(kind)))
        raise ModelError(
            f"the model {fingerprint} is not in {self._models} any more. Put it back from a backup."
        )

    def _forget_older(self) -> None:
        """Let go a loaded model that is not the one in the folder: another process has trained since."""
        if self.loaded is not None and self.loaded.version != _version(self.folder):
            for name in ("classifier", "_model"):
                self.__dict__.pop(name, None)

    def _embedder(self, kind: str) -> Embedder | None:
        return self._vectors_by if kind in MODELS and MODELS[kind].uses_vectors else None

    @cached_property
    def _vectors_by(self) -> Embedder:
        return self._make_embedder()  # once: it may hold a loaded model

    def put_by(self, fingerprint: str) -> None:
        """Keep the model of that fingerprint through the next training; nothing if it is not there."""
        kind = fingerprint.rpartition("-")[0]
        folder, kept_at = self._models / kind, self._models / _BEFORE / fingerprint
        if not folder.is_dir() or f"{kind}-{_version(folder)}" != fingerprint or kept_at.exists():
            return
        kept_at.parent.mkdir(parents=True, exist_ok=True)
        partial = kept_at.with_name(f".{fingerprint}")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(folder, partial)
        partial.rename(kept_at)

    def forget_all_but(self, fingerprints: Collection[str]) -> None:
        """Delete the models put by that no run needs."""
        for folder in (self._models / _BEFORE).glob("*"):
            if folder.name not in fingerprints:
                shutil.rmtree(folder, ignore_errors=True)

    def passes(self, items: Sequence[TextItem], *, as_new: bool = False) -> NDArray[np.bool_]:
        """Which items the cheap gate lets through to the vectors, as `Model.passes` has it. Shapes: (n,)."""
        return self._model.passes(items, as_new=as_new)

    def shipped(self, items: Sequence[TextItem]) -> NDArray[np.float16]:
        """Vectors that came with the corpus, NaN rows for other texts. Shapes: n items -> (n, d)."""
        kept = self._shipped
        if kept.name != self._model.embedder:
            return np.full((len(items), self.classifier.dimension), np.nan, dtype=np.float16)
        return kept.find(leads_of(items, kept.chars))

    @cached_property
    def _shipped(self) -> KeptVectors:
        return load_vectors(VECTORS)  # once: the tag stage asks for every small batch

    def evaluate(self, corpus: Path | None = None) -> Evaluated:
        """Figures of gate and topics and the judgement of every item.

        Items that the model was trained on are judged by the part that has not seen them, under its bounds.
        """
        model = self._model
        with _corpus_errors():
            items = labelled.renamed(labelled.load_corpus(corpus or SHIPPED_CORPUS), self._became)
            seen = text_items(items, self._name_features)
            scores = model.score(seen, shipped_vectors(items, model.embedder))
            figures = evaluate(model, items, self._name_features, vectors=scores.vectors)
        bounds = [Thresholds(*model.thresholds_for(fold)) for fold in model.folds(seen).tolist()]
        judged = [
            JudgedItem(item, judge(float(scores.gate[i]), scores.topics[i].tolist(), model.labels, bounds[i]))
            for i, item in enumerate(items)
        ]
        return Evaluated(figures, tuple(judged), model.embedder, scores.vectors)

    def card(self) -> str:
        """The model card of the model of the settings, trained now where there is none yet."""
        if not self.folder.is_dir():
            self.train()
        with _artefact_errors():
            manifest = artefacts.read_manifest(self.folder)
        return card(manifest, {topic.id: topic.titles["en"] for topic in self._topics.values()})

    def quantify(self, items: Sequence[tuple[str, str]]) -> Shares:
        """How common cooperation and each topic are among articles (title, text), corrected for errors."""
        model, rates = self._model, artefacts.read_manifest(self.folder).metrics["rates"]
        scores = model.score([TextItem(*item, self._name_features(*item)) for item in items])
        passed = scores.gate >= np.float32(model.thresholds.gate_yes)
        topics = scores.topics[passed] >= np.float32(rates["bound"])
        cooperation = prevalences(passed[:, None], [Rates(**rates["cooperation"])], seed=self._seed)[0]
        found = prevalences(
            topics, [Rates(**rates["topics"][label]) for label in model.labels], seed=self._seed
        )
        return Shares(cooperation, dict(zip(model.labels, found, strict=True)), model.version)


def _version(folder: Path) -> str:
    """The version of a model folder, empty when its manifest cannot be read."""
    try:
        return artefacts.read_manifest(folder).version
    except artefacts.ArtefactError:
        return ""


def cache_key(topics: Path) -> str:
    """Names what a model of the shipped items depends on.

    In the user's cache, where nobody trains anew by hand, a newer program must not meet an older one's model.
    """
    digest = hashlib.sha256(repr((artefacts.FORMAT, sorted(artefacts.library_versions().items()))).encode())
    for path in (CORPUS, *ADDED, VECTORS, topics):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _artefact_errors() -> Iterator[None]:
    try:
        yield
    except artefacts.ArtefactError as error:
        raise ModelError(str(error)) from error


@contextmanager
def _corpus_errors() -> Iterator[None]:
    try:
        yield
    except labelled.CorpusError as error:
        raise InputError([Problem(_at(error.source, line), why) for line, why in error.bad]) from error


def _at(source: str, line: int) -> str:
    return f"{source}:{line}" if line else source  # 0 is the file as a whole
