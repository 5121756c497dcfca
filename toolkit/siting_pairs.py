"""Streets and cameras of a city as files, put on a plane and described."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from toolkit._errors import InputDataError
from toolkit.sources import columns, tables
from toolkit.sources.extract import metric_crs_of
from toolkit.street_features import StreetPoints, street_points, without_duplicates
from toolkit.street_layers import StreetLayers, metric_xy, pack_layers
from toolkit.streets import Pack

FloatArray = NDArray[np.float64]

MOST_OFFSET_M: Final = 60.0
"""A camera farther than this from every street is not one of this network."""
PIECE_M: Final = 10.0


@dataclass(frozen=True)
class CityPair:
    """Streets of a city as described points, and its cameras.

    Attributes
    ----------
    points
        Pieces of street of about 10 m.
    camera_xy_m
        Cameras within 60 m of a street, shape (N, 2), in the frame of the points.
    offset_m
        Distance of each from the nearest point of a street, shape (N,).
    nearest
        Index of the piece each is nearest to, shape (N,).
    direction_deg
        Where each looks, clockwise from north, NaN where not known, shape (N,). North of the plane
        is within 3 degrees of true north in most of the world, less than lists are good to.
    n_left_out
        Cameras farther away.
    n_without_place
        Rows of the list without coordinates that can be used.
    """

    points: StreetPoints
    camera_xy_m: FloatArray
    offset_m: FloatArray
    nearest: NDArray[np.int64]
    direction_deg: FloatArray
    n_left_out: int
    n_without_place: int = 0


def read_pair(
    streets: str | os.PathLike[str], cameras: str | os.PathLike[str], *, piece_m: float = PIECE_M
) -> CityPair:
    """Read a file of streets with a ``highway`` column and one of camera points.

    Raises
    ------
    InputDataError
        If a file cannot be read, has no street with a class, or no camera is near one.
    """
    return make_pair(*read_files(streets, cameras), piece_m=piece_m)


def read_files(
    streets: str | os.PathLike[str], cameras: str | os.PathLike[str]
) -> tuple[StreetLayers, FloatArray, FloatArray]:
    """Return streets, camera points and directions of two files, in the UTM zone of the streets."""
    layers, crs = _street_layers(streets)
    change = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    lon_lat, direction_deg = tables.read_cameras(cameras)
    xy = np.column_stack(change.transform(lon_lat[:, 0], lon_lat[:, 1]))
    return layers, xy, direction_deg


def make_pair(
    layers: StreetLayers,
    camera_xy_m: FloatArray,
    direction_deg: FloatArray | None = None,
    *,
    piece_m: float = PIECE_M,
) -> CityPair:
    """Put cameras to the streets they are nearest to.

    Parameters
    ----------
    layers
        The streets.
    camera_xy_m
        Shape (N, 2), not finite where a row has no place.
    direction_deg
        Where each looks, clockwise from north, NaN where not known, shape (N,); by default not
        known of any.
    piece_m
        About how long a piece of street is.

    Raises
    ------
    InputDataError
        If no camera is within 60 m of a street.
    """
    points = street_points(layers, piece_m)
    finite = np.isfinite(camera_xy_m).all(axis=1)
    xy = camera_xy_m[finite]
    looks = np.full(len(xy), np.nan) if direction_deg is None else direction_deg[finite]
    tree = shapely.STRtree(layers.lines)
    near = shapely.points(xy)
    index, offset = tree.query_nearest(
        near, max_distance=MOST_OFFSET_M, return_distance=True, all_matches=False
    )
    if not len(offset):
        msg = (
            "No camera is within 60 m of a street. Check that both files show the same city and "
            "name the right coordinate system."
        )
        raise InputDataError(msg)
    kept = xy[index[0]]
    nearest = np.asarray(cKDTree(points.xy_m).query(kept)[1], dtype=np.int64)
    return CityPair(
        points,
        kept,
        np.asarray(offset, dtype=float),
        nearest,
        looks[index[0]],
        n_left_out=len(xy) - len(kept),
        n_without_place=int((~finite).sum()),
    )


def pack_pair(pack: Pack, *, piece_m: float = PIECE_M) -> CityPair:
    """Return a city pack with its mapped cameras."""
    return make_pair(*pack_files(pack), piece_m=piece_m)


def pack_files(pack: Pack) -> tuple[StreetLayers, FloatArray, FloatArray]:
    """Return the streets of a pack, its mapped cameras and directions, in the frame of the pack."""
    direction_deg = pack.cameras["direction_deg"].to_numpy(dtype=float)
    return pack_layers(pack), metric_xy(pack.cameras, pack.manifest.crs), direction_deg


def _street_layers(path: str | os.PathLike[str]) -> tuple[StreetLayers, str]:
    file = tables.load_tables(path)
    if not len(file.drawn.lines):
        msg = (
            f"{file.name} holds no line on earth. Save the streets as lines, best in longitude and "
            "latitude (WGS84)."
        )
        raise InputDataError(msg)
    highway = [columns.street_class(tags.get("highway"))[0] for tags in file.drawn.tags]
    kept = np.array([value is not None for value in highway], dtype=np.bool_)
    if not kept.any() or not any("highway" in tags for tags in file.drawn.tags):
        msg = f"{file.name} has no street with a highway class. Give one with such a column."
        raise InputDataError(msg)
    lines = file.drawn.lines[kept]
    crs = metric_crs_of(shapely.box(*shapely.total_bounds(lines)))
    change = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    lines = shapely.transform(
        lines, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1]))
    )
    once = without_duplicates(lines)
    names = [value for value in highway if value is not None]
    return StreetLayers(lines[once], [n for n, keep in zip(names, once, strict=True) if keep]), crs
