"""Names, scale and north over a map that is read on a screen, as elements of its SVG.

A PDF has them from `templates/common.typ`, which knows how wide a text is. Here widths are those
of the bundled fonts, which a reader's own fonts come close to.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from toolkit.base import escape
from toolkit.language import fonts

_PT: Final = 254 / 72
"""Units of 0.1 mm of a point, 1/72 inch."""
_HALO: Final = 6.0
"""Width of the white edge of a text in units."""
_DOT: Final = 4.0
_GAP: Final = 9.0
"""Units from the sign of a landmark to its name."""
_LINE: Final = 1.25
"""Height of a line of text over its size."""
_BASELINE: Final = 0.35
"""From the middle of a line down to its baseline, over its size."""
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
"""By `map_names.Kind`; as in `templates/common.typ`."""

Box = tuple[float, float, float, float]


def names(shown: Sequence[Mapping[str, Any]], size: tuple[int, int], *taken: Box) -> str:
    """Return the names that fit on a map without lying on one another.

    Parameters
    ----------
    shown
        As in `map_print.printed`, the most important first.
    size
        Width and height of the map in units.
    taken
        Left, top, right and bottom of parts of it that stay free.

    Returns
    -------
    str
        Elements of an SVG, texts escaped.
    """
    return (
        f'<g font-family="{escape.html(fonts.FONT_STACK)}" stroke-linejoin="round" '
        f'paint-order="stroke">{"".join(_placed(shown, size, list(taken)))}</g>'
    )


def lettered(shown: Mapping[str, Any]) -> str:
    """Return a map of `map_print.printed` as one SVG with its names, scale, north and frame."""
    width, height = int(shown["width"]), int(shown["height"])
    bar = int(shown["bar"])
    text = escape.html(shown["bar_text"])
    corner = (0.0, height - 80.0, bar + 240.0, float(height))
    over = (
        f"{names(shown['names'], (width, height), corner)}"
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


def _placed(
    shown: Sequence[Mapping[str, Any]], size: tuple[int, int], taken: list[Box]
) -> Iterator[str]:
    """Yield the text of each name that fits."""
    named: set[str] = set()
    for name in shown:
        if name["kind"] == "street" and name["text"] in named:
            continue
        look = _LOOKS[name["kind"]]
        high = look.size_pt * _PT
        wide = _width(name["text"], look.weight) * high * _ROOMY
        if 0 < name["room"] < wide:
            continue
        point = name["kind"] == "landmark"
        turn = math.radians(name["angle"])
        across = abs(wide * math.cos(turn)) + abs(high * _LINE * math.sin(turn))
        along = abs(wide * math.sin(turn)) + abs(high * _LINE * math.cos(turn))
        # A point has its sign at its place, and its name to the right.
        x = name["x"] + (_GAP + wide / 2 if point else 0.0)
        y = name["y"]
        box = (x - across / 2, y - along / 2, x + across / 2, y + along / 2)
        if point:
            box = (name["x"] - _DOT, *box[1:])
        if box[0] < 0 or box[1] < 0 or box[2] > size[0] or box[3] > size[1]:
            continue
        own = [box] if point else _along(x, y, wide, high * _LINE, turn)
        if any(
            one[0] < right and left < one[2] and one[1] < bottom and top < one[3]
            for one in own
            for left, top, right, bottom in taken
        ):
            continue
        taken += own
        if name["kind"] == "street":
            named.add(name["text"])
        if point:
            yield f'<circle cx="{name["x"]}" cy="{y}" r="{_DOT}" fill="{look.fill}"/>'
        turned = f' transform="rotate({name["angle"]} {x:.0f} {y})"' if name["angle"] else ""
        yield (
            f'<text x="{x:.0f}" y="{y + _BASELINE * high:.0f}" font-size="{high:.1f}" '
            f'font-weight="{look.weight}" text-anchor="middle" fill="{look.fill}" stroke="#fff" '
            f'stroke-width="{_HALO}"{turned}>{escape.html(name["text"])}</text>'
        )


def _along(x: float, y: float, wide: float, high: float, turn: float) -> list[Box]:
    """Return boxes along a text about its middle: a turned one takes less than one around it."""
    parts = max(1, math.ceil(wide / high))
    part = wide / parts
    across = (part * abs(math.cos(turn)) + high * abs(math.sin(turn))) / 2
    along = (part * abs(math.sin(turn)) + high * abs(math.cos(turn))) / 2
    found = []
    for k in range(parts):
        away = (k + 0.5) * part - wide / 2
        px, py = x + away * math.cos(turn), y + away * math.sin(turn)
        found.append((px - across, py - along, px + across, py + along))
    return found


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
