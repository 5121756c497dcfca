"""Schema of the layers of a city pack, and their encoding as GeoParquet.

`LAYERS` lists the columns; ``docs/reference/city-packs.md`` explains each. In memory a layer is a
GeoDataFrame in EPSG:4326, on disk a GeoParquet file whose bytes depend on its rows only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from toolkit.base import store
from toolkit.base.clean_text import TEXT_LIMIT
from toolkit.base.errors import InputDataError, PackError
from toolkit.base.wkb import HEADER_BYTES, all_flat, all_plain

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa

VERSION: Final = 2
"""Number of the schema. Version 1 lacks the columns `_SINCE_2` of the layer "streets"."""
CRS: Final = "EPSG:4326"
BEYOND: Final = -(2**61)
"""Ids of ends at or below this are where a street goes on beyond what the pack holds: cut at the
boundary, or broken off in the source. No street meets another there, and it is no dead end."""
JUNCTION_DEGREE: Final = 3
"""Fewest street ends that meet at a junction."""
CORNERS: Final = 3
"""Fewest corners of a polygon."""
ROADS: Final = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "motorway_link", "trunk_link",
    "primary_link", "secondary_link", "tertiary_link", "unclassified", "residential",
    "living_street", "road", "service", "track",
)  # fmt: skip
"""Values of ``highway`` made for driving, from the highest class to the lowest. A link ranks
below every through road: it is there to reach one."""
UNKNOWN_CLASS: Final = "road"
"""OpenStreetMap's value of `highway` for a street of unknown class."""
THROUGH_ROADS: Final = frozenset(ROADS) - {"service", "track"}
"""Roads that make a place built up: not drives, parking aisles and field tracks."""
_WORLD: Final = (-180.0, -90.0, 180.0, 90.0)
_MAX_BYTES: Final = 1 << 31
_COMPRESSION: Final = "zstd"
_COMPRESSION_LEVEL: Final = 9

_SINCE_2: Final = ("oneway_motorcycle", "oneway_foot")

_NOT_TEXT: Final = r"[\x00-\x1f\x7f\x{80}-\x{9f}\x{2028}-\x{202e}\x{2066}-\x{2069}]"
Kind = Literal["text", "int", "float", "bool"]
_ARROW_TYPES: Final[dict[Kind, str]] = {
    "text": "string", "int": "int64", "float": "double", "bool": "bool"
}  # fmt: skip
_NUMPY_TYPES: Final[dict[Kind, Any]] = {"int": np.int64, "float": np.float64, "bool": np.bool_}


@dataclass(frozen=True)
class LayerSpec:
    """Schema of one layer.

    Attributes
    ----------
    columns
        Name and kind of each column. Text may be None and floats may be NaN, meaning "not
        known"; integers and booleans always have a value.
    required
        Text columns without nulls.
    geometry
        Permitted geometry types.
    order
        Columns by which the rows are sorted.
    unique
        Column of unique values, or None.
    """

    columns: dict[str, Kind]
    required: tuple[str, ...]
    geometry: tuple[str, ...]
    order: tuple[str, ...]
    unique: str | None = None


