"""GeoJSON, also in its form of 2008."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from drawn_tables import CROSS, LAT, LON, STEP, frame

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.formats import geojson
from toolkit.streets.readers.tables.read import read_tables


def test_a_coordinate_system_of_2008_in_geojson(tmp_path: Path) -> None:
    table = frame(CROSS, highway=["primary"] * 2).to_crs(32647)
    content = json.loads(table.to_json(drop_id=True))
    content["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32647"}}
    path = tmp_path / "old.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    e = read_tables(path)
    assert e.layers.streets.total_bounds == pytest.approx(
        [LON - STEP, LAT - STEP, LON + STEP, LAT + STEP], abs=1e-6
    )


WANTED = ("highway", "name", "id")


def load(tmp_path: Path, content: Any) -> Any:
    path = tmp_path / "roads.geojson"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    (layer,) = geojson.layers(path, WANTED)
    return layer.load()


def feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    shape = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": shape, "properties": properties}


def collection(*features: Any, **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **more}


def test_every_kind_of_geometry_without_heights(tmp_path: Path) -> None:
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    found = load(
        tmp_path,
        collection(
            feature("Point", [1, 2, 3]),
            feature("MultiPoint", [[1, 2], [3, 4]]),
            feature("LineString", [[0, 0, 9], [1, 1, 9]]),
            feature("MultiLineString", [[[0, 0], [1, 1]], [[2, 2], [3, 3]]]),
            feature("Polygon", [ring]),
            feature("MultiPolygon", [[ring]]),
        ),
    ).geometry
    assert [shape.geom_type for shape in found] == [
        "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    ]  # fmt: skip
    assert not shapely.has_z(found).any()


def test_wanted_properties_by_small_names_and_the_id_of_a_feature(tmp_path: Path) -> None:
    one = feature("Point", [1, 2], HIGHWAY="primary", diary="x")
    other = {**feature("Point", [1, 2], name="ထား"), "id": "w7"}
    found = load(tmp_path, collection(one, other)).columns
    assert found == {"highway": ["primary", None], "name": [None, "ထား"], "id": [None, "w7"]}


def test_features_that_cannot_be_read_keep_their_row_and_are_counted(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        collection(
            feature("LineString", [[0, 0], [1, 1]]),
            feature("LineString", [[0, 0], ["x", 1]]),
            feature("Circle", [0, 0]),
            "no feature",
            {"type": "Feature", "geometry": None, "properties": None},
        ),
    )
    assert list(shapely.is_missing(found.geometry)) == [False, True, True, True, True]
    assert found.counts["geometry_unreadable"] == 3
    assert found.counts["features_without_geometry"] == 4


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"features": [',
        '{"features": 7}',
        '{"features": [{"type": "Feature"} {"type": "Feature"}]}',
        '{"a": NaN, "features": []}',
        "{7: 1}",
        "[" * 100_000,
        '{"features": [' + "[" * 100_000,
    ],
)
def test_what_is_no_whole_geojson_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputDataError, match=r"roads\.geojson cannot be read as GeoJSON") as caught:
        load(tmp_path, text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("crs", [{"type": "link", "properties": {"href": "http://x"}}, "EPSG:1"])
def test_a_system_named_by_a_link_is_not_followed(tmp_path: Path, crs: Any) -> None:
    with pytest.raises(InputDataError, match="by a link or not at all"):
        load(tmp_path, collection(crs=crs))
