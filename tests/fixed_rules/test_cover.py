"""Rings and unions against areas that are known: discs, cones, lenses of two discs, one wall."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.fixed_rules.camera_list import CameraList, ListedCamera
from toolkit.fixed_rules.cover import (
    EARTH_RADIUS_M,
    cover,
    cover_streets,
    covered_length_m,
    first_hits_m,
    local_plane,
    ring_frame,
)
from toolkit.fixed_rules.sets import load_rules
from toolkit.streets.pack import open_pack

LAT, LON = 16.8, 96.15
PARTS = 120  # 30 pieces a quarter circle


def at(*places, **more):
    """Return a list of cameras at metres east and north of one point."""
    metre = math.degrees(1 / EARTH_RADIUS_M)
    cameras = tuple(
        ListedCamera(
            row=n,
            lon=LON + east * metre / math.cos(math.radians(LAT)),
            lat=LAT + north * metre,
            **more,
        )
        for n, (east, north) in enumerate(places, start=1)
    )
    return CameraList(cameras, "0" * 64)


def polygon_area(radius, n=PARTS):
    return n / 2 * radius**2 * math.sin(2 * math.pi / n)


def lens_area(radius, distance):
    """Return the area that two equal discs share."""
    half = distance / 2
    return 2 * radius**2 * math.acos(half / radius) - distance * math.sqrt(radius**2 - half**2)


def test_a_disc_of_the_original_has_the_area_of_its_polygon():
    (zone,) = cover(at((0, 0)), load_rules("amnesty-120m")).zones
    assert zone.union_m2 == pytest.approx(polygon_area(120), rel=1e-12)
    # What 30 pieces a quarter circle cost, to the seven digits that Amnesty prints.
    assert zone.effective_cameras == pytest.approx(0.9995431, abs=5e-8)


def test_cameras_at_one_place_count_once_and_those_apart_add_up():
    rules = load_rules("amnesty-120m")
    one = cover(at((0, 0)), rules).zones[0].effective_cameras
    same = cover(at((0, 0), (0, 0), (0, 0)), rules).zones[0]
    assert same.effective_cameras == pytest.approx(one, rel=1e-9)
    assert same.sum_m2 == pytest.approx(3 * same.union_m2, rel=1e-9)
    apart = cover(at((0, 0), (500, 0), (0, 500)), rules).zones[0]
    assert apart.effective_cameras == pytest.approx(3 * one, rel=1e-9)


@given(distance=st.floats(0.1, 239))
@settings(max_examples=30)
def test_two_discs_that_overlap_count_as_the_formula_says(distance):
    rules = load_rules("amnesty-120m")
    exact = rules.model_copy(
        update={"rules": (rules.rules[0].model_copy(update={"equal_area": True}),)}
    )
    found = cover(at((0, 0), (distance, 0)), exact)
    centres = found.plane.project(found.lonlat)
    true = math.dist(*centres)
    expected = 2 * math.pi * 120**2 - lens_area(120, true)
    assert found.zones[0].union_m2 == pytest.approx(expected, rel=2e-4)


def test_equal_area_shapes_have_the_area_of_the_true_ones():
    own = cover(at((0, 0)), load_rules("cctv-exposure"))
    assert own.zones[0].union_m2 == pytest.approx(math.pi * 100, rel=1e-12)
    cone = cover(at((0, 0), directions_deg=(70.0,)), load_rules("deflock"))
    assert cone.zones[0].union_m2 == pytest.approx(math.radians(35) * 120**2, rel=1e-12)


def test_a_cone_of_kamerafrei_has_the_area_of_its_rays():
    found = cover(at((0, 0), directions_deg=(70.0,)), load_rules("kamerafrei"))
    expected = 28 * 0.5 * 40**2 * math.sin(math.radians(2.5))
    assert found.zones[0].union_m2 == pytest.approx(expected, rel=1e-12)
    assert expected == pytest.approx(math.radians(35) * 40**2, rel=4e-4)


@pytest.mark.parametrize("direction", [0.0, 45.0, 90.0, 180.0, 359.0])
def test_a_cone_lies_where_it_points(direction):
    places = at((0, 0), (20_000, 20_000), directions_deg=(direction,))
    found = cover(places, load_rules("kamerafrei"))
    frame = ring_frame(found)
    geodesic = shapely.get_coordinates(frame.geometry.array[0].centroid)[0] - (LON, LAT)
    east = geodesic[0] * math.cos(math.radians(LAT))
    bearing = math.degrees(math.atan2(east, geodesic[1])) % 360
    assert abs((bearing - direction + 180) % 360 - 180) < 0.5


def test_several_directions_give_several_cones_and_an_own_radius_wins():
    found = cover(at((0, 0), directions_deg=(0.0, 180.0), radius_m=10.0), load_rules("deflock"))
    assert [ring.range_m for ring in found.rings] == [10.0, 10.0]
    assert found.n_own_radius == 1
    assert found.zones[0].union_m2 == pytest.approx(2 * math.radians(35) * 100, rel=1e-9)
    discs = cover(at((0, 0), radius_m=60.0), load_rules("amnesty-120m")).zones[0]
    assert discs.effective_cameras is None
    zones = cover(at((0, 0), kind="dome", radius_m=40.0), load_rules("panopticity-middle"))
    assert [ring.range_m for ring in zones.rings] == [40.0, 40.0, pytest.approx(15.05, abs=0.01)]


def test_a_camera_without_a_direction_covers_nothing_where_the_rules_say_so():
    found = cover(at((0, 0)), load_rules("surveillance-under-surveillance"))
    assert found.rings == ()
    assert found.n_covering == 0
    assert found.zones[0].union_m2 == 0
    assert ring_frame(found).empty


def test_zones_lie_inside_one_another():
    found = cover(at((0, 0), (30, 0), directions_deg=(10.0,)), load_rules("panopticity-middle"))
    wide, middle, near = (zone.union for zone in found.zones)
    assert shapely.contains(wide, shapely.buffer(middle, -0.01))
    assert shapely.contains(middle, shapely.buffer(near, -0.01))
    assert [z.union_m2 for z in found.zones] == sorted(z.union_m2 for z in found.zones)[::-1]


def test_the_plane_keeps_areas_anywhere_and_says_how_far_lengths_are_off():
    for lon, lat in ((LON, LAT), (24.9, 60.2), (-179.99, -40.0), (10.0, 89.0)):
        corners = np.array([[lon, lat], [lon, lat - 3.0]])
        plane = local_plane(corners)
        metre = math.degrees(100 / EARTH_RADIUS_M)
        box = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * metre
        box[:, 0] /= math.cos(math.radians(lat - 3))
        geod = plane.crs.get_geod()
        true = abs(geod.polygon_area_perimeter(*(corners[1] + box).T)[0])
        shown = shapely.area(shapely.Polygon(plane.project(corners[1] + box)))
        assert shown == pytest.approx(true, rel=1e-4)
        assert 0 < plane.length_error_share < 1e-3
    assert local_plane(np.array([[LON, LAT]])).length_error_share == pytest.approx(0, abs=1e-15)


def test_the_plane_of_points_across_the_date_line_lies_among_them():
    plane = local_plane(np.array([[179.9, 10.0], [-179.9, 10.0]]))
    assert abs(plane.lon) == pytest.approx(180.0)
    assert plane.extent_m == pytest.approx(
        math.radians(0.1 * math.cos(math.radians(10))) * 6371e3, rel=1e-3
    )


def test_points_all_round_the_earth_have_a_plane_too():
    plane = local_plane(np.array([[0.0, 0.0], [180.0, 0.0]]))
    assert math.isfinite(plane.length_error_share)


def test_rays_stop_at_the_nearest_wall_and_pass_the_one_they_hang_on():
    walls = np.array([[-5.0, 10.0, 5.0, 10.0], [-5.0, 20.0, 5.0, 20.0], [-5.0, 1.0, 5.0, 1.0]])
    angles = np.radians([0.0, 20.0, 90.0, 180.0])
    blocked = first_hits_m(walls, angles, 0.0)
    np.testing.assert_allclose(blocked[:2], [1.0, 1 / math.cos(math.radians(20))])
    assert np.isinf(blocked[2:]).all()
    passing = first_hits_m(walls, angles, 2.0)
    np.testing.assert_allclose(passing[:2], [10.0, 10 / math.cos(math.radians(20))])
    corner = np.array([[0.0, 5.0, 5.0, 5.0], [-5.0, 5.0, 0.0, 5.0]])
    assert first_hits_m(corner, np.array([0.0]), 0.0)[0] == pytest.approx(5.0)


@pytest.fixture(scope="module")
def helsinki():
    return open_pack("helsinki-centre")


@pytest.fixture(scope="module")
def in_helsinki(helsinki):
    points = shapely.get_coordinates(helsinki.cameras.geometry.array)[:60]
    cameras = tuple(
        ListedCamera(row=n, lon=float(lon), lat=float(lat), directions_deg=(30.0,) * (n % 2))
        for n, (lon, lat) in enumerate(points, start=1)
    )
    return CameraList(cameras, "1" * 64)


def test_buildings_take_ground_away_and_never_add_any(helsinki, in_helsinki):
    rules = load_rules("kamerafrei")
    free, cut = cover(in_helsinki, rules), cover(in_helsinki, rules, helsinki)
    assert not free.blocked
    assert cut.blocked
    assert cut.zones[0].union_m2 < 0.8 * free.zones[0].union_m2
    grown = shapely.buffer(free.zones[0].union, 1e-6)
    assert all(shapely.covers(grown, ring.shape) for ring in cut.rings)
    no_walls = cover(in_helsinki, load_rules("amnesty-120m"), helsinki)
    assert not no_walls.blocked


def test_rays_do_not_pass_walls_of_the_city(helsinki, in_helsinki):
    rules = load_rules("kamerafrei")
    cut = cover(in_helsinki, rules, helsinki)
    buildings = np.asarray(helsinki.buildings.geometry.to_crs(cut.plane.crs).array, dtype=object)
    walls = shapely.STRtree(shapely.boundary(buildings))
    xy = cut.plane.project(cut.lonlat)
    for ring in cut.rings:
        eye = shapely.Point(xy[ring.camera.row - 1])
        for corner in shapely.get_coordinates(ring.shape):
            ray = shapely.LineString([eye.coords[0], corner])
            hits = walls.geometries[walls.query(ray, predicate="crosses")]
            distances = shapely.distance(eye, shapely.get_parts(shapely.intersection(hits, ray)))
            # Nearer than 2 m a wall is passed; the end of a ray touches its wall.
            assert not ((distances > 2.001) & (distances < ray.length - 0.001)).any()


def test_streets_inside_are_measured_and_not_sampled():
    lines = np.array(
        [shapely.LineString([(-100, 0), (100, 0)]), shapely.LineString([(0, 30), (50, 30)])],
        dtype=object,
    )
    ground = shapely.MultiPolygon([shapely.box(-10, -1, 20, 1), shapely.box(40, 20, 60, 40)])
    assert covered_length_m(lines, ground) == pytest.approx(30 + 10)
    assert covered_length_m(lines, shapely.Polygon()) == 0
    assert covered_length_m(lines[:0], ground) == 0


def test_streets_of_a_city_are_counted_once_and_above_ground(helsinki, in_helsinki):
    found = cover(in_helsinki, load_rules("amnesty-120m"), helsinki)
    streets = cover_streets(found, helsinki)
    above = helsinki.streets[~helsinki.streets["cover"].isin(["tunnel", "underground", "indoor"])]
    assert streets.length_m == pytest.approx(above["length_m"].sum(), rel=1e-4)
    assert 0 < streets.covered_m[0] < streets.length_m
    assert streets.n_inside == 60
    assert streets.cameras_per_km == pytest.approx(60 / streets.length_m * 1000)
    # The union in the plane of the city's own zone, computed another way.
    ring = gpd.GeoSeries(found.zones[0].union, crs=found.plane.crs).to_crs(helsinki.manifest.crs)
    lines = above.geometry.to_crs(helsinki.manifest.crs)
    assert streets.covered_m[0] == pytest.approx(
        lines.intersection(ring.iloc[0]).length.sum(), rel=1e-3
    )


def test_discs_of_25_m_on_the_streets_of_berlin_come_to_about_one_per_cent():
    """3,860 cameras, one diameter each, on half of 39,568 km of directed street: 1.0 %."""
    street_km, cameras = 39_568 / 2, 3860
    each_m = street_km * 1000 / cameras
    middle = cover(at((0, 0)), load_rules("kamerafrei"))
    (centre,) = middle.plane.project(middle.lonlat)
    half = np.array([0.0, each_m / 2])
    line = np.array([shapely.LineString([centre - half, centre + half])], dtype=object)
    share = covered_length_m(line, middle.zones[0].union) / each_m
    assert share == pytest.approx(50 / each_m, rel=1e-3)
    assert round(100 * share, 1) == 1.0
    assert abs(100 * share - 0.9) < 0.2
