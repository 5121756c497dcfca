from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj.database import query_utm_crs_info

from toolkit.streets.utm import zone_of

RNG = np.random.default_rng(0)
PLACES = [
    *zip(RNG.uniform(-180, 180, 20), RNG.uniform(-80, 84, 20), strict=True),
    (96.0, 17.0), (96.0, -17.0), (99.0, 0.0), (96.0, 0.0), (0.0, 0.0), (180.0, 5.0), (-180.0, 5.0),
    (5.0, 60.0), (10.0, 78.0), (96.0, 84.0), (96.0, -80.0),
]  # fmt: skip


@pytest.mark.parametrize(("lon", "lat"), PLACES)
def test_it_is_the_zone_that_geopandas_finds(lon: float, lat: float) -> None:
    found = gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326).estimate_utm_crs()
    assert zone_of(shapely.Point(lon, lat)) == f"EPSG:{found.to_epsg()}"


def test_it_is_the_first_zone_of_the_database_everywhere():
    found = query_utm_crs_info(datum_name="WGS 84")
    zones = [(info.code, *info.area_of_use.bounds) for info in found]
    assert len(zones) == 120
    lons = np.concatenate(
        [np.linspace(-180, 180, 121), np.nextafter(np.linspace(-180, 174, 60), 180)]
    )
    lats = [-80.0, -40.0, -1e-9, 0.0, 1e-9, 60.0, 78.0, 84.0]
    for lon, lat in itertools.product(lons.tolist(), lats):
        within = [code for code, west, south, east, north in zones
                  if west <= lon <= east and south <= lat <= north]  # fmt: skip
        assert zone_of(shapely.Point(lon, lat)) == f"EPSG:{within[0]}"


def test_the_middle_of_its_bounds_decides() -> None:
    line = shapely.LineString([(95.0, 17.0), (95.1, 17.0), (98.0, 18.0)])
    found = gpd.GeoSeries([line], crs=4326).estimate_utm_crs()
    assert zone_of(line) == f"EPSG:{found.to_epsg()}" == "EPSG:32647"


@pytest.mark.parametrize(
    "nowhere", [shapely.Point(10, 84.1), shapely.Point(10, -80.1), shapely.Polygon()]
)  # fmt: skip
def test_there_are_places_in_no_zone(nowhere: shapely.Geometry) -> None:
    assert zone_of(nowhere) is None
