from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from drawn_osm import LAT, LON, STEP

from toolkit.base.errors import InputDataError
from toolkit.streets.readers import guard
from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.osm import overpass_json
from toolkit.streets.readers.osm.file import read_osm
from toolkit.streets.schema import LAYERS

Element = dict[str, Any]
ABOUT = {
    "version": 0.6,
    "generator": "Overpass API 0.7.62",
    "osm3s": {"timestamp_osm_base": "2024-05-06T07:08:09Z", "copyright": "ODbL"},
}


def place(column: float, row: float) -> dict[str, float]:
    return {"lat": round(LAT + row * STEP, 7), "lon": round(LON + column * STEP, 7)}


CORNERS = [(1, 1), (2, 1), (2, 2), (1, 2)]
PLACES = {1: (0, 0), 2: (1, 0), 3: (3, 3), **dict(enumerate(CORNERS, 10))}
NODES: list[Element] = [{"type": "node", "id": n, **place(*at)} for n, at in PLACES.items()]
SIGNAL: Element = {**NODES[1], "tags": {"highway": "traffic_signals"}}
STREET: Element = {
    "type": "way", "id": 7, "nodes": [1, 2, 3], "tags": {"highway": "residential", "name": "First"}
}  # fmt: skip
OUTLINE: Element = {"type": "way", "id": 8, "nodes": [10, 11, 12, 13, 10]}
HOUSE: Element = {
    "type": "relation",
    "id": 9,
    "members": [{"type": "way", "ref": 8, "role": "outer"}],
    "tags": {"type": "multipolygon", "building": "yes"},
}


def geometry(way: Element) -> list[dict[str, float]]:
    return [place(*PLACES[number]) for number in way["nodes"]]


def written(path: Path, elements: Iterable[object], **about: Any) -> Path:
    path.write_text(json.dumps({**ABOUT, **about, "elements": list(elements)}, indent=1))
    return path


@pytest.fixture
def body(tmp_path: Path) -> Extract:
    """Content of an answer to ``out body; >; out skel qt;``: objects, then all nodes."""
    return read_osm(written(tmp_path / "body.json", [SIGNAL, STREET, OUTLINE, HOUSE, *NODES]))


def test_an_answer_is_read_as_openstreetmap_data(body: Extract) -> None:
    streets = body.layers.streets
    assert streets["osm_way_id"].tolist() == [7]
    assert streets["name"].tolist() == ["First"]
    assert streets[["u", "v"]].to_numpy().tolist() == [[1, 3]]
    assert body.layers.buildings["osm_id"].tolist() == ["relation/9"]
    assert body.counts["signals"] == 1
    assert body.counts["duplicate_ids"] == 1
    assert body.osm_timestamp == "2024-05-06T07:08:09Z"


def test_coordinates_may_be_stated_by_ways(tmp_path: Path, body: Extract) -> None:
    """As in an answer to ``out geom;``, with the ids of nodes."""
    ways = [{**way, "geometry": geometry(way)} for way in (STREET, OUTLINE)]
    found = read_osm(written(tmp_path / "geom.json", [SIGNAL, *ways, HOUSE]))
    for layer in LAYERS:
        assert getattr(found.layers, layer).equals(getattr(body.layers, layer)), layer


def test_coordinates_may_be_all_there_is(tmp_path: Path, body: Extract) -> None:
    """As in an answer to ``out tags geom;``: streets meet where they have a point in common."""
    bare = {**STREET, "geometry": geometry(STREET)}
    del bare["nodes"]
    other = {"type": "way", "id": 6, "geometry": [place(1, 0), place(1, 1)], "tags": STREET["tags"]}
    outer = {**HOUSE["members"][0], "geometry": geometry(OUTLINE)}
    found = read_osm(written(tmp_path / "a.json", [bare, other, {**HOUSE, "members": [outer]}]))
    assert found.layers.streets["osm_way_id"].tolist() == [6, 7, 7]
    assert sorted(found.layers.junctions["degree"]) == [1, 1, 1, 3]
    assert found.layers.streets["length_m"][1:].sum() == pytest.approx(
        body.layers.streets["length_m"].sum(), abs=0.01
    )
    assert found.layers.buildings.geometry[0].equals(body.layers.buildings.geometry[0])


