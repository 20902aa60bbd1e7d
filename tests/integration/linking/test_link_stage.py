"""The link stage on both databases: what is linked, what explains a zero, nothing twice."""

from zoneinfo import ZoneInfo

import sqlalchemy as sa

from monitor.articles.tag import tag_due
from monitor.core import ledger_store
from monitor.core.clock import SettableClock
from monitor.core.counts import Counts
from monitor.core.db import Db
from monitor.core.ids import AgreementId, FamilyId, PlaceId
from monitor.core.ledger import Reason
from monitor.linking.link import link_due
from monitor.linking.store import find_coverage
from monitor.linking.tables import linkings, links
from monitor.linking.types import Evidence, Link, LinkInput, LinkResult, Mention
from tests import make
from tests.fakes import FakeClassifier

BOTH, NONE = (1.0, 1.0, 1.0, 1.0, 1.0, 0.0), (0.0,) * 6


def find(title: str, text: str, lang: str, region: PlaceId | None) -> tuple[Mention, ...]:
    return (Mention(PlaceId("by-city-mogilev"), "text", 0, 5, text[:5], "name"),)


def link(given: LinkInput) -> LinkResult:
    if "trade" not in given.topics and "gate=0.05" not in given.text:
        return LinkResult((), (), Reason.NO_AGREEMENT)
    evidence = tuple(Evidence(m.place, m.field, m.start, m.end, m.text) for m in given.mentions)
    return LinkResult(
        (Link(FamilyId("AGR-0001"), AgreementId("AGR-0002"), 0.9, "body", "signing", evidence),), (), None
    )


def add_four(db: Db) -> None:
    """Two articles of cooperation, one below the gate with both sides, one of nobody."""
    with db.begin() as tx:
        make.add_source(tx, "agency")
        make.add_article(tx, "agency", 1, text="gate=0.9 trade=0.8")
        make.add_article(tx, "agency", 2, text="gate=0.9 culture=0.8")
        make.add_article(tx, "agency", 3, text="gate=0.05 both sides are named")
        make.add_article(tx, "agency", 4, text="gate=0.05 nobody is named")


def run(db: Db) -> Counts:
    clock = SettableClock(make.NOW)
    tag_due(
        db=db,
        classifier=FakeClassifier(),
        name_features=lambda title, text: NONE if "nobody" in text else BOTH,
        fingerprint="tags",
        clock=clock,
    )
    return link_due(
        db=db, find=find, link=link, fingerprint="links", doc={}, zone=ZoneInfo("Europe/Minsk"), clock=clock
    )


def test_cooperation_is_linked_and_pairs_below_the_gate_are_kept_to_explain_zeros(db: Db) -> None:
    add_four(db)
    assert run(db) == Counts(links=1, linked=1, unlinked=1, skipped=2)
    assert run(db) == Counts()
    with db.begin() as tx:
        found = tx.execute(
            sa.select(links.c.article_id, links.c.family_id, links.c.member, links.c.evidence).order_by(
                links.c.id
            )
        ).all()
        reasons = tx.execute(sa.select(linkings.c.reason).order_by(linkings.c.article_id)).scalars().all()
        assert ledger_store.tally(tx) == {
            ("tag", "ok"): 2, ("tag", "below_gate"): 2,
            ("link", "ok"): 1, ("link", "no_agreement"): 1, ("link", "below_gate"): 2,
        }  # fmt: skip
    proof = [{"place": "by-city-mogilev", "field": "text", "start": 0, "end": 5, "text": "gate="}]
    assert [tuple(row) for row in found] == [
        (1, "AGR-0001", "AGR-0002", proof), (3, "AGR-0001", "AGR-0002", proof),
    ]  # fmt: skip
    assert reasons == ["", "no_agreement", "", "below_gate"]


def test_without_tags_there_is_nothing_to_link(db: Db) -> None:
    clock = SettableClock(make.NOW)
    zone = ZoneInfo("Europe/Minsk")
    assert link_due(db=db, find=find, link=link, fingerprint="x", doc={}, zone=zone, clock=clock) == Counts()


def test_the_coverage_of_a_family_comes_with_the_sentences_that_prove_it(db: Db) -> None:
    told = "gate=0.9 trade=0.8 is the first sentence. Another one follows."
    with db.begin() as tx:
        make.add_source(tx, "agency", name="Агентство")
        make.add_article(tx, "agency", 1, text=told)
        make.add_article(tx, "agency", 2, text="gate=0.05 below the gate does not count")
        make.add_article(tx, "agency", 3, text=told + " A copy.", cluster_id=1, is_origin=False)
    run(db)
    with db.begin() as tx:
        found = find_coverage(tx, FamilyId("AGR-0001"))
        assert find_coverage(tx, FamilyId("AGR-0009")) == []
    assert [(c.outlet, c.title, c.is_original, c.member, c.quotes) for c in found] == [
        ("Агентство", f"Заголовок {n}", n == 1, "AGR-0002", ("gate=0.9 trade=0.8 is the first sentence.",))
        for n in (1, 3)
    ]
