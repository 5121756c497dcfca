"""Draws of one reported figure, allowing for censoring, age and independent confirmation.

Formulas and reasons: ``docs/method/counts.md``, "From claims to a count".
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError
from toolkit.evidence.claim import DENSITY_UNITS, Claim, Figure
from toolkit.evidence.densities import CityFigures, multiplier

CAMERAS_PER_SITE: Final = "sites.cameras_per_site"
"""Key of the assumption."""
MAX_CAMERAS: Final = 1_000_000_000
"""About the number of surveillance cameras on Earth (IHS Markit 2019: over a billion by 2021); a
range beyond it is a typing error."""
TAIL_PROB: Final = 0.05
"""Probability above a "95 % point"."""
NEG_LN_TAIL: Final = -math.log(TAIL_PROB)
Z95: Final = 1.6448536269514722
"""95 % point of the standard normal distribution, as a number so that scipy is imported late."""
Z_TWO_SIDED: Final = 1.959963984540054
"""95 % point of the absolute value of a standard normal variate."""
_DAYS_PER_YEAR = 365.25
_POINT_WORDINGS = ("exact", "about")
COLUMN: Final = "count"
"""Prefix of the names of the design's columns for the governing figure."""


class Assumptions(Protocol):
    """The methods of an assumption set that are used here."""

    def value(self, key: str) -> float:
        """Return the central value of one assumption."""

    def draw(self, key: str, design: Design) -> FloatArray:
        """Return draws of one assumption over the ignorance layer, shape (n_draws,)."""


@dataclass(frozen=True)
class Setting:
    """Inputs shared by all steps: date, design, assumptions, city figures and all claims."""

    as_of: dt.date
    design: Design
    assumptions: Assumptions
    figures: CityFigures
    claims: tuple[Claim, ...]

    def age_years(self, claim: Claim) -> float:
        """Return the age of a claim in years; infinite for a claim without any date."""
        start = claim.holds_from
        if start is None:
            return math.inf
        return max(0.0, (self.as_of - start).days / _DAYS_PER_YEAR)

    def aged_share(self, claim: Claim) -> float:
        """Return the age of a claim as a share of ``count.ageing_years``, at most 1."""
        return min(self.age_years(claim) / self.assumptions.value("count.ageing_years"), 1.0)

    def is_stale(self, claims: Sequence[Claim]) -> bool:
        """Return whether the newest claim exceeds ``count.stale_years``; False if none."""
        ages = [self.age_years(claim) for claim in claims]
        return bool(ages) and min(ages) > self.assumptions.value("count.stale_years")

    @property
    def per_site(self) -> FloatArray:
        """Cameras at one site, shape (D,)."""
        return self.assumptions.draw(CAMERAS_PER_SITE, self.design)

    def factor(self, claim: Claim) -> FloatArray | None:
        """Return the factor that turns the figure of a claim into cameras, shape (D,), or None."""
        unit = claim.quantity.unit if claim.quantity else None
        if unit == "cameras":
            return np.ones(self.design.n_draws)
        if unit == "sites":
            return self.per_site
        return multiplier(claim, self.figures, self.per_site)

    def least(self, claim: Claim) -> float:
        """Return the smallest number of cameras that a claim allows; 0 where it has no figure.

        A site counts as one camera; a density is multiplied by the median of the city's figure.
        """
        if claim.quantity is None:
            return 0.0
        least = claim.quantity.bounds[0]
        if claim.quantity.unit not in DENSITY_UNITS:
            return least
        factor = self.factor(claim)
        return 0.0 if factor is None else least * float(np.median(factor))


def is_lower_bound(figure: Figure) -> bool:
    """Return whether a figure is only a lower bound of the stock of all makes.

    So is a single number if it covers one make only, or cameras installed in some period.
    """
    if math.isinf(figure.bounds[1]):
        return True
    partial = figure.brand is not None or figure.kind == "flow"
    return figure.wording in _POINT_WORDINGS and partial


