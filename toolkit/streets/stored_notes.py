"""The user's field notes of cameras: imported, listed, exported and removed.

They are stored apart from the packs, in ``cameras/`` of the user's data, one GeoParquet file per
city. Nothing here writes to a pack, so a pack that is shared contains none of them. Only the
columns of `toolkit.streets.schema` are stored: no time of import, no user, no file name.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError, PackError
from toolkit.base.terms import StepProgress
from toolkit.streets.cities import load_cities
from toolkit.streets.pack import Pack, open_pack, pack_names
from toolkit.streets.readers.field_notes.read import (
    MAX_BYTES,
    FieldNotes,
    read_field_notes,
)
from toolkit.streets.schema import (
    CRS,
    FIELD_NOTES,
    conform,
    empty_layer,
    from_parquet,
    to_parquet,
)

if TYPE_CHECKING:
    import geopandas as gpd

FOLDER: Final = "cameras"
"""Folder of all field notes, below the user's data."""
_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)
_EXPORTED: Final = (
    "kind", "direction", "width", "height", "operator", "brand", "seen_on", "status", "note",
)  # fmt: skip
"""Columns of an exported file, as an import expects them."""


@dataclass(frozen=True)
class NotesImport:
    """Result of an import of field notes.

    Attributes
    ----------
    city
        Id of the city, or of a pack of no known city.
    read
        Notes read, and the reasons why other rows were not used.
    n_before, n_stored
        Rows stored before and after; a note with several directions has one row per direction.
    """

    city: str
    read: FieldNotes
    n_before: int
    n_stored: int


def check_cameras(
    path: str | os.PathLike[str],
    *,
    as_of: dt.date,
    city_id: str | None = None,
    progress: StepProgress | None = None,
) -> FieldNotes:
    """Read a file of field notes without storing anything.

    Parameters
    ----------
    path, as_of, progress
        See `toolkit.streets.readers.field_notes.read.read_field_notes`.
    city_id
        City or pack near which positions must lie, if any.

    Raises
    ------
    InputDataError
        If the file as a whole cannot be used.
    NotFoundError
        If there is no such city.
    """
    near = None if city_id is None else _middle(city_id)
    return read_field_notes(path, as_of=as_of, near=near, progress=progress)


def import_cameras(
    path: str | os.PathLike[str],
    city_id: str,
    *,
    as_of: dt.date,
    add: bool = False,
    progress: StepProgress | None = None,
) -> NotesImport:
    """Store the field notes in a file for a city.

    Parameters
    ----------
    path, as_of, progress
        See `toolkit.streets.readers.field_notes.read.read_field_notes`.
    city_id
        Id of a city, or of a pack of no known city.
    add
        Whether to keep the notes stored before. By default the file replaces them, so that a
        growing spreadsheet can be imported repeatedly.

    Raises
    ------
    InputDataError
        If the file or all of its rows cannot be used, or the notes stored before are to be kept
        and are damaged. Stored notes then remain unchanged.
    NotFoundError
        If there is no such city.
    """
    read = check_cameras(path, as_of=as_of, city_id=city_id, progress=progress)
    if read.rows.empty:
        first = f" First: row {p.row}, {p.column or 'row'}: {p.reason}" if (
            p := next(iter(read.problems), None)
        ) else ""  # fmt: skip
        msg = f"No row of the {read.n_notes} can be used.{first} Nothing was changed."
        raise InputDataError(msg)
    with store.one_writer(FOLDER):
        before = list_cameras(city_id) if add else None
        rows = read.rows if before is None else _appended(before, read.rows)
        n_before = _count(city_id) if before is None else len(before)
        store.write_bytes(_file(city_id), to_parquet(FIELD_NOTES, rows))
    if n_before:
        _forget_sight()
    return NotesImport(city=city_id, read=read, n_before=n_before, n_stored=len(rows))


def list_cameras(city_id: str) -> gpd.GeoDataFrame:
    """Return the stored field notes of a city: layer "field_notes", possibly empty.

    Raises
    ------
    InputDataError
        If they are damaged.
    """
    return cameras_and_sha256(city_id)[0]


def cameras_and_sha256(city_id: str) -> tuple[gpd.GeoDataFrame, str | None]:
    """Return `list_cameras` and `cameras_sha256`, both of the file as it was read once.

    Raises as `list_cameras`.
    """
    file = _file(city_id)
    if not file.is_file():
        return empty_layer(FIELD_NOTES), None
    try:
        data = _content(file)
        return from_parquet(FIELD_NOTES, data, rows=_n_rows(data)), store.sha256_bytes(data)
    except (PackError, OSError) as error:
        msg = (
            f"The stored field notes of {city_id} cannot be read ({error}). "
            "Remove them and import the file again."
        )
        raise InputDataError(msg) from error


