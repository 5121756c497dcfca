"""Plan and elevation of one camera with the rings of every tier, to scale, as one SVG.

Each view has a scale bar; the bars of the tiers use the scale of the elevation. Tiers differ in
pattern as well as in colour, so that a black-and-white print is readable. The drawing refers to no
other machine; a Burmese one embeds its font. The same sheet gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from toolkit.base import escape
from toolkit.base.terms import FULL_CIRCLE_DEG, Language, Tier
from toolkit.language import words
from toolkit.language.fonts import FONT_FAMILY, FONT_FILES, data_uri
from toolkit.language.translate import tr
from toolkit.optics import words as camera_words
from toolkit.optics.sheet import RingRow, Sheet, ends

# Lengths without a unit in their name are units of the drawing.
_WIDTH: Final = 1000
_LEFT: Final = 250
"""Left margin, for the names of the tiers."""
_RIGHT: Final = 24
_MAX_PLAN_HEIGHT: Final = 460
_GAP: Final = 34
_BAR: Final = 20
"""Thickness of the bar of a tier."""
_ROW: Final = {"en": 40, "my": 60}
"""Height of the row of a tier; Burmese needs room for marks above and below its letters."""
_LINE: Final = {"en": 20, "my": 26}
"""Height of a line of text."""
_BEHIND_SHARE: Final = 0.06
"""Ground drawn behind a camera that does not look there, as a share of that ahead of it."""
_MARGIN: Final = 1.06
"""Ground drawn ahead of a camera, as a multiple of its farthest ring."""
_MIN_EXTENT_M: Final = 5.0
_PERSON_WIDTH: Final = 1.6
_MAX_SCALE_BAR_SHARE: Final = 0.3
"""Maximum length of the scale bar, as a share of the width of a view."""
_INK: Final = "#1a1a1a"
_LETTER: Final = {"en": 6.6, "my": 8.5}
"""Mean advance width of a letter at font size 13, to break lines."""


@dataclass(frozen=True)
class _Look:
    """Style of a tier: a colour, and a pattern that identifies it without colour."""

    color: str
    pattern: str
    dash: str = ""


_LOOKS: Final[dict[Tier, _Look]] = {
    "seen": _Look("#5b7f9e", '<rect width="12" height="12" fill="#5b7f9e" fill-opacity=".16"/>'),
    "recognised": _Look(
        "#0b5cad",
        '<path d="M0 12L12 0M-3 3L3-3M9 15L15 9" stroke="#0b5cad" stroke-width="1.6"/>',
    ),
    "identified": _Look(
        "#1d6f42",
        '<path d="M3 0V12M9 0V12" stroke="#1d6f42" stroke-width="1.8"/>',
        "4 2",
    ),
    "face": _Look(
        "#b3261e",
        '<path d="M0 0L12 12M-3 9L3 15M9-3L15 3M0 12L12 0M-3 3L3-3M9 15L15 9" '
        'stroke="#b3261e" stroke-width="2.2"/>',
    ),
    "plate": _Look(
        "#5f4b00",
        '<path d="M0 3H12M0 9H12" stroke="#5f4b00" stroke-width="2" stroke-dasharray="3 3"/>',
        "9 5",
    ),
}


@dataclass(frozen=True)
class _Frame:
    """Position and scale of one view in units of the drawing, y downwards.

    Attributes
    ----------
    scale
        Units per metre.
    x, y
        Position of the camera.
    ahead_m, half_m
        Ground drawn ahead of the camera, and to either side of it.
    """

    scale: float
    x: float
    y: float
    ahead_m: float
    half_m: float

    def across(self, metres: float) -> float:
        """Return the x coordinate of a distance ahead of the camera."""
        return self.x + metres * self.scale


def draw(sheet: Sheet, lang: Language) -> str:
    """Return plan, elevation and bars of a camera as an SVG document.

    Parameters
    ----------
    sheet
        The camera and its rings; those at night if its assumptions are for the night.
    lang
        Language of the texts.
    """
    title = camera_words.title(sheet, lang)
    head, y = _texts(_wrapped(title, 17 / 13, lang), 16, 30, lang, size=17, bold=True)
    frame = _frame(sheet, y + 16)
    plan = _plan(sheet, frame, lang)
    y = frame.y + frame.half_m * frame.scale + _GAP
    across = _side_frame(frame.ahead_m, y)
    side, y = _side(sheet, across, y, lang)
    bars, y = _bars(sheet, across, y + 14, lang)
    footnotes = [
        tr(
            "Filled: served with this aim. Dashed bar: could be served if the camera pointed "
            "there, which only says what cannot be excluded.",
            lang,
        ),
        words.limits(lang)[0],
        tr("Assumptions: {name}, {hash}.", lang).format(
            name=sheet.assumptions.name, hash=sheet.assumptions.sha256[:12]
        ),
    ]
    foot = []
    y += 22
    for text in footnotes:
        part, y = _texts(_wrapped(text, 1, lang), 16, y, lang, size=13)
        foot.append(part)
    height = math.ceil(y)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" lang="{lang}">'
        f"<title>{escape.html(title)}</title>"
        f"<desc>{escape.html(_described(sheet, lang))}</desc>"
        f"<defs>{_font(lang)}{_patterns()}</defs>"
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>'
        f"<g font-family=\"system-ui, 'Segoe UI', sans-serif, 'Noto Sans Myanmar'\" "
        f'fill="{_INK}">{head}{plan}{side}{bars}{"".join(foot)}</g></svg>\n'
    )


def _described(sheet: Sheet, lang: Language) -> str:
    """Return the rings in words, for screen readers."""
    return "; ".join(
        f"{words.tier_name(row.tier, lang)}: "
        f"{camera_words.ring_text(row, row.at(night=sheet.night), lang)}"
        for row in sheet.tiers
    )


def _frame(sheet: Sheet, top: float) -> _Frame:
    """Return the frame of the plan, scaled so that the rings of all tiers fit."""
    rings = [ends(row.at(night=sheet.night)) for row in sheet.tiers]
    reach = max((r[1] for r in rings if r is not None), default=_MIN_EXTENT_M)
    ahead = max(reach * _MARGIN, _MIN_EXTENT_M)
    half = math.radians(_field_deg(sheet) / 2)
    behind = max(ahead * _BEHIND_SHARE, -ahead * math.cos(half))
    tall = ahead * math.sin(min(half, math.pi / 2)) + 1
    room = _WIDTH - _LEFT - _RIGHT
    scale = min(room / (ahead + behind), _MAX_PLAN_HEIGHT / (2 * tall))
    return _Frame(
        scale=scale,
        x=_LEFT + behind * scale,
        y=top + tall * scale,
        ahead_m=ahead,
        half_m=tall,
    )


def _side_frame(ahead_m: float, top: float) -> _Frame:
    """Return the frame of the elevation, which takes the whole width."""
    room = _WIDTH - _LEFT - _RIGHT
    behind = room * _BEHIND_SHARE
    return _Frame((room - behind) / ahead_m, _LEFT + behind, top, ahead_m, 0)


def _field_deg(sheet: Sheet) -> float:
    """Return the field of view to draw: the full circle for a PTZ camera without an aim."""
    turning = sheet.camera.pans and sheet.camera.aim_m is None
    return FULL_CIRCLE_DEG if turning else sheet.camera.hfov_deg


def _plan(sheet: Sheet, frame: _Frame, lang: Language) -> str:
    parts = [_label(tr("Seen from above", lang), 16, frame.y - frame.half_m * frame.scale + 12)]
    field = _field_deg(sheet)
    for row in sheet.tiers:
        found = ends(row.at(night=sheet.night))
        if found is None:
            continue
        path = _sector(frame, found[0], found[1], field)
        parts.append(_shape(path, row.tier))
    axis = frame.across(frame.ahead_m)
    if field < FULL_CIRCLE_DEG:
        parts.append(_line(frame.x, frame.y, axis, frame.y, dash="10 4 2 4"))
    parts.append(f'<circle cx="{_n(frame.x)}" cy="{_n(frame.y)}" r="5" fill="{_INK}"/>')
    parts.append(_scale_bar(frame, frame.y + frame.half_m * frame.scale + 4, lang))
    return f"<g>{''.join(parts)}</g>"


def _scale_bar(frame: _Frame, y: float, lang: Language) -> str:
    """Draw a scale bar of a round length at the right of a view."""
    bar_m = _round_length(_MAX_SCALE_BAR_SHARE * (_WIDTH - _LEFT - _RIGHT) / frame.scale)
    right = _WIDTH - _RIGHT
    left = right - bar_m * frame.scale
    text = tr("{value} m", lang).format(value=f"{bar_m:g}")
    return "".join(
        [
            _line(left, y, right, y, width=2),
            _line(left, y - 5, left, y + 5, width=2),
            _line(right, y - 5, right, y + 5, width=2),
            _label(text, (left + right) / 2, y - 8, anchor="middle"),
        ]
    )


def _sector(frame: _Frame, inner_m: float, outer_m: float, field_deg: float) -> str:
    """Return the path of the part of a ring inside the field of view."""
    inner, outer = inner_m * frame.scale, outer_m * frame.scale
    if field_deg >= FULL_CIRCLE_DEG:
        return _circle(frame, outer) + (_circle(frame, inner) if inner > 0 else "")
    half = math.radians(field_deg / 2)
    large = 1 if field_deg > FULL_CIRCLE_DEG / 2 else 0

    def at(radius: float, angle: float) -> str:
        x, y = frame.x + radius * math.cos(angle), frame.y + radius * math.sin(angle)
        return f"{_n(x)} {_n(y)}"

    def arc(radius: float, angle: float, sweep: int) -> str:
        return f"A{_n(radius)} {_n(radius)} 0 {large} {sweep} {at(radius, angle)}"

    return (
        f"M{at(inner, -half)}L{at(outer, -half)}{arc(outer, half, 1)}"
        f"L{at(inner, half)}{arc(inner, -half, 0)}Z"
    )


def _circle(frame: _Frame, radius: float) -> str:
    """Return the path of a circle around the camera."""
    r, x, y = _n(radius), frame.x, _n(frame.y)
    return (
        f"M{_n(x - radius)} {y}A{r} {r} 0 1 1 {_n(x + radius)} {y}"
        f"A{r} {r} 0 1 1 {_n(x - radius)} {y}Z"
    )


def _side(sheet: Sheet, frame: _Frame, top: float, lang: Language) -> tuple[str, float]:
    """Draw the elevation: pole, edges of the picture, a person, the ground; also return its y."""
    camera = sheet.camera
    person_m = sheet.assumptions.value("optics.person_height_m")
    lens_y = top + 26
    ground = lens_y + camera.height_m * frame.scale
    far = frame.across(frame.ahead_m)
    parts = [_label(tr("Seen from the side", lang), 16, top + 12)]
    if sheet.axis_tilt_deg is not None:
        for angle, dash in (
            (sheet.axis_tilt_deg + camera.vfov_deg / 2, ""),
            (sheet.axis_tilt_deg - camera.vfov_deg / 2, ""),
            (sheet.axis_tilt_deg, "10 4 2 4"),
        ):
            x, y = _ray(frame, lens_y, ground, angle, ceiling=top + 16)
            parts.append(_line(frame.x, lens_y, x, y, dash=dash))
    parts += [
        _line(_LEFT - 4, ground, far, ground, width=1.5),
        _line(frame.x, ground, frame.x, lens_y, width=3),
        f'<circle cx="{_n(frame.x)}" cy="{_n(lens_y)}" r="5" fill="{_INK}"/>',
        _label(
            tr("{value} m", lang).format(value=f"{camera.height_m:g}"),
            frame.x - 9,
            lens_y + 5,
            anchor="end",
        ),
        _person(frame, ground, _person_at(sheet, frame), person_m),
        _scale_bar(frame, top + 12, lang),
    ]
    return f"<g>{''.join(parts)}</g>", ground


def _person_at(sheet: Sheet, frame: _Frame) -> float:
    """Return the distance at which a person is drawn: at the aim, or inside the first ring."""
    if sheet.camera.aim_m is not None:
        return min(sheet.camera.aim_m, frame.ahead_m)
    found = ends(sheet.tiers[0].at(night=sheet.night))
    return frame.ahead_m / 2 if found is None else min(sum(found) / 2, frame.ahead_m)


def _ray(
    frame: _Frame, lens_y: float, ground: float, depression_deg: float, *, ceiling: float
) -> tuple[float, float]:
    """Return the point at which a ray from the lens leaves the drawing."""
    slope = math.tan(math.radians(min(depression_deg, 89.9)))
    run = frame.ahead_m * frame.scale
    if depression_deg >= FULL_CIRCLE_DEG / 4:
        return frame.x, ground
    drop = run * slope
    if drop > ground - lens_y:
        return frame.x + (ground - lens_y) / slope, ground
    if drop < ceiling - lens_y:
        return frame.x + (ceiling - lens_y) / slope, ceiling
    return frame.x + run, lens_y + drop


def _person(frame: _Frame, ground: float, at_m: float, height_m: float) -> str:
    """Return a standing person, to scale."""
    x, head = frame.across(at_m), height_m * frame.scale * 0.08
    top = ground - height_m * frame.scale
    return (
        f'<circle cx="{_n(x)}" cy="{_n(top + head)}" r="{_n(max(head, 1.2))}" fill="{_INK}"/>'
        + _line(x, top + 2 * head, x, ground, width=_PERSON_WIDTH)
    )


def _bars(sheet: Sheet, frame: _Frame, top: float, lang: Language) -> tuple[str, float]:
    """Draw one bar per tier below the elevation; also return the y below the last one."""
    parts = []
    y = top
    limit = frame.across(frame.ahead_m)
    step = _ROW[lang]
    for row in sheet.tiers:
        middle = y + _BAR / 2
        parts.append(_shape(_box(16, y, 26, _BAR), row.tier))
        name = _wrapped(words.tier_name(row.tier, lang), 1, lang, room=_LEFT - 62)
        shift = (len(name) - 1) * 8
        text, _ = _texts(name, 50, middle + 5 - shift, lang, size=13)
        parts.append(text)
        parts.append(_bar(row, sheet, frame, y, limit, lang))
        y += step
    return f"<g>{''.join(parts)}</g>", y


def _bar(row: RingRow, sheet: Sheet, frame: _Frame, y: float, limit: float, lang: Language) -> str:
    bounds = row.at(night=sheet.night)
    found, could = ends(bounds), ends(row.could)
    parts = []
    # Dashed: where the camera could serve a target; an arrow if that goes beyond the drawing.
    if could is not None:
        left, right = frame.across(could[0]), min(frame.across(could[1]), limit)
        if right > left:
            parts.append(
                f'<path d="{_box(left, y, right - left, _BAR)}" fill="none" '
                f'stroke="#666" stroke-dasharray="3 3"/>'
            )
        if frame.across(could[1]) > limit:
            parts.append(f'<path d="M{_n(limit)} {_n(y + 4)}l7 6l-7 6" fill="none" stroke="#666"/>')
    # Filled: the ring with this aim.
    if found is not None:
        left = frame.across(found[0])
        parts.append(_shape(_box(left, y, frame.across(found[1]) - left, _BAR), row.tier))
    lines = _wrapped(camera_words.ring_text(row, bounds, lang), 12 / 13, lang, room=limit - frame.x)
    below = y + _BAR + 13 if parts else y + _BAR / 2 + 4
    text, _ = _texts(lines, frame.x, below, lang, size=12)
    return "".join([*parts, text])


def _shape(path: str, tier: Tier) -> str:
    look = _LOOKS[tier]
    dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    return (
        f'<path d="{path}" fill="url(#tier-{tier})" fill-rule="evenodd" stroke="{look.color}" '
        f'stroke-width="1.6"{dash}/>'
    )


def _patterns() -> str:
    return "".join(
        f'<pattern id="tier-{tier}" width="12" height="12" patternUnits="userSpaceOnUse">'
        f"{look.pattern}</pattern>"
        for tier, look in _LOOKS.items()
    )


def _font(lang: Language) -> str:
    """Return the Burmese font for a drawing in Burmese; an image cannot use that of its page."""
    if lang != "my":
        return ""
    faces = (
        f"@font-face{{font-family:'{FONT_FAMILY}';font-weight:{weight};"
        f"src:url({data_uri(name, 'font/woff2')}) format('woff2')}}"
        for weight, name in FONT_FILES.items()
    )
    return f"<style>{''.join(faces)}</style>"


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{_n(x)} {_n(y)}h{_n(width)}v{_n(height)}h{_n(-width)}Z"


def _line(x1: float, y1: float, x2: float, y2: float, *, width: float = 1, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}" fill="none" stroke="{_INK}" '
        f'stroke-width="{width:g}"{dashes}/>'
    )


def _label(text: str, x: float, y: float, *, anchor: str = "start") -> str:
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="13" text-anchor="{anchor}">'
        f"{escape.html(text)}</text>"
    )


def _texts(
    lines: Sequence[str], x: float, y: float, lang: Language, *, size: int, bold: bool = False
) -> tuple[str, float]:
    """Return lines of text below one another, and the y of the next line."""
    step = _LINE[lang] * size / 13 * (0.8 if size < 13 else 1)  # noqa: PLR2004
    weight = ' font-weight="700"' if bold else ""
    parts = [
        f'<text x="{_n(x)}" y="{_n(y + n * step)}" font-size="{size}"{weight}>'
        f"{escape.html(line)}</text>"
        for n, line in enumerate(lines)
    ]
    return "".join(parts), y + len(lines) * step


def _wrapped(text: str, size: float, lang: Language, *, room: float = _WIDTH - 40) -> list[str]:
    """Break a text at spaces into lines that fit, by the mean width of letters."""
    max_letters = max(8, int(room / (_LETTER[lang] * size)))
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= max_letters:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def _round_length(max_m: float) -> float:
    """Return the largest of 1, 2 or 5 times a power of ten up to a length."""
    power = 10.0 ** math.floor(math.log10(max_m))
    return float(max(step * power for step in (1.0, 2.0, 5.0) if step * power <= max_m))


def _n(value: float) -> str:
    """Return a length in units, rounded to hundredths."""
    return f"{np.round(value, 2) + 0.0:g}" if abs(value) < 1e5 else f"{value:.0f}"  # noqa: PLR2004
