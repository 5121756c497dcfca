"""Layers of a city from a second file: an OpenStreetMap extract or a graph of OSMnx.

Street files often have only lines and classes; an extract of the same city adds lights, places,
bridges, one-way streets and lanes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.terms import StepProgress
from toolkit.siting.features import PLACE_M
from toolkit.siting.surroundings import StreetLayers, lanes_of, lanes_or_none, metric_xy
from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.osm.file import is_osm_name, read_osm
from toolkit.streets.readers.tables import graphml

SAME_STREET_M: Final = 2.0
"""A street of the extract matches a line if it passes this near to its midpoint: both derive from
one map, rounded to 0.1 m or less, and carriageways of a street are farther apart."""
_AROUND_DEG: Final = 2e-3
"""Margin of about 200 m, more than any distance at which lights and places count."""


def is_extract(path: str | os.PathLike[str]) -> bool:
    """Return whether a file name is that of an OpenStreetMap or GraphML file."""
    name = Path(os.fspath(path)).name.lower()
    return is_osm_name(name) or name.endswith(graphml.SUFFIXES)


def read_extract(
    path: str | os.PathLike[str],
    box: tuple[float, float, float, float],
    *,
    progress: StepProgress | None = None,
) -> Extract:
    """Read an extract in and around a box of longitudes and latitudes.

    Raises
    ------
    InputDataError
        If it is damaged, or has no street there.
    """
    file = store.local_file(path)
    read = read_osm if is_osm_name(file.name) else graphml.read_graphml
    around = shapely.box(*box).buffer(_AROUND_DEG, join_style="mitre")
    return read(file, boundary=around, progress=progress)


def with_extract(layers: StreetLayers, extract: Extract, crs: str) -> StreetLayers:
    """Add the layers of an extract of the same place to streets.

    Lights and places are those of the extract. Bridges, one-way streets and lanes are added where
    the streets themselves lack them; a line without a match is treated as untagged: not a bridge,
    two-way, of an unknown number of lanes.

    Parameters
    ----------
    layers
        Streets.
    extract
        Content of the second file.
    crs
        Metric CRS of the streets.
    """
    found = extract.layers
    lit = found.junctions[found.junctions["signals"].to_numpy(dtype=bool)]
    layers = replace(layers, signal_xy_m=metric_xy(lit, crs) if len(lit) else None)
    layers = with_places(layers, metric_xy(found.places, crs), found.places["kind"].tolist())
    streets = found.streets
    at = _same_street(layers.lines, np.asarray(streets.geometry.to_crs(crs).array, dtype=object))
    there, at = at >= 0, np.maximum(at, 0)
    if layers.bridge is None and not extract.counts.get("missing_bridges"):
        layers = replace(layers, bridge=there & streets["bridge"].to_numpy(dtype=bool)[at])
    if layers.oneway is None and not extract.counts.get("missing_oneway"):
        layers = replace(layers, oneway=there & streets["oneway"].to_numpy(dtype=bool)[at])
    if layers.lanes is None:
        layers = replace(
            layers, lanes=lanes_or_none(np.where(there, lanes_of(streets)[at], np.nan))
        )
    return layers


def with_places(layers: StreetLayers, xy_m: FloatArray, kind: Sequence[str]) -> StreetLayers:
    """Add the places near the streets; a file of a whole country may have none there.

    Parameters
    ----------
    layers
        Streets.
    xy_m, kind
        Places in the CRS of the streets, shape (N, 2), and their kinds, length N.
    """
    west, south, east, north = shapely.total_bounds(layers.lines)
    low, high = (west - PLACE_M, south - PLACE_M), (east + PLACE_M, north + PLACE_M)
    here = np.flatnonzero(((xy_m >= low) & (xy_m <= high)).all(axis=1))
    if not len(here):
        return replace(layers, place_xy_m=None, place_kind=())
    return replace(layers, place_xy_m=xy_m[here], place_kind=[kind[i] for i in here.tolist()])


def _same_street(lines: NDArray[np.object_], streets: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the matching street of each line, by its midpoint; -1 without a match."""
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    line, street = shapely.STRtree(streets).query_nearest(
        middle, max_distance=SAME_STREET_M, all_matches=True
    )
    found = np.full(len(lines), len(streets), dtype=np.int64)
    # Ties are broken by the lowest index, whatever the order of the tree.
    np.minimum.at(found, line, street)
    return np.where(found < len(streets), found, -1)
