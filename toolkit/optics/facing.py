"""Direction of cameras relative to their street: along it, across it, or any.

The first camera of a site faces along the street (either way), across it (over the junction or at
a building), or in any direction; further cameras of the site are evenly spaced from it. The shares
are assumptions; `fit` estimates them from a list of cameras with known directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import AnyFloatArray, FloatArray
from toolkit.base.draws import Design

N_STEPS: Final = 120
"""Number of steps of direction, 3 degrees each, as in the tables of views."""
ANGLE_CLASS_EDGES_DEG: Final = (15.0, 36.0)
"""Inner edges of the classes of angle between a line of sight and the street: narrow along the
street, where most of the points are that a camera at the kerb sees."""
N_ANGLE_CLASSES: Final = len(ANGLE_CLASS_EDGES_DEG) + 1
_STEP_DEG: Final = 360.0 / N_STEPS
_HALF_DEG: Final = 180.0
_RIGHT_DEG: Final = 90.0
_N_ITERATIONS: Final = 200
_MIN_SPREAD_DEG: Final = 2.0
"""Keeps the fitted spread from collapsing on rounded directions."""


@dataclass(frozen=True)
class FacingShares:
    """Fitted shares of cameras by direction.

    Attributes
    ----------
    along, across
        Shares along and across the street; the rest face in any direction.
    spread_deg
        Standard deviation about both lines.
    """

    along: float
    across: float
    spread_deg: float


def angle_to_street_deg(direction_deg: AnyFloatArray, street_deg: AnyFloatArray) -> FloatArray:
    """Return the acute angle between a direction and the line of a street, 0 to 90 degrees.

    Examples
    --------
    >>> angle_to_street_deg(np.array([350.0, 100.0]), np.array([0.0, 0.0]))
    array([10., 80.])
    """
    off = (np.asarray(direction_deg) - street_deg + _RIGHT_DEG) % _HALF_DEG - _RIGHT_DEG
    return np.asarray(np.abs(off), dtype=float)


def angle_class(direction_deg: AnyFloatArray, street_deg: AnyFloatArray) -> NDArray[np.int64]:
    """Return the class of angle, from 0 (along) to `N_ANGLE_CLASSES` - 1 (across)."""
    angle_deg = angle_to_street_deg(direction_deg, street_deg)
    return np.searchsorted(ANGLE_CLASS_EDGES_DEG, angle_deg, side="right").astype(np.int64)


def fit(angle_deg: FloatArray) -> FacingShares:
    """Fit shares and spread to angles between cameras and their streets.

    Parameters
    ----------
    angle_deg
        See `angle_to_street_deg`, shape (N,).

    Notes
    -----
    Expectation-maximisation for a mixture of two half-normal densities with a common spread, at 0
    and at 90 degrees, and a uniform one.
    """
    from scipy import stats

    share, spread = np.array([0.5, 0.25, 0.25]), 20.0
    away = np.stack([angle_deg, _RIGHT_DEG - angle_deg])
    for _ in range(_N_ITERATIONS):
        # E step: the probability of each component, for each camera.
        peak = 2 * stats.norm.pdf(away, scale=spread)
        density = np.vstack([peak, np.full(len(angle_deg), 1 / _RIGHT_DEG)]) * share[:, None]
        part = density / density.sum(axis=0)
        # M step: shares, and the spread about both lines.
        share = part.mean(axis=1)
        square = (part[:2] * away**2).sum() / max(part[:2].sum(), 1e-9)
        spread = max(float(np.sqrt(square)), _MIN_SPREAD_DEG)
    return FacingShares(float(share[0]), float(share[1]), spread)


def turn_prob(along: FloatArray, across: FloatArray, spread_deg: FloatArray) -> FloatArray:
    """Return the probability of each direction of the first camera of a site.

    Parameters
    ----------
    along, across
        Shares, shape (D,).
    spread_deg
        Standard deviation, shape (D,).

    Returns
    -------
    prob
        By step of 3 degrees clockwise from the street, the same for both ways along it; shape (D,
        `N_STEPS`), rows sum to one.
    """
    middle = (np.arange(N_STEPS) + 0.5) * _STEP_DEG
    off = angle_to_street_deg(middle, np.zeros(N_STEPS))
    peaks = []
    for away in (off, _RIGHT_DEG - off):
        peak = np.exp(-0.5 * (away / spread_deg[:, None]) ** 2)
        peaks.append(peak / peak.sum(axis=1, keepdims=True))
    rest = np.maximum(1.0 - along - across, 0.0)
    mixed = along[:, None] * peaks[0] + across[:, None] * peaks[1] + rest[:, None] / N_STEPS
    return np.asarray(mixed / mixed.sum(axis=1, keepdims=True))


def facing_prob(turns: FloatArray) -> FloatArray:
    """Return the distribution of the off-axis angle of a point, by its class of angle.

    Parameters
    ----------
    turns
        See `turn_prob`, shape (D, `N_STEPS`).

    Returns
    -------
    prob
        Probability that a point, anywhere in the class, is in a step of angle from the axis of
        the first camera; shape (D, `N_ANGLE_CLASSES`, `N_STEPS`).
    """
    middle = (np.arange(N_STEPS) + 0.5) * _STEP_DEG
    of = angle_class(middle, np.zeros(N_STEPS))
    member = (of[None, :] == np.arange(N_ANGLE_CLASSES)[:, None]).astype(float)
    member /= member.sum(axis=1, keepdims=True)
    # Circular cross-correlation of the bearings of points with the directions of the camera.
    points, looks = np.fft.rfft(member, axis=1), np.fft.rfft(turns, axis=1)
    found = np.fft.irfft(points[None, :, :] * np.conj(looks)[:, None, :], N_STEPS, axis=2)
    # The difference of two centres of steps is an edge of a step: half to either side.
    both = (found + np.roll(found, -1, axis=2)) / 2
    return np.asarray(np.maximum(both, 0.0))


def draw_turns(values: AssumptionSet, design: Design) -> FloatArray:
    """Return `turn_prob` for draws of the assumptions, shape (D, `N_STEPS`)."""
    along = values.draw("sites.bearing_along", design)
    across = (1.0 - along) * values.draw("sites.bearing_across", design)
    return turn_prob(along, across, values.draw("sites.bearing_spread_deg", design))
