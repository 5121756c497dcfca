"""Draws of one reported figure: what it leaves out, and what was added since.

A figure falls short of the true number by what its origin does not know of, by other makes and
years than those it counts, and by what was added since. Each of these is a factor with a column of
its own. Formulas and reasons: ``docs/method/counts.md``.
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
Z95: Final = 1.6448536269514722
"""95 % point of the standard normal distribution, as a number so that scipy is imported late."""
Z_TWO_SIDED: Final = 1.959963984540054
"""95 % point of the absolute value of a standard normal variate."""
_LN2: Final = math.log(2.0)
_LN20: Final = math.log(20.0)
_DAYS_PER_YEAR = 365.25
_OUTSIDE: Final = ("over", "at_least", "hundreds")
"""Wordings of those who know a part of the cameras; other wordings are those of a full count."""
COLUMN: Final = "count"
"""Prefix of the names of the design's columns for the governing figure."""


class Assumptions(Protocol):
    """The methods of an assumption set that are used here."""

    def value(self, key: str) -> float:
        """Return the central value of one assumption."""

    def draw(self, key: str, design: Design) -> FloatArray:
        """Return draws of one assumption over the ignorance layer, shape (n_draws,)."""

    def source(self, key: str) -> str:
        """Return the source of one assumption."""


