"""Links of another register beside the current ones, on both databases: taken over, promoted, dropped."""

from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.core import ledger_store, runs
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db, Tx
from monitor.core.errors import UsageError
from monitor.core.ids import AgreementId, FamilyId
from monitor.core.ledger import Stage
from monitor.core.runs import Version
from monitor.linking import relink
from monitor.linking.link import Beside, Linking, link_beside
from monitor.linking.relink import Moves
from monitor.linking.tables import linkings, links
from monitor.linking.types import Link, LinkInput, LinkResult
from tests import make
from tests.integration.linking.test_link_stage import find
from tests.integration.linking.test_link_stage import run as run_current

KEPT, CHANGED = FamilyId("AGR-0001"), FamilyId("AGR-0007")


# the third article is below the gate: its link explains a zero and counts nowhere
BEFORE = [(1, KEPT, "AGR-0002", 0.9), (3, KEPT, "AGR-0002", 0.9)]


def of_new_register(given: LinkInput) -> LinkResult:
    """What the other register gives: a weaker link to the family that did not change, and one to another."""
    if "trade" not in given.topics:
        return LinkResult((), (), None)
    kept = Link(KEPT, None, 0.6, "title", "result", ())
    return LinkResult((Link(CHANGED, AgreementId("AGR-0007"), 0.8, "lead", "result", ()), kept), (), None)


@pytest.fixture
def versions(db: Db) -> tuple[Version, Version]:
    """Three linked articles, and another version begun beside theirs."""
    with db.begin() as tx:
        make.add_source(tx, "agency")
        make.add_article(tx, "agency", 1, text="gate=0.9 trade=0.8")
        make.add_article(tx, "agency", 2, text="gate=0.9 culture=0.8")
        make.add_article(tx, "agency", 3, text="gate=0.05 both sides are named")
    run_current(db)
    with db.begin() as tx:
        return relink.begin(tx, "other", {"register": "other"}, at=make.NOW)


def carry_on(db: Db, base: Version, version: Version) -> Counts:
    given = Linking(db, find, of_new_register, ZoneInfo("Europe/Minsk"), SettableClock(make.NOW))
    return link_beside(given, version, Beside(base, frozenset({KEPT})))


def linked(db: Db, version: Version) -> list[tuple[int, str, str | None, float]]:
    query = sa.select(links.c.article_id, links.c.family_id, links.c.member, links.c.p)
    with db.begin() as tx:
        rows = tx.execute(
            query.where(links.c.version_id == version.id).order_by(links.c.p.desc(), links.c.article_id)
        ).all()
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def endings(tx: Tx) -> dict[tuple[str, str], int]:
    """What the ledger counts of linking."""
    return {key: n for key, n in ledger_store.tally(tx).items() if key[0] == Stage.LINK}


def test_an_unchanged_family_keeps_its_links_and_the_others_are_made_anew(
    db: Db, versions: tuple[Version, Version]
) -> None:
    base, version = versions
    before = linked(db, base)
    assert carry_on(db, base, version) == Counts(links=2, linked=1, unlinked=1, skipped=1)
    assert carry_on(db, base, version) == Counts()
    assert before == BEFORE
    assert linked(db, version) == [*BEFORE, (1, CHANGED, "AGR-0007", 0.8)]
    with db.begin() as tx:
        assert runs.current_version(tx, "link") == base
        assert relink.moves(tx, (base, 0.5), (version, 0.5)) == Moves(1, {CHANGED: 1}, {})
        assert relink.moves(tx, (base, 0.5), (version, 0.95)) == Moves(1, {}, {KEPT: 1})


def test_what_counts_and_its_ledger_change_in_one_promotion(
    db: Db, versions: tuple[Version, Version]
) -> None:
    base, version = versions
    with db.begin() as tx, pytest.raises(UsageError, match="3 articles wait for it"):
        relink.promote(tx, version, at=make.NOW)
    carry_on(db, base, version)
    with db.begin() as tx:
        before = endings(tx)
        relink.promote(tx, version, at=make.NOW)
        assert runs.current_version(tx, "link") == version
        after = endings(tx)
        with pytest.raises(UsageError, match="promote another one first"):
            relink.drop(tx, version)
        with pytest.raises(UsageError, match="are of this register already"):
            relink.begin(tx, "other", {}, at=make.NOW)
    assert before == {("link", "ok"): 1, ("link", "no_agreement"): 1, ("link", "below_gate"): 1}
    assert after == {reason: 2 * n for reason, n in before.items()}


def test_a_dropped_version_leaves_nothing(db: Db, versions: tuple[Version, Version]) -> None:
    base, version = versions
    before = linked(db, base)
    carry_on(db, base, version)
    with db.begin() as tx:
        relink.drop(tx, version)
        of_it = sa.select(sa.func.count()).where(linkings.c.version_id == version.id)
        assert tx.execute(of_it).scalar_one() == 0
        assert runs.find_version(tx, "link", "other") is None
    assert (linked(db, version), linked(db, base)) == ([], before)


def test_a_register_of_the_same_links_takes_their_version_over(
    db: Db, versions: tuple[Version, Version]
) -> None:
    base, version = versions
    carry_on(db, base, version)
    with db.begin() as tx:
        relink.rename(tx, base, "other", {"register": "same links"})
        now = runs.current_version(tx, "link")
        assert now == Version(base.id, "link", "other")
        assert runs.doc_of(tx, now) == {"register": "same links"}
        assert endings(tx) == {
            ("link", "ok"): 1, ("link", "no_agreement"): 1, ("link", "below_gate"): 1,
        }  # fmt: skip
    assert linked(db, now) == BEFORE
    assert linked(db, version) == []