def draw_figure(
    claim: Claim,
    setting: Setting,
    *,
    part: bool = False,
    aged_share: float | None = None,
    column: str = COLUMN,
    interval_column: str | None = None,
) -> FloatArray:
    """Return draws of one figure in its own unit, never below its lower bound, shape (D,).

    Parameters
    ----------
    claim
        A claim with a figure.
    setting
        Date, design, assumptions and the other claims.
    part
        Whether to treat the figure as a lower bound, whatever its wording, because it covers only
        a part of the city.
    aged_share
        Age as a share of ``count.ageing_years``, 0 to 1; None for the age at ``setting.as_of``.
    column
        Prefix of the design's column for the upper tail. Figures of one origin share it.
    interval_column
        Prefix of the column for the position inside an interval; `column` if None.

    Raises
    ------
    InputDataError
        If the claim has no figure.
    """
    figure = claim.quantity
    if figure is None:
        msg = f"The claim {claim.id} has no figure. Give it a quantity."
        raise InputDataError(msg)
    # 1. The 95 % point of the tail, as the logarithm of its ratio to the reported number: what a
    #    report overlooks and how it ages, less what agreeing origins rule out.
    share = setting.aged_share(claim) if aged_share is None else aged_share
    draw, design = setting.assumptions.draw, setting.design
    origin = (Z_TWO_SIDED * draw("count.origin_log_sd", design)) ** 2
    agreeing = independent_origins(claim, setting)
    if part or is_lower_bound(figure):
        recall = np.log(draw("count.recall_ratio_p95", design)) ** 2
        aged = np.log(draw("count.aged_upper_ratio_p95", design)) ** 2
        missed = np.maximum(recall - origin * (1.0 - 1.0 / agreeing), 0.0)
        log_ratio = np.sqrt(missed + share * np.maximum(aged - recall, 0.0))
    else:
        growth = np.log(draw("count.interval_growth_ratio_p95", design)) ** 2
        log_ratio = np.sqrt(origin / agreeing + share * growth)
    # 2. Pareto tail: P(N > x * bound) = x ** -(ln 20 / ln ratio), which is 5 % at x = ratio.
    tail = -np.log1p(-design.column(f"{column}.quantile")) / NEG_LN_TAIL
    # 3. The number to which the tail is added: the bound, or a log-uniform place in the interval.
    least, most = figure.bounds
    base: FloatArray | float = least
    if least != most and not part and not math.isinf(most):
        # "Up to 500 cameras" means at least one.
        start = least or min(1.0, most)
        place = design.column(f"{interval_column or column}.interval")
        base = np.minimum(start * (most / start) ** place, most) if start else least
    return np.asarray(base * np.exp(tail * log_ratio), dtype=float)


def independent_origins(claim: Claim, setting: Setting) -> int:
    """Return the number of independent origins that give the figure of a claim, its own included.

    Claims that share an origin, directly or through a third claim, count once.
    """
    groups: list[set[str]] = []
    for other in (claim, *(c for c in setting.claims if _agree(claim, c, setting))):
        joined = set(other.origins)
        apart = []
        for group in groups:
            if group & joined:
                joined |= group
            else:
                apart.append(group)
        groups = [*apart, joined]
    return len(groups)


def _agree(one: Claim, other: Claim, setting: Setting) -> bool:
    """Return whether another claim confirms one: same subject, similar bounds, similar time.

    The bounds may differ by the 95 % point of the difference between two origins.
    """
    a, b = one.quantity, other.quantity
    if one.id == other.id or a is None or b is None or other.topic != "count":
        return False
    if other.id in one.contradicts or one.id in other.contradicts:
        return False
    same = (
        (a.unit, a.kind, a.brand) == (b.unit, b.kind, b.brand)
        and (one.place, one.scope, one.status) == (other.place, other.scope, other.status)
        and one.area_km2 == other.area_km2
    )
    if not same or one.holds_from is None or other.holds_from is None:
        return False
    years = abs((one.holds_from - other.holds_from).days) / _DAYS_PER_YEAR
    apart = math.sqrt(2.0) * Z_TWO_SIDED * setting.assumptions.value("count.origin_log_sd")
    return years <= setting.assumptions.value("count.ageing_years") and all(
        x == y or (min(x, y) > 0 and math.log(max(x, y) / min(x, y)) <= apart)
        for x, y in zip(a.bounds, b.bounds, strict=True)
    )


def origin_column(claim: Claim, governing: Iterable[Claim]) -> str:
    """Return the column prefix for the tail of a claim that is added to governing ones.

    Figures of one origin share a column, since it overlooks the same things in all of them.
    Figures of another origin have a column of their own.
    """
    shared = {origin for other in governing for origin in other.origins}
    return COLUMN if shared & set(claim.origins) else f"{COLUMN}.origin:{min(claim.origins)}"


def wide_prior(setting: Setting) -> FloatArray:
    """Return draws of the lognormal prior for cities without a reported number, shape (D,)."""
    from scipy import special

    draw, design = setting.assumptions.draw, setting.design
    z = special.ndtri(design.column("count.prior")) / Z95
    log_ratio = np.log(draw("count.prior_ratio_p95", design))
    return np.asarray(draw("count.prior_median", design) * np.exp(z * log_ratio), dtype=float)


def user_draws(user_range: tuple[float, float], design: Design) -> FloatArray:
    """Return draws of the user's own range: lognormal with its 5 and 95 % points, or constant.

    Raises
    ------
    InputDataError
        If it is not a range above zero, or exceeds `MAX_CAMERAS`.
    """
    from scipy import special

    low, high = (float(end) for end in user_range)
    if not (math.isfinite(low) and math.isfinite(high) and 0 <= low <= high):
        msg = f"A count of {low:g} to {high:g} is not a range. Give low:high, both 0 or more."
        raise InputDataError(msg)
    if high > MAX_CAMERAS:
        msg = f"A count of {high:g} is more than the {MAX_CAMERAS:,} of the whole world. Mend it."
        raise InputDataError(msg)
    if low == high:
        return np.full(design.n_draws, low)
    if low == 0:
        msg = f"A count of 0 to {high:g} has no lowest number above 0. Give at least 1:{high:g}."
        raise InputDataError(msg)
    z = special.ndtri(design.column("count.user")) / Z95
    middle, half = 0.5 * math.log(low * high), 0.5 * math.log(high / low)
    return np.asarray(np.exp(middle + half * z), dtype=float)
