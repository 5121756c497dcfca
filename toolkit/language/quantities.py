"""Figures with their intervals in words, with no more digits than they support."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Literal

from toolkit.base.quantity import Quantity, printing_step
from toolkit.language.translate import number, significant, tr

_INTERVAL_DIGITS: Final = 2
"""Significant digits of the ends of an interval."""
_EXACT_DIGITS: Final = 3
"""Significant digits of a figure without an interval."""
_WHOLE_UNITS: Final = frozenset({"cameras", "sites", "count"})
_SHARE_UNITS: Final = frozenset({"share", "probability"})
_SAME: Final = 1e-9
"""Relative difference of two values that are the same."""
_PER_CENT: Final = 0.01
_NEARLY_ALL: Final = 0.9999
_SMALLEST_SHOWN: Final = 0.1
"""Lengths and areas below this are written as "under 0.1"."""
_Rounding = Literal["down", "nearest", "up"]
_ROUNDED: Final[dict[_Rounding, Callable[[float], int]]] = {
    "down": math.floor, "nearest": round, "up": math.ceil
}  # fmt: skip
_OUTWARDS: Final[tuple[_Rounding, ...]] = ("down", "nearest", "up")
"""How low, middle and high are rounded."""


def share(value: float, lang: str, *, least: float = _PER_CENT) -> str:
    """Return a share between 0 and 1 in per cent; never "0 %", and "100 %" only for exactly 1.

    Parameters
    ----------
    value
        The share.
    lang
        Language.
    least
        Share that it is under if it is rounded to nothing.

    Examples
    --------
    >>> share(0.004, "en"), share(0.25, "en"), share(0.999, "en")
    ('under 1 %', '25 %', 'over 99 %')
    """
    percent = 100.0 * value
    whole = round(percent)
    if whole < 1:
        return tr("under {value} %", lang).format(value=round(100.0 * max(least, _PER_CENT)))
    if whole == 100 and value < 1.0:  # noqa: PLR2004 - per cent
        return tr("over {value} %", lang).format(value=99)
    return tr("{value} %", lang).format(value=number(whole))


def quantity_text(quantity: Quantity, lang: str) -> str:
    """Return a figure in words: the range first, then the middle.

    Parameters
    ----------
    quantity
        The figure. Units with a name here: ``share``, ``probability``, ``km``, ``km2``, ``m``,
        ``px/m``, ``cameras``, ``cameras/km``, ``cameras/trip``, ``sites``, ``count``; others are
        written as given.
    lang
        Language.

    Returns
    -------
    str
        The figure, or the reason why it is unknown.

    Examples
    --------
    >>> quantity_text(Quantity.of(12.2, 20.1, 34.8, "km"), "en")
    '12 to 35 km (middle 20)'
    """
    if quantity.low is None or quantity.mid is None or quantity.high is None:
        why = tr(str(quantity.why), lang)
        return tr("not known: {why}", lang).format(why=why)
    exact = quantity.low == quantity.mid == quantity.high
    ends = (quantity.low, quantity.mid, quantity.high)
    steps = tuple(map(_step, ends, quantity.error or (0.0, 0.0, 0.0)))
    # Ends are rounded outwards, so that rounding never narrows the range.
    low, mid, high = map(_in_steps, ends, steps, _OUTWARDS)
    if quantity.unit in _SHARE_UNITS:
        # An estimate may reach 1 in the last bits; only what is known is "100 %".
        most = _NEARLY_ALL if quantity.error else 1.0
        mid, high = (
            min(v if v < 1.0 else end, most) for v, end in zip((mid, high), ends[1:], strict=True)
        )
        low = min(low, high)
    texts = [
        _figure(value, quantity.unit, lang, exact=exact, step=step)
        for value, step in zip((low, max(min(mid, high), low), high), steps, strict=True)
    ]
    if texts[0] == texts[2]:
        return _with_unit(texts[0], quantity.unit, lang)
    span = tr("{low} to {high}", lang).format(low=texts[0], high=texts[2])
    text = tr("{range} (middle {mid})", lang)
    return text.format(range=_with_unit(span, quantity.unit, lang), mid=texts[1])


def _step(value: float, error: float) -> float:
    """Return the step in which a value is printed; 0 where its usual digits are supported."""
    step = printing_step(error)
    if value <= 0.0 or step <= 10.0 ** (math.floor(math.log10(value)) + 1 - _INTERVAL_DIGITS):
        return 0.0
    return step


def _in_steps(value: float, step: float, to: _Rounding) -> float:
    """Return a value in whole steps; as it is without a step."""
    if not step:
        return value
    nearest = round(value / step)
    same = math.isclose(nearest * step, value, rel_tol=_SAME)
    return float(f"{(nearest if same else _ROUNDED[to](value / step)) * step:.10g}")


def _figure(value: float, unit: str, lang: str, *, exact: bool, step: float = 0.0) -> str:
    """Return one value of a figure without its unit; shares include the per cent sign."""
    if unit in _SHARE_UNITS:
        return share(value, lang, least=step)
    if unit not in _WHOLE_UNITS and 0 <= value < _SMALLEST_SHOWN and step <= _SMALLEST_SHOWN:
        return _under(str(_SMALLEST_SHOWN), lang)
    if step:
        shown = significant(step, 1)
        decimals = len(shown.partition(".")[2])
        return number(value, decimals=decimals) if value >= step else _under(shown, lang)
    digits = _EXACT_DIGITS if exact else _INTERVAL_DIGITS
    if unit in _WHOLE_UNITS:
        whole = round(value)
        plain = exact or abs(whole) < 10**digits
        return number(whole) if plain else significant(value, digits)
    return number(value) if value >= 10**digits and exact else significant(value, digits)


def _under(value: str, lang: str) -> str:
    return tr("under {value}", lang).format(value=value)


def _with_unit(text: str, unit: str, lang: str) -> str:
    """Return a figure or a range with its unit."""
    patterns = {
        "km": tr("{value} km", lang),
        "km2": tr("{value} km²", lang),
        "m": tr("{value} m", lang),
        "px/m": tr("{value} pixels per metre", lang),
        "cameras": tr("{value} cameras", lang),
        "cameras/km": tr("{value} cameras", lang),
        "cameras/trip": tr("{value} cameras", lang),
        "sites": tr("{value} sites", lang),
        "count": "{value}",
        **dict.fromkeys(_SHARE_UNITS, "{value}"),
    }
    if unit == "cameras" and text == "1":
        return tr("1 camera", lang)
    return patterns.get(unit, f"{{value}} {unit}").format(value=text)


def difference_text(quantity: Quantity, lang: str) -> str:
    """Return a difference of two figures in words: the range first, with signs.

    Parameters
    ----------
    quantity
        The difference; one of shares is written in percentage points.
    lang
        Language.

    Returns
    -------
    str
        For example ``-1.2 to +3 km (middle +0.8)`` or ``no difference``, or the reason why the
        difference is unknown.
    """
    if quantity.low is None or quantity.mid is None or quantity.high is None:
        return quantity_text(quantity, lang)
    if quantity.low == quantity.high == 0:
        return tr("no difference", lang)
    is_share = quantity.unit in _SHARE_UNITS
    low, mid, high = (
        _signed(value * (100.0 if is_share else 1.0))
        for value in (quantity.low, quantity.mid, quantity.high)
    )
    span = tr("{low} to {high}", lang).format(low=low, high=high)
    with_unit = (
        tr("{value} percentage points", lang).format(value=span)
        if is_share
        else _with_unit(span, quantity.unit, lang)
    )
    return tr("{range} (middle {mid})", lang).format(range=with_unit, mid=mid)


def _signed(value: float) -> str:
    """Return a number with its sign; zero has no sign."""
    sign = "+" if value > 0 else "-" if value < 0 else ""
    return sign + significant(abs(value), _INTERVAL_DIGITS)
