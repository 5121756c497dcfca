"""Layers of the map: streets, zones and cameras with their exposure; kept in memory only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.base.terms import Progress, Tier

if TYPE_CHECKING:
    import geopandas as gpd

    from toolkit.assessment.street_captures import StreetCaptures


@dataclass(frozen=True)
class StreetDetail:
    """Data behind the layers, for exports and comparisons; kept in memory only.

    Attributes
    ----------
    by_street
        Exposure of each street per draw, the length-weighted mean of its points, shape (S, T, D),
        rows as in `Layers.streets`. Without meaning where a street is unknown.
    ground_km2
        Area along the streets for which the model has an answer.
    effective_cameras
        Number of cameras that would cover as much without overlap, averaged over placement,
        shape (D, T).
    cells
        Returns the exposure by cell, for the side of a cell in metres, see `cells.cell_frame`.
    mapped
        Mapped cameras of the pack with all columns. The user's field notes are not among them:
        they count in the figures, but are exported only on request.
    sites
        Returns the sites of these cameras as the model uses them: `n_cameras`, `axis_deg`,
        `width_deg` (NaN where unknown), and points.
    """

    by_street: np.ndarray[Any, np.dtype[np.float32]]
    ground_km2: float
    effective_cameras: np.ndarray[Any, np.dtype[np.float64]]
    cells: Callable[[float], gpd.GeoDataFrame]
    mapped: gpd.GeoDataFrame
    sites: Callable[[], gpd.GeoDataFrame]


@dataclass(frozen=True, eq=False)
class Layers:
    """Layers of a map in EPSG:4326; no part of the JSON.

    Only the same object is equal, so that what is made of it can be kept as long as it is.

    Attributes
    ----------
    streets
        One row per street: `street_id`, `name`, `highway`, `length_m`, geometry, and per tier
        `{tier}_low`, `{tier}_mid`, `{tier}_high` (probabilities, NaN where unknown) and
        `{tier}_class` (an `ExposureClass`).
    zones
        Returns polygons for a tier, with `exposure_class`, that do not overlap; made on request,
        since a map of streets does not need them.
    cameras
        Mapped cameras: `source_id`, `kind`, geometry.
    boundary
        One polygon.
    buildings
        Footprints, for orientation.
    attribution
        Text required on every map of these layers.
    detail
        Data behind them, per draw; None for layers that were not computed here.
    captures
        Returns the chance of a capture point anywhere along each street; made at the first
        request. None for layers that were not computed here.
    places
        Named places such as markets: `kind`, `name`, geometry; None where not known.
    signals
        Junctions with traffic lights; None where not known.
    background
        Water, parks, railways, landmarks and quarters, as in the pack; None where it has none.
    """

    streets: gpd.GeoDataFrame
    zones: Callable[[Tier], gpd.GeoDataFrame]
    cameras: gpd.GeoDataFrame
    boundary: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    attribution: str
    detail: StreetDetail | None = None
    captures: Callable[[], StreetCaptures] | None = None
    places: gpd.GeoDataFrame | None = None
    signals: gpd.GeoDataFrame | None = None
    background: gpd.GeoDataFrame | None = None


def total_length_m(streets: gpd.GeoDataFrame) -> float:
    """Return the length of some rows of `Layers.streets`, in metres."""
    return float(streets["length_m"].sum())


class LazyLayers:
    """Layers that are made once, at the first request."""

    def __init__(self, make: Callable[[Progress], Layers]) -> None:
        """Keep the function that makes them."""
        self._make = make
        self._made: Layers | None = None
        self._lock = threading.Lock()

    def get(self, progress: Progress = lambda _: None) -> Layers:
        """Return the layers; a second thread waits for the first instead of making them, too."""
        with self._lock:
            if self._made is None:
                self._made = self._make(progress)
            return self._made
