"""A figure with its interval, and its summary from draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from toolkit.base.record import Record

_SIGNIFICANT_DIGITS = 6

INTERVAL = (0.05, 0.5, 0.95)
"""Probabilities of `low`, `mid` and `high`: a 90 % interval and the median; see `upper_prob`."""


def _rounded(value: float) -> float:
    """Round to six significant digits, to keep the last bits of sums out of the JSON."""
    return float(f"{value:.{_SIGNIFICANT_DIGITS}g}")


def rounded_draws(values: np.ndarray[Any, Any]) -> tuple[float, ...]:
    """Return draws rounded as in the JSON, shape (D,)."""
    # As `_rounded`, without a call for each of the thousands of draws.
    return tuple(float(f"{value:.{_SIGNIFICANT_DIGITS}g}") for value in values.tolist())


def upper_prob(amounts: np.ndarray[Any, Any]) -> float:
    """Return the probability at the upper end of the 90 % interval of an amount.

    It is 0.95 while at most 5 % of the draws are zero. With more zeros the interval begins at zero
    and excludes nothing below, so the share excluded above grows with the share of zeros, up to
    10 %: the interval again holds 90 %, and its end does not jump with a single draw.

    Parameters
    ----------
    amounts
        Non-negative draws, shape (D,).

    Examples
    --------
    >>> round(upper_prob(np.array([1.0, 2.0])), 2), round(upper_prob(np.array([0.0, 2.0])), 2)
    (0.95, 0.9)
    """
    tail = 1.0 - INTERVAL[2]
    none = float(np.mean(amounts == 0.0))
    return 1.0 - min(max(none, tail), 2 * tail)


def lower_prob(probabilities: np.ndarray[Any, Any]) -> float:
    """Return the probability at the lower end of the 90 % interval of a probability.

    As `upper_prob`, from the other end: where more than 5 % of the draws are one, the interval ends
    at one and excludes nothing above, so the share excluded below grows with them, up to 10 %.

    Parameters
    ----------
    probabilities
        Draws between 0 and 1, shape (D,).

    Examples
    --------
    >>> round(lower_prob(np.array([0.0, 0.5])), 2), round(lower_prob(np.array([0.5, 1.0])), 2)
    (0.05, 0.1)
    """
    return 1.0 - upper_prob(1.0 - probabilities)


def printing_step(error: float) -> float:
    """Return the step in which a figure with a standard error is printed; 0 without an error.

    The least of 1, 2 and 5 times a power of ten that is at least two standard errors.

    Examples
    --------
    >>> [printing_step(error) for error in (0.0, 0.4, 6.0, 26.0)]
    [0.0, 1.0, 20.0, 100.0]
    """
    if error <= 0.0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(2.0 * error))
    return next(n * power for n in (1.0, 2.0, 5.0, 10.0) if n * power >= 2.0 * error)


def _quantiles(values: np.ndarray[Any, Any], at: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return what `numpy.quantile` does for few values, in a tenth of its time.

    It prepares for arrays of any shape; an answer asks for some hundreds of quantities.
    """
    ordered = np.sort(values)
    if np.isnan(ordered[-1]):
        return np.full(len(at), np.nan)
    place = at * (len(ordered) - 1)
    below = np.floor(place)
    part = place - below
    first = below.astype(np.int64)
    low, high = ordered[first], ordered[np.minimum(first + 1, len(ordered) - 1)]
    # From the nearer end, as numpy does it.
    step = high - low
    found: np.ndarray[Any, Any] = low + step * part
    from_above = part >= 1.0 - part
    found[from_above] = (high - step * (1.0 - part))[from_above]
    return found


def _with_errors(
    values: np.ndarray[Any, Any], probabilities: Sequence[float]
) -> tuple[list[float], tuple[float, float, float]]:
    """Return three quantiles of draws, and the standard error of each.

    The number of draws below a quantile is binomial, so one standard error of its rank lies
    sqrt(p (1 - p) / D) to either side: half the distance between the quantiles there (David and
    Nagaraja, Order Statistics, 2003, section 7.1). Latin hypercube draws vary less.
    """
    at = np.asarray(probabilities, float)
    spread = np.sqrt(at * (1.0 - at) / len(values))
    ends = np.clip(np.concatenate([at, at - spread, at + spread]), 0.0, 1.0)
    found = _quantiles(values, ends)
    errors = (found[6:] - found[3:6]) / 2.0
    low, mid, high = (float(f"{error:.2g}") for error in errors)
    return [float(v) for v in found[:3]], (low, mid, high)


