from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from drawn_osm import LAT, LON, STEP, Drawing

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.osm.box import header_box
from toolkit.streets.readers.osm.file import read_osm
from toolkit.streets.readers.osm.source import open_osm

Box = tuple[float, float, float, float]
WORLD: Box = (-180, -90, 180, 90)
QUARTER: Box = (0, 0, 180, 90)
ELSEWHERE: Box = (10, 50, 10.1, 50.1)


def cells(west: float, south: float, east: float, north: float) -> Box:
    """Return a box in columns and rows of the drawing's grid, in degrees."""
    return LON + west * STEP, LAT + south * STEP, LON + east * STEP, LAT + north * STEP


def written(folder: Path, box: Box | None, name: str = "a.osm") -> Path:
    """Write a street of ten columns and a diagonal across the same, in a file with a box."""
    drawing = Drawing(bounds=False)
    for number, (column, row) in enumerate([(0, 0), (10, 0), (0, -1), (10, 1)], 1):
        drawing.node(number, column, row)
    drawing.way(1, [1, 2], highway="residential")
    drawing.way(2, [3, 4], highway="residential")
    west, south, east, north = box or (0, 0, 0, 0)
    stated = f'<bounds minlon="{west}" minlat="{south}" maxlon="{east}" maxlat="{north}"/>'
    text = drawing.text()
    path = folder / name
    path.write_text(text.replace('"0.6">', f'"0.6">{stated}') if box else text)
    return path


def stated(path: Path) -> shapely.Geometry | None:
    with open_osm(path) as source:
        return header_box(source)


def read(folder: Path, box: Box | None, **options: str) -> Extract:
    return read_osm(written(folder, box), **options)  # type: ignore[arg-type]


def test_the_box_of_a_header_is_in_degrees(tmp_path: Path) -> None:
    around = cells(-1, -2, 11, 2)
    found = stated(written(tmp_path, around))
    assert found is not None
    assert found.bounds == pytest.approx(around)
    assert stated(written(tmp_path, None)) is None


def test_a_box_in_which_nothing_lies_is_not_believed(tmp_path: Path) -> None:
    assert stated(written(tmp_path, ELSEWHERE)) is None
    assert stated(written(tmp_path, WORLD)) is not None


def test_the_box_of_a_file_of_another_kind_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.osm").write_text("<html/>")
    with pytest.raises(InputDataError, match=r"a\.osm cannot be read"):
        stated(tmp_path / "a.osm")


def test_a_box_around_everything_cuts_nothing_away(tmp_path: Path) -> None:
    found = read(tmp_path, cells(-1, -2, 11, 2)).box
    assert found is not None
    assert (found.cut_share, found.is_wrong) == (pytest.approx(0, abs=1e-9), False)
    assert found.polygon.bounds == pytest.approx(cells(-1, -2, 11, 2))


@pytest.mark.parametrize("west", [0, 1, 2.5])
def test_the_share_of_length_outside_the_box_is_measured(tmp_path: Path, west: float) -> None:
    extract = read(tmp_path, cells(west, -2, 11, 2))
    assert extract.box is not None
    assert extract.box.cut_share == pytest.approx(west / 10, abs=1e-3)
    whole = read(tmp_path, cells(west, -2, 11, 2), extent="data")
    kept = extract.counts["street_km"] / whole.counts["street_km"]
    assert extract.box.cut_share == pytest.approx(1 - kept, abs=1e-3)


def test_a_line_across_the_corners_of_a_box_counts_inside(tmp_path: Path) -> None:
    """Both ends of each line lie outside."""
    found = read(tmp_path, cells(4, -0.5, 6, 0.5)).box
    assert found is not None
    assert found.cut_share == pytest.approx(0.8, abs=1e-3)


@pytest.mark.parametrize("box", [WORLD, QUARTER, ELSEWHERE, None])
def test_a_box_that_does_not_fit_is_not_the_boundary(tmp_path: Path, box: Box | None) -> None:
    extract = read(tmp_path, box)
    assert extract.box is not None
    assert extract.box.is_wrong == (box is not None)
    bounds = extract.layers.boundary.geometry[0].bounds
    assert bounds == pytest.approx(cells(0, -1, 10, 1), abs=1e-7)


def test_the_extent_may_be_that_of_the_streets(tmp_path: Path) -> None:
    extract = read(tmp_path, cells(5, -2, 11, 2), extent="data")
    assert extract.box is not None
    assert (extract.box.cut_share, extract.box.is_wrong) == (0, False)
    assert extract.box.polygon.bounds == pytest.approx(cells(0, -1, 10, 1), abs=1e-7)
    assert len(extract.layers.streets) == 2
