"""Which rows stand in a report, in which order, and what is said around them."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.core.errors import StorageError, UsageError
from monitor.core.ids import ArticleId, FamilyId, PlaceId, SourceId, TopicId, Week
from monitor.gaps.said import Angle
from monitor.gaps.types import SourceWatch, State
from monitor.reports.build import TOP_PENDING, build, needed_articles
from monitor.reports.catalogue import catalogue
from monitor.reports.facts import facts, from_json
from monitor.reports.phrases import Phrases
from monitor.reports.types import BlindSpot, Totals
from tests.make_reports import (
    MOGILEV,
    PRESS,
    TODAY,
    counts,
    gap_row,
    mogilev_report,
    mogilev_table,
    register,
    source,
    table,
)

LAST_WEEK = Week("2025-W46")


def test_totals_split_the_families_of_the_region_by_state() -> None:
    assert mogilev_report().totals == Totals(
        families=30,
        due=23,
        uncovered=13,
        thin=2,
        covered=3,
        undecided=3,
        unmeasured=2,
        not_due=7,
        watched=21,
        with_original=5,
        measured=21,
        new_gaps=0,
        closed_gaps=0,
    )


def test_what_was_written_on_stays_in_the_share_where_silence_would_prove_nothing() -> None:
    whole = mogilev_table()
    row = next(r for r in whole.rows if r.state is State.COVERED and r.counts.originals >= r.norm)
    unsure = replace(row, state=State.UNMEASURED, why_state="silence_would_not_tell")
    held = replace(whole, rows=tuple(unsure if r is row else r for r in whole.rows))
    before, after = mogilev_report(), mogilev_report(held=held)
    assert (after.totals.covered, after.totals.unmeasured, after.totals.measured) == (2, 3, 20)
    assert (after.totals.watched, after.totals.with_original) == (21, 5)
    assert row.family in after.sections.covered
    assert row.family not in after.sections.unmeasured
    assert set(after.sections.covered) == set(before.sections.covered)


def test_gaps_stand_by_falling_score_and_only_ten_of_them() -> None:
    report = mogilev_report()
    scores = {row.family: row.score for row in mogilev_table().rows}
    shown = [scores[family] for family in report.sections.gaps]
    assert len(shown) == 10
    assert shown == sorted(shown, reverse=True)


def test_national_gaps_are_three_and_counted_in_no_total_of_the_region() -> None:
    report = mogilev_report()
    assert report.sections.national == ("AGR-0002", "AGR-0005", "AGR-0007")
    assert not set(report.sections.national) & set(report.sections.gaps)


def test_a_national_gap_stands_in_its_own_section_alone() -> None:
    held = mogilev_table()
    own = next(row for row in held.rows if MOGILEV in held.regions[row.family] and row.state is State.THIN)
    national = next(row for row in held.rows if MOGILEV not in held.regions[row.family])
    report = mogilev_report(held=replace(held, rows=(own, national)))
    listed = report.sections
    assert (listed.gaps, listed.thin, listed.national) == ((), (own.family,), (national.family,))
    assert (report.totals.families, report.totals.uncovered) == (1, 0)


def test_sources_that_were_not_seen_at_all_are_in_scope_and_not_watched() -> None:
    method = mogilev_report().method
    dead = sum(spot.observed_share == 0 for spot in mogilev_report().blind_spots)
    assert (method.sources_in_scope - method.sources_watched, dead) == (1, 1)
    assert (method.sources_watched, method.sources_not_enabled) == (8, 1)


def test_a_planned_document_is_asked_after_and_never_called_a_gap() -> None:
    report = mogilev_report()
    planned = [row.family for row in report.rows if row.state == "not_due"]
    assert len(report.sections.pending) == TOP_PENDING
    assert set(report.sections.pending) <= set(planned)
    assert not set(planned) & set(report.sections.gaps + report.sections.thin)


def test_other_documents_are_asked_after_the_next_week() -> None:
    held = mogilev_table()
    this, following = (mogilev_report(held=replace(held, week=Week(w))) for w in ("2025-W47", "2025-W48"))
    asked = {*this.sections.pending, *following.sections.pending}
    assert len(asked) == 7  # all seven in two weeks


def test_the_one_to_ask_is_the_party_of_the_region_then_its_executive_committee() -> None:
    asked = {row.family: (row.ask, row.ask_kind) for row in mogilev_report().rows}
    assert asked[FamilyId("AGR-0115")] == ("Могилёвлифтмаш", "body")  # not the plant in Minsk
    assert asked[FamilyId("AGR-0079")] == ("Могилёвский областной исполнительный комитет", "body")
    assert asked[FamilyId("AGR-0011")] == ("Горецкий район", "district")


def test_a_place_is_left_out_beside_its_own_body() -> None:
    row = mogilev_report().row(FamilyId("AGR-0028"))
    assert row.own_side == ("Могилёвский областной Совет депутатов",)
    assert row.other_side == ("Законодательное Собрание Калужской области (Россия)",)


def test_a_due_member_speaks_for_its_family() -> None:
    row = mogilev_report().row(FamilyId("AGR-0174"))
    assert [(m.id, m.not_due) for m in row.members] == [("AGR-0174", ""), ("AGR-0193", "planned")]


def test_a_gap_is_new_only_if_the_table_before_did_not_have_it() -> None:
    families = ("AGR-0079", "AGR-0081", "AGR-0110")
    now = table([gap_row(family, State.UNCOVERED, 0.9) for family in families])
    before = table(
        [gap_row(families[0], State.UNCOVERED, 0.9), gap_row(families[1], State.UNDECIDED, 0.7)],
        week=LAST_WEEK,
    )
    report = mogilev_report(held=now, previous=before)
    assert {row.family: row.is_new for row in report.rows} == dict(
        zip(families, (False, True, True), strict=True)
    )
    assert not any(row.is_new for row in mogilev_report(held=now).rows)


def test_no_gap_is_new_since_a_table_that_could_not_judge_yet() -> None:
    now = table([gap_row("AGR-0079", State.UNCOVERED, 0.9), gap_row("AGR-0344", State.NOT_DUE, 0.0)])
    before = replace(now, week=LAST_WEEK, rows=tuple(
        row if row.state is State.NOT_DUE else replace(row, state=State.UNMEASURED, why_state="too_young")
        for row in now.rows
    ))  # fmt: skip
    report = mogilev_report(held=now, previous=before)
    assert (report.has_previous, report.totals.new_gaps) == (False, 0)
    assert not any(row.is_new for row in report.rows)


def test_a_table_that_could_judge_other_regions_alone_tells_nothing_of_what_is_new_in_this_one() -> None:
    own = gap_row("AGR-0079", State.UNCOVERED, 0.9)
    elsewhere = gap_row("AGR-0083", State.UNCOVERED, 0.9)  # of Grodno
    before = table([replace(own, state=State.UNMEASURED), elsewhere], week=LAST_WEEK)
    report = mogilev_report(held=table([own, elsewhere]), previous=before)
    assert (report.has_previous, report.totals.new_gaps) == (False, 0)


@pytest.mark.parametrize(("originals", "is_closed"), [(0, False), (1, True)])
def test_a_gap_is_closed_only_by_an_original_found_since(originals: int, is_closed: bool) -> None:
    now = table([gap_row("AGR-0079", State.COVERED, 0.1, found=counts("AGR-0079", originals, first=7))])
    before = table([gap_row("AGR-0079", State.UNCOVERED, 0.9)], week=LAST_WEEK)
    report = mogilev_report(held=now, previous=before)
    assert report.rows[0].is_closed is is_closed
    assert report.totals.closed_gaps == int(is_closed)


def test_the_paper_of_the_partys_district_is_the_first_of_the_silent() -> None:
    papers = (
        source("daily", "Областная", kind="regional_daily"),
        source("gorki", "Горецкая", district=PlaceId("by-district-gorki")),
        source("late", "Новая"),
        source("dead", "Немая"),
    )
    watch = (
        SourceWatch(SourceId("daily"), 1.0, 50, None, ""),
        SourceWatch(SourceId("gorki"), 0.9, 2, None, ""),
        SourceWatch(SourceId("late"), 0.3, 1, None, ""),  # seen too little to be called silent
        SourceWatch(SourceId("dead"), 0.9, 0, None, "dns"),
    )
    held = table([gap_row("AGR-0011", State.UNCOVERED, 0.9)], watch=watch)
    watched = mogilev_report(held=held, sources=papers).rows[0].watched
    assert (watched.silent_outlets, watched.n_silent_outlets) == (("Горецкая", "Областная"), 2)


@pytest.mark.parametrize(("n", "named"), [(3, 3), (4, 4), (5, 3)])
def test_one_silent_outlet_more_is_named_and_several_are_counted(n: int, named: int) -> None:
    papers = tuple(source(f"paper{k}", f"Газета {k}") for k in range(n))
    watch = tuple(SourceWatch(paper.id, 1.0, 9, None, "") for paper in papers)
    held = table([gap_row("AGR-0011", State.UNCOVERED, 0.9)], watch=watch)
    watched = mogilev_report(held=held, sources=papers).rows[0].watched
    assert (len(watched.silent_outlets), watched.n_silent_outlets) == (named, n)
    assert len(watched.silent_sources) == named


def test_an_outlet_that_wrote_is_not_among_the_silent() -> None:
    found = counts("AGR-0079", 1, first=4, outlets=("daily",))
    report = mogilev_report(held=table([gap_row("AGR-0079", State.THIN, 0.9, found=found)]))
    assert "Приднепровская новь" not in report.rows[0].watched.silent_outlets
    assert report.rows[0].counted.outlets == ("Приднепровская новь",)


def test_dead_silent_and_half_seen_sources_are_blind_spots_with_their_share() -> None:
    assert mogilev_report().blind_spots == (
        BlindSpot(SourceId("shklov"), "Шкловская трибуна", "partly", None, 0.81),
        BlindSpot(SourceId("dead"), "Бобруйский голос", "http_4xx", None, 0.0),
        BlindSpot(SourceId("quiet"), "Мстиславская хроника", "silent", date(2025, 10, 24), 0.52),
    )


def test_blind_spots_say_since_when_and_a_source_that_writes_less_is_one() -> None:
    since = date(2025, 9, 1)
    watch = (
        SourceWatch(SourceId("daily"), 1.0, 30, None, "", odd="volume_down", odd_since=since),
        SourceWatch(SourceId("gorki"), 1.0, 9, None, "", odd="no_text"),
        SourceWatch(SourceId("dead"), 0.4, 0, None, "blocked", trouble_since=since),
    )
    held = table([gap_row("AGR-0079", State.UNCOVERED, 0.9)], watch=watch)
    spots = {spot.source: spot for spot in mogilev_report(held=held).blind_spots}
    told = [(spots[name].trouble, spots[name].since) for name in (s.source for s in watch)]
    assert told == [("volume_down", since), ("no_text", None), ("blocked", since)]


def test_a_source_that_no_poll_has_seen_is_a_blind_spot() -> None:
    report = mogilev_report(sources=(*PRESS, source("fresh", "Свежая")))
    assert BlindSpot(SourceId("fresh"), "Свежая", "never_seen", None, 0.0) in report.blind_spots


def test_topic_shares_count_due_families_and_cooperation_originals() -> None:
    rows = [
        gap_row("AGR-0079", State.UNCOVERED, 0.9),  # regional_ties, trade
        gap_row("AGR-0110", State.COVERED, 0.1),  # regional_ties
        gap_row("AGR-0115", State.NOT_DUE, 0.5),  # trade, industry, agriculture: not due
    ]
    watch = (SourceWatch(SourceId("daily"), 1.0, 40, None, ""),)
    found = {TopicId("trade"): 10, TopicId("culture"): 30}
    topics = mogilev_report(held=table(rows, watch=watch, topic_articles=found)).topics
    shares = {s.topic: (s.families, s.register_share, s.originals, s.coverage_share) for s in topics.shares}
    assert shares[TopicId("regional_ties")] == (2, 1.0, 0, 0.0)
    assert shares[TopicId("trade")] == (1, 0.5, 10, 0.25)
    assert shares[TopicId("culture")] == (0, 0.0, 30, 0.75)
    assert (len(topics.shares), topics.n_families, topics.n_originals, topics.is_enough) == (29, 2, 40, True)


def test_below_thirty_originals_topics_are_not_compared() -> None:
    watch = (SourceWatch(SourceId("daily"), 1.0, 29, None, ""),)
    held = table([gap_row("AGR-0079", State.UNCOVERED, 0.9)], watch=watch)
    assert mogilev_report(held=held).topics.is_enough is False


def test_articles_are_listed_once_with_all_their_families() -> None:
    held = table(
        [
            gap_row("AGR-0079", State.COVERED, 0.1, found=counts("AGR-0079", 1, 1, first=40)),
            gap_row("AGR-0081", State.COVERED, 0.1, found=counts("AGR-0081", 1, first=40)),
        ]
    )
    assert needed_articles(held, MOGILEV) == (40, 41)
    proofs = {p.article: p for p in mogilev_report(held=held).articles}
    assert proofs[ArticleId(40)].families == ("AGR-0079", "AGR-0081")
    assert (proofs[ArticleId(40)].is_original, proofs[ArticleId(41)].is_original) == (True, False)


def test_what_is_an_original_to_one_family_is_shown_as_one() -> None:
    told_again = replace(counts("AGR-0081", 0, 2, first=40), translation_ids=(40, 41))
    held = table(
        [
            gap_row("AGR-0079", State.COVERED, 0.1, found=counts("AGR-0079", 1, first=40)),
            gap_row("AGR-0081", State.COVERED, 0.1, found=told_again),
        ]
    )
    kinds = {p.article: (p.is_original, p.is_translation) for p in mogilev_report(held=held).articles}
    assert kinds == {40: (True, False), 41: (False, True)}


def test_an_article_of_a_count_only_outlet_counts_without_name_title_or_link() -> None:
    held = table([gap_row("AGR-0079", State.COVERED, 0.1, found=counts("AGR-0079", 1, first=3))])
    report = mogilev_report(held=held)
    proof = report.articles[0]  # id 3 comes from the exile outlet
    assert (proof.is_named, proof.title, proof.url, proof.outlet) == (False, "", "", "")
    assert report.rows[0].counted.originals == 1


def test_facts_survive_storage_and_damage_is_refused() -> None:
    report = mogilev_report()
    assert from_json(facts(report)) == report
    with pytest.raises(StorageError, match="schema 99"):
        from_json({**facts(report), "schema": 99})
    with pytest.raises(StorageError, match="damaged"):
        from_json({key: value for key, value in facts(report).items() if key != "totals"})


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(UsageError, match="no report language 'xx'"):
        build(
            mogilev_table(),
            None,
            register=register(),
            sources=PRESS,
            restricted=(),
            articles={},
            region=MOGILEV,
            lang="xx",
            is_demo=False,
        )


def test_a_region_without_families_gives_an_empty_report() -> None:
    report = mogilev_report(held=table([]))
    assert (report.rows, report.totals.families, report.to_on) == ((), 0, TODAY)


def test_a_story_begins_with_the_topic_that_no_related_report_has_carried() -> None:
    gap = gap_row("AGR-0011", State.UNCOVERED, 0.9)
    fresh = replace(gap, angle=Angle(topic=TopicId("science"), related=()))
    first, other = (mogilev_report(held=table([one])).rows[0] for one in (gap, fresh))
    phrases = Phrases(catalogue("ru"))
    assert first.topics[0] == other.topics[0] == "regional_ties"
    assert phrases.story(first).endswith("Тема: Межрегиональные связи и побратимство.")
    assert phrases.story(other).startswith("Над чем учёные работают вместе и что уже применяют?")
    assert phrases.story(other).endswith("Тема: Наука и инновации.")


@pytest.mark.parametrize(
    ("signed", "until", "said"),
    [
        ("2003-09", "", "подписано: сентябрь 2003\xa0г."),
        ("2003", "2026", "подписано: 2003\xa0г., срок до: 2026\xa0г."),
        ("", "2026", "срок до: 2026\xa0г."),
        ("", "", ""),
    ],
)
def test_of_the_term_that_is_said_which_the_register_knows(signed: str, until: str, said: str) -> None:
    row = mogilev_report(held=table([gap_row("AGR-0079", State.UNCOVERED, 0.9)])).rows[0]
    member = replace(row.members[0], signed=signed, valid_until=until)
    assert Phrases(catalogue("ru")).since(replace(row, members=(member,))) == said
