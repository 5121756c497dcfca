"""Tables of streets on a small grid, written in each of the formats."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

LON, LAT, STEP = 96.0, 16.0, 0.001


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(LON + x * STEP, LAT + y * STEP) for x, y in points])


def frame(lines: list[Any], **values: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(values, geometry=lines, crs="EPSG:4326")


CROSS = [line((-1, 0), (1, 0)), line((0, -1), (0, 1))]


def write_gpkg(table: gpd.GeoDataFrame, path: Path) -> Path:
    table.to_file(path.with_suffix(".gpkg"), driver="GPKG", layer="streets")
    return path.with_suffix(".gpkg")


def write_geojson(table: gpd.GeoDataFrame, path: Path) -> Path:
    # All digits, so that points which were one remain one.
    table.to_file(path.with_suffix(".geojson"), driver="GeoJSON", COORDINATE_PRECISION=15)
    return path.with_suffix(".geojson")


def write_parquet(table: gpd.GeoDataFrame, path: Path) -> Path:
    table.to_parquet(path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def write_shp(table: gpd.GeoDataFrame, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names of columns are cut at ten characters
        table.to_file(path.with_suffix(".shp"), driver="ESRI Shapefile", encoding="utf-8")
    return path.with_suffix(".shp")


def write_zip(table: gpd.GeoDataFrame, path: Path) -> Path:
    shp = write_shp(table, path)
    with zipfile.ZipFile(path.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for part in shp.parent.glob(f"{shp.stem}.*"):
            if part.suffix != ".zip":
                archive.write(part, f"folder/{part.name}")
    return path.with_suffix(".zip")


Write = Callable[[gpd.GeoDataFrame, Path], Path]
FORMATS: dict[str, Write] = {
    "gpkg": write_gpkg,
    "geojson": write_geojson,
    "parquet": write_parquet,
    "shp": write_shp,
    "zip": write_zip,
}


def square(column: float, row: float, size: float = 0.2) -> shapely.Polygon:
    x, y = LON + column * STEP, LAT + row * STEP
    return shapely.box(x, y, x + size * STEP, y + size * STEP)