@dataclass(frozen=True)
class Setting:
    """Inputs shared by all steps.

    Attributes
    ----------
    as_of, design, assumptions
        Day for which a count holds, draws and assumptions.
    figures
        The city's own figures.
    claims
        All claims that may be used.
    grows
        Whether cameras are added after the date of a claim.
    """

    as_of: dt.date
    design: Design
    assumptions: Assumptions
    figures: CityFigures
    claims: tuple[Claim, ...]
    grows: bool = True

    def age_years(self, claim: Claim) -> float:
        """Return the age of a claim in years; infinite for a claim without any date."""
        start = claim.holds_from
        if start is None:
            return math.inf
        return max(0.0, (self.as_of - start).days / _DAYS_PER_YEAR)

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

    So is any figure of one make only, or of cameras installed in some period.
    """
    return math.isinf(figure.bounds[1]) or figure.brand is not None or figure.kind == "flow"


def draw_figure(
    claim: Claim,
    setting: Setting,
    *,
    part: bool = False,
    whole: bool = True,
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
    whole
        Whether to draw the number of all makes and years today; False for the cameras that the
        figure counts, such as those of a plan.
    column
        Prefix of the design's column for what the origin does not know of. Figures of one origin
        share it.
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
    draw, design = setting.assumptions.draw, setting.design
    # 1. The number that the figure names, and what its origin does not know of.
    number = _named(figure, setting, interval_column or column, part=part)
    number = number * np.exp(_log_overlooked(claim, setting, column, part=part))
    if not whole:
        return np.asarray(number, dtype=float)
    # 2. Other makes and other years; a part of a city says nothing of the rest.
    if figure.brand is not None and not part:
        number = number / _share("count.make", draw("count.least_make_share", design), design)
    if figure.kind == "flow" and not part:
        number = number / _share("count.flow", draw("count.least_flow_share", design), design)
    # 3. Cameras added since, and of a full count those taken down: it is no bound of today.
    number = number * growth(claim, setting)
    if not (part or is_lower_bound(figure) or figure.wording in _OUTSIDE):
        number = number * kept(claim, setting)
    return np.asarray(number, dtype=float)


def _named(figure: Figure, setting: Setting, column: str, *, part: bool) -> FloatArray:
    """Return the number that a figure names: its bound or a place in its interval, shape (D,).

    The place is log-uniform. In "hundreds" its reciprocal is uniform: the more cameras, the fewer
    the cities that have as many, so most of those who say it mean a few hundred.
    """
    least, most = figure.bounds
    n_draws = setting.design.n_draws
    # "Up to 500 cameras" means at least one.
    start = least or min(1.0, most)
    if least == most or part or math.isinf(most) or not start:
        return np.full(n_draws, start)
    place = setting.design.column(f"{column}.interval")
    if figure.wording == "hundreds":
        return np.asarray(start / (1.0 - place * (1.0 - start / most)), dtype=float)
    return np.minimum(start * (most / start) ** place, most)


def _log_overlooked(claim: Claim, setting: Setting, column: str, *, part: bool) -> FloatArray:
    """Return the logarithm of what an origin falls short of, shape (D,).

    An outsider knows a share of the cameras that is uniform up to all of them; a full count falls
    short by a half-normal logarithm. Origins that agree overlook a part of it alike and the rest
    each on its own, so that k of them leave c + (1 - c) / k of the square.
    """
    from scipy import special

    figure = claim.quantity
    draw, design = setting.assumptions.draw, setting.design
    prob = design.column(f"{column}.quantile")
    if part or (figure is not None and figure.wording in _OUTSIDE):
        log_short = -np.log(1.0 - prob * (1.0 - draw("count.least_known", design)))
    else:
        log_short = draw("count.origin_log_sd", design) * special.ndtri(0.5 + 0.5 * prob)
    common = draw("count.common_share", design)
    alone = (1.0 - common) / independent_origins(claim, setting)
    return np.asarray(log_short * np.sqrt(common + alone), dtype=float)


def _share(column: str, least: FloatArray, design: Design) -> FloatArray:
    """Return a share that is uniform between the least one and all, shape (D,)."""
    return 1.0 - design.column(column) * (1.0 - least)


def growth(claim: Claim, setting: Setting) -> FloatArray:
    """Return the cameras of today over those of the date of a claim, shape (D,).

    Growth is linear: each year adds the same share of what there was. The share is Weibull
    distributed, given by its median and its 95 % point, and the same for all claims about a city.
    """
    draw, design = setting.assumptions.draw, setting.design
    if not setting.grows:
        return np.ones(design.n_draws)
    median, high = draw("count.growth_median", design), draw("count.growth_p95", design)
    ratio = np.divide(high, median, out=np.ones_like(high), where=median > 0)
    power = np.log(np.maximum(ratio, 1.0)) / math.log(_LN20 / _LN2)
    yearly = median * (-np.log1p(-design.column("count.growth")) / _LN2) ** power
    return np.asarray(1.0 + yearly * setting.age_years(claim), dtype=float)


def kept(claim: Claim, setting: Setting) -> FloatArray:
    """Return the share of the cameras of a full count that is not taken down since, shape (D,).

    Each year takes the same share, which is uniform up to twice its mean.
    """
    most = 2.0 * setting.assumptions.draw("count.removed_per_year", setting.design)
    yearly = setting.design.column("count.removed") * most
    return np.asarray((1.0 - yearly) ** setting.age_years(claim), dtype=float)


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
    return years <= setting.assumptions.value("count.same_time_years") and all(
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


def user_draws(user_range: tuple[float, float], design: Design) -> FloatArray:
    """Return draws of the user's own range: lognormal with its 5 and 95 % points, or constant.

    Raises
    ------
    InputDataError
        If it is not a range above zero, or exceeds `MAX_CAMERAS`. Zero is refused: that there are
        no cameras is nothing that anybody can know.
    """
    from scipy import special

    low, high = (float(end) for end in user_range)
    if not (math.isfinite(low) and math.isfinite(high) and 0 <= low <= high):
        msg = f"A count of {low:g} to {high:g} is not a range. Give low:high, both above 0."
        raise InputDataError(msg)
    if high > MAX_CAMERAS:
        msg = f"A count of {high:g} is more than the {MAX_CAMERAS:,} of the whole world. Check it."
        raise InputDataError(msg)
    if high == 0:
        msg = (
            "A count of 0 says that there are no cameras, which nobody can know. Give the smallest "
            "number that you hold possible, at least 1, such as 1:20."
        )
        raise InputDataError(msg)
    if low == high:
        return np.full(design.n_draws, low)
    if low == 0:
        msg = f"A count of 0 to {high:g} has no lowest number above 0. Give at least 1:{high:g}."
        raise InputDataError(msg)
    z = special.ndtri(design.column("count.user")) / Z95
    middle, half = 0.5 * math.log(low * high), 0.5 * math.log(high / low)
    return np.asarray(np.exp(middle + half * z), dtype=float)
