"""How good tags and links are on labelled items, and the fit of the link score: run by hand."""

import hashlib
import json
from pathlib import Path
from typing import Any

from classifiers.groups import event_groups, fold_of
from monitor.linking.evaluate import evaluate_links
from monitor.linking.fit import fit_links, inputs_of, write_link_model
from monitor.linking.types import Link, LinkInput
from monitor.linking.wording import load_link_words
from monitor.wiring.app import App
from monitor.wiring.models import SHIPPED_CORPUS, JudgedItem


def evaluate(app: App, corpus: Path | None = None) -> dict[str, Any]:
    """How good gate, topics and links are on labelled items; plain JSON values.

    Errors: InputError with every bad line of the corpus.
    """
    judged = app.models.evaluate(corpus)
    inputs = _inputs(app, judged.items)
    found: list[tuple[Link, ...]] = [() if one is None else app.linker.link(one).links for one in inputs]
    quality = evaluate_links([one.item for one in judged.items], found, app.register.family_of)
    links = {**quality["overall"], "by_language": quality["by_lang"], "member": quality["member"]}
    versions = {"register": app.register.version, "links": app.link_model.version}
    return {**judged.figures, "links": links, "versions": judged.figures["versions"] | versions}


def refit_links(app: App, *, topics_file: Path | None = None) -> tuple[Path, dict[str, Any]]:
    """Fit the link score on the shipped corpus and write it into the config folder: where, and how good.

    To be done after any change of register, names, word lists, corpus or classifier. Topics come from the
    classifier, which judges each item by the part that has not seen it; links use the same folds, so that no
    item helps to judge itself. `topics_file` keeps the topics used, for tests/quality.
    """
    judged = app.models.evaluate().items
    if topics_file is not None:
        known = {one.item.id: _topics(one) for one in judged if one.judgement.topics}
        topics_file.write_text(json.dumps(known, sort_keys=True, separators=(",", ":")), "utf-8")
    items = [one.item for one in judged]
    document = fit_links(
        items,
        _inputs(app, judged),
        fold_of(event_groups(items), seed=app.settings.model.seed).tolist(),
        app.register,
        load_link_words(app.home.config),
        corpus_sha256=hashlib.sha256(SHIPPED_CORPUS.read_bytes()).hexdigest(),
        seed=app.settings.model.seed,
    )
    return write_link_model(document, app.home.config), document["metrics"]


def _inputs(app: App, judged: tuple[JudgedItem, ...]) -> list[LinkInput | None]:
    """What linking sees of each item; None where the gate has closed."""
    items = [one.item for one in judged]
    regions = [app.region(item.outlet_region) for item in items]
    inputs = inputs_of(items, regions, app.find, {one.item.id: _topics(one) for one in judged})
    return [
        None if one.judgement.label is False else given for one, given in zip(judged, inputs, strict=True)
    ]


def _topics(judged: JudgedItem) -> dict[str, float]:
    return {str(tag.topic): round(tag.p, 2) for tag in judged.judgement.topics}
