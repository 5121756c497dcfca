"""The one function that runs the whole path, from a report to an `Assessment`.

    claims -> count; camera types -> rings; streets -> sites, sight; all of it -> exposure

Nothing here reads a clock or a setting: the date, the seed and the assumptions are inputs, and
the same inputs give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import get_args

import numpy as np

from toolkit.assessment.counting import observation_part, value_of_counting
from toolkit.assessment.inputs import N_DRAWS, Inputs, make_inputs
from toolkit.assessment.model import (
    SCHEMA,
    Assessment,
    AssumptionsPart,
    CameraCount,
    CamerasPart,
    CityPart,
    DrawPair,
    DrawsPart,
    InputsPart,
)
from toolkit.assessment.on_city_level import on_city_level
from toolkit.assessment.on_streets import on_streets
from toolkit.assessment.outcome import Outcome
from toolkit.assumptions.sets import MINIMAL, AssumptionSet
from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.quantity import Quantity, rounded_draws
from toolkit.base.terms import TIERS, SourceRef, Status
from toolkit.base.version import __version__
from toolkit.evidence.count import Scope
from toolkit.evidence.densities import CityFigures
from toolkit.evidence.load import evidence_sha256
from toolkit.evidence.observations import Observation
from toolkit.evidence.words import MissingFigure
from toolkit.language import notes, words
from toolkit.streets import reference_networks
from toolkit.streets.pack import (
    Pack,
)


def assess(  # noqa: PLR0913
    city: str,
    *,
    as_of: dt.date,
    assumptions: AssumptionSet | None = None,
    status: Status = "installed",
    scope: Scope | None = None,
    count: tuple[float, float] | None = None,
    seed: int = 0,
    n_draws: int = N_DRAWS,
    observations: Sequence[Observation] = (),
    profile: str | None = None,
    sample_points: int | None = None,
) -> Assessment:
    """Estimate where people in a city are likely to be seen, recognised, matched, or read.

    Parameters
    ----------
    city
        Id, alias, English or Burmese name.
    as_of
        The date for which the answer holds. Claims age towards it; later ones are not used.
    assumptions
        The assumption set; the central one by default.
    status
        ``installed``, or ``planned`` for installed and planned together.
    scope
        ``public`` or ``all``; by default as the report says.
    count
        The user's own number of cameras, (low, high), instead of the reported one.
    seed
        Seed of every draw.
    n_draws
        Draws of the ignorance layer.
    observations
        Counts along ways, used beside those that the user has stored.
    profile
        Sites as of this operator profile alone; by default the mixture of the city.
    sample_points
        Take totals on a stratified sample of so many street points where the city has more, see
        `toolkit.engine.sample`; by default on all. Layers are made of all points, once asked for.

    Raises
    ------
    NotFoundError
        If the city is not known.
    InputDataError, PackError
        If evidence, assumptions or the city pack cannot be used.
    ValueError
        If the sample has no points.
    """
    inputs, pack_id, figures = make_inputs(
        city,
        as_of=as_of,
        design=Design(n_draws, seed),
        assumptions=assumptions,
        status=status,
        scope=scope,
        count=count,
        observations=observations,
        profile=profile,
    )
    if pack_id:
        outcome = on_streets(inputs, pack_id, sample_points=sample_points)
    else:
        outcome = on_city_level(inputs)
    return assemble(inputs, outcome, figures)


def assemble(inputs: Inputs, outcome: Outcome, figures: CityFigures) -> Assessment:
    """Put the parts of an assessment together."""
    city = inputs.city
    return Assessment(
        schema=SCHEMA,
        tool=__version__,
        as_of=inputs.as_of,
        seed=inputs.seed,
        status=inputs.status,
        city=CityPart(id=city.id, name=city.name, boundary=outcome.boundary),
        basis="streets" if outcome.pack else "city_level",
        demonstration=city.demonstration,
        assumptions=AssumptionsPart(
            name=inputs.assumptions.name,
            sha256=inputs.assumptions.sha256,
            changed=dict(inputs.assumptions.changed),
        ),
        inputs=InputsPart(
            evidence_sha256=evidence_sha256(inputs.claims),
            pack_sha256=outcome.pack.sha256 if outcome.pack else None,
            siting_sha256=store.sha256_bytes(
                store.canonical_json([inputs.model.sha256, inputs.operators.sha256])
            ),
            siting_profile=inputs.operators.alone,
            siting_cities=inputs.operators.profiles.cities,
        ),
        cameras=CamerasPart(
            installed=_camera_count(inputs, outcome, "installed", figures),
            planned=_camera_count(inputs, outcome, "planned", figures),
        ),
        tiers=outcome.tiers,
        draws=_draws(inputs, outcome),
        sample=outcome.sample,
        missing=notes.notes(outcome.missing),
        warnings=notes.notes(_warnings(inputs, outcome)),
        limits=words.limits("en", inputs.operators.profiles.cities),
        sources=source_refs(inputs, outcome.pack),
    ).with_layers(outcome.make_layers)


def _warnings(inputs: Inputs, outcome: Outcome) -> list[str]:
    """Return the ids of the warnings that apply, in the order in which they are read."""
    counts = inputs.counts
    stale = counts.stale_installed if inputs.status == "installed" else counts.stale_planned
    lacks_figure = any(reason in get_args(MissingFigure) for _, reason in counts.unused)
    applies = {
        "minimal_set": inputs.assumptions.label == MINIMAL,
        **dict.fromkeys(outcome.warnings, True),
        "wide_setting": True,
        "daylight": True,
        "stale": stale,
        "no_count": counts.used_prior,
        "own_count": counts.user_range,
        "mixed_scope": counts.mixed_scope,
        "contradictions": counts.contradictions,
        "counted": counts.observations,
        "density_unused": lacks_figure,
        "one_profile": inputs.operators.alone is not None and outcome.pack,
        "demonstration": inputs.city.demonstration,
        "sampled": outcome.sample,
    }
    return [note for note, holds in applies.items() if holds]


def _draws(inputs: Inputs, outcome: Outcome) -> DrawsPart:
    """Put the draws behind the intervals beside the figures, rounded as they are."""
    cameras = np.maximum(inputs.n_cameras, outcome.mapped_in_scope)
    return DrawsPart(
        n_draws=inputs.design.n_draws,
        cameras=rounded_draws(cameras),
        length_km={
            tier: DrawPair(
                expected=rounded_draws(outcome.expected_km[:, t]),
                realised=rounded_draws(outcome.realised_km[:, t]),
            )
            for t, tier in enumerate(TIERS)
        },
        counted_km=None if outcome.counted_km is None else float(f"{outcome.counted_km:.6g}"),
    )


def _camera_count(
    inputs: Inputs, outcome: Outcome, status: Status, figures: CityFigures
) -> CameraCount:
    counts = inputs.counts
    reported = counts.installed if status == "installed" else counts.planned
    number = np.maximum(reported, outcome.mapped_in_scope)
    if outcome.mapped and number.all():
        completeness = Quantity.from_draws(outcome.mapped_in_scope / number, "share")
    else:
        completeness = Quantity.unknown("share", notes.text("no_mapped_cameras"))
    return CameraCount(
        count=Quantity.from_draws(number, "cameras"),
        mapped=outcome.mapped,
        completeness=completeness,
        per_km=_per_km(reported, outcome),
        claims=counts.claims_installed if status == "installed" else counts.claims_planned,
        contradictions=counts.contradictions,
        stale=counts.stale_installed if status == "installed" else counts.stale_planned,
        rule=counts.rule_installed if status == "installed" else counts.rule_planned,
        observations=tuple(
            observation_part(o, figures, inputs.assumptions, inputs.design)
            for o in counts.observations
        ),
        value_of_counting=(
            value_of_counting(number, figures, inputs.assumptions, inputs.design)
            if status == "installed"
            else None
        ),
    )


def _per_km(reported: FloatArray, outcome: Outcome) -> Quantity:
    """Return the cameras inside the boundary per km of its streets; `reported` has shape (D,)."""
    if outcome.counted_km is None or outcome.inside_share is None:
        return Quantity.unknown("cameras/km", notes.text("no_streets_share"))
    inside = np.maximum(reported * outcome.inside_share, outcome.mapped_in_scope)
    return Quantity.from_draws(inside / outcome.counted_km, "cameras/km")


def source_refs(inputs: Inputs, pack: Pack | None) -> tuple[SourceRef, ...]:
    """List where the figures come from, each once, in a fixed order.

    Parameters
    ----------
    inputs
        Evidence and optics, drawn.
    pack
        The installed streets; None where other cities stand in for them.
    """
    used = set(inputs.counts.claims_installed) | set(inputs.counts.claims_planned)
    found = {
        (c.id, c.source.publisher, str(c.source.date))
        for c in inputs.claims
        if c.id in used or c.capability
    }
    rows = [SourceRef(id=i, publisher=p, date=d) for i, p, d in sorted(found)]
    if pack:
        source = pack.manifest.source
        rows.append(
            SourceRef(
                id="streets",
                publisher=pack.manifest.attribution,
                date=str(source.osm_timestamp or "date not stated"),
            )
        )
    else:
        rows.append(
            SourceRef(
                id="fabrics",
                publisher="Reference street fabrics, © OpenStreetMap contributors, ODbL",
                date=f"sha256 {reference_networks.fabrics_sha256()[:12]}",
            )
        )
    return tuple(rows)
