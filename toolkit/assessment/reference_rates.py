"""What the trips of the reference networks say of the cameras of a city, without its streets.

The networks are measured at some rings and fields of view (`toolkit.streets.reference_trips`). A
city is one more network, whose figures are drawn: see `reference_networks.predictive_log`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from toolkit.assessment.inputs import Inputs
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.terms import TIERS, Tier
from toolkit.engine.views import per_site_prob
from toolkit.optics.camera_draws import CameraDraws
from toolkit.routes.habits import side_rules
from toolkit.streets.reference_networks import predictive_log
from toolkit.streets.reference_trips import (
    INNER_SHARE,
    MEASURED_MODES,
    N_NODES,
    OUTER_M,
    SIDES,
    WIDTH_DEG,
    WITHIN_DEG,
    ReferenceTrips,
)

_SIDE: Final = {"any": "any", "front": "one", "rear": "one", "front_or_rear": "either"}
"""Measured side for each rule: the rear is as often in view as the front."""
_LEAST: Final = 1e-12
"""Least rate, so that its logarithm and ratios are finite."""
_DRAWS_TOGETHER: Final = 8
"""Draws in a product of matrices: larger ones are spread over threads, which costs twice the
processor time here."""


@dataclass(frozen=True)
class Rates:
    """What the reference networks say of the cameras of a city; M modes are `MEASURED_MODES`.

    Attributes
    ----------
    cameras
        Cameras met per camera per street-km and trip-km, if all work, shape (D, M, T).
    near
        The same of sites that would be met if their cameras looked everywhere.
    ratio, inverse_shape
        Mean number of sites met over that of a trip, and 1 / shape, shape (kinds, D, M, T).
    placement, placement_by_district
        Relative variance of the mean number met: times able sites, and times districts,
        shape (D, M, T).
    """

    cameras: FloatArray
    near: FloatArray
    ratio: FloatArray
    inverse_shape: FloatArray
    placement: FloatArray
    placement_by_district: FloatArray


def ring_weights(cameras: CameraDraws, t: int) -> FloatArray:
    """Return the share of cameras at each measured ring and width, at one tier.

    Between the measured nodes a camera is split linearly; cameras without a ring count nowhere.

    Returns
    -------
    weight
        Shape (D, `N_NODES`); rows add up to the share of able cameras.
    """
    inner, outer = cameras.inner_m[:, t], cameras.outer_m[:, t]
    draw, kind = np.nonzero(np.isfinite(inner) & (outer > 0.0))
    far = outer[draw, kind]
    nodes = [
        _between(np.array(OUTER_M), far),
        _between(np.array(INNER_SHARE), inner[draw, kind] / far),
        _between(np.array(WIDTH_DEG), cameras.hfov_deg[draw, kind]),
    ]
    # A smaller ring than the smallest measured one has less in view, in proportion.
    share = cameras.share[draw, kind] * np.minimum(far / OUTER_M[0], 1.0)
    (o, part_o), (i, part_i), (w, part_w) = nodes
    base = draw * N_NODES + (o * len(INNER_SHARE) + i) * len(WIDTH_DEG) + w
    at, parts = [], []
    for up_o, by_o in ((0, share * (1.0 - part_o)), (1, share * part_o)):
        for up_i, by_i in ((0, by_o * (1.0 - part_i)), (1, by_o * part_i)):
            step = base + (up_o * len(INNER_SHARE) + up_i) * len(WIDTH_DEG)
            at += [step, step + 1]
            parts += [by_i * (1.0 - part_w), by_i * part_w]
    weight = np.bincount(np.concatenate(at), np.concatenate(parts), minlength=len(inner) * N_NODES)
    return np.asarray(weight.reshape(len(inner), N_NODES), dtype=float)


def _between(nodes: FloatArray, values: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the node below each value and the part of the way to the next, within the nodes."""
    low = np.clip(np.searchsorted(nodes, values, side="right") - 1, 0, len(nodes) - 2)
    part = (values - nodes[low]) / (nodes[low + 1] - nodes[low])
    return low, np.clip(part, 0.0, 1.0)


