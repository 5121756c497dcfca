"""Cameras of a city: those mapped in its pack, and the user's field notes.

Field notes are stored apart from the packs, in ``cameras/`` of the user's data, one GeoParquet file
per city. Nothing here writes to a pack, so a pack that is shared contains none of them. Only the
columns of `toolkit.streets.schema` are stored: no time of import, no user, no file name.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError, PackError
from toolkit.base.terms import FULL_CIRCLE_DEG, StepProgress
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
    LAYERS,
    conform,
    empty_layer,
    from_parquet,
    to_parquet,
)

if TYPE_CHECKING:
    import geopandas as gpd

SAME_CAMERA_M: Final = 10.0
"""A note this near to a mapped camera may be of the same one: a phone between buildings is off by
5 to 10 m (GPS.gov, "GPS Accuracy", 2022: 4.9 m under open sky, worse near buildings)."""
SAME_DIRECTION_DEG: Final = 45.0
"""Directions this close may be the same: people note the eight points of the compass."""
FIELD: Final = "field"
OSM: Final = "osm"

_FOLDER: Final = "cameras"
_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)
_FILLED: Final = (
    "surveillance", "zone", "mount", "height_m", "tilt_deg", "operator", "brand", "manufacturer",
    "model", "fixme",
)  # fmt: skip
"""Columns in which gaps of the newer record are filled from the older one."""

PRIVATE_GROUND: Final = ("outdoor", "indoor")
"""Values of `surveillance` for cameras that watch private ground (OpenStreetMap wiki,
"Key:surveillance")."""

_EXPORTED: Final = (
    "kind", "direction", "width", "height", "operator", "brand", "seen_on", "status", "note",
)  # fmt: skip
"""Columns of an exported file, as an import expects them."""
_ORDER: Final = LAYERS["cameras"].order

_Row = dict[str, Any]


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


# --- stored notes ---------------------------------------------------------------------------


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
    with store.one_writer(_FOLDER):
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
    file = _file(city_id)
    if not file.is_file():
        return empty_layer(FIELD_NOTES)
    try:
        data = _content(file)
        return from_parquet(FIELD_NOTES, data, rows=_n_rows(data))
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
    with store.one_writer(_FOLDER):
        # Nobody else writes now: what lies there was left, and would hold notes.
        store.remove_leftovers(file.parent, older_than_s=0.0)
        file.unlink()
    _forget_sight()
    return n_rows


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
    return store.home_dir() / _FOLDER / f"{city_id}.parquet"


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


# --- together with the map ------------------------------------------------------------------


def cameras_for(pack: Pack) -> gpd.GeoDataFrame:
    """Return the known cameras of a city: mapped ones and the user's field notes.

    Returns
    -------
    cameras
        Layer "cameras" with a column ``source``: ``osm``, or ``field`` where a note prevails, see
        `merge_cameras`. Notes outside the boundary of the pack are left out.

    Raises
    ------
    InputDataError
        If the stored field notes are damaged.
    """
    import shapely

    notes = list_cameras(notes_id(pack))
    if notes.empty:
        return pack.cameras.assign(source=OSM)
    inside = shapely.covers(pack.boundary.geometry.union_all(), notes.geometry.to_numpy())
    merged = merge_cameras(pack.cameras, notes[inside], pack.manifest.crs)
    own = np.flatnonzero((merged["source"] == FIELD).to_numpy())
    merged.loc[merged.index[own], "in_building"] = False
    if len(own) and len(pack.buildings):
        tree = shapely.STRtree(pack.buildings.geometry.to_numpy())
        within = tree.query(merged.geometry.to_numpy()[own], predicate="within")[0]
        merged.loc[merged.index[own[np.unique(within)]], "in_building"] = True
    return merged


def without_private(cameras: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the cameras without those mapped as watching private ground, in the order given.

    A camera of which the map does not say what it watches is kept.

    Parameters
    ----------
    cameras
        Layer "cameras", with or without field notes.
    """
    return cameras[~cameras["surveillance"].isin(PRIVATE_GROUND).to_numpy(dtype=bool)]


