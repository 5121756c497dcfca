"""One reported figure as draws of a number of cameras: censoring, age, and origins that agree.

The formulas, with their reasons: ``docs/method/counts.md``, "From claims to a count".
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from scipy import special

from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError
from toolkit.evidence.claim import DENSITY_UNITS, Claim, Figure
from toolkit.evidence.densities import CityFigures, multiplier

CAMERAS_PER_SITE: Final = "sites.cameras_per_site"
MOST_CAMERAS: Final = 1_000_000_000
"""About as many surveillance cameras as there are on Earth (IHS Markit 2019: over a billion by
2021); a range above it is a slip of the keyboard."""
TAIL_PROB: Final = 0.05
"""Share of draws above a "95 % point"."""
LN_TAIL: Final = -math.log(TAIL_PROB)
Z95: Final = float(special.ndtri(1.0 - TAIL_PROB))
Z_TWO_SIDED: Final = float(special.ndtri(1.0 - TAIL_PROB / 2.0))
"""95 % point of the size of a standard normal number, whatever its sign."""
_DAYS_PER_YEAR = 365.25
_POINT_WORDINGS = ("exact", "about")
COLUMN: Final = "count"
"""Beginning of the names of the columns of the figure that governs."""


class Assumptions(Protocol):
    """The part of an assumption set that is used here."""

    def value(self, key: str) -> float:
        """Return the central value of one assumption."""

    def draw(self, key: str, design: Design) -> FloatArray:
        """Return one assumption drawn over the ignorance layer, shape (n_draws,)."""


@dataclass(frozen=True)
class Setting:
    """What every step needs: the date, the design, the assumptions, the city, all claims."""

    as_of: dt.date
    design: Design
    assumptions: Assumptions
    figures: CityFigures
    claims: tuple[Claim, ...]

    def age_years(self, claim: Claim) -> float:
        """Return the age of a claim; one without any date counts as aged to the full."""
        start = claim.holds_from
        if start is None:
            return math.inf
        return max(0.0, (self.as_of - start).days / _DAYS_PER_YEAR)

    def aged_share(self, claim: Claim) -> float:
        """Return how far a claim has aged, 0 to 1."""
        return min(self.age_years(claim) / self.assumptions.value("count.ageing_years"), 1.0)

    def is_stale(self, claims: Sequence[Claim]) -> bool:
        """Return whether the newest of some claims is old; False where there is none."""
        ages = [self.age_years(claim) for claim in claims]
        return bool(ages) and min(ages) > self.assumptions.value("count.stale_years")

    @property
    def per_site(self) -> FloatArray:
        """Cameras at one site, shape (D,)."""
        return self.assumptions.draw(CAMERAS_PER_SITE, self.design)

    def factor(self, claim: Claim) -> FloatArray | None:
        """Return what turns the figure of a claim into cameras, shape (D,), or None."""
        unit = claim.quantity.unit if claim.quantity else None
        if unit == "cameras":
            return np.ones(self.design.n_draws)
        if unit == "sites":
            return self.per_site
        return multiplier(claim, self.figures, self.per_site)

    def least(self, claim: Claim) -> float:
        """Return the smallest number of cameras that a claim allows; 0 where it says none.

        A site holds one camera at least; a density counts by the middle of the city's figure.
        """
        if claim.quantity is None:
            return 0.0
        least = claim.quantity.bounds[0]
        if claim.quantity.unit not in DENSITY_UNITS:
            return least
        factor = self.factor(claim)
        return 0.0 if factor is None else least * float(np.median(factor))


def one_sided(figure: Figure) -> bool:
    """Return whether a figure bounds the stock of all makes from below only.

    One number counts as such a bound if it is of one make, or of what was put up in some time.
    """
    if math.isinf(figure.bounds[1]):
        return True
    partial = figure.brand is not None or figure.kind == "flow"
    return figure.wording in _POINT_WORDINGS and partial


def spread(
    claim: Claim,
    setting: Setting,
    *,
    part: bool = False,
    aged_share: float | None = None,
    column: str = COLUMN,
    interval_column: str | None = None,
) -> FloatArray:
    """Return the draws of one figure in its own unit, shape (D,), never below its least.

    Parameters
    ----------
    part
        Take it as a lower bound, whatever its wording, because it is about a part.
    aged_share
        How far it has aged, 0 to 1; None for its age at `as_of`.
    column
        Beginning of the name of its tail's column in the design. Figures of one origin share it.
    interval_column
        The same for its place inside an interval; None for `column`.
    """
    figure = claim.quantity
    if figure is None:
        msg = f"The claim {claim.id} has no figure. Give it a quantity."
        raise InputDataError(msg)
    share = setting.aged_share(claim) if aged_share is None else aged_share
    draw, design = setting.assumptions.draw, setting.design
    origin = (Z_TWO_SIDED * draw("count.origin_log_sd", design)) ** 2
    agreeing = independent_origins(claim, setting)
    if part or one_sided(figure):
        recall = np.log(draw("count.recall_ratio_p95", design)) ** 2
        aged = np.log(draw("count.aged_upper_ratio_p95", design)) ** 2
        missed = np.maximum(recall - origin * (1.0 - 1.0 / agreeing), 0.0)
        log_ratio = np.sqrt(missed + share * np.maximum(aged - recall, 0.0))
    else:
        growth = np.log(draw("count.interval_growth_ratio_p95", design)) ** 2
        log_ratio = np.sqrt(origin / agreeing + share * growth)
    # Pareto: P(N > x * bound) = x ** -(ln 20 / ln ratio), which is 5 % at x = ratio.
    tail = -np.log1p(-design.column(f"{column}.quantile")) / LN_TAIL
    least, most = figure.bounds
    base: FloatArray | float = least
    if least != most and not part and not math.isinf(most):
        # Of "up to 500 cameras" one is the least that can be meant.
        start = least or min(1.0, most)
        place = design.column(f"{interval_column or column}.interval")
        base = np.minimum(start * (most / start) ** place, most) if start else least
    return np.asarray(base * np.exp(tail * log_ratio), dtype=float)


def independent_origins(claim: Claim, setting: Setting) -> int:
    """Return how many independent origins give the figure of a claim, itself included.

    Claims that share an origin, also through a third one, count once.
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
    """Return whether another claim says the same as one: same thing, same interval, same time.

    The ends may differ by what two origins of that spread differ by in 95 of 100 cases.
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
    """Return the column of a claim's tail beside others that are added to it.

    What one origin overlooks, it overlooks in all its figures: they share a column. Others have
    one of their own.
    """
    shared = {origin for other in governing for origin in other.origins}
    return COLUMN if shared & set(claim.origins) else f"{COLUMN}.origin:{min(claim.origins)}"


def wide_prior(setting: Setting) -> FloatArray:
    """Return the wide count that stands in where no number is reported: lognormal."""
    draw, design = setting.assumptions.draw, setting.design
    z = special.ndtri(design.column("count.prior")) / Z95
    log_ratio = np.log(draw("count.prior_ratio_p95", design))
    return np.asarray(draw("count.prior_median", design) * np.exp(z * log_ratio), dtype=float)


def user_draws(user_range: tuple[float, float], design: Design) -> FloatArray:
    """Return the user's own range as draws: lognormal with its 5 and 95 % points, or one number.

    Raises
    ------
    InputDataError
        If it is not a range above zero, or more than there are anywhere.
    """
    low, high = (float(end) for end in user_range)
    if not (math.isfinite(low) and math.isfinite(high) and 0 <= low <= high):
        msg = f"A count of {low:g} to {high:g} is not a range. Give low:high, both 0 or more."
        raise InputDataError(msg)
    if high > MOST_CAMERAS:
        msg = f"A count of {high:g} is more than the {MOST_CAMERAS:,} of the whole world. Mend it."
        raise InputDataError(msg)
    if low == high:
        return np.full(design.n_draws, low)
    if low == 0:
        msg = f"A count of 0 to {high:g} has no lowest number above 0. Give at least 1:{high:g}."
        raise InputDataError(msg)
    z = special.ndtri(design.column("count.user")) / Z95
    middle, half = 0.5 * math.log(low * high), 0.5 * math.log(high / low)
    return np.asarray(np.exp(middle + half * z), dtype=float)
