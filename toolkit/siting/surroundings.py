"""Streets of a place and their surroundings, the input of the siting model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray
from toolkit.streets.pack import Pack

if TYPE_CHECKING:
    import geopandas as gpd

LIGHTS, PLACES, BRIDGES = "traffic_lights", "places", "bridges"
"""Optional layers of a place."""
LAYER_NAMES: Final = {LIGHTS: "traffic lights", PLACES: "places", BRIDGES: "bridges"}


@dataclass(frozen=True)
class StreetLayers:
    """Streets of a place and their surroundings.

    Attributes
    ----------
    lines
        Centre lines in a metric frame, shape (S,).
    highway
        Value of ``highway`` of each, length S.
    signal_xy_m
        Junctions with traffic lights, shape (., 2); None where they are not mapped.
    place_xy_m, place_kind
        Places of the kinds in `PLACE_LEVEL`; None where there is no such layer.
    bridge
        Whether each line is a bridge, shape (S,); None where not known.
    oneway
        Whether each line is one-way, shape (S,); None where not known.
    lanes
        Number of lanes of each, NaN where not tagged, shape (S,); None where none is tagged.
    left_out
        Number of unusable street rows, by reason.
    n_without_class
        Number of lines without a known class, which count as minor.
    """

    lines: NDArray[np.object_]
    highway: Sequence[str]
    signal_xy_m: FloatArray | None = None
    place_xy_m: FloatArray | None = None
    place_kind: Sequence[str] = ()
    bridge: NDArray[np.bool_] | None = None
    oneway: NDArray[np.bool_] | None = None
    lanes: FloatArray | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    n_without_class: int = 0


def pack_layers(pack: Pack) -> StreetLayers:
    """Return the streets of a city pack with its lights, places and bridges."""
    crs = pack.manifest.crs
    streets, junctions, places = pack.streets, pack.junctions, pack.places
    lit = junctions[junctions["signals"].to_numpy(dtype=bool)]
    known_places = len(places) > 0
    return StreetLayers(
        lines=np.asarray(streets.geometry.to_crs(crs).array, dtype=object),
        highway=streets["highway"].tolist(),
        # A pack without a single light or place comes from a file that lacks them.
        signal_xy_m=metric_xy(lit, crs) if len(lit) else None,
        place_xy_m=metric_xy(places, crs) if known_places else None,
        place_kind=places["kind"].tolist() if known_places else (),
        # If the imported file lacks the column, "no" in the pack means "not known".
        bridge=(
            None
            if pack.manifest.counts.get("missing_bridges")
            else streets["bridge"].to_numpy(dtype=bool)
        ),
        oneway=(
            None
            if pack.manifest.counts.get("missing_oneway")
            else streets["oneway"].to_numpy(dtype=bool)
        ),
        lanes=lanes_or_none(lanes_of(streets)),
    )


def inventory(layers: StreetLayers) -> dict[str, dict[str, Any]]:
    """Return which optional layers of a place are known, and their sizes.

    Returns
    -------
    dict
        By `LIGHTS`, `PLACES`, `BRIDGES`: ``known``, ``count`` (None where not known), and for
        places ``kinds``, the count of each kind. Lights are counted by junction.
    """
    n_lights = None if layers.signal_xy_m is None else len(layers.signal_xy_m)
    n_places = None if layers.place_xy_m is None else len(layers.place_xy_m)
    n_bridges = None if layers.bridge is None else int(layers.bridge.sum())
    found: dict[str, dict[str, Any]] = {
        name: {"known": number is not None, "count": number}
        for name, number in ((LIGHTS, n_lights), (PLACES, n_places), (BRIDGES, n_bridges))
    }
    found[PLACES]["kinds"] = dict(sorted(Counter(layers.place_kind).items()))
    return found


def inventory_text(known: Mapping[str, Mapping[str, Any]]) -> str:
    """Format the result of `inventory` as one line."""
    read, missing = [], []
    for key, name in LAYER_NAMES.items():
        one = known[key]
        if not one["known"]:
            missing.append(name)
            continue
        kinds = ", ".join(f"{kind} {number}" for kind, number in one.get("kinds", {}).items())
        at = " junctions" if key == LIGHTS else ""
        read.append(f"{name} {one['count']}{at}" + (f" ({kinds})" if kinds else ""))
    return (
        f"Read beside lines and classes: {', '.join(read) or 'nothing'}. "
        f"Not known, so without weight: {', '.join(missing) or 'nothing'}."
    )


def lanes_of(streets: gpd.GeoDataFrame) -> FloatArray:
    """Return the number of lanes of a layer of streets, NaN where not tagged, shape (S,)."""
    return np.asarray(streets["lanes"].astype("Float64").to_numpy(float, na_value=np.nan))


def lanes_or_none(lanes: FloatArray) -> FloatArray | None:
    """Return numbers of lanes, None if none is known."""
    return lanes if np.isfinite(lanes).any() else None


def metric_xy(frame: gpd.GeoDataFrame, crs: str) -> FloatArray:
    """Return points in a metric frame, shape (N, 2)."""
    import shapely

    shapes = np.asarray(frame.geometry.to_crs(crs).array, dtype=object)
    return np.asarray(shapely.get_coordinates(shapes), dtype=float).reshape(-1, 2)
