"""Invented assessments with figures, and claims to go with them."""

from __future__ import annotations

import datetime as dt

from invented import assessment_of

from toolkit.assessment.layers import Layers
from toolkit.assessment.model import (
    Assessment,
    AssumptionsPart,
    Case,
    Ring,
    Shares,
    TierPart,
    Total,
    Trip,
)
from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base.quantity import Quantity
from toolkit.base.terms import SWITCHED_TIERS, TIERS, Boundary, SourceRef, Tier
from toolkit.evidence.claim import Claim
from toolkit.evidence.load import evidence_sha256
from toolkit.language import notes

AS_OF = dt.date(2024, 3, 9)


def claim_of(**changes: object) -> Claim:
    """Return an invented claim of 'over 200' cameras."""
    return Claim.model_validate(
        {
            "id": "testville-stock",
            "city": "testville",
            "says": "Over 200 cameras stand in Testville.",
            "topic": "count",
            "status": "installed",
            "quantity": {
                "low": 200,
                "unit": "cameras",
                "wording": "over",
                "kind": "stock",
                "brand": "Maker One",
            },
            "brands": ["Maker One"],
            "scope": "public",
            "said": "2022-07-11",
            "valid": "2022-07",
            "source": {
                "id": "paper",
                "publisher": "The Paper",
                "title": "Report on cameras",
                "date": "2022-07-11",
            },
            "origins": ["paper"],
            "confidence": {"grade": "B3", "reason": "One person said so."},
            "note": "Not looked at by anybody.",
        }
        | changes
    )


def other_claim(**changes: object) -> Claim:
    """Return a claim that no figure rests on, and that contradicts the first."""
    return claim_of(
        id="testville-other",
        says="Fifty cameras stand in Testville.",
        quantity={"low": 50, "unit": "cameras", "wording": "about", "kind": "stock"},
        brands=[],
        contradicts=["testville-stock"],
        **changes,
    )


def _tier(start: float, *, switched: bool, city_level: bool) -> TierPart:
    """Return figures that differ in every row and tier."""

    def found(step: float, unit: str, scale: float) -> Quantity:
        low = scale * (start + step)
        return Quantity.of(low, 1.5 * low, 2.5 * low, unit)

    nothing = Quantity.unknown("share", notes.text("no_streets_share"))
    no_area = Quantity.unknown("km2", notes.text("no_streets_share"))
    no_overlap = Quantity.unknown("cameras", notes.text("no_streets_share"))
    cases = tuple(
        Case(
            id=f"{allocation}_{radius:g}km",
            radius_km=radius,
            allocation=allocation,
            length_km=Quantity.of(radius * 10, radius * 20, radius * 31, "km"),
            share_of_length=found(2 * radius + bonus, "share", 0.01),
        )
        for radius in (1.0, 2.0, 5.0)
        for allocation, bonus in (("core", 0.0), ("township", 1.0))
    )
    return TierPart(
        threshold_px_m=12.5 + start,
        ring_m=Ring(
            inner=found(0.1, "m", 1.0),
            outer=found(0.2, "m", 10.0),
            empty_share=found(0.3, "share", 0.02),
        ),
        trip=Trip.unknown("foot", "invented"),
        capture_points=Quantity.unknown("sites", "invented"),
        cameras_able=found(0.4, "cameras", 20.0),
        length_km=found(0.5, "km", 1.0),
        share_of_length=Shares(
            expected=nothing if city_level else found(0.6, "share", 0.03),
            realised=nothing if city_level else found(0.7, "share", 0.032),
            everything_on=nothing if city_level else found(0.8, "share", 0.034),
        ),
        area_km2=Total(
            expected=no_area if city_level else found(0.55, "km2", 0.1),
            realised=no_area if city_level else found(0.65, "km2", 0.1),
        ),
        effective_cameras=Total(
            expected=no_overlap if city_level else found(0.75, "cameras", 12.0),
            realised=no_overlap if city_level else found(0.85, "cameras", 12.0),
        ),
        switched_on=found(0.9, "probability", 0.04) if switched else None,
        unknown_share=None if city_level else 0.0712,
        cases=cases if city_level else (),
    )


def report_on(
    layers: Layers | None,
    claims: tuple[Claim, ...] = (claim_of(), other_claim()),
    *,
    demonstration: bool = True,
    name: str = "Testville",
    assumptions: AssumptionSet | None = None,
    used: tuple[str, ...] = ("testville-stock",),
    stale: bool = False,
) -> Assessment:
    """Return an invented assessment with all figures, on streets if there are layers."""
    values = assumptions or load_assumptions()
    city_level = layers is None
    base = assessment_of(layers, demonstration=demonstration, name=name)
    known = {claim.id for claim in claims}
    pairs = tuple(
        (claim.id, other) for claim in claims for other in claim.contradicts if other in known
    )
    count = base.cameras.installed.model_copy(
        update={
            "count": Quantity.of(201, 330, 1420, "cameras"),
            "claims": used,
            "contradictions": pairs,
            "stale": stale,
            "mapped": 0 if city_level else 17,
            "completeness": Quantity.unknown("share", notes.text("no_mapped_cameras"))
            if city_level
            else Quantity.of(0.11, 0.42, 0.83, "share"),
            "rule": "Cameras are reported without a number: a wide range from other cities of the "
            "country stands in.",
        }
    )
    tiers: dict[Tier, TierPart] = {
        tier: _tier(1.0 + 2.0 * t, switched=tier in SWITCHED_TIERS, city_level=city_level)
        for t, tier in enumerate(TIERS)
    }
    boundary = (
        Boundary(kind="none", length_km=None, area_km2=None, note=notes.text("no_boundary"))
        if city_level
        else Boundary(kind="core", length_km=6.6, area_km2=7.1, note="The middle of Testville.")
    )
    sources = tuple(
        SourceRef(id=c.id, publisher=c.source.publisher, date=str(c.source.date))
        for c in claims
        if c.id in used
    )
    return base.model_copy(
        update={
            "basis": "city_level" if city_level else "streets",
            "city": base.city.model_copy(update={"boundary": boundary}),
            "cameras": base.cameras.model_copy(update={"installed": count, "planned": count}),
            "tiers": tiers,
            "assumptions": AssumptionsPart(
                name=values.name, sha256=values.sha256, changed=dict(values.changed)
            ),
            "inputs": base.inputs.model_copy(update={"evidence_sha256": evidence_sha256(claims)}),
            "missing": notes.notes(["no_streets"] if city_level else ["no_places"]),
            "warnings": notes.notes(["stale", "demonstration"]),
            "sources": (
                *sources,
                SourceRef(
                    id="streets",
                    publisher="© OpenStreetMap contributors, ODbL",
                    date="2019-04-21T09:50:14Z",
                ),
            ),
        }
    )
