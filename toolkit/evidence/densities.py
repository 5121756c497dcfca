"""A city's own figures, which turn a reported density into a number of cameras.

"Two cameras per km" gives a count only if the street length is known. Street length, area and
junctions come from installed streets, the population from the list of cities; where a source
states the area it means, reference street networks give the street length inside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.base.arrays import FloatArray
from toolkit.evidence.claim import Claim

_PER_THOUSAND = 1000.0


@dataclass(frozen=True)
class CityFigures:
    """What is known of a city besides claims: figures as draws of shape (D,), None where unknown.

    Attributes
    ----------
    street_km
        Street length inside the boundary of the installed streets.
    area_km2
        Area inside that boundary.
    population
        Inhabitants, with the spread of such estimates.
    junctions
        Junctions for vehicles inside the boundary.
    street_km_per_km2
        Street length per built km2, from reference networks, for an area that a source states.
    others
        Claims about each of the other cities of its country, from which a number is borrowed where
        none is reported.
    """

    street_km: FloatArray | None = None
    area_km2: FloatArray | None = None
    population: FloatArray | None = None
    junctions: FloatArray | None = None
    street_km_per_km2: FloatArray | None = None
    others: tuple[tuple[Claim, ...], ...] = ()


NO_FIGURES = CityFigures()


def multiplier(claim: Claim, figures: CityFigures, per_site: FloatArray) -> FloatArray | None:
    """Return the factor that turns a reported density into cameras, shape (D,).

    None if the claim has no density, or the figure of the city that it needs is unknown.

    Parameters
    ----------
    per_site
        Cameras per site, shape (D,).

    See Also
    --------
    toolkit.evidence.figure_draws.Setting.factor : the factor of any unit.
    """
    stated = claim.area_km2
    street_km, area_km2 = figures.street_km, figures.area_km2
    if stated is not None:
        area_km2 = np.full(len(per_site), stated)
        if figures.street_km_per_km2 is not None:
            street_km = figures.street_km_per_km2 * stated
    people, junctions = figures.population, figures.junctions
    by_unit = {
        "cameras_per_km": street_km,
        "cameras_per_km2": area_km2,
        "cameras_per_1000_people": None if people is None else people / _PER_THOUSAND,
        "cameras_per_junction": junctions,
        "share_of_junctions": None if junctions is None else junctions * per_site,
    }
    return by_unit.get(claim.quantity.unit) if claim.quantity else None
