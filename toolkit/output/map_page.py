"""Interactive maps of an assessment that ask no other machine for anything.

The streets themselves are the background; Leaflet and the Burmese font are bundled and travel
inside the page as data. Every text is escaped before it enters the page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

import folium
import geopandas as gpd
import numpy as np
import shapely
from branca.element import Element

from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment
from toolkit.base import escape
from toolkit.base.terms import ExposureClass, Tier
from toolkit.language import quantities, words
from toolkit.language.fonts import FONT_STACK, data_uri, font_css
from toolkit.language.translate import has_burmese, number, tr, unbroken
from toolkit.output import leaflet
from toolkit.output.map_scale import STEPS, step_name, streets_of

LEAFLET_FILES: Final = ("leaflet/leaflet.js", "leaflet/leaflet.css")

_DECIMALS: Final = 6
"""Of degrees: a step of about 0.1 m."""
_BACKGROUND: Final = "#ffffff"
_BUILDING: Final = "#e9e9e9"
_BOUNDARY: Final = "#555555"
_BOUNDARY_PX: Final = 1
_BOUNDARY_DASH: Final = "6 4"
_LEGEND_PX: Final = 290
"""Most of the map's width that the legend takes."""
_CAMERA_EDGE: Final = "#ffffff"
_CAMERA_FILL: Final = "#0b5cad"

_EXPLAINED: Final[tuple[ExposureClass, ...]] = ("likely", "possible")
"""Classes whose bounds the legend states; the rest lies below them."""


def exposure_map(assessment: Assessment, tier: Tier, lang: str) -> folium.Map:
    """Draw the map of one tier: streets coloured by how likely a camera covers them.

    Parameters
    ----------
    assessment
        An assessment with layers.
    tier
        Tier that is drawn.
    lang
        Language of the texts on the map.

    Returns
    -------
    folium.Map
        To be rendered once, see `page`. It needs no connection. The legend, the date, the
        attribution, the first sentence on limits and, for a demonstration, its banner are parts
        of the map. The same assessment gives the same page, byte for byte.

    Raises
    ------
    ValueError
        If the assessment has no layers.
    """
    layers = assessment.layers
    if layers is None:
        msg = "There is no map, because no streets are installed for this city."
        raise ValueError(msg)
    drawn = _empty_map()
    _draw_background(drawn, layers)
    # The least likely first, so that the most likely lie on top.
    for step in reversed(STEPS):
        _add_lines(
            drawn,
            streets_of(step, layers.streets, tier),
            color=step.color,
            width_px=step.width_px,
            dash=step.dash,
        )
    _add_cameras(drawn, layers.cameras)
    banner = _banner_html(assessment, lang)
    legend = _legend_html(assessment, layers, tier, lang)
    foot = _attribution_html(layers.attribution, words.limits(lang)[0])
    # Frames of one corner are stacked upwards; on a narrow map all are in one corner.
    _add_frame(drawn, "bottomright", foot, lang)
    _add_frame(drawn, "bottomleft", legend, lang)
    _add_frame(drawn, "bottomleft", banner, lang)
    _fit(drawn, layers)
    _finish(drawn, f"{assessment.city.id}-{tier}-{lang}", [banner, legend, foot])
    return drawn


def page(drawn: folium.Map) -> str:
    """Return a map as one HTML page that needs no other file."""
    return str(drawn.get_root().render())


def _empty_map() -> folium.Map:
    """Return a map with a scale bar and no layer."""
    drawn = folium.Map(tiles=None, prefer_canvas=True, zoom_snap=0.25, zoom_control="topright")
    # The lists of the class are shared by all sessions and name files of other machines.
    script, style = LEAFLET_FILES
    drawn.default_js = [("leaflet", data_uri(script, "text/javascript"))]
    drawn.default_css = [("leaflet_css", data_uri(style, "text/css"))]
    drawn.options["attribution_control"] = False  # it links to the site of Leaflet's makers
    drawn.add_child(leaflet.Scale())
    return drawn


def _fit(drawn: folium.Map, layers: Layers) -> None:
    """Show the extent of the boundary first, or of the streets where there is none."""
    around = layers.boundary if len(layers.boundary) else layers.streets
    west, south, east, north = (float(v) for v in around.total_bounds)
    if np.isfinite([west, south, east, north]).all():
        drawn.add_child(leaflet.Fit([[south, west], [north, east]]))


