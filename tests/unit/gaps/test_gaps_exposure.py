"""Observed time and exposure on cases that can be counted by hand."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from monitor.core.ids import FamilyId, SourceId
from monitor.crawl.rhythm import Published
from monitor.crawl.types import ARCHIVE, Poll
from monitor.gaps.exposure import (
    Watched,
    exposure_weeks,
    exposure_worlds,
    observed_weeks,
    rate_worlds,
    shares,
    source_rates,
    watch,
    week_edges,
)
from monitor.gaps.scope import Scope, is_findable, scopes, siblings
from monitor.linking.candidates import own_words
from tests.make_gaps import AGREEMENTS, PRESS, START, agreement, register

DAY = timedelta(days=1)
END = START + 28 * DAY
EDGES = week_edges(START, END)
DAILY = [Published(START + n * DAY, START + n * DAY, 1) for n in range(28)]


def poll(day: float, *, good: bool = True, overflow: bool = False, before: float | None = None) -> Poll:
    previous = None if before is None else START + before * DAY
    return Poll("feed", START + day * DAY, good, overflow, previous, "ok" if good else "http_5xx")


def seen(polls: list[Poll], published: list[Published] = DAILY, read_share: float = 1.0) -> list[float]:
    watched = watch(polls, published, end=END, read_share=read_share)
    return [round(week, 3) for week in observed_weeks(watched, EDGES)]


def test_a_healthy_source_is_observed_from_its_first_good_poll_to_its_last() -> None:
    assert seen([poll(0), poll(28)]) == [1, 1, 1, 1]
    assert seen([poll(3, good=False), poll(3.5), poll(21)]) == [0.5, 1, 1, 0]


def test_time_between_a_failed_poll_and_the_next_good_one_is_not_observed() -> None:
    assert seen([poll(0), poll(7, good=False), poll(8, good=False), poll(14), poll(28)]) == [1, 0, 1, 1]


def test_an_overflow_takes_the_time_back_to_the_poll_before() -> None:
    assert seen([poll(0), poll(14, overflow=True, before=7), poll(28)]) == [1, 0, 1, 1]


def test_a_silence_takes_the_time_back_to_its_start() -> None:
    early = DAILY[:15]  # the last item on day 14, nothing for 14 days
    polls = [poll(0), poll(28)]
    assert seen(polls, early) == [1, 1, 0, 0]
    assert watch(polls, early, end=END, read_share=1).silent_since == date(2025, 6, 16)


def test_a_silence_that_ended_is_not_observed_but_is_over() -> None:
    polls, broken = [poll(0), poll(28)], DAILY[:8] + DAILY[21:]
    assert seen(polls, broken) == [1, 0, 0, 1]
    assert watch(polls, broken, end=END, read_share=1).silent_since is None


def test_a_weekly_paper_may_rest_for_a_month() -> None:
    weekly = [Published(START + n * DAY, START + n * DAY, 1) for n in (0, 7, 14)]
    assert seen([poll(0), poll(28)], weekly) == [1, 1, 1, 1]


def test_a_source_without_an_item_is_silent_since_it_was_first_polled() -> None:
    found = watch([poll(0), poll(28)], [], end=END, read_share=1)
    assert found.silent_since == START.date()
    assert sum(observed_weeks(found, EDGES)) == 0


def test_a_failing_source_is_in_trouble_and_not_called_silent() -> None:
    found = watch([poll(0), poll(7, good=False), poll(27, good=False)], DAILY[:8], end=END, read_share=1)
    assert (found.trouble, found.silent_since) == ("http_5xx", None)
    never = watch([poll(3, good=False)], [], end=END, read_share=1)
    assert never == Watched((), 1, None, "http_5xx", None, trouble_since=date(2025, 6, 5))


def test_a_trouble_and_a_silence_begin_on_the_newsrooms_day() -> None:
    night, minsk = timedelta(hours=22), ZoneInfo("Europe/Minsk")  # one o'clock of the next day there
    failing = [poll(0), replace(poll(7, good=False), at=START + timedelta(days=7) + night)]
    told = [
        watch(failing, DAILY[:8], end=END, read_share=1, zone=zone).trouble_since for zone in (UTC, minsk)
    ]
    assert told == [date(2025, 6, 9), date(2025, 6, 10)]
    unread = [replace(poll(0), at=START + night), poll(28)]
    told = [watch(unread, [], end=END, read_share=1, zone=zone).silent_since for zone in (UTC, minsk)]
    assert told == [date(2025, 6, 2), date(2025, 6, 3)]


def test_pages_that_were_not_read_lower_what_was_observed() -> None:
    assert seen([poll(0), poll(28)], read_share=0.25) == [0.25] * 4


def test_two_feeds_of_a_source_count_half_each() -> None:
    other = [Poll("other", p.at, p.is_good, False, None) for p in (poll(0), poll(14))]
    polls = sorted([poll(0), poll(28), *other], key=lambda p: p.at)
    assert seen(polls) == [1, 1, 0.5, 0.5]


def test_a_feed_that_came_later_takes_nothing_from_the_time_before() -> None:
    second = [replace(poll(day), feed="second") for day in (21, 28)]
    assert seen(sorted([poll(0), poll(28), *second], key=lambda p: p.at)) == [1, 1, 1, 1]
    late = [replace(poll(21), feed="second"), replace(poll(24.5, good=False), feed="second")]
    assert seen(sorted([poll(0), poll(28), *late], key=lambda p: p.at)) == [1, 1, 1, 0.75]


def test_a_feed_that_was_given_up_counts_until_its_last_poll() -> None:
    old = [replace(poll(0), feed="old"), replace(poll(14), feed="old", in_use=False)]
    assert seen(sorted([*old, poll(14), poll(28)], key=lambda p: p.at)) == [1, 1, 1, 1]
    assert seen(sorted([*old, poll(21), poll(28)], key=lambda p: p.at)) == [1, 1, 0, 1]
    broken = [old[0], replace(poll(7, good=False), feed="old"), replace(old[1], is_good=False)]
    assert seen(sorted([*broken, poll(14), poll(28)], key=lambda p: p.at)) == [1, 0, 1, 1]


def test_an_archive_adds_its_weeks_to_a_feed_and_takes_none_away() -> None:
    live = [poll(day) for day in range(14, 29)]
    old = [replace(poll(day), feed=ARCHIVE, in_use=False) for day in range(18)]
    together = sorted([*live, *old], key=lambda one: one.at)
    assert observed_weeks(watch(live, DAILY, end=END, read_share=1.0), EDGES).tolist() == [0, 0, 1, 1]
    assert observed_weeks(watch(together, DAILY, end=END, read_share=1.0), EDGES).tolist() == [1, 1, 1, 1]
    holed = [
        one if n != 9 else replace(one, is_good=False, reason="archive_hole") for n, one in enumerate(old)
    ]
    found = observed_weeks(watch(holed, DAILY, end=END, read_share=1.0), EDGES)
    assert found.tolist() == pytest.approx([1, 6 / 7, 3 / 7, 0])


def test_the_last_week_of_a_window_may_be_short() -> None:
    edges = week_edges(START, START + 10 * DAY)
    assert [(b - a).days for a, b in pairwise(edges)] == [7, 3]
    assert week_edges(START, START) == [START]


def test_a_dead_agency_keeps_the_weight_of_its_kind() -> None:
    kinds = {SourceId("belta"): "agency", SourceId("tass"): "agency"}
    kinds |= {SourceId(f"paper{n}"): "paper" for n in range(10)}
    found = {SourceId("belta"): 520} | {SourceId(f"paper{n}"): 26 for n in range(10)}
    observed = {SourceId("belta"): 52.0} | {SourceId(f"paper{n}"): 52.0 for n in range(10)}
    rates = source_rates(found, observed, kinds)
    assert rates[SourceId("belta")] == pytest.approx(10, rel=0.01)
    assert rates[SourceId("tass")] == pytest.approx(10, rel=0.03)
    assert rates[SourceId("paper3")] == pytest.approx(0.5, rel=0.02)
    weights = shares(rates, tuple(kinds))
    assert sum(weights.values()) == pytest.approx(1)
    assert weights[SourceId("tass")] == pytest.approx(0.4, abs=0.01)


def test_a_rate_from_little_is_drawn_to_its_kind() -> None:
    kinds = {SourceId("old"): "paper", SourceId("new"): "paper"}
    rates = source_rates(
        {SourceId("old"): 52, SourceId("new"): 0}, {SourceId("old"): 52.0, SourceId("new"): 2.0}, kinds
    )
    mean = (52 + 2) / (54 + 2 / ((52 + 2) / (54 + 2)))
    assert rates[SourceId("new")] == pytest.approx(2 / (2 + 2 / mean))
    assert source_rates({}, {}, kinds) == {SourceId("old"): 1.0, SourceId("new"): 1.0}


def test_exposure_weighs_each_source_by_what_it_would_have_written() -> None:
    weights = {SourceId("agency"): 0.75, SourceId("paper"): 0.25}
    observed = {
        SourceId("agency"): observed_weeks(watch([poll(0), poll(7)], DAILY, end=END, read_share=1), EDGES),
        SourceId("paper"): observed_weeks(watch([poll(0), poll(28)], DAILY, end=END, read_share=1), EDGES),
    }
    assert exposure_weeks(weights, observed, 4).tolist() == pytest.approx([1, 0.25, 0.25, 0.25])


def test_the_scope_is_the_home_the_national_and_the_partners_press() -> None:
    found = scopes(register(), PRESS)
    ids = ("agency", "daily", "paper", "pskov")
    assert found[FamilyId("AGR-0001")] == Scope(tuple(map(SourceId, ids)), not_watched=1)
    assert found[FamilyId("AGR-0006")] == Scope((SourceId("agency"), SourceId("brest")), not_watched=0)


def test_a_row_without_a_handle_cannot_be_found_in_a_text() -> None:
    plant = agreement("AGR-0007", "org-by-plant", "union-eaeu")
    chair = agreement("AGR-0008", "by-brest-region", "union-eaeu", title_ru="Председательство в union-eaeu")
    made = register((*AGREEMENTS, plant, chair))
    told = {family.id: is_findable(family, made) for family in made.families.values()}
    assert [id for id, findable in told.items() if not findable] == ["AGR-0005"]


def test_a_title_of_its_own_makes_a_row_of_a_union_findable_unless_its_words_tell_nothing() -> None:
    chair = agreement("AGR-0008", "country-by", "union-eaeu", title_ru="Председательство в union-eaeu")
    made = register((chair,))
    (family,) = made.families.values()
    assert is_findable(family, made)
    assert not is_findable(family, made, generic=own_words(chair, made))


def test_siblings_share_a_party_on_each_side_or_are_part_of_one_another() -> None:
    part = agreement("AGR-0008", "by-brest-region", "ru-pskov-region", part_of="AGR-0001")
    plan = agreement("AGR-0009", "by-mogilev-region", "ru-pskov-region")
    both = (*plan.parties, *agreement("AGR-0010", "by-mogilev-region", "country-cn").parties[1:])
    wide = agreement("AGR-0010", "by-mogilev-region", "country-cn", parties=both)
    related = siblings(register((*AGREEMENTS, part, wide)))
    assert related[FamilyId("AGR-0001")] == {"AGR-0008", "AGR-0010"}
    assert related[FamilyId("AGR-0003")] == {"AGR-0010"}
    assert related[FamilyId("AGR-0006")] == frozenset()


def test_rates_of_sources_are_as_unsure_as_little_was_found_of_them() -> None:
    kinds = {SourceId(name): "daily" for name in ("rich", "poor", "dark")}
    found = {SourceId("rich"): 100, SourceId("poor"): 2}
    observed = {SourceId("rich"): 50.0, SourceId("poor"): 50.0}
    drawn = rate_worlds(found, observed, kinds, n_draws=256, seed=1)
    usual = source_rates(found, observed, kinds)
    for name, worlds in drawn.items():
        assert worlds.mean() == pytest.approx(usual[name], rel=0.02)
    relative = {name: worlds.std() / worlds.mean() for name, worlds in drawn.items()}
    assert relative["rich"] == pytest.approx(102**-0.5, rel=0.05)
    assert relative["poor"] == pytest.approx(4**-0.5, rel=0.05)
    assert relative["dark"] == pytest.approx(2**-0.5, rel=0.05)


def test_the_exposure_of_each_world_follows_its_weights() -> None:
    a, b = SourceId("a"), SourceId("b")
    rates = {a: np.array([3.0, 1.0]), b: np.array([1.0, 1.0])}
    assert exposure_worlds(rates, (a, b), {a: 52.0, b: 0.0}).tolist() == [39.0, 26.0]
    assert exposure_worlds(rates, (a, b), {a: 52.0, b: 52.0}).tolist() == [52.0, 52.0]
    assert exposure_worlds(rates, (), {}).tolist() == [0.0, 0.0]
