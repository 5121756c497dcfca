"""The background is clipped, simplified and bounded."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from shapely.geometry.base import BaseGeometry

from toolkit.streets.readers import background

LON, LAT, DEG = 96.0, 16.0, 0.01
"""A square of 0.01 degrees (1.1 km) in zone 47."""
SQUARE = shapely.box(LON, LAT, LON + DEG, LAT + DEG)
ZONE = "EPSG:32647"
M = 1 / 111_320.0
"""Degrees of latitude in a metre, to a per cent."""


def row(number: int, shape: BaseGeometry, kind: str = "water", **more: Any) -> dict[str, Any]:
    names = {"name": None, "name_en": None, "name_my": None}
    return {
        "osm_id": f"way/{number}", "kind": kind, "rank": 0, **names, **more, "geometry": shape
    }  # fmt: skip


def at(east_m: float, north_m: float) -> tuple[float, float]:
    return LON + east_m * M, LAT + north_m * M


def layer(
    rows: list[dict[str, Any]], coast: list[BaseGeometry] | None = None
) -> gpd.GeoDataFrame | None:
    return background.background_of(rows, SQUARE, coast or [])[0]


def metres(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    return frame.geometry.to_crs(ZONE)


def test_nothing_is_no_layer() -> None:
    assert layer([]) is None
    assert layer([row(1, shapely.box(0, 0, 1, 1))]) is None


def test_shapes_end_little_beyond_the_boundary_and_points_at_it() -> None:
    lake = shapely.box(*at(-5000, 300), *at(400, 600))
    rail = shapely.LineString([at(-5000, 700), at(5000, 700)])
    inside, outside = shapely.Point(at(10, 10)), shapely.Point(at(-50, 10))
    named = {"kind": "landmark", "name": "A"}
    found = layer(
        [row(1, lake), row(2, rail, "railway"), row(3, inside, **named), row(4, outside, **named)]
    )
    assert found is not None
    assert sorted(found["osm_id"]) == ["way/1", "way/2", "way/3"]
    shapes = metres(found).set_axis(found["osm_id"])
    edge = gpd.GeoSeries([SQUARE], crs=4326).to_crs(ZONE).iloc[0]
    for name in ("way/1", "way/2"):
        beyond = shapes[name].difference(edge.buffer(background.MARGIN_M + 0.5))
        assert beyond.is_empty
        assert not shapes[name].difference(edge.buffer(background.MARGIN_M - 5)).is_empty


def test_shapes_are_simplified_within_a_tolerance_and_small_ones_left_out() -> None:
    circle = shapely.Point(at(500, 500)).buffer(200 * M, quad_segs=200)
    pond = shapely.box(*at(100, 100), *at(130, 130))  # 900 m2
    found = layer([row(1, circle), row(2, pond), row(3, pond.buffer(40 * M), "park")])
    assert found is not None
    assert sorted(found["osm_id"]) == ["way/1", "way/3"]
    water = found[found["kind"] == "water"]
    assert len(water.geometry.iloc[0].exterior.coords) < 40
    before = gpd.GeoSeries([circle], crs=4326).to_crs(ZONE).iloc[0]
    off_m = metres(water).iloc[0].exterior.hausdorff_distance(before.exterior)
    assert off_m <= background.SIMPLIFY_M + 0.5


def test_a_bow_tie_is_repaired_and_what_has_no_area_left_out() -> None:
    tie = shapely.Polygon([at(0, 0), at(300, 300), at(300, 0), at(0, 300)])
    flat = shapely.Polygon([at(0, 0), at(300, 300), at(600, 600)])
    found = layer([row(1, tie), row(2, flat)])
    assert found is not None
    assert found["osm_id"].tolist() == ["way/1"]
    assert found.geometry.is_valid.all()
    assert metres(found).area.iloc[0] == pytest.approx(2 * 300 * 150 / 2, rel=0.05)


def test_the_most_important_and_the_largest_are_kept_in_any_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(background.MOST_SHAPES, "park", 3)
    rows = [
        row(k, shapely.box(*at(50, 50), *at(100 + 20 * k, 150)), "park", rank=k % 2)
        for k in range(6)
    ]
    found, left_out = background.background_of(rows, SQUARE)
    assert found is not None
    # Rank 0 first, each rank by size.
    assert sorted(found["osm_id"]) == ["way/0", "way/2", "way/4"]
    assert left_out == 3
    again, _ = background.background_of([rows[k] for k in (3, 5, 0, 4, 1, 2)], SQUARE)
    assert_geodataframe_equal(again, found)


def test_vertices_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "MOST_POINTS", 12)
    rows = [row(k, shapely.box(*at(50, 50), *at(200 + k, 150))) for k in range(4)]
    found, left_out = background.background_of(rows, SQUARE)
    assert found is not None
    assert (sorted(found["osm_id"]), left_out) == (["way/2", "way/3"], 2)


def test_one_place_mapped_twice_has_its_name_once() -> None:
    spots = [shapely.Point(at(*where)) for where in ((100, 100), (220, 100), (700, 700))]
    named = {"kind": "landmark", "name": "Sule", "name_my": "ဆူးလေ"}
    found = layer([row(k, spot, **named) for k, spot in enumerate(spots)])
    assert found is not None
    assert found["osm_id"].tolist() == ["way/0", "way/2"]
    other = {**named, "name_my": "အခြား"}
    found = layer([row(0, spots[0], **named), row(1, spots[1], **other)])
    assert found is not None
    assert len(found) == 2


def test_the_sea_lies_right_of_its_coast() -> None:
    coast = shapely.LineString([at(-500, 400), at(600, 500), at(2000, 400)])
    island = shapely.LinearRing(shapely.box(*at(300, 100), *at(500, 200)).exterior.coords)
    assert island.is_ccw  # land lies on its left
    found = layer([], [coast, island])
    assert found is not None
    assert found["kind"].tolist() == ["water"]
    water = found.geometry.iloc[0]
    assert water.covers(shapely.Point(at(600, 300)))
    assert not water.covers(shapely.Point(at(400, 150)))
    assert not water.covers(shapely.Point(at(600, 800)))
    turned = layer([], [shapely.reverse(coast)])
    assert turned is not None
    assert turned.geometry.iloc[0].covers(shapely.Point(at(600, 800)))


def test_a_coast_that_breaks_off_or_has_no_end_is_no_sea(monkeypatch: pytest.MonkeyPatch) -> None:
    across = shapely.LineString([at(-500, 400), at(2000, 400)])
    assert layer([], [across]) is not None
    monkeypatch.setattr(background, "MOST_COAST_POINTS", 1)
    assert layer([], [across]) is None
    monkeypatch.undo()
    assert layer([], [shapely.LineString([at(-500, 400), at(600, 500)])]) is None
