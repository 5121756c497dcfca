"""How completely the streets of a pack are mapped, against reference areas.

A pack with one building passes for one with buildings, and views over its streets are then blocked
nowhere. So the share of street length with a building near is measured, and said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import numpy as np
import shapely
from pydantic import Field

from toolkit.base import store, toml_files
from toolkit.base.errors import InputDataError
from toolkit.base.record import Record
from toolkit.streets.pack import Pack
from toolkit.streets.schema import JUNCTION_DEGREE, ROADS, UNKNOWN_CLASS

if TYPE_CHECKING:
    import geopandas as gpd

FILE: Final = "map_data.toml"
NEAR_M: Final = 30.0
"""Distance of a building that is near a street: the width of a wide street with its pavements."""
_MAIN_ROADS: Final = ROADS[: ROADS.index("unclassified")]
"""Classes above those of side streets, with their links."""
PER_JUNCTIONS: Final = 100.0
"""Lights are counted per so many junctions."""

_Share = Annotated[float, Field(ge=0.0, le=1.0)]


@dataclass(frozen=True)
class MapData:
    """How completely the streets of one area are mapped.

    Attributes
    ----------
    buildings_near
        Share of street length with a building within `NEAR_M`.
    classes_known
        Share of street length with a class of road.
    lights_per_100_junctions
        Junctions with traffic lights per 100 junctions of streets for vehicles; None without any
        such junction.
    """

    buildings_near: float
    classes_known: float
    lights_per_100_junctions: float | None


class Area(Record):
    """A reference area; None where its source has no such layer."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    buildings_near: _Share | None = None
    classes_known: _Share | None = None
    lights_per_100_junctions: Annotated[float, Field(ge=0.0, le=100.0)] | None = None


class _File(Record):
    format: Literal["camera-exposure.map-data/1"]
    licence: str
    area: Annotated[tuple[Area, ...], Field(min_length=1)]


def load_reference() -> tuple[Area, ...]:
    """Return the reference areas.

    Raises
    ------
    InputDataError
        If the file cannot be used.
    """
    table = toml_files.read_table(store.builtin_dir() / FILE, FILE)
    problems: list[str] = []
    found = toml_files.parsed(_File, table.data, table.shown, problems)
    toml_files.fail_if_any(problems, table.shown)
    if found is None:
        msg = f"{table.shown} cannot be used. Copy the toolkit again."
        raise InputDataError(msg)
    return found.area


def reference_range(areas: Iterable[Area], field: str) -> tuple[float, float]:
    """Return the lowest and the highest value of a field of `Area` among some areas.

    Examples
    --------
    >>> reference_range(load_reference(), "buildings_near")
    (0.177, 0.868)
    """
    values: list[Any] = [getattr(area, field) for area in areas]
    known = [float(value) for value in values if value is not None]
    return min(known), max(known)


def map_data(pack: Pack) -> MapData:
    """Measure how completely the streets of a pack are mapped.

    A piece of street counts as a whole, by its middle.
    """
    streets = pack.streets
    length_m = streets["length_m"].to_numpy(dtype=float)
    total_m = float(length_m.sum())
    crossed = pack.junctions[pack.junctions["drive_degree"] >= JUNCTION_DEGREE]
    known = (streets["highway"] != UNKNOWN_CLASS).to_numpy(dtype=bool)
    return MapData(
        buildings_near=float(length_m[_near_a_building(pack)].sum()) / total_m,
        classes_known=float(length_m[known].sum()) / total_m,
        lights_per_100_junctions=PER_JUNCTIONS * float(crossed["signals"].sum()) / len(crossed)
        if len(crossed)
        else None,
    )


def main_road_share(streets: gpd.GeoDataFrame) -> float:
    """Return the share of street length of main roads: near 1 where side streets are missing."""
    length_m = streets["length_m"].to_numpy(dtype=float)
    main = streets["highway"].isin(_MAIN_ROADS).to_numpy(dtype=bool)
    return float(length_m[main].sum()) / float(length_m.sum())


def _near_a_building(pack: Pack) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return whether the middle of each street has a building near, shape (S,)."""
    near = np.zeros(len(pack.streets), dtype=np.bool_)
    if pack.buildings.empty:
        return near
    crs = pack.manifest.crs
    lines = np.asarray(pack.streets.geometry.to_crs(crs).array, dtype=object)
    walls = np.asarray(pack.buildings.geometry.to_crs(crs).array, dtype=object)
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    found = shapely.STRtree(walls).query(middles, predicate="dwithin", distance=NEAR_M)
    near[found[0]] = True
    return near
