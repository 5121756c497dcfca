"""Covered street length without installed streets, from networks of other cities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError
from toolkit.engine.views import BIN_M
from toolkit.streets.reference_networks import (
    N_VIEW_BINS,
    VIEW_BIN_M,
    ReferenceNetwork,
    predictive_log,
)

_MIN_MISS_PROB: Final = 1e-12
"""Least chance that a site misses a point, so that its logarithm is finite."""


def draw_view_curve(
    networks: Sequence[ReferenceNetwork], assumptions: AssumptionSet, design: Design
) -> FloatArray:
    """Draw the street length in view of one site, by distance, in a city without streets.

    The curve of each network mixes sites at junctions and along streets
    (`city.junction_site_share`). Two predictive distributions are multiplied: the length in view
    without buildings, from all networks and with added spread; and the share of it that buildings
    leave in view, from the few networks with buildings and with their spread, capped at one. One
    probability per draw is used for all distances, so that a city with much street in view has it
    near and far, and a ring inside another never covers more. All streets and paths count: the
    networks hold streets for vehicles, so the length is multiplied by `city.path_ratio`.

    Returns
    -------
    curve_m
        Metres of street per distance bin of `VIEW_BIN_M`, shape (D, `N_VIEW_BINS`).

    Raises
    ------
    InputDataError
        If fewer than two networks have buildings.
    """
    share = assumptions.draw("city.junction_site_share", design)
    open_log = _mixed_log([(f.open_junction_m, f.open_stretch_m) for f in networks], share)
    walled = np.array([f.blocked_stretch_m is not None for f in networks], dtype=bool)
    behind = [
        (f.blocked_junction_m, f.blocked_stretch_m)
        for f in networks
        if f.blocked_junction_m is not None and f.blocked_stretch_m is not None
    ]
    kept = predictive_log(
        _mixed_log(behind, share) - open_log[walled], design.column("fabric:blocked")
    )
    in_view = predictive_log(
        open_log,
        design.column("fabric:open"),
        assumptions.draw("city.foreign_fabric_log_sd", design),
    )
    ratio = assumptions.draw("city.path_ratio", design)
    return np.exp(in_view + np.minimum(kept, 0.0)) * ratio[:, None]


def _mixed_log(
    curves: Sequence[tuple[FloatArray, FloatArray]], junction_share: FloatArray
) -> FloatArray:
    """Return the logarithm of the mix of junction and stretch curves, shape (n, D, bins)."""
    pairs = np.array(curves, dtype=float).reshape(len(curves), 2, N_VIEW_BINS)
    share = junction_share[None, :, None]
    return np.asarray(np.log(share * pairs[:, None, 0] + (1 - share) * pairs[:, None, 1]))


def covered_length_m(curve_m: FloatArray, views: NDArray[np.floating]) -> FloatArray:
    """Return the street length that one site covers on average.

    Parameters
    ----------
    curve_m
        See `draw_view_curve`, shape (D, `N_VIEW_BINS`).
    views
        Chance that the cameras of one site have a point in their rings, by distance: the
        candidate row of `toolkit.engine.views.view_table`, shape (bins of 1 m, T, D).

    Returns
    -------
    length_m
        Expected metres, each counted once however many cameras cover it, shape (D, T).

    Raises
    ------
    InputDataError
        If the views reach beyond the measured distance.
    """
    return np.asarray(np.einsum("btd,db->dt", _by_view_bin(views), curve_m))


def covered_share(
    curve_m: FloatArray,
    views: NDArray[np.floating],
    *,
    sites_per_m: FloatArray,
    stretch_m: float,
    bin_m: float = BIN_M,
) -> FloatArray:
    """Return the covered share of street length, with sites spread along it.

    Sight is mutual: the curve is also the length of street from which a point is in view. With one
    group per `stretch_m`, curve / stretch_m groups per bin have the point in view, each with a site
    with probability pi = sites_per_m * stretch_m (at most one), and the share is
    1 - prod over bins of (1 - pi v)^(groups in the bin).

    All points are treated alike. In a real city some have more sites in view than others, so the
    true share is somewhat lower; edge effects cancel.

    Parameters
    ----------
    curve_m, views
        See `covered_length_m`.
    sites_per_m
        Sites per metre of street, shape (D,).
    stretch_m
        Street length that holds at most one site (`sites.stretch_m`).
    bin_m
        Width of the bins of the views.

    Returns
    -------
    share
        Shape (D, T).

    Raises
    ------
    InputDataError
        If the views reach beyond the measured distance.
    """
    prob = np.minimum(np.maximum(sites_per_m, 0.0) * stretch_m, 1.0)
    seen = np.minimum(_by_view_bin(views, bin_m) * prob, 1.0 - _MIN_MISS_PROB)
    miss = np.einsum("btd,db->dt", np.log1p(-seen), curve_m / stretch_m)
    return np.asarray(np.abs(np.expm1(miss)))  # not -0.0 where nothing is there


def _by_view_bin(views: NDArray[np.floating], bin_m: float = BIN_M) -> FloatArray:
    """Return views averaged over the bins of the curves, zero beyond their reach."""
    per_bin = round(VIEW_BIN_M / bin_m)
    whole = np.zeros((N_VIEW_BINS * per_bin, *views.shape[1:]))
    if len(views) > len(whole):
        msg = (
            f"Cameras reach {len(views) * bin_m:g} m and street in view was measured to "
            f"{N_VIEW_BINS * VIEW_BIN_M:g} m. Lower optics.max_range_m."
        )
        raise InputDataError(msg)
    whole[: len(views)] = views
    return np.asarray(whole.reshape(N_VIEW_BINS, per_bin, *views.shape[1:]).mean(axis=1))
