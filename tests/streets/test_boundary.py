from __future__ import annotations

import json
import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from toolkit.base.errors import InputDataError, UsageError
from toolkit.streets import boundary
from toolkit.streets.boundary import BoundaryChoice, parse_boundary
from toolkit.streets.readers import extract
from toolkit.streets.readers.extract import AdminArea, area_km2_of

GEOD = pyproj.Geod(ellps="WGS84")
LON, LAT = 96.2, 16.8
CRS = "EPSG:32647"
TO_METRES = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
TO_DEGREES = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
X0, Y0 = (math.floor(v / 1000) * 1000 for v in TO_METRES.transform(LON, LAT))
"""South-west corner of the cell with the city's point."""


# --- what is asked for ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("core", BoundaryChoice("core")),
        ("admin", BoundaryChoice("admin")),
        ("admin:6", BoundaryChoice("admin", level=6)),
        ("radius:100", BoundaryChoice("radius", radius_m=100.0)),
        ("radius:2500.5", BoundaryChoice("radius", radius_m=2500.5)),
        ("radius:100000", BoundaryChoice("radius", radius_m=100_000.0)),
    ],
)
def test_a_boundary_is_read_from_text(text: str, choice: BoundaryChoice) -> None:
    assert parse_boundary(text) == choice


@pytest.mark.parametrize(
    "text",
    [
        "", "Core", "radius", "radius:", "radius:99", "radius:100001", "radius:-500", "radius:1e4",
        "radius:nan", "radius:inf", "radius:٥٠٠", "admin:", "admin:six", "admin:123", "township",
        "shape.shp", "http://localhost/x.tif",
    ],
)  # fmt: skip
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_boundary(text)


@pytest.mark.parametrize(
    "name", ["/vsicurl/http://h/a.geojson", "http://h/a.gpkg", "//h/a.json", "none.geojson"]
)
def test_only_local_files_hold_polygons(name: str) -> None:
    with pytest.raises(InputDataError, match="file"):
        parse_boundary(name)


def write_geojson(path: Path, geometry: dict[str, object]) -> None:
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    content = {"type": "FeatureCollection", "features": [feature]}
    path.write_text(json.dumps(content), encoding="utf-8")


def test_polygons_of_a_file_are_taken_together(tmp_path: Path) -> None:
    shapes = [shapely.box(96, 16, 96.1, 16.1), shapely.box(96.1, 16, 96.2, 16.1)]
    frame = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326")
    frame.to_file(tmp_path / "a.geojson")
    frame.to_crs(CRS).to_file(tmp_path / "a.gpkg")
    for name in ("a.geojson", "a.gpkg"):
        choice = parse_boundary(str(tmp_path / name))
        assert (choice.kind, choice.name) == ("polygon", name)
        expected = shapely.box(96, 16, 96.2, 16.1)
        assert choice.polygon.symmetric_difference(expected).area < 1e-7
        assert name in boundary.polygon_outline(choice).note


def test_a_bow_tie_is_mended(tmp_path: Path) -> None:
    ring = [[96, 16], [96.1, 16.1], [96.1, 16], [96, 16.1], [96, 16]]
    write_geojson(tmp_path / "a.geojson", {"type": "Polygon", "coordinates": [ring]})
    choice = parse_boundary(str(tmp_path / "a.geojson"))
    assert choice.polygon.is_valid
    assert choice.polygon.area == pytest.approx(0.005)


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        ({"type": "Point", "coordinates": [96, 16]}, "no polygon"),
        (
            {"type": "Polygon",
             "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]]},
            "180 degree meridian",
        ),
        (
            {"type": "MultiPolygon", "coordinates": [
                [[[179, 0], [180, 0], [180, 1], [179, 0]]],
                [[[-180, 0], [-179, 0], [-180, 1], [-180, 0]]],
            ]},
            "180 degree meridian",
        ),
        ({"type": "Polygon", "coordinates": [[[96, 16], [97, 16], [96, 16]]]}, "a.geojson"),
    ],
)  # fmt: skip
def test_files_without_a_usable_polygon(
    tmp_path: Path, geometry: dict[str, object], says: str
) -> None:
    write_geojson(tmp_path / "a.geojson", geometry)
    with pytest.raises(InputDataError, match=says):
        parse_boundary(str(tmp_path / "a.geojson"))


def test_a_geopackage_without_coordinate_system_is_refused(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)])
    with pytest.warns(UserWarning, match="crs"):
        frame.to_file(tmp_path / "a.gpkg")
    with pytest.raises(InputDataError, match="coordinate system"):
        parse_boundary(str(tmp_path / "a.gpkg"))


# --- discs ----------------------------------------------------------------------------------


