"""What a recount gives differently, and the correction that tells readers so."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from monitor.core.clock import SettableClock
from monitor.core.db import Db
from monitor.gaps.types import State
from monitor.reports import store
from monitor.reports.amend import Difference, corrected, differences
from monitor.reports.facts import facts, from_json
from monitor.reports.formats import text
from monitor.reports.letter import letter
from monitor.reports.outbox import put_out
from monitor.reports.outbox import send_due as send_withheld
from monitor.reports.smtp import Delivery, Sent
from monitor.reports.subscribers import add_subscriber
from monitor.reports.types import Amended, Report
from tests.make_reports import MOGILEV, counts, gap_row, mogilev_report, table

NOW = datetime(2025, 11, 24, 5, tzinfo=UTC)
SENDER = "monitor@desk.example"
send_due = partial(send_withheld, withhold=lambda report: report)  # nothing is listed


class Taking:
    """A way out that takes everything and keeps it."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []

    def send(self, *, sender: str, recipient: str, data: bytes) -> Delivery:
        """Always sent."""
        del sender
        self.taken.append((recipient, data))
        return Sent()

    def close(self) -> None:
        """Nothing to close."""


def said() -> Report:
    """Two gaps."""
    rows = [gap_row(family, State.UNCOVERED, 0.9) for family in ("AGR-0079", "AGR-0011")]
    return mogilev_report(held=table(rows, watch=()))


def now() -> Report:
    """One of them was written about once, after all."""
    found = counts("AGR-0079", 1, first=1, outlets=("daily",))
    rows = [gap_row("AGR-0079", State.COVERED, 0.1, found=found), gap_row("AGR-0011", State.UNCOVERED, 0.902)]
    return mogilev_report(held=table(rows, watch=()))


def test_the_same_report_has_no_differences() -> None:
    assert differences(said(), from_json(facts(said()))) == ()
    assert corrected(said(), said(), number=1, why="") is None


def test_a_recount_names_every_number_that_changed_and_no_probability_that_prints_the_same() -> None:
    found = differences(said(), replace(now(), method=replace(now().method, link_version="link-2")))
    assert found == (
        Difference("versions", "link_version", "link-1", "link-2"),
        Difference("totals", "uncovered", "2", "1"),
        Difference("totals", "covered", "0", "1"),
        Difference("totals", "with_original", "0", "1"),
        Difference("AGR-0079", "state", "uncovered", "covered"),
        Difference("AGR-0079", "originals", "0", "1"),
        Difference("AGR-0079", "articles", "0", "1"),
        Difference("AGR-0079", "last_on", "None", "2025-11-18"),
        Difference("AGR-0079", "p_gap", "0.900", "0.100"),
    )


def test_an_article_that_is_gone_and_a_row_that_is_gone_are_named() -> None:
    alone = replace(said(), rows=tuple(row for row in said().rows if row.family == "AGR-0011"))
    where = [
        (one.where, one.what, one.said, one.now) for one in differences(now(), alone) if one.what == "row"
    ]
    assert where == [("AGR-0079", "row", "covered", "")]
    gone = [one for one in differences(now(), said()) if one.what == "articles_gone"]
    assert gone == [Difference("AGR-0079", "articles_gone", "1", "")]


def test_a_corrected_report_says_what_was_corrected_and_why() -> None:
    found = corrected(said(), now(), number=2, why="Статью нашли\r\nпозже.")
    assert found is not None
    assert found.id == f"{said().id}-c2"
    assert found.correction is not None
    (amended,) = found.correction.amended
    title = said().row(amended.family).members[0].title
    assert amended == Amended("AGR-0079", title, "ru", "uncovered", "covered", 0, 1)  # type: ignore[arg-type]
    assert from_json(facts(found)) == found
    told = " ".join(text.render(found).decode().split())
    assert (
        "Это исправление отчёта за неделю 2025-W47: в прежнем письме была ошибка. Статью нашли позже." in told
    )
    assert f"{title} (№ AGR-0079): было — не написали, 0 материалов; стало — по норме, 1 материал" in told
    assert letter(found).subject.startswith("[Демонстрация] [Исправление] Могилёвская область")


def test_a_correction_goes_to_those_who_got_what_it_corrects_and_to_nobody_else(db: Db) -> None:
    post, clock = Taking(), SettableClock(NOW)
    with db.begin() as tx:
        for name in ("one", "two"):
            add_subscriber(tx, email=f"{name}@paper.example", region=MOGILEV, lang="ru", at=NOW)
    assert put_out(db=db, report=said(), sender=SENDER, now=NOW) == {"queued": 2}
    with db.begin() as tx:
        assert not store.has_left(tx, said().id)
    send_due(db=db, post=post, clock=clock, sender=SENDER, on_unknown="hold")
    with db.begin() as tx:
        add_subscriber(tx, email="late@paper.example", region=MOGILEV, lang="ru", at=NOW)
        assert store.has_left(tx, said().id)
    found = corrected(said(), now(), number=1, why="")
    assert found is not None
    assert put_out(db=db, report=found, sender=SENDER, now=NOW) == {"queued": 2}
    assert put_out(db=db, report=found, sender=SENDER, now=NOW) == {"queued": 0}
    send_due(db=db, post=post, clock=clock, sender=SENDER, on_unknown="hold")
    assert [name for name, _ in post.taken] == ["one@paper.example", "two@paper.example"] * 2
    with db.begin() as tx:
        assert store.versions_of(tx, said().id) == (said().id, found.id)
        assert store.get_report(tx, said().id) == said()  # what was sent stays what it was


def test_the_tenth_correction_follows_the_ninth(db: Db) -> None:
    with db.begin() as tx:
        for number in (10, 9, 1):
            store.put_report(tx, replace(said(), id=f"{said().id}-c{number}"), at=NOW)
        store.put_report(tx, said(), at=NOW)
        store.put_report(tx, replace(said(), id=f"{said().id}-t1234abcd"), at=NOW)  # of other topics
        assert store.versions_of(tx, said().id) == (
            said().id, f"{said().id}-c1", f"{said().id}-c9", f"{said().id}-c10",
        )  # fmt: skip
