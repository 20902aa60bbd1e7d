"""What an outlet makes of an agency's story: whole or cut, credited or not, with a lead of its own."""

import re
from collections.abc import Mapping, Sequence
from random import Random

_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[«\"(]?[А-ЯЁІЎA-Z])")
_KEPT = 0.6  # share of the words that a cut reprint keeps at least

WAYS = ("marked", "marked", "marked_line", "unmarked", "unmarked", "cut", "marked_cut", "new_lead")


def reprint(text: str, way: str, phrases: Mapping[str, Sequence[str]], rng: Random) -> str:
    """The text as another outlet prints it. `way` is one of WAYS, `phrases` of the text's language."""
    paragraphs = text.split("\n")
    if way.endswith("cut"):
        paragraphs = _cut(paragraphs)
    if way in ("marked", "marked_cut"):
        paragraphs[0] = _with_credit(paragraphs[0], rng.choice(phrases["inside"]))
    if way == "marked_line":
        paragraphs.append(rng.choice(phrases["line"]))
    if way == "new_lead":
        first, *rest = _SENTENCE.split(paragraphs[0])
        keeps = sum(len(p) for p in rest + paragraphs[1:]) >= _KEPT * len(text)
        paragraphs[0] = " ".join([rng.choice(phrases["lead"]), *(rest if keeps else [first, *rest])])
    return "\n".join(paragraphs)


def _cut(paragraphs: Sequence[str]) -> list[str]:
    """The beginning, in whole sentences, with at least _KEPT of the words."""
    wanted = _KEPT * sum(len(p.split()) for p in paragraphs)
    kept: list[str] = []
    n_words = 0
    for paragraph in paragraphs:
        sentences: list[str] = []
        for sentence in _SENTENCE.split(paragraph):
            if n_words >= wanted:
                break
            sentences.append(sentence)
            n_words += len(sentence.split())
        if sentences:
            kept.append(" ".join(sentences))
    return kept


def _with_credit(paragraph: str, credit: str) -> str:
    first, *rest = _SENTENCE.split(paragraph)
    return " ".join(
        [first.rstrip(".") + credit if first.endswith(".") else first + " " + credit[2:].capitalize(), *rest]
    )
