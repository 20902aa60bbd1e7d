"""The counting function on both databases, on cases that can be counted by hand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.articles.tables import articles
from monitor.core.db import Db
from monitor.core.ids import FamilyId, SourceId
from monitor.core.ledger import Ending, LedgerEntry, Reason, Stage
from monitor.core.ledger_store import record
from monitor.crawl.history import changed_polls, first_good_poll, published_days
from monitor.crawl.rhythm import Published
from monitor.crawl.types import Poll
from monitor.gaps.counts import count
from monitor.gaps.readings import Basis, Counted, Pages, Window
from monitor.gaps.types import FamilyCounts
from monitor.gaps.watching import watched_sources
from tests.make_gaps import PRESS, Writer

ZONE = ZoneInfo("Europe/Minsk")
WINDOW = Window(date(2026, 3, 2), date(2026, 5, 31), ZONE)
SIDES = {SourceId("agency"): "by", SourceId("daily"): "by", SourceId("pskov"): "partner"}
F1, F2 = FamilyId("AGR-0001"), FamilyId("AGR-0002")


def at(day: int, hour: int = 12, month: int = 4) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def writer(db: Db) -> Writer:
    with db.begin() as tx:
        made = Writer(tx)
        made.press()
    return made


def counted(db: Db, writer: Writer, due_from: dict[FamilyId, date] | None = None) -> Counted:
    with db.begin() as tx:
        basis = Basis(writer.tag.id, writer.link.id, 0.5)
        return count(tx, WINDOW, basis, sides=SIDES, due_from=due_from or {})


def test_copies_are_articles_and_one_original(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        first = writer.article("agency", at(1), F1, topic="trade")
        copy = writer.article("daily", at(2), F1, cluster=first, topic="trade")
        other = writer.article("pskov", at(3), F1, topic="culture")
    found = counted(db, writer)
    assert found.families == {
        F1: FamilyCounts(
            family=F1,
            articles=3,
            originals=2,
            outlets=(SourceId("agency"), SourceId("daily"), SourceId("pskov")),
            by_side={"by": 1, "partner": 1},
            by_stage={"result": 2},
            by_depth={"lead": 2},
            article_ids=(other, copy, first),
            origin_ids=(first, other),
            last_on=date(2026, 4, 3),
        )
    }
    assert found.original_days == {F1: (date(2026, 4, 1), date(2026, 4, 3))}
    assert found.origin_sources == {F1: (SourceId("agency"), SourceId("pskov"))}
    assert found.coop_by_source == {SourceId("agency"): 1, SourceId("pskov"): 1}
    assert found.topic_originals == {"culture": 1, "trade": 1}
    assert found.coop_originals == 2


def test_what_is_not_cooperation_or_not_sure_does_not_count_but_is_explained(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        below = writer.article("daily", at(1), F1, label=False)
        writer.article("agency", at(1), F1, label=False, cluster=below)
        writer.article("daily", at(2), F1, F2, label=None)
        writer.article("daily", at(3), F1, p=0.49)
    found = counted(db, writer)
    assert found.families == {}
    assert found.below_gate == {F1: 1}
    assert found.undecided == {F1: 1, F2: 1}
    assert found.coop_by_source == {SourceId("daily"): 1}  # cooperation, though linked to nobody


def test_an_original_is_dated_by_the_first_publication_of_its_cluster(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        old = writer.article("agency", datetime(2026, 2, 20, tzinfo=UTC), F1)
        copy = writer.article("daily", at(5, month=3), F1, cluster=old)
    found = counted(db, writer).families[F1]
    assert (found.articles, found.originals) == (1, 0)
    assert (found.article_ids, found.origin_ids) == ((copy,), ())


def test_a_copy_links_its_original_and_the_marked_origin_is_named(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        origin = writer.article("agency", at(2))  # names nobody
        early = writer.article("daily", at(1), F1, cluster=origin)
    found = counted(db, writer)
    assert (found.families[F1].originals, found.families[F1].origin_ids) == (1, (early,))
    assert found.coop_by_source == {SourceId("agency"): 1}


def test_a_translation_is_no_original_and_is_counted_beside_the_copies(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        told = writer.article("agency", at(1), F1, topic="trade")
        copy = writer.article("daily", at(2), F1, cluster=told, topic="trade")
        translated = writer.article("pskov", at(3), F1, topic="culture")
        reprinted = writer.article("paper", at(4), F1, cluster=translated)
        own = writer.article("brest", at(5), F1)
        writer.tell_the_same(copy, translated)
    found = counted(db, writer)
    assert found.families == {
        F1: FamilyCounts(
            family=F1,
            articles=5,
            originals=2,  # of the others one is a translation, two are copies
            outlets=tuple(SourceId(s) for s in ("agency", "brest", "daily", "paper", "pskov")),
            by_side={"by": 2},
            by_stage={"result": 2},
            by_depth={"lead": 2},
            article_ids=(own, reprinted, translated, copy, told),
            origin_ids=(told, own),
            last_on=date(2026, 4, 5),
            translation_ids=(translated,),
        )
    }
    assert found.original_days == {F1: (date(2026, 4, 1), date(2026, 4, 5))}
    assert found.coop_by_source == {SourceId("agency"): 1, SourceId("brest"): 1}
    assert found.topic_originals == {"culture": 1, "trade": 1}
    assert found.coop_originals == 2
    assert found.articles_of == {F1: {told: (told, copy, translated, reprinted), own: (own,)}}


def test_a_translation_stands_for_an_original_that_does_not_count(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        told = writer.article("agency", at(1), F2, label=None)  # waits for a person
        translated = writer.article("pskov", at(3), F2)
        again = writer.article("brest", at(4), F2)
        writer.tell_the_same(told, translated)
        writer.tell_the_same(translated, again)
    found = counted(db, writer)
    counts = found.families[F2]
    assert (counts.articles, counts.originals) == (2, 1)
    assert (counts.origin_ids, counts.translation_ids) == ((translated,), (again,))
    assert found.original_days == {F2: (date(2026, 4, 1),)}
    assert found.coop_by_source == {SourceId("pskov"): 1}


def test_a_translation_of_what_was_told_before_the_window_is_no_original_in_it(
    db: Db, writer: Writer
) -> None:
    with db.begin() as tx:
        writer.tx = tx
        old = writer.article("agency", datetime(2026, 2, 27, tzinfo=UTC), F1)
        translated = writer.article("daily", at(2, month=3), F1)
        writer.tell_the_same(old, translated)
    counts = counted(db, writer).families[F1]
    assert (counts.articles, counts.originals, counts.translation_ids) == (1, 0, (translated,))


def test_days_are_those_of_the_newsroom(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        writer.article("daily", datetime(2026, 3, 1, 20, 59, tzinfo=UTC), F1)  # 23:59 in Minsk
        inside = writer.article("daily", datetime(2026, 3, 1, 21, 0, tzinfo=UTC), F1)  # midnight
        last = writer.article("daily", datetime(2026, 5, 31, 20, 59, tzinfo=UTC), F1)
        writer.article("daily", datetime(2026, 5, 31, 21, 0, tzinfo=UTC), F1)
    found = counted(db, writer)
    assert found.families[F1].article_ids == (last, inside)
    assert found.original_days[F1] == (date(2026, 3, 2), date(2026, 5, 31))


def test_nothing_counts_before_the_agreement_was_due(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        writer.article("daily", at(1), F1, F2)
        writer.article("daily", at(20), F1)
    found = counted(db, writer, {F1: date(2026, 4, 10), F2: date(2026, 4, 10)})
    assert {family: c.originals for family, c in found.families.items()} == {F1: 1}


def test_only_the_current_versions_count(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        writer.article("daily", at(1), F1)
    other = Basis(writer.tag.id, writer.link.id + 1000, 0.5)
    with db.begin() as tx:
        assert count(tx, WINDOW, other, sides=SIDES, due_from={}).families == {}


def test_polls_are_read_as_what_changes(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        writer.polls("daily", since=at(1), until=at(4))
        writer.polls("daily", since=at(4), until=at(6), ending="failed", reason="timeout")
        writer.polls("daily", since=at(6), until=at(9))
        writer.polls("daily", since=at(9), until=at(10), overflow=True)
        found = changed_polls(tx, at(1), at(30))
        assert first_good_poll(tx) == at(1)
    feed = "http://daily.example/feed"
    assert found == {
        "daily": [
            Poll(feed, at(1), True, False, None, "ok"),
            Poll(feed, at(4), False, False, None, "timeout"),
            Poll(feed, at(6), True, False, None, "ok"),
            Poll(feed, at(9), True, True, at(8), "ok"),
        ]
    }


def test_an_overflow_is_told_of_the_window_in_which_it_was_seen(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        writer.polls("daily", since=at(1), until=at(4))
        writer.polls("daily", since=at(4), until=at(5), overflow=True)
        writer.polls("daily", since=at(5), until=at(12))
        told = [
            watched_sources(tx, start=at(day), stop=at(12), tag_version=writer.tag.id)[2] for day in (1, 4, 5)
        ]
    assert told == [{"daily"}, {"daily"}, frozenset()]


def test_items_are_read_by_day_and_pages_by_what_became_of_them(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        writer.polls("daily", since=at(1), until=at(10))
        writer.article("daily", at(2, 6))
        writer.article("daily", at(2, 18))
        writer.article("daily", at(4), state="dead")
        undated = writer.article("daily", at(5), state="listed")
        tx.execute(sa.update(articles).where(articles.c.id == undated).values(published_at=None))
        again = str(writer.article("daily", at(4), state="dead"))
        record(tx, LedgerEntry(Stage.EXTRACT, again, Ending.SKIPPED, Reason.DUPLICATE_URL, at(5), "daily"))
        days = published_days(tx, at(1), at(30))
        assert published_days(tx, at(1), at(30), only=SourceId("daily")) == days
        assert published_days(tx, at(1), at(30), only=SourceId("weekly")) == {}
        watched, pages, _ = watched_sources(tx, start=at(1), stop=at(10), tag_version=writer.tag.id)
    assert days == {
        "daily": [
            Published(at(2, 6), at(2, 18), 2),
            Published(at(4), at(4), 2),
            Published(at(5), at(5), 1),
        ]
    }
    # not the second address of the first page; nothing is known of why the others were not had
    assert pages == {"daily": Pages(listed=4, unread=2, judged=2, reasons={"": 2})}
    assert watched[SourceId("daily")].read_share == 0.5
    assert watched[SourceId("daily")].pieces == ((at(1), at(9), 1.0),)
    assert set(watched) == {"daily"}
    assert [s.id for s in PRESS if s.id in watched] == ["daily"]
    assert at(9) - at(1) == timedelta(days=8)
