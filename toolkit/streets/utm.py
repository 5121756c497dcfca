"""UTM zones of WGS 84, worked out from longitude and latitude.

`geopandas.GeoSeries.estimate_utm_crs` searches the database of PROJ, which takes a tenth of a
second: as long as reading the streets of a small city.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

_ZONE_DEG: Final = 6.0
"""Width of a zone; the first begins at 180 degrees west. The wider zones of Norway and Svalbard are
a matter of map sheets, not of EPSG's coordinate systems."""
_NORTH_DEG, _SOUTH_DEG = 84.0, -80.0
_NORTHERN, _SOUTHERN = 32600, 32700
"""EPSG numbers of the zones of each hemisphere, less the number of the zone."""


def zone_of(geometry: BaseGeometry) -> str | None:
    """Return the UTM zone of a geometry in EPSG:4326, as "EPSG:number".

    Parameters
    ----------
    geometry
        The middle of its bounds decides; on a border it is the zone to the west, or north.

    Returns
    -------
    str or None
        None if it lies in no zone: beyond 84 degrees north or 80 degrees south, or nowhere.

    Examples
    --------
    >>> zone_of(shapely.Point(96.16, 16.77))
    'EPSG:32647'
    """
    west, south, east, north = shapely.bounds(geometry)
    lon, lat = float(np.mean([west, east])), float(np.mean([south, north]))
    # Not a number is nowhere.
    if not (-180 <= lon <= 180 and _SOUTH_DEG <= lat <= _NORTH_DEG):  # noqa: PLR2004 - the world
        return None
    zone = max(math.ceil((lon + 180) / _ZONE_DEG), 1)
    zone += lon > zone * _ZONE_DEG - 180  # the sum was rounded
    return f"EPSG:{zone + (_NORTHERN if lat >= 0 else _SOUTHERN)}"
