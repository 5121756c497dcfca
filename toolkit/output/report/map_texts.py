"""Which names fit on a map and where, and names, scale and north as elements of an SVG.

Widths are those of the bundled fonts, with which PDFs are set; a reader's own fonts come close.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from toolkit.base import escape
from toolkit.base.arrays import FloatArray
from toolkit.base.terms import Language
from toolkit.language import fonts

if TYPE_CHECKING:
    from toolkit.output.report.map_names import Kind, Name, Spot

_PT: Final = 254 / 72
"""Units of 0.1 mm of a point, 1/72 inch."""
_HALO: Final = 6.0
"""Width of the white edge of a text in units."""
_DOT: Final = 4.0
_GAP: Final = 9.0
"""Units from the sign of a landmark to its name."""
_LINE: Final = 1.1
"""Height of a line of text over its size: from the top of its letters to their descenders."""
_SMALLER: Final = 0.86
"""Type of a street for whose name there is no room else, over the usual one: still 5 points."""
_BASELINE: Final = 0.35
"""From the middle of a line down to its baseline, over its size."""
_LINES_AWAY: Final = (0.0, -0.7, 0.7, -1.4, 1.4, -2.1, 2.1)
"""Lines by which the name of a quarter may be moved."""
_ROOMY: Final = 1.06
"""Other fonts are up to this much wider than the bundled ones."""
_UNKNOWN: Final = 0.6
"""Width of a letter that the bundled fonts lack, over its size."""


@dataclass(frozen=True)
class _Look:
    size_pt: float
    weight: int
    fill: str


_LOOKS: Final = {
    "street": _Look(5.8, 400, "#1a1a1a"),
    "quarter": _Look(8.0, 700, "#3a3a3a"),
    "landmark": _Look(6.0, 400, "#222222"),
    "water": _Look(7.0, 400, "#1f4f6b"),
    "waterway": _Look(6.2, 400, "#1f4f6b"),
    "park": _Look(6.2, 400, "#2f4a22"),
}
"""By `map_names.Kind`."""

Box = tuple[float, float, float, float]


def placed(
    shown: Sequence[Name], lang: Language, size: tuple[int, int], *taken: Box
) -> list[dict[str, Any]]:
    """Return the names that fit on a map without lying on one another, as data of a page.

    Parameters
    ----------
    shown
        What may be named, the most important first.
    lang
        Language of the names.
    size
        Width and height of the map in units of 0.1 mm.
    taken
        Left, top, right and bottom of parts of it that stay free.

    Returns
    -------
    list of dict
        Of each `text`, `x` and `y` of its middle, `angle` in degrees clockwise, `size` in points,
        `weight` and `fill`; `dot` is the place of the sign of a landmark.
    """
    room = _Room(size, taken)
    named: set[str] = set()
    found = []
    for one in shown:
        text, look = one.in_language(lang), _LOOKS[one.kind]
        if not text or (one.kind == "street" and text in named):
            continue
        for size_pt in (look.size_pt, look.size_pt * _SMALLER)[: 1 + (one.kind == "street")]:
            high = size_pt * _PT
            at = room.take(one, _width(text, look.weight) * high * _ROOMY, high * _LINE)
            if at is not None:
                break
        else:
            continue
        if one.kind == "street":
            named.add(text)
        dot = [one.spots[0].x, one.spots[0].y] if one.kind == "landmark" else None
        found.append(
            {
                "text": text,
                "x": round(at[0], 1),
                "y": round(at[1], 1),
                "angle": at[2],
                "size": round(size_pt, 2),
                "weight": look.weight,
                "fill": look.fill,
                "dot": dot,
            }
        )
    return found


class _Room:
    """What is taken of a map."""

    def __init__(self, size: tuple[int, int], taken: Sequence[Box]) -> None:
        self.size = size
        self.boxes = np.array(taken, dtype=float).reshape(-1, 4)

    def take(self, one: Name, wide: float, high: float) -> tuple[float, float, float] | None:
        """Take the first place where a name fits: its middle and angle; None where it does not."""
        for spot in one.spots:
            if 0 < spot.room < wide:
                continue
            turn, point = math.radians(spot.angle_deg), one.kind == "landmark"
            sign = [(spot.x - _DOT, spot.y - _DOT, spot.x + _DOT, spot.y + _DOT)] if point else []
            for x, y in _middles(one.kind, spot, wide, high):
                own = np.vstack([_along(x, y, wide, high, turn), *sign])
                if self._free(own):
                    self.boxes = np.vstack([self.boxes, own])
                    return x, y, spot.angle_deg
        return None

    def _free(self, own: FloatArray) -> bool:
        """Return whether boxes are on the map and on no part of it that is taken."""
        if (own[:, :2] < 0).any() or (own[:, 2:] > self.size).any():
            return False
        low, high = self.boxes[:, None, :2], self.boxes[:, None, 2:]
        apart = (own[None, :, 2:] <= low) | (own[None, :, :2] >= high)
        return bool(apart.any(axis=2).all())


def _middles(kind: Kind, spot: Spot, wide: float, high: float) -> list[tuple[float, float]]:
    """Return where a name may have its middle, the best first.

    That of a landmark next to its sign on any side; that of a quarter, which has no exact place,
    also some lines away.
    """
    if kind == "landmark":
        aside, away = _GAP + wide / 2, _DOT + high / 2
        moves = [(aside, 0.0), (-aside, 0.0), (0.0, -away), (0.0, away)]
    elif kind == "quarter":
        moves = [(0.0, lines * high) for lines in _LINES_AWAY]
    else:
        moves = [(0.0, 0.0)]
    return [(spot.x + dx, spot.y + dy) for dx, dy in moves]


def corners(size: tuple[int, int], bar: int) -> tuple[Box, Box]:
    """Return what scale and north take of a map; `bar` is the length of the scale bar in units."""
    width, height = size
    return (0.0, height - 80.0, bar + 240.0, float(height)), (width - 60.0, 0.0, float(width), 90.0)


def svg(names: Sequence[Mapping[str, Any]]) -> str:
    """Return names of `placed` as elements of an SVG, texts escaped."""
    return (
        f'<g font-family="{escape.html(fonts.FONT_STACK)}" stroke-linejoin="round" '
        f'paint-order="stroke">{"".join(_written(names))}</g>'
    )


def lettered(shown: Mapping[str, Any]) -> str:
    """Return a map of `map_print.printed` as one SVG with its names, scale, north and frame."""
    width, height = int(shown["width"]), int(shown["height"])
    bar = int(shown["bar"])
    text = escape.html(shown["bar_text"])
    over = (
        f"{svg(shown['names'])}"
        f'<g font-family="{escape.html(fonts.FONT_STACK)}" stroke="none" fill="#1a1a1a">'
        f'<rect x="12" y="{height - 62}" width="{bar + 190}" height="50" fill="#fff"/>'
        f'<path d="M22 {height - 40}v16h{bar}v-16" fill="none" stroke="#1a1a1a" stroke-width="4"/>'
        f'<text x="{bar + 36}" y="{height - 24}" font-size="28">{text}</text>'
        f'<path d="M{width - 36} 16l14 34h-28z"/>'
        f'<text x="{width - 36}" y="76" font-size="26" font-weight="700" text-anchor="middle">N'
        f'</text></g><rect width="{width}" height="{height}" stroke="#1a1a1a" stroke-width="6"/>'
    )
    start, end = str(shown["svg"]).rsplit("</svg>", 1)
    return f"{start}{over}</svg>{end}"


def _written(names: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the elements of each name."""
    for one in names:
        if one["dot"] is not None:
            x, y = one["dot"]
            yield f'<circle cx="{x}" cy="{y}" r="{_DOT}" fill="{one["fill"]}"/>'
        high, x, y = one["size"] * _PT, one["x"], one["y"]
        turned = f' transform="rotate({one["angle"]} {x:.0f} {y:.0f})"' if one["angle"] else ""
        yield (
            f'<text x="{x:.0f}" y="{y + _BASELINE * high:.0f}" font-size="{high:.1f}" '
            f'font-weight="{one["weight"]}" text-anchor="middle" fill="{one["fill"]}" '
            f'stroke="#fff" stroke-width="{_HALO}"{turned}>{escape.html(one["text"])}</text>'
        )


