"""The whole path from a question to an `Assessment`.

    claims -> count; camera types -> rings; streets -> sites, sight; all together -> exposure

Nothing here reads a clock or a setting: date, seed and assumptions are inputs, and the same inputs
give the same bytes.
"""

from __future__ import annotations

from typing import Any, get_args

import numpy as np

from toolkit.assessment.conditional import count_not_known, tier_not_known
from toolkit.assessment.counting import observation_part, value_of_counting
from toolkit.assessment.inputs import Inputs, make_inputs
from toolkit.assessment.model import (
    SCHEMA,
    Assessment,
    AssumptionsPart,
    CameraCount,
    CamerasPart,
    CityPart,
    DrawPair,
    DrawsPart,
    IfBuilt,
    InputsPart,
    ThreatPart,
)
from toolkit.assessment.outcome import Outcome
from toolkit.assessment.question import Loaded, Question
from toolkit.assumptions.sets import MINIMAL
from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.quantity import Quantity, rounded_draws
from toolkit.base.terms import TIERS, Progress, SourceRef, Status
from toolkit.base.version import __version__
from toolkit.evidence.claim import SEPARATE_SCOPES, Claim
from toolkit.evidence.load import TIER_CAPABILITY, known_by, private_cameras_ordered
from toolkit.evidence.threats import threats_for
from toolkit.evidence.words import MissingFigure
from toolkit.language import notes, words


def assess(
    question: Question | Loaded | str,
    *,
    progress: Progress = lambda _: None,
    **options: Any,  # noqa: ANN401
) -> Assessment:
    """Estimate where people in a city are likely to be seen, recognised, matched or read.

    Parameters
    ----------
    question
        The question, what was loaded for one, or the name of a city.
    progress
        Called with the share of the work that is done, from 0 to 1; of a city on streets only.
    **options
        With a name, the other fields of `Question`, of which ``as_of`` is required.

    Raises
    ------
    NotFoundError
        If the city is not known.
    InputDataError, PackError
        If evidence, assumptions or the city pack cannot be used.
    TypeError
        If an option is not a field of a question, or comes with a question.
    ValueError
        If the sample has no points.

    Examples
    --------
    >>> import datetime as dt
    >>> import toolkit
    >>> answer = toolkit.assess("Mawlamyine", as_of=dt.date(2026, 11, 23), n_draws=50)
    >>> answer.tiers["seen"].length_km.known
    True
    """
    if isinstance(question, str):
        given = {name: value for name, value in options.items() if value is not None}
        question = Question(question, **given)
    elif options:
        msg = f"A question has its options already: give {', '.join(sorted(options))} to it."
        raise TypeError(msg)
    loaded = question.load() if isinstance(question, Question) else question
    inputs = make_inputs(loaded)
    if loaded.pack:
        from toolkit.assessment.on_streets import on_streets

        outcome = on_streets(inputs, progress)
    else:
        from toolkit.assessment.on_city_level import on_city_level

        outcome = on_city_level(inputs)
    if loaded.question.night:
        from toolkit.assessment.night import with_night

        outcome = with_night(inputs, outcome)
    return assemble(inputs, outcome)


def assess_layers(question: Question) -> Assessment:
    """Return an assessment for the sake of its layers, without the figures that take longest.

    With installed streets it has no tiers, trips or cases: what an export holds is all there. In
    other cities, and at night, it is that of `assess`.

    Parameters
    ----------
    question
        The question.

    Raises as `assess`.
    """
    loaded = question.load()
    if not loaded.pack or question.night:
        return assess(loaded)
    inputs = make_inputs(loaded)
    from toolkit.assessment.on_streets import layers_on_streets

    return assemble(inputs, layers_on_streets(inputs))


