"""The gap table of a small press on both databases, from polls and articles to states and back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.articles import corrections
from monitor.articles.corrections import CorrectionKind, Saying
from monitor.core.db import Db
from monitor.core.errors import UsageError
from monitor.core.ids import ArticleId, FamilyId, SourceId, Week
from monitor.core.runs import ensure_version
from monitor.gaps.stage import Choices, build_table, is_outdated, last_day, load_table, store_table
from monitor.gaps.store import Counted, find_origin, row_from_json, table_json
from monitor.gaps.types import GapRow, GapTable, SourceWatch, State
from tests.make_gaps import AGREEMENTS, NORMS, NOW, PRESS, START, WEEK, Writer, agreement, register

CHOICES = Choices(NORMS, min_p=0.5)


@pytest.fixture
def writer(db: Db) -> Iterator[Writer]:
    with db.begin() as tx:
        made = Writer(tx)
        made.press()
        for source in PRESS:
            if source.enabled:
                items = 26 if source.kind == "national_agency" else 13
                step = timedelta(weeks=52) / items
                for n in range(items):  # every source reports on cooperation that concerns nobody here
                    made.article(source.id, START + n * step + timedelta(hours=1))
    yield made


def table(db: Db, week: str = WEEK, now: datetime = NOW, **changes: object) -> GapTable:
    return counted(db, week, now, **changes).table


def counted(db: Db, week: str = WEEK, now: datetime = NOW, **changes: object) -> Counted:
    plain = {
        "register": register(), "choices": CHOICES, "sources": PRESS, "week": Week(week),
        "window_weeks": 52, "now": now, "zone": UTC,
    }  # fmt: skip
    return build_table(db=db, **{**plain, **changes})  # type: ignore[arg-type]


def row(found: GapTable, family: str) -> GapRow:
    return next(r for r in found.rows if r.family == family)


def states(found: GapTable) -> dict[str, tuple[str, str]]:
    return {r.family: (r.state.value, r.why_state) for r in found.rows}


def watch_all(db: Db, writer: Writer, *but: str) -> None:
    with db.begin() as tx:
        writer.tx = tx
        for source in PRESS:
            if source.enabled and source.id not in but:
                writer.polls(source.id)


def report(db: Db, writer: Writer, family: str, n: int, source: str = "daily", copies: int = 0) -> None:
    with db.begin() as tx:
        writer.tx = tx
        for i in range(n):
            day = START + timedelta(days=20 + i * 330 / max(n, 1), hours=3)
            first = writer.article(source, day, family)
            for k in range(copies):
                writer.article("paper", day + timedelta(hours=k + 1), family, cluster=first)


def test_each_family_gets_the_first_state_that_fits(db: Db, writer: Writer) -> None:
    watch_all(db, writer)
    report(db, writer, "AGR-0001", 12)
    report(db, writer, "AGR-0006", 1, source="brest")
    assert states(table(db)) == {
        "AGR-0001": ("covered", "norm_reached"),
        "AGR-0002": ("uncovered", "below_norm"),
        "AGR-0003": ("not_due", "not_due"),
        "AGR-0004": ("not_due", "not_due"),
        "AGR-0005": ("unmeasured", "not_findable"),
        "AGR-0006": ("thin", "below_norm"),
    }


def test_dead_sources_make_unmeasured_rows_and_never_a_gap(db: Db, writer: Writer) -> None:
    watch_all(db, writer, "agency", "brest")
    with db.begin() as tx:
        writer.tx = tx
        writer.polls("agency", ending="failed", reason="http_4xx")
        writer.polls("brest", ending="failed", reason="dns")
    found = table(db)
    dead = row(found, "AGR-0006")
    assert (dead.state, dead.why_state, dead.exposure, dead.score) == (
        State.UNMEASURED, "low_exposure", 0.0, 0.0,
    )  # fmt: skip
    assert dead.reasons.sources_dead == (SourceId("agency"), SourceId("brest"))
    assert (dead.reasons.sources_in_scope, dead.reasons.sources_observed) == (2, 0)
    failing = SourceWatch(SourceId("agency"), 0.0, 26, None, "http_4xx", trouble_since=START.date())
    assert found.watch[0] == failing
    assert {r.state for r in found.rows} & {State.UNCOVERED, State.THIN} == set()


def test_twice_the_copies_change_no_number_but_articles(db: Db, writer: Writer) -> None:
    watch_all(db, writer)
    for family in ("AGR-0001", "AGR-0006"):
        report(db, writer, family, 2)
    before = table(db)
    with db.begin() as tx:
        writer.tx = tx
        for family in ("AGR-0001", "AGR-0006"):
            for original in row(before, family).counts.origin_ids:
                writer.article("agency", START + timedelta(days=200), family, cluster=original)
    after = table(db)
    assert row(after, "AGR-0001").counts.articles == 4
    for old, new in zip(before.rows, after.rows, strict=True):
        assert replace(new, counts=old.counts) == replace(old, counts=old.counts)
        assert new.counts.originals == old.counts.originals


def test_a_young_installation_is_measured_by_the_weeks_it_watched(db: Db, writer: Writer) -> None:
    since = NOW - timedelta(weeks=10)
    with db.begin() as tx:
        writer.tx = tx
        for source in PRESS:
            if source.enabled:
                writer.polls(source.id, since=since)
    found = table(db)
    assert (found.from_on, found.to_on) == (date(2026, 3, 23), date(2026, 5, 31))
    silent = row(found, "AGR-0001")
    assert (silent.norm, silent.reasons.weeks) == (1, 10.0)
    assert 9.5 < silent.exposure <= 10
    later = table(db, week="2026-W15", now=NOW)  # seen from then: three weeks
    assert states(later)["AGR-0001"] == ("unmeasured", "too_young")


def test_an_agreement_signed_within_the_window_is_due_from_then_on(db: Db, writer: Writer) -> None:
    watch_all(db, writer)
    day = (NOW - timedelta(weeks=20)).date()
    signed = AGREEMENTS[0].signed.parse(str(day))  # type: ignore[union-attr]
    young = agreement("AGR-0001", "by-mogilev-region", "ru-pskov-region", signed=signed)
    found = row(table(db, register=register((young, *AGREEMENTS[1:]))), "AGR-0001")
    assert (found.reasons.weeks, found.norm) == (20.0, 2)
    assert 19 < found.exposure <= 20


def test_a_short_window_repeats_the_state_and_shows_its_own_numbers(db: Db, writer: Writer) -> None:
    watch_all(db, writer)
    report(db, writer, "AGR-0001", 12)
    year, quarter = table(db), table(db, window_weeks=13)
    assert states(quarter) == states(year)
    assert quarter.from_on == date(2026, 3, 2)
    shown, whole = row(quarter, "AGR-0001"), row(year, "AGR-0001")
    assert (shown.counts.originals, whole.counts.originals) == (2, 12)
    assert shown.posterior.mean < whole.posterior.mean
    assert shown.posterior.p_below_norm == whole.posterior.p_below_norm


def test_a_stored_table_comes_back_as_it_was_and_holds_its_gaps(db: Db, writer: Writer) -> None:
    watch_all(db, writer)
    report(db, writer, "AGR-0001", 12)
    made = counted(db)
    found = made.table
    store_table(db=db, counted=made)
    store_table(db=db, counted=made)
    with db.begin() as tx:
        assert load_table(tx, Week(WEEK), 52) == found
        assert find_origin(tx, Week(WEEK), 52) == made.origin
        with pytest.raises(UsageError, match="no gap table of 2026-W01"):
            load_table(tx, Week("2026-W01"), 52)
    assert [row_from_json(doc) for doc in table_json(found)["rows"]] == list(found.rows)
    assert all(sum(r.importance.values()) == pytest.approx(r.score) for r in found.rows)


def test_a_row_of_an_older_program_is_read_without_what_is_told_no_more(db: Db, writer: Writer) -> None:
    watch_all(db, writer)
    made = table(db)
    known = row(made, "AGR-0001")
    doc = table_json(made)["rows"][made.rows.index(known)]
    old = {
        **doc,
        "follow_up": {"agreement": "AGR-0001", "reason": "planned", "ask": "by-mogilev-region"},
        "reasons": {**doc["reasons"], "weeks_observed": 40.0, "outlets_not_polled": {"no feed": 1}},
        "angle": {**doc["angle"], "next_date": None, "agreement": "AGR-0001", "target": "turnover"},
        "silent": ["paper"],
    }
    told_no_more = [sorted(old[part].keys() - doc[part].keys()) for part in ("reasons", "angle")]
    assert (sorted(old.keys() - doc.keys()), told_no_more) == (
        ["follow_up", "silent"],
        [["outlets_not_polled", "weeks_observed"], ["agreement", "next_date", "target"]],
    )
    assert row_from_json(old) == known


def test_siblings_and_unread_pages_explain_a_zero(db: Db, writer: Writer) -> None:
    watch_all(db, writer)
    wide = agreement("AGR-0007", "by-mogilev-region", "ru-pskov-region")
    more = agreement(
        "AGR-0007", "by-mogilev-region", "country-cn", parties=(*wide.parties, *AGREEMENTS[2].parties[1:])
    )
    report(db, writer, "AGR-0007", 3)
    with db.begin() as tx:
        writer.tx = tx
        writer.article("paper", NOW - timedelta(days=30), state="dead")
    found = row(table(db, register=register((*AGREEMENTS, more))), "AGR-0001")
    assert (found.counts.originals, found.reasons.sibling_links, found.reasons.unread_pages) == (0, 3, 1)


def test_a_week_is_refused_before_it_begins_or_before_anything_was_judged(db: Db) -> None:
    with pytest.raises(UsageError, match="nothing is tagged and linked yet"):
        table(db)
    with pytest.raises(UsageError, match="2026-W40 has not begun"):
        table(db, week="2026-W40")
    with pytest.raises(UsageError, match="is not a week"):
        table(db, week="2026-40")


def test_the_last_day_is_sunday_or_today() -> None:
    assert last_day(Week(WEEK), now=NOW, zone=UTC) == date(2026, 5, 31)
    assert last_day(Week(WEEK), now=NOW - timedelta(days=3), zone=UTC) == date(2026, 5, 29)


def test_families_without_an_article_have_zeros_not_holes(db: Db, writer: Writer) -> None:
    watch_all(db, writer)
    silent = row(table(db), "AGR-0002")
    assert (silent.family, silent.counts.articles, silent.counts.last_on) == (FamilyId("AGR-0002"), 0, None)
    assert 0 < silent.posterior.mean < 1.5


def test_the_first_moment_of_the_first_week_is_too_young_to_tell(db: Db, writer: Writer) -> None:
    with db.begin() as tx:
        writer.tx = tx
        writer.polls("daily", since=NOW, until=NOW + timedelta(days=1))
        writer.article("daily", NOW, "AGR-0001")
    found = table(db, week="2026-W23")
    assert (found.from_on, found.to_on) == (NOW.date(), NOW.date())
    silent = row(found, "AGR-0001")
    assert (silent.state, silent.why_state, silent.exposure) == (State.UNMEASURED, "too_young", 0.0)


def test_before_the_first_poll_nothing_is_measured(db: Db, writer: Writer) -> None:
    found = table(db)
    assert {r.state for r in found.rows} == {State.UNMEASURED, State.NOT_DUE}
    assert all(w.observed_share == 0 and w.trouble == "" for w in found.watch)


def test_a_kept_table_is_outdated_by_a_correction_and_by_another_run(db: Db, writer: Writer) -> None:
    watch_all(db, writer)
    report(db, writer, "AGR-0001", 1)
    assert not is_outdated(db, Week(WEEK), 52)
    store_table(db=db, counted=counted(db))
    assert not is_outdated(db, Week(WEEK), 52)
    later = NOW + timedelta(minutes=1)
    with db.begin() as tx:
        said = [Saying(CorrectionKind.NOT_COOPERATION)]
        corrections.add(tx, ArticleId(writer.last_id), said, who="Анна", at=later)
    assert is_outdated(db, Week(WEEK), 52)
    store_table(db=db, counted=counted(db, now=later))
    assert not is_outdated(db, Week(WEEK), 52)
    with db.begin() as tx:
        ensure_version(tx, "link", "link-2", {}, at=NOW)
    assert is_outdated(db, Week(WEEK), 52)
    store_table(db=db, counted=counted(db, now=later))
    assert not is_outdated(db, Week(WEEK), 52)
    with db.begin() as tx:
        ensure_version(tx, "tag", "tag-2", {}, at=NOW)
    assert is_outdated(db, Week(WEEK), 52)
