"""Everything that an assessment rests on before streets: evidence, count and optics, drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import special

from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.errors import PackError
from toolkit.base.terms import Boundary, Status
from toolkit.evidence.claim import Claim
from toolkit.evidence.count import CountDraws, Scope, count_draws
from toolkit.evidence.densities import CityFigures
from toolkit.evidence.load import load_claims, load_observations
from toolkit.evidence.observations import Observation
from toolkit.optics.camera_draws import CameraDraws, draw_cameras, load_catalogue
from toolkit.siting import candidates, weights
from toolkit.siting.weights import Operators
from toolkit.streets.cities import City, find_city, load_cities
from toolkit.streets.pack import (
    find_pack_for,
    list_packs,
    open_pack,
    pack_names,
    pack_sha256,
    verify_pack,
)

N_DRAWS = 200
"""Draws of the ignorance layer: a 5 % point rests on ten of them."""

_JUNCTIONS = "drive_junctions"
"""Name of the number of junctions among the counts of a pack."""


@dataclass(frozen=True)
class Inputs:
    """Everything that does not depend on whether streets are installed."""

    city: City
    claims: tuple[Claim, ...]
    assumptions: AssumptionSet
    as_of: dt.date
    status: Status
    seed: int
    design: Design
    counts: CountDraws
    cameras: CameraDraws
    per_site: FloatArray
    model: candidates.SitingModel
    operators: Operators

    @property
    def n_cameras(self) -> FloatArray:
        """Cameras of the status asked for, shape (D,)."""
        return self.counts.installed if self.status == "installed" else self.counts.planned


def make_inputs(  # noqa: PLR0913
    city: str,
    *,
    as_of: dt.date,
    design: Design,
    assumptions: AssumptionSet | None = None,
    status: Status = "installed",
    scope: Scope | None = None,
    count: tuple[float, float] | None = None,
    observations: Sequence[Observation] = (),
    evidence: Path | None = None,
    pack: str | None = None,
    profile: str | None = None,
) -> tuple[Inputs, str | None, CityFigures]:
    """Draw everything that does not depend on streets; arguments and errors as `assess`.

    Parameters
    ----------
    evidence
        Folder of evidence that stands in the place of the user's own.
    pack
        Installed streets to take in place of the city's first ones.

    Returns
    -------
    inputs
        Evidence and optics, drawn.
    pack_id
        The installed streets, None where there are none.
    figures
        The city's own figures.
    """
    found = city_or_pack(city)
    values = assumptions or load_assumptions()
    claims = load_claims(found.id, evidence)
    pack_id = pack or found.pack or find_pack_for(found.id)
    figures = _figures(found, pack_id, values, design)
    counts = count_draws(
        claims,
        as_of=as_of,
        design=design,
        assumptions=values,
        scope=scope,
        user_range=count,
        observations=(*load_observations(found.id, evidence), *observations),
        figures=figures,
    )
    catalogue = load_catalogue()
    inputs = Inputs(
        city=found,
        claims=claims,
        assumptions=values,
        as_of=as_of,
        status=status,
        seed=design.seed,
        design=design,
        counts=counts,
        cameras=draw_cameras(
            catalogue, values, design, brand=_brand(claims, counts, status, catalogue.mixes)
        ),
        per_site=values.draw("sites.cameras_per_site", design),
        model=candidates.load_siting(),
        operators=weights.operators_of(found.id, profile),
    )
    return inputs, pack_id, figures


def _figures(
    city: City, pack_id: str | None, assumptions: AssumptionSet, design: Design
) -> CityFigures:
    """Return the city's own figures: from its installed streets, where there are any."""
    pack = next((p for p in list_packs() if p.id == pack_id), None)
    return city_figures(
        city,
        assumptions,
        design,
        boundary=pack.boundary if pack else None,
        junctions=pack.counts.get(_JUNCTIONS) if pack else None,
    )


def city_or_pack(name: str) -> City:
    """Return the city of that name, or one made of an installed pack that is no known city's."""
    if name not in pack_names():
        return find_city(name)
    manifest = next((m for m in list_packs() if m.id == name), None)
    if manifest is None:
        verify = verify_pack(name)
        msg = f"The pack {name!r} cannot be used: {'; '.join(verify)}"
        raise PackError(msg)
    known = {c.id: c for c in load_cities()}
    own = known.get(manifest.city or name)
    if own is not None:
        return own
    return _city_of_pack(name, pack_sha256(name))


@lru_cache(maxsize=8)
def _city_of_pack(name: str, sha256: str) -> City:
    """Return a city made of a pack: all of its layers are read for its middle, so only once."""
    del sha256  # part of the key only
    pack = open_pack(name)
    middle = pack.boundary.geometry.union_all().centroid
    return City(
        id=name,
        name=pack.manifest.name,
        lat=float(middle.y),
        lon=float(middle.x),
        admin="not known",
        pack=name,
    )


def _brand(
    claims: tuple[Claim, ...], counts: CountDraws, status: Status, mixes: Mapping[str, object]
) -> str | None:
    """Return the brand of the claims the count rests on, if they name just one we know."""
    used = set(counts.claims_installed if status == "installed" else counts.claims_planned)
    brands = {b for c in claims if c.id in used or not used for b in c.brands}
    only = brands.pop() if len(brands) == 1 else None
    return only if only in mixes else None


def city_figures(
    city: City,
    assumptions: AssumptionSet,
    design: Design,
    *,
    boundary: Boundary | None = None,
    junctions: float | None = None,
) -> CityFigures:
    """Gather the figures of a city.

    Parameters
    ----------
    boundary
        Boundary of its installed streets, or None where there are none.
    junctions
        Junctions for vehicles inside it.

    Raises
    ------
    InputDataError
        If the reference networks cannot be read.
    """
    from toolkit.streets import reference_networks

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
        street_km_per_km2=reference_networks.draw_density(
            reference_networks.load_fabrics(), assumptions, design
        ),
    )
