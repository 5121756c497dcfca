"""Streaming reader of OpenStreetMap files of any size: one pass for any number of places.

osmium reads the file, joins coordinates to ways and assembles multipolygons; objects without a
relevant tag never reach Python. Memory holds the coordinates of every node of the file (16 bytes
each), and otherwise only what lies in the requested boxes.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from toolkit.base import store
from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError
from toolkit.base.terms import StepProgress, no_progress
from toolkit.streets.readers.extract import AdminArea, Extract
from toolkit.streets.readers.osm import tags
from toolkit.streets.readers.osm.collector import Collector
from toolkit.streets.readers.osm.layers import extract_of, limits_of, street_box
from toolkit.streets.readers.osm.region import Limits, Region, TagTable

_FORMATS: Final = {
    ".osm.pbf": "pbf", ".pbf": "pbf", ".osm": "osm", ".osm.gz": "osm.gz", ".osm.bz2": "osm.bz2",
    ".osm.xml": "osm", ".osm.xml.gz": "osm.gz", ".osm.xml.bz2": "osm.bz2",
}  # fmt: skip
"""Format of a file by the end of its name, in the words of osmium."""
SUFFIXES: Final = tuple(_FORMATS)
"""Suffixes of OpenStreetMap files."""
_KEYS: Final = tuple(sorted({"highway", "building", "man_made", *tags.PLACE_KEYS}))
_AREA_KEYS: Final = ("building", *tags.PLACE_KEYS)
_INDEX: Final = ("sparse_mmap_array", "flex_mem")
"""Types of location index, best first: the first grows without copying, but only on Linux."""
_REPORT_EVERY_S: Final = 0.5
_MAX_WHOLE_VERTICES: Final = 4_000_000
"""Maximum street vertices of a pack without a boundary, about ten times Porto."""


@dataclass(frozen=True)
class OsmFile:
    """Result of one pass over a file.

    Attributes
    ----------
    name
        Name of the file, without folder.
    box
        Bounding box of the header in EPSG:4326, or None.
    stamp
        Time of the data as in the header, or "".
    sha256
        Hash of the file.
    regions
        Collected data, in the order of the limits.
    areas
        Administrative areas that contain a requested point.
    """

    name: str
    box: BaseGeometry | None
    stamp: str
    sha256: str
    regions: list[Region]
    areas: tuple[AdminArea, ...]


def is_osm_name(name: str) -> bool:
    """Return whether a file name has a suffix of OpenStreetMap data."""
    return name.lower().endswith(SUFFIXES)


def _opened(file: Path) -> Any:  # noqa: ANN401
    """Return a file with its format, which osmium would guess from the last suffix alone."""
    name = file.name.lower()
    suffix = max((s for s in SUFFIXES if name.endswith(s)), key=len, default="")
    return osmium.io.File(str(file), _FORMATS.get(suffix, ""))


def header_box(path: str | os.PathLike[str]) -> BaseGeometry | None:
    """Return the bounding box in the header of an OpenStreetMap file, None if it has none.

    Raises
    ------
    InputDataError
        If it is not an OpenStreetMap file.
    """
    file = store.local_file(path)
    with _explained(file):
        return _box(osmium.FileProcessor(_opened(file)).header)


def read_osm(
    path: str | os.PathLike[str],
    *,
    boundary: BaseGeometry | None = None,
    progress: StepProgress | None = None,
) -> Extract:
    """Read streets, junctions, buildings, places and mapped cameras from an OpenStreetMap file.

    Parameters
    ----------
    path
        A local file with one of `SUFFIXES`.
    boundary
        Polygon in EPSG:4326 to which everything is clipped. None takes the bounding box of the
        header, or that of the streets if the header has none.
    progress
        Called about twice a second.

    Raises
    ------
    InputDataError
        If it is not an OpenStreetMap file, is damaged, is a history file, or has no street
        inside the boundary.
    """
    limits = None if boundary is None else limits_of(boundary)
    read = read_regions(path, [limits], progress=progress)
    kind = "extract" if boundary is None else "given"
    made = region_extract(read, read.regions[0], boundary, kind)
    if made is None:
        msg = f"{read.name} has no streets inside the boundary. Is it the right place?"
        raise InputDataError(msg)
    return made


def region_extract(
    read: OsmFile, region: Region, boundary: BaseGeometry | None, kind: str
) -> Extract | None:
    """Return the content of a region inside a boundary, None if it has no street there.

    Without a boundary the whole region is taken, as in `read_osm`.
    """
    if boundary is None:
        boundary = read.box if read.box is not None else street_box(region)
    if boundary is None:
        return None
    return extract_of(region, boundary, kind, stamp=read.stamp, sha256=read.sha256)


def read_regions(
    path: str | os.PathLike[str],
    limits: Sequence[Limits | None],
    *,
    admin_points: Sequence[shapely.Point] = (),
    progress: StepProgress | None = None,
) -> OsmFile:
    """Collect the content of several boxes in one pass over an OpenStreetMap file.

    Parameters
    ----------
    path
        A local file.
    limits
        Boxes in 1e-7 degrees; None for the whole file.
    admin_points
        Points in EPSG:4326 whose administrative areas are collected, too.
    progress
        Called about twice a second.

    Raises
    ------
    InputDataError
        If it is not an OpenStreetMap file, is damaged, is a history file, or is too large to be
        taken whole.
    """
    file = store.local_file(path)
    table = TagTable()
    regions = [Region(limits=box, table=table) for box in limits]
    say = progress or no_progress
    say(f"{file.name}: checking the file", None)
    digest = store.sha256_file(file)
    with _explained(file):
        processor = osmium.FileProcessor(_opened(file))
        header = processor.header
        stamp, box = header.get("osmosis_replication_timestamp"), _box(header)
        collector = Collector(regions, points=tuple(admin_points), dated=bool(stamp))
        _stream(processor, collector, file.name, say)
    if header.has_multiple_object_versions:
        msg = f"{file.name} holds the history of objects. Use a file of the present state."
        raise InputDataError(msg)
    return OsmFile(file.name, box, stamp, digest, regions, tuple(collector.areas))


def _stream(processor: Any, collector: Collector, name: str, say: StepProgress) -> None:  # noqa: ANN401
    keys = _KEYS
    area_keys: tuple[str, ...] = _AREA_KEYS
    if collector.points:
        keys, area_keys = (*keys, "boundary"), (*area_keys, "boundary")
    index = next(kind for kind in _INDEX if kind in osmium.index.map_types())
    stream = processor.with_locations(index).with_areas(osmium.filter.KeyFilter(*area_keys))
    say(f"{name}: reading relations", None)
    due = time.monotonic() + _REPORT_EVERY_S
    for number, item in enumerate(stream.with_filter(osmium.filter.KeyFilter(*keys))):
        collector.take(item)
        if not number & 0xFFF:
            now = time.monotonic()
            if now >= due:
                due = now + _REPORT_EVERY_S
                say(f"{name}: {number:,} objects of interest read", None)
                _check_size(collector, name)
    _check_size(collector, name)
    collector.finish()


def _check_size(collector: Collector, name: str) -> None:
    whole = [region for region in collector.regions if region.limits is None]
    if any(len(region.ways.x) > _MAX_WHOLE_VERTICES for region in whole):
        msg = (
            f"{name} is too large to become one pack: it has more than {_MAX_WHOLE_VERTICES:,} "
            "street vertices. Name a city or a boundary."
        )
        raise InputDataError(msg)


def _box(header: Any) -> BaseGeometry | None:  # noqa: ANN401
    box = header.box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return shapely.box(low.lon, low.lat, high.lon, high.lat) if box.size() > 0 else None


@contextlib.contextmanager
def _explained(file: Path) -> Iterator[None]:
    """Turn exceptions of osmium into one sentence that names the file."""
    try:
        yield
    except InputDataError:
        raise
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        msg = (
            f"{file.name} cannot be read as OpenStreetMap data ({clean_text(str(error))}). "
            "It may be cut short, not sorted by id, or of another kind: fetch it again."
        )
        raise InputDataError(msg) from error
