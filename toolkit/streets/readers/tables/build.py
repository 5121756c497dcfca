"""Layers of a pack from lines with tags, whichever format they were read from."""

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
from toolkit.base.terms import StepProgress, no_progress
from toolkit.streets.readers.extract import (
    Extract,
    area_km2_of,
    frame_of,
    manifest_figures,
    metric_crs_of,
    polygonal,
)
from toolkit.streets.readers.osm import tags as rules
from toolkit.streets.readers.tables import columns
from toolkit.streets.readers.topology import noding, split, stated_ends
from toolkit.streets.readers.topology.split import Pieces
from toolkit.streets.schema import CRS, PackLayers, conform, empty_layer

_WIDEST_DEG: Final = 90.0
"""Streets farther apart than this are not in one country: some position is wrong."""
_MAX_POINTS: Final = 100_000
"""Maximum points of a line, fifty times those of an OpenStreetMap way: a thousand kilometres at
every ten metres."""
_AROUND: Final = 1e-4
"""Margin in degrees (about 10 m) of a bounding box that has no area."""


@dataclass(frozen=True)
class RawStreets:
    """Street lines as in the file.

    Attributes
    ----------
    lines
        LineStrings in EPSG:4326 with at least two different points.
    tags
        OpenStreetMap tags of each line; ``highway`` may be missing.
    way_ids
        OpenStreetMap way id of each line, 0 if it has none.
    ends
        Ids of the end nodes, shape (n, 2); None if the file has none.
    counts
        Problems and omissions so far.
    """

    lines: GeometryArray
    tags: Sequence[Mapping[str, str]]
    way_ids: IntArray
    ends: IntArray | None = None
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class OtherLayers:
    """Rows of the other layers of a file, and its traffic signals; None where it has none."""

    buildings: list[dict[str, Any]] | None = None
    places: list[dict[str, Any]] | None = None
    signals: list[BaseGeometry] | None = None


@dataclass(frozen=True)
class StreetFile:
    """Content of a street file before it is clipped to a place.

    Attributes
    ----------
    name
        Name of the file, for messages.
    sha256
        Hash of the file.
    streets
        Street lines.
    others
        Buildings, places and signals.
    street_counts
        Omissions in the street layer alone; the counts of `streets` cover all layers.
    """

    name: str
    sha256: str
    streets: RawStreets
    others: OtherLayers
    street_counts: Mapping[str, int] = field(default_factory=dict)


