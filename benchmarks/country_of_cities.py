"""A made file of a whole country: real extracts, moved to its cities and between them.

It stands for the country file of Myanmar, which cannot be had here: as large, with a town of real
streets, buildings and cameras at each of the ten cities, and as many other places as it takes.
Ids are spread as widely as real ones, which takes more memory than ids without gaps. Whoever makes
such a file deletes it: it is of no place on Earth.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import osmium
from osmium.osm import mutable

from toolkit.streets.cities import City, load_cities

MIDDLES: Final = {
    "baltimore.osm.pbf": (-76.6122, 39.2904),
    "liechtenstein.osm.pbf": (9.5215, 47.1410),
    "north-bayreuth.osm.gz": (11.5370, 49.9896),
    "porto.osm.pbf": (-8.6110, 41.1496),
}
"""Middle of the town in each extract, longitude and latitude: it comes to lie on a city."""
_STEP_DEG: Final = 0.62
"""Distance of the places that are filled: no two extracts overlap."""
_BOX: Final = (92.5, 9.9, 101.0, 28.3)
"""West, south, east and north of Myanmar, roughly."""
_CLEAR_DEG: Final = 0.75
"""Distance from a city in which nothing is filled: its own extract ends there."""
_MOST_ID: Final = 12_000_000_000
"""Ids of nodes go up to here, as in the OpenStreetMap of 2026."""
_BYTES_PER_NODE: Final = 8.83
"""Size of such a file over its number of nodes."""


@dataclass(frozen=True)
class Content:
    """Objects of an extract; places relative to its middle, in degrees of latitude."""

    nodes: list[tuple[float, float, dict[str, str] | None]]
    ways: list[tuple[list[int], dict[str, str]]]
    relations: list[tuple[list[tuple[str, int, str]], dict[str, str]]]
    lat: float

    @staticmethod
    def read(path: Path) -> Content:
        """Read an extract; objects are numbered by their order."""
        lon0, lat0 = MIDDLES[path.name]
        per_lon = math.cos(math.radians(lat0))
        found = Content([], [], [], lat0)
        rank: dict[str, dict[int, int]] = {"n": {}, "w": {}}
        objects: Iterator[Any] = iter(osmium.FileProcessor(str(path)))
        for item in objects:
            tags = {tag.k: tag.v for tag in item.tags}
            if item.is_node():
                rank["n"][item.id] = len(found.nodes)
                east, north = (item.lon - lon0) * per_lon, item.lat - lat0
                found.nodes.append((east, north, tags or None))
            elif item.is_way():
                rank["w"][item.id] = len(found.ways)
                refs = [rank["n"][one.ref] for one in item.nodes if one.ref in rank["n"]]
                found.ways.append((refs, tags))
            else:
                members = [
                    (m.type, rank[m.type][m.ref], m.role)
                    for m in item.members
                    if m.ref in rank.get(m.type, {})
                ]
                found.relations.append((members, tags))
        return found


def cities() -> list[City]:
    """Return the ten cities."""
    return [city for city in load_cities() if not city.demonstration]


def write(
    path: Path,
    folder: Path,
    *,
    size_mb: float,
    of: Sequence[City] | None = None,
    names: Sequence[str] = tuple(MIDDLES),
) -> int:
    """Write a file of about a size, and return the number of its nodes.

    Parameters
    ----------
    path
        File to write, ending in ``.osm.pbf``.
    folder
        Folder with the extracts of `MIDDLES`.
    size_mb
        Size in MB; larger if the cities alone take more.
    of
        Its cities; the ten of the evidence by default.
    names
        Extracts that lie at the cities in turn; that of the places between them is the last.
    """
    known = {name: Content.read(folder / name) for name in names}
    wanted = size_mb * 1e6 / _BYTES_PER_NODE
    tiles = list(_tiles(known, wanted, cities() if of is None else of))
    spread = max(1, int(_MOST_ID // sum(len(content.nodes) for content, _ in tiles)))
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        n_nodes = _write_nodes(writer, tiles, spread)
        _write_rest(writer, tiles, spread)
    return n_nodes


def _tiles(
    known: dict[str, Content], wanted: float, of: Sequence[City]
) -> Iterator[tuple[Content, tuple[float, float]]]:
    """Yield what lies where: an extract at each city, then others between them."""
    n_nodes = 0
    for city, content in zip(of, itertools.cycle(known.values()), strict=False):
        n_nodes += len(content.nodes)
        yield content, (city.lon, city.lat)
    west, south, east, north = _BOX
    filler = list(known.values())[-1]
    columns, rows = int((east - west) / _STEP_DEG), int((north - south) / _STEP_DEG)
    for column, row in itertools.product(range(columns), range(rows)):
        at = west + column * _STEP_DEG, south + row * _STEP_DEG
        if n_nodes >= wanted:
            return
        if any(math.dist(at, (city.lon, city.lat)) < _CLEAR_DEG for city in of):
            continue
        n_nodes += len(filler.nodes)
        yield filler, at


def _write_nodes(
    writer: Any,  # noqa: ANN401
    tiles: Sequence[tuple[Content, tuple[float, float]]],
    spread: int,
) -> int:
    number = 0
    for content, (lon, lat) in tiles:
        per_lat = 1 / math.cos(math.radians(lat))
        for east, north, tags in content.nodes:
            number += 1
            at = (lon + east * per_lat, lat + north)
            writer.add_node(mutable.Node(id=number * spread, location=at, tags=tags))
    return number


def _write_rest(
    writer: Any,  # noqa: ANN401
    tiles: Sequence[tuple[Content, tuple[float, float]]],
    spread: int,
) -> None:
    first_node, first_way, way = 1, 1, 0
    for content, _ in tiles:
        for refs, tags in content.ways:
            way += 1
            nodes = [(first_node + ref) * spread for ref in refs]
            writer.add_way(mutable.Way(id=way, nodes=nodes, tags=tags))
        first_node += len(content.nodes)
    first_node, relation = 1, 0
    for content, _ in tiles:
        for members, tags in content.relations:
            relation += 1
            here = [
                (kind, (first_node + ref) * spread if kind == "n" else first_way + ref, role)
                for kind, ref, role in members
            ]
            writer.add_relation(mutable.Relation(id=relation, members=here, tags=tags))
        first_node += len(content.nodes)
        first_way += len(content.ways)
