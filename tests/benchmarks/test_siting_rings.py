"""Coverage by rings against discs, sectors and counts by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_city import CORNER_M, layers
from scipy.spatial import cKDTree

from benchmarks import siting_rings
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.siting.validation import simulate
from toolkit.siting.validation.known_city import make_pair
from toolkit.siting.weights import WeightDraws


@pytest.fixture(scope="module")
def optics():
    return siting_rings.central_optics(load_assumptions())


@pytest.fixture(scope="module")
def pair():
    rng = np.random.default_rng(2)
    xy = np.column_stack([rng.integers(0, 11, 40) * 150.0 + 4, rng.random(40) * 1500])
    return make_pair(layers(), xy + CORNER_M)


def discs(optics, radius_m):
    return replace(
        optics,
        hfov_deg=np.full_like(optics.hfov_deg, 360.0),
        inner_m=np.zeros_like(optics.inner_m),
        outer_m=np.full_like(optics.outer_m, radius_m),
    )


def test_the_middle_of_the_central_set_is_what_the_catalogue_says(optics):
    assert optics.share.sum() == pytest.approx(1)
    assert len(optics.share) == optics.outer_m.shape[1] == len(optics.hfov_deg)
    seen, recognised = optics.outer_m
    assert (np.nan_to_num(recognised) <= np.nan_to_num(seen)).all()
    assert optics.turn_prob.sum() == pytest.approx(1)


def test_rings_that_are_discs_cover_what_discs_cover(optics, pair):
    everywhere = np.ones(len(pair.points.length_m), dtype=np.bool_)
    found = siting_rings.true_share(pair, everywhere, discs(optics, 25.0), Design(3, 0))
    seen = simulate.covered(pair.points.xy_m, pair.camera_xy_m, 25.0)
    length = pair.points.length_m
    np.testing.assert_allclose(found, length[seen].sum() / length.sum())


def test_placed_discs_are_those_of_the_other_simulation(optics, pair):
    points, n = pair.points, 50
    code, of = np.unique(points.code, return_inverse=True)
    ground = simulate.Ground(
        points.xy_m, points.heading_rad, points.length_m, of.reshape(-1), np.zeros(len(of), int)
    )
    drawn = WeightDraws(np.ones((n, len(code))), np.zeros(n), np.full(n, 2.0))
    offset, design = np.tile(np.linspace(1, 9, 10), (2, 1)), Design(n, 1)
    sites = np.full(n, 30.0)
    found = siting_rings.placed_share(
        ground, drawn, sites, np.full(n, 2.0), offset, discs(optics, 25.0), design
    )
    other = simulate.covered_length_m(ground, drawn, sites, offset, design)[:, 0]
    np.testing.assert_allclose(found[:, 0], other / points.length_m.sum())


def test_a_camera_sees_its_sector_and_not_under_itself(optics):
    axis = np.arange(-100.0, 101.0, 5.0)
    grid = np.column_stack([a.ravel() for a in np.meshgrid(axis, axis)])
    one = replace(
        optics,
        hfov_deg=np.full_like(optics.hfov_deg, 60.0),
        inner_m=np.full_like(optics.inner_m, 10.0),
        outer_m=np.stack([np.full_like(optics.share, 80.0), np.full_like(optics.share, np.nan)]),
    )
    cameras = siting_rings.Cameras(np.zeros((1, 2)), np.array([90.0]), np.array([0]))
    seen, recognised = siting_rings.covered(cKDTree(grid), cameras, one)
    far, bearing = np.hypot(*grid.T), np.degrees(np.arctan2(grid[:, 0], grid[:, 1]))
    expected = (far >= 10) & (far <= 80) & (np.abs(bearing - 90) <= 30)
    np.testing.assert_array_equal(seen, expected)
    assert not recognised.any()


def test_known_directions_stay_and_cameras_of_a_site_spread(optics):
    rng = np.random.default_rng(0)
    site = np.array([0, 1, 1, 2])
    known = np.array([261.5, np.nan, np.nan, np.nan])
    found = siting_rings.equip(np.zeros((4, 2)), site, np.zeros(4), optics, rng, known)
    assert found.axis_deg[0] == 261.5
    assert (found.axis_deg[2] - found.axis_deg[1]) % 360 == pytest.approx(180)


def test_directions_follow_the_street(optics):
    n = 20_000
    rng = np.random.default_rng(1)
    along = replace(optics, turn_prob=np.r_[0.5, np.zeros(59), 0.5, np.zeros(59)])
    found = siting_rings.equip(np.zeros((n, 2)), np.arange(n), np.full(n, 40.0), along, rng)
    first = (found.axis_deg >= 40) & (found.axis_deg < 43)
    assert (first | ((found.axis_deg >= 220) & (found.axis_deg < 223))).all()
    assert first.mean() == pytest.approx(0.5, abs=0.02)


def test_only_cameras_and_street_inside_count(optics, pair):
    west = pair.points.xy_m[:, 0] < CORNER_M[0] + 700
    found = siting_rings.true_share(pair, west, discs(optics, 25.0), Design(2, 0))
    xy = pair.camera_xy_m[west[pair.nearest]]
    seen = simulate.covered(pair.points.xy_m[west], xy, 25.0)
    length = pair.points.length_m[west]
    np.testing.assert_allclose(found, length[seen].sum() / length.sum())
