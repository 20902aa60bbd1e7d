"""Fits the link score on the shipped corpus and writes config/linking_model.json.

Run it as `python -m benchmarks.fit_links`.
Topics come from the trained classifier, which scores each item by the fold that has not seen it. The same
folds are used here, so that no item helped to judge itself on either side. Takes about five minutes, nearly
all of it the classifier; `--topics FILE` keeps its answers for the next run.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from classifiers.groups import event_groups, fold_of
from classifiers.labelled import LabelledItem, load_corpus
from monitor.articles.choose import judge
from monitor.articles.types import TextItem
from monitor.core.home import Home
from monitor.linking.fit import fit_links, inputs_of, write_link_model
from monitor.linking.wording import load_link_words
from monitor.wiring import App

Topics = dict[str, dict[str, float]]


def main() -> None:
    """Fit and write; prints where and how good."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(), help="home folder whose classifier is used")
    parser.add_argument("--topics", type=Path, help="file that keeps the classifier's answers")
    options = parser.parse_args()
    app = App(Home(options.home))
    corpus = app.corpus_file
    items = load_corpus(corpus)
    topics = _topics(app, items, options.topics)
    inputs = inputs_of(items, [app.region(item.outlet_region) for item in items], app.find, topics)
    document = fit_links(
        items,
        inputs,
        fold_of(event_groups(items), seed=app.settings.model.seed).tolist(),
        app.register,
        load_link_words(app.home.config),
        corpus_sha256=hashlib.sha256(corpus.read_bytes()).hexdigest(),
    )
    path = write_link_model(document, app.home.config)
    print(path, json.dumps(document["metrics"]))


def _topics(app: App, items: Sequence[LabelledItem], kept: Path | None) -> Topics:
    if kept is not None and kept.exists():
        known: Topics = json.loads(kept.read_text("utf-8"))
        return known
    found = topics_of(app, items)
    if kept is not None:
        kept.write_text(json.dumps(found), "utf-8")
    return found


def topics_of(app: App, items: Sequence[LabelledItem]) -> Topics:
    """Topics that linking would be given for each item, published and queued ones."""
    model = app.classifier
    scores = model.score([TextItem(i.title, i.text, app.name_features(i.title, i.text)) for i in items])
    found: Topics = {}
    for row, item in enumerate(items):
        judgement = judge(
            float(scores.gate[row]), scores.topics[row].tolist(), model.labels, model.thresholds
        )
        found[item.id] = {str(tag.topic): round(tag.p, 4) for tag in judgement.topics}
    return found


if __name__ == "__main__":
    main()
