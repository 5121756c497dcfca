"""What of an extract is collected, and what is left out and counted."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from drawn_osm import LAT, LON, STEP, street

from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.osm.file import read_regions
from toolkit.streets.readers.osm.layers import limits_of


def test_missing_nodes_break_ways_and_are_counted(read: Callable[..., Extract]) -> None:
    d = street()
    for n in (1, 2, 4, 5):
        d.node(n, n, 2)
    d.way(1001, [1, 2, 3, 4, 5, 6], highway="path")
    e = read(d)
    assert e.counts["missing_node_refs"] == 2
    assert e.counts["ways_broken"] == 1
    path = e.layers.streets.query("osm_way_id == 1001")
    assert path["ordinal"].tolist() == [0, 1]
    assert path["u"].tolist()[0] == 1
    assert (path["v"] < 0).all()
    assert set(path["u"]) | set(path["v"]) <= set(e.layers.junctions["node_id"])


def test_what_is_no_street_is_counted(read: Callable[..., Extract]) -> None:
    d = street()
    ring = d.square(1, 4, 4)
    d.way(1, ring, highway="pedestrian", area="yes")
    d.way(2, ring, highway="platform")
    d.way(3, ring, highway="no-such-thing")
    d.way(4, ring)
    d.relation(7, [(4, "outer")], type="multipolygon", highway="pedestrian", amenity="school")
    e = read(d)
    assert e.layers.streets["osm_way_id"].tolist() == [1000]
    assert e.counts["ways_left_out_area"] == 2
    assert e.counts["ways_left_out_platform"] == 1
    assert e.counts["ways_left_out_other"] == 1


def test_buildings(read: Callable[..., Extract]) -> None:
    d = street()
    d.way(1, d.square(1, 4, 4), building="yes", height="12.5 m", building__levels="4")
    d.way(2, d.square(11, 6, 4), building="roof")
    d.way(3, [21, 22, 23, 24, 21], building="yes")  # one corner of it is missing
    d.square(21, 8, 4)
    del d.nodes[24]
    d.square(31, 8, 8)
    d.way(4, [31, 32, 33], building="yes")  # is not closed
    for n, (column, row) in enumerate([(10, 4), (11, 5), (11, 4), (10, 5)], 41):
        d.node(n, column, row)
    d.way(5, [41, 42, 43, 44, 41], building="yes")  # a bow tie
    d.way(6, d.square(51, 12, 4, 3), building="yes")
    d.way(7, d.square(61, 13, 5))
    d.relation(8, [(6, "outer"), (7, "inner")], type="multipolygon", building="yes")
    d.relation(9, [(999, "outer")], type="multipolygon", building="yes")
    d.way(10, [71, 72, 73, 71], building="yes")  # nothing of it is here
    e = read(d)
    b = e.layers.buildings.set_index("osm_id")
    assert sorted(b.index) == ["relation/8", "way/1", "way/3", "way/5"]
    assert b.geometry.is_valid.all()
    cell = STEP * STEP
    areas = {i: round(g.area / cell, 6) for i, g in b.geometry.items()}
    assert areas == {"relation/8": 8, "way/1": 1, "way/3": 0.5, "way/5": 0.5}
    assert (b.loc["way/1", "height_m"], b.loc["way/1", "levels"]) == (12.5, 4)
    assert math.isnan(b.loc["way/3", "height_m"])
    assert e.counts["buildings_repaired"] == 2
    assert e.counts["buildings_without_walls_left_out"] == 1
    assert e.counts["buildings_dropped"] == 1
    assert e.counts["ways_without_nodes"] == 1
    assert e.counts["building_relations_incomplete"] == 1


def test_places(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 1, 1, amenity="police", name="<b>Post</b>")
    d.node(2, 1, 2, amenity="bench")
    d.node(3, 1, 3, barrier="lift_gate")  # on no street
    d.node(901, 3, 0, barrier="lift_gate")
    d.way(4, d.square(11, 4, 4, 2), amenity="marketplace", building="yes")
    d.way(5, d.square(21, 8, 4, 2), barrier="gate")
    e = read(d)
    p = e.layers.places
    assert list(zip(p["osm_id"], p["kind"], p["name"], strict=True)) == [
        ("node/1", "police", "<b>Post</b>"),
        ("node/901", "gate", None),
        ("way/4", "market", None),
    ]
    assert p.geometry[2].equals_exact(shapely.Point(LON + 5 * STEP, LAT + 5 * STEP), 1e-9)


def test_cameras(read: Callable[..., Extract]) -> None:
    d = street()
    d.way(1, d.square(1, 4, 4, 2), building="yes")
    camera = {"man_made": "surveillance"}
    d.node(
        11, 5, 5, **camera, camera__type="dome", camera__mount="wall", height="4",
        camera__direction="239-284", operator="Town\nhall", manufacturer="Maker",
        surveillance="public", surveillance__zone="traffic", check_date="2024-05",
    )  # fmt: skip
    d.node(12, 1, 1, **camera, direction="10;190;up", surveillance__type="ALPR")
    d.node(13, 1, 2, **camera, surveillance="indoor")
    d.node(14, 1, 3, **camera, surveillance__type="guard")
    d.node(15, 1, 4, **camera)
    d.way(16, d.square(21, 7, 7), **camera)
    e = read(d)
    c = e.layers.cameras
    assert c["osm_id"].tolist() == ["node/11", "node/12", "node/12", "node/15"]
    assert c["direction_deg"].tolist()[:3] == [261.5, 10, 190]
    assert c["width_deg"].tolist()[0] == 45
    assert np.isnan(c["direction_deg"][3])
    assert c["in_building"].tolist() == [True, False, False, False]
    assert c["surveillance_type"].tolist() == ["camera", "ALPR", "ALPR", "camera"]
    row = c.iloc[0]
    assert row["kind"] == "dome"
    assert (row["surveillance"], row["zone"], row["mount"]) == ("public", "traffic", "wall")
    assert (row["operator"], row["brand"]) == ("Town hall", "Maker")
    assert (row["height_m"], row["check_date"]) == (4, "2024-05")
    assert c["kind"].tolist()[3] == "unknown"
    assert e.counts["cameras"] == 3
    assert e.counts["cameras_indoor_dropped"] == 1
    assert e.counts["cameras_other_dropped"] == 1
    assert e.counts["cameras_not_points_dropped"] == 1
    assert e.counts["camera_directions_unreadable"] == 1
    assert e.counts["cameras_in_buildings"] == 1
    assert e.counts["cameras_with_direction"] == 2


def test_an_object_that_comes_twice_is_counted_and_taken_once(
    read: Callable[..., Extract],
) -> None:
    d = street()
    d.node(1, 1, 1, amenity="police")
    d.nodes[1] *= 2
    e = read(d)
    assert e.layers.places["osm_id"].tolist() == ["node/1"]
    assert e.counts["duplicate_ids"] == 1


def test_coordinates_outside_the_world_count_as_missing(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 1, 2)
    d.node(2, 2, 2)
    d.nodes[3] = '<node id="3" version="1" lon="190" lat="16"/>'
    d.way(1, [1, 2, 3], highway="path")
    e = read(d)
    assert e.counts["missing_node_refs"] == 1
    assert len(e.layers.streets) == 2


def test_the_background_is_read_of_nodes_ways_and_relations(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 1, 1, place="suburb", name="<b>Ahlone</b>", name__my="အလုံ")
    d.node(2, 2, 1, tourism="museum")  # without a name
    d.node(3, 2, 2, natural="tree", name="Tree")
    d.way(1, d.square(11, 4, 4), leisure="park", name="Park")
    d.way(2, d.square(21, 6, 4), building="yes", amenity="hospital", name__en="Hospital")
    d.way(3, d.square(31, 8, 4, 0.1), natural="water")  # 120 m2
    for n in (41, 42, 44):
        d.node(n, n - 40, 6)
    d.way(4, [41, 42, 43, 44], waterway="river")  # a node is not in the file
    d.way(5, d.square(51, 12, 4, 3))
    d.way(6, d.square(61, 13, 5))
    d.relation(8, [(5, "outer"), (6, "inner")], type="multipolygon", natural="water")
    d.relation(9, [(1, "outer")], type="multipolygon", waterway="river")
    d.way(7, [41, 43], natural="water", name="not closed")
    d.way(10, [71, 72, 71], natural="water")  # nothing of it is here
    e = read(d)
    found = e.layers.background
    assert found is not None
    by_id = found.set_index("osm_id")
    assert sorted(by_id.index) == ["node/1", "relation/8", "way/1", "way/2", "way/4"]
    assert by_id["kind"].to_dict() == {
        "node/1": "quarter", "relation/8": "water", "way/1": "park", "way/2": "landmark",
        "way/4": "waterway",
    }  # fmt: skip
    assert by_id.loc["node/1", "name_my"] == "အလုံ"
    assert by_id.loc["way/2", "name_en"] == "Hospital"
    assert by_id.loc["way/2"].geometry.geom_type == "Point"
    cell = STEP * STEP
    assert by_id.loc["relation/8"].geometry.area / cell == pytest.approx(8, rel=0.01)
    river = by_id.loc["way/4"].geometry.coords
    assert [round((x - LON) / STEP, 3) for x, _ in river] == [1, 2]
    # It is of no account for other layers.
    assert e.layers.buildings["osm_id"].tolist() == ["way/2"]
    assert e.layers.places["osm_id"].tolist() == ["way/2"]
    assert e.counts["background"] == 5
    assert e.counts["ways_without_nodes"] == 0


def test_what_only_the_background_has_dates_no_pack(read: Callable[..., Extract]) -> None:
    d = street()
    d.nodes = {n: text.replace('timestamp="2024', 'timestamp="2020') for n, text in d.nodes.items()}
    d.node(1, 1, 1, place="suburb", name="A")
    assert read(d).osm_timestamp is None
    d.node(2, 1, 2, amenity="police")
    assert read(d).osm_timestamp == "2024-02-03T04:05:06Z"


def test_a_relation_far_away_is_not_kept(tmp_path: Path) -> None:
    d = street()
    d.way(1, d.square(1, 500, 500, 3))
    d.way(2, d.square(11, 4, 4, 3))
    for way in (1, 2):
        d.relation(way, [(way, "outer")], type="multipolygon", natural="water")
    path = tmp_path / "drawn.osm"
    path.write_text(d.text(), encoding="utf-8")
    limits = limits_of(shapely.box(LON, LAT, LON + 10 * STEP, LAT + 10 * STEP))
    (region,) = read_regions(path, [limits]).regions
    assert [row["osm_id"] for row in region.sights] == ["relation/2"]
