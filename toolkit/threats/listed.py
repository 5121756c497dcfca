"""A track past cameras that are known one by one, without any street network.

Rows of a list mean what objects of the map mean in a city. Several directions are as many fixed
cameras. One that pans looks everywhere, whatever direction is stated: over which range it pans, no
list says. Each camera has its own type, luck and, where it is not known, direction.

Lengths in view are exact: a line is cut where it enters or leaves a ring, a field of view or the
angle at which a side can be read, so that more or fewer points on a straight line change nothing.
No building blocks a view, since none is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final, Protocol

import numpy as np
from pyproj import Transformer

from toolkit.base.arrays import BoolArray, FloatArray, IntArray
from toolkit.base.terms import FULL_CIRCLE_DEG

_HALF_CIRCLE_DEG: Final = 180.0
PANNING: Final = "panning"
"""Kind of a camera that turns, or looks all round."""


class Row(Protocol):
    """A row of a list, as `toolkit.fixed_rules.camera_list` reads it."""

    @property
    def row(self) -> int:
        """Number in the list, from 1."""

    @property
    def lon(self) -> float:
        """Longitude in degrees."""

    @property
    def lat(self) -> float:
        """Latitude in degrees."""

    @property
    def directions_deg(self) -> tuple[float, ...]:
        """Directions clockwise from north; empty if unknown."""

    @property
    def height_m(self) -> float | None:
        """Height of the lens as stated."""

    @property
    def radius_m(self) -> float | None:
        """The camera's own range as stated."""

    @property
    def kind(self) -> str:
        """Kind, such as `PANNING`."""


@dataclass(frozen=True, eq=False)
class CameraPoints:
    """Cameras on a map, N of them; NaN where a value is not known.

    Attributes
    ----------
    lonlat
        Position in degrees, shape (N, 2).
    row
        Row of the list that each is of, from 1, shape (N,).
    axis_deg, width_deg
        Direction clockwise from north, and width of the field of view, shape (N,). A full circle
        is a camera that pans.
    height_m
        Height of the lens, shape (N,).
    radius_m
        Range of the camera in all directions, in place of what its type can do, shape (N,).
    """

    lonlat: FloatArray
    row: IntArray
    axis_deg: FloatArray
    width_deg: FloatArray
    height_m: FloatArray
    radius_m: FloatArray

    def one_a_row(self) -> CameraPoints:
        """Return the first camera of each row, for whatever has no direction."""
        _, first = np.unique(self.row, return_index=True)
        return CameraPoints(*(getattr(self, field.name)[first] for field in fields(self)))


def of_rows(rows: Sequence[Row]) -> CameraPoints:
    """Return the cameras of the rows of a list; in which order directions are named is no matter.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> row = SimpleNamespace(
    ...     row=1, lon=96.15, lat=16.77, directions_deg=(90.0, 270.0), height_m=None,
    ...     radius_m=None, kind="fixed",
    ... )
    >>> of_rows([row]).axis_deg
    array([ 90., 270.])
    """
    each = [
        (one, axis_deg)
        for one in rows
        for axis_deg in (
            (np.nan,) if one.kind == PANNING else sorted(one.directions_deg) or (np.nan,)
        )
    ]

    def known(values: Sequence[float | None]) -> FloatArray:
        return np.array([np.nan if value is None else value for value in values], dtype=float)

    return CameraPoints(
        lonlat=np.array([(one.lon, one.lat) for one, _ in each], dtype=float).reshape(-1, 2),
        row=np.array([one.row for one, _ in each], dtype=np.int64),
        axis_deg=known([axis_deg for _, axis_deg in each]),
        width_deg=known([FULL_CIRCLE_DEG if one.kind == PANNING else None for one, _ in each]),
        height_m=known([one.height_m for one, _ in each]),
        radius_m=known([one.radius_m for one, _ in each]),
    )


@dataclass(frozen=True, eq=False)
class Pieces:
    """Straight pieces of lines in metres, in the direction of travel.

    Attributes
    ----------
    begin, end
        Ends, shape (S, 2).
    at_m
        Metres from the start of the whole to the begin of each, shape (S,).
    length_m
        Length of each, shape (S,).
    """

    begin: FloatArray
    end: FloatArray
    at_m: FloatArray
    length_m: FloatArray

    @property
    def total_m(self) -> float:
        """Length of all."""
        return float(self.length_m.sum())


