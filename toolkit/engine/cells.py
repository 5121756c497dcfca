"""Exposure by cell of a metric grid: the street map at a coarser resolution.

The figure of a cell is the probability that a random place along its streets is exposed: per draw
the length-weighted mean of its street points. The interval is that of the draws of this mean,
never made from the intervals of points: where one gains what another loses, the mean is more
certain than either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from toolkit.base.arrays import Float32Array, FloatArray, IntArray
from toolkit.base.quantity import INTERVAL
from toolkit.base.terms import TIERS, exposure_class
from toolkit.engine import closed_form, pairs_by_point, site_chance
from toolkit.streets import street_points

_CRS: Final = "EPSG:4326"
_BLOCK_POINTS: Final = 20_000
"""Street points evaluated at once: their pairs with sites take about 10 MB."""


@dataclass(frozen=True)
class Grid:
    """The cells in which street points lie.

    Attributes
    ----------
    corner_m
        South-west corner of each cell, east and north, shape (C, 2); from south to north, then
        from west to east.
    cell
        Cell of each point, shape (P,).
    size_m
        Side of a cell in metres.
    """

    corner_m: FloatArray
    cell: IntArray
    size_m: float

    def squares(self) -> NDArray[np.object_]:
        """Return each cell as a polygon."""
        corners = (*self.corner_m.T, *(self.corner_m + self.size_m).T)
        return np.asarray(shapely.box(*corners), dtype=object)


def grid(xy_m: FloatArray, size_m: float) -> Grid:
    """Return the cells of a grid aligned with the origin of the metric CRS.

    A cell then has the same place in every export of a city.

    Parameters
    ----------
    xy_m
        Points in metres, shape (P, 2).
    size_m
        Side of a cell in metres.

    Examples
    --------
    >>> import numpy as np
    >>> found = grid(np.array([[120.0, 60.0], [10.0, 60.0], [130.0, 90.0]]), 100.0)
    >>> found.corner_m.tolist(), found.cell.tolist()
    ([[0.0, 0.0], [100.0, 0.0]], [1, 0, 1])
    """
    steps = np.floor(xy_m / size_m).astype(np.int64)
    north_east, cell = np.unique(steps[:, ::-1], axis=0, return_inverse=True)
    corner_m = np.asarray(north_east[:, ::-1] * size_m, dtype=float)
    return Grid(corner_m, cell.reshape(-1).astype(np.int64), size_m)


def cell_frame(
    points: street_points.LinePieces,
    known: NDArray[np.bool_],
    rows: pairs_by_point.PointRows,
    chance: site_chance.SiteChance,
    views: Float32Array,
    *,
    crs: str,
    size_m: float,
) -> gpd.GeoDataFrame:
    """Return the exposure of each cell that has a street.

    Parameters
    ----------
    points, known
        Street points, and whether the model has an answer at each.
    rows, chance, views
        As for `closed_form.summarise`.
    crs
        Metric CRS of the points.
    size_m
        Side of a cell in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        Squares in EPSG:4326 with `cell_id`, `cell_m`, `street_m` (length of street in the cell),
        `unknown_share` (of that length), and per tier `{tier}_low`, `{tier}_mid`, `{tier}_high`
        (5 % quantile, mean and 95 % quantile over the draws; NaN where unknown) and
        `{tier}_class`.
    """
    cells = grid(points.xy, size_m)
    n_cells = len(cells.corner_m)
    street_m = np.bincount(cells.cell, weights=points.length, minlength=n_cells)
    known_m = np.bincount(cells.cell[known], weights=points.length[known], minlength=n_cells)
    figures = np.full((3, n_cells, len(TIERS)), np.nan)
    for block in _blocks(cells.cell, np.flatnonzero(known)):
        numbers, local = np.unique(cells.cell[block], return_inverse=True)
        mean = closed_form.summarise(
            rows.take(block),
            chance,
            views,
            points.length[block],
            local.reshape(-1).astype(np.int64),
            len(numbers),
        ).group_mean.astype(float)
        low, high = np.quantile(mean, (INTERVAL[0], INTERVAL[2]), axis=2)
        mid = mean.mean(axis=2)
        figures[:, numbers] = low, mid, np.maximum(mid, high)
    frame = gpd.GeoDataFrame(
        {
            "cell_id": _ids(cells, crs),
            "cell_m": np.full(n_cells, size_m),
            "street_m": street_m,
            "unknown_share": np.clip(1.0 - known_m / street_m, 0.0, 1.0),
        },
        geometry=cells.squares(),
        crs=crs,
    ).to_crs(_CRS)
    low, mid, high = figures
    for t, tier in enumerate(TIERS):
        frame[f"{tier}_low"], frame[f"{tier}_mid"] = low[:, t], mid[:, t]
        frame[f"{tier}_high"] = high[:, t]
        frame[f"{tier}_class"] = [
            exposure_class(a, b) for a, b in zip(low[:, t], high[:, t], strict=True)
        ]
    return frame


def _blocks(cell: IntArray, chosen: IntArray) -> Iterator[IntArray]:
    """Yield the chosen points by cell, in blocks of whole cells."""
    order = chosen[np.argsort(cell[chosen], kind="stable")]
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    first = 0
    while first < len(order):
        later = starts[starts > first + _BLOCK_POINTS]
        end = int(later[0]) if len(later) else len(order)
        yield order[first:end]
        first = end


def _ids(cells: Grid, crs: str) -> list[str]:
    """Return the code of each cell: reference system, side, and south-west corner.

    Written as in the grids of Eurostat (GISCO, field GRD_ID).
    """
    code = pyproj.CRS(crs).to_epsg()
    system = f"CRS{code}" if code else "CRSown"
    return [
        f"{system}RES{cells.size_m:g}mN{north:.10g}E{east:.10g}" for east, north in cells.corner_m
    ]
