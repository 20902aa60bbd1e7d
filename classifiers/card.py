"""The model card: what a trained model is for, what it was made of, how good it is and what it is not for.

Every figure comes from the manifest. Markdown, in English.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from classifiers.artefacts import Manifest
from classifiers.thresholds import GATE_RECALL, PUBLISH_PRECISION

_INTENDED = """\
To mark, in a stream of regional news, the reports on cooperation between Belarus's regions and partners
abroad, and to name their topics, so that coverage can be counted and gaps be found. Where it is not sure it
says so and leaves the item to a person; corrections of people win over it at once. Texts are read in any
language, with Russian and Belarusian in mind."""

_NOT_FOR = (
    "Judging people, newspapers or authors: it reads topics, not truth, quality or intent.",
    "Deciding alone on an agreement or a subscription: what it counts is an estimate with an interval.",
    "News of other countries, other kinds of text (laws, posts, contracts), cooperation inside the country.",
    "Shares of topics by plain counting: a rare topic is overstated; `monitor quantify` corrects for errors.",
)

_LIMITS = (
    (
        "The items it has learnt from were written for the project. Real news may be longer, staler and "
        "stranger; the weekly audit of the installation measures what is true there."
    ),
    (
        "Only title and the first {chars} characters make its vector; what stands further down is seen "
        "through words alone."
    ),
    (
        "Before the slow look comes a quick one at the title and {chars} characters, which sends away what "
        "is plainly something else: of dry agency and district news much more than of news that was written "
        "to look like cooperation. What it sends away nobody sees again, and a few reports on cooperation "
        "are among it: `monitor benchmark gate` measures both, docs/benchmarks/gate.md has the figures."
    ),
    "Languages with few items below have wide intervals; a language that is not listed was never measured.",
    (
        "Topics with few examples lean on their definitions in `config/topics.toml`; editing these changes "
        "the model at the next training."
    ),
    (
        "A text that repeats a passage of a training item is judged by a part that has not learnt it, which "
        "is a little weaker."
    ),
)


def card(manifest: Manifest, titles: Mapping[str, str]) -> str:
    """The card of a trained model. `titles`: topic -> its name for people."""
    figures = manifest.metrics
    return "\n".join(
        [
            f"# Model card: {manifest.kind} {manifest.version}",
            "",
            "Made by `monitor evaluate --card` from the model's manifest; not to be edited by hand.",
            "",
            *_section("What it is for", [_INTENDED]),
            *_section("What it is not for", _bullets(_NOT_FOR)),
            *_section("What it is made of", _bullets(_made_of(manifest))),
            *_section("How it was judged", [_judged(manifest)]),
            *_section("Cooperation or not", _gate(figures)),
            *_section("Topics", _topics(figures, titles)),
            *_section("Doubt", _doubt(figures)),
            *_section("Calibration", _calibration(figures["calibration"])),
            *_section("Limits", _bullets(_limits(manifest))),
        ]
    )


def _section(title: str, lines: Iterable[str]) -> list[str]:
    return [f"## {title}", "", *lines, ""]


def _bullets(lines: Iterable[str]) -> list[str]:
    return [f"- {line}" for line in lines]


def _made_of(manifest: Manifest) -> list[str]:
    told, versions, embedder = manifest.corpus, manifest.versions, manifest.embedder
    made = [
        (
            f"{told['items']} labelled items (file {told['sha256'][:12]}), on which all figures are taken, "
            f"and {told['added']} added ones that are learnt from only."
        ),
        f"{manifest.n_lessons} titles, definitions and phrases of the {len(manifest.labels)} topics.",
        f"Sentence vectors by {embedder['name']}, letters and words."
        if embedder
        else "Letters and words only, no sentence vectors: weaker where languages differ.",
        "Counts of named parties." if manifest.names_used else "No counts of named parties.",
        (
            f"Logistic regression, scikit-learn {versions['scikit_learn']}, numpy {versions['numpy']}, "
            f"program {versions['code']}, seed {manifest.seed}; weights {manifest.weights_sha256[:12]}."
        ),
    ]
    return made


def _judged(manifest: Manifest) -> str:
    return (
        f"{manifest.metrics['trained_on']['note']} Items of one event are never apart. Intervals hold 95 % "
        "of a thousand draws of events."
    )


def _gate(figures: Mapping[str, Any]) -> list[str]:
    gate = figures["gate"]
    return [
        (
            f"Best F1 {_share(gate['best_f1'])}. When at most {gate['missed_at_most']} of {gate['n']} are "
            f"missed, precision is {_share(gate['precision_then'])}."
        ),
        "",
        *_table("language", [("all", gate), *_languages(gate)]),
    ]


def _topics(figures: Mapping[str, Any], titles: Mapping[str, str]) -> list[str]:
    published, balanced = figures["topics"], figures["topics_balanced"]
    strongest, difference = figures["strongest_topic"], balanced["be_ru"]
    by_topic = [
        (titles.get(topic, topic), part)
        for topic, part in sorted(balanced["by_topic"].items(), key=lambda x: _order(x[1]))
        if isinstance(part, dict)
    ]
    return [
        (
            f"The strongest topic is a right one in {_share(strongest['accuracy'])} "
            f"({_interval(strongest['accuracy_95'])}) of {strongest['n']} items. Published tags aim at "
            f"precision {PUBLISH_PRECISION:.2f} together. Macro F1 at the balanced bound "
            f"{_share(balanced['by_topic']['macro_f1'])}."
        ),
        (
            f"F1 of Belarusian less that of Russian items: {_share(difference['f1'])} "
            f"({_interval(difference['f1_95'])})."
        ),
        "",
        "Published:",
        "",
        *_table("language", [("all", published), *_languages(published)]),
        "",
        "At the balanced bound, where as many tags are given as there are right ones, by language:",
        "",
        *_table("language", [("all", balanced), *_languages(balanced)]),
        "",
        "By topic:",
        "",
        *_table("topic", by_topic),
    ]


def _doubt(figures: Mapping[str, Any]) -> list[str]:
    queue = figures["queue"]
    tags = "-" if queue["tags_per_item"] is None else f"{queue['tags_per_item']:.1f}"
    rows = [
        f"| {point['recall']:.1f} | {point['precision']:.3f} | {point['bound']:.2f} |"
        for point in figures["abstention"]
    ]
    return [
        (
            f"{queue['gate_undecided']} items were left to a person at the gate; below the lower bound at "
            f"most {1 - GATE_RECALL:.0%} of cooperation may be lost. "
            f"{_share(queue['recall_published_or_queued'])} of the right tags are published or queued, with "
            f"{tags} queued an item."
        ),
        "",
        "If only the surest tags were published:",
        "",
        "| share of right tags found | precision | bound |",
        "|---|---|---|",
        *rows,
    ]


def _calibration(found: Mapping[str, Any]) -> list[str]:
    rows = [
        f"| {name} | {part['stated']:.3f} | {part['found']:.3f} | {part['n']} |"
        for name in ("gate", "topics")
        for part in found[f"{name}_bins"]
    ]
    return [
        (
            f"Expected error over ten bins of equal mass: gate {_share(found['gate_ece'])}, topics "
            f"{_share(found['topics_ece'])}."
        ),
        "",
        "| of | stated | found | answers |",
        "|---|---|---|---|",
        *rows,
    ]


def _limits(manifest: Manifest) -> list[str]:
    chars = manifest.embedder.get("chars", 0)
    return [line.format(chars=chars) for line in _LIMITS if chars or "{chars}" not in line]


def _languages(part: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return sorted(part["by_language"].items(), key=lambda x: (-x[1]["n"], x[0]))


def _order(part: Any) -> float:
    return -(part["f1"] or 0.0) if isinstance(part, dict) else 0.0


def _table(what: str, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    lines = [f"| {what} | precision | recall | F1 | 95 % of F1 | right ones |", "|---|---|---|---|---|---|"]
    for name, part in rows:
        rates = " | ".join(_share(part[key]) for key in ("precision", "recall", "f1"))
        lines.append(f"| {name} | {rates} | {_interval(part['f1_95'])} | {part['n']} |")
    return lines


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _interval(bounds: Sequence[float] | None) -> str:
    return f"{bounds[0]:.3f} to {bounds[1]:.3f}" if bounds else "too few"
