"""Exact lengths in view of known cameras: against shapely, whatever the points of the track."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from toolkit.fixed_rules.camera_list import ListedCamera
from toolkit.threats import listed

SHARE_POINTS = 1e-4
"""A hundredth of a percentage point."""


def track(seed, n=25):
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(0, 40, (n, 2)), axis=0)


def resampled(line, step_m):
    """Return the same line with a point at each step as well."""
    whole = shapely.LineString(line)
    at = np.arange(0.0, whole.length, step_m)
    own = [whole.project(shapely.Point(p)) for p in line]
    return whole, np.unique(np.concatenate([at, own, [whole.length]]))


def share(line, cameras, views):
    pieces = listed.pieces_of([line])
    parts = [listed.in_view(pieces, xy, views) for xy in cameras]
    found = listed.union_of(parts, pieces.total_m)
    return float(listed.lengths(found, 1)[0]) / pieces.total_m


@pytest.mark.parametrize("radius_m", [10.0, 50.0])
@pytest.mark.parametrize("seed", range(5))
def test_shares_are_those_of_shapely(radius_m, seed):
    line = track(seed)
    cameras = line[::3] + np.random.default_rng(seed).normal(0, 20, (len(line[::3]), 2))
    discs = shapely.union_all(shapely.buffer(shapely.points(cameras), radius_m, quad_segs=2000))
    whole = shapely.LineString(line)
    exact = whole.intersection(discs).length / whole.length
    found = share(line, cameras, listed.Views.disc(radius_m))
    assert found == pytest.approx(exact, abs=SHARE_POINTS)
    assert 0.02 < found <= 1.0


@pytest.mark.parametrize("radius_m", [10.0, 50.0])
@pytest.mark.parametrize("step_m", [0.7, 3.0, 17.0])
def test_the_points_of_a_track_change_nothing(radius_m, step_m):
    # A straight line between two points is the same with any number of points on it.
    line = np.array([(0.0, 0.0), (400.0, 0.0), (400.0, 300.0)])
    cameras = np.array([(50.0, 4.0), (210.0, -8.0), (215.0, 3.0), (396.0, 150.0)])
    x = np.arange(0.0, 400.0, step_m)
    y = np.arange(0.0, 300.0, step_m)
    dense = np.concatenate(
        [np.column_stack([x, 0 * x]), [(400.0, 0.0)], np.column_stack([400 + 0 * y, y])[1:],
         [(400.0, 300.0)]]
    )  # fmt: skip
    views = listed.Views.disc(radius_m)
    assert share(dense, cameras, views) == pytest.approx(share(line, cameras, views), abs=1e-9)


def test_no_share_is_above_one():
    line = np.array([(0.0, 0.0), (10.0, 0.0), (0.0, 0.0), (10.0, 0.0)])
    cameras = np.array([(5.0, 1.0)] * 4)
    assert share(line, cameras, listed.Views.disc(50.0)) == pytest.approx(1.0)


def view(inner=0.0, outer=50.0, axis=0.0, width=360.0, front=180.0, rear=180.0):
    return listed.Views(*(np.array([v]) for v in (inner, outer, axis, width, front, rear)))


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        # The track runs east through the camera's place, 100 m to either side.
        (view(), (-50.0, 50.0)),
        (view(inner=20.0, axis=90.0, width=60.0), (20.0, 50.0)),
        (view(axis=270.0, width=40.0), (-50.0, 0.0)),
        # Who comes towards it from the west shows the front, and then the rear.
        (view(front=45.0, rear=-1.0), (-50.0, 0.0)),
        (view(front=-1.0, rear=45.0), (0.0, 50.0)),
        # Across north.
        (view(axis=350.0, width=340.0), (-50.0, 50.0)),
    ],
)
def test_rings_fields_and_sides_cut_where_they_should(views, expected):
    pieces = listed.pieces_of([np.array([(-100.0, 0.0), (100.0, 0.0)])])
    found = listed.union_of([listed.in_view(pieces, np.array([0.0, 0.0]), views)], 200.0)
    assert found.from_m.min() - 100.0 == pytest.approx(expected[0], abs=1e-6)
    assert found.to_m.max() - 100.0 == pytest.approx(expected[1], abs=1e-6)


def test_brute_force_over_small_steps_agrees_with_random_views():
    rng = np.random.default_rng(5)
    line = track(9)
    pieces = listed.pieces_of([line])
    n = 40
    views = listed.Views(
        rng.uniform(0, 20, n), rng.uniform(10, 80, n), rng.uniform(-90, 500, n),
        rng.uniform(10, 360, n), rng.uniform(-20, 180, n), rng.uniform(-20, 180, n),
    )  # fmt: skip
    camera = line[12] + (3.0, -7.0)
    exact = listed.lengths(
        listed.union_of([listed.in_view(pieces, camera, views)], pieces.total_m), n
    )
    step = 0.05
    at = np.arange(step / 2, pieces.total_m, step)
    row = np.searchsorted(pieces.at_m, at, side="right") - 1
    share_ = (at - pieces.at_m[row]) / pieces.length_m[row]
    direction = pieces.end - pieces.begin
    place = pieces.begin[row] + share_[:, None] * direction[row] - camera
    heading = np.degrees(np.arctan2(direction[row, 0], direction[row, 1]))
    bearing = np.degrees(np.arctan2(place[:, 0], place[:, 1]))
    away = np.hypot(*place.T)

    def fold(a):
        return np.abs((a + 180) % 360 - 180)

    for k in range(n):
        ahead = fold(bearing + 180 - heading)
        sees = (away >= views.inner_m[k]) & (away <= views.outer_m[k])
        sees &= fold(bearing - views.axis_deg[k]) <= views.width_deg[k] / 2
        sees &= (ahead <= views.front_deg[k]) | (180 - ahead <= views.rear_deg[k])
        assert exact[k] == pytest.approx(sees.sum() * step, abs=1.0)
    assert (exact > 0).sum() > n / 3


def test_the_longest_gap_is_between_intervals_and_at_both_ends():
    found = listed.Inside(np.array([0, 0, 2]), np.array([30.0, 60.0, 0.0]),
                          np.array([40.0, 65.0, 100.0]))  # fmt: skip
    np.testing.assert_allclose(listed.longest_gap_m(found, 3, 100.0), [35.0, 100.0, 0.0])


def test_the_plane_is_true_to_scale():
    from pyproj import Geod

    lonlat = np.array([(96.10, 16.75), (96.20, 16.82)])
    xy = np.column_stack(listed.plane_of(lonlat).transform(*lonlat.T))
    exact = Geod(ellps="WGS84").inv(*lonlat[0], *lonlat[1])[2]
    assert np.hypot(*(xy[1] - xy[0])) == pytest.approx(exact, rel=1e-5)


def test_rows_are_understood_as_objects_of_the_map_are():
    found = listed.of_rows(
        [
            ListedCamera(1, 96.1, 16.7),
            # Three fixed cameras, in whatever order they are named.
            ListedCamera(2, 96.2, 16.8, directions_deg=(270.0, 90.0, 0.0), height_m=4.0),
            # One camera, which looks everywhere.
            ListedCamera(3, 96.3, 16.9, directions_deg=(90.0, 180.0), kind="panning"),
            ListedCamera(4, 96.4, 16.6, directions_deg=(45.0,), kind="dome", radius_m=30.0),
        ]
    )
    nan = np.nan
    assert found.row.tolist() == [1, 2, 2, 2, 3, 4]
    np.testing.assert_array_equal(found.axis_deg, [nan, 0.0, 90.0, 270.0, nan, 45.0])
    np.testing.assert_array_equal(found.width_deg, [nan, nan, nan, nan, 360.0, nan])
    np.testing.assert_array_equal(found.height_m, [nan, 4.0, 4.0, 4.0, nan, nan])
    np.testing.assert_array_equal(found.radius_m, [nan, nan, nan, nan, nan, 30.0])
    assert found.lonlat[1:4].tolist() == [[96.2, 16.8]] * 3
    assert found.one_a_row().row.tolist() == [1, 2, 3, 4]
    assert listed.of_rows([]).lonlat.shape == (0, 2)
