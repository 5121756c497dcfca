"""Shapefiles: records, tables and their encodings, side by side or in a zip."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from drawn_tables import CROSS, LAT, LON, STEP, frame, square, write_shp, write_zip

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.formats import shapefile

WANTED = ("highway", "name", "oneway", "maxspeed_long")


def load(path: Path) -> Any:
    (layer,) = shapefile.layers(path, WANTED)
    return layer.load()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    table = frame(CROSS, HIGHWAY=["primary", None], name=["Straße", "ထားဝယ်"], secret=["x", "y"])
    return write_shp(table, tmp_path / "roads")


def test_wanted_columns_come_by_small_names_and_others_do_not(path: Path) -> None:
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


def test_a_table_that_is_not_there_or_too_short_is_counted(path: Path) -> None:
    table = path.with_suffix(".dbf")
    data = table.read_bytes()
    header, size = struct.unpack_from("<HH", data, 8)
    table.write_bytes(data[: header + size])
    found = load(path)
    assert found.columns["highway"] == ["primary", None]
    assert found.columns["name"] == ["Straße", None]
    assert found.counts["table_rows_missing"] == 1
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
    found = shapefile.layers(path, WANTED)
    assert [layer.name for layer in found] == ["roads", "again"]
    assert all(layer.load().columns == {"highway": ["primary"] * 2} for layer in found)
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(InputDataError, match=r"empty\.zip holds 0 shapefiles"):
        shapefile.layers(empty, WANTED)
