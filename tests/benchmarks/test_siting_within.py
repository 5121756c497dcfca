"""What lies around points by brute force, and sites that only the surroundings tell of."""

from __future__ import annotations

from dataclasses import replace

import drawn_city
import numpy as np
import pytest

from benchmarks import siting_within
from toolkit.siting import profiles
from toolkit.siting.features import describe_points
from toolkit.siting.validation import regression

RNG = np.random.default_rng(4)


@pytest.mark.parametrize("radius_m", [50.0, 400.0])
def test_amounts_around_points_lie_between_those_of_smaller_and_larger_discs(radius_m):
    where, at = RNG.uniform(0, 3000, (900, 2)), RNG.uniform(0, 3000, (60, 2))
    amount = RNG.uniform(1, 9, 900)
    found = siting_within.within_radius(where, amount, at, radius_m)
    away = np.hypot(*(where[:, None] - at).T).T
    # A cell may be off by its diagonal at either end.
    slack = 2 * radius_m / siting_within.CELLS_PER_RADIUS * np.sqrt(2)
    least = amount @ (away <= radius_m - slack)
    most = amount @ (away <= radius_m + slack)
    assert (least - 0.1 <= found).all()
    assert (found <= most + 0.1).all()
    assert np.corrcoef(found, amount @ (away <= radius_m))[0, 1] > 0.6


def test_surroundings_are_standardised_and_no_service_street_is_a_column_of_nothing():
    layers = drawn_city.layers()
    points = describe_points(layers)
    around = siting_within.surroundings(layers, points.line, points.xy_m, points.length_m)
    n_columns = 4 * len(siting_within.RADII_M) + len(siting_within.ARMS)
    assert around.shape == (len(points.xy_m), n_columns)
    mean = np.average(around, axis=0, weights=points.length_m)
    variance = np.average(around**2, axis=0, weights=points.length_m)
    np.testing.assert_allclose(mean, 0, atol=1e-9)
    assert set(np.round(variance, 9)) <= {0.0, 1.0}
    assert 0.0 in variance


def test_what_is_known_of_lanes_ways_and_lights_is_a_column_and_nothing_else_is():
    plain = drawn_city.layers()
    points = describe_points(plain)
    n = len(plain.lines)
    lanes = np.where(np.arange(n) % 2, np.nan, np.arange(n) % 5 + 1.0)
    light = points.xy_m[:1] + 30.0
    known = replace(plain, oneway=np.arange(n) % 3 == 0, lanes=lanes, signal_xy_m=light)
    assert siting_within._known_of(plain, points.line, points.xy_m) == []
    oneway, told, many, far = siting_within._known_of(known, points.line, points.xy_m)
    np.testing.assert_array_equal(oneway, points.line % 3 == 0)
    np.testing.assert_array_equal(told, points.line % 2 == 0)
    np.testing.assert_array_equal(many, (points.line % 2 == 0) & (points.line % 5 >= 2))
    away = np.hypot(*(points.xy_m - light).T)
    np.testing.assert_allclose(far, np.log(away + siting_within.NODE_REACH_M))
    both = [
        siting_within.surroundings(one, points.line, points.xy_m, points.length_m)
        for one in (plain, known)
    ]
    assert both[1].shape[1] == both[0].shape[1] + 4
    np.testing.assert_array_equal(both[1][:, :-4], both[0])


def test_nodes_are_told_apart_by_their_arms():
    # A crossroads at the origin, its east arm forking at 100 m; elsewhere nothing but dead ends.
    arms = [(100.0, 0.0), (0.0, 100.0), (-100.0, 0.0), (0.0, -100.0)]
    lines = [((0.0, 0.0), end) for end in arms]
    lines += [((100.0, 0.0), (200.0, 50.0)), ((200.0, -50.0), (100.0, 0.04))]
    ends = np.array([end for line in lines for end in line])
    at = np.array([[10.0, 0.0], [70.0, 0.0]])
    dead_end, fork, crossroads = siting_within._to_nodes(ends, at)
    np.testing.assert_allclose(crossroads, [10.0, 70.0])
    np.testing.assert_allclose(fork, [90.0, 30.0])
    np.testing.assert_allclose(dead_end[0], np.hypot(10.0, 100.0))
    assert np.isinf(siting_within._to_nodes(ends[:2], at)[1]).all()


def test_sites_that_follow_the_surroundings_are_found_in_blocks_not_seen():
    points = describe_points(drawn_city.layers())
    around = RNG.normal(size=(len(points.xy_m), 3))
    rate = np.exp(1.0 * around[:, 0])
    sites = RNG.poisson(300 * rate * points.length_m / (rate @ points.length_m))
    block = regression.block_index(points.xy_m, 300.0)
    city = regression.FitCity("made", points.code, points.length_m, block, sites)
    prior = profiles.load_prior()
    alone, both = siting_within.folded_lift(city, block % 5, prior.mean, prior, around)
    assert np.corrcoef(around[:, 0], both)[0, 1] > 0.8
    assert abs(np.corrcoef(around[:, 0], alone)[0, 1]) < 0.2
    np.testing.assert_allclose(np.average(np.exp(both), weights=points.length_m), 1.0)
