"""GeoPackages and shapefiles: databases of which nothing runs, and one driver at a time."""

from __future__ import annotations

import sqlite3
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
import shapely
from drawn_tables import CROSS, LAT, LON, STEP, frame, square, write_gpkg, write_shp, write_zip

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.formats import gdal
from toolkit.streets.readers.tables.read import read_tables

WANTED = ("highway", "name", "oneway", "maxspeed_long")


# --- drivers --------------------------------------------------------------------------------


def test_one_driver_at_a_time_and_all_again_afterwards() -> None:
    before = pyogrio.list_drivers()
    for name in ("GPKG", "ESRI Shapefile"):
        with gdal.only_driver(name):
            assert list(pyogrio.list_drivers()) == [name]
    assert pyogrio.list_drivers() == before


def test_where_another_driver_stays_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyogrio._ogr, "_register_drivers", lambda: None)
    with pytest.raises(InputDataError, match="cannot be kept"), gdal.only_driver("GPKG"):
        pytest.fail("the file would be read")


def test_the_library_is_loaded_only_when_a_file_is_read() -> None:
    asked = (
        "import sys; import toolkit.streets.readers.tables.read; "
        "sys.exit(any(name.partition('.')[0] == 'pyogrio' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


@pytest.mark.parametrize("folder", ["http:", "a.zip!b", "zip:"])
def test_a_name_is_never_taken_for_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "made").mkdir()
    write_gpkg(frame(CROSS), tmp_path / "made" / "roads")
    write_shp(frame(CROSS), tmp_path / "made" / "roads")
    (tmp_path / "made").rename(folder)
    for name, layers in (
        ("roads.gpkg", gdal.geopackage_layers), ("roads.shp", gdal.shapefile_layers),
    ):  # fmt: skip
        assert len(layers(Path(folder) / name, ())[0].load()) == 2


def test_only_the_files_of_a_shape_are_shown_to_the_library(tmp_path: Path) -> None:
    path = write_shp(frame(CROSS, highway=["primary"] * 2), tmp_path / "roads")
    before = load(path)
    # An index that leads elsewhere, and an index of the table, are made by whoever made the file.
    path.with_suffix(".shx").write_bytes(b"\0" * 100)
    for suffix in (".qix", ".sbn", ".idm", ".ind"):
        path.with_suffix(suffix).write_bytes(b"\xff" * 200)
    assert load(path).columns == before.columns
    path.with_suffix(".shx").unlink()
    assert (load(path).geometry == before.geometry).all()
    assert not path.with_suffix(".shx").exists()


def test_no_folder_of_ours_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr(gdal.tempfile, "tempdir", str(private))
    (tmp_path / "given").mkdir()
    path = write_zip(frame(CROSS), tmp_path / "given" / "roads")
    load(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(path.with_suffix(".shp"), "roads.shp")
    with pytest.raises(InputDataError, match="coordinate system"):
        load(path)
    assert list(private.iterdir()) == []


def test_where_there_are_no_links_a_file_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_gpkg(frame(CROSS), tmp_path / "roads")

    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(gdal.os, "symlink", refuse)
    monkeypatch.setattr(gdal.os, "link", refuse)
    assert len(gdal.geopackage_layers(path, ())[0].load()) == 2


# --- GeoPackage -----------------------------------------------------------------------------


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


def test_wanted_columns_of_a_geopackage_come_by_small_names(tmp_path: Path) -> None:
    table = frame(CROSS, HIGHWAY=["primary", None], secret=["x", "y"])
    (layer,) = gdal.geopackage_layers(write_gpkg(table, tmp_path / "roads"), ("highway",))
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
    assert [layer.name for layer in gdal.geopackage_layers(path, ())] == ["streets"]


def test_a_table_with_a_column_that_is_computed_is_no_layer(tmp_path: Path) -> None:
    path = changed(
        write_gpkg(frame(CROSS), tmp_path / "roads"),
        "ALTER TABLE streets ADD COLUMN highway TEXT AS (hex(zeroblob(500000000)))",
    )
    assert gdal.geopackage_layers(path, ("highway",)) == []


@pytest.mark.parametrize("table", ["gpkg_geometry_columns", "gpkg_contents", "gpkg_extensions"])
def test_a_view_that_says_what_is_in_the_file_is_refused(tmp_path: Path, table: str) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    path = changed(
        write_gpkg(frame(CROSS), tmp_path / "roads"),
        f"DROP TABLE IF EXISTS {table}",
        f"CREATE VIEW {table} AS {endless}",
    )
    with pytest.raises(InputDataError, match="tables of contents are missing or computed"):
        gdal.geopackage_layers(path, ())


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE gpkg_geometry_columns SET column_name = 'none'", "no such column"),
        ("UPDATE gpkg_geometry_columns SET srs_id = -1", "does not say in which coordinate"),
        ("DROP TABLE gpkg_geometry_columns", "cannot be read as a GeoPackage"),
    ],
)
def test_a_file_whose_tables_do_not_fit_is_refused(
    tmp_path: Path, statement: str, says: str
) -> None:
    path = write_gpkg(frame(CROSS), tmp_path / "roads")
    with pytest.raises(InputDataError, match=says):
        _ = [layer.load() for layer in gdal.geopackage_layers(changed(path, statement), ())]


