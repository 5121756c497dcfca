"""GeoPackages and shapefiles, read by GDAL with all drivers but the wanted one removed.

GDAL chooses among sixty drivers by the content of a file, and some follow references to other files
and addresses. Here it has one driver at a time, which is shown nothing but the file itself under a
name of ours in a folder of ours, after a check of what would take it without bound: views and
computed columns of a database, records of shapes. It is loaded when a file is read.

Measured on 80,000 edges, in seconds of processor: a GeoPackage 0.4 (0.5 by a reader in Python), a
shapefile 0.6 (2.9). GeoJSON stays with `geojson` (1.8; GDAL 0.9, but it makes a column of each
property that any feature has, and does not count what it leaves out), and GraphML with
`toolkit.streets.readers.tables.graphml` (4.8, 190 MB; OSMnx 6.2, 570 MB).
"""

from __future__ import annotations

import codecs
import contextlib
import mmap
import os
import re
import shutil
import sqlite3
import struct
import tempfile
import threading
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

import pyarrow as pa
import pyproj
import shapely

from toolkit.base.errors import InputDataError
from toolkit.streets.readers import guard
from toolkit.streets.readers.guard import ForeignTable, Kind, Layer

_SQLITE: Final = b"SQLite format 3\0"
_SHP: Final = struct.pack(">i", 9994)
_HEADER: Final = struct.Struct("<28x2i")
_SHP_HEADER_BYTES: Final = 100
_RECORD: Final = struct.Struct(">2i")
_PARTS: Final = struct.Struct("<36x2i")
_SHP_LINE, _SHP_POLYGON = 3, 5
_SHP_KINDS: Final[dict[int, Kind]] = {1: "point", _SHP_LINE: "line", _SHP_POLYGON: "polygon"}
_DIMENSIONS: Final = 10
"""Offset of type codes: +10 for shapes with heights, +20 for those with measures (ESRI Shapefile
Technical Description, July 1998)."""
_MAX_LAYERS: Final = 100
_DATABASE_KINDS: Final[dict[str, Kind]] = {
    "LINESTRING": "line", "MULTILINESTRING": "line", "POLYGON": "polygon",
    "MULTIPOLYGON": "polygon", "POINT": "point", "MULTIPOINT": "point",
}  # fmt: skip
_DESCRIBING: Final = frozenset({"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"})
_MAX_TABLES: Final = 10_000
_UNDEFINED: Final = re.compile(
    r'undefined|(?:LOCAL_CS|ENGCRS)\["Undefined', re.ASCII | re.IGNORECASE
)
_SETTINGS: Final = {
    "OGR_GPKG_NUM_THREADS": "1",
    "OGR_SQLITE_PRAGMA": "trusted_schema=0",
    "SHAPE_RESTORE_SHX": "YES",
}
"""The index of a shapefile is made anew, from the checked records."""
_PREFIX: Final = "camera-exposure-"
_LOCK: Final = threading.Lock()


@contextlib.contextmanager
def only_driver(name: str) -> Iterator[None]:
    """Remove all drivers of GDAL but one; the others come back afterwards.

    Parameters
    ----------
    name
        Short name, such as "GPKG".

    Raises
    ------
    InputDataError
        If another driver stays.
    """
    import pyogrio
    from pyogrio._ogr import _register_drivers

    with _LOCK:
        others = ",".join(driver for driver in pyogrio.list_drivers() if driver != name)
        settings = {**_SETTINGS, "GDAL_SKIP": others}
        before = {key: pyogrio.get_gdal_config_option(key) for key in settings}
        try:
            pyogrio.set_gdal_config_options(settings)
            _register_drivers()
            if set(pyogrio.list_drivers()) != {name}:
                msg = (
                    "The library of GIS formats cannot be kept from reading other formats, so this "
                    "file is not read. Save it as GeoJSON, or use the pinned pyogrio."
                )
                raise InputDataError(msg)
            yield
        finally:
            pyogrio.set_gdal_config_options(before)
            _register_drivers()


