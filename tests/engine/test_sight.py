"""Lines of sight against exact geometry."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import affinity

from toolkit.engine import footprints, sight

NO_BUILDINGS = np.empty(0, dtype=object)
NORTHING = np.array([385_000.0, 6_672_000.0])


def seen_by(found, site):
    return set(found.point[found.start[site] : found.start[site + 1]].tolist())


@pytest.fixture(scope="module")
def town():
    """Return sites, points and turned boxes, with some points and sites inside boxes."""
    rng = np.random.default_rng(5)
    boxes = [
        affinity.rotate(shapely.box(x, y, x + w, y + h), a)
        for x, y, w, h, a in np.column_stack(
            [rng.uniform(0, 480, (90, 2)), rng.uniform(5, 30, (90, 2)), rng.uniform(0, 90, 90)]
        )
    ]
    boxes.append(shapely.box(200, 200, 260, 260).difference(shapely.box(215, 215, 245, 245)))
    return (
        rng.uniform(0, 500, (150, 2)),
        rng.uniform(0, 500, (2500, 2)),
        np.array(boxes, dtype=object),
    )


def exact(sites, points, buildings, reach_m):
    """Return what each site sees by shapely, and how far each line passes from a wall's end."""
    tree = shapely.STRtree(shapely.boundary(buildings))
    of_site = footprints.containing_building(sites, buildings)
    of_point = footprints.containing_building(points, buildings)
    visible = []
    for g, site in enumerate(sites):
        near = np.flatnonzero(np.hypot(*(points - site).T) <= reach_m)
        lines = shapely.linestrings(
            np.stack([np.broadcast_to(site, (len(near), 2)), points[near]], axis=1)
        )
        line, building = tree.query(lines, predicate="intersects")
        blocks = (building != of_site[g]) & (building != of_point[near[line]])
        free = np.ones(len(near), dtype=bool)
        free[line[blocks]] = False
        visible.append(set(near[free].tolist()))
    return visible


def test_agrees_with_exact_geometry(town):
    sites, points, buildings = town
    shifted = shapely.transform(buildings, lambda xy: xy + NORTHING)
    found = sight.build_sight(sites + NORTHING, points + NORTHING, shifted, reach_m=130.0)
    expected = exact(sites, points, buildings, 130.0)
    corners = shapely.points(shapely.get_coordinates(buildings))
    edge = shapely.STRtree(corners)
    wrong = [(g, p) for g in range(len(sites)) for p in seen_by(found, g) ^ expected[g]]
    assert len(wrong) < 0.001 * sum(len(e) for e in expected)
    walls = shapely.STRtree(shapely.boundary(buildings))
    for g, p in wrong:  # each grazes a corner, ends at a wall, or ends at the rim, within 2 cm
        line = shapely.LineString([sites[g], points[p]])
        ends = shapely.MultiPoint([sites[g], points[p]])
        at_corner = len(edge.query(line, predicate="dwithin", distance=0.02)) > 0
        at_wall = len(walls.query(ends, predicate="dwithin", distance=0.02)) > 0
        assert at_corner or at_wall or abs(line.length - 130.0) < 0.02


