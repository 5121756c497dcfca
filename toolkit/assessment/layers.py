"""Layers of the map: streets, zones and cameras with their exposure; kept in memory only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from toolkit.base import collector
from toolkit.base.arrays import Float32Array, FloatArray, IntArray
from toolkit.base.terms import Progress, Tier

if TYPE_CHECKING:
    import geopandas as gpd

    from toolkit.assessment.street_captures import StreetCaptures
    from toolkit.streets.pack import Pack

STREET_COLUMNS: Final = (
    "street_id", "name", "name_en", "name_my", "highway", "length_m", "geometry"
)  # fmt: skip
"""Columns of a pack's streets that layers have, too."""


@dataclass(frozen=True)
class StreetDetail:
    """Data behind the layers, for exports and comparisons; kept in memory only.

    Attributes
    ----------
    exposure
        Returns `by_street`; where it is large, it is not kept but computed again.
    ground_km2
        Area along the streets for which the model has an answer.
    without_overlap
        Returns `effective_cameras`, which most uses of the layers do not need.
    cells
        Returns the exposure by cell, for the side of a cell in metres, see `cells.cell_frame`.
    sites
        Returns the sites of mapped cameras as the model uses them: `n_cameras`, `axis_deg`,
        `width_deg` (NaN where unknown), and points.
    """

    exposure: Callable[[], Float32Array]
    ground_km2: float
    without_overlap: Callable[[], FloatArray]
    cells: Callable[[float], gpd.GeoDataFrame]
    sites: Callable[[], gpd.GeoDataFrame]

    @property
    def by_street(self) -> Float32Array:
        """Exposure of each street per draw, the length-weighted mean of its points.

        Shape (S, T, D), rows as in `Layers.streets`. Without meaning where a street is unknown.
        """
        return self.exposure()

    @property
    def effective_cameras(self) -> FloatArray:
        """Number of cameras that would cover as much without overlap, averaged over placement.

        Shape (D, T).
        """
        return self.without_overlap()


@dataclass(frozen=True, eq=False, kw_only=True)
class Ground:
    """What a map shows of a city besides any figure, in EPSG:4326.

    Attributes
    ----------
    streets
        One row per street: `street_id`, `name`, `name_en`, `name_my`, `highway`, `length_m`,
        geometry.
    cameras
        Mapped cameras: `source_id`, `kind`, geometry.
    boundary
        One polygon.
    buildings
        Footprints, for orientation.
    attribution
        Text required on every map of these layers.
    mapped
        Mapped cameras of the pack with all columns; None where not known. The user's field notes
        are not among them: they count in the figures, but are exported only on request.
    whole
        Returns the whole street of each street, see `street_captures.whole_streets`; None where
        each is one by itself.
    places
        Named places such as markets: `kind`, `name`, geometry; None where not known.
    signals
        Junctions with traffic lights; None where not known.
    background
        Water, parks, railways, landmarks and quarters, as in the pack; None where it has none.
    """

    streets: gpd.GeoDataFrame
    cameras: gpd.GeoDataFrame
    boundary: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    attribution: str
    mapped: gpd.GeoDataFrame | None = None
    whole: Callable[[], IntArray] | None = None
    places: gpd.GeoDataFrame | None = None
    signals: gpd.GeoDataFrame | None = None
    background: gpd.GeoDataFrame | None = None

    @classmethod
    def of_pack(cls, pack: Pack) -> Ground:
        """Return what a pack has of it."""
        from toolkit.assessment.street_captures import whole_streets  # SciPy takes long to import

        cameras = pack.cameras[["osm_id", "kind", "geometry"]]
        return Ground(
            streets=pack.streets[[*STREET_COLUMNS]],
            cameras=cameras.rename(columns={"osm_id": "source_id"}),
            boundary=pack.boundary,
            buildings=pack.buildings[["geometry"]],
            attribution=pack.manifest.attribution,
            mapped=pack.cameras,
            whole=partial(whole_streets, pack),
            places=pack.places[["kind", "name", "geometry"]],
            signals=pack.junctions.loc[pack.junctions["signals"], ["geometry"]],
            background=pack.background,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Layers(Ground):
    """Layers of a map in EPSG:4326; no part of the JSON.

    Only the same object is equal, so that what is made of it can be kept as long as it is.

    Attributes
    ----------
    streets
        As of `Ground`, and per tier `{tier}_low`, `{tier}_mid`, `{tier}_high` (probabilities, NaN
        where unknown) and `{tier}_class` (an `ExposureClass`).
    zones
        Returns polygons for a tier, with `exposure_class`, that do not overlap; made on request,
        since a map of streets does not need them.
    detail
        Data behind them, per draw; None for layers that were not computed here.
    captures
        Returns the chance of a capture point anywhere along each street; made at the first
        request. None for layers that were not computed here.
    """

    zones: Callable[[Tier], gpd.GeoDataFrame]
    detail: StreetDetail | None = None
    captures: Callable[[], StreetCaptures] | None = None


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
        with self._lock, collector.paused():
            if self._made is None:
                self._made = self._make(progress)
            return self._made