@dataclass(frozen=True, eq=False)
class Views:
    """What one camera can see, in Q variants, each of shape (Q,).

    Attributes
    ----------
    inner_m, outer_m
        Ring.
    axis_deg, width_deg
        Field of view; a width of the full circle has no axis.
    front_deg, rear_deg
        Widest angle between the direction of travel, or its opposite, and the camera, at which
        it has the side that is needed; below zero for a side that does not count.
    """

    inner_m: FloatArray
    outer_m: FloatArray
    axis_deg: FloatArray
    width_deg: FloatArray
    front_deg: FloatArray
    rear_deg: FloatArray

    @classmethod
    def disc(cls, radius_m: float) -> Views:
        """Return a whole disc, seen from any side."""
        one = np.ones(1)
        return cls(
            0.0 * one, radius_m * one, 0.0 * one, FULL_CIRCLE_DEG * one,
            _HALF_CIRCLE_DEG * one, _HALF_CIRCLE_DEG * one,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Inside:
    """Intervals of a track in view: variant, and metres from the start, each of shape (R,)."""

    variant: IntArray
    from_m: FloatArray
    to_m: FloatArray


def plane_of(lonlat: FloatArray) -> Transformer:
    """Return the projection centred on some points: true to scale within 1e-6 to 9 km off."""
    lon, lat = (lonlat.min(axis=0) + lonlat.max(axis=0)) / 2
    return Transformer.from_crs(
        "EPSG:4326",
        f"+proj=tmerc +lat_0={lat} +lon_0={lon} +k=1 +datum=WGS84 +units=m",
        always_xy=True,
    )


def pieces_of(lines: Sequence[FloatArray]) -> Pieces:
    """Return the straight pieces of lines in metres; those without length are left out."""
    begin = np.concatenate([line[:-1] for line in lines])
    end = np.concatenate([line[1:] for line in lines])
    length = np.hypot(*(end - begin).T)
    kept = length > 0
    length = length[kept]
    return Pieces(begin[kept], end[kept], np.cumsum(length) - length, length)


def in_view(pieces: Pieces, xy_m: FloatArray, views: Views) -> Inside:
    """Return where a camera has a track in view, exactly, for each variant.

    Parameters
    ----------
    pieces
        The track.
    xy_m
        Position of the camera, shape (2,).
    views
        What it can see.
    """
    reach = float(np.nan_to_num(views.outer_m).max(initial=0.0))
    off = pieces.begin - xy_m
    step = pieces.end - pieces.begin
    nearest = np.clip(-(off * step).sum(axis=1) / pieces.length_m**2, 0.0, 1.0)
    near = np.flatnonzero(np.hypot(*(off + nearest[:, None] * step).T) <= reach)
    able = np.flatnonzero(np.nan_to_num(views.outer_m) > np.nan_to_num(views.inner_m, nan=np.inf))
    if not len(near) or not len(able):
        none = np.empty(0)
        return Inside(none.astype(np.int64), none, none)
    of_able = Views(*(np.asarray(values)[able, None] for values in vars(views).values()))
    off, step, length = off[near], step[near], pieces.length_m[near]
    heading = np.degrees(np.arctan2(step[:, 0], step[:, 1]))
    cuts = _cuts(off, step, heading, of_able)
    middle = (cuts[1:] + cuts[:-1]) / 2
    good = (cuts[1:] > cuts[:-1]) & _holds(off, step, heading, middle, of_able)
    _, variant, piece = np.nonzero(good)
    begin, end = cuts[:-1][good], cuts[1:][good]
    at = pieces.at_m[near][piece]
    return Inside(able[variant], at + begin * length[piece], at + end * length[piece])


def _cuts(off: FloatArray, step: FloatArray, heading: FloatArray, views: Views) -> FloatArray:
    """Return where each piece may enter or leave a view, as sorted shares, shape (C, Q, S)."""
    a, b = (step**2).sum(axis=1), 2.0 * (off * step).sum(axis=1)
    found = [np.zeros_like(views.inner_m * a), np.ones_like(views.inner_m * a)]
    for radius in (views.inner_m, views.outer_m):
        c = (off**2).sum(axis=1) - radius**2
        with np.errstate(invalid="ignore"):
            root = np.sqrt(b**2 - 4.0 * a * c)
        found += [(-b - root) / (2.0 * a), (-b + root) / (2.0 * a)]
    half = views.width_deg / 2.0
    rays = [views.axis_deg + half, views.axis_deg - half]
    # Whoever sees the camera at an angle from ahead lies on a ray from the camera.
    for side, back in ((views.front_deg, _HALF_CIRCLE_DEG), (views.rear_deg, 0.0)):
        rays += [heading + back + side, heading + back - side]
    for ray in rays:
        x, y = np.sin(np.radians(ray)), np.cos(np.radians(ray))
        along = x * step[:, 1] - y * step[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            found.append(-(x * off[:, 1] - y * off[:, 0]) / along)
    cuts = np.stack(np.broadcast_arrays(*found))
    return np.asarray(np.sort(np.clip(np.nan_to_num(cuts, posinf=0.0, neginf=0.0), 0.0, 1.0), 0))


def _holds(
    off: FloatArray, step: FloatArray, heading: FloatArray, at: FloatArray, views: Views
) -> BoolArray:
    """Return whether places on the pieces are in view; `at` are shares, shape (C, Q, S)."""
    x, y = off[:, 0] + at * step[:, 0], off[:, 1] + at * step[:, 1]
    distance = np.hypot(x, y)
    bearing = np.degrees(np.arctan2(x, y))
    from_axis = _folded(bearing - views.axis_deg)
    ahead = _folded(bearing + _HALF_CIRCLE_DEG - heading)
    side = (ahead <= views.front_deg) | (_HALF_CIRCLE_DEG - ahead <= views.rear_deg)
    ring = (views.inner_m <= distance) & (distance <= views.outer_m)
    field = (views.width_deg >= FULL_CIRCLE_DEG) | (from_axis <= views.width_deg / 2.0)
    return np.asarray(ring & field & side)


def _folded(angle_deg: FloatArray) -> FloatArray:
    """Return angles as the distance from zero on the circle, 0 to 180."""
    return np.asarray(np.abs((angle_deg + _HALF_CIRCLE_DEG) % FULL_CIRCLE_DEG - _HALF_CIRCLE_DEG))


def union_of(parts: Sequence[Inside], total_m: float) -> Inside:
    """Return the union of intervals of several cameras, by variant and along the track."""
    variant = np.concatenate([np.empty(0, np.int64), *(part.variant for part in parts)])
    from_m = np.concatenate([np.empty(0), *(part.from_m for part in parts)])
    to_m = np.concatenate([np.empty(0), *(part.to_m for part in parts)])
    # Each variant is moved to a stretch of its own, so that one pass joins all of them.
    apart = variant * (total_m + 1.0)
    order = np.argsort(apart + from_m, kind="stable")
    begin, end = (apart + from_m)[order], np.maximum.accumulate((apart + to_m)[order])
    new = np.ones(len(begin), dtype=bool)
    new[1:] = begin[1:] > end[:-1]
    last = np.append(np.flatnonzero(new)[1:], len(begin)) - 1 if len(begin) else new.nonzero()[0]
    of = variant[order][new]
    moved = of * (total_m + 1.0)
    return Inside(of, begin[new] - moved, end[last] - moved)


def lengths(found: Inside, n_variants: int) -> FloatArray:
    """Return the length of intervals that do not overlap, by variant, shape (Q,)."""
    return np.asarray(np.bincount(found.variant, found.to_m - found.from_m, n_variants))


def longest_gap_m(found: Inside, n_variants: int, total_m: float) -> FloatArray:
    """Return the longest stretch outside intervals that are sorted and apart, shape (Q,)."""
    every = np.arange(n_variants)
    variant = np.concatenate([every, found.variant, every])
    begin = np.concatenate([np.zeros(n_variants), found.from_m, np.full(n_variants, total_m)])
    end = np.concatenate([np.zeros(n_variants), found.to_m, np.full(n_variants, total_m)])
    order = np.lexsort((end, begin, variant))
    variant, begin, end = variant[order], begin[order], end[order]
    gap = np.where(variant[1:] == variant[:-1], begin[1:] - end[:-1], 0.0)
    longest = np.zeros(n_variants)
    np.maximum.at(longest, variant[1:], gap)
    return longest
