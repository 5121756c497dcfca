"""Invented trips to put into an assessment."""

from __future__ import annotations

from toolkit.assessment.model import (
    Assessment,
    IfWhere,
    ShortTier,
    ShortTrip,
    Trip,
    TripIfAllWork,
)
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, USUAL_MODE, Mode

Three = tuple[float, float, float]


def trip_of(
    mode: Mode = "foot",
    cameras: Three = (9.1, 20.4, 55.0),
    at_least_one: Three = (0.92, 0.98, 1.0),
    *,
    unknown_share: float | None = 0.219,
    in_twenty: float = 50.0,
) -> Trip:
    """Return a trip; people who pass one in a week are those of `at_least_one`, too."""
    chance = Quantity.of(*at_least_one, "probability")
    return Trip(
        mode=mode,
        length_km=Quantity.of(0.23, 0.81, 2.2, "km"),
        cameras=Quantity.of(*cameras, "cameras"),
        cameras_1_in_20=Quantity.of(0.0, in_twenty, 2 * in_twenty, "cameras"),
        at_least_one=chance,
        at_least_two_sites=chance,
        week_five_destinations=chance,
        week_commuter=chance,
        if_all_work=TripIfAllWork(cameras=Quantity.of(15, 30, 76, "cameras"), at_least_one=chance),
        unknown_share=unknown_share,
    )


def with_trips(
    assessment: Assessment, trip: Trip, points: Three = (6.1, 57.0, 208.0)
) -> Assessment:
    """Return an assessment that has this trip in every tier, by the usual mode of the tier."""
    tiers = {
        tier: part.model_copy(
            update={
                "trip": (one := trip.model_copy(update={"mode": USUAL_MODE[tier]})),
                "trips": {"motorcycle": one, "car": one},
                "capture_points": Quantity.of(*points, "sites"),
            }
        )
        for tier, part in assessment.tiers.items()
    }
    return assessment.model_copy(update={"tiers": tiers})


def if_where(radius_km: float | None, at_least_one: Three) -> IfWhere:
    """Return what follows from an area in which this share of trips passes one."""
    short = {
        tier: ShortTier(
            trip=ShortTrip(
                mode=USUAL_MODE[tier],
                cameras=Quantity.of(1, 2, 3, "cameras"),
                at_least_one=Quantity.of(*at_least_one, "probability"),
            ),
            cameras_able=Quantity.of(1, 2, 3, "cameras"),
            length_km=Quantity.of(1, 2, 3, "km"),
            share_of_length=Quantity.of(0.1, 0.2, 0.3, "share"),
        )
        for tier in TIERS
    }
    return IfWhere(radius_km=radius_km, street_km=Quantity.exactly(9, "km"), tiers=short)