def _read(
    path: Path, file: Path, driver: str, layer: str, wanted: Mapping[str, str], what: str, *,
    encoding: str = "utf-8", **how: str,
) -> ForeignTable:  # fmt: skip
    """Return a layer of a file as it is there.

    Parameters
    ----------
    path, what
        File and its format in messages.
    file, driver, layer
        What GDAL is to open.
    wanted
        Name in the result of each column, by its name in the file in lower case.
    encoding
        Encoding of texts.
    how
        Options of the driver.
    """
    import pyogrio.raw
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError

    from toolkit.streets.readers.formats import arrow

    errors = (DataLayerError, DataSourceError, FeatureError, FieldError, ValueError, RuntimeError)
    with (
        guard.reading(path, what, pa.ArrowException, *errors),
        warnings.catch_warnings(action="ignore"),
        only_driver(driver),
    ):
        fields = pyogrio.read_info(file, layer=layer, **how)["fields"]
        columns = {str(f): wanted[f.lower()] for f in fields if f.lower() in wanted}
        with pyogrio.raw.open_arrow(
            file, layer=layer, columns=list(columns), batch_size=arrow.BATCH, use_pyarrow=True,
            **how,
        ) as (meta, batches):  # fmt: skip
            name = meta["geometry_name"] or "wkb_geometry"
            if name not in batches.schema.names:
                msg = f"{path.name}: layer {layer[:60]!r} has no column of geometry. Save it again."
                raise InputDataError(msg)
            return arrow.table_of(path, layer, batches, name, columns, encoding=encoding)


# --- GeoPackage -----------------------------------------------------------------------------


def geopackage_layers(path: Path, wanted: Collection[str]) -> list[Layer]:
    """Return the feature layers of a GeoPackage, without views and virtual tables.

    Parameters
    ----------
    path
        File checked by `guard.plain_file`.
    wanted
        Names of columns to load, in lower case.

    Raises
    ------
    InputDataError
        If it is not a GeoPackage, or another program is writing to it.
    """
    log = path.with_name(path.name + "-wal")
    if log.is_file() and log.stat().st_size:
        msg = f"{path.name} is open in another program. Close it there and try again."
        raise InputDataError(msg)
    with _database(path) as base:
        plain = _plain_tables(base)
        listed = base.execute(
            "SELECT table_name, column_name, geometry_type_name, srs_id FROM gpkg_geometry_columns"
        ).fetchmany(_MAX_LAYERS)
    return [
        Layer(
            str(table), _DATABASE_KINDS.get(str(kind).upper()),
            partial(_load_table, path, str(table), str(column), srs, wanted),
        )
        for table, column, kind, srs in listed
        if str(table).lower() in plain
    ]  # fmt: skip


@contextlib.contextmanager
def _database(path: Path) -> Iterator[sqlite3.Connection]:
    with guard.reading(path, "a GeoPackage", sqlite3.Error, sqlite3.Warning, ValueError):
        if not guard.first_bytes(path).startswith(_SQLITE):
            msg = f"{path.name} is not a GeoPackage. Save it again as one."
            raise InputDataError(msg)
        # "immutable" keeps SQLite from reading journals next to the file.
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as base:
            base.text_factory = lambda data: data.decode("utf-8", "replace")
            base.execute("PRAGMA trusted_schema=OFF")
            yield base


def _plain_tables(base: sqlite3.Connection) -> set[str]:
    """Return the tables in which nothing is computed, in lower case.

    Raises
    ------
    ValueError
        If the tables that describe the others are not among them.
    """
    listed = base.execute(
        "SELECT lower(name), type, sql LIKE 'CREATE VIRTUAL%' FROM sqlite_master "
        "WHERE type IN ('table', 'view')"
    ).fetchmany(_MAX_TABLES)
    computed = "SELECT count(*) FROM pragma_table_xinfo(?) WHERE hidden > 1"
    plain = {
        name
        for name, kind, virtual in listed
        if kind == "table" and not virtual and not base.execute(computed, (name,)).fetchone()[0]
    }
    own = {name for name, _, _ in listed if name.startswith("gpkg_")} | _DESCRIBING
    if not own <= plain:
        msg = "its tables of contents are missing or computed"
        raise ValueError(msg)
    return plain


