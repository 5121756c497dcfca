"""GeoParquet: what its columns hold, and what a file may not claim."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from drawn_tables import CROSS, LAT, LON, STEP, frame, write_parquet

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.formats import geoparquet

WANTED = ("highway", "lanes", "oneway", "osmid", "width")


def rewritten(path: Path, geo: Any = None, **columns: Any) -> Path:
    """Write a file again with other columns or another description of its geometry."""
    table = pq.read_table(path)
    for name, values in columns.items():
        table = table.append_column(name, values)
    metadata = dict(table.schema.metadata)
    if geo is not None:
        metadata[b"geo"] = geo if isinstance(geo, bytes) else json.dumps(geo).encode()
    pq.write_table(table.replace_schema_metadata(metadata), path)
    return path


def load(path: Path) -> Any:
    (layer,) = geoparquet.layers(path, WANTED)
    return layer.load()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    table = frame(CROSS, HIGHWAY=["primary", None], lanes=[2, 1], secret=["x", "y"])
    return write_parquet(table, tmp_path / "roads")


def test_wanted_columns_come_by_small_names_and_others_do_not(path: Path) -> None:
    found = load(path)
    assert found.name == "roads"
    assert found.columns == {"highway": ["primary", None], "lanes": [2, 1]}
    assert shapely.total_bounds(found.geometry) == pytest.approx(
        [LON - STEP, LAT - STEP, LON + STEP, LAT + STEP]
    )


def test_values_of_other_kinds_are_left_empty_and_texts_of_osmnx_kept(path: Path) -> None:
    rewritten(
        path,
        oneway=pa.array([b"yes", b"no"]),
        osmid=pa.array([["1", "2"], ["3"]]),
        width=pa.array(["wide", "wide"]).dictionary_encode(),
    )
    found = load(path).columns
    assert found["oneway"] == [None, None]
    assert found["osmid"] == [["1", "2"], ["3"]]
    assert found["width"] == ["wide", "wide"]


def test_metres_come_to_degrees(tmp_path: Path) -> None:
    path = write_parquet(frame(CROSS).to_crs(32647), tmp_path / "metres")
    assert shapely.total_bounds(load(path).geometry)[0] == pytest.approx(LON - STEP, abs=1e-7)


@pytest.mark.parametrize(
    ("geo", "says"),
    [
        (b"{", r"roads\.parquet cannot be read as GeoParquet"),
        ([], "is Parquet without geometry"),
        ({"primary_column": "other", "columns": {"other": {}}}, "is Parquet without geometry"),
        ({"primary_column": "geometry", "columns": {"geometry": 7}}, "does not describe"),
        ({"primary_column": "secret", "columns": {"secret": {}}}, "its geometry is not WKB"),
        ({"primary_column": "geometry", "columns": {"geometry": {"crs": "/etc/x"}}}, "coordinate"),
        ({"primary_column": "geometry", "columns": {"geometry": {"crs": None}}}, "does not say"),
        (b" " * (1 << 20) + b"{}", "is Parquet without geometry"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(path: Path, geo: Any, says: str) -> None:
    with pytest.raises(InputDataError, match=says):
        load(rewritten(path, geo))


def test_longitude_and_latitude_is_what_the_standard_means_without_a_system(path: Path) -> None:
    plain = {"primary_column": "geometry", "columns": {"geometry": {}}}
    assert shapely.total_bounds(load(rewritten(path, plain)).geometry)[1] == pytest.approx(
        LAT - STEP
    )


def test_a_broken_geometry_is_counted_and_its_row_kept(path: Path) -> None:
    table = pq.read_table(path)
    at = table.schema.get_field_index("geometry")
    blobs = [table["geometry"][0].as_py(), b"\x01\x02"]
    pq.write_table(table.set_column(at, "geometry", pa.array(blobs)), path)
    found = load(path)
    assert found.counts["geometry_unreadable"] == 1
    assert list(shapely.is_missing(found.geometry)) == [False, True]


def test_a_file_that_says_it_unpacks_to_far_more_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geoparquet, "_MAX_DECLARED_BYTES", 10)
    with pytest.raises(InputDataError, match=r"roads\.parquet unpacks to more than"):
        load(path)
