"""Arrow batches: what their columns hold, and what few bytes may unpack to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import shapely

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.formats import arrow

POINT = shapely.Point(96, 16).wkb


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "roads.parquet"
    path.write_bytes(b"x")
    return path


def table(path: Path, *batches: dict[str, Any], **more: Any) -> Any:
    made = [pa.record_batch({k: pa.array(v) for k, v in b.items()}) for b in batches]
    columns = {name: name.lower() for name in batches[0] if name != "geom"}
    return arrow.table_of(path, "roads", made, "geom", columns, **more)


def test_a_column_that_is_empty_at_first_keeps_its_rows(path: Path) -> None:
    empty = pa.array([None, None], pa.string())
    found = table(
        path,
        {"geom": [POINT] * 2, "Name": empty, "lanes": [1, 2]},
        {"geom": [POINT] * 2, "Name": ["a", None], "lanes": pa.array([None] * 2, pa.int64())},
    )
    assert found.columns == {"name": [None, None, "a", None], "lanes": [1, 2, None, None]}
    assert len(found) == 4


def test_values_by_dictionary_are_those_of_plain_columns(path: Path) -> None:
    plain = {"geom": [POINT, None, POINT], "name": ["a", None, "a"], "ids": [["1", "2"], None, []]}
    coded = {k: pa.array(v).dictionary_encode() for k, v in plain.items() if k != "ids"}
    within = pa.ListArray.from_arrays(
        pa.array([0, None, 2, 2], pa.int32()), pa.array(["1", "2"]).dictionary_encode()
    )
    one, other = table(path, plain), table(path, {**coded, "ids": within})
    assert one.columns == other.columns
    assert list(shapely.is_missing(other.geometry)) == [False, True, False]


def test_texts_are_decoded_as_asked_and_cut(path: Path) -> None:
    raw = pa.array(["Straße".encode("cp1252"), b"x" * 100_000]).cast(pa.binary())
    text = pa.StringArray.from_buffers(len(raw), raw.buffers()[1], raw.buffers()[2])
    found = table(path, {"geom": [POINT] * 2, "name": text}, encoding="cp1252").columns["name"]
    assert found[0] == "Straße"
    assert len(found[1]) == arrow._MAX_TEXT_BYTES


def test_geometry_that_a_dictionary_repeats_beyond_reason_is_refused(path: Path) -> None:
    line = shapely.LineString([(96, 16 + k * 1e-6) for k in range(100_000)]).wkb
    coded = pa.DictionaryArray.from_arrays(pa.array([0] * 100, pa.int32()), pa.array([line]))
    with pytest.raises(InputDataError, match="unpacks to more than 67 MB"):
        table(path, {"geom": coded})


def test_a_geometry_that_is_no_wkb_is_refused(path: Path) -> None:
    with pytest.raises(InputDataError, match="geometry is not WKB"):
        table(path, {"geom": ["POINT (96 16)"]})


@pytest.mark.parametrize(
    ("kind", "plain"),
    [(pa.int8(), True), (pa.list_(pa.string()), True), (pa.list_(pa.int8()), False),
     (pa.struct([("a", pa.int8())]), False)],
)  # fmt: skip
def test_nested_columns_are_not_read_but_for_lists_of_texts(kind: Any, plain: bool) -> None:
    assert arrow.is_plain(kind) is plain