# fmt: off
LAYERS: Final[dict[str, LayerSpec]] = {
    "streets": LayerSpec(
        {
            "street_id": "text", "osm_way_id": "int", "ordinal": "int", "u": "int", "v": "int",
            "highway": "text", "name": "text", "name_en": "text", "name_my": "text",
            "lanes": "float", "oneway": "bool", "oneway_motorcycle": "bool",
            "oneway_foot": "bool", "bridge": "bool", "tunnel": "bool", "cover": "text",
            "layer": "int", "drive": "bool", "walk": "bool", "motorcycle": "bool",
            "carriageway": "text", "length_m": "float",
        },
        required=("street_id", "highway"),
        geometry=("LineString",),
        order=("osm_way_id", "ordinal", "street_id"),
        unique="street_id",
    ),
    "junctions": LayerSpec(
        {"node_id": "int", "degree": "int", "drive_degree": "int", "signals": "bool"},
        required=(),
        geometry=("Point",),
        order=("node_id",),
        unique="node_id",
    ),
    "buildings": LayerSpec(
        {"osm_id": "text", "height_m": "float", "levels": "float"},
        required=("osm_id",),
        geometry=("Polygon", "MultiPolygon"),
        order=("osm_id",),
        unique="osm_id",
    ),
    "places": LayerSpec(
        {"osm_id": "text", "kind": "text", "name": "text"},
        required=("osm_id", "kind"),
        geometry=("Point",),
        order=("osm_id",),
        unique="osm_id",
    ),
    "cameras": LayerSpec(
        {
            "osm_id": "text", "kind": "text", "surveillance": "text",
            "surveillance_type": "text", "zone": "text", "mount": "text", "height_m": "float",
            "direction_deg": "float", "width_deg": "float", "tilt_deg": "float",
            "operator": "text", "brand": "text", "manufacturer": "text", "model": "text",
            "check_date": "text", "fixme": "text", "in_building": "bool",
        },
        required=("osm_id", "kind", "surveillance_type"),
        geometry=("Point",),
        order=("osm_id", "direction_deg", "width_deg"),
    ),
    "boundary": LayerSpec(
        {"kind": "text"},
        required=("kind",),
        geometry=("Polygon", "MultiPolygon"),
        order=("kind",),
    ),
}
"""The six layers of every pack, in EPSG:4326."""
BACKGROUND: Final = "background"
"""Layer that a pack need not have: what the map shows below the streets, for orientation."""
OPTIONAL: Final[dict[str, LayerSpec]] = {
    BACKGROUND: LayerSpec(
        {
            "osm_id": "text", "kind": "text", "rank": "int", "name": "text", "name_en": "text",
            "name_my": "text",
        },
        required=("osm_id", "kind"),
        geometry=("Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon"),
        order=("kind", "rank", "osm_id"),
        unique="osm_id",
    ),
}
"""Layers that a pack need not have, in EPSG:4326."""
# fmt: on

BACKGROUND_KINDS: Final = ("landmark", "park", "quarter", "railway", "water", "waterway")
"""Values of `kind` in the layer "background"."""

FIELD_NOTES: Final = "field_notes"
"""Layer stored apart from the packs, see `toolkit.streets.mapped_cameras`."""
_SPECS: Final[dict[str, LayerSpec]] = {
    **LAYERS,
    **OPTIONAL,
    FIELD_NOTES: LayerSpec(
        {**LAYERS["cameras"].columns, "seen_on": "text", "status": "text", "note": "text"},
        required=(*LAYERS["cameras"].required, "status"),
        geometry=LAYERS["cameras"].geometry,
        order=LAYERS["cameras"].order,
    ),
}


@dataclass(frozen=True)
class PackLayers:
    """The layers of a city, each with the columns of `LAYERS` or `OPTIONAL`, in EPSG:4326."""

    streets: gpd.GeoDataFrame
    junctions: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    cameras: gpd.GeoDataFrame
    boundary: gpd.GeoDataFrame
    background: gpd.GeoDataFrame | None = None


def empty_layer(layer: str) -> gpd.GeoDataFrame:
    """Return a layer without rows, with the columns of its schema."""
    return _empty_layer(layer).copy()


@cache
def _empty_layer(layer: str) -> gpd.GeoDataFrame:
    import geopandas as gpd

    return conform(layer, gpd.GeoDataFrame(geometry=[], crs=CRS))


