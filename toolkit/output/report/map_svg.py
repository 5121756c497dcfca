"""The static map of a report, as drawing instructions for SVG.

Each street is drawn once, whatever the number of tiers: streets that belong to the same steps in
every tier form one group, and a tier says only how each group looks. Text is not drawn here; the
page adds it, so that one drawing serves all languages.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.assessment.layers import Layers
from toolkit.base.arrays import FloatArray
from toolkit.base.errors import InputDataError
from toolkit.base.terms import TIERS, Tier
from toolkit.output import map_scale

UNITS_PER_PX: Final = 254 / 96
"""A unit of the drawing is 0.1 mm on paper; a CSS pixel is 1/96 inch."""
_MOST_WIDE: Final = 1240
_MOST_HIGH: Final = 1950
"""Units. With its heading, a map fits on a page of A4 beside its legend."""
_MARGIN_SHARE: Final = 0.012
_WIDEST_LINE_M: Final = 14.0
"""On the ground: a line is not much wider than a street, so that neighbours stay apart."""
_THINNEST: Final = 0.3
"""Share of the widths in `maps.STEPS` below which lines are not drawn thinner."""
_BAR_SHARE: Final = 0.28
"""Most of the map's width that the scale bar takes."""
_TOLERANCE: Final = 0.5
"""Units by which a line may be simplified: less than a printer shows."""
_M_PER_KM: Final = 1000.0


@dataclass(frozen=True)
class Drawing:
    """A map of one city for all tiers; lengths in units of 0.1 mm, y downwards.

    Attributes
    ----------
    width, height
        Size.
    buildings, boundary
        Path data of the background.
    groups
        Path data of the streets, one for each group.
    looks
        For each tier, for each of `maps.STEPS`, which groups belong to it.
    cameras
        Where mapped cameras stand.
    thinning
        What the widths in `maps.STEPS` are multiplied with.
    bar_m, bar
        Length of the scale bar in metres and in units.
    """

    width: int
    height: int
    buildings: str
    boundary: str
    groups: tuple[str, ...]
    looks: dict[Tier, tuple[tuple[int, ...], ...]]
    cameras: tuple[tuple[int, int], ...]
    thinning: float
    bar_m: float
    bar: int

    def line_width(self, step: map_scale.Step) -> float:
        """Return the width of the lines of a step in units."""
        return round(step.width_px * self.thinning * UNITS_PER_PX, 2)

    def dashes(self, step: map_scale.Step) -> str | None:
        """Return the dashes of a step in units, for SVG."""
        if step.dash is None:
            return None
        scale = self.thinning * UNITS_PER_PX
        return " ".join(f"{float(part) * scale:.1f}" for part in step.dash.split())


def draw(layers: Layers) -> Drawing:
    """Draw a city for all tiers.

    Parameters
    ----------
    layers
        As in `results.Layers`, EPSG:4326.

    Returns
    -------
    Drawing
        North is up in the middle of the map: transverse Mercator about its centre.

    Raises
    ------
    InputDataError
        If the layers hold nothing with a place.
    """
    around = layers.boundary if len(layers.boundary) else layers.streets
    west, south, east, north = (float(v) for v in around.total_bounds)
    if not np.isfinite([west, south, east, north]).all():
        msg = "The layers of this city have no extent. Install its streets again."
        raise InputDataError(msg)
    crs = f"+proj=tmerc +lat_0={(south + north) / 2!r} +lon_0={(west + east) / 2!r} +datum=WGS84"
    left, bottom, right, top = (float(v) for v in around.to_crs(crs).total_bounds)
    margin = _MARGIN_SHARE * max(right - left, top - bottom)
    left, bottom, right, top = left - margin, bottom - margin, right + margin, top + margin
    unit_m = max((right - left) / _MOST_WIDE, (top - bottom) / _MOST_HIGH)

    def placed(frame: gpd.GeoDataFrame) -> NDArray[Any]:
        metric = np.asarray(frame.geometry.to_crs(crs).array, dtype=object)
        metric = metric[~(shapely.is_missing(metric) | shapely.is_empty(metric))]
        return shapely.get_parts(_to_units(metric, left, top, unit_m))

    groups, looks = _groups(layers.streets)
    thickest = max(step.width_px for step in map_scale.STEPS) * UNITS_PER_PX * unit_m
    bar_m = _round_length((right - left) * _BAR_SHARE)
    spots = shapely.get_coordinates(shapely.centroid(placed(layers.cameras)))
    return Drawing(
        width=math.ceil((right - left) / unit_m),
        height=math.ceil((top - bottom) / unit_m),
        buildings=_areas(placed(layers.buildings)),
        boundary=_areas(placed(layers.boundary)),
        groups=tuple(_lines(placed(layers.streets.iloc[rows])) for rows in groups),
        looks=looks,
        cameras=tuple((round(x), round(y)) for x, y in spots.tolist()),
        thinning=min(1.0, max(_THINNEST, _WIDEST_LINE_M / thickest)),
        bar_m=bar_m,
        bar=round(bar_m / unit_m),
    )


