"""Boundary of "the city": an administrative area, a built-up core, a polygon, or a disc.

Shares differ by a factor of up to eight between boundaries, so the boundary is chosen by the user,
stored in the pack, and named with every figure. `parse_boundary` reads the choice; the other
functions turn it into a polygon.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError, UsageError
from toolkit.streets.readers import guard, process
from toolkit.streets.readers.extract import (
    ANTIMERIDIAN_DEG,
    GEOD,
    AdminArea,
    across_antimeridian,
    disc,
    metric_crs_of,
    polygonal,
)
from toolkit.streets.readers.formats import gdal, geojson
from toolkit.streets.readers.topology.near import is_tangled
from toolkit.streets.schema import CRS

Kind = Literal["admin", "core", "polygon", "radius"]
OutlineKind = Literal["admin", "core", "extract", "polygon", "radius"]

RADIUS_RANGE_M: Final = (100.0, 100_000.0)
"""A smaller disc holds no street; a larger one is more than a city."""
FALLBACK_RADIUS_M: Final = 5_000.0
"""Disc used where no cell is built up: the mid value of `city.township_radius_km`."""
REACH_M: Final = 25_000.0
"""Distance from a city's point within which streets are collected to find its built-up core.
Yangon, the largest city of the evidence, is built up to about this distance."""
CELL_M: Final = 1_000.0
"""Side of the cells of `city.built_cell_km_per_km2`."""
READ_M: Final = REACH_M + 2 * CELL_M
"""Distance within which a file is read for it: a core that is cut there ends with whole cells, and
would otherwise lie beyond the box, so that the file had to be read again."""
ADMIN_REACH_M: Final = 40_000.0
"""Expected reach of an administrative area from a city's point. A larger one is read in a second
pass."""
_NEAREST_CELL_M: Final = 5_000.0
"""Farthest a city's point may lie from its core, such as on a river or a hill."""
_SAMPLE_M: Final = 50.0
_EIGHT_NEIGHBOURS: Final = np.ones((3, 3), dtype=bool)
_TOWN_LEVELS: Final = range(5, 9)
"""Values of ``admin_level`` between state and village: district, township, town, municipality
(OpenStreetMap wiki, "Key:admin_level"; read November 2026)."""
_METRES: Final = re.compile(r"\d{1,7}(?:\.\d{1,3})?", re.ASCII)
_LEVEL: Final = re.compile(r"\d{1,2}", re.ASCII)
_POLYGON_LAYERS: Final = {
    ".geojson": geojson.layers, ".json": geojson.layers, ".gpkg": gdal.geopackage_layers,
}  # fmt: skip
_MAX_POLYGON_BYTES: Final = 64 << 20
_M_PER_KM: Final = 1000


@dataclass(frozen=True)
class BoundaryChoice:
    """Requested boundary.

    Attributes
    ----------
    kind
        "admin", "core", "polygon" or "radius".
    radius_m
        Radius of a disc.
    level
        ``admin_level`` of an administrative area; None for the smallest one of a town.
    polygon
        Given polygon, in EPSG:4326.
    name
        Name of the file of a given polygon.
    """

    kind: Kind
    radius_m: float | None = None
    level: int | None = None
    polygon: BaseGeometry | None = None
    name: str | None = None


@dataclass(frozen=True)
class Outline:
    """Boundary of a pack.

    Attributes
    ----------
    kind
        "admin", "core", "polygon", "radius", or "extract" for the whole of a file.
    polygon
        In EPSG:4326.
    note
        One sentence that describes it.
    """

    kind: OutlineKind
    polygon: BaseGeometry
    note: str


def parse_boundary(text: str) -> BoundaryChoice:
    """Parse the boundary option of an import.

    Parameters
    ----------
    text
        ``core``; ``admin`` or ``admin:LEVEL``; ``radius:METRES``; or the name of a local GeoJSON
        or GeoPackage file with polygons.

    Raises
    ------
    UsageError
        If a number is missing or out of range.
    InputDataError
        If the file cannot be used.

    Examples
    --------
    >>> parse_boundary("radius:5000").radius_m
    5000.0
    >>> parse_boundary("admin:8").level
    8
    """
    word, _, rest = text.partition(":")
    if text == "core":
        return BoundaryChoice("core")
    if text == "admin" or (word == "admin" and _LEVEL.fullmatch(rest)):
        return BoundaryChoice("admin", level=int(rest) if rest else None)
    if word == "radius":
        radius_m = float(rest) if _METRES.fullmatch(rest) else 0.0
        least, most = RADIUS_RANGE_M
        if not least <= radius_m <= most:
            msg = f"A radius is given in metres, from {least:.0f} to {most:.0f}: radius:5000."
            raise UsageError(msg)
        return BoundaryChoice("radius", radius_m=radius_m)
    if Path(text).suffix.lower() not in _POLYGON_LAYERS:
        msg = (
            f"{text[:80]!r} is no boundary. Give core, admin, admin:LEVEL, radius:METRES, or the "
            "name of a .geojson or .gpkg file with a polygon."
        )
        raise UsageError(msg)
    file = store.local_file(text)
    found = process.ask(process.STREETS, "polygon", {"file": str(file.absolute())}, file=file)
    return from_json(found)


