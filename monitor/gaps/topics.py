"""Which topics the register documents and which the press writes about, corrected for errors of the tags.

Pure. The correction is the adjusted count: of a share p the tagger counts c = p x hits + (1 - p) x false
alarms, both rates from audited cooperation texts. Source: Forman 2008.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from monitor.articles.audit_types import REST, AuditItem
from monitor.core.ids import FamilyId, TopicId, Week
from monitor.gaps.detection import Floats, generator
from monitor.gaps.profile import Profile
from monitor.gaps.said import TopicFigure, TopicTable
from monitor.register.types import Register

LEAST_ORIGINALS = 30  # below this, shares of topics are not compared (docs/method.md)
LEAST_AUDITED = 5.0  # texts with the topic and without it, else its rates are not known
LEAST_GAP = 0.1  # a tagger that says yes to the right texts hardly more often than to others tells nothing
N_DRAWS = 2_000
SIDES = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class TopicRate:
    """How often the tag was there where reviewers see the topic, and where not; in weighted texts."""

    hits: float
    n_true: float
    wrong: float
    n_false: float

    @property
    def is_known(self) -> bool:
        """Whether there are enough texts on both sides."""
        return min(self.n_true, self.n_false) >= LEAST_AUDITED


def topic_rates(
    items: Sequence[AuditItem], topics: Iterable[TopicId], week: Week
) -> dict[TopicId, TopicRate]:
    """Rates from the audited texts that count as cooperation and are; each text weighs as in the sample,
    scaled so that the weights add up to what they are worth (Kish)."""
    told = [
        item
        for item in items
        if item.answer is not None
        and item.answer.cooperation
        and item.answer.topics is not None
        and item.label
        and item.stratum != REST
        and item.week <= week
    ]
    total, squares = sum(i.weight for i in told), sum(i.weight**2 for i in told)
    scale = total / squares if squares else 0.0
    return {topic: _rate(told, topic, scale) for topic in topics}


def _rate(told: Sequence[AuditItem], topic: TopicId, scale: float) -> TopicRate:
    sums = {(true, said): 0.0 for true in (True, False) for said in (True, False)}
    for item in told:
        assert item.answer is not None and item.answer.topics is not None  # noqa: S101 - chosen so
        sums[topic in item.answer.topics, topic in item.topics] += item.weight * scale
    return TopicRate(
        hits=sums[True, True],
        n_true=sums[True, True] + sums[True, False],
        wrong=sums[False, True],
        n_false=sums[False, True] + sums[False, False],
    )


def topic_table(
    register: Register,
    profiles: Mapping[FamilyId, Profile],
    originals: Mapping[TopicId, int],
    n_originals: int,
    *,
    rates: Mapping[TopicId, TopicRate],
    seed: int,
) -> TopicTable:
    """All topics by falling share of the register; on both sides a topic counts where it is one of any."""
    due = [profile for profile in profiles.values() if profile.due]
    listed: dict[TopicId, int] = dict.fromkeys(register.topics, 0)
    for profile in due:
        for topic in {t for member in profile.due for t in member.topics if t in listed}:
            listed[topic] += 1
    figures = [
        _figure(topic, n, len(due), originals.get(topic, 0), n_originals, rates.get(topic), seed)
        for topic, n in listed.items()
    ]
    figures.sort(key=lambda figure: (-figure.register_share, figure.topic))
    return TopicTable(len(due), n_originals, n_originals >= LEAST_ORIGINALS and bool(due), tuple(figures))


def _figure(
    topic: TopicId,
    families: int,
    n_due: int,
    originals: int,
    n_originals: int,
    rate: TopicRate | None,
    seed: int,
) -> TopicFigure:
    counted = originals / n_originals if n_originals else 0.0
    share, lo, hi = None, None, None
    if n_originals:
        lo, hi = (float(betaincinv(originals + 0.5, n_originals - originals + 0.5, side)) for side in SIDES)
        corrected = None if rate is None else _corrected(originals, n_originals, rate, seed, topic)
        if corrected is not None:
            share, lo, hi = corrected
    return TopicFigure(
        topic=topic,
        families=families,
        register_share=families / n_due if n_due else 0.0,
        originals=originals,
        counted_share=counted,
        share=_rounded(share),
        lo=_rounded(lo),
        hi=_rounded(hi),
    )


def _corrected(
    originals: int, n: int, rate: TopicRate, seed: int, topic: TopicId
) -> tuple[float, float, float] | None:
    """Share and 95 % interval, sample and rates both drawn anew (Jeffreys); None where rates tell nothing."""
    if not rate.is_known or rate.hits / rate.n_true - rate.wrong / rate.n_false < LEAST_GAP:
        return None
    rng = generator(seed, f"topic {topic}")
    counted = rng.beta(originals + 0.5, n - originals + 0.5, N_DRAWS)
    hit = rng.beta(rate.hits + 0.5, rate.n_true - rate.hits + 0.5, N_DRAWS)
    wrong = rng.beta(rate.wrong + 0.5, rate.n_false - rate.wrong + 0.5, N_DRAWS)
    drawn: Floats = np.clip((counted - wrong) / np.maximum(hit - wrong, LEAST_GAP), 0.0, 1.0)
    alarm = rate.wrong / rate.n_false
    share = float(np.clip((originals / n - alarm) / (rate.hits / rate.n_true - alarm), 0.0, 1.0))
    lo, hi = (float(bound) for bound in np.quantile(drawn, SIDES))
    return share, min(lo, share), max(hi, share)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
