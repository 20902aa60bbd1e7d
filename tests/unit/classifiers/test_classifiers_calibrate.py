"""Probabilities, bounds and figures on data whose answer is known."""

import numpy as np
import pytest

from classifiers.calibrate import (
    ALONE,
    UNIT,
    Level,
    Sigmoid,
    TopicCurves,
    apply_topics,
    expected_error,
    fit_sigmoid,
    fit_topics,
)
from classifiers.curves import abstention_curve, calibration_bins, confusions, gate_curve
from classifiers.metrics import draw_events, f1_difference, f1_differences, quality, share
from classifiers.thresholds import balanced_bound, bound_for_recall, choose_thresholds


def test_the_curve_that_made_the_data_is_found_again() -> None:
    generator = np.random.default_rng(5)
    z = generator.normal(0, 2, 20_000)
    true = Sigmoid(0.7, -1.2)
    curve = fit_sigmoid(z, generator.random(20_000) < true(z))
    assert curve == pytest.approx(true, abs=0.05)


def test_a_curve_without_data_is_its_prior_and_separable_data_stay_finite() -> None:
    assert fit_sigmoid(np.empty(0), np.empty(0, np.bool_)) == pytest.approx(UNIT)
    curve = fit_sigmoid(np.array([-1.0, 1.0] * 50), np.array([False, True] * 50))
    assert 1.0 < curve.slope < 20.0


def test_a_topic_with_few_examples_leans_on_the_others() -> None:
    generator = np.random.default_rng(1)
    z = generator.normal(0, 2, (400, 3))
    y = generator.random((400, 3)) < UNIT(z)
    y[:, 2] = False
    curves = fit_topics(z, y)
    mean = apply_topics(curves, z).mean(axis=0)
    assert curves.own[2].slope > 0
    assert 0.01 < mean[2] < mean[:2].min() / 4


def test_items_that_score_low_on_all_topics_are_judged_by_their_own_level() -> None:
    generator = np.random.default_rng(4)
    shy = np.repeat([0.0, 3.0], 1000)[
        :, None
    ]  # the second half scores lower throughout, and has as many topics
    true_z = generator.normal(-1, 2, (2000, 8))
    y = generator.random((2000, 8)) < UNIT(true_z)
    z = true_z - shy
    curves = fit_topics(z, y)
    found = apply_topics(curves, z)
    alone = apply_topics(TopicCurves(curves.own, ALONE), z)
    gap = [abs(p[1000:].mean() - y[1000:].mean()) for p in (found, alone)]
    assert curves.level.of_number < 0
    assert gap[0] < 0.4 * gap[1]
    assert (found.argmax(axis=1) == alone.argmax(axis=1)).all()


def test_the_level_of_an_item_is_counted_by_hand() -> None:
    curves = TopicCurves((UNIT, Sigmoid(2.0, 0.0)), Level(1.0, -0.5, 2.0, 0.25))
    z = np.array([[0.0, 0.5]])  # the second topic's own curve makes it 1
    promised = 0.5 + 1 / (1 + np.exp(-1.0))
    shift = -0.5 * 1.0 + 2.0 * np.log(promised) + 0.25
    assert apply_topics(curves, z) == pytest.approx(UNIT(np.array([[0.0, 1.0]]) + shift))


def test_topics_without_items_or_labels_still_have_curves() -> None:
    nothing = fit_topics(np.empty((0, 2)), np.empty((0, 2), np.bool_))
    assert nothing.level == ALONE
    assert apply_topics(nothing, np.zeros((1, 2))) == pytest.approx(0.5)
    assert apply_topics(nothing, np.empty((0, 2))).shape == (0, 2)
    assert apply_topics(TopicCurves((), ALONE), np.empty((3, 0))).shape == (3, 0)


def test_calibration_error_is_the_mean_gap() -> None:
    p = np.repeat([0.2, 0.8], 50)
    y = np.concatenate([np.arange(50) < 10, np.arange(50) < 30])
    assert expected_error(p, y, bins=2) == pytest.approx((0.0 + 0.2) / 2)
    assert expected_error(np.empty(0), np.empty(0, np.bool_)) == 0.0


def test_a_bound_for_recall_loses_no_more_than_it_may() -> None:
    p, y = np.arange(10) / 10, np.array([0, 1, 0, 1, 1, 1, 1, 1, 1, 1], np.bool_)
    assert bound_for_recall(p, y, 1.0) == pytest.approx(0.05)
    assert bound_for_recall(p, y, 0.87) == pytest.approx(0.25)
    assert bound_for_recall(p, ~y & False, 0.9) == 0.0


def test_above_the_balanced_bound_are_as_many_as_are_true() -> None:
    p, y = np.array([0.9, 0.8, 0.4, 0.1]), np.array([True, False, True, False])
    assert (p >= balanced_bound(p, y)).tolist() == [True, True, False, False]
    assert balanced_bound(p, np.zeros(4, np.bool_)) == 1.0
    assert balanced_bound(p, np.ones(4, np.bool_)) == 0.0


def test_bounds_publish_where_tags_are_right_and_queue_the_doubt() -> None:
    generator = np.random.default_rng(3)
    coop = generator.random(5000) < 0.5
    gate = np.clip(generator.normal(np.where(coop, 0.65, 0.35), 0.1), 0, 1)
    topics = generator.random((5000, 2))
    has = (generator.random((5000, 2)) < topics) & coop[:, None]
    bounds = choose_thresholds(gate, topics, coop, has)
    published = (topics * gate[:, None] >= bounds.publish) & (gate >= bounds.gate_yes)[:, None]
    kept = topics[coop] >= bounds.reject
    assert bounds.gate_no < bounds.gate_yes
    assert (gate[coop] >= bounds.gate_no).mean() >= 0.99
    assert has[published].mean() == pytest.approx(0.91, abs=0.01)
    assert 0.05 < published[has].mean() < 0.5
    assert kept[has[coop]].mean() >= 0.87


