"""Seeded draws, shared by intervals, comparisons and sensitivity analysis.

Each uncertain quantity has a name and a column of probabilities in (0, 1) of its own: a Latin
hypercube column (McKay, Beckman and Conover 1979) whose order depends on the seed and the name
only. A column therefore stays the same when another quantity is added, drawn earlier or fixed,
and two assessments with the same seed differ only by what was changed (common random numbers).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from toolkit.base.arrays import FloatArray


def triangular(prob: FloatArray, low: float, mode: float, high: float) -> FloatArray:
    """Return quantiles of a triangular distribution at each probability, shape as given.

    Examples
    --------
    >>> triangular(np.array([0.0, 0.5, 1.0]), 2.0, 3.0, 4.0)
    array([2., 3., 4.])
    """
    # Importing `scipy.stats`, which has the same, takes longer than all draws of an assessment.
    mode_prob, width = (mode - low) / (high - low), high - low
    rising = np.sqrt(mode_prob * prob)
    falling = 1 - np.sqrt((1 - mode_prob) * (1 - prob))
    return np.asarray(np.where(prob < mode_prob, rising, falling) * width + low)


@dataclass(frozen=True)
class Design:
    """A number of draws and a seed.

    Attributes
    ----------
    n_draws
        Number of draws of the ignorance layer (D in array shapes).
    seed
        Seed of every column.

    Examples
    --------
    >>> columns = [Design(4, seed=0).column("count.quantile") for _ in range(2)]
    >>> bool((columns[0] == columns[1]).all())
    True
    >>> sorted((columns[0] * 4).astype(int).tolist())  # one draw in each stratum
    [0, 1, 2, 3]
    """

    keepable: ClassVar[bool] = True
    """Whether results may be kept for an equal design: its columns follow from number and seed."""

    n_draws: int
    seed: int

    def generator(self, name: str) -> np.random.Generator:
        """Return the random generator of a name under this seed."""
        digest = hashlib.sha256(name.encode()).digest()
        return np.random.default_rng([self.seed, *np.frombuffer(digest, dtype=np.uint32).tolist()])

    def column(self, name: str) -> FloatArray:
        """Return the probabilities of one quantity, one in each stratum, shape (n_draws,)."""
        rng = self.generator(name)
        return (rng.permutation(self.n_draws) + rng.random(self.n_draws)) / self.n_draws
