"""UTM zones, looked up in a table that is read once.

`geopandas.GeoSeries.estimate_utm_crs` searches the database of PROJ at each call, which takes a
tenth of a second: a file of streets asks three times and more.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely
from pyproj.database import query_utm_crs_info
from shapely.geometry.base import BaseGeometry


@cache
def _zones() -> tuple[tuple[str, float, float, float, float], ...]:
    """Return each zone of WGS 84 with its west, south, east and north, as PROJ orders them."""
    found = query_utm_crs_info(datum_name="WGS 84")
    areas = ((info.code, info.area_of_use) for info in found)
    return tuple((code, *area.bounds) for code, area in areas if area is not None)


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
    lon, lat = np.mean([west, east]), np.mean([south, north])
    for code, west, south, east, north in _zones():
        if west <= lon <= east and south <= lat <= north:
            return f"EPSG:{code}"
    return None
