"""Fits the link score on the shipped corpus and writes config/linking_model.json.

Run it as `python -m benchmarks.fit_links`, after any change of features, register, word lists or corpus.
Topics come from the classifier, which judges each item by the part that has not seen it; links use the same
folds, so that no item helped to judge itself on either side.
"""

import argparse
import hashlib
import json
from pathlib import Path

from classifiers.groups import event_groups, fold_of
from monitor.core.home import Home
from monitor.linking.fit import fit_links, inputs_of, write_link_model
from monitor.linking.types import LinkInput
from monitor.linking.wording import load_link_words
from monitor.wiring import App
from monitor.wiring.models import SHIPPED_CORPUS


def main() -> None:
    """Fit and write; prints where and how good."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(), help="home folder whose classifier is used")
    parser.add_argument("--topics", type=Path, help="also write the topics used, for tests/quality")
    options = parser.parse_args()
    app = App(Home(options.home))
    judged = app.models.evaluate().items
    items = [one.item for one in judged]
    topics = {one.item.id: {str(t.topic): round(t.p, 2) for t in one.judgement.topics} for one in judged}
    if options.topics:
        known = {item: found for item, found in topics.items() if found}
        options.topics.write_text(json.dumps(known, sort_keys=True, separators=(",", ":")), "utf-8")
    inputs: list[LinkInput | None] = list(
        inputs_of(
            items,
            [app.region(item.outlet_region) for item in items],
            app.find,
            topics,
        )
    )
    for row, one in enumerate(judged):
        if one.judgement.label is False:
            inputs[row] = None
    document = fit_links(
        items,
        inputs,
        fold_of(event_groups(items), seed=app.settings.model.seed).tolist(),
        app.register,
        load_link_words(app.home.config),
        corpus_sha256=hashlib.sha256(SHIPPED_CORPUS.read_bytes()).hexdigest(),
        seed=app.settings.model.seed,
    )
    path = write_link_model(document, app.home.config)
    print(path, json.dumps(document["metrics"]))


if __name__ == "__main__":
    main()
