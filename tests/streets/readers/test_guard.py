"""Files that somebody else made: what is refused before anything reads them, and how it is said."""

from __future__ import annotations

import bz2
import gzip
import zipfile
from collections import Counter

import numpy as np
import pyproj
import pytest
import shapely

from toolkit.base.errors import InputDataError
from toolkit.streets.readers import guard


@pytest.fixture
def file(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def test_a_plain_file_is_let_through(file):
    path = file("a.shp", b"content")
    assert guard.plain_file(str(path)) == path
    assert guard.first_bytes(path, 3) == b"con"


def test_empty_and_large_files_are_refused_with_what_to_do(file):
    with pytest.raises(InputDataError, match=r"a\.shp is empty\. Copy it again"):
        guard.plain_file(file("a.shp", b""))
    with pytest.raises(InputDataError, match=r"b\.shp has 0 MB; at most .*Cut it to the city"):
        guard.plain_file(file("b.shp", b"12345"), max_bytes=4)


@pytest.mark.parametrize("rows", [(guard.MAX_ROWS, guard.MAX_VERTICES)])
def test_more_rows_or_points_than_are_read_are_refused(file, rows):
    path = file("a.json", b"x")
    guard.check_rows(path, *rows)
    for many in ((rows[0] + 1, 0), (0, rows[1] + 1)):
        with pytest.raises(InputDataError, match="more than 5,000,000 rows or 50,000,000 points"):
            guard.check_rows(path, *many)


def test_what_a_parser_raises_becomes_a_sentence_without_control_characters(file):
    path = file("a.json", b"x")
    with (
        pytest.raises(InputDataError, match=r"a\.json cannot be read as GeoJSON \(\[2Jbad\)") as e,
        guard.reading(path, "GeoJSON", ValueError),
    ):
        raise ValueError("\x1b[2Jbad")  # noqa: EM101
    assert str(e.value).isprintable()
    with pytest.raises(InputDataError, match="more memory"), guard.reading(path, "GeoJSON"):
        raise MemoryError
    # One that is not listed is a fault of the toolkit.
    with pytest.raises(KeyError), guard.reading(path, "GeoJSON", ValueError):
        raise KeyError


def test_a_zip_is_opened_if_it_is_whole_and_short(file, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.shp", b"shape")
    with guard.open_zip(path) as archive:
        assert guard.unzip(path, archive, "a.shp", tmp_path / "out").read_bytes() == b"shape"
    with pytest.raises(InputDataError, match=r"b\.zip is not a whole zip file"):
        guard.open_zip(file("b.zip", path.read_bytes()[:-4]))
    many = bytearray(path.read_bytes())
    many[-12:-10] = (20_000).to_bytes(2, "little")
    with pytest.raises(InputDataError, match="too many files in it"):
        guard.open_zip(file("c.zip", bytes(many)))


def test_a_zip_that_grows_beyond_reason_is_stopped(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", bytes(100_000))
    monkeypatch.setattr(guard, "_RATIO_FROM_BYTES", 1000)
    with guard.open_zip(path) as archive, pytest.raises(InputDataError, match="unpacks to more"):
        guard.unzip(path, archive, "a.shp", tmp_path / "out")


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_a_packed_file_that_explodes_is_refused(file, monkeypatch, suffix, pack):
    guard.refuse_bomb(file(f"a.osm{suffix}", pack(b"some text")))
    with pytest.raises(InputDataError, match="cannot be read as a packed file"):
        guard.refuse_bomb(file(f"b.osm{suffix}", pack(b"some text")[:-3]))
    monkeypatch.setattr(guard, "_RATIO_FROM_BYTES", 1000)
    bomb = pack(bytes(1_000_000))
    with pytest.raises(InputDataError, match=rf"c\.osm\{suffix} unpacks to more than"):
        guard.refuse_bomb(file(f"c.osm{suffix}", bomb))
    # An ending that is not unpacked here is none of its business.
    guard.refuse_bomb(file("c.osm", bomb))


@pytest.mark.parametrize(
    ("text", "epsg"),
    [
        ("EPSG:32647", 32647),
        ("urn:ogc:def:crs:EPSG::32647", 32647),
        ("http://www.opengis.net/def/crs/EPSG/0/32647", 32647),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
        (pyproj.CRS(32647).to_wkt("WKT1_ESRI"), 32647),
    ],
)
def test_coordinate_systems_by_code_and_in_full(file, text, epsg):
    path = file("a.gpkg", b"x")
    assert guard.crs_of_text(path, text).to_epsg() == epsg


@pytest.mark.parametrize(
    "text",
    [
        "EPSG:99999",
        "+proj=longlat +nadgrids=/etc/passwd",
        "/home/someone/grid.tif",
        'PROJCS["broken',
        pyproj.CRS("+proj=longlat +ellps=bessel +towgs84=1,2,3 +type=crs").to_wkt(),
    ],
)
def test_systems_that_are_unknown_or_could_open_files_are_refused(file, text):
    with pytest.raises(InputDataError, match=r"a\.gpkg names a coordinate system .*EPSG:4326"):
        guard.crs_of_text(file("a.gpkg", b"x"), text)


@pytest.mark.parametrize("text", [None, "", "  "])
def test_a_file_without_a_system_is_refused(file, text):
    with pytest.raises(InputDataError, match="does not say in which coordinate system"):
        guard.crs_of_text(file("a.gpkg", b"x"), text)


def test_a_system_in_json(file):
    path = file("a.parquet", b"x")
    assert guard.crs_of_json(path, pyproj.CRS(32647).to_json_dict()).to_epsg() == 32647
    with pytest.raises(InputDataError, match="names a coordinate system"):
        guard.crs_of_json(path, {"name": "\x1b[31m", "type": "none"})


def test_geometry_comes_to_degrees_and_what_is_elsewhere_is_counted(file):
    path, counts = file("a.json", b"x"), Counter()
    rows = [
        shapely.LineString([(96, 16, 5), (96.1, 16.1, 7)]),
        None,
        shapely.Point(),
        shapely.Point(96, 95),
        shapely.LineString([(179, 16), (-179, 16)]),
    ]
    given = np.array(rows, dtype=object)
    found = guard.to_degrees(path, given, pyproj.CRS(4326), counts)
    assert not shapely.has_z(found[0])
    assert list(shapely.is_missing(found)) == [False, True, True, True, True]
    assert counts == {
        "features_without_geometry": 2,
        "features_outside_world": 1,
        "features_across_antimeridian": 1,
    }


def test_metres_are_moved_and_degrees_called_metres_are_refused(file):
    path, utm = file("a.json", b"x"), pyproj.CRS(32647)
    there = np.array([shapely.Point(500_000, 1_769_000)], dtype=object)
    (moved,) = guard.to_degrees(path, there, utm, Counter())
    assert (moved.x, moved.y) == pytest.approx((99, 16), abs=0.01)
    table = guard.ForeignTable("roads", np.array([shapely.Point(96, 16)], dtype=object), {})
    with pytest.raises(InputDataError, match="they look like degrees"):
        guard.in_degrees(path, table, utm)
