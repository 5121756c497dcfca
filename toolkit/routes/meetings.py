"""Which cameras have which route in view, with the cameras placed once per draw.

A camera has a route in view if any of its points lies in the ring and the field of view, above the
roofs between, and shows the side that the tier needs. Districts, a fixed number of sites and the
spacing of cameras at a site come in by themselves; a product over points would count one camera
many times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import AnyFloatArray, BoolArray, Float32Array, FloatArray, IntArray
from toolkit.base.terms import TIERS, Tier
from toolkit.engine import workers
from toolkit.engine.placement import Working, rings_of
from toolkit.engine.sight import BEARING_STEPS, Sight, morton_order
from toolkit.engine.views import known_width
from toolkit.optics.camera_draws import CameraDraws
from toolkit.routes.habits import SIDES
from toolkit.routes.route import Routes
from toolkit.streets.street_points import LinePieces

if TYPE_CHECKING:  # numba takes half a second to import
    from toolkit.engine.kernels import trips as kernels
    from toolkit.engine.kernels.placement import PairsBySite

_CHUNK_DRAWS: Final = 4
"""Draws that a worker thread takes at once."""
_CHUNK_SITES: Final = 1024
"""The same for sites."""
_MOST_WORDS: Final = 1_000_000
"""Words of lines of sight at once, in each direction of travel: 16 MB in all."""
_CHUNK_PLACEMENTS: Final = 600
"""The same for placements of which a route has its points."""
_WORD_BITS: Final = 64
_MOST_KEPT_PAIRS: Final = 4_000_000
"""Lines of sight to the routes of a sample that are kept for the next cameras: 32 MB."""


@dataclass(frozen=True)
class Facing:
    """The side of a traveller that each tier needs.

    Attributes
    ----------
    rule
        A value of `SIDES` per tier; those not named need none.
    within_deg
        Widest angle between the camera and the direction of travel, or its opposite, at which the
        front, or the rear, can be read, shape (D,).
    """

    rule: Mapping[Tier, str]
    within_deg: FloatArray


@dataclass(frozen=True, eq=False)
class PlacedCameras:
    """Cameras of some sites in each placement.

    Attributes
    ----------
    placed
        The cameras; sites are numbered among those asked for, and ascend within each placement.
    weight
        Cameras for which each stands.
    cameras, facing
        Draws, once for each placement.
    sight
        Lines of sight of the sites.
    width_deg
        Known width of the field of view, else NaN, by site.
    """

    placed: Working
    weight: AnyFloatArray
    cameras: CameraDraws
    facing: Facing
    sight: Sight
    width_deg: FloatArray


@dataclass(frozen=True)
class Met:
    """Cameras that have routes in view, in D draws and T tiers.

    Attributes
    ----------
    cameras
        Number of cameras that have each of K routes in view, by their weight, shape (D, T, K).
    sites
        Number of sites with such a camera, shape (D, T, K).
    weeks
        Whether any camera has each of H weeks in view, shape (D, T, H).
    """

    cameras: Float32Array
    sites: Float32Array
    weeks: BoolArray


def meet(  # noqa: PLR0913
    routes: Routes,
    weeks: Routes,
    points: LinePieces,
    sight: Sight,
    placed: Working,
    cameras: CameraDraws,
    facing: Facing,
    *,
    width_deg: FloatArray,
    weight: AnyFloatArray | None = None,
    keep: bool = True,
    all_work: bool = True,
) -> tuple[Met, Met]:
    """Count the cameras and sites that have each route in view, in each draw.

    Parameters
    ----------
    routes
        Routes for which cameras are counted.
    weeks
        Sets of routes that are met or not.
    points, sight
        Street points of the city, and lines of sight to them.
    placed
        All cameras, working or not, see `placement.equip`.
    cameras
        Draws of camera types.
    facing
        The side that each tier needs.
    width_deg
        Width of the field of view of mapped cameras where it is known, else NaN, by site.
    weight
        Number of cameras for which each stands, shape (N,); by default one.
    keep
        Whether the routes may be kept in memory for the next call: never those of a user.
    all_work
        Whether what is met if all cameras work is wanted, too.

    Returns
    -------
    as_it_is, if_all_work
        With the cameras that work, and with all: without draws, if that is not wanted.
    """
    from toolkit.engine.kernels import placement as placing
    from toolkit.engine.kernels import trips as kernels

    found = _by_point if keep else _by_point.__wrapped__
    used, by_point, bit_of = found(routes, weeks, points)
    # As many as if all points had as many.
    n_pairs = len(sight.point) * len(used) / max(len(points.length), 1)
    if keep and n_pairs <= _MOST_KEPT_PAIRS:
        pairs = _kept_pairs(routes, weeks, points, sight)
    else:
        pairs = pairs_to(used, sight, len(points.length))
    n_draws, n_tiers = cameras.inner_m.shape[:2]
    both = [_nothing_met(n, n_tiers, by_point) for n in (n_draws, n_draws if all_work else 0)]
    rule = [SIDES.index(facing.rule.get(tier, "any")) for tier in TIERS]
    workers.over(
        kernels.meet,
        workers.even_borders(n_draws, _CHUNK_DRAWS),
        placing.Cameras(
            placed.first, placed.site, placed.kind, placed.axis_deg,
            known_width(width_deg)[placed.site],
        ),
        placed.luck < cameras.availability[placed.draw],
        np.ones(len(placed.site), np.float32) if weight is None else weight.astype(np.float32),
        rings_of(cameras),
        pairs,
        int(np.diff(pairs.start).max(initial=0)),
        by_point,
        kernels.Sides(np.array(rule, np.int64), facing.within_deg / 360.0 * BEARING_STEPS),
        *both,
    )  # fmt: skip
    as_it_is, if_all_work = (
        _by_route(met, by_point.n_counted, bit_of, len(routes)) for met in both
    )
    return as_it_is, if_all_work


def meet_working(
    routes: Routes, weeks: Routes, points: LinePieces, parts: Iterable[PlacedCameras]
) -> Met:
    """Count the cameras that work alone, and keep nothing of the routes in memory; see `meet`.

    Parameters
    ----------
    routes, weeks, points
        As `meet`.
    parts
        The cameras of one part of the sites after the other, at least one, with the same draws: as
        many as are in memory at once. Sites ascend from part to part.
    """
    counter = _Counter(routes, weeks, points)
    for part in parts:
        counter.add(part)
    return counter.found()


def _nothing_met(n_draws: int, n_tiers: int, routes: kernels.Routes) -> kernels.Met:
    """Return counts of nothing so far."""
    from toolkit.engine.kernels import trips as kernels

    n_bits = routes.n_counted * _WORD_BITS
    return kernels.Met(
        np.zeros((n_draws, n_tiers, n_bits), np.float32),
        np.zeros((n_draws, n_tiers, n_bits), np.float32),
        np.zeros((n_draws, n_tiers, routes.n_words - routes.n_counted), np.uint64),
    )


def _by_route(met: kernels.Met, n_counted: int, bit_of: IntArray, n_routes: int) -> Met:
    """Return counts by bit in the order of the routes."""
    return Met(
        met.cameras[..., bit_of[:n_routes]],
        met.sites[..., bit_of[:n_routes]],
        _bits(met.any_camera)[..., bit_of[n_routes:] - n_counted * _WORD_BITS],
    )


class _Counter:
    """The cameras and sites that have routes in view, added up over parts of the sites."""

    def __init__(self, routes: Routes, weeks: Routes, points: LinePieces) -> None:
        by_bits = _by_point.__wrapped__(routes, weeks, points)
        self._used, self._by_point, self._bit_of = by_bits
        self._points, self._n_routes = points, len(routes)
        self._met: kernels.Met | None = None

    def add(self, part: PlacedCameras) -> None:
        """Count the cameras of some sites, which follow those before."""
        from toolkit.engine.kernels import placement as placing
        from toolkit.engine.kernels import trips as kernels

        part = _ascending(part)
        placed, cameras, by_point = part.placed, part.cameras, self._by_point
        n_draws, n_tiers = cameras.inner_m.shape[:2]
        n_bits = by_point.n_counted * _WORD_BITS
        if self._met is None:
            self._met = _nothing_met(n_draws, n_tiers, by_point)
        rule = [SIDES.index(part.facing.rule.get(tier, "any")) for tier in TIERS]
        pairs = pairs_to(self._used, part.sight, len(self._points.length))
        asked = (
            placing.Cameras(
                placed.first, placed.site, placed.kind, placed.axis_deg,
                known_width(part.width_deg)[placed.site],
            ),
            placed.luck < cameras.availability[placed.draw],
            part.weight.astype(np.float32),
            rings_of(cameras),
            pairs,
        )  # fmt: skip
        sides = kernels.Sides(
            np.array(rule, np.int64), part.facing.within_deg / 360.0 * BEARING_STEPS
        )
        next_camera = placed.first[:-1].copy()
        for end, near in _near(pairs, by_point, placed.site):
            workers.over(
                kernels.meet_near, workers.even_borders(n_draws, _CHUNK_DRAWS), end, next_camera,
                *asked, near, sides, n_bits, self._met,
            )  # fmt: skip

    def found(self) -> Met:
        """Return what was counted."""
        if self._met is None:
            msg = "No part was given."
            raise ValueError(msg)
        return _by_route(self._met, self._by_point.n_counted, self._bit_of, self._n_routes)


def _ascending(part: PlacedCameras) -> PlacedCameras:
    """Return the cameras with the sites of each draw in ascending order."""
    placed = part.placed
    later = (np.diff(placed.site) < 0) & (np.diff(placed.draw) == 0)
    if not later.any():
        return part
    order = np.lexsort((placed.site, placed.draw))
    return replace(
        part,
        weight=part.weight[order],
        placed=Working(
            placed.first, placed.site[order], placed.kind[order], placed.axis_deg[order],
            placed.luck[order],
        ),
    )  # fmt: skip


def _near(
    pairs: PairsBySite, routes: kernels.Routes, standing: NDArray[np.int32]
) -> Iterator[tuple[int, kernels.Near]]:
    """Yield the routes near some sites at a time, and the site after the last of them."""
    from toolkit.engine.kernels import trips as kernels

    n_sites = len(pairs.start) - 1
    stands, n_near = np.zeros(n_sites, dtype=bool), np.zeros(n_sites, np.int64)
    stands[standing] = True
    start = np.zeros(n_sites + 1, np.int64)
    nothing = np.empty(0, np.uint64)
    near = kernels.Near(
        start, np.empty(0, np.int32), start, nothing, nothing, np.empty(0, np.uint8), 0, 0, 0, 0
    )
    borders = workers.even_borders(n_sites, _CHUNK_SITES)
    workers.over(kernels.find_near, borders, pairs, routes, stands, False, near, n_near)
    n_words = -(-n_near // _WORD_BITS)
    route_start = np.concatenate([[0], np.cumsum(n_near)])
    word_start = np.concatenate([[0], np.cumsum(n_words * np.diff(pairs.start))])
    route = np.empty(route_start[-1], np.int32)
    first = 0
    while first < n_sites:
        most = word_start[first] + _MOST_WORDS
        end = max(int(np.searchsorted(word_start, most, side="right")) - 1, first + 1)
        size = int(word_start[end] - word_start[first])
        near = kernels.Near(
            route_start, route, word_start, np.zeros(size, np.uint64), np.zeros(size, np.uint64),
            np.zeros(int(pairs.start[end] - pairs.start[first]), np.uint8),
            int(pairs.start[first]), int(word_start[first]),
            int(n_words.max(initial=0)), int(np.diff(pairs.start).max(initial=0)),
        )  # fmt: skip
        some = [*range(first, end, _CHUNK_SITES), end]
        workers.over(kernels.find_near, some, pairs, routes, stands, True, near, n_near)
        yield end, near
        first = end


def metres_along(
    in_view: BoolArray, passing: IntArray, length_m: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the metres of a route in view, and its longest stretch that is not, each (P,).

    Parameters
    ----------
    in_view
        Whether each passing is in view in each of P placements, shape (P, N).
    passing
        Passing of each point of the route, in the order of travel.
    length_m
        Length that each point stands for.

    Examples
    --------
    >>> in_view = np.array([[True, False], [False, False]])
    >>> seen, longest = metres_along(in_view, np.array([0, 1, 1]), np.array([5.0, 4.0, 3.0]))
    >>> seen.tolist(), longest.tolist()
    ([5.0, 0.0], [7.0, 12.0])
    """
    from toolkit.engine.kernels import trips as kernels

    n = len(in_view)
    seen_m, longest_m = np.zeros(n), np.zeros(n)
    borders = workers.even_borders(n, _CHUNK_PLACEMENTS)
    workers.over(kernels.along, borders, in_view, passing, length_m, seen_m, longest_m)
    return seen_m, longest_m


