"""GeoPackage: databases of which nothing runs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import shapely
from drawn_tables import CROSS, LAT, LON, frame, square, write_gpkg

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.tables.read import read_tables


def test_a_geopackage_open_elsewhere_is_refused(tmp_path: Path) -> None:
    path = write_gpkg(frame(CROSS), tmp_path / "open")
    path.with_name("open.gpkg-wal").write_bytes(b"something")
    with pytest.raises(InputDataError, match="open in another program"):
        read_tables(path)


def test_triggers_and_other_tables_are_not_touched(tmp_path: Path) -> None:
    path = write_gpkg(frame(CROSS), tmp_path / "base")
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE log (a)")
    base.execute("CREATE VIEW harm AS SELECT randomblob(1000000000)")
    base.commit()
    base.close()
    before = path.read_bytes()
    read_tables(path)
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["base.gpkg"]


def test_layers_as_gdal_writes_an_extract(tmp_path: Path) -> None:
    path = tmp_path / "gdal.gpkg"
    other = ['"bridge"=>"yes"', None]
    frame(CROSS, highway=["primary"] * 2, other_tags=other).to_file(path, layer="lines")
    rivers = frame([shapely.MultiLineString(CROSS)], name=["River"])
    rivers.to_file(path, layer="multilinestrings")
    points = frame([shapely.Point(LON, LAT)], other_tags=['"amenity"=>"police"'], name=["Post"])
    points.to_file(path, layer="points")
    frame([square(0.2, 0.2)], amenity=["school"]).to_file(path, layer="multipolygons")
    e = read_tables(path)
    assert e.layers.places["kind"].tolist() == ["police", "school"]
    assert e.layers.streets["bridge"].tolist().count(True) == 1
