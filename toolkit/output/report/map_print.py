"""Maps of printed pages as data: the drawing, its names, scale and legend, the rest as texts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from toolkit.assessment.layers import Layers
from toolkit.base.terms import Language, Tier
from toolkit.language.translate import tr
from toolkit.output import map_scale
from toolkit.output.report import map_svg, map_texts, page
from toolkit.output.report.map_frame import UNITS_PER_PX, Frame
from toolkit.output.report.map_svg import Drawing

_TALL: Final = (1330, 2000)
"""Largest map next to its legend, in units of 0.1 mm."""
_WIDE: Final = (1855, 1500)
"""Largest map with its legend below, in the same units."""
_THINNER: Final = 0.7
"""Of the widths on a screen: paper tells finer lines apart, and names need room."""
_FULL: Final = (1780, 2150)
"""Largest map with one line above."""


def largest(
    layers: Layers, tier: Tier, lang: Language, title: str, *, lower: int = 0
) -> dict[str, Any]:
    """Return the map of a sheet, next to its legend or above it, whichever makes it larger.

    Parameters
    ----------
    layers, tier, lang, title
        As in `printed`; the title says what is shown.
    lower
        Height in units of 0.1 mm that the map leaves to what stands above it.
    """
    tall, wide = ((width, height - lower) for width, height in (_TALL, _WIDE))
    units = {most: Frame.around(layers, most).unit_m for most in (tall, wide)}
    most = min(units, key=lambda one: units[one])
    drawing = map_svg.draw(layers, most)
    return {**printed(drawing, tier, lang, alt=title), "tall": most == tall}


def blank(layers: Layers, lang: Language, title: str) -> dict[str, Any]:
    """Return a map of a whole page on which all streets look alike, to be marked by hand."""
    return printed(map_svg.draw(layers, _FULL), None, lang, alt=title)


def printed(drawn: Drawing, tier: Tier | None, lang: Language, *, alt: str) -> dict[str, Any]:
    """Return a map as data of a page.

    Parameters
    ----------
    drawn
        The map.
    tier
        Tier that sets how streets look; None for a blank map.
    lang
        Language of the names.
    alt
        What the map shows, for those who do not see it.
    """
    drawing = replace(drawn, thinning=drawn.thinning * _THINNER)
    size = (drawing.width, drawing.height)
    return {
        "svg": map_svg.picture(drawing, tier),
        "width": drawing.width,
        "height": drawing.height,
        "bar": drawing.bar,
        "bar_text": page.bar_text(drawing, lang),
        "alt": alt,
        "names": map_texts.placed(drawing.names, lang, size, *map_texts.corners(size, drawing.bar)),
    }


def legend(layers: Layers, lang: Language) -> list[dict[str, str]]:
    """Return each look of a line or sign of a map, with its meaning."""
    rows = [
        (_line(step.color, step.width_px, step.dash), map_scale.step_name(step, lang))
        for step in map_scale.STEPS
    ]
    if len(layers.cameras):
        dot = '<circle cx="15" cy="5" r="3.4" fill="#0b5cad" stroke="#fff"/>'
        rows.append((_sample(dot), tr("Mapped camera", lang)))
    if len(layers.boundary):
        edge = _line("#555", 1.3, "9 3 2 3")
        rows.append((edge, tr("Boundary of the city in this estimate", lang)))
    return [{"svg": svg, "text": text} for svg, text in rows]


def _line(color: str, width_px: float, dash: str | None) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return _sample(
        f'<line x1="1" y1="5" x2="29" y2="5" stroke="{color}" '
        f'stroke-width="{width_px / UNITS_PER_PX * 2:.2f}"{dashes}/>'
    )


def _sample(drawn: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10" width="30" height="10">'
        f"{drawn}</svg>"
    )
