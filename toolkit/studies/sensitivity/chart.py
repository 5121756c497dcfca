"""Tornado chart of a sensitivity analysis, in SVG.

One bar per factor, the most important on top: from the figure with the factor at one end of its
range to the figure at the other end, around the mean, with its total effect on the right. The two
ends differ in lightness, so that a black-and-white print is legible. The drawing loads nothing from
another machine. Same analysis, same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from toolkit.base import escape
from toolkit.base.terms import Language, Tier
from toolkit.language import fonts
from toolkit.language.translate import tr
from toolkit.studies.sensitivity import words
from toolkit.studies.sensitivity.analysis import FactorPart, Sensitivity, log_odds

MOST_BARS: Final = 10
"""Most bars drawn; the other factors are in the table."""
_WIDTH: Final = 1000
_LEFT: Final = 330
"""Room for the names of factors."""
_RIGHT: Final = 210
"""Room for the total effect."""
_TOP: Final = {"en": 76, "my": 96}
_ROW: Final = {"en": 40, "my": 58}
_LINE: Final = {"en": 16, "my": 24}
_LETTERS: Final = {"en": 44, "my": 38}
"""Most letters of a name on a line. The widest name has 8.3 units per letter (Burmese, size 14,
measured in Chromium), so that each name fits next to its bar on at most two lines."""
_BAR: Final = 22
_ROOM: Final = 0.06
"""Empty share of the axis at both ends."""
_LEAST_ROOM: Final = 0.05
"""The same in log odds, for an axis of hardly any length."""
_MOST_TICKS: Final = 6
_POWERS: Final = tuple(10.0**-k for k in range(6, 0, -1))
_MARKS: Final = (
    tuple(round(n * p, 8) for p in _POWERS for n in range(1, 10)),
    (*(round(n * p, 8) for p in _POWERS for n in (1, 2, 5)), 0.8, 0.9, 0.95, 0.99),
    (*(round(n * p, 8) for p in _POWERS for n in (1, 5)), 0.9, 0.99),
    (*_POWERS, 0.5, 0.9, 0.99),
)
"""Shares that may be marked, from many to few."""
_INK: Final = "#1a1a1a"
_LOW: Final = "#9db7cf"
_HIGH: Final = "#0b5cad"
_PERCENT: Final = 100.0


def draw(found: Sensitivity, tier: Tier, lang: Language, *, standalone: bool = True) -> str:
    """Return the chart of one tier as SVG; empty if no factor changes the figure.

    Parameters
    ----------
    found
        The analysis.
    tier
        The tier.
    lang
        Language of the texts.
    standalone
        Whether it is a file of its own, which needs its own font.
    """
    bars = [f for f in found.tiers[tier].factors if f.distinguishable][:MOST_BARS]
    if not bars:
        return ""
    axis = _Axis(bars)
    top, row = _TOP[lang], _ROW[lang]
    bottom = top + row * len(bars)
    height = bottom + 44
    title = words.sentence(found, tier, lang)
    mean = bars[0].figure.mid or 0.0
    body = [
        _text(axis.left, 24, tr("share of street length (expected)", lang), size=14),
        _text(_WIDTH - 12, 24, words.columns(found, lang)[-2], size=14, anchor="end"),
        *(_tick(axis, value, top - 8, bottom) for value in axis.ticks),
        *(
            _row(axis, factor, found, lang, y=top + row * k, mean=mean)
            for k, factor in enumerate(bars)
        ),
        f'<path d="M{axis.x(mean)} {top - 8}V{bottom}" stroke="{_INK}" stroke-width="1.5"/>',
        _key(found, top=bottom + 14, lang=lang),
    ]
    font = f"<style>{fonts.font_css()}</style>" if standalone and lang == "my" else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tornado" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" lang="{lang}">'
        f"<title>{escape.html(title)}</title>"
        f"<desc>{escape.html(_described(bars, found, lang))}</desc>{font}"
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>'
        f'<g font-family="{escape.html(fonts.FONT_STACK)}" fill="{_INK}">'
        f"{''.join(body)}</g></svg>"
    )


class _Axis:
    """Horizontal axis: share of street length, at equal steps of its log odds."""

    def __init__(self, bars: Sequence[FactorPart]) -> None:
        ends = [end for f in bars for end in (f.figure.low, f.figure.high) if end is not None]
        low, high = log_odds(np.array([min(ends), max(ends)]))
        room = max(_ROOM * (high - low), _LEAST_ROOM)
        self.low, self.high = float(low - room), float(high + room)
        self.left, self.right = _LEFT, _WIDTH - _RIGHT

    def x(self, share: float) -> float:
        """Return the position of a share, in units of the drawing."""
        at = float(log_odds(np.array([share]))[0])
        part = (at - self.low) / (self.high - self.low)
        return round(self.left + part * (self.right - self.left), 1)

    @property
    def ticks(self) -> list[float]:
        """Shares at which the axis is marked: powers of ten, with steps between where few fit."""
        inside = [
            [share for share in marks if self.left <= self.x(share) <= self.right]
            for marks in _MARKS
        ]
        fit = [marks for marks in inside if len(marks) <= _MOST_TICKS]
        return fit[0] if fit else inside[-1]


def _tick(axis: _Axis, share: float, top: float, bottom: float) -> str:
    x = axis.x(share)
    label = f"{share * _PERCENT:.10g} %"
    return (
        f'<path d="M{x} {top}V{bottom}" stroke="#d0d0d0"/>'
        f"{_text(x, top - 8, label, size=12, anchor='middle')}"
    )


def _row(
    axis: _Axis, factor: FactorPart, found: Sensitivity, lang: Language, *, y: float, mean: float
) -> str:
    """Return name, bar and effect of one factor."""
    low, high = factor.figure.low or 0.0, factor.figure.high or 0.0
    middle = y + _ROW[lang] / 2
    x0, x1, x2 = axis.x(low), axis.x(mean), axis.x(high)
    # The end with a low factor is pale; a factor of several parts has no such end.
    left, right = (_LOW, _HIGH) if factor.rises is not False else (_HIGH, _LOW)
    if factor.rises is None:
        left = right = "#777"
    bar_y = middle - _BAR / 2
    lines = _wrapped(words.factor_name(factor.key, lang), lang)
    first = middle + 5 - (len(lines) - 1) * _LINE[lang] / 2
    names = "".join(
        _text(axis.left - 14, first + n * _LINE[lang], line, size=14, anchor="end")
        for n, line in enumerate(lines)
    )
    effect = words.row(found, factor, lang)[-2]
    return (
        f"{names}"
        f'<rect x="{x0}" y="{bar_y}" width="{round(x1 - x0, 1)}" height="{_BAR}" fill="{left}"/>'
        f'<rect x="{x1}" y="{bar_y}" width="{round(x2 - x1, 1)}" height="{_BAR}" fill="{right}"/>'
        f"{_text(_WIDTH - 12, middle + 5, effect, size=13, anchor='end')}"
    )


def _key(found: Sensitivity, *, top: float, lang: Language) -> str:
    """Return the legend."""
    neither = tr("factor of several parts", lang)
    if found.method == "morris":
        neither = tr("of several parts, or without a direction", lang)
    entries = (
        (_LOW, tr("factor at its low end", lang)),
        (_HIGH, tr("factor at its high end", lang)),
        ("#777", neither),
    )
    parts = []
    for n, (color, text) in enumerate(entries):
        x = 20 + n * 320
        parts.append(f'<rect x="{x}" y="{top}" width="26" height="14" fill="{color}"/>')
        parts.append(_text(x + 34, top + 12, text, size=13))
    return "".join(parts)


def _described(bars: Sequence[FactorPart], found: Sensitivity, lang: Language) -> str:
    """Return the bars in words, for screen readers."""
    return "; ".join(
        ", ".join(cell for cell in words.row(found, factor, lang) if cell) for factor in bars
    )


def _wrapped(text: str, lang: Language) -> list[str]:
    """Return the lines of a name, broken at spaces."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(longer) > _LETTERS[lang]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _text(x: float, y: float, text: str, *, size: int, anchor: str = "start") -> str:
    return (
        f'<text x="{round(x, 1)}" y="{round(y, 1)}" font-size="{size}" text-anchor="{anchor}">'
        f"{escape.html(text)}</text>"
    )
