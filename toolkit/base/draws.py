"""One seeded design of draws, shared by intervals, comparisons and sensitivity.

Each uncertain quantity has a name and its own column of probabilities in (0, 1): a Latin
hypercube column (McKay, Beckman and Conover 1979) whose order comes from the seed and the name
alone. So a column does not change when another quantity is added, asked for earlier, or fixed,
and two assessments with the same seed differ only by what was changed (common random numbers).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from toolkit.base.arrays import FloatArray


def triangular(prob: FloatArray, low: float, mode: float, high: float) -> FloatArray:
    """Return quantiles of a triangular distribution at each probability, shape as given."""
    # `scipy.stats` has the same; to import it takes longer than all draws of an assessment.
    at, width = (mode - low) / (high - low), high - low
    rising, falling = np.sqrt(at * prob), 1 - np.sqrt((1 - at) * (1 - prob))
    return np.asarray(np.where(prob < at, rising, falling) * width + low)


@dataclass(frozen=True)
class Design:
    """A number of draws and a seed.

    Attributes
    ----------
    n_draws
        How many draws of the ignorance layer.
    seed
        Seed of every column.
    """

    keepable: ClassVar[bool] = True
    """Whether what was drawn may be kept for an equal design, without asking for columns again."""

    n_draws: int
    seed: int

    def generator(self, name: str) -> np.random.Generator:
        """Return the random generator that belongs to `name` under this seed."""
        digest = hashlib.sha256(name.encode()).digest()
        return np.random.default_rng([self.seed, *np.frombuffer(digest, dtype=np.uint32).tolist()])

    def column(self, name: str) -> FloatArray:
        """Return the probabilities of one quantity, shape (n_draws,), one in each stratum."""
        rng = self.generator(name)
        return (rng.permutation(self.n_draws) + rng.random(self.n_draws)) / self.n_draws
