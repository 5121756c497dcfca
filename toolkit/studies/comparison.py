"""Difference between two assessments of one city, and whether its interval leaves out zero.

Two assessments with the same seed and number of draws share their random numbers: draw k of one
belongs to draw k of the other (`toolkit.base.draws`). The difference is then taken draw by draw,
and uncertainty common to both cancels out. Without common draws the two intervals are combined as
independent, and the output says so.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Final, Literal

import geopandas as gpd
import numpy as np
from pydantic import Field

from toolkit.assessment.layers import StreetDetail
from toolkit.assessment.model import Assessment, CameraCount, DrawsPart
from toolkit.assumptions.files import differences
from toolkit.assumptions.sets import AssumptionSet
from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.errors import InputDataError
from toolkit.base.quantity import INTERVAL, Quantity
from toolkit.base.record import Record
from toolkit.base.terms import TIERS, Boundary, Note, SourceRef, Status, Tier
from toolkit.base.version import __version__
from toolkit.language import notes, words

SCHEMA: Final = "camera-exposure.comparison/2"

Pairing = Literal["paired", "independent", "not_known"]


class Difference(Record):
    """A figure of B less the same figure of A."""

    difference: Quantity
    """5, 50 and 95 % points; 0 and 0 where both are the same in every draw."""
    exceeds: bool | None
    """Whether the interval leaves out zero; None if the difference is not known."""
    pairing: Pairing
    """How the interval was made: draw by draw, or as if the two were independent."""


class TierDifference(Record):
    """The differences of one tier; averaged over where the cameras may stand (`expected`)."""

    threshold_px_m: tuple[float, float]
    """Of A and of B."""
    length_km: Difference
    share_of_length: Difference
    area_km2: Difference
    effective_cameras: Difference
    trip_at_least_one: Difference
    """Share of ordinary trips by the usual mode that pass a camera; its middle is the mean."""


class Side(Record):
    """One of the two assessments, with all that its figures need to be read by."""

    assumptions: str
    status: Status
    as_of: dt.date
    seed: int
    n_draws: int
    tool: str
    basis: str
    boundary: Boundary
    mapped: int
    """Number of mapped cameras."""
    completeness: Quantity
    """Mapped cameras as a share of the estimated number."""
    sources: tuple[SourceRef, ...]


class Change(Record):
    """One input that differs, as text; None where a side has none."""

    what: str
    a: str | None
    b: str | None


class AssumptionChange(Record):
    """One field of one assumption that differs; None where a side has none."""

    key: str
    field: str
    a: str | float | None
    b: str | float | None


class Comparison(Record):
    """The whole comparison; its JSON form is the interface to other programs."""

    schema_: Literal["camera-exposure.comparison/2"] = Field(default=SCHEMA, alias="schema")
    tool: str
    city: str
    a: Side
    b: Side
    changes: tuple[Change, ...]
    assumptions: tuple[AssumptionChange, ...] | None
    """None if only the hash of the values of a side is available."""
    cameras: Difference
    tiers: dict[Tier, TierDifference]
    notes: tuple[Note, ...]
    limits: tuple[str, ...]

    def to_json(self) -> str:
        """Return the JSON text: the same bytes for the same sides, ending in a line feed."""
        return store.canonical_json(self.model_dump(mode="json", by_alias=True)).decode() + "\n"


def compare(
    a: Assessment,
    b: Assessment,
    *,
    sets: tuple[AssumptionSet, AssumptionSet] | None = None,
) -> Comparison:
    """Compare two assessments of one city.

    Parameters
    ----------
    a, b
        The assessments; a difference is `b` minus `a`.
    sets
        Their assumption sets, to list each value that differs.

    Raises
    ------
    InputDataError
        If they are about two cities, or the draws of one are inconsistent.
    """
    if a.city.id != b.city.id:
        msg = (
            f"A is about {a.city.id[:80]!r} and B about {b.city.id[:80]!r}: reports on two cities "
            "differ in scope and edition, so their figures are not set against each other. Give "
            "two assessments of one city."
        )
        raise InputDataError(msg)
    for name, side in (("A", a), ("B", b)):
        _check_draws(name, side.draws)
    paired = share_draws(a, b)
    return Comparison(
        schema=SCHEMA,
        tool=__version__,
        city=a.city.id,
        a=_side(a),
        b=_side(b),
        changes=_changes(a, b),
        assumptions=None if sets is None else _assumption_changes(*sets),
        cameras=_difference(
            _counted(a).count,
            _counted(b).count,
            (np.array(a.draws.cameras), np.array(b.draws.cameras)) if paired else None,
        ),
        tiers={tier: _tier(a, b, tier, paired=paired) for tier in TIERS},
        notes=notes.notes(_note_ids(a, b, paired=paired)),
        limits=words.limits(
            "en",
            sorted({*a.inputs.siting_cities, *b.inputs.siting_cities}),
            private_many=words.private_limit("en") in {*a.limits, *b.limits},
        ),
    )


def share_draws(a: Assessment, b: Assessment) -> bool:
    """Return whether draw k of one assessment belongs to draw k of the other."""
    return (a.seed, a.draws.n_draws, a.tool) == (b.seed, b.draws.n_draws, b.tool)


def paired_quantity(a: FloatArray, b: FloatArray, unit: str) -> Quantity:
    """Return the difference of paired draws: its 5, 50 and 95 % points."""
    return Quantity.from_draws(b - a, unit)


def independent_quantity(a: Quantity, b: Quantity) -> Quantity:
    """Return the difference of two independent figures, `b` minus `a`.

    The distances from the median to the ends add in quadrature (Zou and Donner 2008, "Construction
    of confidence limits about effect measures: a general approach", Statistics in Medicine 27),
    which keeps the skewness of both.

    Examples
    --------
    >>> from toolkit.base.quantity import Quantity
    >>> found = independent_quantity(Quantity.of(7, 10, 13, "km"), Quantity.of(16, 20, 24, "km"))
    >>> found.low, found.mid, found.high
    (5.0, 10.0, 15.0)
    """
    if a.low is None or a.mid is None or a.high is None:
        return Quantity.unknown(a.unit, str(a.why))
    if b.low is None or b.mid is None or b.high is None:
        return Quantity.unknown(b.unit, str(b.why))
    mid = b.mid - a.mid
    return Quantity.of(
        mid - math.hypot(b.mid - b.low, a.high - a.mid),
        mid,
        mid + math.hypot(b.high - b.mid, a.mid - a.low),
        a.unit,
    )


def leaves_out_zero(quantity: Quantity) -> bool | None:
    """Return whether the interval leaves out zero; None if it is unknown."""
    if quantity.low is None or quantity.high is None:
        return None
    return quantity.low > 0 or quantity.high < 0


def difference_layer(a: Assessment, b: Assessment) -> gpd.GeoDataFrame:
    """Return the difference on each street, for two assessments computed in this process.

    Returns
    -------
    geopandas.GeoDataFrame
        The streets in EPSG:4326 with `street_id`, `name`, `highway`, `length_m`, and per tier
        `{tier}_diff_low`, `{tier}_diff_mid`, `{tier}_diff_high` (5 % quantile, mean and 95 %
        quantile of the difference of the probabilities, draw by draw; NaN where unknown) and
        `{tier}_change`: ``more`` or ``less`` where the interval leaves out zero, else
        ``within``; ``unknown`` without data.

    Raises
    ------
    InputDataError
        If one was read from a file or has no streets, or draws or streets differ.
    """
    one, other = _detail(a), _detail(b)
    if not (a.layers and b.layers and one and other):
        msg = (
            "A difference layer needs both sides computed here, on installed streets. Give both "
            "as CITY@SET, for a city whose streets are installed."
        )
        raise InputDataError(msg)
    first, second = a.layers.streets, b.layers.streets
    same = first["street_id"].tolist() == second["street_id"].tolist()
    if not same or not share_draws(a, b):
        msg = (
            "The two sides rest on other streets or other draws, so streets cannot be compared "
            "one by one. Make both with the same pack, seed and number of draws."
        )
        raise InputDataError(msg)
    found = first[["street_id", "name", "highway", "length_m", "geometry"]].copy()
    before, after = one.by_street, other.by_street
    for t, tier in enumerate(TIERS):
        known = (first[f"{tier}_mid"].notna() & second[f"{tier}_mid"].notna()).to_numpy()
        change = after[:, t].astype(float) - before[:, t]
        change[~known] = np.nan
        low, high = np.quantile(change, (INTERVAL[0], INTERVAL[2]), axis=1)
        mid = change.mean(axis=1)
        found[f"{tier}_diff_low"] = np.minimum(low, mid)
        found[f"{tier}_diff_mid"] = mid
        found[f"{tier}_diff_high"] = np.maximum(high, mid)
        found[f"{tier}_change"] = np.select(
            [~known, low > 0, high < 0], ["unknown", "more", "less"], "within"
        )
    return found


def _difference(
    a: Quantity, b: Quantity, draws: tuple[FloatArray, FloatArray] | None
) -> Difference:
    """Return the difference of two figures, from their draws if they are paired."""
    independent = independent_quantity(a, b)
    if not independent.known:
        return Difference(difference=independent, exceeds=None, pairing="not_known")
    found = independent if draws is None else paired_quantity(*draws, a.unit)
    return Difference(
        difference=found,
        exceeds=leaves_out_zero(found),
        pairing="independent" if draws is None else "paired",
    )


def _tier(a: Assessment, b: Assessment, tier: Tier, *, paired: bool) -> TierDifference:
    one, other = a.tiers[tier], b.tiers[tier]
    one_km = np.array(a.draws.length_km[tier].expected)
    other_km = np.array(b.draws.length_km[tier].expected)
    share = area = effective = None
    if paired and a.draws.counted_km and b.draws.counted_km:
        share = one_km / a.draws.counted_km, other_km / b.draws.counted_km
        detail, other_detail = _detail(a), _detail(b)
        if detail and other_detail:
            t = TIERS.index(tier)
            area = share[0] * detail.ground_km2, share[1] * other_detail.ground_km2
            effective = detail.effective_cameras[:, t], other_detail.effective_cameras[:, t]
    return TierDifference(
        threshold_px_m=(one.threshold_px_m, other.threshold_px_m),
        length_km=_difference(
            Quantity.from_amounts(one_km, "km"),
            Quantity.from_amounts(other_km, "km"),
            (one_km, other_km) if paired else None,
        ),
        share_of_length=_difference(
            one.share_of_length.expected, other.share_of_length.expected, share
        ),
        area_km2=_difference(one.area_km2.expected, other.area_km2.expected, area),
        effective_cameras=_difference(
            one.effective_cameras.expected, other.effective_cameras.expected, effective
        ),
        trip_at_least_one=_trip_difference(a, b, tier, paired=paired),
    )


def _trip_difference(a: Assessment, b: Assessment, tier: Tier, *, paired: bool) -> Difference:
    """Return the difference of the shares of trips, with its mean as its middle."""
    one, other = a.tiers[tier].trip.at_least_one, b.tiers[tier].trip.at_least_one
    drawn = [side.draws.trip_at_least_one.get(tier) for side in (a, b)]
    # Draws are those if it was built, where nothing else is known, as of the street covered.
    if not (paired and drawn[0] and drawn[1]):
        return _difference(one, other, None)
    change = np.array(drawn[1]) - np.array(drawn[0])
    low, high = (float(end) for end in np.quantile(change, (INTERVAL[0], INTERVAL[2])))
    mid = float(change.mean())
    quantity = Quantity.of(min(low, mid), mid, max(high, mid), one.unit)
    return Difference(difference=quantity, exceeds=leaves_out_zero(quantity), pairing="paired")


def _counted(side: Assessment) -> CameraCount:
    return side.cameras.installed if side.status == "installed" else side.cameras.planned


def _check_draws(name: str, draws: DrawsPart) -> None:
    rows = [draws.cameras]
    rows += [row for pair in draws.length_km.values() for row in (pair.expected, pair.realised)]
    rows += draws.trip_at_least_one.values()
    fits = set(draws.length_km) == set(TIERS) and all(len(row) == draws.n_draws for row in rows)
    if not fits or not draws.n_draws or not np.isfinite(np.concatenate(rows)).all():
        msg = (
            f"The draws of {name} do not fit together: there should be {draws.n_draws} numbers for "
            "every tier. Make the assessment again."
        )
        raise InputDataError(msg)


def _side(side: Assessment) -> Side:
    counts = _counted(side)
    return Side(
        assumptions=side.assumptions.name,
        status=side.status,
        as_of=side.as_of,
        seed=side.seed,
        n_draws=side.draws.n_draws,
        tool=side.tool,
        basis=side.basis,
        boundary=side.city.boundary,
        mapped=counts.mapped,
        completeness=counts.completeness,
        sources=side.sources,
    )


def _changes(a: Assessment, b: Assessment) -> tuple[Change, ...]:
    """Return the inputs that differ, in a fixed order."""
    one, other = _inputs(a), _inputs(b)
    return tuple(
        Change(what=what, a=one[what], b=other[what]) for what in one if one[what] != other[what]
    )


def _inputs(side: Assessment) -> dict[str, str | None]:
    counts = _counted(side)
    changed = [f"{key}={value:g}" for key, value in sorted(side.assumptions.changed.items())]
    return {
        "status": side.status,
        "as_of": side.as_of.isoformat(),
        "assumptions": side.assumptions.name,
        "assumptions_sha256": side.assumptions.sha256,
        "assumptions_changed": ", ".join(changed) or None,
        "evidence_sha256": side.inputs.evidence_sha256,
        "pack_sha256": side.inputs.pack_sha256,
        "siting_sha256": side.inputs.siting_sha256,
        "basis": side.basis,
        "boundary": side.city.boundary.note,
        "claims": ", ".join(counts.claims) or None,
        "counting_rule": counts.rule,
        "mapped_cameras": str(counts.mapped),
        "observations": str(len(counts.observations)),
        "seed": str(side.seed),
        "n_draws": str(side.draws.n_draws),
        "tool": side.tool,
    }


def _assumption_changes(a: AssumptionSet, b: AssumptionSet) -> tuple[AssumptionChange, ...]:
    return tuple(
        AssumptionChange(key=d.key, field=d.field, a=d.first, b=d.second)
        for d in differences(a, b)
        if d.field not in {"source", "reason"}
    )


def _note_ids(a: Assessment, b: Assessment, *, paired: bool) -> list[str]:
    ids = ["difference_paired" if paired else "difference_independent"]
    streets = a.basis == b.basis == "streets"
    if paired and streets and not (_detail(a) and _detail(b)):
        ids.append("difference_not_all_paired")
    if any(a.tiers[tier].threshold_px_m != b.tiers[tier].threshold_px_m for tier in TIERS):
        ids.append("difference_definitions")
    if a.inputs.pack_sha256 != b.inputs.pack_sha256:
        ids.append("difference_streets")
    warned = {note.id for side in (a, b) for note in side.warnings}
    return [*ids, *(i for i in ("minimal_set", "demonstration") if i in warned)]


def _detail(side: Assessment) -> StreetDetail | None:
    return side.layers.detail if side.layers else None
