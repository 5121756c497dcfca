"""One assumption: a value with its range, unit, distribution, layer, source and reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from toolkit.base.arrays import FloatArray
from toolkit.base.draws import triangular
from toolkit.base.terms import NESTED_TIERS

Layer = Literal["ignorance", "encounter", "definition"]
Distribution = Literal["fixed", "uniform", "loguniform", "triangular", "normal", "lognormal"]

_Z95: Final = 1.6448536269514722
"""95 % point of the standard normal distribution, as a number so that scipy is imported late."""
_CENTRE_TOLERANCE: Final = 0.01
"""Tolerance of the median of a (log)normal about the middle of its range, as a share of it."""
_SHARE_UNITS: Final = ("share", "probability")
_SIGNED_UNITS: Final = ("log ratio",)

_Text = Annotated[str, Field(min_length=1, max_length=2000)]
_Key = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z0-9_]+)+$", max_length=80)]
_Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Assumption(BaseModel):
    """One uncertain value.

    Attributes
    ----------
    key
        Dotted name, such as ``optics.height_m``.
    layer
        ``ignorance`` (drawn once per city), ``encounter`` (varies from one passing to the next)
        or ``definition`` (meaning of a word; alternatives are compared, never averaged).
    value
        Central value: the definition, the mode of a triangular distribution, the median of a
        (log)normal one.
    low, high
        Ends of the range; for ``normal`` and ``lognormal`` the 5 and 95 % points.

    Examples
    --------
    >>> height = Assumption(
    ...     key="optics.height_m", layer="ignorance", unit="m", value=6.0, low=4.0, high=8.0,
    ...     distribution="triangular", source="site visits", reason="usual poles",
    ... )
    >>> height.quantile(np.array([0.0, 0.5, 1.0]))
    array([4., 6., 8.])
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: _Key
    layer: Layer
    unit: Annotated[str, Field(min_length=1, max_length=40)]
    value: _Number
    low: _Number
    high: _Number
    distribution: Distribution = "fixed"
    source: _Text
    reason: _Text

    @model_validator(mode="after")
    def _fits(self) -> Assumption:
        problems = [*self._problems_of_range(), *self._problems_of_distribution()]
        if not self.source.strip() or not self.reason.strip():
            problems.append("source and reason must say something. Write where it comes from.")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _problems_of_range(self) -> list[str]:
        problems = []
        if not self.low <= self.value <= self.high:
            problems.append(
                f"low <= value <= high does not hold ({self.low:g}, {self.value:g}, "
                f"{self.high:g}). Mend one of them."
            )
        if self.unit in _SHARE_UNITS and not 0 <= self.low <= self.high <= 1:
            problems.append(f"a {self.unit} lies between 0 and 1. Mend the range.")
        elif self.unit not in _SIGNED_UNITS and self.low < 0:
            problems.append(f"low is {self.low:g} {self.unit}, below zero. Mend it.")
        return problems

    def _problems_of_distribution(self) -> list[str]:
        name, low, value, high = self.distribution, self.low, self.value, self.high
        if name == "fixed":
            return []
        problems = []
        if self.layer == "definition":
            problems.append("a definition is not drawn: its distribution must be fixed.")
        if low == high:
            problems.append(f"a {name} range needs low below high. Widen it, or write fixed.")
        if name in ("loguniform", "lognormal") and low <= 0:
            problems.append(f"a {name} range must be above zero, and low is {low:g}.")
        elif name in ("normal", "lognormal") and low < value < high:
            middle, at = (
                (0.5 * (low + high), (value - low) / (high - low))
                if name == "normal"
                else (float(np.sqrt(low * high)), float(np.log(value / low) / np.log(high / low)))
            )
            if abs(at - 0.5) > _CENTRE_TOLERANCE:
                problems.append(
                    f"the value of a {name} is its median, which for {low:g} to {high:g} is "
                    f"{middle:g}, and it is {value:g}. Mend one of the three."
                )
        return problems

    @property
    def stage(self) -> str:
        """Stage of the model that uses it: the first part of its key."""
        return self.key.partition(".")[0]

    def quantile(self, probability: FloatArray) -> FloatArray:
        """Return quantiles at each probability, shape as given."""
        from scipy import special

        low, mode, high = self.low, self.value, self.high
        if self.distribution == "fixed" or low == high:
            return np.full_like(probability, mode)
        match self.distribution:
            case "uniform":
                values = probability * (high - low) + low
            case "loguniform":
                values = np.exp(np.log(low) + probability * (np.log(high) - np.log(low)))
            case "triangular":
                values = triangular(probability, low, mode, high)
            case "normal":
                values = special.ndtri(probability) * ((high - low) / (2 * _Z95)) + mode
            case "lognormal":
                spread = np.log(high / low) / (2 * _Z95)
                values = np.exp(spread * special.ndtri(probability)) * mode
        return np.asarray(values, dtype=float)


def misfits(items: Iterable[Assumption]) -> list[str]:
    """Return the contradictions among the values of a set.

    Whoever can be identified or matched can be recognised, and whoever can be recognised can be
    seen, so the thresholds must rise in that order. Lenses must be above their targets, as the
    ring geometry assumes.
    """
    known = {item.key: item for item in items}
    problems = []
    for narrow, wide in NESTED_TIERS:
        one, other = (known.get(f"threshold.{tier}_px_m") for tier in (wide, narrow))
        if one and other and one.value > other.value:
            problems.append(
                f"{one.key} ({one.value:g}) is above {other.key} ({other.value:g}): lower the "
                "first or raise the second"
            )
    lens = known.get("optics.height_m")
    for name in ("person", "face", "plate"):
        target = known.get(f"optics.{name}_height_m")
        if lens and target and lens.low <= target.high:
            problems.append(
                f"optics.height_m goes down to {lens.low:g} m, which is not above "
                f"{target.key} ({target.high:g} m): raise low, or lower the other's high"
            )
    return problems
