"""Place of a map on a page: projection, size and scale, and shapes as path data for SVG."""

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

UNITS_PER_PX: Final = 254 / 96
"""A unit of the drawing is 0.1 mm on paper, a CSS pixel 1/96 inch (CSS Values 4, 6.2)."""
MOST: Final = (1240, 1950)
"""Units: with heading and legend, a map fits on a page of A4."""
_MARGIN_SHARE: Final = 0.012
_WIDEST_LINE_M: Final = 14.0
"""Widest line, in metres on the ground: about a street, so that neighbours stay apart."""
_THINNEST: Final = 0.3
"""Least share to which the widths in `map_scale.STEPS` are thinned."""
_BAR_SHARE: Final = 0.28
"""Largest share of the map's width that the scale bar takes."""
_TOLERANCE: Final = 0.5
"""Tolerance of line simplification in units: less than a printer resolves."""


@dataclass(frozen=True)
class Frame:
    """Place of a map on a page: a transverse Mercator about its centre, north up.

    Attributes
    ----------
    crs
        Projection, in metres.
    left, top
        Corner of the map in it.
    unit_m
        Metres of a unit of the drawing.
    width, height
        Size in units.
    bar_m, bar
        Length of the scale bar in metres and in units.
    """

    crs: str
    left: float
    top: float
    unit_m: float
    width: int
    height: int
    bar_m: float
    bar: int

    @classmethod
    def around(cls, layers: Layers, most: tuple[int, int] = MOST) -> Frame:
        """Return the frame in which the boundary, else the streets, fill a page with a margin.

        Parameters
        ----------
        layers
            Layers of the map.
        most
            Largest width and height in units.

        Raises
        ------
        InputDataError
            If the layers have no extent.
        """
        shown = layers.boundary if len(layers.boundary) else layers.streets
        west, south, east, north = (float(v) for v in shown.total_bounds)
        if not np.isfinite([west, south, east, north]).all():
            msg = "The layers of this city have no extent. Install its streets again."
            raise InputDataError(msg)
        crs = (
            f"+proj=tmerc +lat_0={(south + north) / 2!r} +lon_0={(west + east) / 2!r} +datum=WGS84"
        )
        left, bottom, right, top = (float(v) for v in shown.to_crs(crs).total_bounds)
        margin = _MARGIN_SHARE * max(right - left, top - bottom)
        left, bottom, right, top = left - margin, bottom - margin, right + margin, top + margin
        unit_m = max((right - left) / most[0], (top - bottom) / most[1])
        bar_m = _round_length((right - left) * _BAR_SHARE)
        return cls(
            crs=crs,
            left=left,
            top=top,
            unit_m=unit_m,
            width=math.ceil((right - left) / unit_m),
            height=math.ceil((top - bottom) / unit_m),
            bar_m=bar_m,
            bar=round(bar_m / unit_m),
        )

    def placed(self, frame: gpd.GeoDataFrame) -> NDArray[Any]:
        """Return the single parts of geometries in units of the drawing, y downwards."""
        metric = np.asarray(frame.geometry.to_crs(self.crs).array, dtype=object)
        metric = metric[~(shapely.is_missing(metric) | shapely.is_empty(metric))]
        return shapely.get_parts(_to_units(metric, self.left, self.top, self.unit_m))

    def placed_one_by_one(self, frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
        """Return geometries in units of the drawing, one for each row."""
        metric = np.asarray(frame.geometry.to_crs(self.crs).array, dtype=object)
        return _to_units(metric, self.left, self.top, self.unit_m)

    def coordinates(self, points: NDArray[np.object_]) -> FloatArray:
        """Return points in EPSG:4326 in units of the drawing, shape (n, 2)."""
        return shapely.get_coordinates(
            self.placed_one_by_one(gpd.GeoDataFrame(geometry=list(points), crs="EPSG:4326"))
        )

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point in units lies on the map."""
        return 0 <= x <= self.width and 0 <= y <= self.height

    def lines(self, frame: gpd.GeoDataFrame) -> str:
        """Return the path data of lines."""
        return lines_path(self.placed(frame))

    def areas(self, frame: gpd.GeoDataFrame) -> str:
        """Return the path data of polygons, holes included."""
        return areas_path(self.placed(frame))


def thinning(unit_m: float, widest_px: float) -> float:
    """Return the factor of line widths, so that none is wider than a street on the ground."""
    return min(1.0, max(_THINNEST, _WIDEST_LINE_M / (widest_px * UNITS_PER_PX * unit_m)))


def _to_units(metric: NDArray[Any], left: float, top: float, unit_m: float) -> NDArray[Any]:
    """Return geometries in units of the drawing, y downwards."""

    def moved(xy: FloatArray) -> FloatArray:
        return np.column_stack([(xy[:, 0] - left) / unit_m, (top - xy[:, 1]) / unit_m])

    return np.asarray(shapely.transform(metric, moved), dtype=object)


def lines_path(parts: NDArray[Any]) -> str:
    """Return the path data of lines, merged where they meet end to end."""
    if not len(parts):
        return ""
    merged = shapely.line_merge(shapely.multilinestrings(parts))
    simple = shapely.simplify(shapely.get_parts(merged), _TOLERANCE)
    return "".join(_path(shapely.get_coordinates(line)) for line in simple)


def areas_path(parts: NDArray[Any]) -> str:
    """Return the path data of polygons, holes included."""
    simple = shapely.get_parts(shapely.simplify(parts, _TOLERANCE))
    return "".join(f"{_path(shapely.get_coordinates(ring)[:-1])}z" for ring in _rings(simple))


def _rings(parts: NDArray[Any]) -> Iterable[Any]:
    """Yield all rings of the polygons among some geometries."""
    for part in parts:
        if part.geom_type == "Polygon" and not part.is_empty:
            yield part.exterior
            yield from part.interiors


def _path(points: FloatArray) -> str:
    """Return the path data of one line in whole units, relative to the last point."""
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
