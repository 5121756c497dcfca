"""Streets of a place and what else is known of it, as the siting model takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.streets import Pack

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class StreetLayers:
    """Streets of a place, and what else is known of it.

    Attributes
    ----------
    lines
        Centre lines in a metric frame, shape (S,).
    highway
        Value of ``highway`` of each, length S.
    signal_xy_m
        Traffic lights, shape (., 2); None where nobody has mapped them.
    place_xy_m, place_kind
        Places of the kinds in `PLACE_LEVEL`; None where there is no such layer.
    bridge
        Whether each line is a bridge, shape (S,); None where not known.
    """

    lines: NDArray[np.object_]
    highway: Sequence[str]
    signal_xy_m: FloatArray | None = None
    place_xy_m: FloatArray | None = None
    place_kind: Sequence[str] = ()
    bridge: NDArray[np.bool_] | None = None


def pack_layers(pack: Pack) -> StreetLayers:
    """Return the streets of a city pack, with what it knows of lights, places and bridges."""
    crs = pack.manifest.crs
    streets, junctions, places = pack.streets, pack.junctions, pack.places
    lit = junctions[junctions["signals"].to_numpy(dtype=bool)]
    known_places = len(places) > 0
    return StreetLayers(
        lines=np.asarray(streets.geometry.to_crs(crs).array, dtype=object),
        highway=streets["highway"].tolist(),
        # A pack without any light or place comes from a file that does not have them.
        signal_xy_m=metric_xy(lit, crs) if len(lit) else None,
        place_xy_m=metric_xy(places, crs) if known_places else None,
        place_kind=places["kind"].tolist() if known_places else (),
        bridge=streets["bridge"].to_numpy(dtype=bool),
    )


def metric_xy(frame: gpd.GeoDataFrame, crs: str) -> FloatArray:
    """Return points in a metric frame, shape (N, 2)."""
    shapes = np.asarray(frame.geometry.to_crs(crs).array, dtype=object)
    return np.asarray(shapely.get_coordinates(shapes), dtype=float).reshape(-1, 2)