def _draw_background(drawn: folium.Map, layers: Layers) -> None:
    """Draw buildings and boundary."""
    look = {"interactive": False, "fillRule": "evenodd"}
    filled = {**look, "stroke": False, "fillColor": _BUILDING, "fillOpacity": 1.0}
    line = {"color": _BOUNDARY, "weight": _BOUNDARY_PX, "dashArray": _BOUNDARY_DASH}
    dashed = {**look, **line, "fill": False}
    for frame, options in ((layers.buildings, filled), (layers.boundary, dashed)):
        polygons = list(_polygons(frame))
        if polygons:
            drawn.add_child(leaflet.Polygons(polygons, options))


def _add_lines(
    drawn: folium.Map,
    streets: gpd.GeoDataFrame,
    *,
    color: str,
    width_px: float,
    dash: str | None = None,
) -> None:
    """Draw streets of one look as a single line of many parts: quick with tens of thousands."""
    parts = [_latitude_first(line) for line in _parts(streets)]
    if parts:
        folium.PolyLine(
            parts,
            color=color,
            weight=width_px,
            opacity=1.0,
            dash_array=dash,
            line_cap="butt" if dash else "round",
            interactive=False,
        ).add_to(drawn)


def _add_cameras(drawn: folium.Map, cameras: gpd.GeoDataFrame) -> None:
    """Draw mapped cameras as small dots."""
    for point in cameras.geometry:
        if point is None or point.is_empty:
            continue
        spot = point.centroid
        folium.CircleMarker(
            (round(spot.y, _DECIMALS), round(spot.x, _DECIMALS)),
            radius=3.5,
            color=_CAMERA_EDGE,
            weight=1,
            fill=True,
            fill_color=_CAMERA_FILL,
            fill_opacity=1.0,
            interactive=False,
        ).add_to(drawn)


def _parts(frame: gpd.GeoDataFrame) -> Iterator[Any]:
    """Yield the single geometries of a frame."""
    geometry = frame.geometry.to_numpy()
    yield from shapely.get_parts(geometry[~shapely.is_missing(geometry)])


def _polygons(frame: gpd.GeoDataFrame) -> Iterator[list[list[list[float]]]]:
    """Yield the polygons of a frame as rings of latitude and longitude."""
    for part in _parts(frame):
        if part.geom_type == "Polygon" and not part.is_empty:
            yield [_latitude_first(ring) for ring in (part.exterior, *part.interiors)]


def _latitude_first(line: Any) -> list[list[float]]:  # noqa: ANN401
    """Return the points of a line as Leaflet takes them, (latitude, longitude)."""
    points = shapely.get_coordinates(line)[:, ::-1]
    return [[float(lat), float(lon)] for lat, lon in np.round(points, _DECIMALS)]


def _add_frame(drawn: folium.Map, position: str, content: str, lang: str) -> None:
    """Put HTML whose texts are escaped into a corner of the map."""
    if content:
        drawn.add_child(leaflet.Frame(position, content, lang))


_CSS: Final = f"""
.leaflet-container{{background:{_BACKGROUND};font-family:{FONT_STACK}}}
.toolkit-frame{{background:rgba(255,255,255,.92);color:#1a1a1a;padding:6px 9px;border-radius:3px;
box-shadow:0 0 3px rgba(0,0,0,.35);font:14px/1.45 {FONT_STACK};
max-width:min({_LEGEND_PX}px,78vw);box-sizing:border-box}}
.toolkit-frame:lang(my){{line-height:1.85}}
.toolkit-frame details{{max-height:calc(100vh - 150px);overflow:auto}}
.toolkit-frame p{{margin:2px 0}}
.toolkit-frame summary{{cursor:pointer}}
.toolkit-frame ul{{list-style:none;margin:4px 0;padding:0}}
.toolkit-frame li{{padding-left:37px;text-indent:-37px}}
.toolkit-frame svg{{vertical-align:middle;margin-right:7px}}
.toolkit-frame .banner{{font-weight:700;color:#7a0000}}
.toolkit-frame small{{font-size:12px}}
.leaflet-right .toolkit-frame{{max-width:none}}
.leaflet-bottom.leaflet-right{{max-width:calc(100% - {_LEGEND_PX + 20}px)}}
@media (max-width:{leaflet.NARROW_PX}px){{.toolkit-frame{{font-size:13px;max-width:86vw;
padding:4px 7px}}.leaflet-left .leaflet-control{{margin:0 0 5px 5px}}}}
"""


