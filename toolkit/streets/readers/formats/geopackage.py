"""GeoPackage, read with SQLite alone.

A GeoPackage is a database, which can hold views, triggers, virtual tables and computed columns.
Only plain tables are read, from a file opened as immutable, with an authorizer that denies
everything but reading.
"""

from __future__ import annotations

import re
import sqlite3
import struct
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from toolkit.base.errors import InputDataError
from toolkit.base.wkb import read_wkb
from toolkit.streets.readers import guard
from toolkit.streets.readers.guard import ForeignTable, Kind, Layer

MAGIC: Final = b"SQLite format 3\0"
_MAX_VALUE_BYTES: Final = 16 << 20
"""Maximum size of a value: a line of a million points."""
_MAX_QUERY_S: Final = 600.0
_STEPS: Final = 100_000
_MAX_LAYERS: Final = 1000
_UNDEFINED: Final = re.compile(
    r'undefined|(?:LOCAL_CS|ENGCRS)\["Undefined', re.ASCII | re.IGNORECASE
)
_ENVELOPE_BYTES: Final = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_KINDS: Final[dict[str, Kind]] = {
    "LINESTRING": "line", "MULTILINESTRING": "line", "POLYGON": "polygon",
    "MULTIPOLYGON": "polygon", "POINT": "point", "MULTIPOINT": "point",
}  # fmt: skip
_ALLOWED: Final = frozenset({
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
})  # fmt: skip
_FUNCTIONS: Final = frozenset({"count", "substr", "like", "lower"})


def layers(path: Path, wanted: Collection[str]) -> list[Layer]:
    """Return the feature layers of a GeoPackage.

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
    with _opened(path) as base:
        listed = base.execute(
            "SELECT g.table_name, g.column_name, g.geometry_type_name, g.srs_id "
            "FROM gpkg_geometry_columns g JOIN sqlite_master m "
            "ON m.name = g.table_name AND m.type = 'table' "
            "WHERE m.sql NOT LIKE 'CREATE VIRTUAL%'"
        ).fetchmany(_MAX_LAYERS)
    return [_layer(path, str(row[0]), str(row[1]), row[2:], wanted) for row in listed]


def _layer(path: Path, name: str, column: str, rest: Any, wanted: Collection[str]) -> Layer:  # noqa: ANN401
    kind, srs = rest
    return Layer(
        name, _KINDS.get(str(kind).upper()), lambda: _load(path, name, column, srs, wanted)
    )


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with guard.reading(path, "a GeoPackage", sqlite3.Error, sqlite3.Warning):
        if not guard.first_bytes(path).startswith(MAGIC):
            msg = f"{path.name} is not a GeoPackage. Save it again as one."
            raise InputDataError(msg)
        # "immutable" keeps SQLite from reading journals next to the file.
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as base:
            base.text_factory = lambda data: data.decode("utf-8", "replace")
            base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
            base.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            base.execute("PRAGMA trusted_schema=OFF")
            base.set_authorizer(_authorise)
            until = time.monotonic() + _MAX_QUERY_S
            base.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
            yield base


def _authorise(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    plain = action in _ALLOWED and (
        action != sqlite3.SQLITE_FUNCTION or (second or first or "").lower() in _FUNCTIONS
    )
    return sqlite3.SQLITE_OK if plain else sqlite3.SQLITE_DENY


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _load(path: Path, name: str, column: str, srs: Any, wanted: Collection[str]) -> ForeignTable:  # noqa: ANN401
    with _opened(path) as base:
        table = _quoted(name)
        (rows,) = base.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        guard.check_rows(path, rows)
        empty = base.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608
        named = {str(d[0]).lower(): str(d[0]) for d in empty.description}
        if column.lower() not in named:
            msg = f"{path.name}: layer {name[:60]!r} has no column of geometry. Save it again."
            raise InputDataError(msg)
        kept = [k for k in named if k in wanted and k != column.lower()]
        chosen = ", ".join(_quoted(n) for n in (column, *(named[k] for k in kept)))
        read = base.execute(f"SELECT {chosen} FROM {table}").fetchall()  # noqa: S608
        crs = guard.crs_of_text(path, _srs_text(base, srs))
    blobs = [_wkb(row[0]) for row in read]
    geometry, unreadable = read_wkb(blobs)
    given = sum(row[0] is not None for row in read)
    made = ForeignTable(
        name, geometry, {k: [row[i + 1] for row in read] for i, k in enumerate(kept)}
    )
    made.counts["geometry_unreadable"] += unreadable + given - sum(b is not None for b in blobs)
    guard.check_rows(path, rows, int(np.sum(shapely.get_num_coordinates(geometry))))
    return guard.in_degrees(path, made, crs)


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


def _wkb(blob: Any) -> bytes | None:  # noqa: ANN401
    """Return the WKB after the header of a GeoPackage geometry, None if it has none."""
    if not isinstance(blob, bytes) or blob[:3] != b"GP\0" or len(blob) < struct.calcsize("<4si"):
        return None
    flags = blob[3]
    size = _ENVELOPE_BYTES.get((flags >> 1) & 7)
    extended = flags & 0x20
    return None if size is None or extended else blob[struct.calcsize("<4si") + size :]
