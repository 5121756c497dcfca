"""Outcome of an assessment on either basis, and the figures of optics that both share.

The basis is either installed streets (`toolkit.assessment.on_streets`) or, without them, street
networks of other cities (`toolkit.assessment.on_city_level`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from toolkit.assessment.inputs import Inputs
from toolkit.assessment.layers import Layers, LazyLayers
from toolkit.assessment.model import IfCount, IfWhere, Ring, SamplePart, TierPart, Trip
from toolkit.base.arrays import FloatArray
from toolkit.base.quantity import INTERVAL, Quantity
from toolkit.base.terms import USUAL_MODE, Boundary, Tier
from toolkit.evidence.load import capability_level
from toolkit.language import notes
from toolkit.optics.camera_draws import CameraDraws
from toolkit.streets.pack import Pack

M_PER_KM = 1000.0
M2_PER_KM2 = 1e6


@dataclass(frozen=True)
class Outcome:
    """Figures that depend on the basis: installed streets, or the city-level estimate."""

    boundary: Boundary
    tiers: dict[Tier, TierPart]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    mapped: int
    mapped_in_scope: FloatArray
    expected_km: FloatArray
    """Covered street length per draw, averaged over placement, shape (D, T)."""
    realised_km: FloatArray
    """The same with the cameras placed once per draw, shape (D, T)."""
    trip_share: FloatArray | None = None
    """Share of ordinary trips by the usual mode that pass a camera, per draw, shape (D, T).

    NaN where that mode has no streets; None where trips are not estimated."""
    counted_km: float | None = None
    """Street length of which shares are taken; None without streets."""
    inside_share: FloatArray | None = None
    """Share of the reported cameras inside the boundary, shape (D,); None without streets."""
    pack: Pack | None = None
    make_layers: LazyLayers | None = None
    sample: SamplePart | None = None
    note_values: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Shares that the texts of notes name, by id of the note."""
    if_count: tuple[IfCount, ...] = ()
    per_100_cameras: dict[Tier, Quantity] | None = None
    if_centre: IfWhere | None = None
    if_spread: IfWhere | None = None

    @property
    def layers(self) -> Layers | None:
        """Layers of the map, made at the first request; None without streets."""
        return None if self.make_layers is None else self.make_layers.get()


def no_trip(tier: Tier) -> Trip:
    """Return the trip part of a tier where trips are not estimated: in tiles."""
    return Trip.unknown(USUAL_MODE[tier], notes.text("no_trips_in_tiles"))


def ring(cameras: CameraDraws, t: int) -> Ring:
    """Summarise the rings of one tier over draws and camera types, weighted by the mix."""
    inner, outer = cameras.inner_m[:, t, :], cameras.outer_m[:, t, :]
    has = np.isfinite(inner)
    # Summed, not one minus the rest: rounding must not show as a negative share.
    empty = Quantity.from_draws(((~has) * cameras.share).sum(axis=1), "share")
    if not has.any():
        why = notes.text("ring_empty")
        nothing = Quantity.unknown("m", why)
        return Ring(inner=nothing, outer=nothing, empty_share=empty)
    weight = cameras.share[has]
    return Ring(
        inner=_weighted(inner[has], weight, "m"),
        outer=_weighted(outer[has], weight, "m"),
        empty_share=empty,
    )


def _weighted(values: FloatArray, weight: FloatArray, unit: str) -> Quantity:
    low, mid, high = np.quantile(values, (0.05, 0.5, 0.95), weights=weight, method="inverted_cdf")
    return Quantity.of(float(low), float(mid), float(high), unit)


def switch(inputs: Inputs, tier: Tier) -> Quantity | None:
    """Return the probability that the software of a tier is in use; never multiplied in."""
    if tier not in {"face", "plate"}:
        return None
    level = capability_level(inputs.loaded.claims, as_of=inputs.question.as_of)[tier]
    # A denial alone says no more than silence: capability can be added later, in software.
    level = "none" if level == "denied" else level
    low, mid, high = inputs.assumptions[f"switch.{level}"].quantile(np.array(INTERVAL))
    return Quantity.of(float(low), float(mid), float(high), "probability")