def test_agrees_with_the_visibility_polygons_of_cgal():
    cgal = pytest.importorskip("pyvispoly", reason="No wheel of pyvispoly for this machine.")
    rng = np.random.default_rng(8)
    boxes = [
        affinity.rotate(shapely.box(x, y, x + w, y + h), a)
        for x, y, w, h, a in np.column_stack(
            [rng.uniform(40, 430, (70, 2)), rng.uniform(5, 35, (70, 2)), rng.uniform(0, 90, 70)]
        )
    ]
    houses = [
        shapely.Polygon(part.exterior) for part in shapely.get_parts(shapely.unary_union(boxes))
    ]
    buildings = np.array(houses, dtype=object)
    sites, points = rng.uniform(5, 495, (40, 2)), rng.uniform(5, 495, (2500, 2))
    sites = sites[footprints.containing_building(sites, buildings) < 0]
    points = points[footprints.containing_building(points, buildings) < 0]
    found = sight.build_sight(
        sites + NORTHING,
        points + NORTHING,
        shapely.transform(buildings, lambda xy: xy + NORTHING),
        reach_m=130.0,
    )

    def polygon(ring, *, ccw):
        around = shapely.Polygon(ring)
        ring = shapely.get_coordinates(shapely.orient_polygons(around, exterior_cw=not ccw))[:-1]
        return cgal.Polygon([cgal.Point(x, y) for x, y in ring])

    ground = cgal.PolygonWithHoles(
        polygon(shapely.box(0, 0, 500, 500).exterior, ccw=True),
        [polygon(house.exterior, ccw=False) for house in houses],
    )
    sweeping = cgal.VisibilityPolygonCalculator(ground)
    n_seen, n_wrong = 0, 0
    for g, (x, y) in enumerate(sites):
        seen = sweeping.compute_visibility_polygon(cgal.Point(x, y))
        area = shapely.make_valid(
            shapely.Polygon([(float(p.x()), float(p.y())) for p in seen.boundary()])
        )
        near = np.flatnonzero(np.hypot(*(points - sites[g]).T) <= 130.0)
        expected = set(near[shapely.contains_xy(area, points[near])].tolist())
        n_seen += len(expected)
        for p in seen_by(found, g) ^ expected:
            n_wrong += 1
            # On an edge of what CGAL sees, or at the rim.
            edge_m = area.boundary.distance(shapely.Point(points[p]))
            assert edge_m < 0.02 or abs(np.hypot(*(points[p] - sites[g])) - 130.0) < 0.02
    assert n_seen > 5_000
    assert n_wrong < 0.001 * n_seen


