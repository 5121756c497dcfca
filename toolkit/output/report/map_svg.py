"""Static map of a report, as path data for SVG.

Each street is drawn once for all tiers: streets of the same step in every tier form one group,
and a tier sets only the style of each group. The page adds the texts, so that one drawing serves
all languages.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.assessment.layers import Layers
from toolkit.base.arrays import FloatArray
from toolkit.base.errors import InputDataError
from toolkit.base.terms import TIERS, Tier
from toolkit.output import map_background, map_scale
from toolkit.output.report.map_names import Name, names

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
_WATER: Final = "#dbe7ee"
_PARK: Final = "#eef3e8"
_CAMERA: Final = "#0b5cad"


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
        For each tier, the groups of each of `map_scale.STEPS`.
    cameras
        Positions of mapped cameras.
    thinning
        Factor of the widths in `map_scale.STEPS`.
    bar_m, bar
        Length of the scale bar in metres and in units.
    areas, lines
        Path data of water and parks, and of railways and waterways, by `map_background`.
    names
        What may be named, see `map_names`.
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
    areas: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    names: tuple[Name, ...] = ()

    def line_width(self, step: map_scale.Step) -> float:
        """Return the line width of a step in units."""
        return round(step.width_px * self.thinning * UNITS_PER_PX, 2)

    def dashes(self, step: map_scale.Step) -> str | None:
        """Return the dash pattern of a step in units."""
        if step.dash is None:
            return None
        scale = self.thinning * UNITS_PER_PX
        return " ".join(f"{float(part) * scale:.1f}" for part in step.dash.split())


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
        return _lines(self.placed(frame))

    def areas(self, frame: gpd.GeoDataFrame) -> str:
        """Return the path data of polygons, holes included."""
        return _areas(self.placed(frame))


def thinning(unit_m: float, widest_px: float) -> float:
    """Return the factor of line widths, so that none is wider than a street on the ground."""
    return min(1.0, max(_THINNEST, _WIDEST_LINE_M / (widest_px * UNITS_PER_PX * unit_m)))


def draw(layers: Layers, most: tuple[int, int] = MOST) -> Drawing:
    """Draw a city for all tiers.

    Parameters
    ----------
    layers
        Layers of the assessment, EPSG:4326.
    most
        Largest width and height in units.

    Returns
    -------
    Drawing
        Transverse Mercator about the centre of the map, where north is up.

    Raises
    ------
    InputDataError
        If the layers have no extent.
    """
    frame = Frame.around(layers, most)
    groups, looks = _groups(layers.streets)
    spots = shapely.get_coordinates(shapely.centroid(frame.placed(layers.cameras)))
    return Drawing(
        width=frame.width,
        height=frame.height,
        buildings=frame.areas(layers.buildings),
        boundary=frame.areas(layers.boundary),
        groups=tuple(frame.lines(layers.streets.iloc[rows]) for rows in groups),
        looks=looks,
        cameras=tuple((round(x), round(y)) for x, y in spots.tolist()),
        thinning=thinning(frame.unit_m, max(step.width_px for step in map_scale.STEPS)),
        bar_m=frame.bar_m,
        bar=frame.bar,
        areas=_background(frame, layers, map_background.AREAS),
        lines=_background(frame, layers, map_background.LINES),
        names=names(layers, frame),
    )


def _background(frame: Frame, layers: Layers, kinds: Mapping[str, str]) -> dict[str, str]:
    """Return the path data of each kind of background that is there, cut at the frame."""
    if layers.background is None:
        return {}
    found = {}
    for kind in kinds.values():
        parts = frame.placed(map_background.of_kind(layers.background, kind))
        cut = shapely.clip_by_rect(shapely.make_valid(parts), 0, 0, frame.width, frame.height)
        inside = shapely.get_parts(cut[~shapely.is_empty(cut)])
        areas = kind in map_background.AREAS.values()
        path = _areas(inside) if areas else _lines(inside[shapely.get_dimensions(inside) == 1])
        if path:
            found[kind] = path
    return found


def _groups(
    streets: gpd.GeoDataFrame,
) -> tuple[list[NDArray[np.int64]], dict[Tier, tuple[tuple[int, ...], ...]]]:
    """Return the rows of each group of streets, and for each tier the groups of each step."""
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
    """Return the path data of lines, merged where they meet end to end."""
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


def picture(drawing: Drawing, tier: Tier | None) -> str:
    """Return a map as an SVG of its own, without texts.

    Parameters
    ----------
    drawing
        The map.
    tier
        Tier that sets how streets look; None for a blank map, with all streets alike.
    """
    size = f'width="{drawing.width}" height="{drawing.height}"'
    filled = 'stroke="none" fill-rule="evenodd"'
    parts = [
        f'<rect {size} fill="#fff"/>',
        *(f'<path d="{drawing.areas[kind]}" fill="{color}" {filled}/>'
          for kind, color in (("park", _PARK), ("water", _WATER)) if kind in drawing.areas),
        f'<path d="{drawing.buildings}" fill="#ececec" {filled}/>' if drawing.buildings else "",
        *(f'<path d="{drawing.lines[kind]}" stroke="{color}" stroke-width="{width}" {dash}/>'
          for kind, color, width, dash in (
              ("waterway", "#a9c3d1", 4, ""), ("railway", "#9a9a9a", 3, 'stroke-dasharray="12 6"'))
          if kind in drawing.lines),
    ]  # fmt: skip
    if tier is None:
        parts += [
            f'<path d="{path}" stroke="#8a8a8a" stroke-width="3"/>' for path in drawing.groups
        ]
    else:
        parts += _streets(drawing, tier)
        parts += [
            f'<circle cx="{x}" cy="{y}" r="8" fill="{_CAMERA}" stroke="#fff" stroke-width="2"/>'
            for x, y in drawing.cameras
        ]
    if drawing.boundary:
        edge = 'stroke="#555" stroke-width="3.5" stroke-dasharray="30 9 6 9"'
        parts.append(f'<path d="{drawing.boundary}" {edge}/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'viewBox="0 0 {drawing.width} {drawing.height}" fill="none" stroke-linejoin="round">'
        f"{''.join(parts)}</svg>"
    )


def _streets(drawing: Drawing, tier: Tier) -> list[str]:
    """Return the streets of a tier, the least likely first, so that the most likely lie on top."""
    found = []
    for step, members in reversed(list(zip(map_scale.STEPS, drawing.looks[tier], strict=True))):
        dashes = drawing.dashes(step)
        look = f'stroke-dasharray="{dashes}"' if dashes else 'stroke-linecap="round"'
        found += [
            f'<path d="{drawing.groups[group]}" stroke="{step.color}" '
            f'stroke-width="{drawing.line_width(step)}" {look}/>'
            for group in members
        ]
    return found
