"""Bounding boxes in the headers of OpenStreetMap files: which are believed, and what they cut away.

Tools cut whole ways, so streets reach beyond the box that was asked for; some write a box of the
world, or one of another place.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from toolkit.streets.readers.extract import Extent, FileBox
from toolkit.streets.readers.osm.layers import street_box
from toolkit.streets.readers.osm.region import Region, segments_of
from toolkit.streets.readers.osm.source import OsmSource, explained

_PROBED_NODES: Final = 1000
"""First nodes of a file of which one must lie in its box; they are its oldest, from all over it."""
_MIN_INSIDE_SHARE: Final = 0.05
"""Minimum share of street length inside a box that is believed. Whole ways around a box of some
hundred metres leave more than that inside."""
_MAX_TIMES_STREETS: Final = 10.0
"""Maximum side of a box that is believed, as a multiple of that of the streets: an extract is cut
around its streets, and a box of the world around a city has a thousand times its side."""
_SMALL_BOX_DEG: Final = 1.0
"""Maximum side of a box that is believed however few streets it has: about 100 km."""


def box_of(header: Any) -> BaseGeometry | None:  # noqa: ANN401
    """Return the box of a header of osmium in EPSG:4326, None if it has none."""
    box = header.box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return shapely.box(low.lon, low.lat, high.lon, high.lat) if box.size() > 0 else None


def header_box(source: OsmSource) -> BaseGeometry | None:
    """Return the box in the header of a file in EPSG:4326.

    None if it has none, or one in which none of its first nodes lies.

    Raises
    ------
    InputDataError
        If it is not an OpenStreetMap file.
    """
    with explained(source.name):
        processor = osmium.FileProcessor(source.opened(), osmium.osm.NODE)
        box = box_of(processor.header)
        if box is None:
            return None
        west, south, east, north = box.bounds
        first: Iterator[Any] = itertools.islice(processor, _PROBED_NODES)
        places = [node.location for node in first if node.location.valid()]
    inside = (west <= p.lon <= east and south <= p.lat <= north for p in places)
    return box if not places or any(inside) else None


def whole_box(stated: BaseGeometry | None, region: Region, extent: Extent) -> FileBox | None:
    """Return the box of everything in a file, None if it has no streets.

    Parameters
    ----------
    stated
        Box of the header, or None.
    region
        All of the file.
    extent
        Whether to take that box, if it fits the streets.
    """
    streets = street_box(region)
    if streets is None or stated is None or extent == "data":
        return None if streets is None else FileBox(streets)
    inside = inside_share(region, stated)
    if inside < _MIN_INSIDE_SHARE or _is_too_large(stated, streets):
        return FileBox(streets, is_wrong=True)
    return FileBox(stated, cut_share=1.0 - inside)


def inside_share(region: Region, box: BaseGeometry) -> float:
    """Return the share of street length inside a box, 0 without streets."""
    segments = segments_of(region)
    west, south, east, north = box.bounds
    # Shares within one file need no more than degrees of equal length.
    scale = np.array([np.cos(np.radians((south + north) / 2)), 1.0] * 2)
    length = _lengths(segments * scale)
    inside = np.ones(len(segments), dtype=bool)
    for axis, low, high in ((0, west, east), (1, south, north)):
        ends = segments[:, [axis, axis + 2]]
        inside &= (ends.min(axis=1) >= low) & (ends.max(axis=1) <= high)
    crossing = shapely.linestrings(segments[~inside].reshape(-1, 2, 2))
    cut = np.asarray(shapely.intersection(crossing, box), dtype=object)
    # A segment may touch the box in a point.
    cut = cut[shapely.get_type_id(cut) == shapely.GeometryType.LINESTRING]
    parts = shapely.get_coordinates(cut).reshape(-1, 4)
    total = float(length.sum())
    within = float(length[inside].sum() + _lengths(parts * scale).sum())
    return min(1.0, within / total) if total else 0.0


def _lengths(segments: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])


def _is_too_large(box: BaseGeometry, streets: BaseGeometry) -> bool:
    for axis in (0, 1):
        side = box.bounds[axis + 2] - box.bounds[axis]
        of_streets = streets.bounds[axis + 2] - streets.bounds[axis]
        if side > max(_SMALL_BOX_DEG, _MAX_TIMES_STREETS * of_streets):
            return True
    return False
