from __future__ import annotations

import io
import struct

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from toolkit.base import store
from toolkit.base.errors import InputDataError, PackError
from toolkit.streets.pack import open_pack
from toolkit.streets.schema import (
    BACKGROUND,
    CRS,
    LAYERS,
    conform,
    empty_layer,
    from_parquet,
    to_parquet,
)

PLACES = gpd.GeoDataFrame(
    {"osm_id": ["node/2", "node/1"], "kind": ["bank", "toll"], "name": ["ဘဏ်", None]},
    geometry=[shapely.Point(96, 16), shapely.Point(97, 17)],
    crs="EPSG:4326",
)


def places() -> gpd.GeoDataFrame:
    return PLACES.copy()


def with_column(data: bytes, name: str, values: pa.Array | None) -> bytes:
    """Return a file with one column changed, or left out."""
    table = pq.read_table(io.BytesIO(data))
    at = table.column_names.index(name)
    table = table.remove_column(at)
    if values is not None:
        table = table.add_column(at, name, values)
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


@pytest.mark.parametrize("layer", list(LAYERS))
def test_a_layer_without_rows_goes_there_and_back(layer: str) -> None:
    back = from_parquet(layer, to_parquet(layer, empty_layer(layer)), rows=0)
    assert list(back.columns) == [*LAYERS[layer].columns, "geometry"]
    assert back.dtypes.equals(empty_layer(layer).dtypes)


def test_rows_are_sorted_and_come_back_the_same() -> None:
    made = conform("places", places().assign(more=1))
    assert made["osm_id"].tolist() == ["node/1", "node/2"]
    assert made["name"].tolist() == [None, "ဘဏ်"]
    back = from_parquet("places", to_parquet("places", made), rows=2)
    assert back.equals(made)
    assert back["name"][0] is None


def test_bytes_depend_on_the_rows_alone() -> None:
    forth = to_parquet("places", conform("places", places()))
    back = to_parquet("places", conform("places", places().iloc[::-1]))
    assert forth == back


def test_polygons_have_one_order_of_corners() -> None:
    ring = [(0, 0), (1, 0), (1, 1), (0, 1)]
    made = [
        conform(
            "boundary",
            gpd.GeoDataFrame({"kind": ["given"]}, geometry=[shapely.Polygon(r)], crs="EPSG:4326"),
        )
        for r in (ring, ring[2:] + ring[:2], ring[::-1])
    ]
    assert len({to_parquet("boundary", m) for m in made}) == 1


def test_others_read_it_as_geoparquet(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("p") / "places.parquet"
    path.write_bytes(to_parquet("places", conform("places", places())))
    frame = gpd.read_parquet(path)
    assert frame.crs == "OGC:CRS84"
    assert frame.geometry.tolist() == [shapely.Point(97, 17), shapely.Point(96, 16)]


@pytest.mark.parametrize(
    ("frame", "what"),
    [
        (places().drop(columns="kind"), "lacks the column"),
        (places().assign(kind=["bank", None]), "rows without kind"),
        (places().assign(osm_id="node/1"), "more than once"),
        (places().set_geometry([shapely.Point(0, 0), shapely.Point(181, 0)]), "inside the world"),
        (places().set_geometry([shapely.Point(0, 0), shapely.Point()]), "inside the world"),
        (places().set_geometry([shapely.Point(0, 0), None]), "inside the world"),
        (places().set_geometry([shapely.Point(0, 0), shapely.box(0, 0, 1, 1)]), "only Point"),
    ],
)
def test_what_does_not_fit_the_schema_is_refused(frame: gpd.GeoDataFrame, what: str) -> None:
    with pytest.raises(InputDataError, match=what):
        conform("places", frame)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("kind", None),
        ("geometry", None),
        ("kind", pa.array(["bank", None])),
        ("kind", pa.array([1, 2])),
        ("osm_id", pa.array(["node/1", "node/1"])),
        ("name", pa.array(["a\u202eb", None])),
        ("name", pa.array(["a\nb", None])),
        ("name", pa.array(["\x85", None])),
        ("name", pa.array(["x" * 121, None])),
        ("geometry", pa.array([b"\x01\x02", b"\x01"])),
        ("geometry", pa.array([None, shapely.to_wkb(shapely.Point(0, 0))])),
        ("geometry", pa.array([shapely.to_wkb(shapely.Point(0, np.nan))] * 2)),
        ("geometry", pa.array([shapely.to_wkb(shapely.Point(0, 95))] * 2)),
        ("geometry", pa.array([shapely.to_wkb(shapely.box(0, 0, 1, 1))] * 2)),
        ("geometry", pa.array(["POINT (0 0)"] * 2)),
    ],
)
def test_a_foreign_file_is_refused(name: str, values: pa.Array | None) -> None:
    data = with_column(to_parquet("places", conform("places", places())), name, values)
    with pytest.raises(PackError, match="layer places"):
        from_parquet("places", data, rows=2)


