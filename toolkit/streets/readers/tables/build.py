"""From lines with values, whatever file they came in, to what every reader of streets returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from toolkit.base.arrays import GeometryArray, IntArray
from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError
from toolkit.base.terms import StepProgress
from toolkit.streets.readers.extract import (
    Extract,
    area_km2_of,
    figures,
    frame_of,
    metric_crs_of,
    polygonal,
)
from toolkit.streets.readers.osm import tags as rules
from toolkit.streets.readers.tables import columns
from toolkit.streets.readers.topology import noding, split, stated_ends
from toolkit.streets.readers.topology.split import Pieces
from toolkit.streets.schema import CRS, PackLayers, conform, empty_layer

_WIDEST_DEG: Final = 90.0
"""Streets further apart than this are not of one country: some position is wrong."""
_AROUND: Final = 1e-4
"""Degrees (about 10 m) by which the box of streets is widened where it has no area."""


@dataclass(frozen=True)
class Drawn:
    """Lines of streets as a file has them.

    Attributes
    ----------
    lines
        LineStrings in EPSG:4326 with at least two different points.
    tags
        OpenStreetMap tags of each line; ``highway`` may be missing.
    way_ids
        OpenStreetMap id of the way of each line, 0 if it has none.
    ends
        Ids of the nodes at both ends, shape (n, 2); None if the file has none.
    counts
        What was found wrong or left out so far.
    """

    lines: GeometryArray
    tags: Sequence[Mapping[str, str]]
    way_ids: IntArray
    ends: IntArray | None = None
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Beside:
    """What a file has beside its streets: rows of the layers of these names, and signals."""

    buildings: list[dict[str, Any]] | None = None
    places: list[dict[str, Any]] | None = None
    signals: list[BaseGeometry] | None = None


@dataclass(frozen=True)
class StreetFile:
    """What was read from a file of streets, before it is cut to a place.

    Attributes
    ----------
    name
        Name of the file, for errors.
    sha256
        Its hash.
    drawn
        Its lines.
    beside
        Its buildings, places and signals.
    of_streets
        What was left out of the layer of streets alone; the counts of `drawn` are of all layers.
    """

    name: str
    sha256: str
    drawn: Drawn
    beside: Beside
    of_streets: Mapping[str, int] = field(default_factory=dict)


def build(
    file: StreetFile,
    *,
    boundary: BaseGeometry | None = None,
    kind: str | None = None,
    progress: StepProgress | None = None,
) -> Extract:
    """Return the layers that a file of streets has inside a boundary.

    Parameters
    ----------
    file
        As `tables.load_tables` or `graph.load_graphml` gives it; it may be used for several places.
    boundary
        Polygon in EPSG:4326 to which everything is cut; None takes the box of the streets.
    kind
        Kind of the boundary, for its layer; by default "given", or "extract" if there is none.
    progress
        Told what is done.

    Raises
    ------
    InputDataError
        If no street is left, or the streets lie too far apart to be of one place.
    """
    say = progress or (lambda _text, _share: None)
    counts = Counter(file.drawn.counts)
    kept = _kept(file.drawn, counts, boundary)
    if not len(kept.lines):
        raise _no_streets(file.name, counts, boundary)
    kind = kind or ("extract" if boundary is None else "given")
    if boundary is None:
        boundary = _box(file.name, kept.lines)
    say(f"Joining {len(kept.lines):,} lines at their crossings", None)
    values = [rules.street_values(tags) for tags in kept.tags]
    levels = np.array([_level(v) for v in values], dtype=np.int64)
    pieces = _pieces(file.name, kept, levels, counts)
    pieces, both_ways = stated_ends.without_doubles(pieces, levels, kept.way_ids, counts)
    if "missing_classes" in counts:
        beside_m = noding.parallel_m(file.name, pieces.lines, pieces.u, pieces.v)
        counts_km = {"parallel_km": round(float(beside_m.sum()) / 1000, 3)}
    else:
        counts_km = {}
    say(f"Cutting {len(pieces):,} street pieces at the boundary", None)
    streets = _streets(pieces, kept, values, both_ways, boundary)
    if not len(streets):
        raise _no_streets(file.name, counts, boundary)
    layers = _layers(streets, file.beside, boundary, kind, counts)
    _state_missing(layers, file.beside, kept, counts)
    return Extract(
        layers=layers,
        counts=figures(layers, {**counts, **counts_km}),
        metric_crs=metric_crs_of(boundary),
        area_km2=area_km2_of(boundary),
        osm_timestamp=None,
        sha256=file.sha256,
    )


def _no_streets(
    name: str, counts: Mapping[str, int], boundary: BaseGeometry | None
) -> InputDataError:
    if boundary is not None and not counts["features_outside_world"]:
        msg = f"{name} has no streets inside the boundary. Is it the right place?"
    elif counts["features_outside_world"]:
        msg = (
            f"{name} has no street inside the world. Is the coordinate system it names the "
            "right one, and is longitude before latitude?"
        )
    else:
        msg = f"{name} has no lines of streets. Is it the right layer?"
    return InputDataError(msg)


def _kept(drawn: Drawn, counts: Counter[str], boundary: BaseGeometry | None) -> Drawn:
    """Leave out lines that are no streets or lie far outside, and settle the classes."""
    n_given = sum("highway" in tags for tags in drawn.tags)
    if len(drawn.tags) and not n_given:
        counts["missing_classes"] = 1
    rows, kept_tags = [], []
    bounds = shapely.bounds(drawn.lines).reshape(-1, 4)
    limits = None if boundary is None else boundary.bounds
    for i, tags in enumerate(drawn.tags):
        highway, counted = columns.street_class(tags.get("highway"))
        if counted and not (counted == "classes_missing" and not n_given):
            counts[counted] += 1
        if highway is None:
            continue
        if tags.get("area") == "yes":
            counts["ways_left_out_area"] += 1
            continue
        if limits and _apart(bounds[i], limits):
            continue
        rows.append(i)
        kept_tags.append({**tags, "highway": highway})
    at = np.array(rows, dtype=np.int64)
    counts["ways"] = len(rows)
    return Drawn(
        lines=drawn.lines[at],
        tags=kept_tags,
        way_ids=drawn.way_ids[at],
        ends=None if drawn.ends is None else drawn.ends[at],
    )


def _apart(one: Any, other: Any) -> bool:  # noqa: ANN401
    return bool(one[2] < other[0] or one[0] > other[2] or one[3] < other[1] or one[1] > other[3])


def _box(name: str, lines: GeometryArray) -> BaseGeometry:
    west, south, east, north = shapely.total_bounds(lines)
    if east - west > _WIDEST_DEG:
        msg = (
            f"The streets in {name} reach over {east - west:.0f} degrees of longitude. Some "
            "positions are wrong, or lie on both sides of 180 degrees: cut it to one place."
        )
        raise InputDataError(msg)
    if west == east or south == north:
        west, south = max(west - _AROUND, -180), max(south - _AROUND, -90)
        east, north = min(east + _AROUND, 180), min(north + _AROUND, 90)
    return shapely.Polygon([(west, south), (east, south), (east, north), (west, north)])


# --- pieces ---------------------------------------------------------------------------------


def _pieces(name: str, drawn: Drawn, levels: IntArray, counts: Counter[str]) -> Pieces:
    """Return the pieces between nodes: those the file states, else those of its geometry."""
    if drawn.ends is not None:
        pieces = stated_ends.stated(drawn.lines, drawn.ends)
        if pieces is not None:
            counts["nodes_stated"] = 1
            return pieces
        counts["nodes_stated_wrongly"] = 1
    met, met_counts = noding.meet(name, noding.vertices_of(drawn.lines), levels)
    counts.update(met_counts)
    refs = noding.position_ids(met.x, met.y)
    pieces, broken = split.split_ways(split.WayNodes(met.offsets, refs, met.x, met.y))
    counts["pieces_dropped"] += broken["pieces_dropped"]
    return pieces


def _level(values: Mapping[str, Any]) -> int:
    """Return the level of a street; a bridge or tunnel without one is above or below."""
    if values["layer"]:
        return int(values["layer"])
    if values["cover"] in {"tunnel", "underground"}:
        return -1
    return int(values["bridge"])


def _streets(
    pieces: Pieces,
    drawn: Drawn,
    values: Sequence[dict[str, Any]],
    both_ways: NDArray[np.bool_],
    boundary: BaseGeometry,
) -> gpd.GeoDataFrame:
    two_way = {
        shapely.to_wkb(line) for line in pieces.lines[both_ways]
    }  # cutting at the boundary makes new lines; those keep what their way says
    pieces = split.clip_pieces(pieces, boundary)
    if not len(pieces):
        return empty_layer("streets")
    way_ids = drawn.way_ids[pieces.way]
    pieces = _numbered(pieces, way_ids)
    table = {name: [values[w][name] for w in pieces.way] for name in values[0]}
    against = np.array(table.pop("against"), dtype=bool)
    ids = split.street_ids(pieces, way_ids)
    if two_way:
        both = np.array([shapely.to_wkb(line) in two_way for line in pieces.lines])
        table["oneway"] = list(np.array(table["oneway"], dtype=bool) & ~both)
        against &= ~both
    lines = np.where(against, shapely.reverse(pieces.lines), pieces.lines)
    frame = gpd.GeoDataFrame(
        {
            "street_id": ids,
            "osm_way_id": way_ids,
            "ordinal": pieces.ordinal,
            "u": np.where(against, pieces.v, pieces.u),
            "v": np.where(against, pieces.u, pieces.v),
            **table,
            "length_m": np.round(split.lengths_m(lines), 3),
        },
        geometry=lines,
        crs=CRS,
    )
    frame["carriageway"] = split.carriageways(frame, metric_crs_of(boundary))
    return conform("streets", frame)


def _numbered(pieces: Pieces, way_ids: IntArray) -> Pieces:
    """Return pieces numbered along their ways; without way ids, only those of equal hash are.

    The id of a street that came without one then depends on its own shape alone.
    """
    plain = Pieces(pieces.way, np.zeros(len(pieces), np.int64), pieces.u, pieces.v, pieces.lines)
    ids = pd.Series(split.street_ids(plain, way_ids))
    order = np.lexsort((pieces.ordinal, pieces.way, way_ids))
    ordinal = pieces.ordinal.copy()
    named = way_ids > 0
    # Lines of one way, then pieces along each line; parts of one cut piece keep one number.
    whole = pd.DataFrame({"id": way_ids, "way": pieces.way, "ordinal": pieces.ordinal})
    ranks = whole.iloc[order].drop_duplicates()
    ranks = ranks.assign(number=ranks.groupby("id").cumcount())
    numbered = whole.merge(ranks, how="left", on=["id", "way", "ordinal"])["number"].to_numpy()
    same_hash = ids.groupby(ids).cumcount().to_numpy()
    ordinal[named] = numbered[named]
    ordinal[~named] = same_hash[~named]
    return Pieces(pieces.way, ordinal.astype(np.int64), pieces.u, pieces.v, pieces.lines)


# --- the other layers -----------------------------------------------------------------------


def _layers(
    streets: gpd.GeoDataFrame,
    beside: Beside,
    boundary: BaseGeometry,
    kind: str,
    counts: Counter[str],
) -> PackLayers:
    shapely.prepare(boundary)
    junctions = split.junctions_of(streets)
    signals = gpd.GeoSeries([s for s in beside.signals or () if boundary.covers(s)], crs=CRS)
    flags, unplaced = split.place_signals(junctions, signals, metric_crs_of(boundary))
    counts["signals"] = len(signals)
    counts["signals_unplaced"] = unplaced
    buildings = [b for b in beside.buildings or () if boundary.intersects(b["geometry"])]
    places = [p for p in beside.places or () if boundary.covers(p["geometry"])]
    return PackLayers(
        streets=streets,
        junctions=conform("junctions", junctions.assign(signals=flags)),
        buildings=frame_of("buildings", buildings),
        places=frame_of("places", places),
        cameras=empty_layer("cameras"),
        boundary=frame_of("boundary", [{"kind": kind, "geometry": boundary}]),
    )


def _state_missing(layers: PackLayers, beside: Beside, drawn: Drawn, counts: Counter[str]) -> None:
    """Say which layers and columns the file does not have: every result has to tell."""
    absent = {
        "missing_buildings": layers.buildings.empty,
        "missing_places": layers.places.empty,
        "missing_signals": not beside.signals,
        "missing_cameras": True,
        "missing_oneway": not any("oneway" in tags for tags in drawn.tags),
        "missing_bridges": not any({"bridge", "tunnel", "layer"} & set(t) for t in drawn.tags),
    }
    counts.update({name: 1 for name, gone in absent.items() if gone})


def shape_rows(
    shapes: GeometryArray,
    tags: Sequence[Mapping[str, str]],
    ids: Sequence[str],
    counts: Counter[str],
) -> list[dict[str, Any]]:
    """Return rows of the layer buildings: valid areas, without roofs on posts.

    Parameters
    ----------
    shapes
        Polygons in EPSG:4326; others are counted and left out.
    tags
        OpenStreetMap tags of each.
    ids
        A name for each that does not repeat.
    counts
        Raised: ``buildings_dropped``, ``buildings_repaired``, ``buildings_without_walls_left_out``.
    """
    rows = []
    for shape, values, name in zip(shapes, tags, ids, strict=True):
        whole = polygonal(shape)
        if whole is None:
            counts["buildings_dropped"] += 1
        elif not rules.blocks_view(values):
            counts["buildings_without_walls_left_out"] += 1
        else:
            counts["buildings_repaired"] += not shapely.is_valid(shape)
            rows.append({
                "osm_id": name,
                "height_m": rules.height_m(values, most_m=rules.MOST_BUILDING_HEIGHT_M),
                "levels": rules.levels(values),
                "geometry": whole,
            })  # fmt: skip
    return rows


def place_row(name: str, kind: str, label: str | None, point: BaseGeometry) -> dict[str, Any]:
    """Return a row of the layer places."""
    return {"osm_id": name, "kind": kind, "name": clean_text(label), "geometry": point}
