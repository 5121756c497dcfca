"""Classes by which the map colours streets: value-suppressing, for display only.

Where the range of a chance is narrow there are four steps; where it is wide, two; where there are
no data, one (value-suppressing palettes: Correll, Moritz and Heer 2018). They replace no
``{tier}_class`` of the exports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from branca.colormap import linear
from numpy.typing import NDArray

from toolkit.assessment.layers import Layers
from toolkit.base.terms import SWITCHED_TIERS, TIERS, Tier

WIDE: Final = 0.5
"""Least width of a range that says little: half of all that is possible."""
EDGES: Final = (0.1, 0.3, 0.6)
"""Edges of the four steps; closer together where most streets are."""
WIDE_EDGE: Final = 0.5
"""Edge of the two steps of wide ranges: whether it is more likely than not."""
NO_DATA: Final = len(EDGES) + 3
"""Class of a street without data."""
UNKNOWN: Final = 255
"""Chance in per cent that stands for "not known"."""
_GREY: Final = (0x9A, 0x9A, 0x9A)


@dataclass(frozen=True)
class Step:
    """Look of a class.

    Attributes
    ----------
    at_least, below
        Bounds of the middle of the chance, None for no bound.
    wide
        Whether its ranges are wide; drawn hollow, so that it also differs without colour.
    color
        Colour of the line.
    width_px
        Width of the line in a view of single streets.
    dash
        Lengths of dashes and gaps, or None.
    """

    at_least: float | None
    below: float | None
    wide: bool
    color: str
    width_px: float
    dash: tuple[int, int] | None = None


def _inferno(position: float, greyed: float = 0.0) -> str:
    """Return a colour of "inferno" (van der Walt and Smith 2015), mixed with a share of grey."""
    color = str(vars(linear)["inferno"].rgb_hex_str(position))
    mixed = (
        round(int(color[1 + 2 * k : 3 + 2 * k], 16) * (1 - greyed) + grey * greyed)
        for k, grey in enumerate(_GREY)
    )
    return "#" + "".join(f"{value:02x}" for value in mixed)


STEPS: Final[tuple[Step, ...]] = (
    Step(None, EDGES[0], wide=False, color=_inferno(0.78), width_px=2.0),
    Step(EDGES[0], EDGES[1], wide=False, color=_inferno(0.63), width_px=2.8),
    Step(EDGES[1], EDGES[2], wide=False, color=_inferno(0.42), width_px=3.6),
    Step(EDGES[2], None, wide=False, color=_inferno(0.10), width_px=4.8),
    Step(None, WIDE_EDGE, wide=True, color=_inferno(0.66, 0.45), width_px=3.4),
    Step(WIDE_EDGE, None, wide=True, color=_inferno(0.28, 0.35), width_px=4.8),
    Step(None, None, wide=False, color="#7a7a7a", width_px=1.8, dash=(5, 4)),
)
"""By number of the class; the last is `NO_DATA`."""


@dataclass(frozen=True)
class Streets:
    """Every street of layers at every tier.

    Attributes
    ----------
    cls
        Class, index of `STEPS`, shape (T, S), uint8.
    percent
        Low, middle and high chance in per cent, `UNKNOWN` where not known, shape (T, 3, S), uint8.
        The ends are rounded outwards.
    """

    cls: NDArray[np.uint8]
    percent: NDArray[np.uint8]


def chances(layers: Layers, tier: Tier) -> NDArray[np.float64]:
    """Return low, middle and high chance of each street, NaN where not known, shape (S, 3).

    For tiers at which cameras work at points it is the chance of such a point anywhere along the
    whole street, for the others the mean over the points of a piece of street.
    """
    if layers.captures is not None and tier in SWITCHED_TIERS:
        return layers.captures().chance[tier]
    columns = [f"{tier}_{end}" for end in ("low", "mid", "high")]
    return np.asarray(layers.streets[columns], dtype=float)


def class_of(chance: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the class of chances, shape (S, 3).

    Examples
    --------
    >>> class_of(np.array([[0.01, 0.04, 0.1], [0.1, 0.4, 0.8], [np.nan, np.nan, np.nan]])).tolist()
    [0, 4, 6]
    """
    low, mid, high = chance.T
    narrow = np.searchsorted(EDGES, mid, side="right")
    wide = len(EDGES) + 1 + (mid >= WIDE_EDGE)
    found = np.where(high - low >= WIDE, wide, narrow)
    return np.where(np.isnan(chance).any(axis=1), NO_DATA, found).astype(np.uint8)


def of_layers(layers: Layers) -> Streets:
    """Return class and chance of every street at every tier."""
    every = [chances(layers, tier) for tier in TIERS]
    return Streets(
        np.stack([class_of(one) for one in every]), np.stack([_percent(one) for one in every])
    )


def _percent(chance: NDArray[np.float64]) -> NDArray[np.uint8]:
    low, mid, high = 100.0 * chance.T
    with np.errstate(invalid="ignore"):
        whole = np.stack([np.floor(low), np.rint(mid), np.ceil(high)])
    return np.asarray(np.nan_to_num(whole, nan=UNKNOWN), dtype=np.uint8)
