"""GeoPackage: databases of which nothing runs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import shapely
from drawn_tables import CROSS, LAT, LON, STEP, frame, square, write_gpkg

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.formats import geopackage
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


def changed(path: Path, *statements: str) -> Path:
    """Run statements on a file, without the triggers that GDAL leaves in it."""
    base = sqlite3.connect(path)
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        base.execute(statement)
    base.commit()
    base.close()
    return path


def test_wanted_columns_come_by_small_names_and_others_do_not(tmp_path: Path) -> None:
    table = frame(CROSS, HIGHWAY=["primary", None], secret=["x", "y"])
    (layer,) = geopackage.layers(write_gpkg(table, tmp_path / "roads"), ("highway",))
    assert (layer.name, layer.kind) == ("streets", "line")
    found = layer.load()
    assert found.columns == {"highway": ["primary", None]}
    assert shapely.total_bounds(found.geometry)[0] == pytest.approx(LON - STEP)


def test_views_and_virtual_tables_are_no_layers(tmp_path: Path) -> None:
    path = changed(
        write_gpkg(frame(CROSS), tmp_path / "roads"),
        "CREATE VIEW harm AS SELECT * FROM streets",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
        "VALUES ('harm', 'features', 'harm', 4326)",
        "INSERT INTO gpkg_geometry_columns VALUES ('harm', 'geom', 'LINESTRING', 4326, 0, 0)",
    )
    assert [layer.name for layer in geopackage.layers(path, ())] == ["streets"]


def test_a_column_that_would_be_computed_without_end_is_refused(tmp_path: Path) -> None:
    path = changed(
        write_gpkg(frame(CROSS), tmp_path / "roads"),
        "ALTER TABLE streets ADD COLUMN highway TEXT AS (hex(zeroblob(500000000)))",
    )
    (layer,) = geopackage.layers(path, ("highway",))
    with pytest.raises(InputDataError, match=r"roads\.gpkg cannot be read as a GeoPackage"):
        layer.load()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE gpkg_geometry_columns SET column_name = 'none'", "no column of geometry"),
        ("UPDATE gpkg_geometry_columns SET srs_id = -1", "does not say in which coordinate"),
        ("DROP TABLE gpkg_geometry_columns", "cannot be read as a GeoPackage"),
    ],
)
def test_a_file_whose_tables_do_not_fit_is_refused(
    tmp_path: Path, statement: str, says: str
) -> None:
    path = write_gpkg(frame(CROSS), tmp_path / "roads")
    with pytest.raises(InputDataError, match=says):
        _ = [layer.load() for layer in geopackage.layers(changed(path, statement), ())]


def test_a_geometry_of_another_form_is_counted_and_its_row_kept(tmp_path: Path) -> None:
    path = write_gpkg(frame(CROSS), tmp_path / "roads")
    changed(path, "UPDATE streets SET geom = x'1234' WHERE fid = 1")
    (layer,) = geopackage.layers(path, ())
    found = layer.load()
    assert found.counts["geometry_unreadable"] == 1
    assert list(shapely.is_missing(found.geometry)) == [True, False]
