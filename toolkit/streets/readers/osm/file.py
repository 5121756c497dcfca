"""Streaming reader of OpenStreetMap files of any size: one pass for any number of places.

osmium reads the file, joins coordinates to ways and assembles multipolygons; objects without a
relevant tag never reach Python. Memory holds the coordinates of every node of the file (16 bytes
each), and otherwise only what lies in the requested boxes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import osmium
import psutil
import shapely
from shapely.geometry.base import BaseGeometry

from toolkit.base.errors import InputDataError
from toolkit.base.terms import StepProgress, no_progress
from toolkit.streets.readers.extract import AdminArea, Extent, Extract
from toolkit.streets.readers.osm import background_tags, tags
from toolkit.streets.readers.osm.box import box_of, whole_box
from toolkit.streets.readers.osm.collector import Collector
from toolkit.streets.readers.osm.layers import extract_of, limits_of
from toolkit.streets.readers.osm.region import Limits, Region, TagTable
from toolkit.streets.readers.osm.source import FORMATS, OsmSource, explained, open_osm
from toolkit.streets.readers.osm.tidy import OrderCheck, UntidyError

SUFFIXES: Final = tuple(FORMATS)
"""Suffixes of OpenStreetMap files."""
_AREA_KEYS: Final = ("building", *tags.PLACE_KEYS, *background_tags.AREA_KEYS)
_NOT_NODES: Final = osmium.osm.WAY | osmium.osm.RELATION | osmium.osm.AREA
_REPORT_EVERY_S: Final = 0.5
_N_READS: Final = 2
"""How often osmium reads a file from which it joins areas."""
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


def read_osm(
    path: str | os.PathLike[str] | OsmSource,
    *,
    boundary: BaseGeometry | None = None,
    extent: Extent = "box",
    progress: StepProgress | None = None,
) -> Extract:
    """Read streets, junctions, buildings, places and mapped cameras from an OpenStreetMap file.

    Parameters
    ----------
    path
        A local file with one of `SUFFIXES`, or JSON of Overpass; or one opened already.
    boundary
        Polygon in EPSG:4326 to which everything is clipped. None takes that of the extent.
    extent
        Where the file ends without a boundary: at the box of its header, if that fits the
        streets, or at the bounding box of the streets.
    progress
        Called about twice a second.

    Raises
    ------
    InputDataError
        If it is not an OpenStreetMap file, is damaged, is a history file, or has no street
        inside the boundary.
    """
    limits = None if boundary is None else limits_of(boundary)
    with open_osm(path, progress) as source:
        read = read_regions(source, [limits], progress=progress)
    region = read.regions[0]
    box = None
    if boundary is None:
        box = whole_box(read.box, region, extent)
        boundary = box.polygon if box else None
    made = None
    if boundary is not None:
        kind = "given" if box is None else "extract"
        made = extract_of(region, boundary, kind, stamp=read.stamp, sha256=read.sha256)
    if made is None:
        inside = "" if box is None and boundary is None else " inside the boundary"
        msg = f"{read.name} has no streets{inside}. Is it the right place?"
        raise InputDataError(msg)
    return replace(made, box=box)


def region_extract(
    read: OsmFile, region: Region, boundary: BaseGeometry, kind: str
) -> Extract | None:
    """Return the content of a region inside a boundary, None if it has no street there."""
    return extract_of(region, boundary, kind, stamp=read.stamp, sha256=read.sha256)


def read_regions(
    path: str | os.PathLike[str] | OsmSource,
    limits: Sequence[Limits | None],
    *,
    admin_points: Sequence[shapely.Point] = (),
    progress: StepProgress | None = None,
) -> OsmFile:
    """Collect the content of several boxes in one pass over an OpenStreetMap file.

    A file that turns out not to be sorted is sorted and read again.

    Parameters
    ----------
    path
        A local file, or one opened already.
    limits
        Boxes in 1e-7 degrees; None for the whole file.
    admin_points
        Points in EPSG:4326 whose administrative areas are collected, too.
    progress
        Called about twice a second.

    Raises
    ------
    InputDataError
        If it is not an OpenStreetMap file, is damaged, is a history file, is too large to be
        sorted, or is too large to be taken whole.
    """
    say = progress or no_progress
    points = tuple(admin_points)
    with open_osm(path, progress) as source:
        try:
            return _read_once(source, limits, points, say)
        except UntidyError:
            source.tidy(say)
            return _read_once(source, limits, points, say)


def _read_once(
    source: OsmSource,
    limits: Sequence[Limits | None],
    points: tuple[shapely.Point, ...],
    say: StepProgress,
) -> OsmFile:
    table = TagTable()
    regions = [Region(limits=box, table=table) for box in limits]
    digest = source.sha256
    with explained(source.name, sortable=not source.tidied):
        processor = osmium.FileProcessor(source.opened())
        header = processor.header
        if header.has_multiple_object_versions:
            msg = f"{source.name} holds the history of objects. Use a file of the present state."
            raise InputDataError(msg)
        stamp, box = header.get("osmosis_replication_timestamp"), box_of(header)
        collector = Collector(
            regions, points=points, dated=bool(stamp), duplicates=source.duplicates
        )
        _stream(processor, collector, source, say)
    return OsmFile(source.name, box, stamp, digest, regions, tuple(collector.areas))


def _stream(
    processor: Any,  # noqa: ANN401
    collector: Collector,
    source: OsmSource,
    say: StepProgress,
) -> None:
    name = source.name
    read_share = _share_read(source.path)
    more = ("boundary",) if collector.points else ()
    nodes = osmium.filter.KeyFilter(*tags.KEYS, *background_tags.NODE_KEYS, *more)
    others = osmium.filter.KeyFilter(*tags.KEYS, *background_tags.WAY_KEYS, *more)
    nodes.enable_for(osmium.osm.NODE)
    others.enable_for(_NOT_NODES)
    areas = osmium.filter.KeyFilter(*_AREA_KEYS, *more)
    stream = processor.with_locations(source.location_index()).with_areas(areas)
    order = OrderCheck(processor.node_location_storage)
    stream = stream.with_filter(order).with_filter(nodes).with_filter(others)
    say(f"{name}: reading relations", None)
    due = time.monotonic() + _REPORT_EVERY_S
    for number, item in enumerate(stream):
        collector.take(item)
        if not number & 0xFFF:
            now = time.monotonic()
            if now >= due:
                due = now + _REPORT_EVERY_S
                say(f"{name}: {number:,} objects of interest read", read_share())
                _check_size(collector, name)
    order.finish()
    _check_size(collector, name)
    collector.finish()


def _share_read(file: Path) -> Callable[[], float | None]:
    """Return a function that says which share is read from now on; None where no system tells.

    The file is read for relations first, and then as a whole.
    """
    begin, size = _bytes_read(), file.stat().st_size

    def share() -> float | None:
        now = _bytes_read()
        if begin is None or now is None or not size:
            return None
        return min((now - begin) / (_N_READS * size), 1.0)

    return share


def _bytes_read() -> int | None:
    """Return the bytes that this process has read; only Linux and Windows count them."""
    process = psutil.Process()
    if not hasattr(process, "io_counters"):
        return None
    try:
        counters = process.io_counters()
    except (OSError, psutil.Error):
        return None
    return int(getattr(counters, "read_chars", counters.read_bytes))


def _check_size(collector: Collector, name: str) -> None:
    whole = [region for region in collector.regions if region.limits is None]
    if any(len(region.ways.x) > _MAX_WHOLE_VERTICES for region in whole):
        msg = (
            f"{name} is too large to become one pack: it has more than {_MAX_WHOLE_VERTICES:,} "
            "street vertices. Name a city or a boundary."
        )
        raise InputDataError(msg)