def to_json(choice: BoundaryChoice) -> dict[str, Any]:
    """Return a choice as JSON can hold it."""
    polygon = None if choice.polygon is None else shapely.to_wkb(choice.polygon, hex=True)
    return {**vars(choice), "polygon": polygon}


def from_json(given: Mapping[str, Any]) -> BoundaryChoice:
    """Return the choice that `to_json` gave."""
    polygon = None if given["polygon"] is None else shapely.from_wkb(given["polygon"])
    return BoundaryChoice(**{**given, "polygon": polygon})


def read_polygon(name: str) -> BoundaryChoice:
    """Return the union of the polygons in a GeoJSON or GeoPackage file.

    Runs in the process that reads files of strangers; others call `parse_boundary`.

    Raises
    ------
    InputDataError
        If it is not a plain local file, lacks a coordinate system, or holds no usable polygon.
    """
    path = guard.plain_file(name, max_bytes=_MAX_POLYGON_BYTES)
    no_columns: Collection[str] = ()
    areas = []
    for layer in _POLYGON_LAYERS[path.suffix.lower()](path, no_columns):
        if layer.kind in (None, "polygon"):
            table = layer.load()
            if table.counts["features_across_antimeridian"]:
                raise across_antimeridian(path.name)
            areas += [polygonal(shape) for shape in table.geometry if shape is not None]
    kept = [area for area in areas if area is not None]
    if not kept:
        msg = f"{path.name} has no polygon. Draw the city's area as a polygon and save it again."
        raise InputDataError(msg)
    if len(kept) > 1 and is_tangled(kept):
        msg = f"{path.name} has too many polygons that cross one another. Draw one outline."
        raise InputDataError(msg)
    polygon = shapely.union_all(kept)
    west, _, east, _ = shapely.bounds(polygon)
    if east - west > ANTIMERIDIAN_DEG:
        raise across_antimeridian(path.name)
    return BoundaryChoice("polygon", polygon=polygon, name=clean_text(path.name))


def radius_outline(lon: float, lat: float, radius_m: float) -> Outline:
    """Return a disc around a point as a boundary."""
    note = f"Disc of {radius_m / _M_PER_KM:g} km around the point {lat:.4f}, {lon:.4f}."
    return Outline("radius", disc(lon, lat, radius_m), note)


def polygon_outline(choice: BoundaryChoice) -> Outline:
    """Return a given polygon as a boundary.

    Raises
    ------
    UsageError
        If the choice is another kind of boundary.
    """
    if choice.polygon is None:
        msg = f"The boundary {choice.kind} is no polygon. Give one as a .geojson or .gpkg file."
        raise UsageError(msg)
    return Outline("polygon", choice.polygon, f"Polygon given in the file {choice.name}.")


def admin_outline(lon: float, lat: float, areas: Sequence[AdminArea], level: int | None) -> Outline:
    """Return the smallest administrative area of a town that contains a point.

    Parameters
    ----------
    lon, lat
        Degrees.
    areas
        Areas of the file, at any level.
    level
        The ``admin_level`` to take; None for 5 to 8 (district to municipality).

    Raises
    ------
    InputDataError
        If there is none; the message lists those of other levels.
    """
    point = shapely.Point(lon, lat)
    around = [area for area in areas if area.shape.covers(point)]
    fit = [a for a in around if (a.level == level if level else a.level in _TOWN_LEVELS)]
    around.sort(key=lambda a: a.level)
    listed = ", ".join(f"{a.name or a.osm_id} (level {a.level})" for a in around) or "none"
    if not fit:
        msg = (
            f"The file has no whole administrative area of level {level or '5 to 8'} around "
            f"{lat:.4f}, {lon:.4f}; it has: {listed}. Choose another level, core or radius:METRES."
        )
        raise InputDataError(msg)
    best = min(fit, key=lambda a: (abs(GEOD.geometry_area_perimeter(a.shape)[0]), a.osm_id))
    shape = polygonal(best.shape)
    if shape is None:
        msg = f"The administrative area {best.osm_id} has no extent. Choose another boundary."
        raise InputDataError(msg)
    note = (
        f"Administrative area {best.name or best.osm_id} (admin_level {best.level} in "
        f"OpenStreetMap, {best.osm_id}); around the same point: {listed}."
    )
    return Outline("admin", shape, note[:500])


