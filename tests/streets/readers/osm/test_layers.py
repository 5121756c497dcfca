"""From what was collected to layers inside a boundary."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import shapely
from drawn_osm import GEOD, LAT, LON, STEP, Drawing, street

from toolkit.streets.readers.extract import Extract
from toolkit.streets.schema import LAYERS, OPTIONAL


def test_every_column_of_a_street(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 0, 1)
    d.node(2, 1, 1)
    d.way(
        5, [1, 2], highway="tertiary", name="A\u202eB\x09C", name__en="x" * 500, name__my="လမ်း",
        lanes="2", oneway="-1", bridge="viaduct", tunnel="yes", layer="-2", motor_vehicle="no",
    )  # fmt: skip
    e = read(d)
    assert list(e.layers.streets.columns) == [*LAYERS["streets"].columns, "geometry"]
    row = e.layers.streets.iloc[0]
    assert (row["u"], row["v"]) == (2, 1)
    assert row.geometry.coords[0][0] > row.geometry.coords[-1][0]
    assert (row["name"], row["name_en"], row["name_my"]) == ("AB C", "x" * 120, "လမ်း")
    assert (row["lanes"], row["layer"], row["cover"]) == (2, -2, "tunnel")
    assert [bool(row[c]) for c in ("oneway", "bridge", "tunnel")] == [True, True, True]
    assert [bool(row[c]) for c in ("drive", "walk", "motorcycle")] == [False, True, False]
    other = e.layers.streets.iloc[1]
    assert other["name_en"] is None
    assert other["cover"] is None
    assert math.isnan(other["lanes"])


def test_directions_of_each_means_follow_the_street_as_it_is_turned(
    read: Callable[..., Extract],
) -> None:
    d = street()
    for k in range(1, 5):
        d.node(k, k, 1)
    d.way(5, [1, 2], highway="service", oneway="-1", oneway__motorcycle="no", oneway__foot="-1")
    d.way(6, [2, 3], highway="service", oneway__motorcycle="-1")
    d.way(7, [3, 4], highway="service", oneway__motor_vehicle="-1")
    e = read(d)
    s = e.layers.streets.set_index("osm_way_id").loc[[5, 6, 7]]
    assert s["oneway"].tolist() == [True, False, True]
    assert s["oneway_motorcycle"].tolist() == [False, False, True]
    assert s["oneway_foot"].tolist() == [True, False, False]
    assert list(zip(s["u"], s["v"], strict=True)) == [(2, 1), (2, 3), (4, 3)]
    assert e.counts["oneway_other_way"] == 1


def test_signals_reach_the_junction(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 1, 0)
    d.node(2, 1, 1)
    d.node(3, 0.9, 0, highway="traffic_signals")  # about 11 m before the junction
    d.node(4, 2, 0, highway="traffic_signals")  # about 110 m after it
    d.ways.clear()
    d.way(1, [900, 3, 1, 4, 901], highway="primary")
    d.way(2, [1, 2], highway="primary")
    e = read(d)
    nodes = e.layers.junctions.set_index("node_id")
    assert nodes["signals"].to_dict() == {1: True, 2: False, 900: False, 901: False}
    assert (e.counts["signals"], e.counts["signals_unplaced"]) == (2, 1)


def test_a_given_boundary_cuts_everything(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 1, 0.1, man_made="surveillance")
    d.node(2, 2.5, 0.1, man_made="surveillance")
    d.node(3, 2.5, 0.2, amenity="police")
    d.way(1, d.square(11, 1, 0.2, 0.1), building="yes")
    d.way(2, d.square(21, 2.5, 0.2, 0.1), building="yes")
    d.way(3, d.square(31, 50, 50), highway="residential")
    edge = LON + 2 * STEP
    e = read(d, boundary=shapely.box(LON - STEP, LAT - STEP, edge, LAT + STEP))
    assert e.counts["streets"] == 1
    assert e.counts["ways"] == 1
    expected = GEOD.inv(LON, LAT, edge, LAT)[2]
    assert e.layers.streets["length_m"][0] == pytest.approx(expected, abs=0.01)
    assert e.layers.streets["v"][0] < 0
    assert e.layers.cameras["osm_id"].tolist() == ["node/1"]
    assert e.layers.buildings["osm_id"].tolist() == ["way/1"]
    assert len(e.layers.places) == 0
    assert e.layers.boundary["kind"].tolist() == ["given"]
    sides = [GEOD.inv(LON - STEP, LAT, edge, LAT)[2], GEOD.inv(LON, LAT - STEP, LON, LAT + STEP)[2]]
    assert e.area_km2 == pytest.approx(math.prod(sides) / 1e6, rel=1e-3)
    assert e.metric_crs == "EPSG:32647"  # 96 E is the edge of zones 46 and 47


def test_without_a_box_the_streets_are_the_boundary(read: Callable[..., Extract]) -> None:
    d = street(Drawing(bounds=False))
    d.node(1, 1, 2)
    d.way(1, [900, 1], highway="path")
    e = read(d)
    assert e.layers.boundary.total_bounds == pytest.approx(
        [LON, LAT, LON + 3 * STEP, LAT + 2 * STEP], abs=1e-7
    )
    assert e.layers.boundary["kind"].tolist() == ["extract"]
    assert e.osm_timestamp is None


def test_time_of_the_newest_object_that_was_read(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 1, 1, amenity="police")
    assert read(d).osm_timestamp == "2024-02-03T04:05:06Z"


def test_layers_without_rows_have_their_columns(read: Callable[..., Extract]) -> None:
    e = read(street())
    for layer, spec in LAYERS.items():
        frame = getattr(e.layers, layer)
        assert list(frame.columns) == [*spec.columns, "geometry"]
        assert frame.crs == "EPSG:4326"
    assert e.counts["cameras"] == e.counts["buildings"] == e.counts["signals"] == 0


def test_what_is_not_mapped_is_counted(read: Callable[..., Extract]) -> None:
    d = street()
    missing = ("missing_buildings", "missing_places", "missing_signals")
    assert [read(d).counts.get(name) for name in missing] == [1, 1, 1]
    d.node(900, 0, 0, highway="traffic_signals", amenity="police")
    d.way(5, d.square(10, 1, 1), building="yes")
    d.way(6, [901, 10], highway="road")
    counts = read(d).counts
    assert [counts.get(name) for name in missing] == [None] * 3
    assert 0 < counts["unclassed_km"] < counts["street_km"]


def test_the_background_has_its_columns_and_is_none_where_there_is_nothing(
    read: Callable[..., Extract],
) -> None:
    assert read(street()).layers.background is None
    d = street()
    for n, (column, row) in enumerate([(-150, 1), (150, 1)], 1):
        d.node(n, column, row)
    d.way(1, [2, 1], natural="coastline")  # the land lies south of it
    d.way(2, d.square(11, 1, 2), waterway="dock")
    e = read(d)
    found = e.layers.background
    assert found is not None
    assert list(found.columns) == [*OPTIONAL["background"].columns, "geometry"]
    assert found["osm_id"].tolist() == ["sea/0", "way/2"]
    assert set(found["kind"]) == {"water"}
    sea = found.geometry.iloc[0]
    assert sea.covers(shapely.Point(LON, LAT + 50 * STEP))
    assert not sea.covers(shapely.Point(LON, LAT))