def _load_table(
    path: Path,
    table: str,
    column: str,
    srs: Any,  # noqa: ANN401
    wanted: Collection[str],
) -> ForeignTable:
    named, whole = ('"' + name.replace('"', '""') + '"' for name in (column, table))
    with _database(path) as base:
        rows, shapes = base.execute(
            f"SELECT count(*), count({whole}.{named}) FROM {whole}"  # noqa: S608
        ).fetchone()
        guard.check_rows(path, rows)
        crs = guard.crs_of_text(path, _srs_text(base, srs))
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        file = _shown(path, Path(folder, "file.gpkg"))
        made = _read(
            path, file, "GPKG", table, {w: w for w in wanted}, "a GeoPackage", IMMUTABLE="YES"
        )  # fmt: skip
    return guard.in_degrees(path, _counted(made, shapes), crs)


def _srs_text(base: sqlite3.Connection, srs: Any) -> str | None:  # noqa: ANN401
    row = base.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys "
        "WHERE srs_id = ?",
        (srs,),
    ).fetchone()
    if row is None:
        return None
    organisation, code, definition = row
    if str(organisation).upper() == "EPSG" and isinstance(code, int) and code > 0:
        return f"EPSG:{code}"
    # "Undefined" of the standard, and what GDAL writes where no CRS was given.
    text = str(definition).strip()
    return None if _UNDEFINED.match(text) else text


def _counted(table: ForeignTable, shapes: int) -> ForeignTable:
    """Count the shapes that are in the file and could not be read."""
    read = len(table) - int(shapely.is_missing(table.geometry).sum())
    table.counts["geometry_unreadable"] = max(0, shapes - read)
    return table


def _shown(path: Path, name: Path) -> Path:
    """Give a file another name: by a link where the system has one, else by a copy."""
    for link in (os.symlink, os.link):
        with contextlib.suppress(OSError, NotImplementedError):
            link(path.resolve(), name)
            return name
    shutil.copyfile(path, name)
    return name


# --- shapefiles -----------------------------------------------------------------------------


def shapefile_layers(path: Path, wanted: Collection[str]) -> list[Layer]:
    """Return the layer of a ``.shp`` file, or the layers of a zip.

    Parameters
    ----------
    path
        File checked by `guard.plain_file`.
    wanted
        Names of columns to load, in lower case; the table truncates names to ten characters.

    Raises
    ------
    InputDataError
        If there is none, or it begins as no shapefile does.
    """
    if not guard.first_bytes(path).startswith(b"PK"):
        kind = _shp_kind(path, guard.first_bytes(path, _SHP_HEADER_BYTES))
        load = partial(_load_shapes, path, path.stem, _siblings(path), wanted)
        return [Layer(path.stem, kind, load)]
    made = []
    with guard.open_zip(path) as archive:
        names = [n for n in archive.namelist() if n.lower().endswith(".shp")]
        if not names or len(names) > _MAX_LAYERS:
            msg = f"{path.name} holds {len(names)} shapefiles. Zip the shapefile of streets alone."
            raise InputDataError(msg)
        for name in names:
            with guard.reading(path, "a zip file", *guard.ZIP_ERRORS), archive.open(name) as file:
                kind = _shp_kind(path, file.read(_SHP_HEADER_BYTES))
            stem = PurePosixPath(name).stem
            load = partial(_load_shapes, path, stem, _from_zip(path, name), wanted)
            made.append(Layer(stem, kind, load))
    return made


def _shp_kind(path: Path, head: bytes) -> Kind | None:
    if not head.startswith(_SHP) or len(head) < _SHP_HEADER_BYTES:
        msg = f"{path.name} is not a shapefile. Save it again as one."
        raise InputDataError(msg)
    return _SHP_KINDS.get(_HEADER.unpack_from(head)[1] % _DIMENSIONS)


Fetch = Callable[[str, Path], Path | None]
"""Puts the file of a suffix under a name, and returns that; None if there is none."""


def _siblings(path: Path) -> Fetch:
    def fetch(suffix: str, name: Path) -> Path | None:
        for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
            if suffix == ".shp":
                return _shown(path, name)
            if candidate.is_symlink() or candidate.exists():
                return _shown(guard.plain_file(candidate), name)
        return None

    return fetch


