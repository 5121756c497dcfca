"""Assessment without installed streets, from street networks of other cities."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from toolkit.assessment import reference_cover
from toolkit.assessment.conditional import if_counts, round_counts, short_tiers
from toolkit.assessment.inputs import Inputs
from toolkit.assessment.model import Case, IfWhere, Shares, ShortTrip, TierPart, Total
from toolkit.assessment.outcome import M_PER_KM, Outcome, ring, switch
from toolkit.assessment.reference_trips import Area, Trips, areas_of
from toolkit.base.arrays import Float32Array, FloatArray
from toolkit.base.lru_cache import LruCache
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, USUAL_MODE, Allocation, Boundary, Tier
from toolkit.engine.views import BIN_M, candidate_views
from toolkit.language import notes
from toolkit.optics.camera_draws import threshold_px_m
from toolkit.siting import coverage
from toolkit.streets import reference_networks
from toolkit.streets.reference_networks import VIEW_BIN_M

CORE_RADII_KM: Final = (1.0, 2.0, 5.0)
"""Radii of the discs around the centre for which shares are given."""
CENTRE_RADIUS_KM: Final = 2.0
"""Radius of "the centre" in the answer "if all cameras are in the centre": the middle disc."""
_HUNDRED: Final = 100.0
views_of_cameras: Final[LruCache[Float32Array]] = LruCache(4)
"""What sites cover, by all it follows from: cities with the same makes of cameras share it."""


def covered_km(inputs: Inputs) -> FloatArray:
    """Return the street length that the cameras cover, overlaps counted twice, shape (D, T)."""
    values = inputs.assumptions
    curve_m = reference_cover.draw_view_curve(inputs.loaded.networks, values, inputs.design)
    per_site_m = reference_cover.covered_length_m(curve_m, _views(inputs))
    n_sites = inputs.n_cameras * _sites_per_camera(inputs)
    return np.asarray(n_sites[:, None] * per_site_m / M_PER_KM)


def trips_of(inputs: Inputs) -> Trips:
    """Return the trips of a city, from the reference networks."""
    return Trips.of(inputs, inputs.loaded.trips, CENTRE_RADIUS_KM)


def short_trips(inputs: Inputs) -> dict[Tier, ShortTrip]:
    """Return the main figures of ordinary trips."""
    trips = trips_of(inputs)
    return trips.short(trips.areas.between)


@dataclass(frozen=True)
class Cover:
    """What sites cover of streets that are known by their density alone.

    Attributes
    ----------
    curve_m, views
        See `reference_cover.covered_share`.
    n_sites
        Sites of the whole city, shape (D,).
    density
        Kilometres of street per square kilometre, shape (D,).
    township_km
        Street length of the built-up township, shape (D,).
    stretch_m
        Street length that holds at most one site.
    """

    curve_m: FloatArray
    views: Float32Array
    n_sites: FloatArray
    density: FloatArray
    township_km: FloatArray
    stretch_m: float

    @classmethod
    def of(cls, inputs: Inputs) -> Cover:
        """Return what the sites of a city cover, from reference networks."""
        design, values, known = inputs.design, inputs.assumptions, inputs.loaded.networks
        density = reference_networks.draw_density(known, values, design)
        return cls(
            curve_m=reference_cover.draw_view_curve(known, values, design),
            views=_views(inputs),
            n_sites=inputs.n_cameras * _sites_per_camera(inputs),
            density=density,
            township_km=density * np.pi * values.draw("city.township_radius_km", design) ** 2,
            stretch_m=values.value("sites.stretch_m"),
        )

    def disc_km(self, radius_km: float) -> FloatArray:
        """Return the street length within a radius, shape (D,)."""
        return np.asarray(self.density * np.pi * radius_km**2)

    def share_of(self, over_km: FloatArray) -> FloatArray:
        """Return the covered share, shape (D, T), if all sites are spread over these streets."""
        return reference_cover.covered_share(
            self.curve_m,
            self.views,
            sites_per_m=self.n_sites / (over_km * M_PER_KM),
            stretch_m=self.stretch_m,
        )


def if_within(inputs: Inputs) -> tuple[IfWhere, ...]:
    """Return what follows if all cameras are within each disc, then if they are spread.

    The discs are of `CORE_RADII_KM`, ascending; that of `CENTRE_RADIUS_KM` and the last one are
    `if_centre` and `if_spread` of an assessment.
    """
    cover, trips = Cover.of(inputs), trips_of(inputs)
    able = inputs.n_cameras[:, None] * inputs.cameras.able_share()

    def over(radius_km: float | None, street_km: FloatArray, area: Area) -> IfWhere:
        share = cover.share_of(street_km)
        return _if_over(radius_km, street_km, share, able, trips.short(area))

    return (
        *(over(r, cover.disc_km(r), areas_of(inputs, r).centre) for r in CORE_RADII_KM),
        over(None, cover.township_km, trips.areas.spread),
    )


def _if_over(
    radius_km: float | None,
    street_km: FloatArray,
    share: FloatArray,
    n_able: FloatArray,
    trips: dict[Tier, ShortTrip],
) -> IfWhere:
    """Return what follows if the cameras are spread over these streets; arrays of shape (D, T)."""
    return IfWhere(
        radius_km=radius_km,
        street_km=Quantity.from_amounts(street_km, "km"),
        tiers=short_tiers(n_able, share * street_km[:, None], share, trips=trips),
    )


def _sites_per_camera(inputs: Inputs) -> FloatArray:
    """Return the placed sites, per camera, that cover what those of the city cover, shape (D,)."""
    return coverage.draw_ratio(inputs.assumptions, inputs.design) / inputs.per_site


def _views(inputs: Inputs) -> Float32Array:
    """Return what one site covers in bins of `BIN_M`, computed in the bins of street in view.

    The covered length then rises by under 1 %, less than with another seed, in a fifth of the time.
    """
    cameras, per_site = inputs.cameras, inputs.per_site
    reach_m = inputs.assumptions.value("optics.max_range_m")
    rings = cameras.inner_m, cameras.outer_m, cameras.hfov_deg
    read = (*rings, cameras.share, cameras.availability, per_site, np.array(reach_m))
    key = hashlib.sha256()
    for array in read:
        key.update(repr(array.shape).encode())
        key.update(array.tobytes())

    def make() -> Float32Array:
        views = candidate_views(cameras, per_site, reach_m=reach_m, bin_m=VIEW_BIN_M)
        fine = np.repeat(views, round(VIEW_BIN_M / BIN_M), axis=0)
        fine.flags.writeable = False
        return fine

    return views_of_cameras.get(key.hexdigest(), make)


def on_city_level(inputs: Inputs) -> Outcome:
    """Estimate exposure from reference networks, for a city without installed streets."""
    design, values = inputs.design, inputs.assumptions
    cover = Cover.of(inputs)
    per_camera = _sites_per_camera(inputs)
    per_site_m = reference_cover.covered_length_m(cover.curve_m, cover.views)
    able = inputs.cameras.able_share()
    trips = trips_of(inputs)
    areas, points = trips.areas, trips.capture_points()
    whole_trips, trip_share = trips.whole()
    why = notes.text("no_streets_share")

    shares: dict[tuple[float, Allocation], tuple[FloatArray, FloatArray]] = {}
    for radius in CORE_RADII_KM:
        disc_km = cover.disc_km(radius)
        shares[radius, "core"] = disc_km, cover.share_of(disc_km)
        # A disc larger than the township still holds all its cameras.
        spread_km = np.maximum(cover.township_km, disc_km)
        shares[radius, "township"] = disc_km, cover.share_of(spread_km)
    n_able = inputs.n_cameras[:, None] * able
    one_km = per_site_m * per_camera[:, None] / M_PER_KM
    covered_km = cover.n_sites[:, None] * per_site_m / M_PER_KM
    no_share, no_area, no_cameras = (
        Quantity.unknown(unit, why) for unit in ("share", "km2", "cameras")
    )
    tiers: dict[Tier, TierPart] = {}
    for t, tier in enumerate(TIERS):
        cases = tuple(
            Case(
                id=f"{allocation}_{radius:g}km",
                radius_km=radius,
                allocation=allocation,
                length_km=Quantity.from_amounts(disc_km, "km"),
                share_of_length=Quantity.from_amounts(share[:, t], "share"),
            )
            for (radius, allocation), (disc_km, share) in shares.items()
        )
        tiers[tier] = TierPart(
            threshold_px_m=threshold_px_m(tier, values),
            ring_m=ring(inputs.cameras, t),
            trip=whole_trips[tier][USUAL_MODE[tier]],
            trips=whole_trips[tier],
            capture_points=Quantity.from_amounts(points[:, t], "sites"),
            cameras_able=Quantity.from_draws(n_able[:, t], "cameras"),
            length_km=Quantity.from_amounts(covered_km[:, t], "km"),
            area_km2=Total(expected=no_area, realised=no_area),
            effective_cameras=Total(expected=no_cameras, realised=no_cameras),
            share_of_length=Shares(expected=no_share, realised=no_share, everything_on=no_share),
            switched_on=switch(inputs, tier),
            unknown_share=None,
            cases=cases,
        )

    return Outcome(
        trip_share=trip_share,
        if_count=if_counts(
            {
                n: short_tiers(
                    n * able,
                    n * one_km,
                    None,
                    why,
                    trips=trips.short(areas.between, n),
                )
                for n in round_counts(inputs.n_cameras)
            }
        ),
        per_100_cameras={
            tier: Quantity.from_amounts(_HUNDRED * one_km[:, t], "km")
            for t, tier in enumerate(TIERS)
        },
        if_centre=_if_over(
            CENTRE_RADIUS_KM,
            *shares[CENTRE_RADIUS_KM, "core"],
            n_able,
            trips.short(areas.centre),
        ),
        if_spread=_if_over(
            None,
            cover.township_km,
            cover.share_of(cover.township_km),
            n_able,
            trips.short(areas.spread),
        ),
        boundary=Boundary(
            kind="none", length_km=None, area_km2=None, note=notes.text("no_boundary")
        ),
        tiers=tiers,
        missing=("no_streets",),
        warnings=("no_overlap", "foreign_fabrics"),
        mapped=0,
        mapped_in_scope=np.zeros(design.n_draws),
        expected_km=covered_km,
        realised_km=covered_km,
    )