def test_a_topic_without_examples_is_never_published() -> None:
    gate, coop = np.linspace(0, 1, 40), np.arange(40) >= 20
    topics = np.column_stack([gate, gate])
    has = np.column_stack([coop, np.zeros(40, np.bool_)])
    assert choose_thresholds(gate, topics, coop, has).publish[1] == 1.0


def test_quality_counts_by_hand() -> None:
    said = np.array([[1, 0], [1, 1], [0, 0]], np.bool_)
    true = np.array([[1, 1], [0, 1], [0, 0]], np.bool_)
    figures = quality(said, true, draw_events(np.arange(3), seed=0))
    assert {name: figures[name] for name in ("n", "said", "items", "precision", "recall", "f1")} == {
        "n": 3,
        "said": 3,
        "items": 3,
        "precision": 0.6667,
        "recall": 0.6667,
        "f1": 0.6667,
    }


def test_a_rate_without_cases_is_none() -> None:
    nothing = np.zeros(4, np.bool_)
    figures = quality(nothing, nothing, draw_events(np.arange(4), seed=0))
    assert (figures["precision"], figures["recall"], figures["f1_95"]) == (None, None, None)


def test_intervals_hold_the_value_and_are_wider_when_items_come_in_events() -> None:
    generator = np.random.default_rng(2)
    event_right = generator.random(60) < 0.7
    right = np.repeat(event_right, 5)
    single, together = np.arange(300), np.repeat(np.arange(60), 5)
    index = np.arange(300)
    loose = share(right, draw_events(together, seed=0), index)
    tight = share(right, draw_events(single, seed=0), index)
    assert loose["accuracy_95"][0] < loose["accuracy"] < loose["accuracy_95"][1]
    width = [figure["accuracy_95"][1] - figure["accuracy_95"][0] for figure in (tight, loose)]
    assert width[1] > 1.8 * width[0]


def test_the_difference_of_languages_is_that_of_their_f1() -> None:
    said = np.array([[1], [1], [1], [0]], np.bool_)
    true = np.array([[1], [1], [1], [1]], np.bool_)
    one, other = np.array([2, 3]), np.array([0, 1])
    found = f1_difference(said, true, draw_events(np.arange(4), seed=0), one, other)
    assert found["f1"] == pytest.approx(2 / 3 - 1, abs=1e-4)
    assert found["f1_95"][0] < found["f1"] < found["f1_95"][1] + 1e-9
    nobody = np.empty(0, np.int64)
    assert f1_difference(said, true, draw_events(np.arange(4), seed=0), one, nobody) == {
        "f1": None,
        "f1_95": None,
    }


def test_the_mean_of_differences_has_one_draw_for_all_answers_and_is_steadier_than_each() -> None:
    generator = np.random.default_rng(3)
    true = np.ones((80, 1), np.bool_)
    one, other = np.arange(0, 80, 2), np.arange(1, 80, 2)
    draws = draw_events(np.arange(80) // 2, seed=0)
    worse = np.zeros((80, 1), np.bool_)
    worse[other[:20]] = worse[one] = True
    better = np.ones((80, 1), np.bool_)
    both = f1_differences([(worse, true), (better, true)], draws, one, other)
    assert both["f1"] == pytest.approx((1 / 3 + 0) / 2, abs=1e-4)
    alike = f1_differences([(worse, true)] * 3, draws, one, other)
    assert alike == f1_difference(worse, true, draws, one, other)
    chance = [(generator.random((80, 1)) < 0.6, true) for _ in range(20)]
    low, high = f1_differences(chance, draws, one, other)["f1_95"]
    alone_low, alone_high = f1_difference(*chance[0], draws, one, other)["f1_95"]
    assert high - low < 0.5 * (alone_high - alone_low)


def test_calibration_bins_are_of_equal_mass_and_rise() -> None:
    p = np.repeat([0.2, 0.8], 50)
    y = np.concatenate([np.arange(50) < 10, np.arange(50) < 30])
    assert calibration_bins(p, y, bins=2) == [
        {"stated": 0.2, "found": 0.2, "n": 50},
        {"stated": 0.8, "found": 0.6, "n": 50},
    ]
    assert calibration_bins(np.empty(0), np.empty(0, np.bool_)) == []


def test_the_abstention_curve_ends_where_answers_end() -> None:
    p = np.array([0.9, 0.8, 0.7, 0.0])
    points = abstention_curve(p, np.array([True, False, True, True]))
    assert [point["recall"] for point in points] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    assert points[0] == {"recall": 0.1, "precision": 1.0, "bound": 0.9, "said": 1}
    assert points[-1] == {"recall": 0.6, "precision": 0.6667, "bound": 0.7, "said": 3}
    assert abstention_curve(p, np.zeros(4, np.bool_)) == []


def test_the_gate_curve_tells_what_missing_few_costs() -> None:
    p, y = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, True])
    assert gate_curve(p, y, missed=2) == {"best_f1": 0.8571, "missed_at_most": 2, "precision_then": 1.0}
    assert gate_curve(p, y, missed=0)["precision_then"] == 0.75
    assert gate_curve(p, ~y & False)["best_f1"] is None


def test_confusions_pair_what_was_missed_with_what_was_named() -> None:
    true = np.array([[1, 0, 0], [1, 0, 1], [0, 1, 0]], np.bool_)
    said = np.array([[0, 1, 0], [0, 1, 1], [0, 1, 0]], np.bool_)
    assert confusions(said, true, ("trade", "food", "energy")) == [
        {"missed": "trade", "named": "food", "n": 2}
    ]
