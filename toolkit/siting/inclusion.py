"""From weights and a number of sites to the probability that each place holds one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.siting.candidates import Candidates


@dataclass(frozen=True)
class Ranked:
    """Groups that may hold a site, class by class and by size: what no draw changes.

    Attributes
    ----------
    size_m
        Their sizes, ascending within a class, shape (N,).
    first
        Where each class begins, and the end, shape (C + 1,).
    running_m
        Sums of the sizes before each, and of all, shape (N + 1,).
    """

    size_m: FloatArray
    first: IntArray
    running_m: FloatArray


def ranked(found: Candidates, free: NDArray[np.bool_] | None = None) -> Ranked:
    """Return the groups that may hold a site in the order of `inclusion_factor`.

    Parameters
    ----------
    found
        The groups.
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
    """Return, per draw and weight class, by what the size of a group gives its chance of a site.

    The chance is min(1, factor * size); those of all groups add up to the number of sites, or to
    the number of groups where there are more sites than groups.

    Parameters
    ----------
    class_weight
        Weight of a metre of street, shape (D, C), see `siting_profiles.draw`.
    n_sites
        Number of sites to place, shape (D,).
    found
        The groups, or those that may hold a site, `ranked`.
    free
        Groups that may still hold a site, shape (G,); all by default.

    Returns
    -------
    factor
        Per metre of size, shape (D, C); infinite where there are as many sites as groups.

    Notes
    -----
    Units whose share would exceed one are taken with certainty and the rest is shared out again,
    until none is left, as usual in sampling with probability proportional to size (Saerndal,
    Swensson and Wretman 1992, section 3.6). Within a class the larger groups are the certain ones,
    so a sorted list of sizes and its running sum are all that is needed of the groups.
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
        # Only a class whose largest group is certain in some draw needs to be looked through.
        # Of a class without free groups this is no number, which is not above one.
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


_SCALE_TOLERANCE = 1e-12


def inclusion_prob(
    class_weight: FloatArray,
    n_sites: FloatArray,
    found: Candidates,
    free: NDArray[np.bool_] | None = None,
) -> FloatArray:
    """Return the chance that each group holds a site, shape (D, G); see `inclusion_factor`."""
    factor = inclusion_factor(class_weight, n_sites, found, free)
    size = found.size_m if free is None else np.where(free, found.size_m, 0.0)
    with np.errstate(invalid="ignore"):
        prob = np.minimum(factor[:, found.weight_class] * size, 1.0)
    return np.where(size > 0, prob, 0.0)