def conform(layer: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer with exactly the columns, types and order of its schema.

    Parameters
    ----------
    layer
        Name of the layer, a key of `LAYERS` or `OPTIONAL`, or `FIELD_NOTES`.
    frame
        Rows in EPSG:4326. Columns that are not in the schema are dropped; missing ones are an
        error unless there are no rows.

    Raises
    ------
    InputDataError
        If a column or a value is missing, a geometry has another type or lies outside the
        world, or a value of the unique column repeats.
    """
    import geopandas as gpd
    import shapely

    spec = _SPECS[layer]
    missing = [name for name in spec.columns if name not in frame.columns]
    if missing and len(frame):
        msg = f"Layer {layer!r} lacks the column(s) {', '.join(missing)}."
        raise InputDataError(msg)
    columns = {
        name: _typed(frame[name] if name in frame.columns else [], kind)
        for name, kind in spec.columns.items()
    }
    geometry = frame.geometry.to_numpy()
    if "Polygon" in spec.geometry:
        # One order of rings and corners, whichever program wrote them.
        geometry = shapely.normalize(geometry)
    made = gpd.GeoDataFrame(columns, geometry=geometry, crs=CRS)
    if not _fits(spec, made.geometry.to_numpy()):
        msg = f"Layer {layer!r} may have only {' and '.join(spec.geometry)} inside the world."
        raise InputDataError(msg)
    empty = [name for name in spec.required if made[name].isna().any()]
    if empty:
        msg = f"Layer {layer!r} has rows without {', '.join(empty)}."
        raise InputDataError(msg)
    if spec.unique and made[spec.unique].duplicated().any():
        value = made.loc[made[spec.unique].duplicated(), spec.unique].iloc[0]
        msg = f"Layer {layer!r}: {spec.unique} {value!r} occurs more than once."
        raise InputDataError(msg)
    return made.sort_values(list(spec.order), kind="stable", ignore_index=True)


def _typed(values: Any, kind: Kind) -> pd.Series[Any]:  # noqa: ANN401
    import pandas as pd

    if kind == "text":
        # Objects with None, in every version of pandas: `is None` and isna() both work.
        return pd.Series([None if pd.isna(v) else str(v) for v in values], dtype=object)
    return pd.Series(np.asarray(values, dtype=_NUMPY_TYPES[kind]))


def _fits(spec: LayerSpec, geometry: NDArray[Any]) -> bool:
    import shapely

    kinds = [getattr(shapely.GeometryType, name.upper()) for name in spec.geometry]
    bounds = shapely.bounds(geometry)
    west, south, east, north = _WORLD
    # Not-a-number bounds (empty geometry, NaN coordinates) fail the comparison too.
    within = (bounds[:, :2] >= (west, south)).all() and (bounds[:, 2:] <= (east, north)).all()
    return bool(within and np.isin(shapely.get_type_id(geometry), kinds).all())


def _may_be_null(spec: LayerSpec, name: str) -> bool:
    return spec.columns[name] in {"text", "float"} and name not in spec.required


def to_parquet(layer: str, frame: gpd.GeoDataFrame) -> bytes:
    """Encode a layer, as returned by `conform`, as a GeoParquet 1.1 file."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    import shapely

    spec = _SPECS[layer]
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(set(frame.geometry.geom_type)),
    }
    if len(frame):
        column["bbox"] = [float(v) for v in frame.total_bounds]
    # Not written by geopandas, whose version would be part of the bytes. Without a "crs",
    # GeoParquet means longitude and latitude in WGS84, as these layers are.
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    schema = pa.schema(
        [
            *(
                pa.field(name, _ARROW_TYPES[kind], nullable=_may_be_null(spec, name))
                for name, kind in spec.columns.items()
            ),
            pa.field("geometry", pa.binary(), nullable=False),
        ],
        metadata={b"geo": store.canonical_json(geo)},
    )
    arrays = [
        pa.array(frame[name].to_numpy(), type=_ARROW_TYPES[kind], from_pandas=True)
        for name, kind in spec.columns.items()
    ]
    wkb = shapely.to_wkb(frame.geometry.to_numpy(), byte_order=1)
    arrays.append(pa.array(wkb, type=pa.binary()))
    sink = pa.BufferOutputStream()
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=schema),
        sink,
        compression=_COMPRESSION,
        compression_level=_COMPRESSION_LEVEL,
    )
    return bytes(sink.getvalue().to_pybytes())