def _bits(words: NDArray[np.uint64]) -> BoolArray:
    """Return the bits of words, lowest first, along the last axis."""
    as_bytes = np.ascontiguousarray(words.astype("<u8")).view(np.uint8)
    return np.unpackbits(as_bytes, axis=-1, bitorder="little").astype(bool)


def pairs_to(used: IntArray, sight: Sight, n_points: int) -> PairsBySite:
    """Return the lines of sight to some points, which are numbered among these."""
    from toolkit.engine.kernels import placement as placing

    row = np.full(n_points, -1, np.int32)
    row[used] = np.arange(len(used), dtype=np.int32)
    row = row[sight.point]
    kept = np.flatnonzero(row >= 0)
    return placing.PairsBySite(
        np.searchsorted(kept, sight.start),
        row[kept],
        sight.distance_cm[kept],
        sight.bearing[kept],
        sight.height_dm[kept],
    )


@lru_cache(maxsize=2)
def _kept_pairs(routes: Routes, weeks: Routes, points: LinePieces, sight: Sight) -> PairsBySite:
    """Return the lines of sight to the points of routes; the last are kept, as those routes are."""
    return pairs_to(_by_point(routes, weeks, points)[0], sight, len(points.length))


def headings(points: LinePieces, used: IntArray) -> NDArray[np.uint8]:
    """Return the direction of the street at some points, in steps clockwise from north."""
    clockwise = 0.25 - points.heading_rad[used] / (2 * np.pi)
    steps = np.floor(clockwise * BEARING_STEPS + 0.5).astype(np.int64) % BEARING_STEPS
    return np.asarray(steps, dtype=np.uint8)