def test_without_walls_a_site_sees_its_disc():
    rng = np.random.default_rng(0)
    points = rng.uniform(-100, 100, (4000, 2))
    found = sight.build_sight(np.zeros((1, 2)), points, NO_BUILDINGS, reach_m=60.0)
    distance = np.hypot(*points.T)
    assert seen_by(found, 0) == set(np.flatnonzero(distance <= 60.0).tolist())
    np.testing.assert_allclose(found.distance_cm / 100, distance[found.point], atol=0.006)
    assert (np.diff(found.distance_cm.astype(int) // 100) >= 0).all()


def test_bearings_are_right_all_round():
    angle = np.deg2rad(np.arange(0, 360, 0.5))
    points = 50 * np.column_stack([np.sin(angle), np.cos(angle)])
    found = sight.build_sight(np.zeros((1, 2)), points, NO_BUILDINGS, reach_m=60.0)
    bearing = found.bearing.astype(float) * 360 / 256
    off = (bearing - np.rad2deg(angle[found.point]) + 180) % 360 - 180
    assert np.abs(off).max() <= 360 / 256 / 2 + 0.01


def test_one_wall_casts_the_exact_shadow():
    wall = np.array([shapely.box(10, -5, 10.2, 5)], dtype=object)
    x, y = np.meshgrid(np.arange(1.05, 60, 1.0), np.arange(-40.03, 40, 1.0))
    points = np.column_stack([x.ravel(), y.ravel()])
    found = sight.build_sight(np.zeros((1, 2)), points, wall, reach_m=45.0)
    # The shadow of the wall's near face: behind x = 10 and inside the lines to its ends.
    shadow = (points[:, 0] > 10.2) & (np.abs(points[:, 1]) < points[:, 0] * 5 / 10)
    shadow |= (points[:, 0] > 10) & (points[:, 0] <= 10.2) & (np.abs(points[:, 1]) < 5)
    inside = footprints.containing_building(points, wall) >= 0
    expected = (np.hypot(*points.T) <= 45) & (~shadow | inside)
    assert seen_by(found, 0) == set(np.flatnonzero(expected).tolist())


def test_more_walls_never_show_more(town):
    sites, points, buildings = town
    fewer = sight.build_sight(sites, points, buildings[:60], reach_m=100.0)
    more = sight.build_sight(sites, points, buildings, reach_m=100.0)
    outside = footprints.containing_building(points, buildings) < 0
    for g in np.flatnonzero(footprints.containing_building(sites, buildings) < 0):
        extra = np.array(sorted(seen_by(more, g) - seen_by(fewer, g)), dtype=int)
        assert not outside[extra].any()


def test_a_passage_through_a_building_is_not_blocked_by_it():
    block = np.array([shapely.box(-10, -10, 10, 10)], dtype=object)
    sites = np.array([[0.0, 0.0], [50.0, 0.0]])
    points = np.array([[5.0, 0.0], [30.0, 0.0], [-30.0, 0.0]])
    found = sight.build_sight(sites, points, block, reach_m=100.0)
    assert seen_by(found, 0) == {0, 1, 2}
    assert seen_by(found, 1) == {0, 1}


def over_roofs(site, point, buildings, tops, target_m):
    """Return the least camera height from which `target_m` at the point is seen, exactly."""
    line = shapely.LineString([site, point])
    least = 0.0
    for building, top in zip(buildings, tops, strict=True):
        for crossing in shapely.get_coordinates(
            shapely.intersection(line, shapely.boundary(building))
        ):
            at = np.hypot(*(crossing - site)) / line.length
            least = max(least, (top - target_m * at) / (1 - at))
    return least


def test_a_roof_hides_only_from_cameras_that_are_too_low():
    rng = np.random.default_rng(3)
    buildings = np.array(
        [shapely.box(x, y, x + 4, y + 4) for x, y in rng.uniform(10, 90, (25, 2))], dtype=object
    )
    tops = np.where(np.arange(25) % 4 == 0, np.nan, rng.uniform(1, 9, 25))
    site, points = np.array([[0.0, 0.0]]), rng.uniform(0, 100, (600, 2))
    points = points[footprints.containing_building(points, buildings) < 0]
    found = sight.build_sight(site, points, buildings, reach_m=150.0, top_m=tops, target_m=1.5)
    kept = dict(zip(found.point.tolist(), found.height_dm.tolist(), strict=True))
    filled = np.where(np.isnan(tops), np.inf, tops)
    high = 0
    for p, point in enumerate(points):
        least = over_roofs(site[0], point, buildings, filled, 1.5)
        if least > sight.HIGHEST_CAMERA_M:
            assert p not in kept
        else:
            assert -0.01 <= kept[p] / 10 - least <= 0.11
            high += least > 1.5
    assert high > 20


def test_a_far_band_is_what_a_near_one_leaves_out(town):
    sites, points, buildings = town
    whole = sight.build_sight(sites, points, buildings, reach_m=120.0)
    near = sight.build_sight(sites, points, buildings, reach_m=50.0)
    far = sight.build_sight(sites, points, buildings, reach_m=120.0, beyond_m=50.0)
    for g in range(len(sites)):
        assert not seen_by(near, g) & seen_by(far, g)
        assert seen_by(near, g) | seen_by(far, g) == seen_by(whole, g)


def test_counting_alone_finds_as_many(town):
    sites, points, buildings = town
    whole = sight.build_sight(sites, points, buildings, reach_m=90.0)
    arrays = sight.sweep_arrays(sites, points, buildings)
    (counted,) = [block[0] for block in sight.sweep(arrays, reach_m=90.0, keep=False)]
    assert counted.tolist() == np.diff(whole.start).tolist()


def test_order_along_the_curve_keeps_what_is_near_near():
    grid = np.stack(np.meshgrid(np.arange(16), np.arange(16)), axis=-1).reshape(-1, 2) * 4.0
    order = sight.morton_order(grid)
    assert sorted(order.tolist()) == list(range(256))
    # The first quarter is one quadrant.
    assert (grid[order[:64]] < 32).all()
    assert sight.morton_order(np.empty((0, 2))).tolist() == []


def test_nothing_to_see():
    found = sight.build_sight(np.zeros((2, 2)), np.empty((0, 2)), NO_BUILDINGS, reach_m=50.0)
    assert found.start.tolist() == [0, 0, 0]
    found = sight.build_sight(np.empty((0, 2)), np.zeros((3, 2)), NO_BUILDINGS, reach_m=50.0)
    assert found.n_sites == 0
