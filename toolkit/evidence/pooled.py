"""The number of cameras of a city without a reported number, from the other cities of its country.

Each counted city is aged to the day of the assessment by the rule for reported figures. The
logarithms of their medians are taken for a sample of a normal distribution, and a further city is
drawn from its predictive distribution: Student's t with n - 1 degrees of freedom and the scale
s (1 + 1/n)^(1/2) (Hahn and Meeker, Statistical Intervals, 1991, section 4.8). The scatter of the
medians contains what is uncertain in each, so that is not added again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sized
from typing import Final

import numpy as np

from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.errors import NoCountError
from toolkit.evidence.claim import Claim
from toolkit.evidence.densities import NO_FIGURES
from toolkit.evidence.figure_draws import MAX_CAMERAS, Assumptions, Setting
from toolkit.evidence.installed import in_scope, reported_part
from toolkit.evidence.load import known_by, not_superseded, of_reported_system

LEAST_CITIES: Final = 4
"""With fewer counted cities the range spans more than a factor of a thousand."""
_DESIGN: Final = Design(1_001, 0)
"""Draws behind the median of each city: the same for every assessment."""


def medians(
    others: Iterable[tuple[Claim, ...]], as_of: dt.date, assumptions: Assumptions
) -> dict[str, float]:
    """Return the median number of public cameras of each city with a count of the whole of it.

    Parameters
    ----------
    others
        Claims about each city.
    as_of
        Day to which they are aged. Claims made later are ignored.
    """
    found = {}
    for everything in others:
        claims = not_superseded(known_by(of_reported_system(everything), as_of))
        public, scope = in_scope(claims, "public")
        setting = Setting(as_of, _DESIGN, assumptions, NO_FIGURES, public)
        part = reported_part(public, setting, scope)
        if part is not None and scope == "public" and part.rule not in ("part", "sites"):
            found[part.claims[0].city] = float(np.median(part.draws))
    return dict(sorted(found.items()))


def pooled_draws(setting: Setting) -> FloatArray:
    """Return draws for a city of which no number is reported, shape (D,).

    The other cities are those of ``setting.figures``.

    Raises
    ------
    NoCountError
        If there are too few to borrow a number from.
    """
    from scipy import special

    others = setting.figures.others
    counted = medians(others, setting.as_of, setting.assumptions)
    if len(counted) < LEAST_CITIES:
        raise NoCountError(_no_count(others, counted, setting.as_of))
    logs = np.log(list(counted.values()))
    n = len(logs)
    prob = setting.assumptions.draw("count.place_among_cities", setting.design)
    scale = float(np.std(logs, ddof=1)) * (1.0 + 1.0 / n) ** 0.5
    drawn = np.exp(float(np.mean(logs)) + scale * special.stdtrit(n - 1, prob))
    return np.asarray(np.clip(drawn, 1.0, MAX_CAMERAS), dtype=float)


def _no_count(others: Sized, counted: Sized, as_of: dt.date) -> str:
    """Return why no number is known, and what to do."""
    why = (
        f"only {len(counted)} other cities of its country had been counted by {as_of}"
        if others
        else "its country has no counted cities, or cities.toml does not name it"
    )
    return (
        "No number of cameras is known: none is reported for this city, and none can be borrowed, "
        f"as {why}. Give your own with --count LOW:HIGH, or add a claim with a number to "
        "evidence/CITY.toml among your own data."
    )
