"""Cameras met on ordinary trips in the reference networks.

``geodata/reference_trips.json`` holds, for real networks elsewhere, the chance that one camera has
a trip in view, in a form that needs no size of the city: expected cameras met per trip are

    cameras per km of street * km of the trip * A(ring, field of view, direction, side)

and what turns a mean into the share of trips that meet at least one site. Written by
``scripts/measure_trips.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Literal, get_args

import numpy as np
from pydantic import Field, ValidationError, model_validator

from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.errors import InputDataError
from toolkit.base.record import Record
from toolkit.base.terms import TIERS

SCHEMA: Final = "camera-exposure.reference-trips/1"
FILE: Final = "reference_trips.json"

MeasuredMode = Literal["foot", "motorcycle"]
MEASURED_MODES: Final[tuple[MeasuredMode, ...]] = get_args(MeasuredMode)
AXES: Final = ("along", "other")
"""Direction of a camera: along its street, or across it or any, in the central proportion."""
SIDES: Final = ("any", "one", "either")
"""Side of the traveller in view: any, the front (or the rear, which is as likely), either."""
WITHIN_DEG: Final = 60.0
"""Widest angle from the direction of travel at which front and rear were measured."""
OUTER_M: Final = (4.0, 8.0, 12.0, 18.0, 26.0, 38.0, 55.0, 80.0, 120.0, 170.0, 250.0)
"""Outer radii of the measured rings, up to the longest range that a set may give a camera."""
INNER_SHARE: Final = (0.0, 0.25, 0.5, 0.75, 0.9)
"""Inner over outer radius."""
WIDTH_DEG: Final = (12.0, 25.0, 50.0, 100.0, 360.0)
"""Fields of view. Of the full circle, the chance is that any of the trip is in the ring."""
KINDS: Final = ("trip", "commuter", "week")
"""What is met: one trip; the way there and back; the ways of a week from one home."""

LEAST_SPREAD_KM: Final = 100.0
"""Street length from which trips fit into a network, so that it shows how uneven they are."""
_MIN_NETWORKS: Final = 2
_LEAST: Final = 1e-6
"""Least tabulated figure, so that its logarithm is finite: no trip was found in the ring."""

_NotNegative = Annotated[float, Field(ge=0)]
_Table = tuple[_NotNegative, ...]
N_RINGS: Final = len(OUTER_M) * len(INNER_SHARE)
N_NODES: Final = N_RINGS * len(WIDTH_DEG)
N_FIGURES: Final = len(SIDES) * len(AXES) * N_NODES
_Figures = Annotated[_Table, Field(min_length=N_FIGURES, max_length=N_FIGURES)]
_ByTier = Annotated[_Table, Field(min_length=len(TIERS), max_length=len(TIERS))]


class SpreadRow(Record):
    """How unevenly trips of one kind meet sites, by tier.

    The number of sites met has a negative binomial distribution over trips, of 1 / shape =
    `uneven` + `by_district` / (shape of the factors of districts).
    """

    ratio: _ByTier
    """Mean number of sites met, over that of a single trip."""
    uneven: _ByTier
    by_district: _ByTier


class ModeRow(Record):
    """Trips by one mode in one network."""

    rate: _Figures
    """Expected cameras met per camera per street-km and trip-km, by side, axis, outer radius, inner
    share and width."""
    blocked_rate: _Figures | None = None
    """The same behind buildings; None where the source has no usable ones."""
    kinds: dict[Literal["trip", "commuter", "week"], SpreadRow]
    placement: _ByTier
    """Relative variance, between placements, of the mean number of sites met, times able sites."""
    placement_by_district: _ByTier
    """The same that the factors of districts add, times their shape and number."""

    @model_validator(mode="after")
    def _all_kinds(self) -> ModeRow:
        if set(self.kinds) != set(KINDS):
            msg = f"kinds must be {', '.join(KINDS)}"
            raise ValueError(msg)
        return self


class TripRow(Record):
    """One network as in the file; its name and source are in the file of reference networks."""

    id: str
    sha256: str
    """Hash of the measured file."""
    street_km: float = Field(gt=0)
    """Street length of the measured part."""
    modes: dict[MeasuredMode, ModeRow]

    @model_validator(mode="after")
    def _all_modes(self) -> TripRow:
        if set(self.modes) != set(MEASURED_MODES):
            msg = f"modes must be {', '.join(MEASURED_MODES)}"
            raise ValueError(msg)
        return self


class TripFile(Record):
    """The whole file."""

    schema_: Literal["camera-exposure.reference-trips/1"] = Field(SCHEMA, alias="schema")
    attribution: str
    outer_m: tuple[float, ...]
    inner_share: tuple[float, ...]
    width_deg: tuple[float, ...]
    within_deg: float
    networks: tuple[TripRow, ...] = Field(min_length=_MIN_NETWORKS)

    @model_validator(mode="after")
    def _known_nodes(self) -> TripFile:
        given = (self.outer_m, self.inner_share, self.width_deg, self.within_deg)
        if given != (OUTER_M, INNER_SHARE, WIDTH_DEG, WITHIN_DEG):
            msg = "outer_m, inner_share, width_deg or within_deg are not those of this version"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _enough_for_a_spread(self) -> TripFile:
        large = [row for row in self.networks if row.street_km >= LEAST_SPREAD_KM]
        walled = [row for row in self.networks if all(m.blocked_rate for m in row.modes.values())]
        if len(large) < _MIN_NETWORKS or len(walled) == 1:
            msg = (
                f"{_MIN_NETWORKS} networks must have {LEAST_SPREAD_KM:g} km of street, and "
                f"{_MIN_NETWORKS} or none blocked rates"
            )
            raise ValueError(msg)
        return self


@dataclass(frozen=True, eq=False)
class ReferenceTrips:
    """Trips in N reference networks, by M modes (`MEASURED_MODES`).

    Attributes
    ----------
    ids
        Networks.
    rate
        See `ModeRow.rate`, shape (N, M, sides, axes, `N_NODES`).
    walled
        Networks with buildings.
    blocked_rate
        The same behind buildings, for those, shape (W, M, sides, axes, `N_NODES`).
    large
        Networks of at least `LEAST_SPREAD_KM`.
    ratio, uneven, by_district
        See `SpreadRow`; of large networks, shape (L, M, T, kinds).
    placement, placement_by_district
        See `ModeRow`; of large networks, shape (L, M, T).
    """

    ids: tuple[str, ...]
    rate: FloatArray
    walled: tuple[int, ...]
    blocked_rate: FloatArray
    large: tuple[int, ...]
    ratio: FloatArray
    uneven: FloatArray
    by_district: FloatArray
    placement: FloatArray
    placement_by_district: FloatArray

    def without(self, network: str) -> ReferenceTrips:
        """Return the others without one network."""
        kept = [k for k, name in enumerate(self.ids) if name != network]
        walled, large = (
            [(j, kept.index(k)) for j, k in enumerate(those) if k in kept]
            for those in (self.walled, self.large)
        )
        among = [j for j, _ in large]
        return ReferenceTrips(
            ids=tuple(self.ids[k] for k in kept),
            rate=self.rate[kept],
            walled=tuple(k for _, k in walled),
            blocked_rate=self.blocked_rate[[j for j, _ in walled]],
            large=tuple(k for _, k in large),
            ratio=self.ratio[among],
            uneven=self.uneven[among],
            by_district=self.by_district[among],
            placement=self.placement[among],
            placement_by_district=self.placement_by_district[among],
        )


@lru_cache(maxsize=1)
def _parse(data: bytes) -> ReferenceTrips:
    try:
        rows = TripFile.model_validate(json.loads(data)).networks
    except (ValueError, ValidationError, RecursionError) as error:
        msg = f"{FILE} cannot be used: {error}. Mend that entry or remove your own copy."
        raise InputDataError(msg) from error
    return trips_of(rows)


def trips_of(rows: tuple[TripRow, ...]) -> ReferenceTrips:
    """Return rows of the file as arrays."""
    shape = (len(MEASURED_MODES), len(SIDES), len(AXES), N_NODES)
    by_mode = [[row.modes[mode] for mode in MEASURED_MODES] for row in rows]
    walled = tuple(
        k for k, modes in enumerate(by_mode) if all(m.blocked_rate is not None for m in modes)
    )
    large = tuple(k for k, row in enumerate(rows) if row.street_km >= LEAST_SPREAD_KM)

    def tables(found: list[list[_Table]]) -> FloatArray:
        return np.asarray(np.maximum(np.array(found, float).reshape(-1, *shape), _LEAST))

    def of_kinds(name: str) -> FloatArray:
        """Return a figure of `SpreadRow` of the large networks, shape (L, M, T, kinds)."""
        found = [
            [[getattr(m.kinds[kind], name) for kind in KINDS] for m in by_mode[k]] for k in large
        ]
        return (
            np.array(found, dtype=float)
            .reshape(-1, shape[0], len(KINDS), len(TIERS))
            .swapaxes(2, 3)
        )

    def of_modes(name: str) -> FloatArray:
        found = [[getattr(m, name) for m in by_mode[k]] for k in large]
        return np.array(found, dtype=float).reshape(-1, shape[0], len(TIERS))

    return ReferenceTrips(
        ids=tuple(row.id for row in rows),
        rate=tables([[m.rate for m in modes] for modes in by_mode]),
        walled=walled,
        blocked_rate=tables([[m.blocked_rate or () for m in by_mode[k]] for k in walled]),
        large=large,
        ratio=of_kinds("ratio"),
        uneven=of_kinds("uneven"),
        by_district=of_kinds("by_district"),
        placement=of_modes("placement"),
        placement_by_district=of_modes("placement_by_district"),
    )


def load_trips() -> ReferenceTrips:
    """Read the trips of the reference networks; a user's own file takes precedence.

    Raises
    ------
    InputDataError
        If the file is missing or violates the schema.

    Examples
    --------
    >>> trips = load_trips()
    >>> trips.rate.shape[1:] == (len(MEASURED_MODES), len(SIDES), len(AXES), N_NODES)
    True
    """
    path = store.find(FILE)
    if path is None:
        msg = f"{FILE} is missing from the data folder. Copy the toolkit again."
        raise InputDataError(msg)
    return _parse(path.read_bytes())
