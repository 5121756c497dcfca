"""Decoding of plus codes, which phone maps show where there are no addresses.

Follows the Open Location Code specification 1.0 (Google, 2019): five pairs of base-20 digits for
latitude and longitude, then digits that divide a cell into five rows and four columns. The
reference implementation (``openlocationcode``) is published as source only, and only wheels are
installed here.
"""

from __future__ import annotations

import math
import re
from typing import Final

_DIGITS: Final = "23456789CFGHJMPQRVWX"
_CODE: Final = re.compile(rf"([{_DIGITS}]{{2,8}})\+([{_DIGITS}]{{2,7}})", re.ASCII)
_PAIRED: Final = 10
_BASE: Final = 20
_ROWS: Final = 5
_COLUMNS: Final = 4
_BEFORE_PLUS: Final = 8
_POLE_DEG: Final = 90.0
_LON_LIMIT_DEG: Final = 180.0


def is_plus_code(text: str) -> bool:
    """Return whether a text begins with a full or short plus code of a cell of at most 14 m."""
    match = _match(text)
    return match is not None and len(match[1]) % 2 == 0


def _match(text: str) -> re.Match[str] | None:
    # Maps append the name of the town to a short code.
    words = text.upper().split(maxsplit=1)
    return _CODE.fullmatch(words[0].rstrip(",")) if words else None


def decode(text: str, near: tuple[float, float] | None = None) -> tuple[float, float] | None:
    """Return latitude and longitude of the centre of a plus code.

    Parameters
    ----------
    text
        Full code such as ``7FG49QCJ+2V``, or a short one such as ``CJ+2V Town``, which stands for
        the matching place nearest to `near`.
    near
        Latitude and longitude of the town, degrees.

    Returns
    -------
    position
        Degrees; None if it is not a plus code, or a short one without `near`.

    Examples
    --------
    >>> lat, lon = decode("7FG49QCJ+2V")
    >>> round(lat, 4), round(lon, 4)
    (20.3701, 2.7822)
    >>> decode("CJ+2V") is None
    True
    """
    match = _match(text)
    if match is None or len(match[1]) % 2:
        return None
    missing = _BEFORE_PLUS - len(match[1])
    if not missing:
        return _middle(match[1] + match[2])
    if near is None:
        return None
    lat, lon = _middle(_prefix(near, missing) + match[1] + match[2])
    step = float(_BASE) ** (2 - missing // 2)
    # The matching place in an adjacent cell may be nearer.
    lat = _nearest(lat, near[0], step)
    return (lat, _nearest(lon, near[1], step)) if abs(lat) <= _POLE_DEG else None


def _nearest(value: float, wanted: float, step: float) -> float:
    return value + round((wanted - value) / step) * step


def _prefix(near: tuple[float, float], n_digits: int) -> str:
    parts = [min(near[0] + _POLE_DEG, 2 * _POLE_DEG - 1e-9), near[1] + _LON_LIMIT_DEG]
    code = ""
    for pair in range(n_digits // 2):
        size = float(_BASE) ** (1 - pair)
        code += "".join(_DIGITS[int(math.floor(part / size) % _BASE)] for part in parts)
    return code


def _middle(digits: str) -> tuple[float, float]:
    lat, lon = -_POLE_DEG, -_LON_LIMIT_DEG
    lat_size = lon_size = float(_BASE) ** 2
    for at in range(0, _PAIRED, 2):
        lat_size, lon_size = lat_size / _BASE, lon_size / _BASE
        lat += _DIGITS.index(digits[at]) * lat_size
        lon += _DIGITS.index(digits[at + 1]) * lon_size
    for digit in digits[_PAIRED:]:
        row, column = divmod(_DIGITS.index(digit), _COLUMNS)
        lat_size, lon_size = lat_size / _ROWS, lon_size / _COLUMNS
        lat, lon = lat + row * lat_size, lon + column * lon_size
    return lat + lat_size / 2, lon + lon_size / 2
