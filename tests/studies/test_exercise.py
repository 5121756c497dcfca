"""Scores of the exercise: nobody gains by saying what they do not believe."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from toolkit.app.map.classes import EDGES
from toolkit.assessment import ten_placements
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.question import Question
from toolkit.studies import exercise

QUESTION = Question("helsinki-centre", dt.date(2026, 11, 29), n_draws=20)
CHANCES = some.floats(0, 1)


@pytest.fixture(scope="module")
def placed():
    return ten_placements.place_cameras(make_inputs(QUESTION.load()))


@pytest.fixture(scope="module")
def ground(placed):
    return exercise.ground_of(placed)


def city_of(sites, street=None) -> exercise.Ground:
    n = len(sites)
    return exercise.Ground(
        xy_m=np.column_stack([np.arange(n) * 400.0, np.zeros(n)]),
        cell=np.arange(n),
        street=np.full(n, 1 / n) if street is None else np.asarray(street, dtype=float),
        main_road=np.arange(n) % 2 == 0,
        sites=np.asarray(sites, dtype=float),
        main_road_sites=0.5,
    )


def shares(n: int):
    return some.lists(some.floats(0.01, 1), min_size=n, max_size=n).map(
        lambda values: np.array(values) / sum(values)
    )


@given(shares(5), shares(5), shares(5))
def test_no_other_belief_beats_the_true_one(true, other, street):
    city = city_of(true, street)
    assert exercise.times(true, city) >= exercise.times(other, city) - 1e-9


@given(some.integers(0, 2**32 - 1), *[some.sampled_from(exercise.NEAR)] * 2)
def test_marks_where_one_believes_the_cameras_are_beat_other_marks(seed, near, other_near):
    rng = np.random.default_rng(seed)
    honest, other = (rng.uniform([-200, -100], [2000, 100], (4, 2)) for _ in range(2))
    city = city_of(np.full(5, 0.2))
    # The cameras are where the honest group believes.
    true = replace(city, sites=exercise.belief(honest, city, near))
    found = exercise.score_marks(honest, true, near)
    assert found.times >= exercise.score_marks(other, true, other_near).times - 1e-9
    assert found.times == pytest.approx(found.best_times)


@given(CHANCES, CHANCES, some.integers(1, 40))
def test_the_expected_score_of_a_chance_is_best_when_the_belief_is_stated(belief, other, n):
    # Expected over what the believer holds possible, whatever the placements then are.
    def expected(said):
        seen, not_seen = np.ones(n, bool), np.zeros(n, bool)
        return (
            belief * exercise.score_chance(said, seen).brier
            + (1 - belief) * exercise.score_chance(said, not_seen).brier
        )

    assert expected(belief) <= expected(other) + 1e-9


@given(some.lists(some.booleans(), min_size=1, max_size=50), CHANCES)
def test_points_are_linear_in_the_brier_score_and_best_at_the_estimate(seen, said):
    in_view = np.array(seen)
    found, best = (
        exercise.score_chance(said, in_view),
        exercise.score_chance(in_view.mean(), in_view),
    )
    assert best.points == pytest.approx(100)
    assert found.points <= 100 + 1e-9
    assert found.points == pytest.approx(100 - 100 * (said - in_view.mean()) ** 2)


@given(CHANCES)
def test_the_class_that_holds_a_belief_scores_best(belief):
    own = int(np.searchsorted(EDGES, belief, side="right"))
    away = [abs(belief - chance) for chance in exercise.CLASS_CHANCE]
    assert away[own] <= min(away) + 1e-9


def test_no_marks_are_as_good_as_anywhere_alike(ground):
    assert exercise.score_marks(np.empty((0, 2)), ground).times == pytest.approx(1)


def test_marks_where_the_cameras_are_beat_marks_elsewhere(ground):
    order = np.argsort(ground.sites / ground.by_cell(ground.street))
    best, worst = (
        ground.xy_m[[np.flatnonzero(ground.cell == c)[0] for c in part]]
        for part in (order[-8:], order[:8])
    )
    good, bad = (exercise.score_marks(m, ground, exercise.NEAR[0]) for m in (best, worst))
    assert bad.times < good.times < good.best_times


def test_who_is_surer_than_the_estimate_scores_worse_than_who_marks_nothing(ground):
    marks = ground.xy_m[[np.argmin(ground.sites[ground.cell])]]
    found = [exercise.score_marks(marks, ground, near).times for near in exercise.NEAR]
    assert 1 > found[0] > found[1] > found[2]


def test_a_mark_far_from_any_street_still_stands_for_a_belief(ground):
    said = exercise.belief(np.array([[0.0, 0.0]]), ground)
    assert said.sum() == pytest.approx(1)
    assert (said > 0).all()


def test_sites_of_the_placements_are_shared_over_squares(placed, ground):
    assert ground.sites.sum() == pytest.approx(1)
    assert ground.by_cell(ground.street).sum() == pytest.approx(1)
    assert 0 < ground.main_road_sites < 1
    on_main = ground.main_road[placed.sites(0)].mean()
    assert abs(on_main - ground.main_road_sites) < 0.25


def test_invented_addresses_lie_on_streets_with_names_and_follow_the_seed(placed):
    found = exercise.invented_addresses(placed, 5, seed=1)
    assert [one.point for one in found] == [
        one.point for one in exercise.invented_addresses(placed, 5, seed=1)
    ]
    assert [one.point for one in found] != [
        one.point for one in exercise.invented_addresses(placed, 5, seed=2)
    ]
    assert len({one.names[0] for one in found}) == 5
    for one in found:
        assert one.names[0]
        assert placed.scene.point_known[one.point]
        (xy_m,) = placed.in_metres(np.array([one.lon_lat]))
        np.testing.assert_allclose(xy_m, placed.scene.points.xy[one.point], atol=0.01)