def _bit_of(routes: Routes, points: LinePieces, first_bit: int) -> IntArray:
    """Return a bit for each route: neighbours share words, so that a point has few of them."""
    begin = np.minimum(routes.start[:-1], max(len(routes.point) - 1, 0))
    at = routes.point[begin] if len(routes.point) else np.zeros(len(routes), np.int64)
    bit = np.empty(len(routes), np.int64)
    bit[morton_order(points.xy[at])] = np.arange(len(routes)) + first_bit
    return bit


@lru_cache(maxsize=4)
def _by_point(
    routes: Routes, weeks: Routes, points: LinePieces
) -> tuple[IntArray, kernels.Routes, IntArray]:
    """Return the points used, the routes as bits by these and direction, and the bit of each.

    The last are kept: the same routes are asked with other cameras again and again.
    """
    from toolkit.engine.kernels import trips as kernels

    used = np.unique(np.concatenate([routes.point, weeks.point]))
    n_counted, n_other = (-(-len(r) // _WORD_BITS) for r in (routes, weeks))
    bit_of = np.concatenate(
        [_bit_of(routes, points, 0), _bit_of(weeks, points, n_counted * _WORD_BITS)]
    )
    cells, words, values = [], [], []
    # A word at a time takes little memory.
    for some, bits_of, first in (
        (routes, bit_of[: len(routes)], 0),
        (weeks, bit_of[len(routes) :] - n_counted * _WORD_BITS, n_counted),
    ):
        for word in range(-(-len(some) // _WORD_BITS)):
            cell, value = _cells_of_word(some, bits_of, word, used)
            cells.append(cell)
            values.append(value)
            words.append(np.full(len(cell), first + word, np.int32))
    cell = np.concatenate([np.empty(0, np.int64), *cells])
    order = np.argsort(cell, kind="stable")
    start = np.searchsorted(cell[order], np.arange(3 * len(used) + 1))
    by_point = kernels.Routes(
        *_shared_cells(
            start,
            np.concatenate([np.empty(0, np.int32), *words])[order],
            np.concatenate([np.empty(0, np.uint64), *values])[order],
        ),
        n_counted + n_other,
        n_counted,
        headings(points, used),
    )
    return used, by_point, bit_of


def _shared_cells(
    start: IntArray, word: NDArray[np.int32], bits: NDArray[np.uint64]
) -> tuple[NDArray[np.int32], IntArray, NDArray[np.int32], NDArray[np.uint64]]:
    """Return cells that neighbours along a street share, and the cell of each point and column.

    Routes pass a street as a whole, so a camera has the same routes at most points it has in view.

    Parameters
    ----------
    start, word, bits
        Cells of the three columns of the points, one point after the other.
    """
    count = np.diff(start)
    # 1. Compare each cell with that of the point before, as far as both are as long.
    alike = np.zeros(len(count), dtype=bool)
    alike[3:] = count[3:] == count[:-3]
    some = np.flatnonzero(alike)
    entry = np.repeat(start[some] - np.cumsum(count[some]) + count[some], count[some])
    entry += np.arange(len(entry))
    before = entry - np.repeat(start[some] - start[some - 3], count[some])
    other = (word[entry] != word[before]) | (bits[entry] != bits[before])
    alike[np.repeat(some, count[some])[other]] = False
    # 2. Number those that differ, column by column.
    number = np.cumsum(~alike.reshape(-1, 3).T.reshape(-1)).reshape(3, -1).T.reshape(-1) - 1
    kept = np.argsort(number[~alike])
    first, size = start[:-1][~alike][kept], count[~alike][kept]
    begin = np.concatenate([[0], np.cumsum(size)])
    which = np.repeat(first - begin[:-1], size) + np.arange(begin[-1])
    return number.astype(np.int32), begin, word[which], bits[which]


def _cells_of_word(
    some: Routes, bit_of: IntArray, word: int, used: IntArray
) -> tuple[IntArray, NDArray[np.uint64]]:
    """Return the cells, 3 x point + column, that 64 routes pass, and which of them pass each."""
    from toolkit.engine.kernels import trips as kernels

    chosen = np.flatnonzero(bit_of // _WORD_BITS == word)
    at = np.concatenate([np.arange(some.start[r], some.start[r + 1]) for r in chosen])
    bit = np.repeat(bit_of[chosen] % _WORD_BITS, np.diff(some.start)[chosen]).astype(np.uint64)
    point = 3 * np.searchsorted(used, some.point[at])
    column = np.where(some.forward[at], kernels.FORWARD, kernels.BACKWARD)
    cell = np.concatenate([point + column, point + kernels.EITHER])
    value = np.tile(np.uint64(1) << bit, 2)
    order = np.argsort(cell, kind="stable")
    cell, value = cell[order], value[order]
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    return cell[first], np.bitwise_or.reduceat(value, first) if len(first) else value
