"""Cameras of a city: those mapped in its pack, together with the user's field notes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from toolkit.base.terms import FULL_CIRCLE_DEG
from toolkit.streets import stored_notes
from toolkit.streets.pack import Pack
from toolkit.streets.schema import (
    CRS,
    LAYERS,
    conform,
    empty_layer,
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

_FILLED: Final = (
    "surveillance", "zone", "mount", "height_m", "tilt_deg", "operator", "brand", "manufacturer",
    "model", "fixme",
)  # fmt: skip
"""Columns in which gaps of the newer record are filled from the older one."""

PRIVATE_GROUND: Final = ("outdoor", "indoor")
"""Values of `surveillance` for cameras that watch private ground (OpenStreetMap wiki,
"Key:surveillance")."""

_ORDER: Final = LAYERS["cameras"].order

_Row = dict[str, Any]


def cameras_for(pack: Pack, notes: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """Return the known cameras of a city: mapped ones and the user's field notes.

    Parameters
    ----------
    pack
        The streets.
    notes
        The field notes; by default those that are stored.

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

    if notes is None:
        notes = stored_notes.list_cameras(stored_notes.notes_id(pack))
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
