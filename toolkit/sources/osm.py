"""From an OpenStreetMap file to the layers of a city pack.

The file is streamed by osmium; objects without a tag of interest never reach Python. Ways are
kept as arrays of node references until `toolkit.sources.network` cuts them into pieces.
"""

from __future__ import annotations

import datetime as dt
import os
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from toolkit import store
from toolkit._errors import InputDataError
from toolkit.layers import CRS, JUNCTION_DEGREE, Layers, conform, empty_layer
from toolkit.sources import clean_text, network, tags

_KEYS: Final = tuple(sorted({"highway", "building", "man_made", *tags.PLACE_KEYS}))
_STREET_KEYS: Final = (
    "highway", "name", "name:en", "name:my", "lanes", "oneway", "junction", "bridge", "tunnel",
    "covered", "indoor", "location", "layer", "access", "vehicle", "motor_vehicle", "motorcar",
    "motorcycle", "motorroad", "foot",
)  # fmt: skip
_CORNERS: Final = 3
"""Fewest corners of a footprint."""


@dataclass(frozen=True)
class OsmExtract:
    """What was read from an OpenStreetMap file.

    Attributes
    ----------
    layers
        The six layers, in EPSG:4326.
    counts
        Figures for the manifest: what there is, what was left out, what was broken.
    metric_crs
        UTM zone of the place as "EPSG:number".
    area_km2
        Area of the boundary on the WGS84 ellipsoid.
    osm_timestamp
        Time of the data by the file's header; else the newest edit among the objects read;
        else None. UTC.
    sha256
        Hash of the file.
    """

    layers: Layers
    counts: dict[str, int | float]
    metric_crs: str
    area_km2: float
    osm_timestamp: str | None
    sha256: str


_NEVER: Final = dt.datetime.fromtimestamp(0, dt.UTC)
"""Time of an object whose time is not in the file."""