def merge_cameras(
    mapped: gpd.GeoDataFrame, notes: gpd.GeoDataFrame, metric_crs: str
) -> gpd.GeoDataFrame:
    """Merge field notes into mapped cameras, each camera once.

    The rule works row by row, a row being a camera with one direction:

    1. Notes are processed by day, oldest first; undated ones come before all. Notes of the same
       day are of different cameras.
    2. A note matches a known camera if it lies within `SAME_CAMERA_M`, the kinds are equal or
       one is unknown, and the directions differ by at most `SAME_DIRECTION_DEG` or one is
       unknown. Matches are one to one, pairs with two known directions first, then the nearest.
    3. The record with the newer date prevails, the note if dates are equal or missing; gaps are
       filled from the older one. Position and source are those of the newer record.
    4. "gone" removes the camera unless the camera has a newer date. Without a direction it
       removes all directions of that camera.
    5. "unsure" neither changes nor adds a camera.

    Parameters
    ----------
    mapped
        Layer "cameras".
    notes
        Layer "field_notes".
    metric_crs
        CRS in which distances are measured.

    Returns
    -------
    cameras
        Layer "cameras" with a column ``source``.
    """
    import geopandas as gpd
    import pandas as pd

    known = _records(mapped, metric_crs, OSM)
    noted = _records(notes.assign(check_date=notes["seen_on"]), metric_crs, FIELD)
    visits: dict[str, list[_Row]] = {}
    for row in noted:
        visits.setdefault(_day(row), []).append(row)
    for _, visit in sorted(visits.items()):
        known = _without_gone(known, [row for row in visit if row["status"] == "gone"])
        present = [row for row in visit if row["status"] == "present"]
        pairs = dict(_pairs(present, known))
        for i, j in pairs.items():
            known[j] = _merged_record(known[j], present[i])
        known += [row for i, row in enumerate(present) if i not in pairs]
    if not known:
        return empty_layer("cameras").assign(source=pd.Series([], dtype=object))
    frame = gpd.GeoDataFrame(known, geometry="geometry", crs=CRS)
    # Sorted as the layer will be, so that sources stay with their rows.
    frame = frame.sort_values(list(_ORDER), kind="stable")
    return conform("cameras", frame).assign(source=frame["source"].to_numpy())


def _records(frame: gpd.GeoDataFrame, metric_crs: str, source: str) -> list[_Row]:
    import shapely

    # In a fixed order, so that ties between equally near cameras are always broken the same way.
    ordered = frame.sort_values(list(_ORDER), kind="stable")
    points = shapely.get_coordinates(ordered.geometry.to_crs(metric_crs).to_numpy())
    return [
        {**row, "source": source, "xy": point}
        for row, point in zip(ordered.to_dict("records"), points.tolist(), strict=True)
    ]


def _day(row: _Row) -> str:
    """Return the date of a record as sortable text; a year alone sorts as its first day."""
    return row["check_date"] or ""


def _pairs(notes: list[_Row], known: list[_Row]) -> list[tuple[int, int]]:
    """Match notes to known cameras, one to one; return pairs of indices."""
    from scipy.spatial import cKDTree

    if not notes or not known:
        return []
    tree = cKDTree([row["xy"] for row in known])
    near = tree.query_ball_point([row["xy"] for row in notes], SAME_CAMERA_M)
    ranked = sorted(
        (*rank, i, j)
        for i, found in enumerate(near)
        for j in found
        for rank in [_rank(notes[i], known[j])]
        if rank is not None
    )
    taken_notes: set[int] = set()
    taken: set[int] = set()
    pairs = []
    for *_, i, j in ranked:
        if i not in taken_notes and j not in taken:
            pairs.append((i, j))
            taken_notes.add(i)
            taken.add(j)
    return pairs


def _rank(note: _Row, camera: _Row) -> tuple[bool, float, float] | None:
    """Return the sort key of a match (lower is better), None for different cameras."""
    kinds = {note["kind"], camera["kind"]} - {"unknown"}
    away = abs((note["direction_deg"] - camera["direction_deg"] + 180.0) % FULL_CIRCLE_DEG - 180.0)
    if len(kinds) > 1 or away > SAME_DIRECTION_DEG:
        return None
    open_ = math.isnan(away)
    return open_, math.dist(note["xy"], camera["xy"]), 0.0 if open_ else away


def _without_gone(known: list[_Row], gone: list[_Row]) -> list[_Row]:
    lost: set[int] = set()
    rows_of: dict[str, list[int]] = {}
    for k, row in enumerate(known):
        rows_of.setdefault(row["osm_id"], []).append(k)
    for i, j in _pairs(gone, known):
        whole = math.isnan(gone[i]["direction_deg"])
        meant = rows_of[known[j]["osm_id"]] if whole else [j]
        lost.update(k for k in meant if _day(known[k]) <= _day(gone[i]))
    return [row for k, row in enumerate(known) if k not in lost]


def _merged_record(camera: _Row, note: _Row) -> _Row:
    """Merge two records of the same camera."""
    import pandas as pd

    newer, older = (note, camera) if _day(note) >= _day(camera) else (camera, note)
    axis, width = newer["direction_deg"], newer["width_deg"]
    if math.isnan(axis) and math.isnan(width):
        axis, width = older["direction_deg"], older["width_deg"]
    elif math.isnan(width) and not math.isnan(older["direction_deg"]):
        width = older["width_deg"]
    plate = "ALPR" in {newer["surveillance_type"], older["surveillance_type"]}
    return {
        **newer,
        **{c: older[c] for c in _FILLED if pd.isna(newer[c])},
        "osm_id": camera["osm_id"],
        "kind": older["kind"] if newer["kind"] == "unknown" else newer["kind"],
        "surveillance_type": "ALPR" if plate else "camera",
        "direction_deg": axis,
        "width_deg": width,
        "in_building": camera["in_building"],
    }
