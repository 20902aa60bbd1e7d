"""From the reviewers' answers to what the model takes: recall and precision per link class and language.

Pure. Answers are weighted by how many texts each stands for; what comes out are counts of as many unweighted
answers as would be worth the same (Kish), so that intervals are as wide as the sample makes them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scipy.special import betaincinv

from monitor.articles.audit_types import REST, AuditItem
from monitor.core.clock import week_start
from monitor.core.ids import AgreementId, FamilyId, Week
from monitor.gaps.detection import Audit
from monitor.gaps.said import AuditFigure, AuditNote

LANGUAGES = ("ru", "be")  # any other is "other"
UPPER = 0.95


@dataclass(slots=True)
class _Pairs:
    """Weighted yes and no of one question in one stratum."""

    yes: list[float] = field(default_factory=list)
    no: list[float] = field(default_factory=list)

    def add(self, weight: float, *, is_yes: bool) -> None:
        (self.yes if is_yes else self.no).append(weight)

    def worth(self, part: float) -> tuple[int, int]:
        """(asked, yes) in unweighted answers that would be worth the same; `part` of them still holds."""
        weights = self.yes + self.no
        if not weights:
            return 0, 0
        asked = round(sum(weights) ** 2 / sum(w * w for w in weights) * part)
        return asked, round(asked * sum(self.yes) / sum(weights))


@dataclass(slots=True)
class _Stratum:
    found: _Pairs = field(default_factory=_Pairs)  # of what is there, found by us?
    right: _Pairs = field(default_factory=_Pairs)  # of what we found, right?


def audited(
    items: Sequence[AuditItem],
    *,
    classes: Mapping[FamilyId, str],
    family_of: Mapping[AgreementId, FamilyId],
    week: Week,
    holds_weeks: int,
    halves_every_weeks: int,
) -> tuple[dict[str, Audit], AuditNote]:
    """Facts of each stratum "class/language" for the model, and what is said of the audit.

    Texts of the stratum "rest" enter only the upper bound of what is missed there: one find among ten of
    thousands would decide everything. `classes`: link class of each family.
    """
    answered = [item for item in items if item.answer is not None and item.week <= week]
    last = max((item.week for item in answered), default=None)
    part = _part(last, week, holds_weeks, halves_every_weeks)
    strata: dict[str, _Stratum] = {}
    for item in answered:
        if item.stratum != REST:
            _add(strata, item, classes, family_of)
    figures = tuple(_figure(name, strata[name], part) for name in sorted(strata))
    audits = {f.stratum: Audit(f.linkable, f.linked, f.links_checked, f.links_right) for f in figures}
    n_rest, missed = _rest(answered, family_of)
    return audits, AuditNote(
        last_week=last,
        weeks=len({item.week for item in answered}),
        texts=len(answered),
        part_held=round(part, 6),
        assumed=not any(audit.linkable for audit in audits.values()),
        figures=figures,
        rest_texts=n_rest,
        rest_missed=missed,
        rest_upper=_upper(missed, n_rest),
    )


def _upper(yes: int, n: int) -> float:
    """The largest share that is not ruled out with 95 % certainty by `yes` of `n`."""
    return round(float(betaincinv(yes + 1, n - yes, UPPER)), 6) if n > yes else 1.0


def lang_class(lang: str) -> str:
    """ru, be or other."""
    return lang if lang in LANGUAGES else "other"


def _part(last: Week | None, week: Week, holds: int, halves: int) -> float:
    """How much of the answers still counts."""
    if last is None:
        return 0.0
    age = (week_start(week) - week_start(last)).days / 7
    return float(0.5 ** (max(age - holds, 0.0) / halves))


def _add(
    strata: dict[str, _Stratum],
    item: AuditItem,
    classes: Mapping[FamilyId, str],
    family_of: Mapping[AgreementId, FamilyId],
) -> None:
    true, said = _true(item, family_of), _said(item, classes)
    lang = lang_class(item.lang)
    for family in sorted(true | said):
        stratum = strata.setdefault(f"{classes[family]}/{lang}", _Stratum())
        if family in true:
            stratum.found.add(item.weight, is_yes=family in said)
        if family in said:
            stratum.right.add(item.weight, is_yes=family in true)


def _true(item: AuditItem, family_of: Mapping[AgreementId, FamilyId]) -> set[FamilyId]:
    if item.answer is None or not item.answer.cooperation:
        return set()
    return {family_of[a] for a in item.answer.agreements if a in family_of}


def _said(item: AuditItem, classes: Mapping[FamilyId, str]) -> set[FamilyId]:
    """Families that the text counted for; one that the register has dropped since says nothing."""
    return {family for family in item.families if family in classes} if item.label else set()


def _figure(name: str, stratum: _Stratum, part: float) -> AuditFigure:
    linkable, linked = stratum.found.worth(part)
    checked, right = stratum.right.worth(part)
    return AuditFigure(name, linkable, linked, checked, right)


def _rest(answered: Iterable[AuditItem], family_of: Mapping[AgreementId, FamilyId]) -> tuple[int, int]:
    rest = [item for item in answered if item.stratum == REST]
    return len(rest), sum(bool(_true(item, family_of)) for item in rest)
