"""An invented town, fetched from a server of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import osmium
from geopandas.testing import assert_geodataframe_equal
from osmium.osm import mutable
from overpass_server import Server

from toolkit.base import store
from toolkit.base.terms import Names
from toolkit.streets.cities import City
from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.osm.file import read_osm
from toolkit.streets.readers.overpass import ask
from toolkit.streets.readers.overpass.fetch import _area, fetched_file
from toolkit.streets.schema import BACKGROUND, LAYERS

LON, LAT, STEP = 96.04, 16.04, 0.002
"""South-west corner of the invented town; streets each 0.002 degrees (200 m)."""


SIZE = 12


CITY = City(
    id="invented", name=Names(en="Invented", my="Invented"), lat=16.052, lon=96.052, admin="none"
)


RADIUS_M = 900.0


def town(path: Path) -> Path:
    """Write a town of a grid of streets that lies across four rectangles of the questions."""

    def at(column: float, row: float) -> tuple[float, float]:
        return round(LON + column * STEP, 7), round(LAT + row * STEP, 7)

    def number(column: int, row: int) -> int:
        return 1 + column + row * SIZE

    nodes: dict[int, tuple[tuple[float, float], dict[str, str]]] = {
        number(c, r): (at(c, r), {}) for c in range(SIZE) for r in range(SIZE)
    }
    nodes[number(6, 6)] = (at(6, 6), {"highway": "traffic_signals"})
    nodes[number(4, 6)] = (at(4, 6), {"barrier": "lift_gate"})
    more = [
        ({"man_made": "surveillance", "camera:direction": "90", "operator": "ထား & co"}, 6.1, 5.1),
        ({"man_made": "surveillance", "surveillance:type": "guard"}, 5.1, 5.2),
        ({"amenity": "police", "name": "နယ်မြေ"}, 5.5, 7.5),
        ({"highway": "street_lamp"}, 6.5, 6.5),
        ({"amenity": "bench"}, 6.6, 6.6),
    ]
    for k, (tags, column, row) in enumerate(more):
        nodes[900 + k] = (at(column, row), tags)
    ways: dict[int, tuple[list[int], dict[str, str]]] = {}
    for k in range(SIZE):
        along = [number(c, k) for c in range(SIZE)]
        ways[10 + k] = (along, {"highway": "residential", "name": f"Row {k}"})
        ways[30 + k] = ([number(k, r) for r in range(SIZE)], {"highway": "tertiary"})
    ways[11][1]["oneway"] = "-1"
    ways[33] = (ways[33][0], {"highway": "footway"})
    ways[34] = (ways[34][0], {"highway": "platform"})
    ways[60] = ([number(5, 5), 99_999, number(7, 8)], {"highway": "path"})  # one node is missing

    def house(way: int, column: float, row: float, size: float, tags: dict[str, str]) -> None:
        first = 1000 + way * 10
        for k, (a, b) in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
            nodes[first + k] = (at(column + a * size, row + b * size), {})
        ways[way] = ([first, first + 1, first + 2, first + 3, first], tags)

    house(100, 4.9, 4.8, 0.3, {"building": "yes", "height": "12"})  # lies across two rectangles
    house(101, 6.2, 6.2, 0.5, {})
    house(102, 6.3, 6.3, 0.2, {})
    house(103, 7.2, 5.2, 0.3, {"amenity": "school"})
    relations = {7: ([("w", 101, "outer"), ("w", 102, "inner")], {"building": "yes"})}
    with osmium.SimpleWriter(str(path)) as writer:
        for key in sorted(nodes):
            place, tags = nodes[key]
            writer.add_node(mutable.Node(id=key, location=place, tags=tags))
        for key in sorted(ways):
            refs, tags = ways[key]
            writer.add_way(mutable.Way(id=key, nodes=refs, tags=tags))
        for key, (members, tags) in relations.items():
            kind = {"type": "multipolygon"}
            writer.add_relation(mutable.Relation(id=key, members=members, tags=kind | tags))
    return path


def quick(server: Server, **changed: Any) -> ask.Server:
    options = {
        "endpoint": server.endpoint,
        "silence_s": 5,
        "answer_s": 30,
        "tries": 3,
        "first_pause_s": 0.01,
        "max_pause_s": 0.05,
        "between_s": 0,
    }
    return ask.Server(**(options | changed))


def fetch(server: Server, **changed: Any) -> Extract:
    limits = {k: changed.pop(k) for k in tuple(changed) if k in ask.Server.__annotations__}
    options: dict[str, Any] = {
        "radius_m": RADIUS_M,
        "allow_network": True,
        "announce": lambda _text: None,
        "server": quick(server, **limits),
    }
    return fetched(CITY, **(options | changed))


def fetched(city: City, **options: Any) -> Extract:
    """Fetch a city and read it, cut to the area that was requested."""
    with fetched_file(city, **options) as path:
        area = _area(city, options.get("boundary"), options.get("radius_m"))
        return read_osm(path, boundary=area)


def kept(folder: Path | None = None) -> list[str]:
    folder = folder or store.cache_dir() / "fetch"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def assert_same_city(fetched: Extract, path: Path) -> None:
    """Compare with the file itself, cut to the same polygon, layer by layer."""
    area = fetched.layers.boundary.geometry.iloc[0]
    direct = read_osm(path, boundary=area)
    for layer in LAYERS:
        mine, theirs = getattr(fetched.layers, layer), getattr(direct.layers, layer)
        assert_geodataframe_equal(mine, theirs)
    # Forests and the sea are not fetched.
    mine, theirs = ({k: v for k, v in one.counts.items() if not k.startswith(BACKGROUND)}
                    for one in (fetched, direct))  # fmt: skip
    assert mine == theirs
    assert fetched.area_km2 == direct.area_km2
    assert len(fetched.layers.streets) > 50
