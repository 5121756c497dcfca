"""Where cameras look relative to their street: along it, across it, or anywhere.

The first camera of a site looks along the street (either way), across it (over the junction or at
a building), or in any direction; the others of the site are spread evenly from it. Shares are
assumptions; `fit` gives what a list of cameras with known directions says of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import AnyFloatArray, FloatArray
from toolkit.base.draws import Design

STEPS: Final = 120
"""Steps of 3 degrees, as in the tables of views."""
FOLD_EDGES_DEG: Final = (15.0, 36.0)
"""Edges of classes of the angle between a line of sight and the street: narrow along it, where
most points are that a camera at the kerb sees."""
FOLDS: Final = len(FOLD_EDGES_DEG) + 1
_STEP_DEG: Final = 360.0 / STEPS
_HALF_DEG: Final = 180.0
_RIGHT_DEG: Final = 90.0
_ROUNDS: Final = 200
_LEAST_DEG: Final = 2.0


@dataclass(frozen=True)
class Looks:
    """Shares of cameras by where they look, fitted.

    Attributes
    ----------
    along, across
        Shares; the rest looks in any direction.
    spread_deg
        Spread about the street, and about the line across it.
    """

    along: float
    across: float
    spread_deg: float


def folded_deg(direction_deg: AnyFloatArray, street_deg: AnyFloatArray) -> FloatArray:
    """Return the angle between a direction and the line of a street, 0 to 90 degrees."""
    off = (np.asarray(direction_deg) - street_deg + _RIGHT_DEG) % _HALF_DEG - _RIGHT_DEG
    return np.asarray(np.abs(off), dtype=float)


def fold_of(direction_deg: AnyFloatArray, street_deg: AnyFloatArray) -> NDArray[np.int64]:
    """Return the class of angle, from 0 (along) to `FOLDS` - 1 (across)."""
    folded = folded_deg(direction_deg, street_deg)
    return np.searchsorted(FOLD_EDGES_DEG, folded, side="right").astype(np.int64)


def fit(folded: FloatArray) -> Looks:
    """Fit shares and spread to angles between cameras and their streets.

    Parameters
    ----------
    folded
        See `folded_deg`, shape (N,).

    Notes
    -----
    Expectation and maximisation for a mixture of two half-normal densities, about 0 and about 90
    degrees with one spread, and a flat one.
    """
    from scipy import stats

    share, spread = np.array([0.5, 0.25, 0.25]), 20.0
    away = np.stack([folded, _RIGHT_DEG - folded])
    for _ in range(_ROUNDS):
        peak = 2 * stats.norm.pdf(away, scale=spread)
        density = np.vstack([peak, np.full(len(folded), 1 / _RIGHT_DEG)]) * share[:, None]
        part = density / density.sum(axis=0)
        share = part.mean(axis=1)
        square = (part[:2] * away**2).sum() / max(part[:2].sum(), 1e-9)
        spread = max(float(np.sqrt(square)), _LEAST_DEG)
    return Looks(float(share[0]), float(share[1]), spread)


def turn_prob(along: FloatArray, across: FloatArray, spread_deg: FloatArray) -> FloatArray:
    """Return how likely each direction from the street is for the first camera of a site.

    Parameters
    ----------
    along, across
        Shares, shape (D,).
    spread_deg
        Shape (D,).

    Returns
    -------
    prob
        By step of 3 degrees clockwise from the street, the same for both ways along it; shape (D,
        `STEPS`), rows add up to one.
    """
    middle = (np.arange(STEPS) + 0.5) * _STEP_DEG
    off = folded_deg(middle, np.zeros(STEPS))
    peaks = []
    for away in (off, _RIGHT_DEG - off):
        peak = np.exp(-0.5 * (away / spread_deg[:, None]) ** 2)
        peaks.append(peak / peak.sum(axis=1, keepdims=True))
    rest = np.maximum(1.0 - along - across, 0.0)
    mixed = along[:, None] * peaks[0] + across[:, None] * peaks[1] + rest[:, None] / STEPS
    return np.asarray(mixed / mixed.sum(axis=1, keepdims=True))


def facing_prob(turns: FloatArray) -> FloatArray:
    """Return how far off a camera's axis a point lies, by the class of its angle to the street.

    Parameters
    ----------
    turns
        See `turn_prob`, shape (D, `STEPS`).

    Returns
    -------
    prob
        Shape (D, `FOLDS`, `STEPS`): that the point lies in this step of angle from the axis of the
        first camera, for a point anywhere in the class.
    """
    middle = (np.arange(STEPS) + 0.5) * _STEP_DEG
    of = fold_of(middle, np.zeros(STEPS))
    member = (of[None, :] == np.arange(FOLDS)[:, None]).astype(float)
    member /= member.sum(axis=1, keepdims=True)
    # Circular correlation of where points are with where the camera looks.
    points, looks = np.fft.rfft(member, axis=1), np.fft.rfft(turns, axis=1)
    found = np.fft.irfft(points[None, :, :] * np.conj(looks)[:, None, :], STEPS, axis=2)
    # The difference of two middles of steps is the edge of one: half to either side.
    both = (found + np.roll(found, -1, axis=2)) / 2
    return np.asarray(np.maximum(both, 0.0))


def draw_turns(values: AssumptionSet, design: Design) -> FloatArray:
    """Draw `turn_prob` from the assumptions, shape (D, `STEPS`)."""
    along = values.draw("sites.bearing_along", design)
    across = (1.0 - along) * values.draw("sites.bearing_across", design)
    return turn_prob(along, across, values.draw("sites.bearing_spread_deg", design))
