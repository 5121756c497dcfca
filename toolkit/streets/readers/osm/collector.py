"""Distribution of OpenStreetMap objects to the regions they lie in."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from toolkit.base.clean_text import clean_text
from toolkit.streets.readers.background import MIN_AREA_M2
from toolkit.streets.readers.extract import AdminArea, polygonal
from toolkit.streets.readers.osm import camera_tags, tags
from toolkit.streets.readers.osm.background_tags import Feature, feature_of
from toolkit.streets.readers.osm.region import Limits, Region
from toolkit.streets.readers.osm.tidy import UntidyError
from toolkit.streets.readers.topology import split
from toolkit.streets.schema import CORNERS

CELL: Final = 5_000_000
"""Side of a lookup cell, 1e-7 degrees (half a degree): each holds a few regions at most."""
_FAR: Final = 2 * CELL
"""A way that begins farther than a degree (100 km) from every region is skipped."""
_NEAR: Final = CELL // 5
"""So is a way none of whose nodes at `_PROBES` lies within a tenth of a degree (10 km) of a region.
Ways have at most 2,000 nodes; towns have no streets of tens of kilometres between probes."""
_PROBES: Final = (0.0, 1.0, 0.5, 0.25, 0.75)
"""Positions along a way, as shares of its nodes."""
_RIM_DEG: Final = 0.01
"""Shapes of relations are kept by this beyond a region (1 km): more than the margin of a pack."""
_RING_STEP: Final = 100
"""Every so many nodes of a ring of a relation are looked at: rings have no limit of nodes."""
_M_PER_UNIT: Final = 111_320.0 / split.UNITS_PER_DEGREE
"""Length of 1e-7 degrees of latitude; degrees of longitude are shorter."""
_COUNTED: Final = frozenset({*tags.KEYS, "boundary"})
_WKB: Final = osmium.geom.WKBFactory()


@dataclass
class Collector:
    """Takes the objects of a file one by one and adds them to the regions they lie in.

    Attributes
    ----------
    regions
        Regions to fill.
    points
        Points whose administrative areas are collected, in EPSG:4326.
    dated
        Whether the header dates the file, so that times of edits need not be read.
    duplicates
        Number of objects left out before, because another had their id.
    """

    regions: Sequence[Region]
    points: Sequence[shapely.Point] = ()
    dated: bool = False
    duplicates: int = 0
    areas: list[AdminArea] = field(default_factory=list)
    _cells: dict[tuple[int, int], list[Region]] = field(default_factory=dict)
    _near: dict[tuple[int, int], list[Limits]] = field(default_factory=dict)
    _far: set[tuple[int, int]] = field(default_factory=set)
    _assembled: dict[int, list[Region]] = field(default_factory=dict)
    _nodes: set[int] = field(default_factory=set)
    _outer: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Outer ways of each building relation."""

    def __post_init__(self) -> None:
        """Index the regions by lookup cell."""
        self._everywhere = any(region.limits is None for region in self.regions)
        for region in self.regions:
            if region.limits is not None:
                for cell in _cells_of(region.limits, 0):
                    self._cells.setdefault(cell, []).append(region)
                west, south, east, north = region.limits
                grown = (west - _NEAR, south - _NEAR, east + _NEAR, north + _NEAR)
                for cell in _cells_of(grown, 0):
                    self._near.setdefault(cell, []).append(grown)
                self._far.update(_cells_of(region.limits, _FAR))
        self._takers: dict[type, Callable[[Any], None]] = {
            osmium.osm.Node: self._take_node,
            osmium.osm.Way: self._take_way,
            osmium.osm.Relation: self._take_relation,
            osmium.osm.Area: self._take_area,
        }

    def take(self, item: Any) -> None:  # noqa: ANN401
        """Add one object as yielded by osmium."""
        self._takers[type(item)](item)

    def finish(self) -> None:
        """Complete the regions with what is known only at the end of the file."""
        incomplete = len(self._outer.keys() - self._assembled.keys())
        # The relation is the building; its outline, often tagged alike, lacks the courtyards.
        for number, regions in self._assembled.items():
            for region in regions:
                region.outlines.update(self._outer.get(number, ()))
        for region in self.regions:
            region.counts["duplicate_ids"] = self.duplicates
            where = "" if region.limits is None else "_in_file"
            region.counts[f"building_relations_incomplete{where}"] = incomplete

    # --- where ------------------------------------------------------------------------------

    def _at(self, x: int, y: int) -> list[Region]:
        if self._everywhere:
            return [r for r in self.regions if r.meets(x, y, x, y)]
        cell = self._cells.get((x // CELL, y // CELL))
        return [r for r in cell if r.meets(x, y, x, y)] if cell else []

    def _meeting(self, west: int, south: int, east: int, north: int) -> list[Region]:
        return [r for r in self.regions if r.meets(west, south, east, north)]

    def _is_far(self, members: Any) -> bool:  # noqa: ANN401
        """Return whether the way of these nodes cannot enter any region."""
        last = len(members) - 1
        for share in _PROBES if last >= 0 else ():
            place = members[int(share * last)].location
            if not place.valid():
                return False
            x, y = place.x, place.y
            cell = (x // CELL, y // CELL)
            if cell not in self._far:
                return True
            near = self._near.get(cell, ())
            if any(w <= x <= e and s <= y <= n for w, s, e, n in near):
                return False
        return last >= 0

    def _date(self, item: Any, regions: Iterable[Region]) -> None:  # noqa: ANN401
        if not self.dated:
            time: dt.datetime = item.timestamp
            for region in regions:
                region.newest = max(region.newest, time)

    # --- what -------------------------------------------------------------------------------

    def _take_node(self, node: Any) -> None:  # noqa: ANN401
        place = node.location
        if not place.valid():
            return
        x, y = place.x, place.y
        regions = self._at(x, y)
        if not regions:
            return
        if node.id in self._nodes:
            msg = f"Node ID twice: {node.id}"
            raise UntidyError(msg)
        self._nodes.add(node.id)
        values = {tag.k: tag.v for tag in node.tags}
        if _is_counted(values):
            self._date(node, regions)
        point = shapely.Point(x / split.UNITS_PER_DEGREE, y / split.UNITS_PER_DEGREE)
        camera = camera_tags.read_object(values)
        kind = tags.place_kind(values)
        feature = None if "highway" in values else feature_of(values)
        for region in regions:
            if feature is not None and feature.shape == "point":
                region.sights.append(feature.row(f"node/{node.id}", point))
            if values.get("highway") == "traffic_signals":
                region.signals.append(point)
            if camera is not None:
                row = {"osm_id": f"node/{node.id}", "geometry": point}
                region.cameras += [{**row, **found} for found in camera.rows]
                for what, times in camera.counts.items():
                    region.note(what, x, y, times)
            if kind:
                at = node.id if tags.is_barrier_gate(values) else None
                region.places.append(_place(f"node/{node.id}", kind, values, point, at))

    def _take_way(self, way: Any) -> None:  # noqa: ANN401
        members = way.nodes
        if not self._everywhere and self._is_far(members):
            return
        path = _path(members)
        regions = self._meeting(*path.box) if path.x_here else ()
        if not path.x_here and self._everywhere and _is_counted(tag.k for tag in way.tags):
            for region in self.regions:
                region.counts["ways_without_nodes"] += 1
        if not regions:
            return
        values = {tag.k: tag.v for tag in way.tags}
        if _is_counted(values):
            self._date(way, regions)
        left_out = _exclusion(values)
        for region in regions:
            if left_out:
                region.note(left_out, *path.start)
            elif "highway" in values:
                region.ways.add(way.id, path.x, path.y)
                region.refs.extend(path.refs)
                region.kinds.append(region.table.number(values))
            _note_dropped(values, path, region)
        if "highway" not in values:
            _take_ground(way.id, values, path, regions)
        if path.closed:
            _take_ring(way.id, values, path, regions)
            if self.points and values.get("boundary") == "administrative":
                self._take_admin(f"way/{way.id}", values, _ring(path.x_here, path.y_here))

    def _take_relation(self, relation: Any) -> None:  # noqa: ANN401
        if relation.tags.get("building") is None or relation.tags.get("type") != "multipolygon":
            return
        self._outer[relation.id] = tuple(
            m.ref for m in relation.members if m.type == "w" and m.role != "inner"
        )

    def _take_area(self, area: Any) -> None:  # noqa: ANN401
        if area.from_way():
            return
        values = {tag.k: tag.v for tag in area.tags}
        admin = bool(self.points) and values.get("boundary") == "administrative"
        wanted = tags.place_kind(values) or "building" in values or "highway" in values
        feature = None if "highway" in values else feature_of(values)
        if not admin and not wanted and (feature is None or self._is_area_far(area)):
            return
        number = area.orig_id()
        shape = shapely.from_wkb(_WKB.create_multipolygon(area))
        if admin:
            self._take_admin(f"relation/{number}", values, shape)
        west, south, east, north = (
            round(v * split.UNITS_PER_DEGREE) for v in shapely.bounds(shape)
        )
        regions = self._meeting(west, south, east, north)
        self._assembled[number] = regions
        for region in regions:
            if values.get("highway") in tags.HIGHWAYS:
                region.note("ways_left_out_area", west, south)
            _take_block(f"relation/{number}", values, shape, region)
            if feature is not None:
                _take_sight(f"relation/{number}", feature, shape, region)

    def _is_area_far(self, area: Any) -> bool:  # noqa: ANN401
        """Return whether no ring of an area can enter a region; as `_is_far`."""
        if self._everywhere:
            return False
        for ring in area.outer_rings():
            for k in range(0, len(ring), _RING_STEP):
                x, y = ring[k].location.x, ring[k].location.y
                near = self._near.get((x // CELL, y // CELL), ())
                if any(w <= x <= e and s <= y <= n for w, s, e, n in near):
                    return False
        return True

    def _take_admin(self, osm_id: str, values: dict[str, str], shape: BaseGeometry | None) -> None:
        level = values.get("admin_level", "")
        if shape is None or not (level.isascii() and level.isdigit() and len(level) <= 2):  # noqa: PLR2004
            return
        if any(shape.covers(point) for point in self.points):
            name = clean_text(values.get("name:en")) or clean_text(values.get("name"))
            self.areas.append(AdminArea(name, int(level), osm_id, shape))


def _cells_of(limits: Limits, more: int) -> Iterable[tuple[int, int]]:
    west, south, east, north = limits
    for a in range((west - more) // CELL, (east + more) // CELL + 1):
        for b in range((south - more) // CELL, (north + more) // CELL + 1):
            yield a, b


def _place(
    osm_id: str, kind: str, values: dict[str, str], point: BaseGeometry, gate_at: int | None = None
) -> dict[str, Any]:
    name = clean_text(values.get("name"))
    return {"osm_id": osm_id, "kind": kind, "name": name, "geometry": point, "gate_at": gate_at}


def _note_dropped(values: dict[str, str], path: _Path, region: Region) -> None:
    """Count a way that is a camera, or a building without area."""
    if values.get("man_made") == "surveillance":
        region.note("cameras_not_points_dropped", *path.start)
    if "building" in values and not path.closed:
        region.note("buildings_dropped", *path.start)


def _is_counted(keys: Iterable[str]) -> bool:
    """Return whether an object with these keys belongs to more than the background.

    The time of a pack and its counts are those of what its figures rest on.
    """
    return not _COUNTED.isdisjoint(keys)


def _take_ground(
    number: int, values: dict[str, str], path: _Path, regions: Iterable[Region]
) -> None:
    """Add a way to the background."""
    feature = feature_of(values)
    if feature is None:
        return
    x, y = path.x_here, path.y_here
    if feature.shape == "line":
        x, y = _longest_run(path)
        if len(x) < 2:  # noqa: PLR2004
            return
    elif not path.closed or len(set(zip(x, y, strict=True))) < CORNERS:
        return
    elif feature.shape == "point":
        whole = polygonal(_ring(x, y))
        if whole is not None:
            row = feature.row(f"way/{number}", whole.representative_point())
            for region in regions:
                region.sights.append(row)
        return
    else:
        west, south, east, north = path.box
        if (east - west) * (north - south) * _M_PER_UNIT**2 < MIN_AREA_M2:
            return
    for region in regions:
        region.ground.add(number, x, y)
        region.ground.features.append(feature)


def _longest_run(path: _Path) -> tuple[list[int], list[int]]:
    """Return the longest run of nodes of a way whose coordinates are known."""
    if len(path.x_here) == len(path.x):
        return path.x, path.y
    gaps = [-1, *(k for k, x in enumerate(path.x) if x == split.MISSING), len(path.x)]
    start, end = max(itertools.pairwise(gaps), key=lambda gap: gap[1] - gap[0])
    return path.x[start + 1 : end], path.y[start + 1 : end]


def _take_sight(osm_id: str, feature: Feature, shape: BaseGeometry, region: Region) -> None:
    """Add an assembled relation to the background, cut to the box of the region."""
    if feature.shape == "line":
        return
    whole = polygonal(shape)
    if whole is None:
        return
    if feature.shape == "point":
        whole = whole.representative_point()
    elif region.limits is not None:
        # A river or forest of half a country is not kept for the piece of it that is here.
        west, south, east, north = (v / split.UNITS_PER_DEGREE for v in region.limits)
        whole = shapely.clip_by_rect(
            whole, west - _RIM_DEG, south - _RIM_DEG, east + _RIM_DEG, north + _RIM_DEG
        )
    if not whole.is_empty:
        region.sights.append(feature.row(osm_id, whole))


def _exclusion(values: dict[str, str]) -> str | None:
    """Return the count under which a highway is excluded, None if it is kept as a street."""
    highway = values.get("highway")
    if highway is None:
        return None
    if highway not in tags.HIGHWAYS:
        named = highway if highway in tags.HIGHWAYS_LEFT_OUT else "other"
        return f"ways_left_out_{named}"
    return "ways_left_out_area" if values.get("area") == "yes" else None


@dataclass(frozen=True)
class _Path:
    """Nodes of a way: ids, coordinates (`split.MISSING` if unknown), and known coordinates."""

    refs: list[int]
    x: list[int]
    y: list[int]
    x_here: list[int]
    y_here: list[int]

    @property
    def box(self) -> Limits:
        return min(self.x_here), min(self.y_here), max(self.x_here), max(self.y_here)

    @property
    def start(self) -> tuple[int, int]:
        return self.x_here[0], self.y_here[0]

    @property
    def closed(self) -> bool:
        return len(self.refs) > CORNERS and self.refs[0] == self.refs[-1]


def _path(members: Iterable[Any]) -> _Path:
    nodes = list(members)
    places = [node.location for node in nodes]
    here = [place.valid() for place in places]
    x = [p.x if held else split.MISSING for p, held in zip(places, here, strict=True)]
    y = [p.y if held else split.MISSING for p, held in zip(places, here, strict=True)]
    refs = [node.ref for node in nodes]
    if all(here):
        return _Path(refs, x, y, x, y)
    if min(refs) < 0:
        # osmium keeps no coordinates of nodes with negative ids.
        msg = "ids of nodes are negative"
        raise UntidyError(msg)
    x_here = [a for a, held in zip(x, here, strict=True) if held]
    y_here = [b for b, held in zip(y, here, strict=True) if held]
    return _Path(refs, x, y, x_here, y_here)


def _take_ring(number: int, values: dict[str, str], path: _Path, regions: Iterable[Region]) -> None:
    """Add a closed way as a building, a place, or both. Missing corners are bridged."""
    x, y = path.x_here, path.y_here
    kind = tags.place_kind(values)
    enough = len(set(zip(x, y, strict=True))) >= CORNERS
    if kind and enough and not tags.is_barrier_gate(values):
        whole = polygonal(_ring(x, y))
        if whole is not None:
            row = _place(f"way/{number}", kind, values, whole.representative_point())
            for region in regions:
                region.places.append(row)
    if "building" not in values:
        return
    if not enough or not tags.blocks_view(values):
        what = "buildings_without_walls_left_out" if enough else "buildings_dropped"
        for region in regions:
            region.note(what, *path.start)
        return
    if (x[0], y[0]) != (x[-1], y[-1]):
        x, y = [*x, x[0]], [*y, y[0]]
    height_m, levels = _heights(values)
    for region in regions:
        kept = region.buildings
        kept.add(number, x, y)
        kept.height_m.append(height_m)
        kept.levels.append(levels)
        kept.cut.append(len(path.x_here) < len(path.x))


def _heights(values: dict[str, str]) -> tuple[float, float]:
    height_m = tags.height_m(values, max_m=tags.MAX_BUILDING_HEIGHT_M)
    return height_m, tags.levels(values)


def _take_block(osm_id: str, values: dict[str, str], shape: BaseGeometry, region: Region) -> None:
    """Add an assembled relation as a building, a place, or both."""
    whole = polygonal(shape)
    if whole is None:
        return
    kind = tags.place_kind(values)
    if kind and not tags.is_barrier_gate(values):
        region.places.append(_place(osm_id, kind, values, whole.representative_point()))
    if "building" not in values:
        return
    x, y = (round(v * split.UNITS_PER_DEGREE) for v in shapely.bounds(whole)[:2])
    if not tags.blocks_view(values):
        region.note("buildings_without_walls_left_out", x, y)
        return
    if not shapely.is_valid(shape):
        region.note("buildings_repaired", x, y)
    height_m, levels = _heights(values)
    region.blocks.append(
        {"osm_id": osm_id, "height_m": height_m, "levels": levels, "geometry": whole}
    )


def _ring(x: Sequence[int], y: Sequence[int]) -> BaseGeometry | None:
    corners = [
        (a / split.UNITS_PER_DEGREE, b / split.UNITS_PER_DEGREE) for a, b in zip(x, y, strict=True)
    ]
    return shapely.Polygon(corners) if len(set(corners)) >= CORNERS else None