def core_outline(lon: float, lat: float, segments: FloatArray, *, min_km_per_km2: float) -> Outline:
    """Return the built-up core around a point, or a disc of `FALLBACK_RADIUS_M`.

    Cells of 1 km in the point's UTM zone are built up if they hold at least `min_km_per_km2` of
    street. The core is the connected component (eight neighbours) that contains the point, or the
    nearest one within 5 km, with its holes filled.

    Parameters
    ----------
    lon, lat
        The city's point, degrees.
    segments
        Straight segments of through streets, degrees, shape (N, 4): both ends.
    min_km_per_km2
        `city.built_cell_km_per_km2` of an assumption set.
    """
    crs = pyproj.CRS.from_user_input(metric_crs_of(shapely.Point(lon, lat)))
    to_metres = pyproj.Transformer.from_crs(CRS, crs, always_xy=True)
    x0, y0 = to_metres.transform(lon, lat)
    built, west, south = _built_cells(segments, to_metres, (x0, y0), min_km_per_km2)
    label, number = ndimage.label(built, structure=_EIGHT_NEIGHBOURS)
    if number:
        rows, columns = np.nonzero(built)
        dx = np.maximum(np.abs((columns + 0.5) * CELL_M + west - x0) - CELL_M / 2, 0)
        dy = np.maximum(np.abs((rows + 0.5) * CELL_M + south - y0) - CELL_M / 2, 0)
        distance = np.hypot(dx, dy)
        nearest = int(np.argmin(distance))
        if distance[nearest] <= _NEAREST_CELL_M:
            core = label == label[rows[nearest], columns[nearest]]
            return _core_of(core, (west, south), crs, min_km_per_km2)
    fallback = radius_outline(lon, lat, FALLBACK_RADIUS_M)
    note = (
        f"{fallback.note} No square kilometre within {_NEAREST_CELL_M / _M_PER_KM:g} km of the "
        f"point has {min_km_per_km2:g} km of street, so there is no built-up core to take."
    )
    return Outline("radius", fallback.polygon, note)


def _built_cells(
    segments: FloatArray,
    to_metres: pyproj.Transformer,
    point: tuple[float, float],
    min_km_per_km2: float,
) -> tuple[NDArray[np.bool_], float, float]:
    """Return a mask of built-up cells by row and column, and its south-west corner (x, y)."""
    reach = int(REACH_M // CELL_M)
    west, south = ((v // CELL_M - reach) * CELL_M for v in point)
    size = 2 * reach + 1
    # Spread the length of each segment over samples of about 50 m, and sum it by cell.
    x1, y1 = to_metres.transform(segments[:, 0], segments[:, 1])
    x2, y2 = to_metres.transform(segments[:, 2], segments[:, 3])
    length_m = np.hypot(x2 - x1, y2 - y1)
    parts = np.maximum(1, np.ceil(length_m / _SAMPLE_M)).astype(np.int64)
    of = np.repeat(np.arange(len(parts)), parts)
    share = (np.arange(len(of)) - np.repeat(np.cumsum(parts) - parts, parts) + 0.5) / parts[of]
    column = np.floor((x1[of] + share * (x2 - x1)[of] - west) / CELL_M).astype(np.int64)
    row = np.floor((y1[of] + share * (y2 - y1)[of] - south) / CELL_M).astype(np.int64)
    held = (column >= 0) & (column < size) & (row >= 0) & (row < size)
    length_km = (length_m / parts)[of] / _M_PER_KM
    total = np.bincount((row * size + column)[held], weights=length_km[held], minlength=size * size)
    # A cell measures 1 km2, so kilometres are kilometres per square kilometre.
    return total.reshape(size, size) >= min_km_per_km2, west, south


def _core_of(
    core: NDArray[np.bool_],
    corner: tuple[float, float],
    crs: pyproj.CRS,
    min_km_per_km2: float,
) -> Outline:
    filled = ndimage.binary_fill_holes(core)
    rows, columns = np.nonzero(filled)
    west, south = corner
    cells = shapely.box(
        west + columns * CELL_M, south + rows * CELL_M,
        west + (columns + 1) * CELL_M, south + (rows + 1) * CELL_M,
    )  # fmt: skip
    outline = gpd.GeoSeries([shapely.union_all(cells)], crs=crs).to_crs(CRS).iloc[0]
    edge = core[0].any() or core[-1].any() or core[:, 0].any() or core[:, -1].any()
    cut = f" It is cut {REACH_M / _M_PER_KM:g} km from the city's point." if edge else ""
    note = (
        f"Built-up core: {len(rows)} connected cells of 1 km2, built up from "
        f"{min_km_per_km2:g} km of street per km2 on.{cut}"
    )
    return Outline("core", outline, note)
