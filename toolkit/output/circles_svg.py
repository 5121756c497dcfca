"""Three circles around the middle of a city, in place of the map of a city without streets.

A diagram: it has a scale and nothing of the city in it. What is filled is one case of where the
cameras might be, and the darker it is, the more ordinary trips in there pass one. Figures with
their ranges are in the words next to it, see `toolkit.output.conditions`.
"""

from __future__ import annotations

from typing import Final

from toolkit.assessment.model import IfWhere
from toolkit.assessment.on_city_level import CORE_RADII_KM
from toolkit.base import escape
from toolkit.base.terms import Language, Tier
from toolkit.language import fonts
from toolkit.language.translate import number, tr
from toolkit.output import conditions

_PX_PER_KM: Final = 26
_MARGIN: Final = 12
_SCALE_KM: Final = 2.0
"""Length of the scale bar: two fifths of the radius of the largest circle."""
_SCALE_HEIGHT: Final = 38
_HALF: Final = _MARGIN + _PX_PER_KM * max(CORE_RADII_KM)
_WIDTH: Final = 2 * _HALF
_HEIGHT: Final = 2 * _HALF + _SCALE_HEIGHT
_FONT_PX: Final = 13
_TICK: Final = 5
"""Half the length of the arms of the cross in the middle, and of the ends of the scale bar."""
_INK: Final = "#1a1a1a"
_FILL: Final = "#12467f"
_LIGHTEST, _DARKEST = 0.12, 0.8
"""Opacity at which no trip and every trip passes one: no case is as white as paper."""


def blank(lang: Language) -> str:
    """Return the circles alone, to be filled by hand, as SVG."""
    return _framed(_outlines(lang), lang)


def draw(
    case: IfWhere,
    tier: Tier,
    lang: Language,
    *,
    count: int | None = None,
    standalone: bool = True,
) -> str:
    """Return the diagram of one case as SVG.

    Parameters
    ----------
    case
        Where the cameras are in this case, with the figures that follow.
    tier
        Question whose trips darken what is filled.
    lang
        Language.
    count
        Number of cameras, if that is part of the case.
    standalone
        Whether it is an image of its own, which needs its own font.
    """
    name = "hatched" if case.radius_km is None else f"hatched-{case.radius_km:g}"
    font = f"<style>{fonts.font_css()}</style>" if standalone and lang == "my" else ""
    title = f"<title>{escape.html(described(case, tier, lang, count))}</title>"
    hatching = (
        f'<defs><pattern id="{name}" width="9" height="9" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path d="M0 0V9" stroke="#8a8a8a" stroke-width="1"/>'
        "</pattern></defs>"
    )
    return _framed(_filled(case, tier, name) + _outlines(lang), lang, f"{title}{font}{hatching}")


def _framed(drawn: str, lang: Language, before: str = "") -> str:
    """Return parts with a white ground and the scale as one SVG."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="circles" role="img" '
        f'viewBox="{-_HALF:g} {-_HALF:g} {_WIDTH:g} {_HEIGHT:g}" '
        f'width="{_WIDTH:g}" height="{_HEIGHT:g}">{before}'
        f'<rect x="{-_HALF:g}" y="{-_HALF:g}" width="{_WIDTH:g}" height="{_HEIGHT:g}" fill="#fff"/>'
        f"{drawn}{_lettered(_scale(lang))}</svg>"
    )


def _outlines(lang: Language) -> str:
    """Return the circles with their labels, and the cross in the middle."""
    circles = "".join(
        f'<circle r="{radius * _PX_PER_KM:g}" fill="none" stroke="{_INK}" stroke-width="1.3"/>'
        for radius in CORE_RADII_KM
    )
    cross = f'd="M{-_TICK} 0H{_TICK}M0 {-_TICK}V{_TICK}"'
    labels = "".join(_label(radius, lang) for radius in CORE_RADII_KM)
    return (
        f'{circles}<path {cross} stroke="#fff" stroke-width="5"/>'
        f'<path {cross} stroke="{_INK}" stroke-width="1.5"/>{_lettered(labels)}'
    )


def _lettered(texts: str) -> str:
    return (
        f'<g font-family="{escape.html(fonts.FONT_STACK)}" font-size="{_FONT_PX}" fill="{_INK}" '
        f'text-anchor="middle">{texts}</g>'
    )


def described(case: IfWhere, tier: Tier, lang: Language, count: int | None = None) -> str:
    """Return what the diagram shows, for those who do not see it."""
    text = tr(
        "Diagram, not a map: circles of {radii} km around the middle of the city. {where} {answer}",
        lang,
    )
    return text.format(
        radii=", ".join(map(number, CORE_RADII_KM)),
        where=conditions.case_name(case, lang, count),
        answer=conditions.case_answer(case, tier, lang),
    )


def legend(lang: Language) -> list[str]:
    """Return how the diagrams are read, as sentences."""
    return [
        tr(
            "A diagram, not a map: only the distances are true. The darker, the more trips pass "
            "such a camera.",
            lang,
        ),
        tr("Hatched: in that case none of these cameras; others may be there.", lang),
    ]


def _filled(case: IfWhere, tier: Tier, hatching: str) -> str:
    """Return what is filled: a circle in hatched surroundings, or all, where they are spread."""
    area = f'<rect x="{-_HALF:g}" y="{-_HALF:g}" width="{_WIDTH:g}" height="{_WIDTH:g}" '
    look = f'fill="{_FILL}" fill-opacity="{_opacity(case, tier)}"/>'
    if case.radius_km is None:
        return f"{area}{look}"
    circle = f'<circle r="{case.radius_km * _PX_PER_KM:g}" '
    return f'{area}fill="url(#{hatching})"/>{circle}fill="#fff"/>{circle}{look}'


def _opacity(case: IfWhere, tier: Tier) -> str:
    """Return how dark the filled part is: by trips or, where they are not known, by streets."""
    short = case.tiers[tier]
    share = short.trip.at_least_one if short.trip.at_least_one.known else short.share_of_length
    return f"{_LIGHTEST + (_DARKEST - _LIGHTEST) * (share.mid or 0.0):.2f}"


def _label(radius_km: float, lang: Language) -> str:
    """Return the radius of a circle, on its line."""
    y = -radius_km * _PX_PER_KM + _FONT_PX / 3
    text = escape.html(tr("{value} km", lang).format(value=number(radius_km)))
    # Not `paint-order`, which some programs that draw SVG do not know.
    return (
        f'<text y="{y:.1f}" stroke="#fff" stroke-width="5" stroke-linejoin="round" '
        f'aria-hidden="true">{text}</text><text y="{y:.1f}">{text}</text>'
    )


def _scale(lang: Language) -> str:
    half, y = _SCALE_KM * _PX_PER_KM / 2, _HALF + _TICK
    text = escape.html(tr("{value} km", lang).format(value=number(_SCALE_KM)))
    ends = f"M{-half:g} {y - _TICK:g}v{2 * _TICK}M{half:g} {y - _TICK:g}v{2 * _TICK}"
    return (
        f'<path d="M{-half:g} {y:g}H{half:g}{ends}" fill="none" stroke="{_INK}" '
        f'stroke-width="2"/><text y="{y + _TICK + _FONT_PX:g}">{text}</text>'
    )
