"""GeoJSON, also in its form of 2008."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from drawn_tables import CROSS, LAT, LON, STEP, frame

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