def assemble(inputs: Inputs, outcome: Outcome) -> Assessment:
    """Return the assessment made from its inputs and its outcome."""
    loaded, question = inputs.loaded, inputs.question
    city, operators = loaded.city, loaded.operators
    installed = _camera_count(inputs, outcome, "installed")
    built, why = _if_built(inputs, outcome, installed), notes.text("announced_only")
    if inputs.announced_only:
        installed = count_not_known(installed, why)
    return Assessment(
        schema=SCHEMA,
        tool=__version__,
        as_of=question.as_of,
        seed=question.seed,
        status=question.status,
        city=CityPart(id=city.id, name=city.name, boundary=outcome.boundary),
        basis="streets" if outcome.pack else "city_level",
        demonstration=city.demonstration,
        assumptions=AssumptionsPart.of(inputs.assumptions),
        inputs=InputsPart(
            evidence_sha256=loaded.hashes["evidence_sha256"],
            pack_sha256=outcome.pack.sha256 if outcome.pack else None,
            siting_sha256=store.sha256_bytes(
                store.canonical_json([loaded.model.sha256, operators.sha256])
            ),
            siting_profile=operators.alone,
            siting_cities=operators.profiles.cities,
        ),
        cameras=CamerasPart(
            installed=installed,
            planned=_camera_count(inputs, outcome, "planned"),
        ),
        tiers=outcome.tiers
        if built is None
        else {tier: tier_not_known(part, why) for tier, part in outcome.tiers.items()},
        if_count=outcome.if_count,
        per_100_cameras=outcome.per_100_cameras,
        if_centre=outcome.if_centre,
        if_spread=outcome.if_spread,
        if_built=built,
        draws=_draws(inputs, outcome),
        threats=_threats(inputs),
        sample=outcome.sample,
        missing=notes.notes(outcome.missing, outcome.note_values),
        warnings=notes.notes(_warnings(inputs, outcome)),
        limits=words.limits(
            "en",
            operators.profiles.cities,
            # Where they are counted themselves, a note says so instead.
            private_many=question.scope != "compelled_private"
            and private_cameras_ordered(loaded.claims, question.as_of),
        ),
        sources=source_refs(inputs),
    ).with_layers(outcome.make_layers)


def _threats(inputs: Inputs) -> tuple[ThreatPart, ...]:
    """Return the reported uses of cameras that reach the city."""
    known = known_by(inputs.loaded.claims, inputs.question.as_of)
    return tuple(
        ThreatPart(id=threat.id, answered_by=threat.answered_by)
        for threat in threats_for(inputs.loaded.threats, known)
    )


def _if_built(inputs: Inputs, outcome: Outcome, count: CameraCount) -> IfBuilt | None:
    """Return what follows if announced cameras were installed; None unless that is the question."""
    chance, none = inputs.counts.chance, inputs.counts.none_prob()
    if inputs.question.status != "installed" or not inputs.announced_only:
        return None
    if chance is None or none is None:
        return None
    return IfBuilt(
        nothing_installed=Quantity.from_draws(none, "probability"),
        claim=chance.claim,
        assumption=chance.key,
        judged_by=chance.source,
        cameras=count,
        tiers=outcome.tiers,
    )


def _warnings(inputs: Inputs, outcome: Outcome) -> list[str]:
    """Return the ids of the warnings that apply, in the order of display."""
    counts, question = inputs.counts, inputs.question
    status = question.status
    stale = counts.stale_installed if status == "installed" else counts.stale_planned
    lacks_figure = any(reason in get_args(MissingFigure) for _, reason in counts.unused)
    applies = {
        "minimal_set": inputs.assumptions.label == MINIMAL,
        **dict.fromkeys(outcome.warnings, True),
        "projection": question.as_of > inputs.loaded.read_until,
        "wide_setting": True,
        "street_means": True,
        "daylight": True,
        "stale": stale,
        "announced_only": inputs.announced_only and status == "installed",
        "no_count": counts.used_prior,
        "own_count": counts.user_range,
        "where_core": question.where == "core" and outcome.pack,
        "where_township": question.where == "township" and outcome.pack,
        "mixed_scope": counts.mixed_scope,
        "compelled_private": counts.scope == "compelled_private",
        "contradictions": counts.contradictions,
        "counted": counts.observations,
        "density_unused": lacks_figure,
        "one_profile": inputs.loaded.operators.alone is not None and outcome.pack,
        "demonstration": inputs.loaded.city.demonstration,
        "sampled": outcome.sample,
    }
    return [note for note, holds in applies.items() if holds]


