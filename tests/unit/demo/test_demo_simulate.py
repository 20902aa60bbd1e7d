"""Simulated presses: repeatable, consistent with their own truth, readable as facts."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from benchmarks.gaps import Told, auc, figures, measure, reliability
from benchmarks.gaps_limits import limits
from monitor.demo.simulate import Press, is_due, simulate
from monitor.demo.worlds import BASE, WORLDS, Plan
from monitor.gaps.facts import facts_json, table_of
from monitor.gaps.world import COLUMNS, World, read_world

SMALL = replace(BASE, n_families=40)


@pytest.fixture(scope="module")
def press() -> Press:
    return simulate(SMALL, 5)


def test_the_same_seed_makes_the_same_press(press: Press) -> None:
    again, other = simulate(SMALL, 5), simulate(SMALL, 6)
    assert again.facts(104) == press.facts(104)
    assert again.existing(0, 104) == press.existing(0, 104)
    assert other.facts(104) != press.facts(104)


def test_every_rightly_found_original_exists_and_nothing_else_is_right(press: Press) -> None:
    rows = press.rows
    assert rows.is_right.sum() > 30
    assert (~rows.exists).sum() > 0
    assert not (rows.is_right & ~rows.exists).any()
    found = {family: 0 for family in press.existing(0, 104)}
    for n in np.flatnonzero(rows.is_right):
        agreement = press.agreements[rows.agreement[n]]
        found[agreement.family] += is_due(agreement, int(rows.week[n]))
    real = press.existing(0, 104)
    assert all(found[family] <= real[family] for family in real)
    assert sum(found.values()) < sum(real.values())


def test_facts_hold_what_was_linked_before_the_week_and_nothing_later(press: Press) -> None:
    linked = press.rows.linked_to >= 0
    for stop in (60, 104):
        world = press.facts(stop)
        assert sum(world.found.values()) == int((linked & (press.rows.week < stop)).sum())
        assert world.last_week == stop - 1
        assert max(week for _, week in world.observed) == stop - 1


def test_weeks_in_which_a_source_was_out_have_no_found_rows(press: Press) -> None:
    assert (press.watched == 0).mean() > 0.05
    rows = press.rows
    linked = rows.linked_to >= 0
    assert (press.watched[rows.source[linked], rows.week[linked]] > 0).all()


def test_every_found_source_is_in_the_scope_of_its_agreement() -> None:
    world = simulate(replace(SMALL, mixed_up=0.3), 5).facts(104)
    assert table_of(world)["model"]["found_outside_scope"] <= sum(world.found.values()) * 0.2
    assert table_of(simulate(SMALL, 5).facts(104))["model"]["found_outside_scope"] == 0


def test_the_audit_never_finds_more_than_it_asked(press: Press) -> None:
    for audit in press.facts(104).audits.values():
        assert 0 < audit.linked <= audit.linkable <= BASE.linkable
        assert 0 < audit.links_right <= audit.links_checked <= BASE.links_checked


def write_facts(world: World, folder: Path) -> None:
    """The four files of `monitor gaps --facts` in a folder that exists."""
    tables: dict[str, Iterable[Sequence[object]]] = {
        "agreements.csv": (
            (
                a.id, a.family, a.level, a.kind, a.partner_country, " ".join(a.scope), a.stratum, a.norm,
                a.due_from, a.due_to,
            )
            for a in world.agreements
        ),
        "sources.csv": ((*key, part) for key, part in world.observed.items()),
        "found.csv": ((*key, originals) for key, originals in world.found.items()),
        "audit.csv": (
            (name, a.linkable, a.linked, a.links_checked, a.links_right) for name, a in world.audits.items()
        ),
    }  # fmt: skip
    for name, rows in tables.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS[name], *rows])


def test_written_facts_are_read_back_as_they_were(press: Press, tmp_path: Path) -> None:
    world = press.facts(104)
    write_facts(world, tmp_path)
    assert read_world(tmp_path) == world
    assert facts_json(tmp_path) == table_of(world)


def test_each_world_differs_from_the_base_in_what_its_name_says() -> None:
    base = simulate(BASE, 1)
    unseen = simulate(WORLDS["unseen_outages"], 1)
    assert (base.watched == base.told).all()
    assert ((unseen.watched == 0) & (unseen.told == 1)).sum() > 50
    silent = np.mean([rate == 0 for rate in simulate(WORLDS["zeros"], 1).rate_of().values()])
    assert 0.2 < silent < 0.4
    assert simulate(WORLDS["agency_out"], 1).watched[0, -9:].sum() == 0
    share = simulate(WORLDS["agency"], 1).rows
    assert (share.source[share.exists] == 0).mean() > 0.6
    mixed = simulate(WORLDS["mixed_up"], 1).rows
    wrong = mixed.exists & (mixed.linked_to >= 0) & ~mixed.is_right
    assert 0.05 < wrong.sum() / (mixed.exists & (mixed.linked_to >= 0)).sum() < 0.15
    assert busy_before(WORLDS["base"]) > 0.5
    assert busy_before(WORLDS["changed"]) < busy_before(WORLDS["base"]) - 0.2


def busy_before(plan: Plan) -> float:
    """Rank correlation of what exists of each family in two years after each other."""
    found = [simulate(plan, 1).existing(first, first + 52) for first in (0, 52)]
    both = [[year[family] for family in found[0]] for year in found]
    return float(spearmanr(*both).statistic)


def test_auc_counts_ties_half() -> None:
    assert auc(np.array([True, False, True, False]), np.array([2.0, 1.0, 1.0, 0.0])) == 0.875
    assert np.isnan(auc(np.array([True, True]), np.array([1.0, 2.0])))


def test_reliability_is_the_mean_distance_of_said_and_seen() -> None:
    said = np.array([0.95, 0.95, 0.05, 0.05])
    assert reliability(said, np.array([True, True, False, False])) == pytest.approx(0.05)
    assert reliability(said, np.array([True, False, False, False])) == pytest.approx(0.25)


def test_a_row_that_saw_too_little_is_not_raised() -> None:
    row = Told("52w", 0, 0, 4, 0.1, 0.5, 0, 2, 0.5, 0.9, 0.5, 0.5)
    short = replace(row, window="13w", exists=1)
    rows = [row, replace(row, exists=5, seen=0.2), replace(row, exists=5, p_below_norm=0.1), short, short]
    assert figures(rows)["raised"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures(rows)["raised_true"] == 1.0


def test_intervals_hold_what_exists_in_a_small_press() -> None:
    told = measure(replace(BASE, n_families=60), seed=3, years=1)
    assert 0.9 <= told["pit"] <= 0.99
    assert told["plain"] >= 0.93
    assert told["raised_true"] >= 0.9
    assert told["auc_52w"] >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("name", ["base", "clusters_4", "unseen_outages"])
def test_the_bars_hold_over_twenty_years_of_four_quarter_ends(name: str) -> None:
    told = measure(replace(WORLDS[name], n_families=120), seed=7, years=20)
    is_base = name == "base"
    low, high = (0.93, 0.97) if is_base else (0.92, 0.98)
    assert low <= told["pit"] <= high
    assert told["pit_worst_fifth"] >= (0.85 if name == "unseen_outages" else 0.90)
    assert told["pit_least_seen"] >= 0.90
    assert told["plain"] >= 0.95
    assert told["auc_none_13w"] >= (0.93 if is_base else 0.92)
    assert told["reliability"] <= 0.04
    assert told["raised_true"] >= 0.95
    assert told["auc_gain"] > 0
    assert not is_base or 0.90 <= told["region_totals"] <= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("name", ["agency", "changed"])
def test_the_bars_hold_in_whole_worlds(name: str) -> None:
    told = measure(WORLDS[name], seed=7, years=3)
    assert 0.92 <= told["pit"] <= 0.98
    assert min(told["pit_by_rate"]) >= 0.90
    assert told["pit_least_seen"] >= 0.90
    assert told["plain"] >= 0.95
    assert told["raised_true"] >= 0.95
    assert told["auc_gain"] > 0


@pytest.mark.slow
def test_totals_hold_what_exists_where_the_heaviest_source_is_dark() -> None:
    told = measure(replace(WORLDS["agency_out"], n_families=150), seed=7, years=6)
    # 42 totals, seven regions sharing each of six agencies; with weights taken as known .71 of 28 lay inside
    assert told["region_totals"] >= 0.85
    assert told["pit_worst_fifth"] >= 0.90


@pytest.mark.slow
def test_told_each_rate_the_model_is_as_good_as_the_judge_who_knows_everything() -> None:
    told = limits(replace(BASE, n_families=120), seed=3, years=1)
    assert list(told) == ["model", "weights", "law", "rates", "best"]
    assert told["rates"]["auc_52w"] == pytest.approx(told["best"]["auc_52w"], abs=0.01)
    # what is left to learn is each family's own rate, not the weights of sources
    assert told["rates"]["auc_52w"] - told["model"]["auc_52w"] > 0.002
    assert told["weights"]["auc_52w"] - told["model"]["auc_52w"] < 0.005
