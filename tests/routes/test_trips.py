"""Ordinary trips: lengths, ways, one-ways, the boundary, and that a seed gives the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_graph import BLOCK_M, grid

from toolkit.routes import trips
from toolkit.routes.graph import street_graph
from toolkit.streets.schema import BEYOND

HABITS = trips.Habits(
    mode="foot", median_m=400.0, log_sd=0.5, shortest_m=100.0, longest_m=1200.0,
    route_log_sd=0.3, longest_detour=1.5, directness=1.3,
)  # fmt: skip


def sample(city, habits=HABITS, **changes):
    graph = street_graph(city.streets, city.lines, habits.mode)
    return trips.sample_trips(
        graph, city.points, city.boundary, habits, **{"seed": 0, "n_homes": 60, **changes}
    )


@pytest.fixture(scope="module")
def town():
    return grid(20)


@pytest.fixture(scope="module")
def found(town):
    return sample(town)


def test_there_are_two_trips_and_a_week_from_each_home(found):
    assert (found.n_homes, len(found.trips), len(found.weeks)) == (60, 120, 60)


def test_there_and_back_are_opposite_ways_on_foot(found):
    there, back = found.trips.length_m.reshape(-1, 2).T
    np.testing.assert_allclose(there, back)
    at = found.trips.start
    for h in range(5):
        one = found.trips.point[at[2 * h] : at[2 * h + 1]]
        other = found.trips.point[at[2 * h + 1] : at[2 * h + 2]]
        np.testing.assert_array_equal(one, other[::-1])
        assert (
            found.trips.forward[at[2 * h] : at[2 * h + 1]]
            != found.trips.forward[at[2 * h + 1] : at[2 * h + 2]][::-1]
        ).all()


def test_a_way_is_connected_and_of_its_length(town, found):
    at = found.trips.start
    for k in range(20):
        xy = town.points.xy[found.trips.point[at[k] : at[k + 1]]]
        steps = np.hypot(*np.diff(xy, axis=0).T)
        assert steps.max() <= 5.0 + 1e-9
        assert steps.sum() <= found.trips.length_m[k]


def test_lengths_are_those_of_habits(town):
    many = sample(town, n_homes=400)
    middle = np.median(many.trips.length_m)
    assert 0.9 * HABITS.median_m < middle < 1.15 * HABITS.median_m
    spread = np.log(many.shortest_m).std()
    assert 0.35 < spread < 0.6


def test_no_way_is_longer_than_the_longest_detour(town):
    far = sample(town, replace(HABITS, route_log_sd=1.5, longest_detour=1.2), n_homes=100)
    ratio = far.trips.length_m / far.shortest_m
    assert ratio.max() <= 1.2 + 1e-9
    assert ratio.max() > 1.05


def test_without_spread_every_way_is_the_shortest(town):
    plain = sample(town, replace(HABITS, route_log_sd=0.0))
    np.testing.assert_allclose(plain.trips.length_m, plain.shortest_m)


def test_homes_are_as_likely_as_there_is_street(town):
    many = sample(town, n_homes=1000, habits=replace(HABITS, longest_m=150.0, median_m=120.0))
    first = many.trips.point[many.trips.start[:-1:2]]
    west = town.points.xy[first, 0] < 19 * BLOCK_M / 2
    assert abs(west.mean() - 0.5) < 0.07


def test_the_same_seed_gives_the_same_and_another_others(town, found):
    again, other = sample(town), sample(town, seed=1)
    np.testing.assert_array_equal(again.trips.point, found.trips.point)
    np.testing.assert_array_equal(again.weeks.point, found.weeks.point)
    assert not np.array_equal(other.trips.length_m, found.trips.length_m)


def test_a_week_holds_the_trips_of_its_first_destination(found):
    for h in range(found.n_homes):
        week = set(found.weeks.point[found.weeks.start[h] : found.weeks.start[h + 1]].tolist())
        for k in (2 * h, 2 * h + 1):
            ends = found.trips.start[k], found.trips.start[k + 1]
            assert set(found.trips.point[slice(*ends)].tolist()) <= week


def test_vehicles_respect_one_ways():
    city = grid(12)
    u, v = city.streets["u"], city.streets["v"]
    city.streets["oneway"] = (v == u + 1) & (u // 12 % 2 == 1)
    found = sample(city, replace(HABITS, mode="car"))
    against = city.streets["oneway"].to_numpy()[city.points.line[found.trips.point]]
    assert against.any()
    assert found.trips.forward[against].all()
    there, back = found.trips.length_m.reshape(-1, 2).T
    assert not np.allclose(there, back)


@pytest.fixture(scope="module")
def cut():
    """Return a town whose streets go on at its eastern edge."""
    city = grid(12)
    at_edge = (city.streets["v"] % 12 == 11) & (city.streets["v"] == city.streets["u"] + 1)
    city.streets.loc[at_edge, "v"] = BEYOND - city.streets.loc[at_edge, "v"]
    return city


def test_trips_leave_where_streets_lead_on(cut):
    found = sample(cut, replace(HABITS, median_m=500.0), n_homes=200)
    left = found.beyond_m > 0
    assert 0.02 < left.mean() < 0.5
    # At least half of each lies inside.
    whole = found.shortest_m + found.beyond_m
    assert (found.shortest_m[left] >= 0.5 * whole[left] - 1e-6).all()


def test_none_leaves_where_no_street_leads_on(found):
    assert not found.beyond_m.any()


def test_no_streets_no_trips():
    city = grid(3)
    city.streets["walk"] = False
    assert sample(city) is None


def test_a_place_too_small_for_its_trips_has_the_longest_there_are():
    city = grid(2)
    found = sample(city, replace(HABITS, median_m=5000.0, shortest_m=4000.0, longest_m=9000.0))
    assert (found.trips.length_m == 2 * BLOCK_M).all()


def test_progress_ends_with_one(town):
    done = []
    sample(town, progress=done.append)
    assert done[-1] == 1.0
    assert done == sorted(done)