@dataclass
class _Found:
    """What one pass over the file collects."""

    limits: NDArray[np.float64] | None
    """West, south, east, north; nothing outside is collected."""
    way_ids: array[int] = field(default_factory=lambda: array("q"))
    way_tags: list[dict[str, str]] = field(default_factory=list)
    offsets: array[int] = field(default_factory=lambda: array("q", [0]))
    refs: array[int] = field(default_factory=lambda: array("q"))
    x: array[int] = field(default_factory=lambda: array("i"))
    y: array[int] = field(default_factory=lambda: array("i"))
    signals: list[BaseGeometry] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)
    cameras: list[dict[str, Any]] = field(default_factory=list)
    buildings: list[dict[str, Any]] = field(default_factory=list)
    outlines: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Building relation to its outer ways."""
    seen: set[tuple[str, int]] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    newest: dt.datetime = _NEVER

    def outside(self, west: float, south: float, east: float, north: float) -> bool:
        """Return whether a box lies apart from the limits."""
        if self.limits is None:
            return False
        left, bottom, right, top = self.limits
        return bool(east < left or west > right or north < bottom or south > top)


def read_osm(path: str | os.PathLike[str], *, boundary: BaseGeometry | None = None) -> OsmExtract:
    """Read streets, junctions, buildings, places and mapped cameras from an OpenStreetMap file.

    Parameters
    ----------
    path
        A local ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2`` file.
    boundary
        Polygon in EPSG:4326 to which everything is cut. None takes the box in the file's
        header, or the box of its streets if the header has none.

    Raises
    ------
    InputDataError
        If it is not such a file, is damaged, holds several versions of objects, or has no
        street inside the boundary.
    """
    file = store.local_file(path)
    found = _Found(limits=None if boundary is None else shapely.bounds(boundary))
    try:
        processor = osmium.FileProcessor(str(file))
        header = processor.header
        stamp, box = header.get("osmosis_replication_timestamp"), _header_box(header)
        _collect(processor, found)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        msg = (
            f"{file.name} cannot be read as OpenStreetMap data ({clean_text(str(error))}). "
            "It may be cut short, not sorted by id, or of another kind: fetch it again."
        )
        raise InputDataError(msg) from error
    if header.has_multiple_object_versions:
        msg = f"{file.name} holds the history of objects. Use a file of the present state."
        raise InputDataError(msg)
    kind = "extract" if boundary is None else "given"
    if boundary is None:
        boundary = box if box is not None else _street_box(found)
    layers = None if boundary is None else _layers(found, boundary, kind)
    if boundary is None or layers is None:
        msg = f"{file.name} has no streets inside the boundary. Is it the right place?"
        raise InputDataError(msg)
    area_m2, _ = network.GEOD.geometry_area_perimeter(shapely.orient_polygons(boundary))
    return OsmExtract(
        layers=layers,
        counts=_figures(layers, found.counts),
        metric_crs=_metric_crs(boundary),
        area_km2=round(abs(area_m2) / 1e6, 4),
        osm_timestamp=_timestamp(stamp, found.newest),
        sha256=store.sha256_file(file),
    )


def _header_box(header: Any) -> BaseGeometry | None:  # noqa: ANN401
    box = header.box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return shapely.box(low.lon, low.lat, high.lon, high.lat) if box.size() > 0 else None


def _street_box(found: _Found) -> BaseGeometry | None:
    x, y = np.array(found.x), np.array(found.y)
    here = x != network.MISSING
    if not here.any():
        return None
    ends = np.array([x[here].min(), y[here].min(), x[here].max(), y[here].max()])
    return shapely.box(*(ends / network.UNITS_PER_DEGREE))


def _timestamp(stamp: str, newest: dt.datetime) -> str | None:
    try:
        time = dt.datetime.fromisoformat(stamp) if stamp else newest
    except ValueError:
        time = newest
    if time <= _NEVER:
        return None
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _metric_crs(boundary: BaseGeometry) -> str:
    return f"EPSG:{gpd.GeoSeries([boundary], crs=CRS).estimate_utm_crs().to_epsg()}"


# --- one pass over the file -----------------------------------------------------------------


def _collect(processor: Any, found: _Found) -> None:  # noqa: ANN401
    areas = osmium.filter.KeyFilter("building", *tags.PLACE_KEYS)
    stream = processor.with_locations().with_areas(areas)
    assembled: set[int] = set()
    for item in stream.with_filter(osmium.filter.KeyFilter(*_KEYS)):
        values = {tag.k: tag.v for tag in item.tags}
        if item.is_area():
            if not item.from_way():
                assembled.add(item.orig_id())
                _take_relation(item, values, found)
            continue
        key = (item.type_str(), item.id)
        if key in found.seen:
            found.counts["duplicate_ids"] += 1
            continue
        found.seen.add(key)
        found.newest = max(found.newest, item.timestamp)
        if item.is_node():
            _take_node(item, values, found)
        elif item.is_way():
            _take_way(item, values, found)
        elif "building" in values and values.get("type") == "multipolygon":
            found.outlines[item.id] = tuple(
                m.ref for m in item.members if m.type == "w" and m.role != "inner"
            )
    found.counts["building_relations_incomplete"] += len(found.outlines.keys() - assembled)
    # A relation is the building; its outline may carry the same tag, without the courtyards.
    double = {f"way/{ref}" for key in assembled for ref in found.outlines.get(key, ())}
    found.buildings = [b for b in found.buildings if b["osm_id"] not in double]


def _take_node(node: Any, values: dict[str, str], found: _Found) -> None:  # noqa: ANN401
    place = node.location
    if not place.valid() or found.outside(place.lon, place.lat, place.lon, place.lat):
        return
    point = shapely.Point(place.x / network.UNITS_PER_DEGREE, place.y / network.UNITS_PER_DEGREE)
    if values.get("highway") == "traffic_signals":
        found.signals.append(point)
    if values.get("man_made") == "surveillance":
        _take_camera(node.id, values, point, found)
    kind = tags.place_kind(values)
    if kind:
        row = _place(f"node/{node.id}", kind, values, point)
        found.places.append({**row, "gate_at": node.id if tags.is_barrier_gate(values) else None})


def _place(osm_id: str, kind: str, values: dict[str, str], point: BaseGeometry) -> dict[str, Any]:
    name = clean_text(values.get("name"))
    return {"osm_id": osm_id, "kind": kind, "name": name, "geometry": point, "gate_at": None}


def _take_camera(number: int, values: dict[str, str], point: BaseGeometry, found: _Found) -> None:
    device, where = tags.surveillance_type(values), tags.camera_surveillance(values)
    if device is None:
        found.counts["cameras_other_dropped"] += 1
        return
    if where == "indoor":
        found.counts["cameras_indoor_dropped"] += 1
        return
    pairs, unreadable = tags.directions(values)
    found.counts["camera_directions_unreadable"] += unreadable
    row = {
        "osm_id": f"node/{number}",
        "kind": tags.camera_kind(values),
        "surveillance": where,
        "surveillance_type": device,
        "zone": clean_text(values.get("surveillance:zone")),
        "mount": clean_text(values.get("camera:mount")),
        "height_m": tags.height_m(values, most_m=tags.MOST_CAMERA_HEIGHT_M),
        "operator": clean_text(values.get("operator")),
        "brand": clean_text(values.get("brand") or values.get("manufacturer")),
        "check_date": tags.check_date(values),
        "geometry": point,
    }
    for direction_deg, width_deg in pairs or ((np.nan, np.nan),):
        found.cameras.append({**row, "direction_deg": direction_deg, "width_deg": width_deg})


def _take_way(way: Any, values: dict[str, str], found: _Found) -> None:  # noqa: ANN401
    refs, x, y = array("q"), array("i"), array("i")
    for node in way.nodes:
        place = node.location
        here = place.valid()
        refs.append(node.ref)
        x.append(place.x if here else network.MISSING)
        y.append(place.y if here else network.MISSING)
    points = [
        (a / network.UNITS_PER_DEGREE, b / network.UNITS_PER_DEGREE)
        for a, b in zip(x, y, strict=True)
        if a != network.MISSING
    ]
    if not points:
        found.counts["ways_without_nodes"] += 1
        return
    if found.outside(*np.min(points, axis=0), *np.max(points, axis=0)):
        return
    if "highway" in values and _is_street(values, found):
        found.way_ids.append(way.id)
        found.way_tags.append({k: values[k] for k in _STREET_KEYS if k in values})
        for whole, new in ((found.refs, refs), (found.x, x), (found.y, y)):
            whole.extend(new)
        found.offsets.append(len(found.refs))
    closed = len(refs) > _CORNERS and refs[0] == refs[-1]
    if values.get("man_made") == "surveillance":
        found.counts["cameras_not_points_dropped"] += 1
    if "building" in values and not closed:
        found.counts["buildings_dropped"] += 1
    elif closed:
        _take_footprint(f"way/{way.id}", values, points, len(points) < len(refs), found)


def _is_street(values: dict[str, str], found: _Found) -> bool:
    highway = values["highway"]
    if highway not in tags.HIGHWAYS:
        named = highway if highway in tags.HIGHWAYS_LEFT_OUT else "other"
        found.counts[f"ways_left_out_{named}"] += 1
    elif values.get("area") == "yes":
        found.counts["ways_left_out_area"] += 1
    else:
        return True
    return False


def _take_footprint(
    osm_id: str,
    values: dict[str, str],
    points: list[tuple[float, float]],
    cut: bool,
    found: _Found,
) -> None:
    """Take a closed way as a building, a place, or both. Missing corners are bridged."""
    kind = tags.place_kind(values)
    if "building" not in values and (kind is None or tags.is_barrier_gate(values)):
        return
    shape = shapely.Polygon(points) if len(set(points)) >= _CORNERS else None
    _take_shape(osm_id, values, shape, cut, found)


def _take_relation(area: Any, values: dict[str, str], found: _Found) -> None:  # noqa: ANN401
    if "highway" in values and values["highway"] in tags.HIGHWAYS:
        found.counts["ways_left_out_area"] += 1
    shape = shapely.from_wkb(osmium.geom.WKBFactory().create_multipolygon(area))
    if not found.outside(*shapely.bounds(shape)):
        _take_shape(f"relation/{area.orig_id()}", values, shape, False, found)


def _take_shape(
    osm_id: str,
    values: dict[str, str],
    shape: BaseGeometry | None,
    cut: bool,
    found: _Found,
) -> None:
    whole = _polygonal(shape)
    kind = tags.place_kind(values)
    if kind and whole is not None and not tags.is_barrier_gate(values):
        found.places.append(_place(osm_id, kind, values, whole.representative_point()))
    if "building" not in values:
        return
    if whole is None:
        found.counts["buildings_dropped"] += 1
    elif not tags.blocks_view(values):
        found.counts["buildings_without_walls_left_out"] += 1
    else:
        found.counts["buildings_repaired"] += cut or not shapely.is_valid(shape)
        found.buildings.append({
            "osm_id": osm_id,
            "height_m": tags.height_m(values, most_m=tags.MOST_BUILDING_HEIGHT_M),
            "levels": tags.levels(values),
            "geometry": whole,
        })  # fmt: skip


def _polygonal(shape: BaseGeometry | None) -> BaseGeometry | None:
    """Return the valid polygon or polygons of a shape, None if nothing with an area is left."""
    if shape is None:
        return None
    parts = shapely.get_parts(shapely.make_valid(shape))
    polygons = [
        p
        for part in parts
        for p in shapely.get_parts(part)
        if p.geom_type == "Polygon" and p.area > 0
    ]
    if not polygons:
        return None
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


# --- layers ---------------------------------------------------------------------------------


def _layers(found: _Found, boundary: BaseGeometry, kind: str) -> Layers | None:
    """Return the layers inside the boundary, None if it has no street."""
    shapely.prepare(boundary)
    streets = _streets(found, boundary)
    if not len(streets):
        return None
    junctions = network.junctions_of(streets)
    signals = gpd.GeoSeries([s for s in found.signals if boundary.covers(s)], crs=CRS)
    flags, unplaced = network.place_signals(junctions, signals, _metric_crs(boundary))
    found.counts["signals"] = len(signals)
    found.counts["signals_unplaced"] = unplaced
    drivable = _drivable_nodes(found)
    places = [
        row
        for row in found.places
        if boundary.covers(row["geometry"])
        and (row["gate_at"] is None or row["gate_at"] in drivable)
    ]
    buildings = [b for b in found.buildings if boundary.intersects(b["geometry"])]
    cameras = [c for c in found.cameras if boundary.covers(c["geometry"])]
    inside = _within_any(cameras, buildings)
    return Layers(
        streets=streets,
        junctions=conform("junctions", junctions.assign(signals=flags)),
        buildings=_frame("buildings", buildings),
        places=_frame("places", places),
        cameras=_frame(
            "cameras", ({**c, "in_building": i in inside} for i, c in enumerate(cameras))
        ),
        boundary=_frame("boundary", [{"kind": kind, "geometry": boundary}]),
    )


def _within_any(points: list[dict[str, Any]], areas: list[dict[str, Any]]) -> set[int]:
    """Return the places in the list of the points that lie in one of the areas."""
    if not points or not areas:
        return set()
    tree = shapely.STRtree([a["geometry"] for a in areas])
    rows = tree.query([p["geometry"] for p in points], predicate="within")[0]
    return set(rows.tolist())


def _frame(layer: str, rows: Iterable[dict[str, Any]]) -> gpd.GeoDataFrame:
    listed = list(rows)
    if not listed:
        return empty_layer(layer)
    return conform(layer, gpd.GeoDataFrame(listed, geometry="geometry", crs=CRS))


def _drivable_nodes(found: _Found) -> set[int]:
    return {
        ref
        for way, values in enumerate(found.way_tags)
        if tags.street_use(values)[0]
        for ref in found.refs[found.offsets[way] : found.offsets[way + 1]]
    }


def _streets(found: _Found, boundary: BaseGeometry) -> gpd.GeoDataFrame:
    nodes = network.WayNodes(
        offsets=np.array(found.offsets, dtype=np.int64),
        refs=np.array(found.refs, dtype=np.int64),
        x=np.array(found.x, dtype=np.int64),
        y=np.array(found.y, dtype=np.int64),
    )
    found.counts["ways"] = len(found.way_tags)
    if not found.way_tags:
        return empty_layer("streets")
    pieces, broken = network.split_ways(nodes)
    found.counts.update(broken)
    pieces = network.clip_pieces(pieces, boundary)
    way_ids = np.array(found.way_ids, dtype=np.int64)[pieces.way]
    of_way = [tags.street_values(values) for values in found.way_tags]
    columns = {name: [of_way[way][name] for way in pieces.way] for name in of_way[0]}
    against = np.array(columns.pop("against"), dtype=bool)
    ids = network.street_ids(pieces, way_ids)
    lines = np.where(against, shapely.reverse(pieces.lines), pieces.lines)
    frame = gpd.GeoDataFrame(
        {
            "street_id": ids,
            "osm_way_id": way_ids,
            "ordinal": pieces.ordinal,
            "u": np.where(against, pieces.v, pieces.u),
            "v": np.where(against, pieces.u, pieces.v),
            **columns,
            "length_m": np.round(network.lengths_m(lines), 3),
        },
        geometry=lines,
        crs=CRS,
    )
    return conform("streets", frame)


def _figures(layers: Layers, counts: Counter[str]) -> dict[str, int | float]:
    streets, junctions, cameras = layers.streets, layers.junctions, layers.cameras
    length_km = streets["length_m"] / 1000
    return {
        **dict.fromkeys(_ALWAYS, 0),
        **counts,
        "streets": len(streets),
        "street_km": round(float(length_km.sum()), 3),
        "drive_km": round(float(length_km[streets["drive"]].sum()), 3),
        "walk_km": round(float(length_km[streets["walk"]].sum()), 3),
        "covered_km": round(float(length_km[streets["tunnel"]].sum()), 3),
        "nodes": len(junctions),
        "junctions": int((junctions["degree"] >= JUNCTION_DEGREE).sum()),
        "drive_junctions": int((junctions["drive_degree"] >= JUNCTION_DEGREE).sum()),
        "signalled_junctions": int(junctions["signals"].sum()),
        "buildings": len(layers.buildings),
        "buildings_with_height": int(layers.buildings["height_m"].notna().sum()),
        "buildings_with_levels": int(layers.buildings["levels"].notna().sum()),
        "places": len(layers.places),
        "cameras": int(cameras["osm_id"].nunique()),
        "cameras_in_buildings": int(cameras.loc[cameras["in_building"], "osm_id"].nunique()),
        "cameras_with_direction": int(
            cameras.loc[cameras["direction_deg"].notna(), "osm_id"].nunique()
        ),
    }


_ALWAYS: Final = (
    "building_relations_incomplete", "buildings_dropped", "buildings_repaired",
    "buildings_without_walls_left_out", "camera_directions_unreadable", "cameras_indoor_dropped",
    "cameras_not_points_dropped", "cameras_other_dropped", "duplicate_ids", "ways_left_out_area",
    "ways_without_nodes",
)  # fmt: skip
"""Figures that are stated even if they are zero."""