def from_parquet(layer: str, data: bytes, *, rows: int, version: int = VERSION) -> gpd.GeoDataFrame:
    """Decode and check a layer from the bytes of an untrusted file.

    In version 1, motorcycles follow the one-way rule of cars, and people on foot none.

    Parameters
    ----------
    layer
        Name of the layer.
    data
        Content of the file.
    rows
        Expected number of rows.
    version
        Number of the schema that the file follows, from 1 to `VERSION`.

    Returns
    -------
    frame
        The layer with the columns of `VERSION`, in EPSG:4326.

    Raises
    ------
    PackError
        If it is not such a layer; the message says what is wrong, not where the file is.
    """
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    import shapely

    spec = _SPECS[layer]
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        groups = range(file.metadata.num_row_groups)
        size = sum(file.metadata.row_group(g).total_byte_size for g in groups)
        if file.metadata.num_rows != rows or size > _MAX_BYTES:
            msg = f"layer {layer} does not have {rows} rows"
            raise PackError(msg)
        table = file.read()
        if layer == "streets" and version == 1:
            table = _from_version_1(table)
        _check_columns(layer, table)
        blobs = table["geometry"].to_numpy()
        # The few headers that differ say of most files that nothing in them is nested.
        headers = pc.binary_slice(table["geometry"], 0, HEADER_BYTES).unique().to_pylist()
        if not all_flat(headers) and not all_plain(blobs):
            msg = f"layer {layer} has geometry that it cannot have"
            raise PackError(msg)
        geometry = shapely.from_wkb(blobs)
    except (pa.ArrowException, OSError, shapely.errors.ShapelyError) as error:
        msg = f"layer {layer} is not a whole GeoParquet file"
        raise PackError(msg) from error
    if not _fits(spec, geometry):
        msg = f"layer {layer} has geometry that it cannot have"
        raise PackError(msg)
    columns = {
        # Texts as objects with None, as `_typed` makes them: it would look at each once more.
        name: pd.Series(table[name].to_numpy(), dtype=object if kind == "text" else None)
        for name, kind in spec.columns.items()
    }
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=CRS)


def _from_version_1(table: pa.Table) -> pa.Table:
    """Return streets with the columns of version 2; a column of such a name is no part of 1."""
    import pyarrow as pa

    table = table.select([name for name in table.column_names if name not in _SINCE_2])
    if "oneway" not in table.column_names:
        return table
    nobody = pa.array(np.zeros(len(table), dtype=bool))
    for name, values in zip(_SINCE_2, (table["oneway"], nobody), strict=True):
        table = table.append_column(name, values)
    return table


def _check_columns(layer: str, table: pa.Table) -> None:
    import pyarrow as pa

    spec = _SPECS[layer]
    wrong = [
        name
        for name, kind in spec.columns.items()
        if name not in table.column_names or not _column_fits(spec, name, kind, table[name])
    ]
    plain = "geometry" in table.column_names and table["geometry"].type == pa.binary()
    if not plain or table["geometry"].null_count:
        wrong.append("geometry")
    if wrong:
        msg = f"layer {layer} lacks the column {wrong[0]}, or has values there that cannot be"
        raise PackError(msg)


def _column_fits(spec: LayerSpec, name: str, kind: Kind, column: pa.ChunkedArray) -> bool:
    import pyarrow.compute as pc

    if str(column.type) != _ARROW_TYPES[kind]:
        return False
    if column.null_count and not _may_be_null(spec, name):
        return False
    if kind != "text":
        return spec.unique != name or pc.count_distinct(column).as_py() == len(column)
    # Each text is looked at once: most columns have a few that repeat.
    texts = column.unique()
    if spec.unique == name and len(texts) != len(column):
        return False
    if column.null_count == len(column):
        return True
    hostile = pc.any(pc.match_substring_regex(texts, _NOT_TEXT)).as_py()
    return not hostile and pc.max(pc.utf8_length(texts)).as_py() <= TEXT_LIMIT