def build(
    file: StreetFile,
    *,
    boundary: BaseGeometry | None = None,
    kind: str | None = None,
    progress: StepProgress | None = None,
) -> Extract:
    """Build the layers of a street file inside a boundary.

    Parameters
    ----------
    file
        From `read.load_tables` or `graphml.load_graphml`; may be used for several places.
    boundary
        Polygon in EPSG:4326 to which everything is clipped; None takes the bounding box of the
        streets.
    kind
        Kind of boundary, for its layer; by default "given", or "extract" if there is none.
    progress
        Called at each step.

    Raises
    ------
    InputDataError
        If no street is left, or the streets are too far apart to be of one place.
    """
    say = progress or no_progress
    most = int(np.max(shapely.get_num_coordinates(file.streets.lines), initial=0))
    if most > _MAX_POINTS:
        msg = (
            f"{file.name} has a line of {most:,} points, which is no street. Is it the layer of "
            "streets? Split long lines where streets meet."
        )
        raise InputDataError(msg)
    counts = Counter(file.streets.counts)
    kept = _kept(file.streets, counts, boundary)
    if not len(kept.lines):
        raise _no_streets(file.name, counts, boundary)
    kind = kind or ("extract" if boundary is None else "given")
    if boundary is None:
        boundary = _box(file.name, kept.lines)
    say(f"Joining {len(kept.lines):,} lines at their crossings", None)
    values = [rules.street_values(tags) for tags in kept.tags]
    levels = np.array([_level(v) for v in values], dtype=np.int64)
    pieces = _pieces(file.name, kept, levels, counts)
    pieces, both_ways = stated_ends.without_duplicates(pieces, levels, kept.way_ids, counts)
    if "missing_classes" in counts:
        beside_m = noding.parallel_m(file.name, pieces.lines, pieces.u, pieces.v)
        counts_km = {"parallel_km": round(float(beside_m.sum()) / 1000, 3)}
    else:
        counts_km = {}
    say(f"Cutting {len(pieces):,} street pieces at the boundary", None)
    streets = _streets(pieces, kept, values, both_ways, boundary, counts)
    if not len(streets):
        raise _no_streets(file.name, counts, boundary)
    layers = _layers(streets, file.others, boundary, kind, counts)
    _state_missing(layers, file.others, kept, counts)
    return Extract(
        layers=layers,
        counts=manifest_figures(layers, {**counts, **counts_km}),
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


def _kept(drawn: RawStreets, counts: Counter[str], boundary: BaseGeometry | None) -> RawStreets:
    """Keep the lines that are streets and near the boundary, and assign their classes."""
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
    return RawStreets(
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


def _pieces(name: str, drawn: RawStreets, levels: IntArray, counts: Counter[str]) -> Pieces:
    """Return pieces between the nodes stated in the file, else between those of the geometry."""
    if drawn.ends is not None:
        pieces = stated_ends.pieces_of(drawn.lines, drawn.ends)
        if pieces is not None:
            counts["nodes_stated"] = 1
            return pieces
        counts["nodes_stated_wrongly"] = 1
    met, met_counts = noding.node_lines(name, noding.vertices_of(drawn.lines), levels)
    counts.update(met_counts)
    refs = noding.position_ids(met.x, met.y)
    pieces, broken = split.split_ways(split.WayNodes(met.offsets, refs, met.x, met.y))
    counts["pieces_dropped"] += broken["pieces_dropped"]
    return pieces


def _level(values: Mapping[str, Any]) -> int:
    """Return the level of a street: ``layer``, else 1 on a bridge and -1 in a tunnel."""
    if values["layer"]:
        return int(values["layer"])
    if values["cover"] in {"tunnel", "underground"}:
        return -1
    return int(values["bridge"])


def _streets(
    pieces: Pieces,
    drawn: RawStreets,
    values: Sequence[dict[str, Any]],
    both_ways: NDArray[np.bool_],
    boundary: BaseGeometry,
    counts: Counter[str],
) -> gpd.GeoDataFrame:
    two_way = {
        shapely.to_wkb(line) for line in pieces.lines[both_ways]
    }  # lines clipped at the boundary are new, and keep the tag of their way
    pieces = split.clip_pieces(pieces, boundary)
    if not len(pieces):
        return empty_layer("streets")
    way_ids = drawn.way_ids[pieces.way]
    pieces = _numbered(pieces, way_ids)
    table = {name: [values[w][name] for w in pieces.way] for name in values[0]}
    against, other_way = (
        np.array(table.pop(name), dtype=bool) for name in ("against", "other_way")
    )
    ids = split.street_ids(pieces, way_ids)
    if two_way:
        both = np.array([shapely.to_wkb(line) in two_way for line in pieces.lines])
        for name in ("oneway", "oneway_motorcycle", "oneway_foot"):
            table[name] = list(np.array(table[name], dtype=bool) & ~both)
        against &= ~both
        other_way &= ~both
    counts["oneway_other_way"] += int(other_way.sum())
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
    """Return pieces numbered along their ways, or among those of equal hash without way ids.

    The id of a street without a way id then depends on its own shape only.
    """
    plain = Pieces(pieces.way, np.zeros(len(pieces), np.int64), pieces.u, pieces.v, pieces.lines)
    ids = pd.Series(split.street_ids(plain, way_ids))
    order = np.lexsort((pieces.ordinal, pieces.way, way_ids))
    ordinal = pieces.ordinal.copy()
    named = way_ids > 0
    # By lines of a way, then pieces along each line; parts of a clipped piece share a number.
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
    others: OtherLayers,
    boundary: BaseGeometry,
    kind: str,
    counts: Counter[str],
) -> PackLayers:
    shapely.prepare(boundary)
    junctions = split.junctions_of(streets)
    signals = gpd.GeoSeries([s for s in others.signals or () if boundary.covers(s)], crs=CRS)
    flags, unplaced = split.assign_signals(junctions, signals, metric_crs_of(boundary))
    counts["signals"] = len(signals)
    counts["signals_unplaced"] = unplaced
    buildings = [b for b in others.buildings or () if boundary.intersects(b["geometry"])]
    places = [p for p in others.places or () if boundary.covers(p["geometry"])]
    return PackLayers(
        streets=streets,
        junctions=conform("junctions", junctions.assign(signals=flags)),
        buildings=frame_of("buildings", buildings),
        places=frame_of("places", places),
        cameras=empty_layer("cameras"),
        boundary=frame_of("boundary", [{"kind": kind, "geometry": boundary}]),
    )


def _state_missing(
    layers: PackLayers, others: OtherLayers, drawn: RawStreets, counts: Counter[str]
) -> None:
    """Count the layers and columns that the file lacks, to be stated with every result."""
    absent = {
        "missing_buildings": layers.buildings.empty,
        "missing_places": layers.places.empty,
        "missing_signals": not others.signals,
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
    """Return rows of the layer "buildings": valid polygons, without roofs on posts.

    Parameters
    ----------
    shapes
        Polygons in EPSG:4326; other shapes are counted and left out.
    tags
        OpenStreetMap tags of each.
    ids
        Unique id of each.
    counts
        Increased: ``buildings_dropped``, ``buildings_repaired`` and
        ``buildings_without_walls_left_out``.
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
                "height_m": rules.height_m(values, max_m=rules.MAX_BUILDING_HEIGHT_M),
                "levels": rules.levels(values),
                "geometry": whole,
            })  # fmt: skip
    return rows


def place_row(name: str, kind: str, label: str | None, point: BaseGeometry) -> dict[str, Any]:
    """Return a row of the layer "places"."""
    return {"osm_id": name, "kind": kind, "name": clean_text(label), "geometry": point}
