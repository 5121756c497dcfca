"""Names on a printed map: what they are, where they belong, and how much room they have.

Which of them fit without lying on one another is decided where they are set, see
`templates/common.typ` and `map_texts`: only there is known how wide a name is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from toolkit.base.clean_text import clean_text
from toolkit.base.terms import Language
from toolkit.output import map_background

if TYPE_CHECKING:
    from toolkit.assessment.layers import Layers
    from toolkit.output.report.map_frame import Frame

Kind = Literal["quarter", "landmark", "water", "waterway", "park", "street"]

_MOST_OF_KIND: Final[dict[Kind, int]] = {
    "quarter": 24, "water": 12, "waterway": 8, "park": 12, "landmark": 40, "street": 160,
}  # fmt: skip
"""Most names of a kind that are tried: a page holds about a hundred."""
_RANKS: Final = {
    "motorway": 0, "trunk": 0, "primary": 1, "secondary": 2, "tertiary": 3, "unclassified": 4,
    "residential": 4, "pedestrian": 4, "living_street": 5,
}  # fmt: skip
"""Importance of kinds of street (`highway` of OpenStreetMap); others get no name on paper."""
_SHORTEST: Final = 120.0
"""Units: streets shorter than 12 mm on paper have no room for a name."""
_STRAIGHT: Final = 8.0
"""Units that a street may stray from the line of its name."""
_PIECES: Final = 3
"""Pieces of a street that may have its name, where the longest has no room for it."""
Piece = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Name:
    """One name on a map.

    Attributes
    ----------
    kind
        What has the name.
    names
        Own, English, Burmese; empty where not known.
    x, y
        Its middle, in units of the drawing.
    angle_deg
        Clockwise, at most a quarter turn.
    room
        Units along a street; 0 where it may be as wide as it is.
    """

    kind: Kind
    names: tuple[str, str, str]
    x: int
    y: int
    angle_deg: float = 0.0
    room: int = 0

    def in_language(self, lang: Language) -> str:
        """Return the name in a language, else as it is written there."""
        own, english, burmese = self.names
        return (burmese if lang == "my" else english) or own or english or burmese


def names(layers: Layers, frame: Frame) -> tuple[Name, ...]:
    """Return what may be named, the most important first."""
    found = _background(layers, frame)
    order: dict[Kind, int] = {"water": 0, "quarter": 1, "street": 2, "park": 3, "waterway": 4}
    listed = [*found, *_streets(layers.streets, frame)]
    listed.sort(key=lambda one: order.get(one.kind, 2))
    # Landmarks between the main streets and the rest: people look for both.
    return tuple(_mixed(listed))


def named(shown: Sequence[Name], lang: Language) -> list[dict[str, Any]]:
    """Return what may be named on a map, as data of a page."""
    return [
        {
            "kind": name.kind,
            "text": name.in_language(lang),
            "x": name.x,
            "y": name.y,
            "angle": name.angle_deg,
            "room": name.room,
        }
        for name in shown
    ]


def _mixed(listed: list[Name]) -> list[Name]:
    """Return names of streets and landmarks in turns, after those of water and quarters."""
    first = [one for one in listed if one.kind in ("water", "quarter")]
    streets = [
        list(same)
        for _, same in itertools.groupby(
            (one for one in listed if one.kind == "street"), key=lambda one: one.names
        )
    ]
    landmarks = [one for one in listed if one.kind == "landmark"]
    rest = [one for one in listed if one.kind in ("park", "waterway")]
    turns: list[Name] = []
    for k in range(max(math.ceil(len(streets) / 2), len(landmarks))):
        turns += [*itertools.chain(*streets[2 * k : 2 * k + 2]), *landmarks[k : k + 1]]
    return [*first, *rest[: len(rest) // 2], *turns, *rest[len(rest) // 2 :]]


def _background(layers: Layers, frame: Frame) -> list[Name]:
    """Return the names of water, quarters, landmarks and parks."""
    if layers.background is None or not len(layers.background):
        return []
    rows, points = map_background.labels(layers.background)
    at = frame.coordinates(points)
    found: list[Name] = []
    left = dict(_MOST_OF_KIND)
    for row, (x, y) in zip(rows, at.tolist(), strict=True):
        kind: Kind = row["kind"]
        if left[kind] <= 0 or not (0 <= x <= frame.width and 0 <= y <= frame.height):
            continue
        left[kind] -= 1
        own, english, burmese = row["names"]
        found.append(Name(kind, (own, english, burmese), round(x), round(y)))
    return found


def _streets(streets: gpd.GeoDataFrame, frame: Frame) -> list[Name]:
    """Return the names of streets, each along its straight pieces, of which one will have it."""
    rank = streets["highway"].map(lambda text: _RANKS.get(str(text).removesuffix("_link")))
    named = streets[rank.notna() & streets["name"].notna()]
    if not len(named):
        return []
    table = pd.DataFrame(
        {
            "name": named["name"].to_numpy(dtype=object),
            "rank": rank[named.index].to_numpy(float),
            "row": np.arange(len(named)),
        }
    )
    shapes = frame.placed_one_by_one(named)
    found: list[tuple[float, float, list[Name]]] = []
    for name, rows in table.groupby("name", sort=True):
        members = rows["row"].to_numpy()
        first = named.iloc[int(members[0])]
        texts = (clean_text(str(name)) or "", _text(first, "name_en"), _text(first, "name_my"))
        labels = [
            Name("street", texts, *middle, round(angle, 1), round(room))
            for middle, angle, room in _spots(_straight(shapes[members]))
            if room >= _SHORTEST and frame.holds(*middle)
        ]
        if labels:
            found.append((float(rows["rank"].min()), -labels[0].room, labels))
    found.sort(key=lambda one: (one[0], one[1], one[2][0].names))
    return [label for _, _, labels in found[: _MOST_OF_KIND["street"]] for label in labels]


def _spots(pieces: Sequence[Piece]) -> list[tuple[tuple[int, int], float, float]]:
    """Return where a name may be along a street, the best first: place, angle and room."""
    spots = [(0.5, *piece) for piece in pieces]
    if pieces:
        spots += [(share, *pieces[0]) for share in (0.25, 0.75)]
    found = []
    for share, (x0, y0), (x1, y1) in spots:
        middle = (round(x0 + share * (x1 - x0)), round(y0 + share * (y1 - y0)))
        angle = (math.degrees(math.atan2(y1 - y0, x1 - x0)) + 90.0) % 180.0 - 90.0
        room = 2 * min(share, 1 - share) * math.hypot(x1 - x0, y1 - y0)
        found.append((middle, angle, room))
    return found


def _text(row: Any, column: str) -> str:  # noqa: ANN401 - a row of a frame
    value = row.get(column)
    return "" if value is None or pd.isna(value) else clean_text(str(value)) or ""


def _straight(shapes: NDArray[np.object_]) -> list[Piece]:
    """Return both ends of the longest nearly straight pieces of some lines, the longest first."""
    merged = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(shapes)))
    found: list[tuple[float, Piece]] = []
    for line in shapely.get_parts(shapely.simplify(merged, _STRAIGHT)):
        points = shapely.get_coordinates(line)
        lengths = np.hypot(*np.diff(points, axis=0).T)
        if len(lengths):
            k = int(lengths.argmax())
            (x0, y0), (x1, y1) = points[k].tolist(), points[k + 1].tolist()
            found.append((float(lengths[k]), ((x0, y0), (x1, y1))))
    found.sort(key=lambda one: (-one[0], one[1]))
    return [piece for length, piece in found[:_PIECES] if length > 0.0]
