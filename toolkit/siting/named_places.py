"""Places that reports name for cameras: where an equal street is likelier to have one.

``geodata/siting/named_places.toml`` holds them by city; a user's own copy replaces it. Inside
them a metre of street weighs more by `LOG_LIFT`, see `toolkit.siting.weights`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base import store, toml_files
from toolkit.base.arrays import FloatArray
from toolkit.base.errors import InputDataError
from toolkit.base.record import Record

FILE: Final = "siting/named_places.toml"
LOG_LIFT: Final = "sites.named_places_log_lift"
"""Assumption of how much more a metre of street inside weighs, as a log ratio."""
_TOP_LEVEL: Final = ("format", "place")
_MOST_M: Final = 50_000.0
"""Largest radius, m: beyond the extent of any city, and near enough for one UTM zone."""

_Id = Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?$")]
_Line = Annotated[str, Field(min_length=1, max_length=200)]


class NamedPlace(Record):
    """One place that a report names: a circle.

    Attributes
    ----------
    city
        Id of the city.
    lat, lon
        Middle, degrees in EPSG:4326.
    radius_m
        Radius in metres of the metric system of the streets.
    claim
        Id of the claim that names it.
    source, licence
        Where the middle comes from.
    """

    city: _Id
    name: _Line
    lat: float = Field(strict=True, ge=-80.0, le=84.0)
    lon: float = Field(strict=True, ge=-180.0, le=180.0)
    radius_m: float = Field(strict=True, gt=0.0, le=_MOST_M)
    claim: _Id
    source: _Line
    licence: _Line


class _File(Record):
    format: Literal["camera-exposure.named-places/1"]


def load_places(city: str | None) -> tuple[NamedPlace, ...]:
    """Return the named places of a city in the order of the file.

    Parameters
    ----------
    city
        Id of the city whose streets are installed; None for no place at all.

    Raises
    ------
    InputDataError
        If the file is missing or cannot be used; all problems at once, each with its place.

    Examples
    --------
    >>> [place.name for place in load_places("yangon")][-2:]
    ['Insein', 'Shwepyithar']
    >>> load_places("mandalay"), load_places(None)
    ((), ())
    """
    path = store.find(FILE)
    if path is None:
        msg = f"There is no file {FILE}. Copy the toolkit's data folder again."
        raise InputDataError(msg)
    table = toml_files.read_table(path, FILE)
    problems = toml_files.unknown_keys(table, _TOP_LEVEL)
    head = {key: value for key, value in table.data.items() if key == "format"}
    toml_files.parsed(_File, head, table.shown, problems)
    found: list[NamedPlace] = []
    for index, row in enumerate(toml_files.rows_of(table, "place", problems)):
        place = toml_files.parsed(NamedPlace, row, table.place("place", index, row), problems)
        if place is not None and place.city == city:
            found.append(place)
    toml_files.fail_if_any(problems, table.shown)
    return tuple(found)


def places_in_use(places: tuple[NamedPlace, ...], values: AssumptionSet) -> tuple[NamedPlace, ...]:
    """Return the places, or none where `LOG_LIFT` is fixed at 0.

    Then not even the classes of equal sites are divided, and figures are those without places.

    Examples
    --------
    >>> from toolkit.assumptions.sets import load_assumptions
    >>> places = load_places("yangon")
    >>> len(places_in_use(places, load_assumptions()))
    6
    >>> len(places_in_use(places, load_assumptions(changes={LOG_LIFT: 0.0})))
    0
    """
    lift = values[LOG_LIFT]
    return () if lift.distribution == "fixed" and lift.value == 0.0 else places


def in_places(places: Sequence[NamedPlace], xy_m: FloatArray, crs: str) -> NDArray[np.bool_]:
    """Return which points lie in at least one of some places, their rims included.

    Parameters
    ----------
    places
        Places.
    xy_m
        Points in a metric frame, shape (N, 2).
    crs
        That frame, such as ``EPSG:32647``, in which distances are taken.

    Returns
    -------
    inside
        Shape (N,). Each entry follows from its own point alone, whatever the others are.
    """
    found = np.zeros(len(xy_m), dtype=np.bool_)
    if not places:
        return found
    import pyproj

    project = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    east, north = project.transform([p.lon for p in places], [p.lat for p in places])
    for place, x, y in zip(places, east, north, strict=True):
        found |= np.hypot(xy_m[:, 0] - x, xy_m[:, 1] - y) <= place.radius_m
    return found
