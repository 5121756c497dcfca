"""What is drawn: streets, zones and cameras with their exposure; kept in memory only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.base.terms import Progress, Tier

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True)
class StreetDetail:
    """What is behind the layers, for exports and comparisons; kept in memory only.

    Attributes
    ----------
    by_street
        Probability of each street per draw, length mean of its points, shape (S, T, D), rows as
        in `Layers.streets`. Means nothing where a street is unknown.
    ground_km2
        Ground along the streets for which the model has an answer.
    effective_cameras
        Cameras that would cover as much if no two overlapped, averaged over placement,
        shape (D, T).
    cells
        Gives the exposure by cell of a grid of that many metres, see `cells.cell_frame`.
    mapped
        Mapped cameras of the pack with all their columns. A user's field notes are not among
        them: they count in the figures, and leave the machine only if asked for.
    sites
        Gives the sites of these cameras as the model uses them: `n_cameras`, `axis_deg`,
        `width_deg` (NaN where unknown), and where they stand.
    """

    by_street: np.ndarray[Any, np.dtype[np.float32]]
    ground_km2: float
    effective_cameras: np.ndarray[Any, np.dtype[np.float64]]
    cells: Callable[[float], gpd.GeoDataFrame]
    mapped: gpd.GeoDataFrame
    sites: Callable[[], gpd.GeoDataFrame]


@dataclass(frozen=True)
class Layers:
    """What is drawn, beside the figures. EPSG:4326; nothing of it is part of the JSON.

    Attributes
    ----------
    streets
        One row per street: `street_id`, `name`, `highway`, `length_m`, geometry, and per tier
        `{tier}_low`, `{tier}_mid`, `{tier}_high` (probabilities, NaN where unknown) and
        `{tier}_class` (an `ExposureClass`).
    zones
        Gives, for a tier, polygons with `exposure_class` that do not overlap; made when asked
        for, since a map of streets does not need them.
    cameras
        Mapped cameras that are drawn: `source_id`, `kind`, geometry.
    boundary
        One polygon.
    buildings
        Footprints, for orientation.
    attribution
        Text that must stand on every map of these layers.
    detail
        What is behind them, per draw; None for layers that were not computed here.
    """

    streets: gpd.GeoDataFrame
    zones: Callable[[Tier], gpd.GeoDataFrame]
    cameras: gpd.GeoDataFrame
    boundary: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    attribution: str
    notes: tuple[str, ...] = field(default=())
    detail: StreetDetail | None = None


def total_length_m(streets: gpd.GeoDataFrame) -> float:
    """Return the length of some rows of `Layers.streets`, in metres."""
    return float(streets["length_m"].sum())


class LazyLayers:
    """Layers that are made when they are first asked for, and only once."""

    def __init__(self, make: Callable[[Progress], Layers]) -> None:
        """Keep what makes them."""
        self._make = make
        self._made: Layers | None = None
        self._lock = threading.Lock()

    def get(self, progress: Progress = lambda _: None) -> Layers:
        """Return the layers; a second session waits for the first instead of making them too."""
        with self._lock:
            if self._made is None:
                self._made = self._make(progress)
            return self._made
