"""Cities with known cameras: street points with features, and the cameras near them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError
from toolkit.base.terms import StepProgress
from toolkit.siting.features import StreetPoints, describe_points, without_duplicates
from toolkit.siting.surroundings import (
    StreetLayers,
    inventory,
    lanes_or_none,
    metric_xy,
    pack_layers,
)
from toolkit.siting.validation import second_file, through_json
from toolkit.streets.pack import Pack
from toolkit.streets.readers import process
from toolkit.streets.readers.extract import metric_crs_of
from toolkit.streets.readers.osm import tags as rules
from toolkit.streets.readers.tables import build as street_lines
from toolkit.streets.readers.tables import columns, read
from toolkit.streets.readers.tables.build import StreetFile

_JOBS: Final = "toolkit.siting.validation.reader_jobs"
MAX_OFFSET_M: Final = 60.0
"""A camera farther than this from every street does not belong to the network."""
PIECE_M: Final = 10.0
_WIDEST_DEG: Final = 6.0
"""Maximum extent: that of a UTM zone, beyond which projected lengths are distorted."""
_LEFT_OUT: Final = {
    "without_geometry": "features_without_geometry",
    "outside_world": "features_outside_world",
    "across_180_degrees": "features_across_antimeridian",
    "neither_line_nor_point_nor_area": "features_of_other_kinds",
    "without_length": "lines_without_length",
}
"""Count of the reader by reason why a row cannot be used."""


@dataclass(frozen=True)
class CityPair:
    """Street points of a city with features, and its cameras.

    Attributes
    ----------
    points
        Street pieces of about 10 m.
    camera_xy_m
        Cameras within 60 m of a street, shape (N, 2), in the frame of the points.
    offset_m
        Distance of each from the nearest point of a street, shape (N,).
    nearest
        Index of the nearest piece of each, shape (N,).
    direction_deg
        Direction of each, clockwise from north, NaN where not known, shape (N,). Grid north is
        within 3 degrees of true north in most of the world, a smaller error than that of lists.
    n_left_out
        Number of cameras farther away.
    n_without_place
        Number of rows of the list without usable coordinates.
    layers
        Known layers, see `surroundings.inventory`.
    streets_left_out
        Number of unusable street rows, by reason.
    n_without_class
        Number of lines without a known class, which count as minor.
    """

    points: StreetPoints
    camera_xy_m: FloatArray
    offset_m: FloatArray
    nearest: NDArray[np.int64]
    direction_deg: FloatArray
    n_left_out: int
    n_without_place: int = 0
    layers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    streets_left_out: Mapping[str, int] = field(default_factory=dict)
    n_without_class: int = 0


def read_pair(
    streets: str | os.PathLike[str],
    cameras: str | os.PathLike[str],
    *,
    places: str | os.PathLike[str] | None = None,
    piece_m: float = PIECE_M,
) -> CityPair:
    """Read a street file with a ``highway`` column and a file of camera points.

    Lights, places and bridges are read where present, by the rules of city packs.

    Parameters
    ----------
    streets, cameras
        Files.
    places
        File of lights and places, or an OpenStreetMap or OSMnx file of the same city (see
        `second_file`); by default the layers of the street file.
    piece_m
        Target length of a street piece.

    Raises
    ------
    InputDataError
        If a file cannot be read, no street has a class, or no camera is near a street.
    """
    found = read_files(streets, cameras, places)
    try:
        return make_pair(*found, piece_m=piece_m)
    except InputDataError as error:
        names = " and ".join(clean_text(Path(os.fspath(f)).name) or "" for f in (streets, cameras))
        msg = f"{names}: {error}"
        raise InputDataError(msg) from error


def read_files(
    streets: str | os.PathLike[str],
    cameras: str | os.PathLike[str],
    places: str | os.PathLike[str] | None = None,
) -> tuple[StreetLayers, FloatArray, FloatArray]:
    """Return the streets, camera points and directions of files, in the UTM zone of the streets.

    They are read in a process of their own, see `toolkit.streets.readers.process`.
    """
    files = [store.local_file(f) for f in (streets, cameras, *([] if places is None else [places]))]
    names = [*(str(file.absolute()) for file in files), None]
    given = dict(zip(("streets", "cameras", "places"), names, strict=False))
    read = process.ask(_JOBS, "city", given, file=files[0])
    found = [through_json.unpacked(read[name]) for name in ("xy", "direction_deg")]
    return through_json.layers_of(read["layers"]), found[0], found[1]


def load_files(
    streets: str | os.PathLike[str],
    cameras: str | os.PathLike[str],
    places: str | os.PathLike[str] | None = None,
    *,
    progress: StepProgress | None = None,
) -> tuple[StreetLayers, FloatArray, FloatArray]:
    """Do the work of `read_files` in this process."""
    layers, crs = _street_layers(streets, places, progress)
    change = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    lon_lat, direction_deg = read.read_cameras(cameras)
    xy = np.column_stack(change.transform(lon_lat[:, 0], lon_lat[:, 1]))
    return layers, xy, direction_deg


def make_pair(
    layers: StreetLayers,
    camera_xy_m: FloatArray,
    direction_deg: FloatArray | None = None,
    *,
    piece_m: float = PIECE_M,
) -> CityPair:
    """Match cameras to their nearest streets.

    Parameters
    ----------
    layers
        Streets and their surroundings.
    camera_xy_m
        Cameras, not finite where a row has no position, shape (N, 2).
    direction_deg
        Direction of each, clockwise from north, NaN where not known, shape (N,); by default not
        known for any.
    piece_m
        Target length of a street piece.

    Raises
    ------
    InputDataError
        If no camera is within 60 m of a street.
    """
    points = describe_points(layers, piece_m)
    finite = np.isfinite(camera_xy_m).all(axis=1)
    xy = camera_xy_m[finite]
    looks = np.full(len(xy), np.nan) if direction_deg is None else direction_deg[finite]
    tree = shapely.STRtree(layers.lines)
    near = shapely.points(xy)
    index, offset = tree.query_nearest(
        near, max_distance=MAX_OFFSET_M, return_distance=True, all_matches=False
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
        layers=inventory(layers),
        streets_left_out=layers.left_out,
        n_without_class=layers.n_without_class,
    )


def pack_pair(pack: Pack, *, piece_m: float = PIECE_M) -> CityPair:
    """Return the street points of a city pack with its mapped cameras."""
    return make_pair(*pack_files(pack), piece_m=piece_m)


def pack_files(pack: Pack) -> tuple[StreetLayers, FloatArray, FloatArray]:
    """Return the streets, mapped cameras and directions of a pack, in its metric CRS."""
    direction_deg = pack.cameras["direction_deg"].to_numpy(dtype=float)
    return pack_layers(pack), metric_xy(pack.cameras, pack.manifest.crs), direction_deg


def _street_layers(
    path: str | os.PathLike[str],
    places: str | os.PathLike[str] | None,
    progress: StepProgress | None,
) -> tuple[StreetLayers, str]:
    others = places if places is not None and second_file.is_extract(places) else None
    file = read.load_tables(path, places=None if others is not None else places, progress=progress)
    if not len(file.streets.lines):
        lost = _left_out(file, ()).items()
        why = ", ".join(f"{reason.replace('_', ' ')} {number}" for reason, number in lost)
        msg = (
            f"{file.name} holds no line on earth{why and f' (left out: {why})'}. Save the streets "
            "as lines, best in longitude and latitude (WGS84)."
        )
        raise InputDataError(msg)
    judged = [columns.street_class(tags.get("highway")) for tags in file.streets.tags]
    if not any(value is not None and counted is None for value, counted in judged):
        raise _no_class(file)
    highway = [value for value, _ in judged]
    kept = np.array([value is not None for value in highway], dtype=np.bool_)
    lines = file.streets.lines[kept]
    _check_width(file.name, lines)
    crs = metric_crs_of(shapely.box(*shapely.total_bounds(lines)))
    change = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    lines = shapely.transform(
        lines, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1]))
    )
    once = without_duplicates(lines)
    index = np.flatnonzero(kept)[once]
    found = StreetLayers(
        lines[once],
        [highway[i] or "" for i in index],
        bridge=_flags(file, index, "bridge", rules.is_bridge),
        oneway=_flags(file, index, "oneway", lambda tags: rules.oneway(tags) != 0),
        lanes=lanes_or_none(np.array([rules.lanes(file.streets.tags[i]) for i in index])),
        left_out=_left_out(file, highway),
        n_without_class=sum(value is not None and counted is not None for value, counted in judged),
    )
    if others is not None:
        west, south, east, north = shapely.total_bounds(file.streets.lines[kept]).tolist()
        extract = second_file.read_extract(others, (west, south, east, north), progress=progress)
        return second_file.with_extract(found, extract, crs), crs
    return _with_points(found, file, change), crs


def _no_class(file: StreetFile) -> InputDataError:
    given = {tags["highway"] for tags in file.streets.tags if "highway" in tags}
    if not given:
        msg = (
            f"{file.name} has no street with a value in a column highway. Give one with the "
            "classes of OpenStreetMap, such as primary or residential."
        )
        return InputDataError(msg)
    shown = ", ".join(repr((clean_text(v) or "")[:30]) for v in sorted(given)[:5])
    msg = (
        f"{file.name} has no street with a known class: its column highway says {shown}. Use the "
        "classes of OpenStreetMap, such as primary or residential."
    )
    return InputDataError(msg)


def _check_width(name: str, lines: NDArray[np.object_]) -> None:
    west, _, east, _ = shapely.total_bounds(lines)
    if east - west > _WIDEST_DEG:
        msg = (
            f"The streets in {name} reach over {east - west:.1f} degrees of longitude, from "
            f"{west:.2f} to {east:.2f}. Some positions are wrong, lie on both sides of 180 "
            "degrees, or are of more than one city: cut the file to one city."
        )
        raise InputDataError(msg)


def _flags(
    file: StreetFile,
    index: NDArray[np.int64],
    tag: str,
    rule: Callable[[Mapping[str, str]], bool],
) -> NDArray[np.bool_] | None:
    """Apply a rule to the tags of lines; None if no line of the file has the tag."""
    if not any(tag in tags for tags in file.streets.tags):
        return None
    return np.array([rule(file.streets.tags[i]) for i in index], dtype=np.bool_)


def _left_out(file: StreetFile, highway: Sequence[str | None]) -> dict[str, int]:
    counts = {reason: file.street_counts.get(name, 0) for reason, name in _LEFT_OUT.items()}
    counts["class_of_no_street"] = sum(value is None for value in highway)
    return {reason: number for reason, number in counts.items() if number}


def _with_points(
    layers: StreetLayers, file: StreetFile, change: pyproj.Transformer
) -> StreetLayers:
    """Add the lights and places of a file to its streets.

    As in a pack, lights are signalled junctions, and a file without a single light or place near
    its streets counts as lacking that layer.
    """

    def metric(shapes: Sequence[Any]) -> FloatArray:
        lon_lat = shapely.get_coordinates(np.asarray(shapes, dtype=object)).reshape(-1, 2)
        return np.column_stack(change.transform(lon_lat[:, 0], lon_lat[:, 1]))

    if file.others.signals:
        junctions = street_lines.build(file).layers.junctions
        lit = junctions.geometry[junctions["signals"].to_numpy(dtype=bool)].to_list()
        layers = replace(layers, signal_xy_m=metric(lit) if lit else None)
    rows = file.others.places or []
    xy = metric([row["geometry"] for row in rows])
    return second_file.with_places(layers, xy, [row["kind"] for row in rows])
