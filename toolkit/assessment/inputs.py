"""Inputs of an assessment that do not depend on streets: evidence, count and optics, drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from toolkit.assessment.question import Loaded, Question
from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.errors import TooFarAheadError
from toolkit.base.terms import Boundary, Status
from toolkit.evidence.claim import Capability, Claim
from toolkit.evidence.count import CountDraws, count_draws
from toolkit.evidence.densities import CityFigures
from toolkit.evidence.load import of_reported_system
from toolkit.evidence.named_capabilities import Support, named_capabilities
from toolkit.optics.camera_draws import NIGHT_KEY, CameraDraws, draw_cameras
from toolkit.optics.catalogue import Kind
from toolkit.streets import reference_networks
from toolkit.streets.cities import City

_KIND_OF: Final[dict[Capability, Kind]] = {
    "face_recognition": "face",
    "plate_reading": "plate",
    "ptz": "ptz",
}
"""Kind of camera that is bought for a capability."""
_DAYS_PER_YEAR: Final = 365.25
_JUNCTIONS: Final = "drive_junctions"
"""Key of the number of junctions for vehicles in the counts of a pack."""


@dataclass(frozen=True)
class Inputs:
    """Drawn inputs, the same with and without installed streets.

    Attributes
    ----------
    loaded
        The question and the data.
    design
        Number of draws and seed.
    counts, cameras
        Draws of the number of cameras and of their optics.
    brand
        Brand of the cameras; None if not stated.
    per_site
        Mean number of cameras per site, shape (D,).
    figures
        Population, area and street length of the city, drawn.
    """

    loaded: Loaded
    design: Design
    counts: CountDraws
    cameras: CameraDraws
    brand: str | None
    per_site: FloatArray
    figures: CityFigures

    @property
    def question(self) -> Question:
        """The question."""
        return self.loaded.question

    @property
    def assumptions(self) -> AssumptionSet:
        """The assumption set."""
        return self.loaded.question.assumptions

    @property
    def announced_only(self) -> bool:
        """Whether cameras are announced and no more, so that perhaps nothing is installed.

        A count in the street that saw some shows that something is.
        """
        return self.counts.built is not None and not self.counts.built.all()

    @property
    def n_cameras(self) -> FloatArray:
        """Number of cameras of the status asked for, shape (D,).

        Where they are announced and no more: the number if they were installed. How likely that is,
        is said apart and never multiplied in.
        """
        counts = self.counts
        if self.question.status != "installed":
            return counts.planned
        return self.installed

    @property
    def installed(self) -> FloatArray:
        """Number of installed cameras, if anything is, shape (D,)."""
        counts = self.counts
        if self.announced_only and counts.if_built is not None:
            return counts.if_built
        return counts.installed


def make_inputs(
    loaded: Loaded, design: Design | None = None, *, cameras: CameraDraws | None = None
) -> Inputs:
    """Draw the inputs that do not depend on streets.

    Parameters
    ----------
    loaded
        The question and the data.
    design
        Number of draws and seed; by default those of the question.
    cameras
        What `draw_optics` gives, if it is there already.

    Raises
    ------
    InputDataError
        If the evidence cannot be used, no number of cameras is known, or the date lies too far
        ahead.
    """
    question, manifest = loaded.question, loaded.manifest
    values = question.assumptions
    _check_date(loaded)
    design = design or Design(loaded.n_draws(), question.seed)
    figures = city_figures(
        loaded.city,
        loaded.networks,
        values,
        design,
        boundary=manifest.boundary if manifest else None,
        junctions=manifest.counts.get(_JUNCTIONS) if manifest else None,
    )
    figures = replace(figures, others=loaded.others)
    counts = count_draws(
        loaded.claims,
        as_of=question.as_of,
        design=design,
        assumptions=values,
        scope=question.scope,
        user_range=question.count,
        observations=(*loaded.observations, *question.observations),
        figures=figures,
    )
    brand = _brand(loaded.claims, counts, question.status, loaded.catalogue.mixes)
    return Inputs(
        loaded=loaded,
        design=design,
        counts=counts,
        cameras=draw_optics(loaded, values, design, brand) if cameras is None else cameras,
        brand=brand,
        per_site=values.draw("sites.cameras_per_site", design),
        figures=figures,
    )


def at_night(inputs: Inputs) -> Inputs:
    """Return the same cameras at night: what they are and where they stand does not change."""
    dark = inputs.assumptions.with_changes({NIGHT_KEY: 1.0})
    cameras = draw_optics(inputs.loaded, dark, inputs.design, inputs.brand)
    return replace(inputs, cameras=cameras)


def draw_optics(
    loaded: Loaded, values: AssumptionSet, design: Design, brand: str | None
) -> CameraDraws:
    """Draw the cameras of a city: `draw_cameras` with the kinds that its claims name."""
    return draw_cameras(
        loaded.catalogue,
        values,
        design,
        brand=brand,
        named=named_kinds(loaded.claims, loaded.question.as_of),
    )


def named_kinds(claims: Iterable[Claim], as_of: dt.date) -> dict[Kind, Support]:
    """Return the kinds of camera that claims name as part of the system, and how firmly."""
    named = named_capabilities(claims, as_of=as_of)
    return {kind: named[what] for what, kind in _KIND_OF.items() if what in named}


def _check_date(loaded: Loaded) -> None:
    """Refuse a date further ahead of the reports than ``count.most_years_ahead``."""
    day, until = loaded.question.as_of, loaded.read_until
    years = loaded.question.assumptions.value("count.most_years_ahead")
    if (day - until).days > years * _DAYS_PER_YEAR:
        msg = (
            f"The date {day} lies more than {years:g} years after {until}, the day until which "
            "reports were read: nothing known supports a count that far ahead. Give an earlier "
            "date, such as --as-of "
            f"{until}, or, if you have read what was reported since, write the day as read_until "
            "into evidence/national.toml among your own data."
        )
        raise TooFarAheadError(msg)


def _brand(
    claims: tuple[Claim, ...], counts: CountDraws, status: Status, mixes: Mapping[str, object]
) -> str | None:
    """Return the brand of the claims behind the count, if they name exactly one that is known."""
    used = set(counts.claims_installed if status == "installed" else counts.claims_planned)
    # Makers named for the whole country say nothing about one city.
    about = of_reported_system(claims)
    brands = {b for c in about if c.id in used or not used for b in c.brands}
    only = brands.pop() if len(brands) == 1 else None
    return only if only in mixes else None


def city_figures(
    city: City,
    networks: Sequence[reference_networks.ReferenceNetwork],
    assumptions: AssumptionSet,
    design: Design,
    *,
    boundary: Boundary | None = None,
    junctions: float | None = None,
) -> CityFigures:
    """Return the figures of a city, drawn.

    Parameters
    ----------
    networks
        Reference networks.
    boundary
        Boundary of its installed streets, or None where there are none.
    junctions
        Number of junctions for vehicles inside it.

    Raises
    ------
    InputDataError
        If fewer than two reference networks have a density.
    """
    from scipy import special

    def fixed(value: float | None) -> FloatArray | None:
        return None if not value else np.full(design.n_draws, float(value))

    population = None
    if city.population:
        spread = special.ndtri(design.column("city.population"))
        spread = spread * assumptions.draw("city.population_log_sd", design)
        population = np.asarray(city.population * np.exp(spread), dtype=float)
    return CityFigures(
        street_km=fixed(boundary.length_km if boundary else None),
        area_km2=fixed(boundary.area_km2 if boundary else None),
        population=population,
        junctions=fixed(junctions),
        street_km_per_km2=reference_networks.draw_density(networks, assumptions, design),
    )
