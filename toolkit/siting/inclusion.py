"""Inclusion probabilities: the probability that each candidate group holds a site.

The probability is proportional to the weight of a group (probability-proportional-to-size
sampling), capped at one; the sum over all groups is the number of sites.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.siting.candidates import Candidates

_SCALE_TOLERANCE = 1e-12
"""Relative change of the scale at which the redistribution has converged."""


@dataclass(frozen=True)
class Ranked:
    """Groups that may hold a site, sorted by class and size; the same for all draws.

    Attributes
    ----------
    size_m
        Sizes, ascending within a class, shape (N,).
    first
        First index of each class, and N, shape (C + 1,).
    running_m
        Cumulative sums of sizes, from 0, shape (N + 1,).
    """

    size_m: FloatArray
    first: IntArray
    running_m: FloatArray


def ranked(found: Candidates, free: NDArray[np.bool_] | None = None) -> Ranked:
    """Sort the groups that may hold a site, as `inclusion_factor` needs them.

    Parameters
    ----------
    found
        Groups.
    free
        Groups that may still hold a site, shape (G,); all by default.
    """
    used = found.size_m > 0 if free is None else (found.size_m > 0) & free
    order = np.lexsort((found.size_m, found.weight_class))
    order = order[used[order]]
    size = found.size_m[order]
    return Ranked(
        size,
        np.searchsorted(found.weight_class[order], np.arange(len(found.class_code) + 1)),
        np.concatenate([[0.0], np.cumsum(size)]),
    )


def inclusion_factor(
    class_weight: FloatArray,
    n_sites: FloatArray,
    found: Candidates | Ranked,
    free: NDArray[np.bool_] | None = None,
) -> FloatArray:
    """Return the factor per draw and weight class that turns sizes into inclusion probabilities.

    The probability is min(1, factor * size). Probabilities sum to the number of sites, or to the
    number of groups where there are more sites than groups.

    Parameters
    ----------
    class_weight
        Weight of a metre of street, shape (D, C), see `weights.draw`.
    n_sites
        Number of sites to place, shape (D,).
    found
        Groups, or the result of `ranked`.
    free
        Groups that may still hold a site, shape (G,); all by default.

    Returns
    -------
    factor
        Per metre of size, shape (D, C); infinite where there are as many sites as groups.

    Notes
    -----
    Units whose probability would exceed one are included with certainty, and the remaining sites
    are redistributed until none exceeds it, as usual in probability-proportional-to-size sampling
    (Saerndal, Swensson and Wretman 1992, section 3.6). Within a class the larger groups are the
    certain ones, so sorted sizes and their cumulative sums suffice.
    """
    groups = found if isinstance(found, Ranked) else ranked(found, free)
    size, first, running = groups.size_m, groups.first, groups.running_m
    per_class = running[first[1:]] - running[first[:-1]]
    if not len(size):
        return np.zeros_like(class_weight)
    measure = class_weight / (class_weight @ per_class)[:, None]
    largest = np.where(first[1:] > first[:-1], size[np.maximum(first[1:], 1) - 1], 0.0)
    wanted = np.minimum(n_sites, float(len(size)))
    scale = wanted.copy()
    for _ in range(len(size)):
        n_certain = np.zeros(len(wanted))
        # Only classes whose largest group is certain in some draw are searched. A class without
        # free groups gives NaN, which is not above one.
        with np.errstate(invalid="ignore"):
            some = np.fmax.reduce(scale[:, None] * measure, axis=0) * largest >= 1
        rest = measure @ np.where(some, 0.0, per_class)
        for c in np.flatnonzero(some):
            with np.errstate(divide="ignore", over="ignore"):
                least = 1.0 / (scale * measure[:, c])
            cut = first[c] + np.searchsorted(size[first[c] : first[c + 1]], least, side="left")
            n_certain += first[c + 1] - cut
            rest += (running[cut] - running[first[c]]) * measure[:, c]
        with np.errstate(divide="ignore", invalid="ignore"):
            again = np.where(n_certain < len(size), (wanted - n_certain) / rest, np.inf)
        again = np.maximum(again, scale)
        if (again <= scale * (1 + _SCALE_TOLERANCE)).all():
            break
        scale = again
    return np.asarray(scale[:, None] * measure)


def inclusion_prob(
    class_weight: FloatArray,
    n_sites: FloatArray,
    found: Candidates,
    free: NDArray[np.bool_] | None = None,
) -> FloatArray:
    """Return the probability that each group holds a site, shape (D, G).

    See Also
    --------
    inclusion_factor : Parameters and method.
    """
    factor = inclusion_factor(class_weight, n_sites, found, free)
    size = found.size_m if free is None else np.where(free, found.size_m, 0.0)
    with np.errstate(invalid="ignore"):
        prob = np.minimum(factor[:, found.weight_class] * size, 1.0)
    return np.where(size > 0, prob, 0.0)
