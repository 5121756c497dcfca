"""The fixed part of a city, on the streets of the demonstration."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from scipy.spatial import cKDTree

from toolkit.engine import scene, views
from toolkit.siting import candidates
from toolkit.streets import mapped_cameras, stored_notes
from toolkit.streets.pack import open_pack


@pytest.fixture(scope="module")
def helsinki():
    pack = open_pack("helsinki-centre")
    built = scene.build_scene(
        pack,
        candidates.load_siting(),
        stretch_m=20.0,
        reach_m=80.0,
        level_height_m=3.0,
        district_m=1000.0,
        person_height_m=1.7,
    )
    return pack, built


def test_points_stand_for_all_streets(helsinki):
    pack, built = helsinki
    assert built.points.length.sum() / 1000 == pytest.approx(
        pack.manifest.boundary.length_km, rel=0.002
    )
    changes = np.flatnonzero(np.diff(built.points.line)) + 1
    assert len(changes) + 1 == len(set(built.points.line.tolist()))


def test_below_ground_nothing_is_known_and_no_site_stands(helsinki):
    pack, built = helsinki
    covered = pack.streets["cover"].isin(["tunnel", "underground", "indoor"]).to_numpy()
    assert covered.any()
    np.testing.assert_array_equal(built.point_known, ~covered[built.points.line])
    open_length = built.points.length[built.point_known].sum()
    assert built.groups.size_m.sum() == pytest.approx(open_length, rel=1e-6)


def test_each_mapped_camera_is_a_site_or_counted_as_indoor(helsinki):
    pack, built = helsinki
    assert built.n_mapped + built.mapped.n_indoor == len(pack.cameras)
    assert built.n_mapped > 200
    footprints = pack.buildings.to_crs(pack.manifest.crs).geometry.array
    tree = shapely.STRtree(footprints)
    deep = [
        shapely.distance(shapely.boundary(footprints[b]), shapely.points(built.mapped.xy_m[p]))
        for p, b in zip(*tree.query(shapely.points(built.mapped.xy_m), "within"), strict=True)
    ]
    assert len(deep) <= 0.05 * len(built.mapped.xy_m)  # footprints that touch one another


def test_a_group_with_a_mapped_site_is_not_free(helsinki):
    _, built = helsinki
    taken = ~built.group_free
    assert 0 < taken.sum() <= len(built.mapped.count)


def test_rows_by_point_are_the_rows_by_site(helsinki):
    _, built = helsinki
    assert built.rows.start[-1] == built.lines_of_sight.start[-1]
    by_site = np.bincount(built.rows.site, minlength=built.lines_of_sight.n_sites)
    np.testing.assert_array_equal(by_site, np.diff(built.lines_of_sight.start))


def mapped(xy, direction, width=None, kind=None, osm_id=None):
    n = len(direction)
    return gpd.GeoDataFrame(
        {
            "osm_id": osm_id or [f"node/{k}" for k in range(n)],
            "kind": kind or ["fixed"] * n,
            "direction_deg": np.array(direction, dtype=float),
            "width_deg": np.array(width or [np.nan] * n, dtype=float),
        },
        geometry=shapely.points(np.array(xy, dtype=float)),
        crs="EPSG:32635",
    )


HOUSE = np.array([shapely.box(0, 0, 40, 40)], dtype=object)


def sites(*columns):
    return scene.mapped_sites(mapped(*columns), "EPSG:32635", HOUSE, candidates.load_siting())


def test_a_camera_just_inside_a_wall_is_put_in_front_of_it_and_a_deep_one_left_out():
    found = sites([(2, 20), (20, 20), (100, 100)], [np.nan] * 3)
    assert found.n_indoor == 1
    np.testing.assert_allclose(found.xy_m, [[-0.3, 20], [100, 100]], atol=1e-9)
    assert found.count.tolist() == [1, 1]
    assert np.isnan(found.axis_deg).all()
    assert np.isnan(found.width_deg).all()


def test_cameras_at_one_spot_are_one_site_unless_their_direction_is_known():
    found = sites([(100, 0), (110, 0), (100, 5), (101, 5)], [np.nan, np.nan, 90.0, 270.0])
    assert found.count.tolist() == [2, 1, 1]
    assert found.xy_m[0].tolist() == [100, 0]
    assert np.isnan(found.axis_deg[0])
    assert found.axis_deg[1:].tolist() == [90.0, 270.0]
    assert np.isnan(found.width_deg).all()


def test_a_tagged_width_is_kept():
    found = sites([(100, 0), (150, 0), (200, 0)], [261.5, 90.0, np.nan], [45.0, np.nan, 360.0])
    np.testing.assert_array_equal(found.axis_deg, [261.5, 90.0, np.nan])
    np.testing.assert_array_equal(found.width_deg, [45.0, np.nan, 360.0])
    assert found.count.tolist() == [1, 1, 1]


def test_a_panning_camera_has_all_directions_unless_its_range_is_known():
    found = sites(
        [(100, 0), (150, 0), (150, 0), (200, 0), (200, 0), (250, 0)],
        [np.nan, 10.0, 190.0, 90.0, 300.0, 20.0],
        [np.nan, np.nan, np.nan, 60.0, np.nan, np.nan],
        ["panning"] * 5 + ["dome"],
        ["node/1", "node/2", "node/2", "node/3", "node/3", "node/4"],
    )
    np.testing.assert_array_equal(found.axis_deg, [np.nan, np.nan, 90.0, np.nan, 20.0])
    np.testing.assert_array_equal(found.width_deg, [360.0, 360.0, 60.0, 360.0, np.nan])
    assert found.xy_m[:, 0].tolist() == [100, 150, 200, 200, 250]


def test_each_camera_knows_its_site_wherever_the_site_is_put():
    found = sites(
        [
            (20, 20),  # deep inside the house
            (100, 0),  # joined with the fourth
            (2, 20),  # moved in front of its wall, next to the site of the next one
            (-5, 20),
            (108, 0),
            (50, 50), (50, 50),  # two directions of one object are two sites
            (60, 60), (60, 60),  # of one that pans, one site
            (20, 21), (20, 21),  # the same indoors
        ],
        [np.nan, np.nan, 10.0, 0.0, np.nan, 0.0, 180.0, 0.0, 180.0, 0.0, 180.0],
        None,
        ["fixed"] * 7 + ["panning"] * 4,
        [f"node/{k}" for k in (0, 1, 2, 3, 4, 5, 5, 6, 6, 7, 7)],
    )  # fmt: skip
    assert found.site_of.tolist() == [-1, 0, 1, 2, 0, 3, 4, 5, 5, -1, -1]
    np.testing.assert_allclose(found.xy_m[1], [-0.3, 20], atol=1e-9)
    assert found.n_indoor == 2
    outdoors = found.site_of[found.site_of >= 0]
    assert set(outdoors.tolist()) == set(range(len(found.count)))


def test_no_cameras_at_all():
    found = sites(np.empty((0, 2)), [])
    assert len(found.xy_m) == len(found.count) == found.n_indoor == len(found.site_of) == 0


def test_field_notes_are_sites_of_the_scene_and_their_width_is_a_sector(helsinki, tmp_path):
    pack, before = helsinki
    # On a street with an open view, away from mapped cameras.
    reach = np.diff(before.lines_of_sight.start)[: len(before.groups.xy_m)]
    far = cKDTree(before.mapped.xy_m).query(before.groups.xy_m)[0] > 40
    where = before.groups.xy_m[np.argmax(np.where(far, reach, -1))]
    to_degrees = pyproj.Transformer.from_crs(pack.manifest.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(*where)
    path = tmp_path / "notes.csv"
    path.write_text(f"lat,lon,direction\n{lat},{lon},330-60\n")
    stored_notes.import_cameras(path, "helsinki-centre", as_of=dt.date(2026, 11, 1))
    built = scene.build_scene(
        pack,
        candidates.load_siting(),
        mapped=mapped_cameras.cameras_for(pack),
        stretch_m=20.0,
        reach_m=80.0,
        level_height_m=3.0,
        district_m=1000.0,
        person_height_m=1.7,
    )
    assert built.n_mapped == before.n_mapped + 1
    (row,) = np.flatnonzero(np.hypot(*(built.mapped.xy_m - where).T) < 2)
    assert (built.mapped.axis_deg[row], built.mapped.width_deg[row]) == (15.0, 90.0)
    site = len(built.groups.xy_m) + row
    in_rows = np.flatnonzero(built.rows.site == site)
    point = np.searchsorted(built.rows.start, in_rows, side="right") - 1
    away = built.points.xy[point] - built.mapped.xy_m[row]
    bearing = np.rad2deg(np.arctan2(away[:, 0], away[:, 1]))
    off = np.abs((bearing - 15.0 + 180.0) % 360.0 - 180.0)
    assert len(off) > 5
    assert off.max() <= 45 + views.BEARING_STEP_DEG
    assert (built.rows.codes[built.rows.view[in_rows]] % views.N_VIEWS == views.IN_FIELD).all()
    lines = slice(*built.lines_of_sight.start[[site, site + 1]])
    assert len(in_rows) < lines.stop - lines.start  # the rest of the view is not in the field


def test_a_very_large_city_gets_coarser_points():
    assert scene.point_spacing_m(90_000) == scene.POINT_SPACING_M
    assert scene.point_spacing_m(4_000_000) * scene.MOST_POINTS == pytest.approx(4_000_000)
