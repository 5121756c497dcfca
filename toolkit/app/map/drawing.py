"""What users draw on the map: points or lines, which come back to Python and are kept nowhere else.

In the browser Geoman draws them; by keyboard, Enter puts one in the middle of the map.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from toolkit.base.terms import Language
from toolkit.language.translate import tr

Kind = Literal["point", "line"]
Place = tuple[float, float]
"""Longitude and latitude in degrees."""
Shape = tuple[Place, ...]
"""One place of a point, two or more of a line."""

STATE: Final = "drawn"
"""Name under which the component gives back what is drawn."""
MOST_PLACES: Final = 500
"""Most places of a line: more than anybody taps."""
_DECIMALS: Final = 6
"""Of a degree: 0.1 m."""


@dataclass(frozen=True)
class Draw:
    """What may be drawn on a map.

    Attributes
    ----------
    kind
        Points, or lines.
    key
        Whose shapes these are; with another key the map shows others.
    shapes
        Shapes there are.
    most
        Most shapes.
    """

    kind: Kind
    key: str
    shapes: Sequence[Shape] = ()
    most: int = 20


def data_of(draw: Draw, lang: Language) -> dict[str, Any]:
    """Return what the component needs to let users draw."""
    point = draw.kind == "point"
    return {
        "kind": draw.kind,
        "key": draw.key,
        "most": draw.most,
        "shapes": [list(map(list, shape)) for shape in draw.shapes],
        "words": {
            "add": tr("Add marks", lang) if point else tr("Draw a line", lang),
            "remove": tr("Remove single ones", lang),
            "undo": tr("Remove the last one", lang),
            "clear": tr("Remove all", lang),
            "finish": tr("Finish the line", lang),
            "number": tr("{n} of {most}", lang),
            "mark": tr("Mark {n}. Delete removes it.", lang),
            "how": tr(
                "Tap the map to put a mark. By keyboard: move the map with the arrow keys, Enter "
                "puts a mark in the middle.",
                lang,
            )
            if point
            else tr(
                "Tap the map along the route, and the last place once more to end. By keyboard: "
                "Enter adds the middle of the map.",
                lang,
            ),
        },
    }


def shapes_of(state: Mapping[str, Any] | None, draw: Draw) -> tuple[Shape, ...] | None:
    """Return what the browser says is drawn, or None if it says nothing about this key.

    Whatever is no shape on Earth is left out, and what exceeds the most, too.

    Parameters
    ----------
    state
        State of the component in ``st.session_state``.
    draw
        What was to be drawn.

    Examples
    --------
    >>> shapes_of({"drawn": {"key": "a", "shapes": [[[24.9, 60.2]]]}}, Draw("point", "a"))
    (((24.9, 60.2),),)
    """
    given = (state or {}).get(STATE)
    if not isinstance(given, Mapping) or given.get("key") != draw.key:
        return None
    listed = given.get("shapes")
    found = [_shape(one) for one in listed] if isinstance(listed, list) else []
    shapes = [one for one in found if one and (len(one) == 1) == (draw.kind == "point")]
    return tuple(shapes)[: draw.most]


def _shape(given: object) -> Shape | None:
    if not isinstance(given, list) or len(given) > MOST_PLACES:
        return None
    places = [_place(one) for one in given]
    return None if None in places else tuple(one for one in places if one is not None)


def _place(given: object) -> Place | None:
    if not isinstance(given, list) or len(given) != 2:  # noqa: PLR2004
        return None
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in given):
        return None
    lon, lat = (round(float(value), _DECIMALS) for value in given)
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None  # noqa: PLR2004