def lengths_km(streets: gpd.GeoDataFrame, tier: Tier) -> tuple[float, ...]:
    """Return the street length of each of `maps.STEPS` in one tier, in kilometres.

    Parameters
    ----------
    streets
        As in `results.Layers`.
    tier
        Which tier.
    """
    return tuple(
        float(map_scale.streets_of(step, streets, tier)["length_m"].sum()) / _M_PER_KM
        for step in map_scale.STEPS
    )


def _groups(
    streets: gpd.GeoDataFrame,
) -> tuple[list[NDArray[np.int64]], dict[Tier, tuple[tuple[int, ...], ...]]]:
    """Return the rows of each group of streets that look alike in every tier, and who is where."""
    numbered = streets.reset_index(drop=True)
    step_of = np.zeros((len(numbered), len(TIERS)), dtype=np.int64)
    for t, tier in enumerate(TIERS):
        for s, step in enumerate(map_scale.STEPS):
            step_of[map_scale.streets_of(step, numbered, tier).index, t] = s
    alike, group = np.unique(step_of, axis=0, return_inverse=True)
    rows = [np.flatnonzero(group.ravel() == g) for g in range(len(alike))]
    looks = {
        tier: tuple(
            tuple(np.flatnonzero(alike[:, t] == s).tolist()) for s in range(len(map_scale.STEPS))
        )
        for t, tier in enumerate(TIERS)
    }
    return rows, looks


def _to_units(metric: NDArray[Any], left: float, top: float, unit_m: float) -> NDArray[Any]:
    """Return geometries in units of the drawing, y downwards."""

    def moved(xy: FloatArray) -> FloatArray:
        return np.column_stack([(xy[:, 0] - left) / unit_m, (top - xy[:, 1]) / unit_m])

    return np.asarray(shapely.transform(metric, moved), dtype=object)


def _lines(parts: NDArray[Any]) -> str:
    """Return the path data of lines; lines that meet end to end become one."""
    if not len(parts):
        return ""
    merged = shapely.line_merge(shapely.multilinestrings(parts))
    simple = shapely.simplify(shapely.get_parts(merged), _TOLERANCE)
    return "".join(_path(shapely.get_coordinates(line)) for line in simple)


def _areas(parts: NDArray[Any]) -> str:
    """Return the path data of polygons, holes included."""
    simple = shapely.get_parts(shapely.simplify(parts, _TOLERANCE))
    return "".join(f"{_path(shapely.get_coordinates(ring)[:-1])}z" for ring in _rings(simple))


def _rings(parts: NDArray[Any]) -> Iterable[Any]:
    """Give all rings of the polygons among some geometries."""
    for part in parts:
        if part.geom_type == "Polygon" and not part.is_empty:
            yield part.exterior
            yield from part.interiors


def _path(points: FloatArray) -> str:
    """Return the path data of one line: whole units, each step relative to the last point."""
    whole = np.round(points).astype(np.int64)
    steps = np.diff(whole, axis=0)
    moving = steps[np.any(steps != 0, axis=1)]
    start = f"M{whole[0, 0]} {whole[0, 1]}"
    if not len(moving):
        return f"{start}h0"
    return f"{start}l" + " ".join(f"{dx} {dy}" for dx, dy in moving.tolist()).replace(" -", "-")


def _round_length(most_m: float) -> float:
    """Return the largest of 1, 2 or 5 times a power of ten that is not above a length."""
    power = 10.0 ** math.floor(math.log10(most_m))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most_m)
