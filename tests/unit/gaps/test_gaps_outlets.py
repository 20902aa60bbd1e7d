"""What outlets, agencies and a year of a region are told of, and where a story could begin."""

from dataclasses import replace
from datetime import UTC, date, timedelta

import numpy as np

from monitor.core.ids import AgreementId, FamilyId, PlaceId, SourceId, TopicId
from monitor.gaps.exposure import Watched
from monitor.gaps.outlets import agency_figures, outlet_figures
from monitor.gaps.profile import profiles
from monitor.gaps.readings import Counted, Reading, Window, empty_counts
from monitor.gaps.said import AgencyFigure, Angle, NextDate, YearFigure
from monitor.gaps.story import angle_of
from monitor.gaps.types import FamilyCounts, GapRow, Posterior, Reasons, State
from monitor.gaps.years import year_figures
from tests.make_gaps import NORMS, NOW, PRESS, agreement, register

TODAY = date(2026, 5, 31)
WINDOW = Window(TODAY - timedelta(weeks=52) + timedelta(days=1), TODAY, UTC)
ONE, TWO, BREST = FamilyId("AGR-0001"), FamilyId("AGR-0002"), FamilyId("AGR-0006")
HERE, BREST_REGION = PlaceId("by-mogilev-region"), PlaceId("by-brest-region")
REGISTER = register()
PROFILES = profiles(REGISTER, NORMS, TODAY)
REGIONS = {f: (HERE,) for f in REGISTER.families} | {BREST: (BREST_REGION,)}
OBSERVED = {s.id: 52.0 for s in PRESS} | {SourceId("paper"): 20.0}
NOTHING = Counted({}, {}, {}, {}, {}, {}, 0, {}, {})


def counts(family: FamilyId, articles: dict[int, str], origins: tuple[int, ...]) -> FamilyCounts:
    """`articles`: id -> source."""
    outlets = tuple(sorted({SourceId(s) for s in articles.values()}))
    plain = empty_counts(family)
    return replace(
        plain, articles=len(articles), originals=len(origins), outlets=outlets,
        article_ids=tuple(sorted(articles, reverse=True)), origin_ids=origins,
    )  # fmt: skip


COUNTED = replace(
    NOTHING,
    families={ONE: counts(ONE, {1: "agency", 2: "daily", 3: "daily"}, (1, 3))},
    coop_by_source={SourceId("agency"): 1, SourceId("daily"): 1},
    origin_writers={ONE: {1: SourceId("agency"), 3: SourceId("daily")}},
    articles_of={ONE: {1: (1, 2), 3: (3,)}},
    family_topics={ONE: frozenset({TopicId("trade")})},
)


def reading(counted: Counted = COUNTED, **trouble: str) -> Reading:
    watched = {s.id: Watched((), 1.0, None, trouble.get(s.id, ""), WINDOW.start) for s in PRESS if s.enabled}
    return Reading(WINDOW, NOW, counted, watched, {})


def test_an_outlet_is_held_against_the_due_families_of_its_own_region() -> None:
    told = {o.source: o for o in outlet_figures(PRESS, reading(), OBSERVED, PROFILES, REGIONS)}
    assert set(told) == {"daily", "paper", "brest"}  # of no region: the agency; of no family here: pskov
    assert (told[SourceId("daily")].touched, told[SourceId("daily")].untouched) == ((ONE,), (TWO,))
    assert told[SourceId("brest")].untouched == (BREST,)
    assert told[SourceId("paper")].untouched == (ONE, TWO)
    assert {s: o.is_telling for s, o in told.items()} == {"daily": True, "paper": False, "brest": True}
    assert (told[SourceId("paper")].observed_weeks, told[SourceId("paper")].weeks) == (20.0, 52.0)


def test_an_agencys_part_is_counted_in_originals_and_in_what_carries_them() -> None:
    kinds = {s.id: s.kind for s in PRESS}
    assert agency_figures(kinds, COUNTED, REGIONS) == (
        AgencyFigure(HERE, originals=2, by_agency=1, articles=3, of_agency=2),
    )
    assert agency_figures(kinds, NOTHING, REGIONS) == ()


def test_a_story_begins_at_the_next_date_with_what_nobody_has_written_about() -> None:
    member = agreement(
        "AGR-0002", "by-district-shklov", "ru-pskov-region",
        topics=(TopicId("trade"), TopicId("culture")),
    )  # fmt: skip
    profile = profiles(register((member,)), NORMS, TODAY)[TWO]
    near = NextDate(date(2026, 6, 20), date(2026, 6, 20), "term_end", AgreementId("AGR-0002"), "")
    told = angle_of(State.UNCOVERED, profile, [ONE], COUNTED, (near,), TODAY)
    assert told == Angle(TopicId("culture"), (3, 1))
    later = replace(near, first_on=date(2026, 12, 1), last_on=date(2026, 12, 1))
    plain = angle_of(State.THIN, profile, [], NOTHING, (later,), TODAY)
    assert plain == Angle(TopicId("trade"), ())
    assert angle_of(State.COVERED, profile, [ONE], COUNTED, (near,), TODAY) is None


def gap(family: FamilyId, originals: int, state: State = State.UNCOVERED, why: str = "below_norm") -> GapRow:
    posterior = Posterior(0.0, 0, 0, (1.0,), 1.0, 1.0)
    found = replace(empty_counts(family), originals=originals)
    return GapRow(
        family, (), (), 52, "region", "government", 4, found, 52.0, 0.8, posterior, state, (), why,
        Reasons(1, 1, (), (), 0, 52.0, 0, 0, 0, 0),
    )  # fmt: skip


def test_the_yearly_figure_is_of_watched_due_families_and_has_an_honest_interval() -> None:
    rows = [
        gap(ONE, 2, State.COVERED),
        gap(TWO, 0),
        gap(FamilyId("AGR-0005"), 0, State.UNMEASURED, "not_findable"),
        gap(FamilyId("AGR-0003"), 0, State.NOT_DUE, "not_due"),
    ]
    worlds = np.array([True] * 50 + [False] * 50)  # half of all worlds say that somebody wrote of the second
    drawn = {ONE: np.ones(100, dtype=bool), TWO: worlds}
    told = year_figures(rows, REGIONS, drawn, from_on=WINDOW.from_on, to_on=TODAY)
    assert told == (
        YearFigure(
            HERE,
            WINDOW.from_on,
            TODAY,
            families=2,
            with_original=1,
            found_share=0.5,
            share=0.75,
            lo=0.5,
            hi=1.0,
        ),
    )
    assert year_figures([], REGIONS, {}, from_on=TODAY, to_on=TODAY) == ()