def export_cameras(city_id: str, file: Path) -> int:
    """Write the field notes of a city as GeoJSON, to be shared apart from its streets.

    Notes leave their folder only through an explicit export. `import_cameras` reads the file.

    Returns
    -------
    n_rows
        Rows written.

    Raises
    ------
    NotFoundError
        If there are none.
    """
    notes = list_cameras(city_id)
    if notes.empty:
        msg = f"There are no field notes for {city_id!r}."
        raise NotFoundError(msg)
    kept = notes.rename(
        columns={"direction_deg": "direction", "width_deg": "width", "height_m": "height"}
    )
    kept = kept[[*_EXPORTED, "geometry"]]
    store.write_text(file, kept.to_json(na="drop", drop_id=True, to_wgs84=True) + "\n")
    return len(notes)


def remove_cameras(city_id: str) -> int:
    """Delete the field notes of a city, and all cached lines of sight, which depend on them.

    Returns
    -------
    n_rows
        Rows that were stored; 0 if the file was damaged.

    Raises
    ------
    NotFoundError
        If there are none.
    """
    file = _file(city_id)
    if not file.is_file():
        msg = f"No field notes are stored for {city_id!r}."
        raise NotFoundError(msg)
    n_rows = _count(city_id)
    with store.one_writer(FOLDER):
        # Nobody else writes now: what lies there was left, and would hold notes.
        store.remove_leftovers(file.parent, older_than_s=0.0)
        file.unlink()
    _forget_sight()
    return n_rows


def remove_all() -> int:
    """Delete all field notes, and all cached lines of sight; return the number of files.

    Raises
    ------
    InputDataError
        See `store.remove_own`.
    """
    n_files = store.remove_own(FOLDER)
    _forget_sight()
    return n_files


def cameras_sha256(city_id: str) -> str | None:
    """Return the hash of the stored field notes of a city, None if there are none."""
    file = _file(city_id)
    return store.sha256_file(file) if file.is_file() else None


def notes_id(pack: Pack) -> str:
    """Return the id under which field notes of a pack are stored."""
    return pack.manifest.city or pack.manifest.id


def _file(city_id: str) -> Path:
    if not _ID.fullmatch(city_id):
        msg = f"{city_id[:80]!r} is not the id of a city: small letters, digits and hyphens."
        raise NotFoundError(msg)
    return store.home_dir() / FOLDER / f"{city_id}.parquet"


def _content(file: Path) -> bytes:
    if file.is_symlink() or file.stat().st_size > MAX_BYTES:
        msg = "it is not a plain file, or larger than any such file"
        raise PackError(msg)
    return file.read_bytes()


def _n_rows(data: bytes) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(pa.BufferReader(data)).num_rows)
    except (pa.ArrowException, OSError) as error:
        msg = "it is not a whole GeoParquet file"
        raise PackError(msg) from error


def _count(city_id: str) -> int:
    try:
        return len(list_cameras(city_id))
    except InputDataError:
        return 0


def _appended(before: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Append new notes to old ones; the numbers of the new ones continue those of the old."""
    import geopandas as gpd

    last = max((int(name.removeprefix("note/")) for name in before["osm_id"]), default=0)
    numbers = [int(name.removeprefix("note/")) + last for name in new["osm_id"]]
    renamed = new.assign(osm_id=[f"note/{number}" for number in numbers])
    columns = [name for name in before.columns if name != "geometry"]
    values = {c: [*before[c].tolist(), *renamed[c].tolist()] for c in columns}
    points = [*before.geometry, *renamed.geometry]
    return conform(FIELD_NOTES, gpd.GeoDataFrame(values, geometry=points, crs=CRS))


def _forget_sight() -> None:
    """Delete cached lines of sight, which reveal the sites of earlier notes."""
    shutil.rmtree(store.cache_dir() / "sight", ignore_errors=True)


def _middle(city_id: str) -> tuple[float, float]:
    """Return latitude and longitude of a city, or of the centre of a pack."""
    city = next((c for c in load_cities() if c.id == city_id), None)
    if city is not None:
        return city.lat, city.lon
    if _ID.fullmatch(city_id) and city_id in pack_names():
        west, south, east, north = open_pack(city_id).boundary.total_bounds
        return float(south + north) / 2, float(west + east) / 2
    msg = f"There is no city and no pack {city_id[:80]!r}. Import its streets, or add the city."
    raise NotFoundError(msg)