@given(lon=st.floats(-170, 170), lat=st.floats(-75, 75), radius_m=st.floats(100, 100_000))
def test_a_disc_has_its_radius_and_area(lon: float, lat: float, radius_m: float) -> None:
    disc = extract.disc(lon, lat, radius_m)
    corners = shapely.get_coordinates(disc)
    _, _, distance = GEOD.inv(
        np.full(len(corners), lon), np.full(len(corners), lat), corners[:, 0], corners[:, 1]
    )
    assert distance == pytest.approx(np.full(len(corners), radius_m), rel=1e-6)
    # A polygon of n corners has n / (2 pi) * sin(2 pi / n) of the circle.
    share = 180 / (2 * math.pi) * math.sin(2 * math.pi / 180)
    expected = math.pi * (radius_m / 1000) ** 2 * share
    assert area_km2_of(disc) == pytest.approx(expected, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize(("lon", "lat"), [(179.99, 10), (-179.99, -10), (20, 89.999)])
def test_a_disc_across_the_antimeridian_or_a_pole_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(InputDataError, match="180 degree meridian"):
        extract.disc(lon, lat, 5_000)


def test_the_disc_says_what_it_is() -> None:
    outline = boundary.radius_outline(LON, LAT, 2_500)
    assert outline.kind == "radius"
    assert outline.note == "Disc of 2.5 km around the point 16.8000, 96.2000."


# --- administrative areas -------------------------------------------------------------------


def area(level: int, size: float, name: str | None = None) -> AdminArea:
    shape = shapely.box(LON - size, LAT - size, LON + size, LAT + size)
    return AdminArea(name, level, f"relation/{level}{round(size * 100)}", shape)


AREAS = [
    area(2, 5, "Land"),
    area(4, 3, "State"),
    area(6, 0.5, "Township"),
    area(5, 1),
    area(9, 0.1),
]


def test_the_smallest_area_of_a_town_is_taken() -> None:
    outline = boundary.admin_outline(LON, LAT, AREAS, None)
    assert outline.polygon.equals(AREAS[2].shape)
    assert "Township (admin_level 6" in outline.note
    assert "State (level 4), relation/5100 (level 5)" in outline.note


@pytest.mark.parametrize(("level", "size"), [(4, 3.0), (9, 0.1)])
def test_a_level_can_be_chosen(level: int, size: float) -> None:
    outline = boundary.admin_outline(LON, LAT, AREAS, level)
    assert outline.polygon.bounds[2] == LON + size


def test_without_such_an_area_the_others_are_named() -> None:
    with pytest.raises(InputDataError, match=r"level 5 to 8.*Land \(level 2\)"):
        boundary.admin_outline(LON, LAT, AREAS[:1], None)
    with pytest.raises(InputDataError, match=r"level 7.*radius:METRES"):
        boundary.admin_outline(LON, LAT, AREAS, 7)
    with pytest.raises(InputDataError, match="it has: none"):
        boundary.admin_outline(LON + 20, LAT, AREAS, None)


# --- built-up core --------------------------------------------------------------------------


def streets_in(cells: dict[tuple[int, int], float]) -> np.ndarray:
    """Draw straight streets of some km in cells counted from the one with the city's point."""
    rows = []
    for (column, row), km in cells.items():
        for k in range(int(np.ceil(km / 0.9))):
            length = min(0.9, km - 0.9 * k) * 1000
            x, y = X0 + column * 1000 + 50, Y0 + row * 1000 + 100 + 20 * k
            rows.append((*TO_DEGREES.transform(x, y), *TO_DEGREES.transform(x + length, y)))
    return np.array(rows).reshape(-1, 4)


def core(cells: dict[tuple[int, int], float]) -> boundary.Outline:
    return boundary.core_outline(LON, LAT, streets_in(cells), min_km_per_km2=4.0)


def cells_of(outline: boundary.Outline) -> set[tuple[int, int]]:
    """Return which cells an outline covers."""
    metric = shapely.transform(
        outline.polygon, lambda p: np.column_stack(TO_METRES.transform(p[:, 0], p[:, 1]))
    )
    shapely.prepare(metric)
    reach = range(-30, 31)
    return {
        (a, b)
        for a in reach
        for b in reach
        if metric.contains(shapely.Point(X0 + a * 1000 + 500, Y0 + b * 1000 + 500))
    }


def test_the_core_is_the_connected_cells_around_the_point() -> None:
    built = {(0, 0): 5.0, (1, 0): 4.5, (2, 1): 6.0}  # the last joined by a corner
    outline = core({**built, (0, 1): 3.5, (5, 5): 9.0})
    assert outline.kind == "core"
    assert cells_of(outline) == set(built)
    assert area_km2_of(outline.polygon) == pytest.approx(3, rel=2e-3)
    assert "3 connected cells" in outline.note
    assert "4 km of street" in outline.note


def test_what_the_core_encloses_belongs_to_it() -> None:
    ring = {(a, b): 5.0 for a in (-1, 0, 1) for b in (-1, 0, 1) if (a, b) != (0, 0)}
    assert cells_of(core(ring)) == {*ring, (0, 0)}


def test_the_nearest_core_is_taken_if_the_point_lies_outside() -> None:
    outline = core({(3, 0): 5.0, (4, 0): 5.0, (-6, 0): 9.0})
    assert cells_of(outline) == {(3, 0), (4, 0)}


def test_without_a_built_up_cell_it_is_a_disc_and_says_so() -> None:
    for cells in ({}, {(0, 0): 3.9}, {(9, 0): 20.0}):
        outline = core(cells)
        assert outline.kind == "radius"
        assert area_km2_of(outline.polygon) == pytest.approx(math.pi * 25, rel=1e-3)
        assert "no built-up core" in outline.note


def test_a_core_that_goes_on_beyond_the_reach_says_so() -> None:
    row = {(a, 0): 4.5 for a in range(28)}
    outline = core(row)
    assert "cut 25 km from" in outline.note
    assert len(cells_of(outline)) == 26


def test_a_long_street_counts_in_every_cell_that_it_passes() -> None:
    rows = [
        (
            *TO_DEGREES.transform(X0, Y0 + 50 * k + 25),
            *TO_DEGREES.transform(X0 + 3000, Y0 + 50 * k + 25),
        )
        for k in range(5)
    ]
    outline = boundary.core_outline(LON, LAT, np.array(rows), min_km_per_km2=4.0)
    assert cells_of(outline) == {(0, 0), (1, 0), (2, 0)}