def test_parts_outside_the_box_asked_for_are_missing(tmp_path: Path) -> None:
    """Overpass writes null for points outside the box of ``out geom(...)``."""
    cut = {**STREET, "geometry": [*geometry(STREET)[:2], None]}
    found = read_osm(written(tmp_path / "a.json", [cut]))
    assert found.layers.streets["length_m"].tolist() == pytest.approx([107], abs=0.1)
    assert found.counts["missing_node_refs"] == 1


def test_the_newest_version_is_taken(tmp_path: Path) -> None:
    old = {**STREET, "version": 2, "timestamp": "2020-01-01T00:00:00Z"}
    new = {**old, "version": 3, "tags": {"highway": "primary"}}
    found = read_osm(written(tmp_path / "a.json", [new, old, *NODES]))
    assert found.layers.streets["highway"].tolist() == ["primary"]


def test_the_interface_of_openstreetmap_states_a_box(tmp_path: Path) -> None:
    west, south, east, north = LON - STEP, LAT - STEP, LON + STEP, LAT + STEP
    bounds = {"minlat": south, "minlon": west, "maxlat": north, "maxlon": east}
    file = written(tmp_path / "map.json", [*NODES, STREET], osm3s=None, bounds=bounds)
    found = read_osm(file)
    assert found.box is not None
    assert found.box.polygon.bounds == pytest.approx((west, south, east, north))
    assert found.box.cut_share > 0.5
    assert found.osm_timestamp is None


@pytest.mark.parametrize(
    ("elements", "about", "said"),
    [
        ([STREET, *NODES], {"remark": "runtime error: Query timed out"}, "not whole.*timed out"),
        ([], {"remark": "runtime error: out of memory"}, "not whole.*out of memory"),
        ([], {}, "no objects"),
        ([STREET], {}, "no coordinates.*out body; >; out skel qt;"),
        ([{**STREET, "center": place(1, 0)}], {}, "no coordinates"),
        (NODES, {}, "no streets"),
        (["x"], {}, "cannot be read"),
        ([{"type": "node", "id": True, **place(0, 0)}], {}, "no id"),
        ([{"type": "node", "id": 1 << 60, **place(0, 0)}], {}, "no id"),
        ([{"type": "node", "id": 1, "lat": 95, "lon": 1}], {}, "no place on the earth"),
        ([{"type": "node", "id": 1, "lat": 9, "lon": "1"}], {}, "no place on the earth"),
        ([{**STREET, "nodes": [1, None]}, *NODES], {}, "no id"),
        ([{**STREET, "geometry": geometry(STREET)[:2]}], {}, "3 nodes and 2 coordinates"),
        ([{**STREET, "tags": {"highway": 1}}], {}, "tags of way 7 are not text"),
        ([{**STREET, "tags": {"a\0b": "c"}}], {}, "tags of way 7 are not text"),
        ([{**STREET, "tags": {"a": "b\0c"}}], {}, "tags of way 7 are not text"),
        ([{**HOUSE, "members": [{"type": "area", "ref": 1, "role": ""}]}], {}, "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused(
    tmp_path: Path, elements: list[object], about: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputDataError, match=rf"a\.json.*{said}"):
        read_osm(written(tmp_path / "a.json", elements, **about))


@pytest.mark.parametrize("cut", [-1, -2, -40, 300])
def test_a_text_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    file = written(tmp_path / "a.json", [*NODES, STREET])
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(InputDataError, match=r"a\.json cannot be read"):
        read_osm(file)


def test_a_large_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_TEXT_BYTES", 200)
    with pytest.raises(InputDataError, match="at most"):
        read_osm(written(tmp_path / "a.json", [*NODES, STREET]))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.json", {**ABOUT, "elements": []}, True),
        ("A.JSON", {"elements": [SIGNAL]}, True),
        ("a.geojson", {**ABOUT, "elements": []}, False),
        ("a.json", {"type": "FeatureCollection", "elements": [SIGNAL], "features": []}, False),
        ("a.json", {"elements": [1, 2]}, False),
        ("a.json", {"osm3s": {}}, False),
        ("a.json", [], False),
    ],
)
def test_files_are_recognised_by_how_they_begin(
    tmp_path: Path, name: str, content: object, expected: bool
) -> None:
    (tmp_path / name).write_text(json.dumps(content))
    assert overpass_json.is_overpass_json(tmp_path / name) == expected
