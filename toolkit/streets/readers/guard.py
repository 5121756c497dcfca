"""Checks of foreign street files before and while they are read.

A file is what its name and its first bytes say, or it is refused.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import os
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from toolkit.base import store
from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError
from toolkit.base.terms import StepProgress
from toolkit.streets.schema import CRS

Kind = Literal["line", "polygon", "point"]

MAX_ROWS: Final = 5_000_000
"""Maximum rows of a table. OpenStreetMap has about a million street ways in all of Myanmar; a
larger file is better imported as an OpenStreetMap extract, which is streamed."""
MAX_VERTICES: Final = 50_000_000
"""Maximum points of all lines of a file: their arrays take about 2 GB."""
MAX_FILE_BYTES: Final = 2 << 30
"""Maximum file size: that of a table of `MAX_ROWS` streets in any of the formats."""
MAX_TEXT_BYTES: Final = 512 << 20
"""Maximum size of a file held as one text (GeoJSON), which is in memory twice while read."""
MAX_UNPACKED_BYTES: Final = 1 << 30
"""Maximum bytes unpacked of one file of a zip; shapefiles end at 2 GB."""
MAX_RATIO: Final = 100
"""Maximum compression ratio. Shapefiles shrink three to thirty times, bombs a thousand times."""
_RATIO_FROM_BYTES: Final = 1 << 24
_MAX_ENTRIES: Final = 10_000
_ZIP_END: Final = struct.Struct("<4s4H2IH")
_MAX_COMMENT: Final = 0xFFFF
_PACKED: Final[dict[str, Callable[[Path], gzip.GzipFile | bz2.BZ2File]]] = {
    ".gz": gzip.GzipFile,
    ".bz2": bz2.BZ2File,
}
_READ_BYTES: Final = 1 << 20
ZIP_ERRORS: Final = (
    zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, zlib.error,
)  # fmt: skip
"""What `zipfile` raises where a file is damaged or needs a password."""
_WGS84: Final = pyproj.CRS.from_user_input(CRS)
_CODE: Final = re.compile(
    r"(?:urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?(EPSG|OGC)[:/](?:[\d.]*[:/])?"
    r"(\d{4,6}|CRS84)",
    re.ASCII | re.IGNORECASE,
)
_MAX_CRS_TEXT: Final = 20_000
_LON_LIMIT, _LAT_LIMIT = 180.0, 90.0


@dataclass(frozen=True)
class ForeignTable:
    """One layer of a file: geometry in EPSG:4326 without heights, and its columns.

    Attributes
    ----------
    name
        Name of the layer.
    geometry
        Points, lines and polygons; None where a row has none or one that cannot be read.
    columns
        Values by column, names in lower case.
    counts
        Problems found while reading.
    """

    name: str
    geometry: NDArray[Any]
    columns: dict[str, list[Any]]
    counts: Counter[str] = field(default_factory=Counter)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.geometry)


@dataclass(frozen=True)
class Layer:
    """Layer to be loaded: its name, its kind of geometry if stated, and its loader."""

    name: str
    kind: Kind | None
    load: Callable[[], ForeignTable]


def plain_file(name: str | os.PathLike[str], *, max_bytes: int = MAX_FILE_BYTES) -> Path:
    """Return the path of a plain local file after checking its size.

    Raises
    ------
    InputDataError
        If it is not a plain local file, is a link out of its folder, is empty or too large.
    """
    path = store.local_file(name)
    size = path.stat().st_size
    if size == 0:
        msg = f"{path.name} is empty. Copy it again."
        raise InputDataError(msg)
    if size > max_bytes:
        msg = (
            f"{path.name} has {size / 1e6:.0f} MB; at most {max_bytes / 1e6:.0f} MB of this kind "
            "are read. Cut it to the city, or use an OpenStreetMap extract (.osm.pbf)."
        )
        raise InputDataError(msg)
    return path


def first_bytes(path: Path, number: int = 64) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as stream:
        return stream.read(number)


@contextlib.contextmanager
def reading(path: Path, what: str, *errors: type[Exception]) -> Iterator[None]:
    """Turn a parser's exceptions into one sentence that names the file and its format."""
    caught: tuple[type[Exception], ...] = (
        *errors, OSError, struct.error, UnicodeError, RecursionError, OverflowError,
    )  # fmt: skip
    try:
        yield
    except MemoryError as error:
        msg = f"{path.name} needs more memory than there is, or says so. Is it the right file?"
        raise InputDataError(msg) from error
    except caught as error:
        if isinstance(error, InputDataError):
            raise
        why = clean_text(str(error)) or type(error).__name__
        msg = (
            f"{path.name} cannot be read as {what} ({why}). It may be cut short or of another "
            "kind: save it again."
        )
        raise InputDataError(msg) from error


