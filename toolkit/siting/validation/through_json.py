"""Layers of a city as JSON, on their way from the process that reads files of strangers."""

from __future__ import annotations

import base64
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.siting.surroundings import StreetLayers

_TYPES: Final = frozenset({"bool", "float64", "int64"})


def packed(value: Any) -> Any:  # noqa: ANN401
    """Return an array of numbers or lines as JSON can hold it; anything else as it is."""
    if not isinstance(value, np.ndarray):
        return value
    if value.dtype == object:
        # No lines at all are of no type.
        _, points, (starts,) = shapely.to_ragged_array(value, include_z=False)
        return {"points": packed(points), "starts": packed(starts.astype(np.int64))}
    data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
    return {"type": value.dtype.name, "shape": value.shape, "data": data}


def unpacked(given: Any) -> Any:  # noqa: ANN401
    """Return what `packed` was given.

    Raises
    ------
    ValueError
        If its arrays are of an unknown type, or of another shape than they say.
    """
    if not isinstance(given, dict):
        return given
    if "points" in given:
        points, starts = unpacked(given["points"]), unpacked(given["starts"])
        return shapely.from_ragged_array(shapely.GeometryType.LINESTRING, points, (starts,))
    if "data" not in given:
        return given
    if given["type"] not in _TYPES:
        msg = f"an array of {given['type']!r}"
        raise ValueError(msg)
    data = base64.b64decode(given["data"], validate=True)
    array: NDArray[Any] = np.frombuffer(data, given["type"]).reshape(given["shape"])
    return array.copy()


def layers_of(given: dict[str, Any]) -> StreetLayers:
    """Return the layers that `reader_jobs.files_of_city` gave."""
    return StreetLayers(**{name: unpacked(value) for name, value in given.items()})