def along_share(inputs: Inputs) -> FloatArray:
    """Return the share of cameras that look along their street, shape (D,).

    Further cameras of a site are evenly spaced from the first: of two or four, two look along.
    """
    prob = per_site_prob(inputs.per_site)
    number = np.arange(1, prob.shape[1] + 1)
    aligned = np.where(number % 2 == 0, 2.0, 1.0)
    part = (prob * aligned).sum(axis=1) / (prob * number).sum(axis=1)
    return np.asarray(part * inputs.assumptions.draw("sites.bearing_along", inputs.design))


@dataclass(frozen=True)
class TierCameras:
    """The cameras of a city at one tier.

    Attributes
    ----------
    weight
        See `ring_weights`.
    along
        See `along_share`.
    side
        Side of the traveller that they need, of `reference_trips.SIDES`.
    limit_deg
        Widest angle from the direction of travel at which a side can be read, shape (D,).
    """

    weight: FloatArray
    along: FloatArray
    side: str
    limit_deg: FloatArray

    def rates(self, tables: FloatArray) -> FloatArray:
        """Return the cameras met in each network.

        In proportion to the limit, and never more than from any side.

        Parameters
        ----------
        tables
            `ReferenceTrips.rate` or `blocked_rate`, shape (N, M, sides, axes, `N_NODES`).

        Returns
        -------
        rates
            Shape (N, M, D).
        """
        free = self._mixed(tables[:, :, SIDES.index("any")])
        if self.side == "any":
            return free
        sided = self._mixed(tables[:, :, SIDES.index(self.side)])
        return np.asarray(np.minimum(sided * self.limit_deg / WITHIN_DEG, free))

    def near(self, tables: FloatArray) -> FloatArray:
        """Return the sites met if cameras looked everywhere, over the cameras met, at least one.

        The mean over cameras, each by what it meets; shape (M, D), from the mean of networks.
        """
        one = tables[:, :, SIDES.index(self.side)].mean(axis=0, keepdims=True)
        by_width = one.reshape(*one.shape[:-1], -1, len(WIDTH_DEG))
        product = (by_width * by_width[..., -1:]).reshape(one.shape)
        met = np.maximum(self._mixed(one)[0], _LEAST)
        return np.asarray(np.maximum(self._mixed(product)[0] / met**2, 1.0))

    def _mixed(self, tables: FloatArray) -> FloatArray:
        """Return tables (N, M, axes, `N_NODES`) summed over the cameras, shape (N, M, D)."""
        n_draws = len(self.along)
        few = np.zeros((-(-n_draws // _DRAWS_TOGETHER), _DRAWS_TOGETHER, N_NODES), np.float32)
        few.reshape(-1, N_NODES)[:n_draws] = self.weight
        columns = tables.reshape(-1, N_NODES).T.astype(np.float32)
        found = (few @ columns).reshape(-1, *tables.shape[:-1])[:n_draws]
        along = self.along[:, None, None]
        mixed = found[..., 0] * along + found[..., 1] * (1.0 - along)
        return np.asarray(np.moveaxis(mixed, 0, -1))


def rates_of(
    inputs: Inputs, reference: ReferenceTrips, added_sd: FloatArray | None = None
) -> Rates:
    """Return what the networks say of the cameras of a city that is not one of them.

    Parameters
    ----------
    inputs
        Evidence and optics, drawn.
    reference
        The reference networks.
    added_sd
        Spread that they cannot show, shape (D,); `city.foreign_fabric_log_sd` by default.
    """
    design, values = inputs.design, inputs.assumptions
    rules, along = side_rules(values), along_share(inputs)
    limit_deg = values.draw("trips.facing_within_deg", design)
    shape = (design.n_draws, len(MEASURED_MODES), len(TIERS))
    open_log = np.empty((len(reference.ids), *shape))
    kept_log = np.empty((len(reference.walled), *shape))
    near = np.empty(shape)
    for t, tier in enumerate(TIERS):
        weight = ring_weights(inputs.cameras, t)
        of_tier = TierCameras(weight, along, _SIDE[rules.get(tier, "any")], limit_deg)
        free = _log(of_tier.rates(reference.rate))
        open_log[..., t] = free
        near[..., t] = of_tier.near(reference.rate).T
        if reference.walled:
            behind = _log(of_tier.rates(reference.blocked_rate))
            kept_log[..., t] = behind - free[list(reference.walled)]
    added = values.draw("city.foreign_fabric_log_sd", design) if added_sd is None else added_sd
    log = predictive_log(open_log, design.column("fabric:trips"), added)
    if reference.walled:
        kept = predictive_log(kept_log, design.column("fabric:blocked"))
        log = log + np.minimum(kept, 0.0)
    able = inputs.cameras.able_share()[:, None, :] > 0.0
    cameras = np.where(able, np.exp(log), 0.0)
    ratio, inverse_shape, placement, by_district = _spread(inputs, reference)
    return Rates(
        cameras=cameras,
        near=cameras * near,
        ratio=ratio,
        inverse_shape=inverse_shape,
        placement=placement,
        placement_by_district=by_district,
    )


def _log(rates: FloatArray) -> FloatArray:
    """Return logarithms with draws before modes, shape (N, D, M), from (N, M, D)."""
    return np.log(np.maximum(rates.swapaxes(1, 2), _LEAST))


def _spread(
    inputs: Inputs, reference: ReferenceTrips
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return ratios and inverse shapes by kind, (kinds, D, M, T), and variances of placement."""
    from scipy import special

    design, columns = inputs.design, _measured_like(inputs)
    n, prob = len(reference.large), design.column("fabric:uneven")
    cluster = cluster_size(inputs)
    quantile = special.stdtrit(n - 1, prob) * np.sqrt(1.0 + 1.0 / n)

    def predicted(values: FloatArray) -> FloatArray:
        """Return draws of one more network, shape (..., D), from (N, ..., D)."""
        return np.asarray(values.mean(axis=0) + values.std(axis=0, ddof=1) * quantile)

    # Shapes (N, M, T, kinds, 1): unevenness adds up, and is never negative.
    uneven = reference.uneven[:, :, columns, :, None]
    shape = predicted(uneven + reference.by_district[:, :, columns, :, None] / cluster)
    ratio = np.exp(predicted(np.log(reference.ratio[:, :, columns, :, None]) + 0.0 * cluster))
    ones = np.ones(design.n_draws)
    placement, by_district = (
        np.moveaxis(values[:, :, columns].mean(axis=0)[..., None] * ones, -1, 0)
        for values in (reference.placement, reference.placement_by_district)
    )
    return (
        np.moveaxis(ratio, (2, 3), (0, 1)),
        np.maximum(np.moveaxis(shape, (2, 3), (0, 1)), 0.0),
        placement,
        by_district / cluster[:, None, None],
    )


def cluster_size(inputs: Inputs) -> FloatArray:
    """Return the shape of the factors of districts, shape (D,)."""
    drawn = inputs.assumptions.draw("sites.cluster_size", inputs.design)
    return np.asarray(drawn * inputs.loaded.operators.cluster_factor)


def _measured_like(inputs: Inputs) -> list[int]:
    """Return the tier whose measured spread each tier has.

    One side, or both, make the difference there: the way back shows the other side.
    """
    rules = side_rules(inputs.assumptions)
    like: dict[Tier, Tier] = {tier: tier for tier in TIERS}
    for tier, rule in rules.items():
        like[tier] = "face" if _SIDE[rule] == "one" else "plate"
    return [TIERS.index(like[tier]) for tier in TIERS]