def _shown(text: object) -> str:
    """Return an escaped text, with each unit kept on the line of its number."""
    return escape.html(unbroken(str(text)))


def _banner_html(assessment: Assessment, lang: str) -> str:
    """Return the banner of a demonstration, or nothing."""
    if not assessment.demonstration:
        return ""
    return f'<p class="banner">{_shown(words.demonstration(lang))}</p>'


def _legend_html(assessment: Assessment, layers: Layers, tier: Tier, lang: str) -> str:
    """Return the legend: what is drawn, for which date, and all steps, also those not shown."""
    name = assessment.city.name.in_language(lang)
    condition = words.tier_condition(tier, lang)
    title = words.tier_name(tier, lang) + (f" ({condition})" if condition else "")
    rows = [
        (_line_svg(step.color, step.width_px, step.dash), step_name(step, lang)) for step in STEPS
    ]
    if len(layers.cameras):
        rows.append((_dot_svg(), tr("Mapped camera", lang)))
    if len(layers.boundary):
        sample = _line_svg(_BOUNDARY, _BOUNDARY_PX, _BOUNDARY_DASH)
        rows.append((sample, tr("Boundary of the city in this estimate", lang)))
    cameras = getattr(assessment.cameras, assessment.status)
    mapped = tr("On the map: {mapped}. Estimated: {count}.", lang).format(
        mapped=number(cameras.mapped), count=quantities.quantity_text(cameras.count, lang)
    )
    listed = "".join(f"<li>{svg}{_shown(text)}</li>" for svg, text in rows)
    meaning = " ".join(
        tr("{name}: {meaning}", lang).format(
            name=words.class_name(cls, lang), meaning=words.class_meaning(cls, lang)
        )
        for cls in _EXPLAINED
    )
    question = tr("Is a working camera of the reported system in reach of this street?", lang)
    return (
        "<details open>"
        f"<summary><b>{_shown(name)}: {_shown(title)}</b></summary>"
        f"<p>{_shown(question)}</p><ul>{listed}</ul>"
        f"<p><small>{_shown(meaning)}</small></p>"
        f"<p>{_shown(words.dated_status(assessment.status, assessment.as_of, lang))}</p>"
        f"<p>{_shown(mapped)}</p></details>"
    )


def _line_svg(color: str, width_px: float, dash: str | None) -> str:
    """Return the sample of a line."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        '<svg width="30" height="8" aria-hidden="true"><line x1="0" y1="4" x2="30" y2="4" '
        f'stroke="{color}" stroke-width="{width_px}"{dashes}/></svg>'
    )


def _dot_svg() -> str:
    """Return the sample of a mapped camera."""
    return (
        '<svg width="30" height="10" aria-hidden="true"><circle cx="15" cy="5" r="4" '
        f'fill="{_CAMERA_FILL}" stroke="{_CAMERA_EDGE}"/></svg>'
    )


def _attribution_html(*texts: str) -> str:
    """Return the small print."""
    return "".join(f"<p><small>{_shown(text)}</small></p>" for text in texts if text)


def _finish(drawn: folium.Map, key: str, texts: Iterable[str]) -> None:
    """Add the style sheet and replace the random ids of the elements by reproducible ones."""
    burmese = any(has_burmese(text) for text in texts)
    drawn.add_child(leaflet.Style((font_css() if burmese else "") + _CSS))
    seed = hashlib.sha256(key.encode()).hexdigest()[:24]
    for count, element in enumerate(_walk(drawn.get_root())):
        element._id = f"{seed}{count:08x}"  # noqa: SLF001


def _walk(element: Element) -> Iterator[Element]:
    """Yield an element and all below it."""
    yield element
    for child in element._children.values():  # noqa: SLF001
        yield from _walk(child)
