"""How good tags and links are on labelled items, and the fit of the link score: run by hand."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.groups import event_groups, fold_of
from monitor.linking.evaluate import evaluate_links
from monitor.linking.fit import fit_links, inputs_of, write_link_model
from monitor.linking.likeness import Vector
from monitor.linking.types import Link, LinkInput
from monitor.linking.wording import load_link_words
from monitor.wiring.app import App
from monitor.wiring.linkers import sample_vectors, ship_samples
from monitor.wiring.models import SHIPPED_CORPUS, Evaluated, JudgedItem


def evaluate(app: App, corpus: Path | None = None) -> dict[str, Any]:
    """How good gate, topics and links are on labelled items; plain JSON values.

    Errors: InputError with every bad line of the corpus.
    """
    judged = app.models.evaluate(corpus)
    inputs = _inputs(app, judged)
    found: list[tuple[Link, ...]] = [() if one is None else app.linker.link(one).links for one in inputs]
    quality = evaluate_links([one.item for one in judged.items], found, app.register.family_of)
    apart = {key: quality[key] for key in ("member", "stage")}
    links = {**quality["overall"], "by_language": quality["by_lang"], **apart}
    versions = {"register": app.register.version, "links": app.link_model.version}
    return {**judged.figures, "links": links, "versions": judged.figures["versions"] | versions}


def refit_links(app: App, *, topics_file: Path | None = None) -> tuple[Path, dict[str, Any]]:
    """Fit the link score on the shipped corpus and write it into the config folder: where, and how good.

    To be done after any change of register, names, word lists, corpus or classifier. Topics come from the
    classifier, which judges each item by the part that has not seen it; links use the same folds, so that no
    item helps to judge itself. `topics_file` keeps the topics used, for tests/quality.
    """
    judged = app.models.evaluate()
    samples = sample_vectors(app.home, app.settings.model.kind, app.register)
    if topics_file is not None:
        known = {one.item.id: _topics(one) for one in judged.items if one.judgement.topics}
        topics_file.write_text(json.dumps(known, sort_keys=True, separators=(",", ":")), "utf-8")
    items = [one.item for one in judged.items]
    document = fit_links(
        items,
        _inputs(app, judged),
        fold_of(event_groups(items), seed=app.settings.model.seed).tolist(),
        app.register,
        load_link_words(app.home.config),
        samples,
        corpus_sha256=hashlib.sha256(SHIPPED_CORPUS.read_bytes()).hexdigest(),
        seed=app.settings.model.seed,
    )
    ship_samples(app.home.config, samples, app.register)
    return write_link_model(document, app.home.config), document["metrics"]


def _inputs(app: App, judged: Evaluated) -> list[LinkInput | None]:
    """What linking sees of each item; None where the gate has closed."""
    items = [one.item for one in judged.items]
    regions = [app.region(item.outlet_region) for item in items]
    topics = {one.item.id: _topics(one) for one in judged.items}
    inputs = inputs_of(items, regions, app.find, topics, _vectors(judged))
    return [
        None if one.judgement.label is False else given
        for one, given in zip(judged.items, inputs, strict=True)
    ]


def _vectors(judged: Evaluated) -> dict[str, dict[str, Vector]]:
    made = np.isfinite(judged.vectors).all(axis=1) & (judged.vectors.shape[1] > 0)
    rows = zip(judged.items, judged.vectors, made.tolist(), strict=True)
    return {one.item.id: {judged.embedder: row} for one, row, is_made in rows if is_made}


def _topics(judged: JudgedItem) -> dict[str, float]:
    return {str(tag.topic): round(tag.p, 2) for tag in judged.judgement.topics}