def _along(x: float, y: float, wide: float, high: float, turn: float) -> FloatArray:
    """Return boxes along a text about its middle, shape (N, 4).

    A turned text takes less than a box around it.
    """
    parts = 1 if turn == 0.0 else max(1, math.ceil(wide / high))
    part = wide / parts
    across = (part * abs(math.cos(turn)) + high * abs(math.sin(turn))) / 2
    along = (part * abs(math.sin(turn)) + high * abs(math.cos(turn))) / 2
    away = (np.arange(parts) + 0.5) * part - wide / 2
    px, py = x + away * math.cos(turn), y + away * math.sin(turn)
    return np.column_stack([px - across, py - along, px + across, py + along])


def _width(text: str, weight: int) -> float:
    """Return the width of a text over its size."""
    known = _advances(weight)
    return sum(known.get(ord(sign), _UNKNOWN) for sign in text)


@functools.cache
def _advances(weight: int) -> dict[int, float]:
    """Return the width of each letter of the bundled fonts, over its size."""
    from fontTools.ttLib import TTFont

    found: dict[int, float] = {}
    for name in fonts.PRINTED_FILES:
        path = fonts.ASSETS / name.replace("-400", f"-{weight}")
        with TTFont(path, lazy=True) as font:
            units = font["head"].unitsPerEm
            widths = font["hmtx"].metrics
            for code, glyph in font.getBestCmap().items():
                found[code] = widths[glyph][0] / units
    return found
