"""A figure with its interval, and its summary from draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import model_validator

from toolkit.base.record import Record

_SIGNIFICANT_DIGITS = 6

INTERVAL = (0.05, 0.5, 0.95)
"""Probabilities of `low`, `mid` and `high`: a 90 % interval and the median; see `upper_prob`."""


def _rounded(value: float) -> float:
    """Round to six significant digits, to keep the last bits of sums out of the JSON."""
    return float(f"{value:.{_SIGNIFICANT_DIGITS}g}")


def rounded_draws(values: np.ndarray[Any, Any]) -> tuple[float, ...]:
    """Return draws rounded as in the JSON, shape (D,)."""
    return tuple(_rounded(float(v)) for v in values)


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


class Quantity(Record):
    """A figure with its interval, or the reason why there is none. Unknown is never zero."""

    low: float | None
    mid: float | None
    high: float | None
    unit: str
    why: str | None = None

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
        low, mid, high = (float(v) for v in np.quantile(np.asarray(values, float), INTERVAL))
        return cls.of(low, mid, high, unit)

    @classmethod
    def from_amounts(cls, values: Sequence[float] | np.ndarray[Any, Any], unit: str) -> Quantity:
        """Summarise draws of a non-negative amount; see `upper_prob`."""
        drawn = np.asarray(values, float)
        ends = (INTERVAL[0], INTERVAL[1], upper_prob(drawn))
        low, mid, high = (float(v) for v in np.quantile(drawn, ends))
        return cls.of(low, mid, high, unit)

    @classmethod
    def unknown(cls, unit: str, why: str) -> Quantity:
        """Make an unknown quantity, with the reason."""
        return cls(low=None, mid=None, high=None, unit=unit, why=why)
