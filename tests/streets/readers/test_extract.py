from __future__ import annotations

import math

import pytest
import shapely

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.extract import area_km2_of, frame_of, metric_crs_of, polygonal


def test_areas_are_measured_on_the_ellipsoid() -> None:
    """One degree at the equator has 111.32 km by 110.57 km."""
    square = shapely.box(0, -0.5, 1, 0.5)
    assert area_km2_of(square) == pytest.approx(111.3195 * 110.574, rel=1e-4)
    assert area_km2_of(shapely.reverse(square)) == area_km2_of(square)
    holed = square.difference(shapely.box(0.25, -0.25, 0.75, 0.25))
    assert area_km2_of(holed) == pytest.approx(0.75 * area_km2_of(square), rel=1e-4)


@pytest.mark.parametrize(
    ("lon", "lat", "crs"), [(96.2, 16.8, "EPSG:32647"), (24.9, 60.2, "EPSG:32635"),
                            (-43.2, -22.9, "EPSG:32723")]
)  # fmt: skip
def test_the_metric_system_is_the_utm_zone(lon: float, lat: float, crs: str) -> None:
    assert metric_crs_of(shapely.Point(lon, lat)) == crs


@pytest.mark.parametrize("lat", [-89.0, 89.0])
def test_beyond_the_zones_is_an_error(lat: float) -> None:
    with pytest.raises(InputDataError, match="swapped"):
        metric_crs_of(shapely.box(10, lat, 10.1, lat + 0.1))


def test_only_parts_with_an_area_are_left() -> None:
    assert polygonal(None) is None
    assert polygonal(shapely.Polygon([(0, 0), (1, 1), (2, 2), (0, 0)])) is None
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)])
    mended = polygonal(bow_tie)
    assert mended.geom_type == "MultiPolygon"
    assert math.isclose(mended.area, 2)
    square = shapely.box(0, 0, 1, 1)
    assert polygonal(square).equals(square)


def test_rows_become_a_layer() -> None:
    made = frame_of(
        "places",
        [{"osm_id": "node/1", "kind": "bank", "name": None, "geometry": shapely.Point(1, 2)}],
    )
    assert made["osm_id"].tolist() == ["node/1"]
    assert len(frame_of("places", [])) == 0
