"""Ten trips as a row of icons: of ten such trips, how many pass at least one camera.

Rows of icons help people who are not used to shares (Spiegelhalter et al. 2011). The kinds of icon
differ in lightness and outline, not in colour alone, so that they survive a copier.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from toolkit.base import escape
from toolkit.base.quantity import Quantity
from toolkit.base.terms import Language, Mode
from toolkit.language.translate import number, tr

N_ICONS: Final = 10
Kind = Literal["low", "mid", "high", "none"]
"""Icon that even the low end passes, the middle passes, the high end passes, and none of them."""

_HAIR: Final = 1e-9
"""Part of a tenth by which a share may miss it in binary."""
_WIDTH, _HEIGHT = 22, 30
_GAP: Final = 4
_INK: Final = "#12467f"
_FILLS: Final[dict[Kind, str]] = {
    "low": f'fill="{_INK}" stroke="{_INK}"',
    "mid": f'fill="#a9c8ea" stroke="{_INK}"',
    "high": f'fill="#fff" stroke="{_INK}" stroke-dasharray="2 2"',
    "none": 'fill="#fff" stroke="#b9b9b9"',
}
_PERSON: Final = (
    '<circle cx="11" cy="6" r="4.5"/><path d="M4 29v-9a7 7 0 0 1 14 0v9z" stroke-linejoin="round"/>'
)
_VEHICLE: Final = (
    '<circle cx="5" cy="23" r="4"/><circle cx="17" cy="23" r="4"/>'
    '<path d="M3 16l5-4h6l5 4-2 4H5z" stroke-linejoin="round"/><circle cx="11" cy="6" r="3.5"/>'
)


@dataclass(frozen=True)
class TenTrips:
    """Numbers out of ten: at the low end, in the middle, and at the high end of the estimate."""

    low: int
    mid: int
    high: int

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kind of each icon, from the left."""
        ends: tuple[tuple[int, Kind], ...] = (
            (self.low, "low"),
            (self.mid, "mid"),
            (self.high, "high"),
            (N_ICONS, "none"),
        )
        return tuple(next(kind for end, kind in ends if k < end) for k in range(N_ICONS))


def ten_trips(at_least_one: Quantity) -> TenTrips | None:
    """Return a share of trips out of ten, its ends rounded outwards; None if it is not known.

    Examples
    --------
    >>> ten_trips(Quantity.of(0.02, 0.42, 0.94, "probability"))
    TenTrips(low=0, mid=4, high=10)
    """
    low, mid, high = at_least_one.low, at_least_one.mid, at_least_one.high
    if low is None or mid is None or high is None:
        return None
    least = math.floor(low * N_ICONS + _HAIR)
    most = math.ceil(high * N_ICONS - _HAIR)
    return TenTrips(least, min(max(round(mid * N_ICONS), least), most), most)


def caption(trips: TenTrips, lang: Language) -> str:
    """Return what the row says, in words; never that none pass, which nobody can know."""
    high = max(trips.high, 1)
    if trips.mid == 0:
        text = tr("Of ten such trips fewer than 1 passes at least one (up to {high}).", lang)
    elif trips.low == trips.high:
        text = tr("Of ten such trips {mid} pass at least one.", lang)
    elif trips.low == 0:
        text = tr(
            "Of ten such trips about {mid} pass at least one (under 1 to {high}).",
            lang,
        )
    else:
        text = tr("Of ten such trips about {mid} pass at least one ({low} to {high}).", lang)
    return text.format(mid=number(trips.mid), low=number(trips.low), high=number(high))


def row(trips: TenTrips, mode: Mode, lang: Language) -> str:
    """Return the row as SVG, with its caption for those who cannot see it."""
    shape = _PERSON if mode == "foot" else _VEHICLE
    step = _WIDTH + _GAP
    drawn = "".join(
        f'<g transform="translate({k * step} 0)" {_FILLS[kind]}>{shape}</g>'
        for k, kind in enumerate(trips.kinds)
    )
    width = N_ICONS * step - _GAP
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
        f"aria-label={escape.attribute(caption(trips, lang))} "
        f'viewBox="-1 -1 {width + 2} {_HEIGHT + 2}" width="{width + 2}" height="{_HEIGHT + 2}" '
        f'stroke-width="1.3">{drawn}</svg>'
    )
