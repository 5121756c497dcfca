"""A second file of the same city tells of lights, places, bridges, one-way streets and lanes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import osmnx as ox
import pytest
import shapely
from drawn_osm import LAT, LON, STEP, Drawing
from networkx import MultiDiGraph

from toolkit.base.errors import InputDataError
from toolkit.siting.validation import second_file
from toolkit.siting.validation.known_city import read_files

WAYS = {
    # Way, its nodes and its tags: two blocks along a main street, a bridge, and a lane.
    10: ([1, 2], {"highway": "primary", "lanes": "4", "oneway": "yes"}),
    11: ([2, 3], {"highway": "primary", "lanes": "2"}),
    12: ([3, 4], {"highway": "residential", "bridge": "yes"}),
    13: ([2, 5], {"highway": "residential", "oneway": "yes"}),
}
AT = {1: (0, 0), 2: (3, 0), 3: (6, 0), 4: (6, 3), 5: (3, 3)}


@pytest.fixture
def cameras(tmp_path):
    return _saved(tmp_path / "c.geojson", [shapely.Point(LON, LAT)])


@pytest.fixture
def bare(tmp_path):
    """Return a file of the same streets with classes alone, in another order."""
    lines = [shapely.LineString([_xy(n) for n in nodes]) for nodes, _ in WAYS.values()]
    classes = [tags["highway"] for _, tags in WAYS.values()]
    # One more street, which the extract does not have, 30 m beside another.
    lines.append(shapely.LineString([(LON, LAT + 3e-4), (LON + 3 * STEP, LAT + 3e-4)]))
    return _saved(tmp_path / "s.geojson", lines[::-1], highway=[*classes, "service"][::-1])


@pytest.fixture
def extract(tmp_path):
    drawing = Drawing()
    for number, (column, row) in AT.items():
        drawing.node(number, column, row, **({"highway": "traffic_signals"} if number == 2 else {}))
    for number, (nodes, tags) in WAYS.items():
        drawing.way(number, nodes, **tags)
    drawing.node(20, 3.1, 0.1, amenity="police")
    # Far from the streets: of another place.
    drawing.node(21, 50, 50, amenity="bank")
    drawing.node(22, 50, 50, highway="traffic_signals")
    path = tmp_path / "city.osm"
    path.write_text(drawing.text())
    return path


def _xy(number):
    column, row = AT[number]
    return LON + column * STEP, LAT + row * STEP


def _saved(path, shapes, **columns):
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_file(path, driver="GeoJSON")
    return path


def by_way(layers, values):
    """Return what is known by way; lines come in the order of the file."""
    assert len(values) == len(layers.lines) == 5
    return dict(zip([0, *reversed(WAYS)], values.tolist(), strict=True))


def test_an_extract_tells_what_streets_do_not(bare, cameras, extract):
    alone, _, _ = read_files(bare, cameras)
    assert alone.signal_xy_m is alone.place_xy_m is alone.bridge is alone.oneway is None
    assert alone.lanes is None
    found, _, _ = read_files(bare, cameras, extract)
    assert found.highway == alone.highway
    assert (shapely.to_wkb(found.lines) == shapely.to_wkb(alone.lines)).all()
    crossing = shapely.get_point(found.lines[-1], -1)
    np.testing.assert_allclose(found.signal_xy_m, [[crossing.x, crossing.y]], atol=0.1)
    assert found.place_kind == ["police"]
    assert by_way(found, found.bridge) == {0: False, 10: False, 11: False, 12: True, 13: False}
    assert by_way(found, found.oneway) == {0: False, 10: True, 11: False, 12: False, 13: True}
    lanes = by_way(found, np.nan_to_num(found.lanes))
    assert lanes == {0: 0.0, 10: 4.0, 11: 2.0, 12: 0.0, 13: 0.0}


def test_a_graph_of_osmnx_tells_the_same_but_for_places(tmp_path, bare, cameras, extract):
    graph = MultiDiGraph(crs="epsg:4326")
    for number in AT:
        x, y = _xy(number)
        lit = {"highway": "traffic_signals"} if number == 2 else {}
        graph.add_node(number, x=x, y=y, **lit)
    for number, ((a, b), tags) in WAYS.items():
        one = tags | {"osmid": number, "oneway": tags.get("oneway") == "yes"}
        graph.add_edge(a, b, **one, reversed=False)
        if not one["oneway"]:
            graph.add_edge(b, a, **one, reversed=True)
    path = tmp_path / "city.graphml"
    ox.save_graphml(graph, path)
    found, _, _ = read_files(bare, cameras, path)
    expected, _, _ = read_files(bare, cameras, extract)
    assert found.place_xy_m is None
    np.testing.assert_allclose(found.signal_xy_m, expected.signal_xy_m, atol=0.1)
    for name in ("bridge", "oneway", "lanes"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def test_what_the_streets_say_themselves_stays(tmp_path, bare, cameras, extract):
    frame = gpd.read_file(bare)
    frame["bridge"] = ["yes", "no", "no", "no", "no"]
    frame["oneway"] = ["no", "no", "no", "no", "yes"]
    frame["lanes"] = ["1", None, None, None, None]
    streets = tmp_path / "own.geojson"
    frame.to_file(streets, driver="GeoJSON")
    found, _, _ = read_files(streets, cameras, extract)
    assert found.bridge.tolist() == [True, False, False, False, False]
    assert found.oneway.tolist() == [False, False, False, False, True]
    assert np.nan_to_num(found.lanes).tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert found.place_kind == ["police"]


def test_an_extract_of_another_city_is_refused(tmp_path, bare, cameras, extract):
    away = gpd.read_file(bare)
    away.geometry = away.translate(1.0)
    far = tmp_path / "far.geojson"
    away.to_file(far, driver="GeoJSON")
    with pytest.raises(InputDataError, match="no streets inside the boundary"):
        read_files(far, cameras, extract)


def test_the_street_through_the_middle_of_a_line_is_that_line():
    lines = [
        shapely.LineString([(0.0, y), (100.0, y)])
        for y in (0.0, second_file.SAME_STREET_M * 0.9, 100.0, 200.0)
    ]
    rng = np.random.default_rng(2)
    asked = np.array(lines, dtype=object)[rng.permutation(4)]
    moved = shapely.transform(asked, lambda xy: xy + np.array([0.0, 0.1]))
    # The fourth is left out of the streets.
    streets = np.array(lines[:3], dtype=object)
    expected = []
    for line in moved:
        far = shapely.distance(shapely.line_interpolate_point(line, 0.5, normalized=True), streets)
        expected.append(int(far.argmin()) if far.min() <= second_file.SAME_STREET_M else -1)
    assert -1 in expected
    assert second_file._same_street(moved, streets).tolist() == expected
    # Of two as near, the first.
    twice = np.array([lines[2], lines[2]], dtype=object)
    assert second_file._same_street(streets[2:], twice).tolist() == [0]


def test_nothing_known_of_lanes_is_not_known(bare, cameras, extract):
    text = extract.read_text().replace('k="lanes"', 'k="note"')
    extract.write_text(text)
    found, _, _ = read_files(bare, cameras, extract)
    assert found.lanes is None
    assert found.oneway is not None


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("a.osm.pbf", True), ("A.OSM", True), ("a.graphml", True), ("a.gpkg", False), ("osm", False)],
)
def test_files_are_told_apart_by_name(name, is_one):
    assert second_file.is_extract(name) is is_one