class Quantity(Record):
    """A figure with its interval, or the reason why there is none. Unknown is never zero.

    Attributes
    ----------
    low, mid, high
        5 and 95 % points and the middle; None where unknown.
    why
        The reason why it is unknown.
    error
        Standard errors of `low`, `mid` and `high` that come from the number of draws; None where
        they are not estimates from draws. No figure is printed with more digits than they support.
    """

    low: float | None
    mid: float | None
    high: float | None
    unit: str
    why: str | None = None
    error: tuple[float, float, float] | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _whole(self) -> Quantity:
        values = (self.low, self.mid, self.high)
        if any(v is None for v in values):
            if not (all(v is None for v in values) and self.why):
                msg = "a quantity has all of low, mid and high, or none of them and a reason"
                raise ValueError(msg)
        elif not (values[0] <= values[1] <= values[2]):  # type: ignore[operator]
            msg = f"low <= mid <= high does not hold for {values}"
            raise ValueError(msg)
        return self

    @property
    def known(self) -> bool:
        """Whether there is a figure."""
        return self.mid is not None

    @classmethod
    def of(cls, low: float, mid: float, high: float, unit: str) -> Quantity:
        """Make a quantity from its three figures, rounded.

        Examples
        --------
        >>> Quantity.of(1, 2, 3.1234567, "km").high
        3.12346
        """
        return cls(low=_rounded(low), mid=_rounded(mid), high=_rounded(high), unit=unit)

    @classmethod
    def exactly(cls, value: float, unit: str) -> Quantity:
        """Make a quantity without uncertainty, such as a measured length."""
        return cls.of(value, value, value, unit)

    @classmethod
    def from_draws(cls, values: Sequence[float] | np.ndarray[Any, Any], unit: str) -> Quantity:
        """Summarise draws by their 5, 50 and 95 % points."""
        return cls._from_quantiles(np.asarray(values, float), INTERVAL, unit)

    @classmethod
    def from_amounts(cls, values: Sequence[float] | np.ndarray[Any, Any], unit: str) -> Quantity:
        """Summarise draws of a non-negative amount; see `upper_prob`."""
        drawn = np.asarray(values, float)
        return cls._from_quantiles(drawn, (INTERVAL[0], INTERVAL[1], upper_prob(drawn)), unit)

    @classmethod
    def from_probabilities(cls, values: Sequence[float] | np.ndarray[Any, Any]) -> Quantity:
        """Summarise draws of a probability: its middle is the mean, which is one as well.

        Of 100 draws of which 97 are 0 and 3 are 1, the probability is 0.03, and not the median.
        The end nearest to the mean moves to it if the mean lies outside; see `lower_prob` and
        `upper_prob`.

        Examples
        --------
        >>> one = Quantity.from_probabilities([0.0] * 97 + [1.0] * 3)
        >>> one.low, one.mid, one.high
        (0.0, 0.03, 0.03)
        """
        drawn = np.asarray(values, float)
        ends = cls._from_quantiles(
            drawn, (lower_prob(drawn), INTERVAL[1], upper_prob(drawn)), "probability"
        )
        mean = float(drawn.mean())
        error = float(f"{drawn.std() / math.sqrt(len(drawn)):.2g}")
        low, high = min(ends.low or 0.0, mean), max(ends.high or 0.0, mean)
        low_error, _, high_error = ends.error or (0.0, 0.0, 0.0)
        errors = (low_error, error, high_error)
        whole = cls.of(low, mean, high, "probability")
        return whole.model_copy(update={"error": errors}) if any(errors) else whole

    @classmethod
    def _from_quantiles(
        cls, values: np.ndarray[Any, Any], probabilities: Sequence[float], unit: str
    ) -> Quantity:
        (low, mid, high), errors = _with_errors(values, probabilities)
        whole = cls.of(low, mid, high, unit)
        return whole.model_copy(update={"error": errors}) if any(errors) else whole

    @classmethod
    def unknown(cls, unit: str, why: str) -> Quantity:
        """Make an unknown quantity, with the reason."""
        return cls(low=None, mid=None, high=None, unit=unit, why=why)
