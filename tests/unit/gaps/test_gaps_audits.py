"""What the reviewers' answers are worth to the model."""

from datetime import UTC, datetime

import pytest

from monitor.articles.audit_types import Answer, AuditItem
from monitor.core.ids import AgreementId, ArticleId, FamilyId, Week
from monitor.gaps.audits import audited
from monitor.gaps.detection import Audit
from monitor.gaps.said import NO_AUDIT, AuditNote

WEEK = Week("2026-W22")
CLASSES = {FamilyId("AGR-0001"): "both", FamilyId("AGR-0003"): "implied"}
FAMILY_OF = {
    AgreementId("AGR-0001"): FamilyId("AGR-0001"),
    AgreementId("AGR-0002"): FamilyId("AGR-0001"),
    AgreementId("AGR-0003"): FamilyId("AGR-0003"),
}


def item(
    said: str, true: str, *, stratum: str = "found", weight: float = 1.0, lang: str = "ru",
    label: bool | None = True, week: str = "2026-W21", answered: bool = True,
) -> AuditItem:  # fmt: skip
    """`said`: what we linked, `true`: what it reports on, ids between spaces."""
    agreements = tuple(map(AgreementId, true.split()))
    answer = Answer(bool(true), agreements, None, "", corrects=False) if answered else None
    families = tuple(map(FamilyId, said.split()))
    at = datetime(2026, 6, 1, tzinfo=UTC)
    return AuditItem(
        1, Week(week), ArticleId(1), stratum, weight, lang, label, families, (), (), answer, "Анна", at
    )


def told(*items: AuditItem, week: Week = WEEK) -> tuple[dict[str, Audit], AuditNote]:
    return audited(
        items, classes=CLASSES, family_of=FAMILY_OF, week=week, holds_weeks=8, halves_every_weeks=8
    )


def test_without_answers_nothing_is_known() -> None:
    assert told() == ({}, NO_AUDIT)
    assert told(item("AGR-0001", "", answered=False)) == ({}, NO_AUDIT)
    assert told(item("AGR-0001", "AGR-0001", week="2026-W23")) == ({}, NO_AUDIT)  # after the table's week


def test_links_are_right_wrong_or_missed_by_class_and_language() -> None:
    audits, note = told(
        item("AGR-0001", "AGR-0002"),  # a member of the same family
        item("AGR-0001", "AGR-0001"),
        item("AGR-0001", ""),
        item("", "AGR-0001", stratum="named", label=False),
        item("", "AGR-0003", stratum="named", lang="be"),
        item("AGR-0001", "AGR-0001", lang="pl"),
    )
    assert audits == {
        "both/ru": Audit(linkable=3, linked=2, links_checked=3, links_right=2),
        "both/other": Audit(1, 1, 1, 1),
        "implied/be": Audit(1, 0, 0, 0),
    }
    assert (note.weeks, note.texts, note.assumed, note.part_held) == (1, 6, False, 1.0)


def test_a_link_of_a_text_below_the_gate_is_not_found() -> None:
    audits, _ = told(item("AGR-0001", "AGR-0001", stratum="named", label=False))
    assert audits == {"both/ru": Audit(1, 0, 0, 0)}


def test_a_text_that_stands_for_more_weighs_more_and_widens() -> None:
    few = [item("AGR-0001", "AGR-0001") for _ in range(8)]
    heavy = [item("", "AGR-0001", stratum="named", weight=4.0) for _ in range(2)]
    audits, _ = told(*few, *heavy)
    # 8 found of 16; (8 + 8) ** 2 / (8 x 1 + 2 x 16) = 6.4 answers of equal weight would say the same
    assert audits == {"both/ru": Audit(linkable=6, linked=3, links_checked=8, links_right=8)}


@pytest.mark.parametrize(
    ("week", "held", "linkable"),
    [("2026-W29", 1.0, 16), ("2026-W33", 0.707107, 11), ("2026-W37", 0.5, 8), ("2026-W45", 0.25, 4)],
)
def test_answers_lose_their_weight_when_nobody_audits_for_eight_weeks(
    week: str, held: float, linkable: int
) -> None:
    audits, note = told(*[item("AGR-0001", "AGR-0001") for _ in range(16)], week=Week(week))
    assert (note.part_held, audits["both/ru"].linkable) == (held, linkable)


def test_the_rest_gives_an_upper_bound_only() -> None:
    audits, note = told(*[item("", "", stratum="rest", weight=500.0) for _ in range(10)])
    assert (audits, note.rest_texts, note.rest_missed) == ({}, 10, 0)
    assert note.rest_upper == pytest.approx(1 - 0.05 ** (1 / 10), abs=1e-6)
    audits, note = told(item("", "AGR-0001", stratum="rest", weight=500.0))
    assert (audits, note.rest_missed, note.rest_upper, note.assumed) == ({}, 1, 1.0, True)


def test_an_agreement_that_the_register_dropped_counts_nowhere() -> None:
    assert told(item("AGR-0007", "AGR-0007"))[0] == {}
