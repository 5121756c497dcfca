"""Coverage by known numbers of sites, against shares that can be computed."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_city import layers

from toolkit.base.draws import Design
from toolkit.siting.features import describe_points
from toolkit.siting.profiles import load_profiles
from toolkit.siting.validation import simulate
from toolkit.siting.validation.simulate import Ground
from toolkit.siting.weights import WeightDraws

AT_THE_LINE = np.zeros((1, 10))
STRONG, LOOSE = 0.2, 1e6


@pytest.fixture(scope="module")
def ground():
    points = describe_points(layers(), 10.0)
    west = (points.xy_m[:, 0] < np.median(points.xy_m[:, 0])).astype(np.int64)
    return Ground(points.xy_m, points.heading_rad, points.length_m, west, west)


def weights(n, first=1.0, second=1.0, k=LOOSE):
    return WeightDraws(np.tile([first, second], (n, 1)), np.zeros(n), np.full(n, k))


def place(ground, drawn, n_sites, seed=0, offset=AT_THE_LINE):
    n = len(drawn.weight)
    return simulate.covered_length_m(
        ground, drawn, np.full(n, float(n_sites)), offset, Design(n, seed)
    )


def test_one_site_covers_its_disc(ground):
    """In the middle of a block a disc of 25 m holds the five pieces of 10 m before its edge."""
    metres = place(ground, weights(200), 1).sum(axis=1)
    assert np.median(metres) == pytest.approx(50.0, abs=10.0)
    assert metres.min() >= 20
    far = place(ground, weights(50), 1, offset=np.full((1, 10), 40.0)).sum(axis=1)
    # From 40 m off the street only a street that turns can be reached.
    assert np.median(far) == 0


def test_a_site_everywhere_covers_everything(ground):
    metres = place(ground, weights(2), len(ground.length_m)).sum(axis=1)
    np.testing.assert_allclose(metres, ground.length_m.sum())
    more = place(ground, weights(2), 10 * len(ground.length_m)).sum(axis=1)
    np.testing.assert_allclose(more, ground.length_m.sum())


def test_sites_follow_the_weights(ground):
    tiles = place(ground, weights(20, 1.0, 0.0), 30)
    # Only what a disc reaches over the border.
    assert (tiles[:, 1] < 0.1 * tiles[:, 0]).all()


def test_clusters_widen_the_interval_of_a_tile_and_overlap_more(ground):
    loose = place(ground, weights(300), 40)
    strong = place(ground, weights(300, k=STRONG), 40)
    assert strong[:, 0].std() > 1.5 * loose[:, 0].std()
    assert strong.sum(axis=1).mean() < loose.sum(axis=1).mean()


def test_more_sites_cover_more(ground):
    few, many = (place(ground, weights(20), n).sum(axis=1).mean() for n in (10, 40))
    assert 2.5 * few < many < 4 * few


def test_placing_is_the_same_each_time(ground):
    np.testing.assert_array_equal(place(ground, weights(3), 9), place(ground, weights(3), 9))
    assert (place(ground, weights(3), 9) != place(ground, weights(3), 9, seed=1)).any()


def test_covered_is_what_lies_within_the_disc(ground):
    seen = simulate.covered(ground.xy_m, ground.xy_m[:1])
    far = np.hypot(*(ground.xy_m - ground.xy_m[0]).T)
    np.testing.assert_array_equal(seen, far < 25)
    assert not simulate.covered(ground.xy_m, np.empty((0, 2))).any()


def test_sites_from_cameras_by_hand():
    low, high = 1.0, 2.63
    found = simulate.sites_from_cameras(100, (low, high), Design(4000, 0))
    # The mean of 100 / n where n is even in logs.
    assert found.mean() == pytest.approx(100 * (1 / low - 1 / high) / np.log(high / low), rel=0.01)
    assert np.median(found) == pytest.approx(100 / np.sqrt(low * high), rel=0.02)


def test_truth_of_a_made_city_is_inside_the_interval(ground):
    """Sites are drawn from the very weights and clusters that are believed."""
    profiles = load_profiles()
    believed = weights(300, 0.5, 1.5, k=2.0)
    interval = np.quantile(place(ground, believed, 60).sum(axis=1), [0.05, 0.95])
    true = place(ground, weights(200, 0.5, 1.5, k=2.0), 60, seed=9).sum(axis=1)
    inside = np.mean((true >= interval[0]) & (true <= interval[1]))
    assert 0.8 < inside <= 1.0
    assert profiles.offset_m.shape[1] == 10
