"""Static map of a report, as path data for SVG.

Each street is drawn once for all tiers: streets of the same step in every tier form one group,
and a tier sets only the style of each group. The page adds the texts, so that one drawing serves
all languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.assessment.layers import Layers
from toolkit.base.terms import TIERS, Tier
from toolkit.output import map_background, map_scale
from toolkit.output.report.map_frame import (
    MOST,
    UNITS_PER_PX,
    Frame,
    areas_path,
    lines_path,
    thinning,
)
from toolkit.output.report.map_names import Name, names

_WATER: Final = "#dbe7ee"
_PARK: Final = "#eef3e8"
_CAMERA: Final = "#0b5cad"
_drawn: Final[WeakKeyDictionary[Layers, dict[tuple[int, int], Drawing]]] = WeakKeyDictionary()


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


def draw(layers: Layers, most: tuple[int, int] = MOST) -> Drawing:
    """Draw a city for all tiers; once, for all languages and formats of a report.

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
    drawn = _drawn.setdefault(layers, {})
    if most not in drawn:
        drawn[most] = _draw(layers, most)
    return drawn[most]


def _draw(layers: Layers, most: tuple[int, int]) -> Drawing:
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
        path = (
            areas_path(inside) if areas else lines_path(inside[shapely.get_dimensions(inside) == 1])
        )
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
