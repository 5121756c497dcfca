"""Background of the map: shapes below the streets, and names that are not those of streets."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from toolkit.base.clean_text import clean_text

AREAS: Final = {"parks": "park", "water": "water"}
"""Sets of areas that the browser draws, and their kinds."""
LINES: Final = {"railways": "railway", "waterways": "waterway"}
"""Sets of lines that the browser draws, and their kinds."""
NAMES: Final = ("name", "name_en", "name_my")
_NAMED: Final = ("quarter", "landmark", "water", "waterway", "park")
"""Kinds whose names are drawn and found, the most important first; railways have stations."""
_M_PER_DEG: Final = 111_320.0
_SAME_DEG: Final = 0.002
"""A place and a landmark of one name within this (200 m) are one."""


def of_kind(background: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
    """Return the rows of a kind."""
    return background[background["kind"] == kind]


def labels(background: gpd.GeoDataFrame) -> tuple[list[dict[str, Any]], NDArray[np.object_]]:
    """Return what has a name, the most important first, and where each name belongs.

    Parameters
    ----------
    background
        Layer "background" of a pack.

    Returns
    -------
    rows
        Of each its `kind`, `rank`, `names` (own, English, Burmese; empty where not known) and `m`,
        its size in metres, 0 for points.
    points
        In EPSG:4326.
    """
    found = background[background["kind"].isin(_NAMED)]
    texts = found[list(NAMES)].map(lambda v: "" if pd.isna(v) else clean_text(str(v)) or "")
    shapes = found.geometry.to_numpy()
    table = texts.assign(
        kind=found["kind"], rank=found["rank"], size_m=_size_m(shapes), row=np.arange(len(found))
    )
    table = table[(texts != "").any(axis=1)]
    table["order"] = table["kind"].map(_NAMED.index)
    table = table.sort_values(
        ["order", "rank", "size_m", "row"], ascending=[True, True, False, True]
    )
    # A river or park in several pieces has its name once, at the largest.
    spread = ~table["kind"].isin(["quarter", "landmark"])
    table = table[~(spread & table.duplicated(["kind", *NAMES]))]
    rows = [
        {"kind": str(row.kind), "rank": int(row.rank), "m": int(row.size_m), "names": list(names)}
        for row, names in zip(
            table.itertuples(), table[list(NAMES)].itertuples(index=False), strict=True
        )
    ]
    return rows, _middles(shapes[table["row"].to_numpy()])


def without_repeated_names(
    places: gpd.GeoDataFrame, background: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return places without the names that the background has, too."""
    if not len(places) or not len(background):
        return places
    at, other = shapely.STRtree(background.geometry.to_numpy()).query(
        places.geometry.to_numpy(), "dwithin", _SAME_DEG
    )
    own, theirs = places["name"].to_numpy(dtype=object), background["name"].to_numpy(dtype=object)
    same = [a for a, b in zip(at, other, strict=True) if own[a] == theirs[b]]
    names = own.copy()
    names[same] = None
    return places.assign(name=names)


def _size_m(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the side of a square as large as an area, and half the length of a line."""
    y = np.nan_to_num(shapely.get_y(shapely.centroid(shapes)))
    side = np.sqrt(shapely.area(shapes) * np.cos(np.radians(y)))
    line = np.isin(shapely.get_dimensions(shapes), [1])
    return np.where(line, shapely.length(shapes) / 2, side) * _M_PER_DEG


def _middles(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return a point on each shape, on its largest part."""
    found = []
    for shape in shapes:
        parts = shapely.get_parts(shape)
        part = max(parts, key=lambda one: (one.area, one.length))
        line = part.geom_type == "LineString"
        found.append(
            part.interpolate(0.5, normalized=True) if line else part.representative_point()
        )
    return np.array(found, dtype=object)
