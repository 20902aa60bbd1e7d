"""Which texts of a week are audited: a stratified random sample that the week alone decides. Pure."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.articles.audit_types import FOUND, NAMED, REST, STRATA, Text
from monitor.core.ids import FamilyId, Week


@dataclass(frozen=True, slots=True)
class Drawn:
    """One text of the sample."""

    text: Text
    stratum: str
    weight: float  # texts of its stratum that it stands for
    families: tuple[FamilyId, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A week's sample, mixed over the strata so that nobody answers by their place in the list."""

    drawn: tuple[Drawn, ...]
    sizes: Mapping[str, tuple[int, int]]  # stratum -> texts there were, texts drawn


def draw(
    texts: Sequence[Text],
    families: Mapping[int, Sequence[FamilyId]],
    sizes: Mapping[str, int],
    week: Week,
) -> Sample:
    """A sample of at most `sizes` texts of each stratum; the same texts and week give the same sample.

    `families`: linked ones by article. A stratum with fewer texts is taken whole.
    """
    of_text = {
        text.article: tuple(sorted({f for member in text.members for f in families.get(member, ())}))
        for text in texts
    }
    strata: dict[str, list[Text]] = {name: [] for name in STRATA}
    for text in texts:
        strata[_stratum(text, of_text[text.article])].append(text)
    rng = np.random.default_rng(zlib.crc32(f"audit {week}".encode()))
    found: list[Drawn] = []
    for name, group in strata.items():
        n = min(sizes[name], len(group))
        picked = rng.choice(len(group), size=n, replace=False).tolist() if n else []
        chosen = [group[i] for i in sorted(picked)]
        found += [Drawn(text, name, len(group) / n, of_text[text.article]) for text in chosen]
    mixed = tuple(found[i] for i in rng.permutation(len(found)).tolist())
    counted = {name: (len(group), min(sizes[name], len(group))) for name, group in strata.items()}
    return Sample(mixed, counted)


def _stratum(text: Text, families: Sequence[FamilyId]) -> str:
    if text.label or (families and text.label is None):
        return FOUND
    return NAMED if text.both_named or families else REST
