"""A week's audit on both databases: drawn once, answered all or nothing, and told to the model."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from monitor.articles.audit import audit_items_of
from monitor.articles.audit_plan import load_audit_plan
from monitor.articles.audit_types import Answer, AuditItem
from monitor.articles.corrections import list_corrections
from monitor.articles.tables import taggings
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, Week
from monitor.core.shipped import config_dir
from monitor.gaps.said import AuditFigure
from monitor.gaps.stage import Choices, build_table, is_outdated, store_table
from monitor.gaps.store import Counted
from monitor.review.audit import draw_sample, take_answers
from monitor.review.sheet import Said
from tests.make_gaps import NORMS, NOW, PRESS, WEEK, Writer, register

PLAN = load_audit_plan(config_dir() / "audit.toml")
MONDAY = NOW - timedelta(days=7)
ONE = AgreementId("AGR-0001")


@pytest.fixture
def press(db: Db) -> Db:
    """A week with 24 linked texts, 6 that name both sides and 60 others; a copy and an older text besides."""
    with db.begin() as tx:
        writer = Writer(tx)
        writer.press()
        for source in PRESS:
            if source.enabled:
                writer.polls(source.id)
        for n in range(24):
            writer.article("daily", MONDAY + timedelta(hours=n), ONE)
        for n in range(6):
            named = writer.article("paper", MONDAY + timedelta(hours=n, minutes=1), label=False)
            tx.execute(
                sa.update(taggings).where(taggings.c.article_id == named).values(names=[1, 1, 1, 1, 1, 0])
            )
        for n in range(60):
            writer.article("agency", MONDAY + timedelta(hours=n, minutes=2), label=False)
        writer.article("paper", MONDAY + timedelta(days=2), ONE, cluster=1)
        old = writer.article("daily", MONDAY - timedelta(days=3), ONE)
        writer.article("paper", MONDAY + timedelta(days=1), ONE, cluster=old)
    return db


def drawn(db: Db, week: str = WEEK, now: datetime = NOW) -> list[AuditItem]:
    return draw_sample(db=db, register=register(), plan=PLAN, week=Week(week), now=now, zone=UTC, min_p=0.5)[
        1
    ]


def take(db: Db, said: dict[int, Answer], who: str = "Анна") -> Counts:
    rows = [Said(f"a.csv: row {n}", n, answer) for n, answer in said.items()]
    return take_answers(db=db, said=rows, register=register(), who=who, now=NOW, min_p=0.5)


def right(*, corrects: bool = False) -> Answer:
    return Answer(True, (ONE,), None, "", corrects=corrects)


WRONG = Answer(False, (), None, "", corrects=False)


def test_a_sample_is_drawn_by_cluster_over_the_strata_and_never_twice(press: Db) -> None:
    items = drawn(press)
    assert Counter((item.stratum, item.weight) for item in items) == {
        ("found", 1.2): 20,
        ("named", 1.0): 6,
        ("rest", 6.0): 10,
    }
    assert {item.families for item in items if item.stratum == "found"} == {("AGR-0001",)}
    assert {item.offered for item in items if item.stratum == "found"} == {(ONE,)}
    later = NOW + timedelta(days=30)
    assert drawn(press, now=later) == items
    with press.begin() as tx:
        assert len(audit_items_of(tx)) == 36


def test_a_week_that_is_not_over_or_no_week_is_not_drawn(press: Db) -> None:
    with pytest.raises(UsageError, match="2026-W22 is not over yet"):
        drawn(press, now=NOW - timedelta(minutes=1))
    with pytest.raises(UsageError, match="not a week of the form"):
        drawn(press, week="2026-22")


def test_answers_are_kept_with_who_and_when_and_the_same_ones_change_nothing(press: Db) -> None:
    items = drawn(press)
    said = {items[0].id: right(), items[1].id: WRONG}
    assert take(press, said) == Counts(answered=2)
    assert take(press, said, who="Пётр") == Counts(unchanged=2)
    assert take(press, {items[0].id: replace(WRONG, note="о погоде")}) == Counts(changed=1)
    with press.begin() as tx:
        kept = {item.id: item for item in audit_items_of(tx)}
    assert (kept[items[0].id].answer, kept[items[0].id].who) == (replace(WRONG, note="о погоде"), "Анна")
    assert (kept[items[1].id].who, kept[items[1].id].answered_at) == ("Анна", NOW)
    assert kept[items[2].id].answer is None
    with pytest.raises(UsageError, match="needs the name of who"):
        take(press, said, who=" ")


def test_a_finding_becomes_a_correction_where_the_reviewer_says_so(press: Db) -> None:
    items = drawn(press)
    found = next(item for item in items if item.stratum == "found")
    named = next(item for item in items if item.stratum == "named")
    said = {found.id: replace(WRONG, corrects=True), named.id: right(corrects=True)}
    assert take(press, said) == Counts(answered=2, corrections=3)
    assert take(press, said) == Counts(unchanged=2)
    with press.begin() as tx:
        told = [(c.article_id, c.kind.value, c.value, c.who, c.note) for c in list_corrections(tx)]
        kept = {item.id: item for item in audit_items_of(tx)}
    assert told == [
        (found.article, "not_cooperation", "", "Анна", "audit 2026-W22"),
        (named.article, "cooperation", "", "Анна", "audit 2026-W22"),
        (named.article, "link_add", "AGR-0001", "Анна", "audit 2026-W22"),
    ]
    # what was corrected by the audit was not found by us: the sample keeps what the run said
    assert (kept[named.id].families, kept[found.id].families) == ((), ("AGR-0001",))


def test_the_gap_table_stands_on_the_audit_and_is_made_anew_after_it(press: Db) -> None:
    def table():  # type: ignore[no-untyped-def]
        return build_table(
            db=press, register=register(), sources=PRESS, choices=Choices(NORMS, 0.5), week=Week(WEEK),
            window_weeks=52, now=NOW, zone=UTC,
        )  # fmt: skip

    before, origin = table()
    store_table(db=press, counted=Counted(before, origin._replace(at=NOW - timedelta(hours=1))))
    assert before.audit.assumed
    items = drawn(press)
    found = [item for item in items if item.stratum == "found"]
    missed = [item for item in items if item.stratum == "named"]
    take(press, {item.id: right() for item in found + missed})
    assert is_outdated(press, Week(WEEK), 52)
    after = table().table
    # 20 texts of weight 1.2 were found, 6 of weight 1 missed: 30 ** 2 / (20 x 1.44 + 6) = 25.86 full answers
    assert after.audit.figures == (AuditFigure("both/other", 26, 21, 20, 20),)
    assert (after.audit.assumed, after.audit.texts, after.audit.last_week) == (False, 26, WEEK)
    width = {row.family: row.posterior.hi - row.posterior.lo for row in before.rows}
    # what 25 finds of one week say of the 51 unseen ones hangs on the rate, hardly on what was audited
    silent = [row for row in after.rows if not row.counts.originals]
    assert len(silent) == len(after.rows) - 1
    assert all(row.posterior.hi - row.posterior.lo < width[row.family] for row in silent)
