"""A figure with its interval, and how draws become one."""

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
    """Round to six significant digits, so that the last bits of a sum do not reach the JSON."""
    return float(f"{value:.{_SIGNIFICANT_DIGITS}g}")


def rounded_draws(values: np.ndarray[Any, Any]) -> tuple[float, ...]:
    """Return draws as they stand in the JSON, shape (D,)."""
    return tuple(_rounded(float(v)) for v in values)


def upper_prob(amounts: np.ndarray[Any, Any]) -> float:
    """Return the probability at which the 90 % interval of an amount ends.

    0.95, as long as no more than 5 of 100 draws are zero. If more are, the interval begins at zero
    and leaves out nothing below; up to 10 of 100 draws are then left out above instead, as many as
    are zero, so that it holds 90 of 100 again and its end does not leap with one draw.

    Parameters
    ----------
    amounts
        Draws, none below zero, shape (D,).
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
        """Make a quantity of three figures."""
        return cls(low=_rounded(low), mid=_rounded(mid), high=_rounded(high), unit=unit)

    @classmethod
    def exactly(cls, value: float, unit: str) -> Quantity:
        """Make a quantity that has no interval, such as a length that was measured."""
        return cls.of(value, value, value, unit)

    @classmethod
    def from_draws(cls, values: Sequence[float] | np.ndarray[Any, Any], unit: str) -> Quantity:
        """Make a quantity of draws: the 5, 50 and 95 % points."""
        low, mid, high = (float(v) for v in np.quantile(np.asarray(values, float), INTERVAL))
        return cls.of(low, mid, high, unit)

    @classmethod
    def from_amounts(cls, values: Sequence[float] | np.ndarray[Any, Any], unit: str) -> Quantity:
        """Make a quantity of draws of an amount that is never below zero, see `upper_prob`."""
        drawn = np.asarray(values, float)
        ends = (INTERVAL[0], INTERVAL[1], upper_prob(drawn))
        low, mid, high = (float(v) for v in np.quantile(drawn, ends))
        return cls.of(low, mid, high, unit)

    @classmethod
    def unknown(cls, unit: str, why: str) -> Quantity:
        """Make a quantity that is not known, with the reason."""
        return cls(low=None, mid=None, high=None, unit=unit, why=why)
