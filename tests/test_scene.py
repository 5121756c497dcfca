"""The fixed part of a city, on the streets of the demonstration."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from toolkit import scene, siting
from toolkit.streets import open_pack


@pytest.fixture(scope="module")
def helsinki():
    pack = open_pack("helsinki-centre")
    built = scene.build_scene(
        pack, siting.load_siting(), stretch_m=20.0, place_radius_m=50.0, reach_m=80.0
    )
    return pack, built


def test_points_stand_for_all_streets(helsinki):
    pack, built = helsinki
    assert built.points.length.sum() / 1000 == pytest.approx(
        pack.manifest.boundary.length_km, rel=0.002
    )
    assert (np.diff(built.points.line) >= 0).all()


def test_below_ground_nothing_is_known_and_no_site_stands(helsinki):
    pack, built = helsinki
    covered = pack.streets["cover"].isin(["tunnel", "underground", "indoor"]).to_numpy()
    assert covered.any()
    np.testing.assert_array_equal(built.point_known, ~covered[built.points.line])
    open_length = built.points.length[built.point_known].sum()
    assert built.groups.size_m.sum() == pytest.approx(open_length, rel=1e-6)


def test_each_mapped_camera_is_a_site_or_counted_as_indoor(helsinki):
    pack, built = helsinki
    assert built.n_mapped + built.n_indoor == len(pack.cameras)
    assert built.n_mapped > 200
    footprints = pack.buildings.to_crs(pack.manifest.crs).geometry.array
    tree = shapely.STRtree(footprints)
    deep = [
        shapely.distance(shapely.boundary(footprints[b]), shapely.points(built.fixed_xy_m[p]))
        for p, b in zip(*tree.query(shapely.points(built.fixed_xy_m), "within"), strict=True)
    ]
    assert len(deep) <= 0.05 * len(built.fixed_xy_m)  # footprints that touch one another


def test_a_group_with_a_mapped_site_is_not_free(helsinki):
    _, built = helsinki
    taken = ~built.group_free
    assert 0 < taken.sum() <= len(built.fixed_count)


def test_rows_by_point_are_the_rows_by_site(helsinki):
    _, built = helsinki
    assert built.rows.start[-1] == built.lines_of_sight.start[-1]
    by_site = np.bincount(built.rows.site, minlength=built.lines_of_sight.n_sites)
    np.testing.assert_array_equal(by_site, np.diff(built.lines_of_sight.start))


def mapped(xy, direction):
    return gpd.GeoDataFrame(
        {"direction_deg": np.array(direction, dtype=float)},
        geometry=shapely.points(np.array(xy, dtype=float)),
        crs="EPSG:32635",
    )


HOUSE = np.array([shapely.box(0, 0, 40, 40)], dtype=object)


def sites(xy, direction):
    return scene._mapped_sites(mapped(xy, direction), "EPSG:32635", HOUSE, siting.load_siting())


def test_a_camera_just_inside_a_wall_is_put_in_front_of_it_and_a_deep_one_left_out():
    xy, count, axis, n_indoor = sites([(2, 20), (20, 20), (100, 100)], [np.nan] * 3)
    assert n_indoor == 1
    np.testing.assert_allclose(xy, [[-0.3, 20], [100, 100]], atol=1e-9)
    assert count.tolist() == [1, 1]
    assert np.isnan(axis).all()


def test_cameras_at_one_spot_are_one_site_unless_their_direction_is_known():
    xy, count, axis, _ = sites(
        [(100, 0), (110, 0), (100, 5), (101, 5)], [np.nan, np.nan, 90.0, 270.0]
    )
    assert count.tolist() == [2, 1, 1]
    assert xy[0].tolist() == [100, 0]
    assert np.isnan(axis[0])
    assert axis[1:].tolist() == [90.0, 270.0]


def test_no_cameras_at_all():
    xy, count, _, n_indoor = sites(np.empty((0, 2)), [])
    assert len(xy) == len(count) == n_indoor == 0