def test_a_geometry_of_another_form_is_counted_and_its_row_kept(tmp_path: Path) -> None:
    path = write_gpkg(frame(CROSS), tmp_path / "roads")
    changed(path, "UPDATE streets SET geom = x'1234' WHERE fid = 1")
    (layer,) = gdal.geopackage_layers(path, ())
    found = layer.load()
    assert found.counts["geometry_unreadable"] == 1
    assert list(shapely.is_missing(found.geometry)) == [True, False]


# --- shapefiles -----------------------------------------------------------------------------


def load(path: Path) -> Any:
    (layer,) = gdal.shapefile_layers(path, WANTED)
    return layer.load()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    table = frame(CROSS, HIGHWAY=["primary", None], name=["Straße", "ထားဝယ်"], secret=["x", "y"])
    return write_shp(table, tmp_path / "roads")


def test_wanted_columns_of_a_shapefile_come_by_small_names(path: Path) -> None:
    found = load(path)
    assert found.columns == {"highway": ["primary", None], "name": ["Straße", "ထားဝယ်"]}
    assert found.counts["table_rows_missing"] == 0
    assert shapely.total_bounds(found.geometry) == pytest.approx(
        [LON - STEP, LAT - STEP, LON + STEP, LAT + STEP]
    )


def test_names_that_the_table_cut_at_ten_letters_are_known_again(tmp_path: Path) -> None:
    path = write_shp(frame(CROSS, maxspeed_long=["50", "30"]), tmp_path / "roads")
    assert load(path).columns == {"maxspeed_long": ["50", "30"]}


@pytest.mark.parametrize(
    ("cpg", "encoding"),
    [(b"cp1252", "cp1252"), (b"1252", "cp1252"), (b"", "utf-8"), (b"no such", "utf-8"),
     (b"hex", "utf-8"), (b"65001", "utf-8")],
)  # fmt: skip
def test_the_encoding_is_the_one_named_or_utf_8(path: Path, cpg: bytes, encoding: str) -> None:
    path.with_suffix(".cpg").unlink()
    if cpg:
        path.with_suffix(".cpg").write_bytes(cpg)
    table = path.with_suffix(".dbf")
    old = "Straße".encode()
    new = "Straße".encode(encoding).ljust(len(old))
    table.write_bytes(table.read_bytes().replace(old, new))
    assert load(path).columns["name"][0] == "Straße"


def test_a_table_that_is_not_there_is_counted_and_one_too_short_refused(path: Path) -> None:
    table = path.with_suffix(".dbf")
    data = table.read_bytes()
    for cut in (data[:-20], data[:4] + struct.pack("<I", 1) + data[8:], b""):
        table.write_bytes(cut or b"x")
        with pytest.raises(InputDataError, match=r"one row for each of the 2 shapes"):
            load(path)
    table.unlink()
    found = load(path)
    assert (found.columns, found.counts["table_rows_missing"]) == ({}, 1)


def test_without_a_system_of_coordinates_it_is_refused(path: Path) -> None:
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputDataError, match=r"roads\.shp does not say in which coordinate"):
        load(path)


def test_rings_of_areas_are_holes_whichever_way_they_run(tmp_path: Path) -> None:
    whole, hole = square(0, 0, 1), square(0.2, 0.2, 0.5)
    table = frame([shapely.difference(whole, hole), whole])
    found = load(write_shp(table, tmp_path / "houses")).geometry
    assert shapely.area(found[0]) == pytest.approx(whole.area - hole.area)
    assert shapely.area(found[1]) == pytest.approx(whole.area)


def test_points_with_heights_lose_them(tmp_path: Path) -> None:
    point = gpd.GeoSeries([shapely.Point(LON, LAT, 7)], crs=4326)
    found = load(write_shp(frame(list(point), name=["a"]), tmp_path / "points")).geometry
    assert found[0].equals_exact(shapely.Point(LON, LAT), 1e-12)


@pytest.mark.parametrize("keep", [99, 103, 120])
def test_a_file_cut_short_is_refused(path: Path, keep: int) -> None:
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputDataError, match=r"roads\.shp"):
        load(path)


def test_a_record_that_cannot_be_read_is_counted_and_its_row_kept(path: Path) -> None:
    data = bytearray(path.read_bytes())
    struct.pack_into("<i", data, 100 + 8 + 4 + 32, 99)  # parts of the first line
    path.write_bytes(data)
    found = load(path)
    assert found.counts["geometry_unreadable"] == 1
    assert list(shapely.is_missing(found.geometry)) == [True, False]


def test_a_zip_gives_each_shapefile_in_it_and_is_refused_without_any(tmp_path: Path) -> None:
    path = write_zip(frame(CROSS, highway=["primary"] * 2), tmp_path / "roads")
    with zipfile.ZipFile(path, "a") as archive:
        for part in tmp_path.glob("roads.*"):
            if part.suffix != ".zip":
                archive.write(part, f"again{part.suffix.upper()}")
    found = gdal.shapefile_layers(path, WANTED)
    assert [layer.name for layer in found] == ["roads", "again"]
    assert all(layer.load().columns == {"highway": ["primary"] * 2} for layer in found)
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(InputDataError, match=r"empty\.zip holds 0 shapefiles"):
        gdal.shapefile_layers(empty, WANTED)
