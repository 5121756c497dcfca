"""Hand-written OpenStreetMap files on a small grid."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

import pyproj

Tags = dict[str, str]
GEOD = pyproj.Geod(ellps="WGS84")
LON, LAT, STEP = 96.0, 16.0, 0.001
"""Nodes stand on a grid near 16 N 96 E: (column, row) times STEP degrees (about 110 m)."""


class Drawing:
    """A hand-written OSM XML file."""

    def __init__(self, *, bounds: bool = True) -> None:
        self.nodes: dict[int, str] = {}
        self.ways: dict[int, str] = {}
        self.relations: dict[int, str] = {}
        self.bounds = bounds

    def node(self, number: int, column: float, row: float, **tags: str) -> None:
        lon, lat = LON + column * STEP, LAT + row * STEP
        self.nodes[number] = (
            f'<node id="{number}" version="1" timestamp="2024-02-03T04:05:06Z" '
            f'lon="{lon:.7f}" lat="{lat:.7f}">{_tags(tags)}</node>'
        )

    def way(self, number: int, refs: Iterable[int], **tags: str) -> None:
        nds = "".join(f'<nd ref="{r}"/>' for r in refs)
        self.ways[number] = f'<way id="{number}" version="1">{nds}{_tags(tags)}</way>'

    def relation(self, number: int, members: Iterable[tuple[int, str]], **tags: str) -> None:
        inner = "".join(f'<member type="way" ref="{r}" role="{role}"/>' for r, role in members)
        self.relations[number] = (
            f'<relation id="{number}" version="1">{inner}{_tags(tags)}</relation>'
        )

    def text(self) -> str:
        box = f'<bounds minlon="{LON - 0.1}" minlat="{LAT - 0.1}" maxlon="{LON + 0.1}" maxlat="{LAT + 0.1}"/>'  # noqa: E501
        kinds = (self.nodes, self.ways, self.relations)
        body = "\n".join(kind[number] for kind in kinds for number in sorted(kind))
        return f'<osm version="0.6">{box if self.bounds else ""}\n{body}\n</osm>\n'

    def square(self, first: int, column: float, row: float, size: float = 1) -> list[int]:
        corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
        for k, (a, b) in enumerate(corners):
            self.node(first + k, column + a * size, row + b * size)
        return [first, first + 1, first + 2, first + 3, first]


def _tags(tags: Tags) -> str:
    return "".join(
        f"<tag k={quoteattr(k.replace('__', ':'))} v={quoteattr(v)}/>" for k, v in tags.items()
    )


def street(drawing: Drawing | None = None) -> Drawing:
    """Add one residential street, way 1000 over nodes 900 and 901, to a drawing."""
    drawing = drawing or Drawing()
    drawing.node(900, 0, 0)
    drawing.node(901, 3, 0)
    drawing.way(1000, [900, 901], highway="residential", name="First")
    return drawing
