"""Inclusion probabilities from a sorted list: the oracle for `inclusion.inclusion_prob`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toolkit.siting.candidates import Candidates


def groups_of(size_m: NDArray[np.float64]) -> Candidates:
    """Return candidate groups of these sizes, all of one weight class."""
    n = len(size_m)
    none = np.zeros(n, dtype=np.int64)
    return Candidates(
        np.zeros((n, 2)),
        np.zeros((n, 2)),
        np.asarray(size_m, dtype=float),
        np.arange(n),
        np.zeros(n, dtype=bool),
        np.zeros(n),
        none,
        np.zeros(1, dtype=np.int64),
    )


def proportional_prob(size_measure: NDArray[np.float64], n_sites: float) -> NDArray[np.float64]:
    """Return inclusion probabilities proportional to size, capped at one, adding up to `n_sites`.

    Units whose share would exceed one are taken with certainty and the rest is shared out
    again, as usual in probability-proportional-to-size sampling (Saerndal, Swensson and
    Wretman 1992, section 3.6).
    """
    positive = size_measure > 0
    n_sites = min(float(n_sites), float(positive.sum()))
    # Sorted from large to small, the units taken with certainty are a prefix.
    order = np.argsort(-size_measure, kind="stable")
    ordered = size_measure[order]
    rest = np.cumsum(ordered[::-1])[::-1]
    left = n_sites - np.arange(len(ordered))
    certain = ordered * left >= rest
    certain &= ordered > 0
    n_certain = int(np.argmin(certain)) if not certain.all() else len(certain)
    prob = np.ones_like(size_measure)
    if n_certain < len(ordered) and rest[n_certain] > 0:
        factor = max(n_sites - n_certain, 0.0) / rest[n_certain]
        prob[order[n_certain:]] = np.minimum(ordered[n_certain:] * factor, 1.0)
    prob[~positive] = 0.0
    return prob
