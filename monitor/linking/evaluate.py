"""How good links are: precision and recall by family, members and stages apart. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from monitor.core.ids import AgreementId, FamilyId
from monitor.linking.types import Link

_SAMPLES = 1000
_SEED = 20_210_601


class Labelled(Protocol):
    """What is read of a labelled item; classifiers' LabelledItem fits."""

    @property
    def lang(self) -> str:
        """ISO 639-1."""

    @property
    def agreements(self) -> Sequence[str]:
        """Register ids that the item covers."""

    @property
    def stage(self) -> str:
        """One of STAGES, of the item as a whole."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """One item: right, found and wanted families; families right with a member given, with
    members right, and with the stage right."""

    lang: str
    right: int
    found: int
    wanted: int
    named: int
    named_right: int
    stage_right: int


def evaluate_links(
    items: Sequence[Labelled],
    predicted: Sequence[Sequence[Link]],
    family_of: Mapping[AgreementId, FamilyId],
) -> dict[str, Any]:
    """Precision, recall and F1 of links by family, with 95 % bootstrap intervals over items.

    Shapes: `predicted[i]` are the links of `items[i]`. Gives "overall" and "by_lang"; of the right
    families, "member": how many carry a member and how many of those are right; "stage": how many carry the
    stage of their item. A share of nothing is None. Ids that belong to no monitored family are left out.
    """
    counted = [_count(item, links, family_of) for item, links in zip(items, predicted, strict=True)]
    by_lang: dict[str, list[_Counted]] = defaultdict(list)
    for one in counted:
        by_lang[one.lang].append(one)
    return {
        "overall": _quality(counted),
        "by_lang": {lang: _quality(by_lang[lang]) for lang in sorted(by_lang)},
        "member": _members(counted, sum(one.right for one in counted)),
        "stage": _stages(counted, sum(one.right for one in counted)),
    }


def _count(item: Labelled, links: Sequence[Link], family_of: Mapping[AgreementId, FamilyId]) -> _Counted:
    gold = {AgreementId(a) for a in item.agreements if AgreementId(a) in family_of}
    wanted = {family_of[a] for a in gold}
    right = [link for link in links if link.family in wanted]
    named = [link for link in right if link.member is not None]
    return _Counted(
        lang=item.lang,
        right=len(right),
        found=len(links),
        wanted=len(wanted),
        named=len(named),
        named_right=sum(link.member in gold for link in named),
        stage_right=sum(link.stage == item.stage for link in right),
    )


def _members(counted: Iterable[_Counted], right: int) -> dict[str, Any]:
    rows = list(counted)
    named, named_right = sum(one.named for one in rows), sum(one.named_right for one in rows)
    return {
        "n": right,
        "named": named,
        "named_right": named_right,
        "right_or_open": (right - named + named_right) / right if right else None,
    }


def _stages(counted: Iterable[_Counted], right: int) -> dict[str, Any]:
    stage_right = sum(one.stage_right for one in counted)
    return {"n": right, "right": stage_right, "accuracy": stage_right / right if right else None}


def _quality(counted: Sequence[_Counted]) -> dict[str, Any]:
    counts = np.array([(one.right, one.found, one.wanted) for one in counted], dtype=np.int64).reshape(-1, 3)
    draws = np.random.default_rng(_SEED).integers(0, max(1, len(counts)), (_SAMPLES, len(counts)))
    sampled = counts[draws].sum(axis=1) if len(counts) else np.zeros((_SAMPLES, 3), dtype=np.int64)
    whole = counts.sum(axis=0)
    quality: dict[str, Any] = {"n_items": len(counted), "n": int(whole[2]), "n_found": int(whole[1])}
    for name, share in _SHARES.items():
        found = share(whole[None, :].astype(float))[0]
        spread = share(sampled.astype(float))
        spread = spread[~np.isnan(spread)]
        quality[name] = None if np.isnan(found) else float(found)
        quality[f"{name}_95"] = (
            None if np.isnan(found) else [float(q) for q in np.quantile(spread, (0.025, 0.975))]
        )
    return quality


Shares = NDArray[np.float64]


def _ratio(above: Shares, below: Shares) -> Shares:
    found: Shares = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
    return found


# Of rows (right, found, wanted)
_SHARES: Mapping[str, Callable[[Shares], Shares]] = {
    "precision": lambda n: _ratio(n[:, 0], n[:, 1]),
    "recall": lambda n: _ratio(n[:, 0], n[:, 2]),
    "f1": lambda n: _ratio(2 * n[:, 0], n[:, 1] + n[:, 2]),
}
