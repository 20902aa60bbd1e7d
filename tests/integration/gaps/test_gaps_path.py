"""One gap row followed by hand, from its score down to articles and sources, as docs/method.md does it."""

from datetime import UTC, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.core.db import Db
from monitor.core.ids import Week
from monitor.gaps.stage import Choices, build_table
from monitor.gaps.types import GapRow
from tests.make_gaps import NORMS, NOW, PRESS, START, WEEK, Writer, register

METHOD = Path(__file__).parents[3] / "docs" / "method.md"
FAMILY = "AGR-0001"
SCOPE = ("agency", "daily", "paper", "pskov")  # home region, national, partner's region
# a poll a day, the last one a day before the end
OBSERVED = {"agency": 363 / 7, "daily": 363 / 7, "paper": 181 / 7, "pskov": 363 / 7, "brest": 363 / 7}
LINKED = """
    SELECT count(*), count(DISTINCT a.cluster_id), count(DISTINCT a.source_id)
    FROM articles a JOIN links l ON l.article_id = a.id JOIN taggings t ON t.article_id = a.id
    WHERE l.family_id = 'AGR-0001' AND l.p >= 0.5 AND t.label
"""
ORIGINALS = """
    SELECT a.source_id, count(*) FROM articles a JOIN taggings t ON t.article_id = a.id
    WHERE a.is_origin AND t.label GROUP BY a.source_id
"""


def press(db: Db) -> None:
    """A year of four sources of the family and one other; the paper was dark for its second half."""
    with db.begin() as tx:
        writer = Writer(tx)
        writer.press()
        for source, items in (("agency", 30), ("daily", 10), ("paper", 4), ("pskov", 6), ("brest", 5)):
            until = START + timedelta(weeks=26) if source == "paper" else NOW
            writer.polls(source, until=until)
            for n in range(items):
                writer.article(source, START + (until - START) * n / items + timedelta(hours=1))
        first = writer.article("daily", START + timedelta(days=100), FAMILY)
        writer.article("agency", START + timedelta(days=101), FAMILY, cluster=first)
        writer.article("paper", START + timedelta(days=102), FAMILY, cluster=first)


def rates_by_hand(wrote: dict[str, int]) -> dict[str, float]:
    """(c + 2) / (w + 2 / m): shrunk to the mean of the kind, that to the mean of all."""
    overall = (sum(wrote.values()) + 2) / (sum(OBSERVED.values()) + 2)
    kinds = {source.id: source.kind for source in PRESS if source.enabled}
    rates = {}
    for source, weeks in OBSERVED.items():
        alike = [other for other in OBSERVED if kinds[other] == kinds[source]]
        of_kind = (sum(wrote[s] for s in alike) + 2) / (sum(OBSERVED[s] for s in alike) + 2 / overall)
        rates[source] = (wrote[source] + 2) / (weeks + 2 / of_kind)
    return rates


def table_row(db: Db) -> GapRow:
    counted = build_table(
        db=db, register=register(), choices=Choices(NORMS, min_p=0.5), sources=PRESS, week=Week(WEEK),
        window_weeks=52, now=NOW, zone=UTC,
    )  # fmt: skip
    return next(row for row in counted.table.rows if row.family == FAMILY)


def documented() -> dict[str, str]:
    text = METHOD.read_text(encoding="utf-8").split("## One row by hand")[1].split("\n## ")[0]
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return dict(pair for pair in cells[1:])


def by_hand(db: Db) -> dict[str, str]:
    """Every number of the page from the row's own parts and from plain SQL."""
    row = table_row(db)
    with db.begin() as tx:
        articles, originals, outlets = tx.execute(sa.text(LINKED)).one()
        wrote = {source: int(n) for source, n in tx.execute(sa.text(ORIGINALS)).all()}
    assert (articles, originals, outlets) == (
        row.counts.articles,
        row.counts.originals,
        len(row.counts.outlets),
    )
    assert len(row.counts.article_ids) == articles
    assert len(row.counts.origin_ids) == originals
    rates = rates_by_hand(wrote)
    share = {source: rates[source] / sum(rates[s] for s in SCOPE) for source in SCOPE}
    exposure = sum(share[source] * OBSERVED[source] for source in SCOPE)
    assert row.exposure == pytest.approx(exposure, abs=1e-4)
    return {
        "score": f"{sum(row.importance.values()):.2f}",
        "... of which the level of the agreement": f"{row.importance['level']:.2f}",
        "P(gap)": f"{sum(row.posterior.pmf[: row.norm]):.2f}",
        "norm": str(row.norm),
        "originals, articles, outlets": f"{originals}, {articles}, {outlets}",
        "cooperation originals of agency, daily, paper, pskov": ", ".join(str(wrote[s]) for s in SCOPE),
        "observed weeks of each": ", ".join(f"{OBSERVED[s]:.1f}" for s in SCOPE),
        "share of each": ", ".join(f"{share[s]:.2f}" for s in SCOPE),
        "exposure in weeks": f"{exposure:.1f}",
        "recall": f"{row.recall:.2f}",
    }


def test_one_row_can_be_followed_by_hand(db: Db) -> None:
    press(db)
    row = table_row(db)
    assert round(sum(row.importance.values()), 6) == row.score
    assert row.importance["level"] == round(3 * row.posterior.p_below_norm, 6)
    assert documented() == by_hand(db)
