"""Shares as a number of trips or people out of 10, 100 or 1,000, for a lay reader.

Rounding never narrows a range, and no number has more digits than the draws support.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from toolkit.base.quantity import Quantity, printing_step
from toolkit.language.translate import number, tr

_BASES: Final = (10, 100, 1000)
_SAME: Final = 1e-9
"""Part of a step by which a value may miss a whole number of steps."""


@dataclass(frozen=True)
class Frequency:
    """A share out of `n`; `mid` is 0 for a middle that is under one half of one."""

    n: int
    low: int
    mid: int
    high: int


def whole(quantity: Quantity, least: float = 1.0) -> tuple[int, int, int]:
    """Return a known figure in multiples of `least`: its ends outwards, its middle to the nearest.

    Parameters
    ----------
    quantity
        The figure.
    least
        Least step; the ends have two digits at most, and fewer where the draws support fewer.

    Returns
    -------
    low, mid, high
        Numbers of steps, ascending.

    Examples
    --------
    >>> whole(Quantity.of(9.12, 20.4, 134.2, "cameras"))
    (9, 20, 140)
    """
    low, mid, high = (float(value or 0.0) for value in (quantity.low, quantity.mid, quantity.high))
    errors = quantity.error or (0.0, 0.0, 0.0)
    bottom = _steps(low, errors[0], least, math.floor)
    if bottom == 0 and low > 2 * errors[0]:
        bottom = _steps(low, _power(low) / 2, least, math.floor)
    top = _steps(high, errors[2], least, math.ceil)
    # The middle keeps its first digit, so that it is not rounded to nothing.
    middle = _steps(mid, min(errors[1], _power(mid) / 2), least, round)
    return bottom, min(max(middle, bottom), top), top


def _power(value: float) -> float:
    """Return the power of ten of the first digit."""
    return 10.0 ** math.floor(math.log10(value)) if value > 0 else 0.0


def _steps(value: float, error: float, least: float, to: Callable[[float], int]) -> int:
    """Return a value in multiples of `least`, rounded to the digits that it has."""
    step = max(least, printing_step(error), _power(value) / 10)
    steps = value / step
    near = round(steps)
    return round((near if math.isclose(steps, near, abs_tol=_SAME) else to(steps)) * step / least)


def out_of(share: Quantity) -> Frequency:
    """Return a known share out of the smallest base at which its middle is at least one.

    Of two bases the larger is taken where only that one shows that the low end is above none.

    Examples
    --------
    >>> out_of(Quantity.of(0.0, 0.37, 0.85, "probability"))
    Frequency(n=10, low=0, mid=4, high=9)
    >>> out_of(Quantity.of(0.022, 0.296, 0.66, "probability"))
    Frequency(n=100, low=2, mid=30, high=66)
    """
    mid = share.mid or 0.0
    base = next((n for n in _BASES if mid * n >= 1.0 - _SAME), _BASES[-1])
    found = _out_of(share, base)
    if found.low == 0 and base < _BASES[-1]:
        finer = _out_of(share, 10 * base)
        return finer if finer.low > 0 else found
    return found


def _out_of(share: Quantity, base: int) -> Frequency:
    low, mid, high = whole(share, 1.0 / base)
    high = min(max(high, 1), base)
    return Frequency(base, min(low, high), min(mid, high), high)


def common_base(shares: Iterable[Quantity]) -> int:
    """Return the base that suits all of some known shares: 6 of 10 next to 26 of 100 misleads.

    Examples
    --------
    >>> a = Quantity.of(0.1, 0.6, 1.0, "probability")
    >>> common_base([a, Quantity.of(0.02, 0.26, 0.8, "probability")])
    100
    """
    return max(out_of(share).n for share in shares)


def of_trips(share: Quantity, trips: str, lang: str, *, base: int | None = None) -> str:
    """Return a known share of trips as part of a sentence.

    Parameters
    ----------
    share
        The share.
    trips
        The trips in the language, with ``{n}`` for their number.
    lang
        Language.
    base
        Number of trips, from `common_base`, where it stands next to others; None for its own.

    Examples
    --------
    >>> of_trips(Quantity.of(0.21, 0.37, 0.85, "probability"), "{n} walks", "en")
    'of 10 walks about 4 (2 to 9)'
    >>> of_trips(Quantity.of(0.0, 0.0002, 0.003, "probability"), "{n} rides", "en")
    'of 1,000 rides fewer than 1 (perhaps none, up to 3)'
    """
    found = out_of(share) if base is None else _out_of(share, base)
    if found.mid == 0:
        text = tr("of {trips} fewer than 1 (perhaps none, up to {high})", lang)
    elif found.low == 0:
        text = tr("of {trips} about {mid} (perhaps none, up to {high})", lang)
    elif found.low == found.high:
        text = tr("of {trips} about {mid}", lang)
    else:
        text = tr("of {trips} about {mid} ({low} to {high})", lang)
    return text.format(trips=trips.format(n=number(found.n)), **_shown(found))


def of_people(share: Quantity, lang: str) -> str:
    """Return a known share of people as part of a sentence.

    Examples
    --------
    >>> of_people(Quantity.of(0.0, 0.5, 0.95, "probability"), "en")
    'about 5 of 10 people (perhaps nobody, up to 10)'
    """
    found = out_of(share)
    if found.mid == 0:
        text = tr("fewer than 1 of {n} people (perhaps nobody, up to {high})", lang)
    elif found.low == 0:
        text = tr("about {mid} of {n} people (perhaps nobody, up to {high})", lang)
    elif found.low == found.high:
        text = tr("about {mid} of {n} people", lang)
    else:
        text = tr("about {mid} of {n} people ({low} to {high})", lang)
    return text.format(n=number(found.n), **_shown(found))


def _shown(found: Frequency) -> dict[str, str]:
    return {name: number(getattr(found, name)) for name in ("low", "mid", "high")}


def first_upper(text: str) -> str:
    """Return a text with a capital letter at its beginning, where its script has any.

    Examples
    --------
    >>> first_upper("of 10 walks about 4")
    'Of 10 walks about 4'
    """
    return text[:1].upper() + text[1:]
