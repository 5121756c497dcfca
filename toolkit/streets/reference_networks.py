"""Reference street networks, from which a city without installed streets is predicted.

``geodata/fabrics.json`` holds, for real networks elsewhere, the street length per built km2 and
the street length in view of one site by distance; ``scripts/measure_fabrics.py`` measures both. A
city without streets is treated as one more network of that kind: the logarithm of each figure has
a predictive t distribution (Gelman and others, Bayesian Data Analysis, 3rd edition 2013, section
3.2), widened because none of the networks is in the same country.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import Field, ValidationError, model_validator

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError
from toolkit.base.record import Record

SCHEMA: Final = "camera-exposure.fabrics/1"
FILE: Final = "fabrics.json"

VIEW_BIN_M: Final = 5.0
"""Width of the distance bins of street length in view."""
N_VIEW_BINS: Final = 50
"""Bins up to 250 m, the longest range that an assumption set may give a camera."""

_MIN_NETWORKS: Final = 2

_Positive = Annotated[float, Field(gt=0)]
_Curve = Annotated[tuple[_Positive, ...], Field(min_length=N_VIEW_BINS, max_length=N_VIEW_BINS)]


class FabricRow(Record):
    """One network as in the file. Lengths in view are means per site and bin."""

    id: str
    name: str
    country: str
    source: str
    licence: str
    sha256: str
    """Hash of the measured file."""
    length_km: _Positive
    n_built_cells: int = Field(ge=0)
    density_km_per_km2: _Positive | None
    """Median over built cells, averaged over grid positions; None if there are too few cells."""
    density_low_km_per_km2: _Positive | None
    density_high_km_per_km2: _Positive | None
    """Smallest and largest median over grid positions."""
    n_junction_groups: int = Field(gt=0)
    n_stretch_groups: int = Field(gt=0)
    junction_size_m: _Positive
    stretch_size_m: _Positive
    n_sampled_junctions: int = Field(gt=0)
    n_sampled_stretches: int = Field(gt=0)
    open_junction_m: _Curve
    open_stretch_m: _Curve
    blocked_junction_m: _Curve | None
    blocked_stretch_m: _Curve | None

    @model_validator(mode="after")
    def _both_or_none(self) -> FabricRow:
        if (self.blocked_junction_m is None) != (self.blocked_stretch_m is None):
            msg = "lengths behind buildings must be given for both kinds of site or for neither"
            raise ValueError(msg)
        return self


class FabricFile(Record):
    """The whole file."""

    schema_: Literal["camera-exposure.fabrics/1"] = Field(SCHEMA, alias="schema")
    attribution: str
    bin_m: float = Field(VIEW_BIN_M, ge=VIEW_BIN_M, le=VIEW_BIN_M)
    fabrics: tuple[FabricRow, ...] = Field(min_length=_MIN_NETWORKS)


@dataclass(frozen=True)
class ReferenceNetwork:
    """One reference network.

    Attributes
    ----------
    length_km
        Street length of the drive network.
    n_built_cells
        Whole 1 km cells with at least `city.built_cell_km_per_km2` of street.
    density_km_per_km2
        Median street length per km2 over built cells, None if there are too few of them.
    junction_share_of_groups
        Share of candidate groups that are junctions.
    open_junction_m, open_stretch_m
        Metres of street in view of a site at a junction or along a street, per distance bin of
        `VIEW_BIN_M`, without buildings, shape (`N_VIEW_BINS`,).
    blocked_junction_m, blocked_stretch_m
        The same with buildings in the way, None where the source has no usable buildings.
    """

    id: str
    name: str
    country: str
    source: str
    licence: str
    length_km: float
    n_built_cells: int
    density_km_per_km2: float | None
    junction_share_of_groups: float
    open_junction_m: FloatArray
    open_stretch_m: FloatArray
    blocked_junction_m: FloatArray | None
    blocked_stretch_m: FloatArray | None


def _read_bytes() -> bytes:
    path = store.find(FILE)
    if path is None:
        msg = f"{FILE} is missing from the data folder. Copy the toolkit again."
        raise InputDataError(msg)
    return path.read_bytes()


@lru_cache(maxsize=1)
def _parse(data: bytes) -> tuple[ReferenceNetwork, ...]:
    try:
        rows = FabricFile.model_validate(json.loads(data)).fabrics
    except (ValueError, ValidationError, RecursionError) as error:
        msg = f"{FILE} cannot be used: {error}. Mend that entry or remove your own copy."
        raise InputDataError(msg) from error
    return tuple(_network_of(row) for row in rows)


def _network_of(row: FabricRow) -> ReferenceNetwork:
    groups = row.n_junction_groups + row.n_stretch_groups
    return ReferenceNetwork(
        id=row.id,
        name=row.name,
        country=row.country,
        source=row.source,
        licence=row.licence,
        length_km=row.length_km,
        n_built_cells=row.n_built_cells,
        density_km_per_km2=row.density_km_per_km2,
        junction_share_of_groups=row.n_junction_groups / groups,
        open_junction_m=np.array(row.open_junction_m),
        open_stretch_m=np.array(row.open_stretch_m),
        blocked_junction_m=_optional(row.blocked_junction_m),
        blocked_stretch_m=_optional(row.blocked_stretch_m),
    )


def _optional(values: tuple[float, ...] | None) -> FloatArray | None:
    return None if values is None else np.array(values)


def load_networks() -> tuple[ReferenceNetwork, ...]:
    """Read the reference networks; a user's own file takes precedence.

    Raises
    ------
    InputDataError
        If the file is missing or violates the schema.

    Examples
    --------
    >>> networks = load_networks()
    >>> networks[0].open_junction_m.shape == (N_VIEW_BINS,)
    True
    """
    return _parse(_read_bytes())


def networks_sha256() -> str:
    """Return the SHA-256 of the file that `load_networks` reads.

    Raises
    ------
    InputDataError
        If the file is missing.
    """
    return store.sha256_bytes(_read_bytes())


def predictive_log(
    log_values: FloatArray, prob: FloatArray, added_sd: FloatArray | float = 0.0
) -> FloatArray:
    """Return quantiles of the predictive distribution of one more network, as a logarithm.

    mean + t(n - 1) * sqrt(s^2 (1 + 1/n) + added^2), with mean and s over n networks.

    Parameters
    ----------
    log_values
        Logarithms, shape (n,) or (n, D, ...) where they differ by draw.
    prob
        Probability of each draw, shape (D,).
    added_sd
        Standard deviation of differences that the networks cannot show, shape (D,) or scalar.

    Raises
    ------
    InputDataError
        If there are fewer than two networks, which give no spread.
    """
    from scipy import special

    n = len(log_values)
    if n < _MIN_NETWORKS:
        msg = (
            f"{FILE} has {n} network(s) with this figure and {_MIN_NETWORKS} are needed. "
            "Measure more or remove your own copy."
        )
        raise InputDataError(msg)
    mean = log_values.mean(axis=0)
    spread = log_values.std(axis=0, ddof=1)
    shape = (-1,) + (1,) * max(mean.ndim - 1, 0)
    added = np.broadcast_to(np.asarray(added_sd, dtype=float), prob.shape).reshape(shape)
    scale = np.sqrt(spread**2 * (1 + 1 / n) + added**2)
    return np.asarray(mean + special.stdtrit(n - 1, prob).reshape(shape) * scale)


def draw_density(
    networks: Sequence[ReferenceNetwork], assumptions: AssumptionSet, design: Design
) -> FloatArray:
    """Draw the street length per built km2 of a city that is not one of the networks.

    All streets and paths count: the networks lack service roads and paths, so their length is
    multiplied by `city.path_ratio`.

    Returns
    -------
    density
        km per km2, shape (D,).

    Raises
    ------
    InputDataError
        If fewer than two networks have a density.
    """
    known = [f.density_km_per_km2 for f in networks if f.density_km_per_km2 is not None]
    drive = np.exp(
        predictive_log(
            np.log(np.array(known)),
            design.column("fabric:density"),
            assumptions.draw("city.foreign_fabric_log_sd", design),
        )
    )
    return drive * assumptions.draw("city.path_ratio", design)
