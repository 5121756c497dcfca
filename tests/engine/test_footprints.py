"""Houses around points, against GEOS point by point."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from toolkit.engine import footprints

NORTHING = np.array([385_000.0, 6_672_000.0])


@pytest.mark.parametrize("n_points", [1, 7, 3000, 110_000])
def test_the_building_around_a_point_is_the_lowest_that_contains_it(n_points):
    rng = np.random.default_rng(n_points)
    low = rng.uniform(0, 900, (60, 2))
    house = shapely.box(*low.T, *(low + rng.uniform(1, 150, (60, 2))).T)
    # Courtyards, and one house in two parts.
    house[:20] = shapely.difference(house[:20], shapely.buffer(shapely.centroid(house[:20]), 9.0))
    house[20] = shapely.union(house[20], shapely.box(2000, 2000, 2100, 2100))
    xy = np.vstack([rng.uniform(0, 1050, (n_points, 2)), [[2050.0, 2050.0]]])
    inside = shapely.contains_xy(house[:, None], *xy.T)
    expected = np.where(inside.any(axis=0), inside.argmax(axis=0), -1)
    np.testing.assert_array_equal(footprints.containing_building(xy, house), expected)


def test_sites_that_fall_into_a_building_go_back_to_the_centre_line():
    block = np.array([shapely.box(0, 0, 10, 10)], dtype=object)
    moved = footprints.place_sites(
        np.array([[5.0, 5.0], [20.0, 20.0]]), np.array([[-1.0, 5.0], [0.0, 0.0]]), block
    )
    assert moved.tolist() == [[-1.0, 5.0], [20.0, 20.0]]


def many(xy):
    """Return so many points around each that the compiled loop is taken."""
    return np.tile(xy, (-(-footprints._MANY_POINTS // len(xy)), 1))


@pytest.mark.parametrize("shift", [np.zeros(2), NORTHING], ids=["near", "raw northings"])
def test_where_rounding_could_decide_geos_does(shift):
    rng = np.random.default_rng(7)
    low = rng.integers(0, 90, (40, 2))
    straight = shapely.box(*low.T, *(low + rng.integers(1, 9, (40, 2))).T)
    corners = rng.uniform(0, 100, (40, 1, 2)) + rng.uniform(-6, 6, (40, 3, 2))
    house = shapely.transform(
        np.concatenate([straight, shapely.polygons(corners)]), lambda xy: xy + shift
    )
    of = footprints.edges(house)
    along = rng.uniform(0, 1, (len(of.begin), 1))
    xy = np.vstack([
        of.begin,  # on corners
        (of.begin + of.end) / 2,
        of.begin + along * (of.end - of.begin),  # on edges, but for the rounding
        np.nextafter(of.begin, of.end),
        np.column_stack([of.begin[:, 0] + rng.normal(0, 4, len(along)), of.begin[:, 1]]),
        np.stack(np.meshgrid(np.arange(100.0), np.arange(100.0)), -1).reshape(-1, 2) + shift,
    ])  # fmt: skip
    inside = shapely.contains_xy(house[:, None], *xy.T)
    expected = np.where(inside.any(axis=0), inside.argmax(axis=0), -1)
    assert 0.1 < (expected >= 0).mean() < 0.9
    np.testing.assert_array_equal(
        footprints.containing_building(many(xy), house), many(expected[:, None])[:, 0]
    )


def test_many_points_without_a_house_and_with_an_empty_one():
    xy = np.random.default_rng(1).uniform(0, 9, (footprints._MANY_POINTS, 2))
    nothing = np.empty(0, dtype=object)
    assert (footprints.containing_building(xy, nothing) == -1).all()
    house = np.array([shapely.Polygon(), shapely.box(0, 0, 9, 3)], dtype=object)
    found = footprints.containing_building(xy, house)
    np.testing.assert_array_equal(found, np.where(xy[:, 1] < 3, 1, -1))
