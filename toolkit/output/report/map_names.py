"""Names on a printed map: what they are, and where they may be, with how much room.

Which of them fit without lying on one another is decided in `map_texts`, which knows how wide a
name is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

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
RANKS: Final = {
    "motorway": 0, "trunk": 0, "primary": 1, "secondary": 2, "tertiary": 3, "unclassified": 4,
    "residential": 4, "pedestrian": 4, "living_street": 4, "service": 5,
}  # fmt: skip
"""Importance of kinds of street (`highway` of OpenStreetMap); others get no name on paper."""
_WEIGHTS: Final = (8.0, 6.0, 4.0, 3.0, 1.5, 0.5)
"""How much a unit of a street of each importance counts: a long side street is looked for as much
as a short main street."""
_SHORTEST: Final = 60.0
"""Units: no name fits on less than 6 mm of street."""
_STRAIGHT: Final = 8.0
"""Units that a street may stray from the line of its name."""
_PIECES: Final = 6
"""Pieces of a street that may have its name, where the longest has no room for it."""
_SHARES: Final = (0.5, 0.35, 0.65, 0.2, 0.8)
"""Where along a piece its name may have its middle, the best first."""
_FIRST_STREETS: Final = 12
"""Streets that come before quarters and landmarks; from there on they take turns."""
_IN_TURN: Final = 3
"""Streets for each landmark."""
Piece = tuple[tuple[float, float], tuple[float, float]]


class Spot(NamedTuple):
    """A place where a name may have its middle, in units of the drawing.

    Attributes
    ----------
    x, y
        The place.
    angle_deg
        Clockwise, at most a quarter turn.
    room
        Units along a street; 0 where it may be as wide as it is.
    """

    x: int
    y: int
    angle_deg: float = 0.0
    room: int = 0


@dataclass(frozen=True)
class Name:
    """One name on a map.

    Attributes
    ----------
    kind
        What has the name.
    names
        Own, English, Burmese; empty where not known.
    spots
        Where it may be, the best first.
    """

    kind: Kind
    names: tuple[str, str, str]
    spots: tuple[Spot, ...]

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


def _mixed(listed: list[Name]) -> list[Name]:
    """Return names of streets and landmarks in turns, after water, first streets and quarters."""
    water, quarters = ([one for one in listed if one.kind == kind] for kind in ("water", "quarter"))
    streets = [one for one in listed if one.kind == "street"]
    landmarks = [one for one in listed if one.kind == "landmark"]
    rest = [one for one in listed if one.kind in ("park", "waterway")]
    early, later = streets[:_FIRST_STREETS], streets[_FIRST_STREETS:]
    turns = []
    for k in range(max(math.ceil(len(later) / _IN_TURN), len(landmarks))):
        turns += [*landmarks[k : k + 1], *later[_IN_TURN * k : _IN_TURN * (k + 1)]]
    parks, others = rest[: len(rest) // 2], rest[len(rest) // 2 :]
    return [*water, *early, *quarters, *parks, *turns, *others]


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
        found.append(Name(kind, (own, english, burmese), (Spot(round(x), round(y)),)))
    return found


def _streets(streets: gpd.GeoDataFrame, frame: Frame) -> list[Name]:
    """Return the names of streets, the most looked for first, along their straight pieces."""
    rank = streets["highway"].map(lambda text: RANKS.get(str(text).removesuffix("_link")))
    named = streets[rank.notna() & streets["name"].notna()]
    if not len(named):
        return []
    shapes = frame.placed_one_by_one(named)
    weight = np.array(_WEIGHTS)[rank[named.index].to_numpy(np.int64)]
    table = pd.DataFrame(
        {
            "name": named["name"].to_numpy(dtype=object),
            "counts": shapely.length(shapes) * weight,
            "row": np.arange(len(named)),
        }
    )
    found: list[tuple[float, Name]] = []
    for name, rows in table.groupby("name", sort=True):
        members = rows["row"].to_numpy()
        first = named.iloc[int(members[0])]
        texts = (clean_text(str(name)) or "", _text(first, "name_en"), _text(first, "name_my"))
        spots = _spots(_straight(shapes[members]), frame)
        if spots:
            found.append((-float(rows["counts"].sum()), Name("street", texts, spots)))
    found.sort(key=lambda one: (one[0], one[1].names))
    return [one for _, one in found[: _MOST_OF_KIND["street"]]]


def _spots(pieces: Sequence[Piece], frame: Frame) -> tuple[Spot, ...]:
    """Return where a name may be along a street, the best first."""
    found = []
    for (x0, y0), (x1, y1) in pieces:
        length = math.hypot(x1 - x0, y1 - y0)
        angle = (math.degrees(math.atan2(y1 - y0, x1 - x0)) + 90.0) % 180.0 - 90.0
        for share in _SHARES:
            x, y = round(x0 + share * (x1 - x0)), round(y0 + share * (y1 - y0))
            room = round(2 * min(share, 1 - share) * length)
            if room >= _SHORTEST and frame.holds(x, y):
                found.append(Spot(x, y, round(angle, 1), room))
    return tuple(found)


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
