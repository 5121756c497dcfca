"""City packs of a street file, in one pass for all cities that it covers.

Runs in the process that reads files of strangers, see `toolkit.streets.install`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError
from toolkit.base.terms import Boundary, Names, StepProgress, no_progress
from toolkit.streets import boundary as boundaries
from toolkit.streets import pack
from toolkit.streets.boundary import BoundaryChoice, Outline
from toolkit.streets.cities import City, load_cities
from toolkit.streets.manifest import (
    ODBL,
    OSM_ATTRIBUTION,
    WRITER,
    Manifest,
    PackOrigin,
    id_of,
)
from toolkit.streets.readers.extract import Extent, Extract, FileBox, disc, frame_of
from toolkit.streets.readers.guard import refuse_bomb
from toolkit.streets.readers.osm import file as osm
from toolkit.streets.readers.osm.box import header_box
from toolkit.streets.readers.osm.layers import limits_of
from toolkit.streets.readers.osm.region import Limits, drive_segments
from toolkit.streets.readers.osm.source import OsmSource, is_osm_file, open_osm
from toolkit.streets.schema import THROUGH_ROADS

GRAPHML_SUFFIX: Final = ".graphml"
_MIN_CUT_SHARE: Final = 0.001
"""Minimum share of street length cut away by the box of a file that is said: shown as 0.1 %."""
_BOX_CUT, _BOX_WRONG = "cut_by_file_box_share", "file_box_not_used"
"""Counts of a manifest: share of street length cut away, and 1 if the box of the file is wrong."""
_UNKNOWN_LICENCE: Final = "Not stated by the file: ask its owner before passing the pack on"


@dataclass(frozen=True)
class MadePacks:
    """Packs made of a file.

    Attributes
    ----------
    packs
        Ids, each a folder of that name.
    left_out
        Cities without a pack: id and the reason, one sentence.
    """

    packs: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Job:
    """File to be read, folder for the packs, boundary of each city, and where progress goes."""

    file: Path
    into: Path
    boundary: BoundaryChoice | None
    say: StepProgress


@dataclass(frozen=True)
class _Place:
    """Pack to be made: of a city, or of the whole file."""

    pack: str
    name: Names
    city: City | None


def make_packs(
    path: str | os.PathLike[str],
    into: Path,
    *,
    cities: Sequence[City] | None = None,
    boundary: BoundaryChoice | None = None,
    extent: Extent = "box",
    progress: StepProgress | None = None,
) -> MadePacks:
    """Make city packs of a street file, each in a folder of its own.

    Parameters
    ----------
    path, cities, boundary, extent, progress
        See `toolkit.streets.install.import_file`.
    into
        Folder for the packs.

    Raises
    ------
    InputDataError
        If the file cannot be used, or has no street in any of the cities.
    """
    file = store.local_file(path)
    say = progress or no_progress
    job = _Job(file, into, boundary, say)
    if is_osm_file(file):
        refuse_bomb(file, say)
        # Copies lie with the packs: whoever ends this process removes them.
        into.mkdir(parents=True, exist_ok=True)
        with open_osm(file, say, folder=into) as source:
            return _of_osm(job, source, cities, extent)
    return _of_other(job, cities)


def pack_id_of(name: str) -> str:
    """Return the id of a pack named after a file: small letters, digits and hyphens.

    Raises
    ------
    InputDataError
        If the name has no Latin letter or digit.

    Examples
    --------
    >>> pack_id_of("Old Town (2026).osm.pbf")
    'old-town-2026'
    """
    stem = Path(name).name
    for suffix in sorted((*osm.SUFFIXES, Path(name).suffix), key=len, reverse=True):
        if suffix and stem.lower().endswith(suffix.lower()):
            stem = stem[: -len(suffix)]
            break
    made = id_of(stem)
    if not made:
        msg = f"{clean_text(name)!r} gives no name for a pack. Use Latin letters or digits."
        raise InputDataError(msg)
    return made


# --- which places ---------------------------------------------------------------------------


def _city_places(cities: Sequence[City]) -> list[_Place]:
    return [_Place(city.id, city.name, city) for city in cities]


def _known_inside(box: BaseGeometry | None, boundary: BoundaryChoice | None) -> list[_Place]:
    """Return the known cities whose point lies in the box and in the polygon, if given."""
    polygon = boundary.polygon if boundary else None
    found = []
    for city in load_cities():
        point = shapely.Point(city.lon, city.lat)
        held = all(area is None or area.covers(point) for area in (box, polygon))
        if held and not city.demonstration:
            found.append(city)
    if polygon is not None and len(found) > 1:
        names = ", ".join(city.id for city in found)
        msg = f"The polygon holds the points of several cities ({names}). Name one of them."
        raise InputDataError(msg)
    return _city_places(found)


def _whole_place(file: Path) -> _Place:
    shown = clean_text(file.name) or "streets"
    return _Place(pack_id_of(file.name), Names(en=shown, my=shown), None)


def _no_city(file: Path) -> InputDataError:
    msg = (
        f"{file.name} covers none of the known cities, and this boundary needs one. Name a city, "
        "leave the boundary out to take the whole file, or give a polygon."
    )
    return InputDataError(msg)


def _result(file: Path, made: list[str], left_out: list[tuple[str, str]]) -> MadePacks:
    if not made:
        why = "\n".join(f"{city}: {sentence}" for city, sentence in left_out)
        msg = f"Nothing was imported from {file.name}. {why}"
        raise InputDataError(msg)
    return MadePacks(tuple(made), tuple(left_out))


# --- OpenStreetMap files --------------------------------------------------------------------


def _of_osm(
    job: _Job, source: OsmSource, cities: Sequence[City] | None, extent: Extent
) -> MadePacks:
    file, boundary, say = job.file, job.boundary, job.say
    box = header_box(source) if extent == "box" else None
    places = _city_places(cities) if cities is not None else _known_inside(box, boundary)
    if places:
        read, outlines = _read_around(job, source, places)
        # Cities that nobody named are tried in vain where the file has no streets.
        expected = cities is not None
        made, left_out = _write_each(job, read, places, outlines, expected)
        if made or left_out:
            return _result(file, made, left_out)
        del read
    if boundary is not None and boundary.kind != "polygon":
        raise _no_city(file)
    place = _whole_place(file)
    polygon = boundary.polygon if boundary else None
    whole = osm.read_osm(source, boundary=polygon, extent=extent, progress=say)
    whole = replace(whole, counts=whole.counts | _box_counts(whole.box))
    say(f"{place.pack}: writing the pack", None)
    outline = boundaries.polygon_outline(boundary) if boundary else _file_outline(whole, file)
    return MadePacks((_write_osm(job, whole, place, outline),), ())


def _read_around(
    job: _Job, source: OsmSource, places: list[_Place]
) -> tuple[osm.OsmFile, list[Outline | str]]:
    """Collect the data around each city; return them with the boundary of each city."""
    boundary, say = job.boundary, job.say
    points = [_point(place) for place in places]
    limits = [limits_of(_box_around(lon, lat, boundary)) for lon, lat in points]
    admin = boundary is not None and boundary.kind == "admin"
    wanted = [shapely.Point(point) for point in points] if admin else []
    read = osm.read_regions(source, limits, admin_points=wanted, progress=say)
    outlines = [_outline_or_why(point, read, k, boundary) for k, point in enumerate(points)]
    needed = [
        box if isinstance(outline, str) else limits_of(outline.polygon)
        for outline, box in zip(outlines, limits, strict=True)
    ]
    if any(not _within(need, box) for need, box in zip(needed, limits, strict=True)):
        # An administrative area extends beyond the box read: read again with its full extent.
        del read
        read = osm.read_regions(source, needed, progress=say)
    return read, outlines


def _point(place: _Place) -> tuple[float, float]:
    if place.city is None:
        msg = "only a city has a point"
        raise TypeError(msg)
    return place.city.lon, place.city.lat


def _box_around(lon: float, lat: float, boundary: BoundaryChoice | None) -> BaseGeometry:
    if boundary is not None and boundary.polygon is not None:
        return boundary.polygon
    if boundary is not None and boundary.radius_m is not None:
        return disc(lon, lat, boundary.radius_m)
    admin = boundary is not None and boundary.kind == "admin"
    return disc(lon, lat, boundaries.ADMIN_REACH_M if admin else boundaries.READ_M)


def _within(inner: Limits, outer: Limits) -> bool:
    west, south, east, north = inner
    return west >= outer[0] and south >= outer[1] and east <= outer[2] and north <= outer[3]


def _outline_or_why(
    point: tuple[float, float], read: osm.OsmFile, index: int, boundary: BoundaryChoice | None
) -> Outline | str:
    """Return the boundary of a city, or the reason why there is none."""
    region = read.regions[index]
    if not region.ways.ids:
        return "the file has no streets there."
    lon, lat = point
    if boundary is not None and boundary.kind == "admin":
        try:
            return boundaries.admin_outline(lon, lat, read.areas, boundary.level)
        except InputDataError as error:
            return str(error)
    return _plain_outline(point, drive_segments(region), boundary)


def _plain_outline(
    point: tuple[float, float], segments: NDArray[np.float64], boundary: BoundaryChoice | None
) -> Outline:
    """Return a boundary that needs no administrative areas."""
    lon, lat = point
    if boundary is not None and boundary.kind == "polygon":
        return boundaries.polygon_outline(boundary)
    if boundary is not None and boundary.radius_m is not None:
        return boundaries.radius_outline(lon, lat, boundary.radius_m)
    least = load_assumptions().value("city.built_cell_km_per_km2")
    return boundaries.core_outline(lon, lat, segments, min_km_per_km2=least)


def _write_each(
    job: _Job,
    read: osm.OsmFile,
    places: list[_Place],
    outlines: list[Outline | str],
    expected: bool,
) -> tuple[list[str], list[tuple[str, str]]]:
    made: list[str] = []
    left_out: list[tuple[str, str]] = []
    for k, (place, outline) in enumerate(zip(places, outlines, strict=True)):
        job.say(f"{place.pack}: making the pack", k / len(places))
        # Removed from the list, so that memory is released city by city.
        region = read.regions.pop(0)
        if isinstance(outline, str):
            if expected or region.ways.ids:
                left_out.append((place.pack, outline))
            continue
        extract = osm.region_extract(read, region, outline.polygon, outline.kind)
        del region
        if extract is None:
            left_out.append((place.pack, "the file has no streets inside the boundary."))
            continue
        made.append(_write_osm(job, extract, place, outline))
    return made, left_out


def _box_counts(box: FileBox | None) -> dict[str, int | float]:
    """Return what the box of a file cut away, or that it is wrong."""
    if box is None or (not box.is_wrong and box.cut_share < _MIN_CUT_SHARE):
        return {}
    return {_BOX_WRONG: 1} if box.is_wrong else {_BOX_CUT: round(box.cut_share, 4)}


def _file_outline(extract: Extract, file: Path) -> Outline:
    polygon = extract.layers.boundary.geometry.iloc[0]
    shown = clean_text(file.name)
    wrong = ""
    if _BOX_WRONG in extract.counts:
        wrong = " The box that the file states does not fit its streets and was not used."
    note = f"Everything in the file {shown}, not a city.{wrong}"
    if cut := extract.counts.get(_BOX_CUT):
        note = (
            f"The box that the file {shown} states, not a city: {cut:.1%} of the street length "
            "in the file lies outside and was cut away (--extent data keeps it)."
        )
    return Outline("extract", polygon, note)


def _write_osm(job: _Job, extract: Extract, place: _Place, outline: Outline) -> str:
    """Write the pack of an OpenStreetMap file."""
    return _write(job, extract, place, outline, "OpenStreetMap extract", from_osm=True)


# --- other files ----------------------------------------------------------------------------


def _of_other(job: _Job, cities: Sequence[City] | None) -> MadePacks:
    """Make packs of a file that is small enough to be read whole."""
    file, boundary, say = job.file, job.boundary, job.say
    polygon = boundary.polygon if boundary else None
    whole = _read_other(file, polygon, say)
    frame = whole.layers.boundary.geometry.iloc[0]
    places = _city_places(cities) if cities is not None else _known_inside(frame, boundary)
    if not places:
        if boundary is not None and boundary.kind != "polygon":
            raise _no_city(file)
        outline = boundaries.polygon_outline(boundary) if boundary else _file_outline(whole, file)
        return MadePacks((_write_other(job, whole, _whole_place(file), outline),), ())
    made: list[str] = []
    left_out: list[tuple[str, str]] = []
    for k, place in enumerate(places):
        say(f"{place.pack}: making the pack", k / len(places))
        if boundary is not None and boundary.kind == "admin":
            why = "administrative boundaries can be taken from OpenStreetMap files only."
            left_out.append((place.pack, why))
            continue
        outline = _plain_outline(_point(place), _segments(whole), boundary)
        if not frame.intersects(outline.polygon):
            left_out.append((place.pack, "the file has no streets there."))
            continue
        try:
            cut = whole if polygon is not None else _read_other(file, outline.polygon, say)
        except InputDataError as error:
            # The file itself is readable: it has no streets in this city.
            left_out.append((place.pack, str(error)))
            continue
        made.append(_write_other(job, cut, place, outline))
    return _result(file, made, left_out)


def _read_other(file: Path, polygon: BaseGeometry | None, say: StepProgress) -> Extract:
    if file.suffix.lower() == GRAPHML_SUFFIX:
        from toolkit.streets.readers.tables.graphml import read_graphml

        return read_graphml(file, boundary=polygon, progress=say)
    from toolkit.streets.readers.tables.read import read_tables

    return read_tables(file, boundary=polygon, progress=say)


def _segments(extract: Extract) -> NDArray[np.float64]:
    """Return the straight segments of the through streets, degrees, shape (N, 4)."""
    frame = extract.layers.streets
    through = frame["drive"] & frame["highway"].isin(THROUGH_ROADS) & frame["cover"].isna()
    lines = frame.geometry.to_numpy()[through.to_numpy()]
    points, line = shapely.get_coordinates(lines, return_index=True)
    joined = np.flatnonzero(line[1:] == line[:-1])
    return np.column_stack([points[joined], points[joined + 1]])


def _write_other(job: _Job, extract: Extract, place: _Place, outline: Outline) -> str:
    suffix = job.file.suffix.lower()
    origin = f"File of streets of the kind {suffix}"
    return _write(job, extract, place, outline, origin, from_osm=suffix == GRAPHML_SUFFIX)


# --- writing --------------------------------------------------------------------------------


def _write(
    job: _Job, extract: Extract, place: _Place, outline: Outline, origin: str, *, from_osm: bool
) -> str:
    """Write an extract cut to the outline as a pack; return its id."""
    layers = replace(
        extract.layers,
        boundary=frame_of("boundary", [{"kind": outline.kind, "geometry": outline.polygon}]),
    )
    city = place.city
    name = clean_text(job.file.name) or "streets"
    draft = Manifest(
        id=place.pack,
        name=place.name,
        city=city.id if city else None,
        demonstration=bool(city and city.demonstration),
        banner=None,
        crs=extract.metric_crs,
        boundary=Boundary(
            kind=outline.kind,
            length_km=float(extract.counts["street_km"]),
            area_km2=extract.area_km2,
            note=outline.note,
        ),
        source=PackOrigin(
            name=name,
            sha256=extract.sha256,
            osm_timestamp=extract.osm_timestamp,
            origin=origin,
        ),
        licence=ODBL if from_osm else _UNKNOWN_LICENCE,
        attribution=OSM_ATTRIBUTION if from_osm else f"Streets: {name}",
        tool=WRITER,
        counts=extract.counts,
    )
    try:
        pack.write_pack(job.into / place.pack, draft, layers)
    except OSError as error:
        raise pack.not_written(place.pack, error) from error
    return place.pack
