"""Zones are valid, do not overlap, and hold the points they are made of."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from toolkit.base.terms import EXPOSURE_CLASSES
from toolkit.engine import zones
from toolkit.streets import street_points


def test_classes_follow_the_interval_of_each_point():
    found = zones.point_classes(
        np.array([0.6, 0.1, 0.0, 0.9]),
        np.array([0.9, 0.4, 0.05, 1.0]),
        np.array([True, True, True, False]),
    )
    assert found.tolist() == ["likely", "possible", "not_excluded", "unknown"]


def test_zones_are_valid_and_apart_and_the_higher_class_keeps_the_ground():
    east, north = 385_000.0, 6_672_000.0
    lines = shapely.transform(
        np.array(
            [shapely.LineString([(0, 0), (200, 0)]), shapely.LineString([(100, -50), (100, 50)])],
            dtype=object,
        ),
        lambda xy: xy + np.array([east, north]),
    )
    points = street_points.cut(lines, 5.0)
    classes = np.where(points.xy[:, 0] < east + 90, "likely", "not_excluded")
    classes[points.line == 1] = "possible"
    found = zones.zone_polygons(points, classes, "EPSG:32635")
    assert found["exposure_class"].tolist() == ["likely", "possible", "not_excluded"]
    assert found.is_valid.all()
    assert found.crs == "EPSG:4326"
    shapes = found.geometry.to_crs("EPSG:32635").array
    for a in range(3):
        for b in range(a):
            assert shapely.area(shapely.intersection(shapes[a], shapes[b])) < 0.01
    for name, shape in zip(found["exposure_class"], shapes, strict=True):
        inside = shapely.contains_xy(shape, points.xy[classes == name])
        crossing = np.abs(points.xy[classes == name][:, 0] - east - 100) <= 12
        assert (inside | crossing).all()
    strip = 2 * zones.STRIP_M
    whole = shapely.union_all(shapes)
    assert abs(shapely.area(whole) - (300 * strip - strip**2)) < 2.2 * np.pi * zones.STRIP_M**2


def test_no_points_give_no_zones():
    points = street_points.cut(np.empty(0, dtype=object), 5.0)
    assert zones.zone_polygons(points, np.empty(0, dtype="<U12"), "EPSG:32635").empty


def test_zones_are_the_ground_around_each_piece():
    rng = np.random.default_rng(5)
    ends = np.cumsum(rng.uniform(-120, 120, (12, 4, 2)), axis=1)
    ends += np.array([385_000.0, 6_672_000.0])
    points = street_points.cut(np.array([shapely.LineString(xy) for xy in ends]), 5.0)
    classes = rng.choice(EXPOSURE_CLASSES, len(points.line), p=[0.2, 0.5, 0.2, 0.1])
    classes[: len(classes) // 2] = np.repeat(classes[: len(classes) // 2 : 7], 7)[
        : len(classes) // 2
    ]
    heading = np.column_stack([np.cos(points.heading_rad), np.sin(points.heading_rad)])
    half = points.length[:, None] / 2 * heading
    pieces = shapely.linestrings(np.stack([points.xy - half, points.xy + half], axis=1))
    ground = shapely.buffer(pieces, zones.STRIP_M, quad_segs=2)
    taken = shapely.Polygon()
    found = zones.zone_polygons(points, classes, "EPSG:32635").set_index("exposure_class")
    for name, shape in found.to_crs("EPSG:32635").geometry.items():
        own = shapely.union_all(ground[classes == name])
        expected, taken = shapely.difference(own, taken), shapely.union(own, taken)
        assert shapely.area(shapely.symmetric_difference(shape, expected)) < 0.01
    assert len(found) == len(EXPOSURE_CLASSES)


def test_ground_added_up_square_by_square_is_that_of_one_union():
    rng = np.random.default_rng(4)
    start = rng.uniform(0, 3_000, (300, 2))
    lines = shapely.linestrings(np.stack([start, start + rng.normal(0, 200, (300, 2))], axis=1))
    whole = shapely.area(shapely.union_all(shapely.buffer(lines, zones.STRIP_M, quad_segs=2)))
    assert zones.street_area_m2(lines) == pytest.approx(whole, rel=1e-11)
    assert zones.street_area_m2(lines[:1]) == pytest.approx(
        shapely.area(shapely.buffer(lines[0], zones.STRIP_M, quad_segs=2)), rel=1e-11
    )
    assert zones.street_area_m2(lines[:0]) == 0.0
