"""Totals as quantile dots: twenty equally likely values of a figure, each a dot.

Readers decide better by dots than by intervals (Fernandes et al. 2018): they can count how many of
twenty lie beyond a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup

from toolkit.assessment.model import Assessment
from toolkit.base import escape
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, Language
from toolkit.language import fonts, quantities, words
from toolkit.language.translate import number, tr

N_DOTS: Final = 20
_WIDTH: Final = 620
_LEFT: Final = 24
_BINS: Final = 42
_RADIUS: Final = 6.2
_FOOT: Final = 26
_TICKS: Final = 5
_TAIL: Final = 0.5 / N_DOTS
_LEAST_SHOWN: Final = 1e-9


@dataclass(frozen=True)
class Total:
    """One total: its name, its drawing, the same in words, and both the name and the words."""

    name: str
    drawn: Markup
    words: str
    text: str


def totals(assessment: Assessment, lang: Language) -> tuple[Total, ...]:
    """Return the number of cameras and the street length of each tier, as dots.

    Nothing where the draws of the figures that are shown are not known.
    """
    draws = assessment.draws
    cameras = assessment.counted.count
    found = []
    if cameras.known and draws.cameras:
        name = tr("Cameras of the reported system", lang)
        found.append(_total(name, draws.cameras, cameras, lang))
    for tier in TIERS:
        quantity = assessment.shown_tiers[tier].length_km
        if quantity.known and tier in draws.length_km:
            name = tr("Street covered, km: {tier}", lang).format(tier=words.tier_name(tier, lang))
            found.append(_total(name, draws.length_km[tier].realised, quantity, lang))
    return tuple(found)


def explained(lang: Language) -> str:
    """Return how the dots are read."""
    return tr(
        "Each dot is one of {n} values that are equally likely if the assumptions hold. Count the "
        "dots to one side of a value to see how likely it is to be beyond it.",
        lang,
    ).format(n=number(N_DOTS))


def values(draws: Sequence[float]) -> tuple[float, ...]:
    """Return the quantiles that the dots stand for.

    Examples
    --------
    >>> len(values([1.0, 2.0, 3.0])), values([1.0, 1.0])[0]
    (20, 1.0)
    """
    at = np.linspace(_TAIL, 1.0 - _TAIL, N_DOTS)
    return tuple(float(v) for v in np.quantile(np.asarray(draws, float), at))


def _total(name: str, draws: Sequence[float], quantity: Quantity, lang: Language) -> Total:
    said = quantities.quantity_text(quantity, lang)
    text = tr("{name}: {value}", lang).format(name=name, value=said)
    return Total(name, Markup(draw(values(draws), text)), said, text)  # noqa: S704 - texts are escaped


def draw(shown: Sequence[float], alternative: str) -> str:
    """Return a dot for each value as SVG, on an axis from nothing to the largest.

    Parameters
    ----------
    shown
        Not negative.
    alternative
        What the drawing says, for those who do not see it.
    """
    most = max(*shown, _LEAST_SHOWN)
    step = _nice(most / _TICKS)
    end = step * np.ceil(most / step)
    scale = (_WIDTH - 2 * _LEFT) / end
    counts: dict[int, int] = {}
    places = []
    for value in sorted(shown):
        bin_ = min(int(value / end * _BINS), _BINS - 1)
        counts[bin_] = counts.get(bin_, 0) + 1
        places.append((_LEFT + (bin_ + 0.5) * (_WIDTH - 2 * _LEFT) / _BINS, counts[bin_]))
    height = 2 * _RADIUS * max(counts.values()) + 4
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{height - _RADIUS * (2 * n - 1) - 1:.1f}" r="{_RADIUS - 0.5}"/>'
        for x, n in places
    )
    ticks = "".join(
        f'<path d="M{_LEFT + k * step * scale:.1f} {height}v5" stroke="#1a1a1a"/>'
        f'<text x="{_LEFT + k * step * scale:.1f}" y="{height + 19}">'
        f"{escape.html(_label(k * step, step))}</text>"
        for k in range(round(end / step) + 1)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="dots" role="img" '
        f"aria-label={escape.attribute(alternative)} "
        f'viewBox="0 0 {_WIDTH} {height + _FOOT:.0f}" width="{_WIDTH}" '
        f'height="{height + _FOOT:.0f}"><g fill="#12467f">{dots}</g>'
        f'<path d="M{_LEFT} {height}H{_WIDTH - _LEFT}" stroke="#1a1a1a"/>'
        f'<g font-family="{escape.html(fonts.FONT_STACK)}" font-size="13" fill="#1a1a1a" '
        f'text-anchor="middle">{ticks}</g></svg>'
    )


def _nice(step: float) -> float:
    """Return the least of 1, 2 and 5 times a power of ten that is not below a step."""
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(n * power for n in (1.0, 2.0, 5.0, 10.0) if n * power >= step))


def _label(value: float, step: float) -> str:
    decimals = max(0, -int(np.floor(np.log10(step))))
    return number(value, decimals=decimals)