def check_rows(path: Path, rows: int, vertices: int = 0) -> None:
    """Refuse a file with more than `MAX_ROWS` rows or `MAX_VERTICES` points."""
    if rows > MAX_ROWS or vertices > MAX_VERTICES:
        msg = (
            f"{path.name} has more than {MAX_ROWS:,} rows or {MAX_VERTICES:,} points. Cut it to "
            "the city, or use an OpenStreetMap extract (.osm.pbf)."
        )
        raise InputDataError(msg)


# --- zip ------------------------------------------------------------------------------------


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open a zip file after checking the size of its central directory."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - _ZIP_END.size - _MAX_COMMENT))
        tail = stream.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _ZIP_END.size:
        msg = f"{path.name} is not a whole zip file. Copy it again."
        raise InputDataError(msg)
    _, _, _, _, entries, listed_bytes, _, _ = _ZIP_END.unpack_from(tail, at)
    if entries > _MAX_ENTRIES or listed_bytes > _MAX_ENTRIES * 1000:
        msg = f"{path.name} has too many files in it. Zip the shapefile alone."
        raise InputDataError(msg)
    with reading(path, "a zip file", zipfile.BadZipFile, ValueError, NotImplementedError):
        return zipfile.ZipFile(path)


def unzip(path: Path, archive: zipfile.ZipFile, name: str, into: Path) -> Path:
    """Unpack one file of a zip, stopping as soon as it exceeds the size or ratio allowed."""
    entry = archive.getinfo(name)
    most = min(MAX_UNPACKED_BYTES, max(_RATIO_FROM_BYTES, MAX_RATIO * max(1, entry.compress_size)))
    total = 0
    with (
        reading(path, "a zip file", *ZIP_ERRORS),
        archive.open(entry) as stream,
        into.open("xb") as file,
    ):
        while part := stream.read(_READ_BYTES):
            total += len(part)
            if total > most:
                raise unpacks_too_far(path, most)
            file.write(part)
    return into


def unpacks_too_far(path: Path, most: int) -> InputDataError:
    """Return the error for a file that unpacks to more than `most` bytes."""
    msg = f"{path.name} unpacks to more than {most / 1e6:.0f} MB. It is not read."
    return InputDataError(msg)


def refuse_bomb(path: Path, progress: StepProgress | None = None) -> None:
    """Refuse a decompression bomb: unpack a ``.gz`` or ``.bz2`` file once, keeping nothing.

    OpenStreetMap XML shrinks ten to twenty times. Files with other suffixes pass.

    Raises
    ------
    InputDataError
        If it unpacks to more than `MAX_RATIO` times its size, or is damaged.
    """
    opener = _PACKED.get(path.suffix.lower())
    if opener is None or first_bytes(path, 2) not in {b"\x1f\x8b", b"BZ"}:
        return
    most = max(4 * _RATIO_FROM_BYTES, MAX_RATIO * path.stat().st_size)
    total = 0
    with reading(path, "a packed file", EOFError, zlib.error), opener(path) as stream:
        while part := stream.read(_READ_BYTES):
            total += len(part)
            if total > most:
                raise unpacks_too_far(path, most)
            if progress is not None and not total % (64 * _READ_BYTES):
                progress(f"{path.name}: {total / 1e6:,.0f} MB unpacked and checked", None)


# --- coordinates ----------------------------------------------------------------------------


def crs_of_text(path: Path, text: str | None) -> pyproj.CRS:
    """Return the CRS that a file gives by code or as WKT.

    Only EPSG and OGC codes and self-contained WKT are accepted: other forms can make PROJ open
    files.

    Raises
    ------
    InputDataError
        If it is missing or cannot be used.
    """
    if not text or not text.strip():
        msg = (
            f"{path.name} does not say in which coordinate system it is. Save it again with one, "
            "best longitude and latitude in WGS84 (EPSG:4326)."
        )
        raise InputDataError(msg)
    stripped = text.strip().strip("\0")[:_MAX_CRS_TEXT]
    code = _CODE.fullmatch(stripped)
    try:
        if code:
            return _of_code(code[2])
        if re.match(r"[A-Z]+\s*[\[(]", stripped, re.IGNORECASE):
            return _plain(pyproj.CRS.from_wkt(stripped))
    except pyproj.exceptions.CRSError as error:
        raise _unknown_crs(path, stripped) from error
    raise _unknown_crs(path, stripped)