ONEWAY_OF_OTHERS = ("oneway_motorcycle", "oneway_foot")


@pytest.fixture(scope="module")
def streets() -> gpd.GeoDataFrame:
    """Some streets of which every other one is one-way for cars, and each for the others."""
    rows = open_pack("helsinki-centre").streets.head(6)
    return rows.assign(oneway=np.arange(6) % 2 == 0, oneway_motorcycle=True, oneway_foot=True)


@pytest.mark.parametrize("named_already", [False, True])
def test_streets_of_version_1_get_the_columns_they_lack(
    streets: gpd.GeoDataFrame, *, named_already: bool
) -> None:
    data = to_parquet("streets", streets)
    for name in ONEWAY_OF_OTHERS:
        data = with_column(data, name, pa.array(["x"] * 6) if named_already else None)
    old = from_parquet("streets", data, rows=6, version=1)
    assert list(old.columns) == list(streets.columns)
    assert old["oneway_motorcycle"].tolist() == streets["oneway"].tolist()
    assert not old["oneway_foot"].any()
    others = streets.columns.difference(ONEWAY_OF_OTHERS)
    assert old[others].equals(streets[others])
    with pytest.raises(PackError, match="lacks the column oneway_motorcycle"):
        from_parquet("streets", data, rows=6)


@pytest.mark.parametrize("values", [None, pa.array([1] * 6), pa.array([None] * 6, pa.bool_())])
def test_streets_of_version_1_are_checked_as_any(
    streets: gpd.GeoDataFrame, values: pa.Array | None
) -> None:
    data = with_column(to_parquet("streets", streets), "oneway", values)
    with pytest.raises(PackError, match="lacks the column oneway,"):
        from_parquet("streets", data, rows=6, version=1)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_what_is_no_parquet_is_refused(data: bytes) -> None:
    with pytest.raises(PackError, match="not a whole GeoParquet file"):
        from_parquet("places", data, rows=2)


def test_every_cut_of_a_file_is_refused() -> None:
    data = to_parquet("places", conform("places", places()))
    for length in range(0, len(data), 97):
        with pytest.raises(PackError):
            from_parquet("places", data[:length], rows=2)


def test_the_number_of_rows_must_agree() -> None:
    data = to_parquet("places", conform("places", places()))
    with pytest.raises(PackError, match="does not have 3 rows"):
        from_parquet("places", data, rows=3)


def test_nested_collections_are_refused_before_they_are_read() -> None:
    """GEOS follows nesting by calling itself: a small blob can end the process."""
    step = struct.pack("<BII", 1, 7, 1)
    nested = step * 50_000 + struct.pack("<BIdd", 1, 1, 0.0, 0.0)
    whole = (store.builtin_dir() / "packs/helsinki-centre/boundary.parquet").read_bytes()
    hostile = with_column(whole, "geometry", pa.array([nested], pa.binary()))
    with pytest.raises(PackError, match=r"geometry that it cannot have|columns"):
        from_parquet("boundary", hostile, rows=1)


def test_the_background_mixes_shapes_and_needs_a_kind() -> None:
    rows = gpd.GeoDataFrame(
        {
            "osm_id": ["way/2", "way/1", "node/1"], "kind": ["water", "park", "landmark"],
            "rank": [0, 1, 0], "name": [None, "ဥယျာဉ်", "A"], "name_en": None, "name_my": None,
        },
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3), shapely.Point(1, 1)],
        crs=CRS,
    )  # fmt: skip
    made = conform(BACKGROUND, rows)
    assert made["osm_id"].tolist() == ["node/1", "way/1", "way/2"]
    back = from_parquet(BACKGROUND, to_parquet(BACKGROUND, made), rows=3)
    assert back.equals(made)
    with pytest.raises(InputDataError, match="without kind"):
        conform(BACKGROUND, rows.assign(kind=None))
