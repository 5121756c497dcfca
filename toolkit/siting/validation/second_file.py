"""What a second file knows of a city's streets: an OpenStreetMap extract, or a graph of OSMnx.

Lists of streets often have lines and classes alone, where an extract of the same city has lights,
places, bridges, one-way streets and lanes as well.
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
from toolkit.siting.features import PLACE_M
from toolkit.siting.surroundings import StreetLayers, lanes_of, lanes_or_none, metric_xy
from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.osm import file as osm
from toolkit.streets.readers.tables import graphml

SAME_STREET_M: Final = 2.0
"""A street of the extract is that of a line if it passes its middle this near: coordinates of both
come from one map, rounded to 0.1 m or less, and lanes of a street lie further apart."""
_AROUND_DEG: Final = 2e-3
"""About 200 m, more than any distance at which lights and places count."""


def is_extract(path: str | os.PathLike[str]) -> bool:
    """Return whether a file is one of those that are read here, by its name."""
    name = Path(os.fspath(path)).name.lower()
    return osm.is_osm_name(name) or name.endswith(graphml.SUFFIXES)


def read_extract(path: str | os.PathLike[str], box: tuple[float, float, float, float]) -> Extract:
    """Read what an extract has in and close around a box of longitudes and latitudes.

    Raises
    ------
    InputDataError
        If it is damaged, or has no street there.
    """
    file = store.local_file(path)
    read = osm.read_osm if osm.is_osm_name(file.name) else graphml.read_graphml
    return read(file, boundary=shapely.box(*box).buffer(_AROUND_DEG, join_style="mitre"))


def with_extract(layers: StreetLayers, extract: Extract, crs: str) -> StreetLayers:
    """Return streets with what an extract of the same place knows.

    Lights and places are those of the extract. Bridges, one-way streets and lanes are taken where
    the streets themselves do not say; a line that is not in the extract is no bridge, open both
    ways and of an unknown number of lanes, as one without tags is.

    Parameters
    ----------
    layers
        The streets.
    extract
        What a second file has there.
    crs
        Frame of the streets.
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
    """Return streets with the places at them; a file of a whole country may hold none.

    Parameters
    ----------
    layers
        The streets.
    xy_m, kind
        Places in the frame of the streets, shape (N, 2), and their kinds, length N.
    """
    west, south, east, north = shapely.total_bounds(layers.lines)
    low, high = (west - PLACE_M, south - PLACE_M), (east + PLACE_M, north + PLACE_M)
    here = np.flatnonzero(((xy_m >= low) & (xy_m <= high)).all(axis=1))
    if not len(here):
        return replace(layers, place_xy_m=None, place_kind=())
    return replace(layers, place_xy_m=xy_m[here], place_kind=[kind[i] for i in here.tolist()])


def _same_street(lines: NDArray[np.object_], streets: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the street that each line is, by its middle; -1 where there is none."""
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    line, street = shapely.STRtree(streets).query_nearest(
        middle, max_distance=SAME_STREET_M, all_matches=True
    )
    found = np.full(len(lines), len(streets), dtype=np.int64)
    # Of several as near the first, whatever the order of the tree.
    np.minimum.at(found, line, street)
    return np.where(found < len(streets), found, -1)
