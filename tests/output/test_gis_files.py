"""Files for a geographic information system: what they hold, and what is refused."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import pytest
import shapely

from toolkit.base.errors import UsageError
from toolkit.output import gis_files

FRAME = gpd.GeoDataFrame({"a": [1, 2]}, geometry=shapely.points([[0, 0], [1, 1]]), crs=4326)
METADATA = {"as_of": "2026-11-23", "attribution": "by somebody"}


def test_an_unknown_format_is_refused(tmp_path):
    for write in (
        gis_files.check_suffix,
        lambda path: gis_files.write_layers({"a": FRAME}, METADATA, path),
    ):
        with pytest.raises(UsageError, match=r"\.geojson, \.gpkg, \.parquet"):
            write(tmp_path / "out.shp")


@pytest.mark.parametrize("suffix", [".geojson", ".parquet"])
def test_one_layer_a_file_but_for_the_geopackage(tmp_path, suffix):
    with pytest.raises(UsageError, match="holds one layer, and 2 are asked for"):
        gis_files.write_layers({"a": FRAME, "b": FRAME}, METADATA, tmp_path / f"out{suffix}")
    assert not list(tmp_path.iterdir())


def test_a_geopackage_holds_several_layers(tmp_path):
    path = tmp_path / "out.gpkg"
    gis_files.write_layers({"a": FRAME, "b": FRAME.iloc[:1]}, METADATA, path)
    assert [len(gpd.read_file(path, layer=name)) for name in ("a", "b")] == [2, 1]
    first = path.read_bytes()
    gis_files.write_layers({"a": FRAME, "b": FRAME.iloc[:1]}, METADATA, path)
    assert path.read_bytes() == first


def test_geopackages_written_at_once_have_each_its_own_date(tmp_path):
    days = [f"20{20 + k % 4}-0{1 + k % 7}-01" for k in range(12)]
    paths = [tmp_path / f"{k}.gpkg" for k in range(len(days))]

    def write(k):
        gis_files.write_layers({"a": FRAME}, METADATA | {"as_of": days[k]}, paths[k])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(len(days))))
    for path, day in zip(paths, days, strict=True):
        with contextlib.closing(sqlite3.connect(path)) as base:
            (found,) = base.execute("SELECT last_change FROM gpkg_contents").fetchone()
        assert found.startswith(day)


@pytest.mark.skipif(sys.platform == "win32", reason="the size of files is limited by POSIX means")
def test_a_full_disk_leaves_the_old_geopackage_and_says_so(tmp_path):
    import resource

    path = tmp_path / "out.gpkg"
    gis_files.write_layers({"a": FRAME}, METADATA, path)
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(OSError, match="could not be written whole"):
            gis_files.write_layers({"a": FRAME, "b": FRAME}, METADATA, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["out.gpkg"]


def test_a_geopackage_with_fewer_rows_than_given_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(gis_files.pyogrio, "read_info", lambda *_, **__: {"features": 1})
    with pytest.raises(OSError, match="could not be written whole"):
        gis_files.write_layers({"a": FRAME}, METADATA, tmp_path / "out.gpkg")
    assert not list(tmp_path.iterdir())