def _from_zip(path: Path, shp: str) -> Fetch:
    def fetch(suffix: str, name: Path) -> Path | None:
        with guard.open_zip(path) as archive:
            wanted = shp.lower()[: -len(".shp")] + suffix
            found = [n for n in archive.namelist() if n.lower() == wanted]
            return guard.unzip(path, archive, found[0], name) if found else None

    return fetch


def _load_shapes(path: Path, name: str, fetch: Fetch, wanted: Collection[str]) -> ForeignTable:
    with (
        tempfile.TemporaryDirectory(prefix=_PREFIX) as folder,
        guard.reading(path, "a shapefile", ValueError, LookupError),
    ):
        shp = Path(folder, "file.shp")
        parts = {s: fetch(s, shp.with_suffix(s)) for s in (".shp", ".dbf", ".prj", ".cpg")}
        crs, encoding = _crs(path, parts[".prj"]), _encoding(parts[".cpg"])
        for part in (parts[".prj"], parts[".cpg"]):
            if part is not None:
                part.unlink()
        rows, shapes = _check_shapes(path, shp)
        if parts[".dbf"] is not None:
            _check_table(path, parts[".dbf"], rows)
        # Texts come as they are in the file, and are decoded here; ids stay whole numbers.
        made = _read(
            path, shp, "ESRI Shapefile", "file", {w[:10]: w for w in wanted},
            "a shapefile", encoding=encoding, ENCODING="", ADJUST_TYPE="YES",
        )  # fmt: skip
    named = ForeignTable(name, made.geometry, made.columns, made.counts)
    named.counts["table_rows_missing"] += parts[".dbf"] is None
    return guard.in_degrees(path, _counted(named, shapes), crs)


def _check_shapes(path: Path, shp: Path) -> tuple[int, int]:
    """Return the number of records and of those that hold a shape.

    Raises
    ------
    ValueError
        If a record is cut short.
    InputDataError
        If there are too many records or points.
    """
    rows = shapes = points = 0
    with shp.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = _SHP_HEADER_BYTES
        while at < len(data):
            words = _RECORD.unpack_from(data, at)[1] if at + _RECORD.size <= len(data) else 0
            at += _RECORD.size
            end = at + 2 * words
            if words < 2 or end > len(data):  # noqa: PLR2004
                msg = "a record is cut short"
                raise ValueError(msg)
            code = int.from_bytes(data[at : at + 4], "little")
            rows, shapes = rows + 1, shapes + (code != 0)
            if code % _DIMENSIONS in {_SHP_LINE, _SHP_POLYGON} and end - at >= _PARTS.size:
                points += max(0, _PARTS.unpack_from(data, at)[1])
            guard.check_rows(path, rows, min(points, len(data) // 16))
            at = end
    return rows, shapes


def _check_table(path: Path, table: Path, rows: int) -> None:
    """Refuse a table that does not have one whole row for each shape."""
    head = guard.first_bytes(table, 32)
    listed, start, size = struct.unpack_from("<IHH", head, 4) if len(head) > 11 else (0, 0, 0)  # noqa: PLR2004
    if listed != rows or table.stat().st_size < start + rows * size or not size:
        msg = (
            f"{path.name}: the table (.dbf) does not have one row for each of the {rows:,} shapes. "
            "It is cut short or of another file: copy both again."
        )
        raise InputDataError(msg)


def _crs(path: Path, prj: Path | None) -> pyproj.CRS:
    text = None if prj is None else guard.first_bytes(prj, 20_000).decode("utf-8", "replace")
    return guard.crs_of_text(path, text)


def _encoding(cpg: Path | None) -> str:
    """Return the encoding that a ``.cpg`` file names, UTF-8 if none that is known."""
    named = "" if cpg is None else guard.first_bytes(cpg).decode("ascii", "replace").strip().lower()
    if named.isdigit():
        named = {"65001": "utf-8"}.get(named, f"cp{named}")
    try:
        found = codecs.lookup(named or "utf-8")
    except (LookupError, ValueError):
        return "utf-8"
    return found.name if getattr(found, "_is_text_encoding", False) else "utf-8"