def _draws(inputs: Inputs, outcome: Outcome) -> DrawsPart:
    """Return the draws behind the intervals, rounded as the figures are."""
    cameras = np.maximum(inputs.n_cameras, outcome.mapped_in_scope)
    return DrawsPart(
        n_draws=inputs.design.n_draws,
        cameras=rounded_draws(cameras),
        length_km={
            tier: DrawPair(
                expected=rounded_draws(outcome.expected_km[:, t]),
                realised=rounded_draws(outcome.realised_km[:, t]),
            )
            for t, tier in enumerate(outcome.tiers)
        },
        counted_km=None if outcome.counted_km is None else float(f"{outcome.counted_km:.6g}"),
        trip_at_least_one={
            tier: rounded_draws(shares[:, t])
            for t, tier in enumerate(TIERS)
            if (shares := outcome.trip_share) is not None and np.isfinite(shares[:, t]).all()
        },
    )


def _camera_count(inputs: Inputs, outcome: Outcome, status: Status) -> CameraCount:
    counts = inputs.counts
    reported = counts.planned if status == "planned" else inputs.installed
    number = np.maximum(reported, outcome.mapped_in_scope)
    if outcome.mapped and number.all():
        completeness = Quantity.from_draws(outcome.mapped_in_scope / number, "share")
    else:
        completeness = Quantity.unknown("share", notes.text("no_mapped_cameras"))
    return CameraCount(
        count=Quantity.from_draws(number, "cameras"),
        entered=Quantity.from_draws(reported, "cameras") if counts.user_range else None,
        mapped=outcome.mapped,
        completeness=completeness,
        per_km=_per_km(reported, outcome),
        claims=counts.claims_installed if status == "installed" else counts.claims_planned,
        contradictions=counts.contradictions,
        stale=counts.stale_installed if status == "installed" else counts.stale_planned,
        rule=counts.rule_installed if status == "installed" else counts.rule_planned,
        observations=tuple(
            observation_part(o, inputs.figures, inputs.assumptions, inputs.design)
            for o in counts.observations
        ),
        value_of_counting=(
            value_of_counting(number, inputs.figures, inputs.assumptions, inputs.design)
            if status == "installed"
            else None
        ),
    )


def _per_km(reported: FloatArray, outcome: Outcome) -> Quantity:
    """Return the cameras per km of street inside the boundary; `reported` has shape (D,)."""
    if outcome.counted_km is None or outcome.inside_share is None:
        return Quantity.unknown("cameras/km", notes.text("no_streets_share"))
    inside = np.maximum(reported * outcome.inside_share, outcome.mapped_in_scope)
    return Quantity.from_draws(inside / outcome.counted_km, "cameras/km")


def _switches(claim: Claim) -> bool:
    """Return whether the chance that software is switched on rests on a claim."""
    software = set(TIER_CAPABILITY.values()) & set(claim.capability)
    return bool(software) and claim.level != "denied" and claim.scope not in SEPARATE_SCOPES


def source_refs(inputs: Inputs) -> tuple[SourceRef, ...]:
    """Return the sources of the figures, each once, in a fixed order."""
    used = set(inputs.counts.claims_installed) | set(inputs.counts.claims_planned)
    found = {
        (c.id, c.source.publisher, str(c.source.date))
        for c in known_by(inputs.loaded.claims, inputs.question.as_of)
        if c.id in used or _switches(c)
    }
    rows = [SourceRef(id=i, publisher=p, date=d) for i, p, d in sorted(found)]
    manifest = inputs.loaded.manifest
    if manifest:
        rows.append(
            SourceRef(
                id="streets",
                publisher=manifest.attribution,
                date=str(manifest.source.osm_timestamp or "date not stated"),
            )
        )
    else:
        rows.append(
            SourceRef(
                id="fabrics",
                publisher="Reference street fabrics, © OpenStreetMap contributors, ODbL",
                date=f"sha256 {inputs.loaded.networks_sha256[:12]}",
            )
        )
    return tuple(rows)
