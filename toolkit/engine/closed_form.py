"""From sight, rings and siting to probabilities, in closed form.

A point is exposed if any camera of the system has it in its ring. Each group holds at most one
site, so the probability is 1 - prod(1 - pi_g * v_g): pi_g that group g holds a site, v_g that the
cameras of a site there have the point in their rings. It is computed draw by draw of the ignorance
layer; no probability is averaged before the product. `toolkit.engine.placement` is the reference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from toolkit.base.arrays import Float32Array, FloatArray, IntArray
from toolkit.base.quantity import INTERVAL
from toolkit.base.terms import TIERS
from toolkit.engine import workers
from toolkit.engine.pairs_by_point import PointRows
from toolkit.engine.site_chance import SiteChance

if TYPE_CHECKING:  # numba takes half a second to import
    from toolkit.engine.kernels.exposure import Chances, PairsByPoint

_CHUNK_VALUES: Final = 65_536
"""Probabilities that a chunk holds: 256 kB."""
_CHUNK_POINTS: Final = 1024
"""Most points of a chunk."""
_CHUNK_POINTS_ONCE: Final = 16_384
"""Points of a chunk with a single draw."""


def closed_form(
    rows: PointRows, chance: SiteChance | Float32Array, views: Float32Array
) -> Float32Array:
    """Return the probability that each point is exposed, shape (P, T, D).

    Parameters
    ----------
    rows
        Pairs by point.
    chance
        Chance that each site exists, or a table of it, shape (G, D); one for mapped sites.
    views
        See `view_table`.
    """
    if not isinstance(chance, SiteChance):
        chance = SiteChance.of_table(chance)
    if views.shape[2:] == (len(TIERS), 1):
        return _closed_form_once(rows, chance, views)
    from toolkit.engine.kernels import exposure as kernels

    n_points = len(rows.start) - 1
    out = np.empty((n_points, *views.shape[2:]), np.float32)
    borders = workers.even_borders(n_points, _points_at_once(views))
    workers.over(kernels.exposed, borders, *_asked(rows, chance, views), out)
    return out


def _points_at_once(views: Float32Array) -> int:
    """Return the number of points of a chunk whose results fit into the processor's cache."""
    return max(min(_CHUNK_VALUES // max(math.prod(views.shape[2:]), 1), _CHUNK_POINTS), 1)


def covered_length(
    rows: PointRows, chance: SiteChance, views: Float32Array, length_m: FloatArray
) -> FloatArray:
    """Return the expected covered length: probability times length, summed, shape (D, T).

    Parameters
    ----------
    rows, chance, views
        As for `closed_form`.
    length_m
        Length of each point in metres, shape (P,).
    """
    from toolkit.engine.kernels import exposure as kernels

    borders = workers.even_borders(len(rows.start) - 1, kernels.POINTS_TOGETHER)
    parts = np.zeros((len(borders) - 1, *views.shape[2:]))
    asked = _asked(rows, chance, views)
    workers.over(kernels.covered_length, borders, *asked, length_m, parts)
    # Summed in the order of the points, so that threads do not change the last bits.
    return np.asarray(np.sum(parts, axis=0).T)


def _closed_form_once(rows: PointRows, chance: SiteChance, views: Float32Array) -> Float32Array:
    """Return `closed_form` of a single draw, by a loop that is fast over sites, not draws."""
    from toolkit.engine.kernels import exposure as kernels

    prob = np.minimum(chance.factor[chance.site_class, 0] * chance.size, np.float32(1.0))
    curve = chance.curve()
    alone = chance.alone[chance.site_class, 0] if len(curve) else True
    out = np.empty((len(rows.start) - 1, len(TIERS)), np.float32)
    workers.over(
        kernels.exposed_once,
        workers.even_borders(len(out), _CHUNK_POINTS_ONCE),
        kernels.PairsByPoint(rows.start, rows.site, rows.bin, rows.view),
        prob,
        np.where(alone, np.int32(-1), chance.district),
        curve,
        np.ascontiguousarray(views).reshape(-1),
        views.shape[1],
        out,
    )
    return out[:, :, None]


def _asked(
    rows: PointRows, chance: SiteChance, views: Float32Array
) -> tuple[PairsByPoint, Chances, Float32Array, IntArray]:
    """Return the arguments of the compiled loops over many draws: pairs, sites and views."""
    from toolkit.engine.kernels import exposure as kernels

    some, every = chance.alone.any(axis=1), chance.alone.all(axis=1)
    chances = kernels.Chances(
        chance.factor,
        chance.alone,
        np.add(some, every, dtype=np.int64),
        chance.site_class,
        chance.size,
        chance.district,
        chance.curve(),
    )
    pairs = kernels.PairsByPoint(rows.start, rows.site, rows.bin, rows.view)
    return pairs, chances, views, _last_bins(views)


@dataclass(frozen=True)
class PointSummary:
    """Exposure of street points over the ignorance layer.

    Attributes
    ----------
    low, mid, high
        5 % quantile, mean and 95 % quantile of the probability of each point, shape (P, T).
    group_mean
        Length mean of the points of each street per draw, shape (S, T, D).
    """

    low: FloatArray
    mid: FloatArray
    high: FloatArray
    group_mean: Float32Array


def summarise(
    rows: PointRows,
    chance: SiteChance | Float32Array,
    views: Float32Array,
    length_m: FloatArray,
    street: IntArray,
    n_streets: int,
) -> PointSummary:
    """Evaluate the closed form on all points and summarise it by point and by street.

    Parameters
    ----------
    rows, chance, views
        As for `closed_form`.
    length_m
        Length of each point in metres, shape (P,).
    street
        Street of each point; the points of a street must be consecutive, shape (P,).
    n_streets
        Number of streets, S.
    """
    if not isinstance(chance, SiteChance):
        chance = SiteChance.of_table(chance)
    from toolkit.engine.kernels import exposure as kernels

    first = np.flatnonzero(np.diff(street, prepend=-1))
    begin = np.concatenate([first, [len(street)]])
    low, mid, high = (np.zeros((len(street), views.shape[2])) for _ in range(3))
    means = np.zeros((len(first), *views.shape[2:]), np.float32)
    # A street lies in one chunk, and a chunk ends with the street that fills it.
    full = np.arange(0, len(street), _points_at_once(views))
    borders = np.unique([*np.searchsorted(first, full), len(first)]).tolist()
    workers.over(
        kernels.summarise, borders, begin, *_asked(rows, chance, views), length_m, INTERVAL[0],
        (low, mid, high, means),
    )  # fmt: skip
    group_mean = np.full((n_streets, *means.shape[1:]), np.nan, np.float32)
    group_mean[street[first]] = means
    return PointSummary(low, mid, np.maximum(mid, high), group_mean)


def _last_bins(views: Float32Array) -> IntArray:
    """Return the last distance bin with any view, by tier; -1 where there is none."""
    some = np.asarray(views.any(axis=3).any(axis=0))
    return np.array([int(np.flatnonzero(seen).max(initial=-1)) for seen in some.T])
