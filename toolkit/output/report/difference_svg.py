"""Map of what differs between two answers about the same streets.

Streets are told apart by the shape of their lines as well as by colour: more is thick, less is
hollow, what cannot be told is thin, and what is not known is dashed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd

from toolkit.assessment.layers import Layers
from toolkit.base import escape
from toolkit.base.terms import Language, Tier
from toolkit.language.translate import number, tr
from toolkit.output.report import map_names, map_texts, page
from toolkit.output.report.map_frame import UNITS_PER_PX, Frame, thinning

_PAPER: Final = "#ffffff"
_MOST: Final = (1790, 1930)
"""Largest map with its heading and legend on a page, in units of 0.1 mm."""
_THINNER: Final = 0.6
"""Of the widths on a screen: names need room on paper."""
_SAMPLE: Final = (34, 10)
"""Width and height of a line in the legend, in pixels."""


@dataclass(frozen=True)
class Look:
    """How streets of one kind of change are drawn; widths in pixels of a printed page."""

    change: str
    color: str
    width_px: float
    hollow: bool = False
    dash: str | None = None

    def lines(self, path: str, scale: float) -> str:
        """Return the elements that draw a path, with widths times a scale."""
        pens = [(self.color, self.width_px)]
        if self.hollow:
            pens.append((_PAPER, 0.45 * self.width_px))
        dash = ""
        if self.dash:
            parts = (f"{float(part) * scale:.2f}" for part in self.dash.split())
            dash = f' stroke-dasharray="{" ".join(parts)}"'
        return "".join(
            f'<path d="{path}" stroke="{color}" stroke-width="{width * scale:.2f}"{dash}/>'
            for color, width in pens
        )


LOOKS: Final = (
    Look("unknown", "#7a7a7a", 1.6, dash="5 4"),
    Look("within", "#b8a06a", 1.6),
    Look("less", "#1d5f8a", 4.4, hollow=True),
    Look("more", "#7a0c2e", 4.4),
)
"""By `change` of `studies.comparison.difference_layer`; the last lies on top."""


def draw(layers: Layers, found: gpd.GeoDataFrame, tier: Tier, title: str) -> str:
    """Return the map as SVG.

    Parameters
    ----------
    layers
        Layers of either answer: boundary and buildings.
    found
        As `studies.comparison.difference_layer`, EPSG:4326.
    tier
        Tier whose change is drawn.
    title
        What the map shows, for those who do not see it.

    Raises
    ------
    InputDataError
        If the layers have no extent.
    """
    return _drawn(layers, found, tier, title, Frame.around(layers))


def printed(
    layers: Layers, found: gpd.GeoDataFrame, tier: Tier, title: str, lang: Language
) -> dict[str, Any]:
    """Return the map with its names and scale, as `map_print.printed`; see `draw`."""
    frame = Frame.around(layers, _MOST)
    size = (frame.width, frame.height)
    return {
        "svg": _drawn(layers, found, tier, title, frame, thinner=_THINNER),
        "width": frame.width,
        "height": frame.height,
        "bar": frame.bar,
        "bar_text": page.length_text(frame.bar_m, lang),
        "alt": title,
        "names": map_texts.placed(
            map_names.names(layers, frame), lang, size, *map_texts.corners(size, frame.bar)
        ),
    }


def _drawn(
    layers: Layers,
    found: gpd.GeoDataFrame,
    tier: Tier,
    title: str,
    frame: Frame,
    *,
    thinner: float = 1.0,
) -> str:
    scale = UNITS_PER_PX * thinning(frame.unit_m, max(look.width_px for look in LOOKS)) * thinner
    change = found[f"{tier}_change"]
    streets = "".join(
        look.lines(frame.lines(found[change == look.change]), scale)
        for look in LOOKS
        if (change == look.change).any()
    )
    edge = f'stroke="#555555" stroke-width="{UNITS_PER_PX:.2f}" stroke-dasharray="16 11"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width} {frame.height}" '
        f'role="img" fill="none" stroke-linejoin="round" stroke-linecap="round">'
        f"<title>{escape.html(title)}</title>"
        f'<rect width="{frame.width}" height="{frame.height}" fill="{_PAPER}"/>'
        f'<path d="{frame.areas(layers.buildings)}" fill="#e9e9e9" fill-rule="evenodd"/>'
        f'<path d="{frame.areas(layers.boundary)}" {edge}/>{streets}</svg>'
    )


def sample(look: Look) -> str:
    """Return a line of the legend as SVG."""
    width, height = _SAMPLE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" fill="none">'
        f"{look.lines(f'M0 {height // 2}h{width}', 1.0)}</svg>"
    )


def legend(found: gpd.GeoDataFrame, tier: Tier, lang: Language) -> list[tuple[Look, str]]:
    """Return each look with its meaning and its length of street, the most telling first."""
    texts = {
        "more": tr("More in the second than in the first, beyond its uncertainty: {km}", lang),
        "less": tr("Less in the second than in the first, beyond its uncertainty: {km}", lang),
        "within": tr("Too small a difference to tell: {km}", lang),
        "unknown": tr("No data: {km}", lang),
    }
    length_km = found.groupby(f"{tier}_change")["length_m"].sum() / 1000.0
    return [
        (
            look,
            texts[look.change].format(
                km=tr("{value} km", lang).format(
                    value=number(float(length_km.get(look.change, 0.0)), decimals=1)
                )
            ),
        )
        for look in reversed(LOOKS)
    ]