def crs_of_json(path: Path, content: dict[str, Any]) -> pyproj.CRS:
    """Return the CRS of a PROJJSON object."""
    try:
        return _plain(pyproj.CRS.from_json_dict(content))
    except (pyproj.exceptions.CRSError, RecursionError, ValueError) as error:
        raise _unknown_crs(path, str(content.get("name"))) from error


def _of_code(code: str) -> pyproj.CRS:
    return _WGS84 if code.upper() == "CRS84" else pyproj.CRS.from_epsg(int(code))


def _plain(crs: pyproj.CRS) -> pyproj.CRS:
    """Return a CRS without transformation steps that could refer to grid files."""
    epsg = crs.to_epsg(min_confidence=70)
    if epsg is not None:
        return pyproj.CRS.from_epsg(epsg)
    if crs.is_bound or (crs.is_derived and not crs.is_projected):
        msg = "a system bound to another"
        raise pyproj.exceptions.CRSError(msg)
    return crs


def _unknown_crs(path: Path, said: str) -> InputDataError:
    msg = (
        f"{path.name} names a coordinate system that is not known here "
        f"({clean_text(said[:60])}). Save it in longitude and latitude, WGS84 (EPSG:4326)."
    )
    return InputDataError(msg)


def to_degrees(
    path: Path, geometry: NDArray[Any], crs: pyproj.CRS, counts: Counter[str]
) -> NDArray[Any]:
    """Return geometry in EPSG:4326 without heights, None where it is outside the world.

    Adds to the counts ``features_without_geometry``, ``features_outside_world``, and
    ``features_across_antimeridian`` (a segment spans more than 180 degrees of longitude).
    """
    # Shapely warns of NaN coordinates; here they fail the range check below.
    with np.errstate(invalid="ignore"):
        flat = shapely.force_2d(geometry)
        gone = shapely.is_missing(flat) | shapely.is_empty(flat)
        flat[gone] = None
        if crs.is_projected and _looks_like_degrees(flat):
            msg = (
                f"{path.name} says that its coordinates are metres ({clean_text(crs.name)}), but "
                "they look like degrees. Save it again in the coordinate system it is in."
            )
            raise InputDataError(msg)
        if crs != _WGS84:
            flat = _reprojected(flat, _transformer(path, crs))
        points, index = shapely.get_coordinates(flat, return_index=True)
        here = (np.abs(points[:, 0]) <= _LON_LIMIT) & (np.abs(points[:, 1]) <= _LAT_LIMIT)
        jump = np.abs(np.diff(points[:, 0])) > _LON_LIMIT
    outside = np.unique(index[~here])
    across = np.setdiff1d(np.unique(index[1:][jump & (np.diff(index) == 0)]), outside)
    counts["features_without_geometry"] += int(gone.sum())
    counts["features_outside_world"] += len(outside)
    counts["features_across_antimeridian"] += len(across)
    flat[outside] = None
    flat[across] = None
    return flat


def _looks_like_degrees(flat: NDArray[Any]) -> bool:
    """Return whether all coordinates lie in the range of degrees."""
    if not len(flat):
        return False
    west, south, east, north = shapely.total_bounds(flat)
    inside = west >= -_LON_LIMIT and east <= _LON_LIMIT and south >= -_LAT_LIMIT
    return bool(inside and north <= _LAT_LIMIT)


def _transformer(path: Path, crs: pyproj.CRS) -> pyproj.Transformer:
    try:
        return pyproj.Transformer.from_crs(crs, _WGS84, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise _unknown_crs(path, crs.name) from error


def _reprojected(flat: NDArray[Any], change: pyproj.Transformer) -> NDArray[Any]:
    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = change.transform(points[:, 0], points[:, 1])
        return np.column_stack([x, y])

    moved: NDArray[Any] = shapely.transform(flat, move)
    return moved


def in_degrees(path: Path, table: ForeignTable, crs: pyproj.CRS) -> ForeignTable:
    """Return a table with its geometry reprojected by `to_degrees`."""
    return ForeignTable(
        table.name,
        to_degrees(path, table.geometry, crs, table.counts),
        table.columns,
        table.counts,
    )
