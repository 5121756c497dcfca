"""Cameras met on ordinary trips without installed streets, from networks of other cities.

Per draw, the expected number of cameras met is their number per km of street times the length of
a trip times what the reference networks say of their rings; a negative binomial distribution over
trips turns the number of sites into the share of trips that meet any. See
docs/method/reference-networks.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from toolkit.assessment.inputs import Inputs
from toolkit.assessment.model import ShortTrip, Trip, TripIfAllWork
from toolkit.assessment.outcome import M_PER_KM
from toolkit.assessment.reference_rates import Rates, rates_of
from toolkit.base.arrays import BoolArray, FloatArray
from toolkit.base.quantity import INTERVAL, Quantity
from toolkit.base.terms import MODES, NESTED_TIERS, TIERS, USUAL_MODE, Mode, Tier, modes_of
from toolkit.engine.views import per_site_prob
from toolkit.routes.habits import habits
from toolkit.siting import coverage
from toolkit.streets import reference_networks
from toolkit.streets.reference_trips import KINDS, MEASURED_MODES, ReferenceTrips

LIKE: Final[dict[Mode, Mode]] = {"foot": "foot", "motorcycle": "motorcycle", "car": "motorcycle"}
"""Measured mode that stands for each: cars and motorcycles use the same streets."""
_PLACED: Final = "fabric:trips placed"
"""Column of what varies between placements: where sites stand, and which are able."""
_ONE_IN_TWENTY: Final = 0.95
_LEAST: Final = 1e-12
"""Least mean, so that its logarithm and ratios are finite."""
_MOST_LISTED: Final = 32
"""Numbers whose probabilities are added up; beyond, a continuous distribution is close enough."""
_LEAST_INVERSE: Final = 1e-3
"""Least 1 / shape: the negative binomial distribution is then Poisson."""
_MOST_VARIANCE: Final = 1e4
"""Largest relative variance of what is placed: hardly ever anything is there."""


@dataclass(frozen=True)
class Area:
    """The streets on which people travel, and the cameras on them.

    Attributes
    ----------
    street_km
        Streets for vehicles, shape (D,).
    inside
        Share of the cameras of the city that stand there, shape (D,).
    n_districts
        Area over that of a district, shape (D,).
    """

    street_km: FloatArray
    inside: FloatArray
    n_districts: FloatArray


@dataclass(frozen=True)
class Chances:
    """Rates of cameras of which a share works; M modes are `MEASURED_MODES`.

    Attributes
    ----------
    cameras, sites
        Cameras and sites met per camera or site per street-km and trip-km, shape (D, M, T).
    able
        Probability that a site has a working camera that is able, shape (D, T).
    """

    cameras: FloatArray
    sites: FloatArray
    able: FloatArray


@dataclass(frozen=True)
class Met:
    """Cameras and sites met on ordinary trips in D draws, placed once per draw.

    Attributes
    ----------
    cameras, sites
        Mean numbers of a trip, shape (D, T).
    ratio, inverse_shape
        See `Rates`, shape (kinds, D, T).
    """

    cameras: FloatArray
    sites: FloatArray
    ratio: FloatArray
    inverse_shape: FloatArray

    def share(self, kind: str) -> FloatArray:
        """Return the share of trips, commutes or weeks that meet any site, shape (D, T)."""
        k = KINDS.index(kind)
        return _nested(share_that_meet(self.sites * self.ratio[k], self.inverse_shape[k]))

    def two_sites(self) -> FloatArray:
        """Return the share of trips that meet at least two sites, shape (D, T)."""
        return _nested(share_that_meet_two(self.sites, self.inverse_shape[KINDS.index("trip")]))


@dataclass(frozen=True)
class Areas:
    """Where the cameras of a city are: the two cases, and what lies between them.

    Attributes
    ----------
    centre
        All cameras in the centre, and trips there.
    spread
        Cameras spread over the township, and trips there.
    between
        Trips in the centre; cameras between the two cases, on the log scale, by
        `city.core_allocation`.
    """

    centre: Area
    spread: Area
    between: Area


def areas_of(inputs: Inputs, centre_radius_km: float) -> Areas:
    """Return the areas of a city without streets.

    Only streets for vehicles count, along which nearly all cameras stand: those that the reference
    networks hold.
    """
    design, values = inputs.design, inputs.assumptions
    density = reference_networks.draw_density(inputs.loaded.networks, values, design)
    density = density / values.draw("city.path_ratio", design)
    centre_km2 = np.full(design.n_draws, np.pi * centre_radius_km**2)
    township_km2 = np.pi * values.draw("city.township_radius_km", design) ** 2
    township_km2 = np.maximum(township_km2, centre_km2)
    inside = (centre_km2 / township_km2) ** (1.0 - values.draw("city.core_allocation", design))
    district_km2 = (values.value("sites.district_m") / M_PER_KM) ** 2
    everything = np.ones(design.n_draws)
    return Areas(
        centre=Area(density * centre_km2, everything, centre_km2 / district_km2),
        spread=Area(density * township_km2, everything, township_km2 / district_km2),
        between=Area(density * centre_km2, inside, centre_km2 / district_km2),
    )


def share_that_meet(mean: FloatArray, inverse_shape: FloatArray) -> FloatArray:
    """Return the share of trips that meet at least one site.

    1 - (1 + m / k)^-k, with m sites met in the mean and shape k; 1 - exp(-m) without spread.

    Examples
    --------
    >>> share_that_meet(np.array([1.0, 1.0]), np.array([1.0, 0.0])).round(3)
    array([0.5  , 0.632])
    """
    return np.asarray(-np.expm1(_log_none(mean, inverse_shape)))


def _log_none(mean: FloatArray, inverse_shape: FloatArray) -> FloatArray:
    inverse = np.maximum(inverse_shape, _LEAST)
    return np.asarray(-np.log1p(mean * inverse) / inverse)


def share_that_meet_two(mean: FloatArray, inverse_shape: FloatArray) -> FloatArray:
    """Return the share of trips that meet at least two sites; arguments as `share_that_meet`."""
    none = np.exp(_log_none(mean, inverse_shape))
    return np.asarray(np.maximum(1.0 - none * (1.0 + mean / (1.0 + mean * inverse_shape)), 0.0))


def _any_of_site(per_site: FloatArray, prob: FloatArray) -> FloatArray:
    """Return the probability of any camera of a site, from that of one.

    Parameters
    ----------
    per_site
        Probability of each number of cameras, shape (D, n).
    prob
        Probability of each camera, shape (D, ...).
    """
    some, none = np.zeros_like(prob), np.ones_like(prob)
    for of_number in per_site.T:
        none = none * (1.0 - prob)
        some += of_number.reshape(-1, *(1,) * (prob.ndim - 1)) * (1.0 - none)
    return some


def chances_of(inputs: Inputs, rates: Rates, works: FloatArray) -> Chances:
    """Return the rates if a share of cameras works, shape (D,).

    Cameras of a site are independent given that the trip passes near it.
    """
    per_site, working = per_site_prob(inputs.per_site), works[:, None, None]
    hit = rates.cameras / np.maximum(rates.near, _LEAST) * working
    return Chances(
        cameras=rates.cameras * working,
        sites=rates.near * _any_of_site(per_site, np.minimum(hit, 1.0)),
        able=_any_of_site(per_site, inputs.cameras.able_share() * works[:, None]),
    )


def meet(
    inputs: Inputs,
    rates: Rates,
    chances: Chances,
    area: Area,
    modes: Sequence[Mode],
    *,
    n_cameras: FloatArray | float | None = None,
    trip_km: float | None = None,
) -> Met:
    """Return the cameras met on ordinary trips, placed once per draw.

    Parameters
    ----------
    inputs
        Evidence and optics, drawn.
    rates, chances
        What the networks say, and of the share of cameras that works.
    area
        Where people travel.
    modes
        Mode of travel for each tier.
    n_cameras
        Cameras of the whole city, shape (D,); those of the evidence by default.
    trip_km
        Mean length of a trip; that of the assumptions by default.
    """
    from scipy import special

    values, tiers = inputs.assumptions, np.arange(len(TIERS))
    m = np.array([MEASURED_MODES.index(LIKE[mode]) for mode in modes])
    inside = (inputs.n_cameras if n_cameras is None else n_cameras) * area.inside
    km = {mode: trip_km or habits(values, mode).mean_length_m() / M_PER_KM for mode in set(modes)}
    trips_km = np.array([km[mode] for mode in modes])
    # 1. Means over placements: cameras as they are, sites as placed.
    n_sites = inside / inputs.per_site * coverage.draw_ratio(values, inputs.design)
    cameras = (inside / area.street_km)[:, None] * trips_km * chances.cameras[:, m, tiers]
    sites = (n_sites / area.street_km)[:, None] * trips_km * chances.sites[:, m, tiers]
    # 2. Placed once: the fewer sites are able, the more depends on where they stand.
    variance = rates.placement[:, m, tiers] / np.maximum(n_sites[:, None] * chances.able, _LEAST)
    variance += rates.placement_by_district[:, m, tiers] / area.n_districts[:, None]
    variance = np.clip(variance, _LEAST, _MOST_VARIANCE)
    prob = inputs.design.column(_PLACED)[:, None]
    placed = special.gammaincinv(1.0 / variance, prob) * variance
    return Met(
        cameras=_nested(cameras * placed),
        sites=sites * placed,
        ratio=rates.ratio[:, :, m, tiers],
        inverse_shape=rates.inverse_shape[:, :, m, tiers],
    )


def _nested(values: FloatArray) -> FloatArray:
    """Return figures of which none exceeds that of a tier that it implies, shape (D, T)."""
    found = values.copy()
    for narrow, wide in NESTED_TIERS:
        n, w = TIERS.index(narrow), TIERS.index(wide)
        found[:, n] = np.minimum(found[:, n], found[:, w])
    return found


def count_quantile(
    prob: FloatArray | float,
    none: FloatArray,
    a: FloatArray,
    b: FloatArray,
    beyond: Callable[[BoolArray], FloatArray],
) -> FloatArray:
    """Return the quantile of a binomial or negative binomial number, shape as `none`.

    Each probability follows from the one before: p(j + 1) = p(j) (a + b / (j + 1)) (Panjer 1981,
    ASTIN Bulletin 12). `scipy.special` has both quantiles and takes twenty times as long.

    Parameters
    ----------
    prob
        Probability at which the quantile is wanted.
    none
        Probability of the number 0.
    a, b
        Parameters of the distribution.
    beyond
        Returns the quantiles that exceed `_MOST_LISTED`, given which they are.
    """
    exactly, up_to = none.copy(), none.copy()
    found = (up_to < prob).astype(float)
    for j in range(1, _MOST_LISTED):
        exactly *= a + b / j
        up_to += exactly
        found += up_to < prob
    many = found >= _MOST_LISTED
    found[many] = np.maximum(beyond(many), _MOST_LISTED)
    return found


def one_in_twenty(met: Met) -> FloatArray:
    """Return the number of cameras that one trip in twenty exceeds, shape (D, T).

    The quantile of the sites met, times the cameras met at each. Large numbers have the quantile of
    a gamma distribution of the same mean and variance.
    """
    from scipy import special

    mean = np.maximum(met.sites, _LEAST)
    inverse = np.maximum(met.inverse_shape[KINDS.index("trip")], _LEAST_INVERSE)
    more = mean * inverse / (1.0 + mean * inverse)
    shape = mean / (1.0 + mean * inverse)
    sites = count_quantile(
        _ONE_IN_TWENTY,
        np.exp(_log_none(mean, inverse)),
        more,
        (1.0 / inverse - 1.0) * more,
        lambda many: special.gammaincinv(shape[many], _ONE_IN_TWENTY) * (mean / shape)[many],
    )
    return np.asarray(sites * met.cameras / mean)


@dataclass(frozen=True)
class Trips:
    """Trips of a city without streets: what the networks say of its cameras, and its areas."""

    inputs: Inputs
    rates: Rates
    chances: Chances
    areas: Areas

    @classmethod
    def of(cls, inputs: Inputs, reference: ReferenceTrips, centre_radius_km: float) -> Trips:
        """Return the trips of a city, from reference networks."""
        rates = rates_of(inputs, reference)
        chances = chances_of(inputs, rates, inputs.cameras.availability)
        return cls(inputs, rates, chances, areas_of(inputs, centre_radius_km))

    def short(self, area: Area, n_cameras: float | None = None) -> dict[Tier, ShortTrip]:
        """Return the main figures by the usual mode of each tier; arguments as `meet`."""
        modes = list(USUAL_MODE.values())
        met = meet(self.inputs, self.rates, self.chances, area, modes, n_cameras=n_cameras)
        shorts = _shorts(met, modes)
        return {tier: shorts[t] for t, tier in enumerate(USUAL_MODE)}

    def whole(self) -> tuple[dict[Tier, dict[Mode, Trip]], FloatArray]:
        """Return all figures, by tier and mode, of cameras between the two cases.

        Also the share of trips by the usual mode that pass a camera, per draw, shape (D, T).
        """
        inputs, area = self.inputs, self.areas.between
        everything = chances_of(inputs, self.rates, np.ones(inputs.design.n_draws))
        found: dict[Tier, dict[Mode, Trip]] = {tier: {} for tier in TIERS}
        share = np.empty((inputs.design.n_draws, len(TIERS)))
        for mode in MODES:
            modes = [mode] * len(TIERS)
            met = meet(inputs, self.rates, self.chances, area, modes)
            usual = [USUAL_MODE[tier] == mode for tier in TIERS]
            share[:, usual] = met.share("trip")[:, usual]
            shorts = _shorts(met, modes)
            all_work = _shorts(meet(inputs, self.rates, everything, area, modes), modes)
            many, two, week, commuter = (
                one_in_twenty(met), met.two_sites(), met.share("week"), met.share("commuter"),
            )  # fmt: skip
            low, mid, high = habits(inputs.assumptions, mode).length_m(INTERVAL) / M_PER_KM
            length_km = Quantity.of(float(low), float(mid), float(high), "km")
            for t, tier in enumerate(TIERS):
                if mode not in modes_of(tier):
                    continue
                found[tier][mode] = Trip(
                    mode=mode,
                    length_km=length_km,
                    cameras=shorts[t].cameras,
                    cameras_1_in_20=Quantity.from_amounts(many[:, t], "cameras"),
                    at_least_one=shorts[t].at_least_one,
                    at_least_two_sites=Quantity.from_probabilities(two[:, t]),
                    week_five_destinations=Quantity.from_probabilities(week[:, t]),
                    week_commuter=Quantity.from_probabilities(commuter[:, t]),
                    if_all_work=TripIfAllWork(
                        cameras=all_work[t].cameras, at_least_one=all_work[t].at_least_one
                    ),
                )
        return found, share

    def capture_points(self) -> FloatArray:
        """Return the number of sites of the city with a working able camera, shape (D, T).

        Which sites have one is drawn: a quantile of the binomial distribution, for large numbers
        of the normal one.
        """
        from scipy import special

        inputs = self.inputs
        prob = np.minimum(self.chances.able, 1.0 - _LEAST)
        n_sites = np.round(inputs.n_cameras / inputs.per_site)[:, None]
        u = inputs.design.column(_PLACED)[:, None]
        odds, mean = prob / (1.0 - prob), n_sites * prob
        return count_quantile(
            u,
            np.exp(n_sites * np.log1p(-prob)),
            -odds,
            (n_sites + 1.0) * odds,
            lambda many: np.round(mean + special.ndtri(u) * np.sqrt(mean * (1.0 - prob)))[many],
        )


def _shorts(met: Met, modes: Sequence[Mode]) -> list[ShortTrip]:
    share = met.share("trip")
    return [
        ShortTrip(
            mode=mode,
            cameras=Quantity.from_amounts(met.cameras[:, t], "cameras"),
            at_least_one=Quantity.from_probabilities(share[:, t]),
        )
        for t, mode in enumerate(modes)
    ]
