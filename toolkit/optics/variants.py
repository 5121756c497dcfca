"""Variants of a camera type: each camera is its own, about the mean of its city.

The spread of a value has two parts. One is common to a city, a column of the design as for any
other quantity. The other differs from camera to camera. Both are normal scores, and
`optics.within_city_share` is the share of the variance that is within the city; so a camera of any
city has the distribution that the catalogue states. The cameras of a type are represented by a few
variants, all equally likely, whose scores within the city are stratified: a Latin hypercube, the
same in every draw, turned by a random amount in each quantity (Cranley and Patterson 1976).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design

N_VARIANTS: Final = 8
"""Variants of a type: with more, the ends of intervals change by less than with another seed."""
WITHIN_KEY: Final = "optics.within_city_share"
WITHIN_SUFFIX: Final = ":within"
"""Ending of the columns that turn the strata of the variants."""
Value = Literal["focal", "aim", "height", "night", "hfov", "width", "sensor"]
"""Values of a type in which its cameras differ."""
_POLE_KEY: Final = "optics.height_m"
_LARGEST_SCORE_PROB: Final = 1e-6
"""Keeps probabilities within a city away from 0 and 1."""


@dataclass(frozen=True)
class Variants:
    """The variants of every type of a city, as probabilities of its uncertain values.

    Attributes
    ----------
    design
        Draws and seed.
    number
        Number of variants, M.
    within
        Share of the variance within a city, shape (D, 1).
    """

    design: Design
    number: int
    within: FloatArray

    @classmethod
    def of(cls, assumptions: AssumptionSet, design: Design, number: int) -> Variants:
        """Return the variants under an assumption set."""
        return cls(design, number, assumptions.draw(WITHIN_KEY, design)[:, None])

    def prob(self, value: Value, type_id: str) -> FloatArray:
        """Return the probability of a value of each variant of a type, shape (D, M)."""
        return self._joined(value, f"{value}:{type_id}")

    def pole_prob(self) -> FloatArray:
        """Return the probability of the height of a pole, shape (D, M).

        All types share the poles of a city.
        """
        return self._joined("height", f"assumption:{_POLE_KEY}")

    def _joined(self, value: Value, column: str) -> FloatArray:
        from scipy import special

        city = special.ndtri(self.design.column(column))[:, None]
        turn = self.design.column(column + WITHIN_SUFFIX)[:, None]
        prob = (_strata(self.number, get_args(Value).index(value)) + turn) % 1.0
        camera = special.ndtri(np.clip(prob, _LARGEST_SCORE_PROB, 1.0 - _LARGEST_SCORE_PROB))
        joined = np.sqrt(1.0 - self.within) * city + np.sqrt(self.within) * camera
        return np.asarray(special.ndtr(joined))


def _strata(number: int, dimension: int) -> FloatArray:
    """Return the lower ends of the strata of the variants in one dimension, shape (M,).

    Ranks of multiples of the powers of the root of x^8 = x + 1 (Roberts 2018), whose points lie
    evenly in all dimensions together.
    """
    root = 2.0
    for _ in range(40):
        root = (1.0 + root) ** (1.0 / (len(get_args(Value)) + 1))
    place = ((np.arange(number) + 1) * root ** -(dimension + 1.0)) % 1.0
    return np.asarray(np.argsort(np.argsort(place)) / number)
