"""From claims to a count: how many cameras of the reported system, installed and planned.

A reported number is rarely the number. "Over 200" bounds from below, "hundreds" is an interval,
an exact figure grows old, talks and tenders may have led to nothing. The rule, with its formulas:
``docs/evidence.md``. Contradictory claims are listed; no average is taken of them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from scipy import special

from toolkit._errors import InputDataError
from toolkit.claims import NATIONAL, contradictions, known_by, standing
from toolkit.count_rules import RuleId, rule_text
from toolkit.draws import Design, FloatArray
from toolkit.records import Claim, Figure

_DAYS_PER_YEAR = 365.25
_TAIL_PROB = 0.05
"""Share of draws above a "95 % point"."""
_LN_TAIL = -math.log(_TAIL_PROB)
_Z95 = float(special.ndtri(1.0 - _TAIL_PROB))
_CAMERAS_PER_SITE = "sites.cameras_per_site"

Scope = Literal["public", "all"]


class Assumptions(Protocol):
    """The part of an assumption set that is used here."""

    def value(self, key: str) -> float:
        """Return the central value of one assumption."""

    def draw(self, key: str, design: Design) -> FloatArray:
        """Return one assumption drawn over the ignorance layer, shape (n_draws,)."""


@dataclass(frozen=True)
class CountDraws:
    """Draws of the number of cameras of the reported system, and what they rest on.

    Attributes
    ----------
    installed, planned
        Cameras, shape (n_draws,), drawn together: in every draw planned >= installed. Not rounded.
    claims_installed, claims_planned
        Ids of the claims used, the one that governs first.
    contradictions
        Pairs of ids of known claims that disagree.
    stale_installed, stale_planned
        Whether the newest claim behind the count is older than ``count.stale_years``.
    rule_installed, rule_planned
        One sentence of `toolkit.count_rules` each, in English, which is also the key by which it
        is translated.
    used_prior
        Whether the installed count rests on other cities because no number is reported.
    scope
        Which cameras the count is of.
    mixed_scope
        Whether public cameras were asked for and only figures for all of them are known: the
        scope is then ``all``.
    user_range
        The user's own range, if it stands in place of the claims.
    """

    installed: FloatArray
    planned: FloatArray
    claims_installed: tuple[str, ...]
    claims_planned: tuple[str, ...]
    contradictions: tuple[tuple[str, ...], ...]
    stale_installed: bool
    stale_planned: bool
    rule_installed: str
    rule_planned: str
    used_prior: bool
    scope: Scope
    mixed_scope: bool
    user_range: tuple[float, float] | None


@dataclass(frozen=True)
class _Setting:
    """What every step needs."""

    as_of: dt.date
    design: Design
    assumptions: Assumptions

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


@dataclass(frozen=True)
class _Part:
    """One side of the result: installed or planned."""

    draws: FloatArray
    claims: tuple[Claim, ...]
    rule: RuleId


def count_draws(
    claims: Iterable[Claim],
    *,
    as_of: dt.date,
    design: Design,
    assumptions: Assumptions,
    scope: Scope | None = None,
    user_range: tuple[float, float] | None = None,
) -> CountDraws:
    """Draw the number of installed and planned cameras from the claims about one city.

    Parameters
    ----------
    claims
        Claims about one city, in any order; those about the whole country set no count.
    as_of
        The day for which the count holds. Claims made later are not known yet.
    scope
        ``public``: cameras of the state; ``all``: private ones too, for which a figure for the
        public ones is a lower bound; None: as the report says.
    user_range
        The user's own low and high, in place of the claims: the 5 and 95 % points, or an exact
        number if both are equal.

    Raises
    ------
    InputDataError
        If `user_range` is not a range above zero.

    Notes
    -----
    Pareto upper ends as censoring with a sourced 95 % ratio: ``docs/evidence.md``.
    """
    setting = _Setting(as_of, design, assumptions)
    known = known_by((c for c in claims if c.city != NATIONAL), as_of)
    usable, counted_scope = _in_scope(standing(known), scope)
    if user_range is not None:
        installed = planned = _Part(_user_draws(user_range, design), (), "user")
    else:
        installed = _installed(usable, setting, counted_scope)
        planned = _planned(usable, installed, setting)
    return CountDraws(
        installed=installed.draws,
        planned=planned.draws,
        claims_installed=tuple(claim.id for claim in installed.claims),
        claims_planned=tuple(claim.id for claim in planned.claims),
        contradictions=contradictions(known),
        stale_installed=setting.is_stale(installed.claims),
        stale_planned=setting.is_stale(planned.claims),
        rule_installed=rule_text(installed.rule),
        rule_planned=rule_text(planned.rule),
        used_prior=installed.rule in ("prior", "not_installed", "nothing"),
        scope=counted_scope,
        mixed_scope=scope == "public" and counted_scope == "all",
        user_range=user_range,
    )


def _user_draws(user_range: tuple[float, float], design: Design) -> FloatArray:
    """Return the user's own range as draws: lognormal with its 5 and 95 % points, or one number."""
    low, high = (float(end) for end in user_range)
    if not (math.isfinite(low) and math.isfinite(high) and 0 <= low <= high):
        msg = f"A count of {low:g} to {high:g} is not a range. Give low:high, both 0 or more."
        raise InputDataError(msg)
    if low == high:
        return np.full(design.n_draws, low)
    if low == 0:
        msg = f"A count of 0 to {high:g} has no lowest number above 0. Give at least 1:{high:g}."
        raise InputDataError(msg)
    spread = special.ndtri(design.column("count.user")) / _Z95
    middle, half = 0.5 * math.log(low * high), 0.5 * math.log(high / low)
    return np.asarray(np.exp(middle + half * spread), dtype=float)


def _in_scope(claims: tuple[Claim, ...], scope: Scope | None) -> tuple[tuple[Claim, ...], Scope]:
    """Return the claims that bear on a scope, and the scope of the count they give.

    A figure for public cameras bounds all of them from below; one for all bounds nothing public,
    and is used only where nothing else says that cameras are there.
    """
    public = tuple(c for c in claims if c.scope == "public")
    if scope == "all" or (any(c.status for c in claims) and not any(c.status for c in public)):
        return claims, "all"
    return public, "public"


def _installed(claims: tuple[Claim, ...], setting: _Setting, scope: Scope) -> _Part:
    """Return the installed count: the newest figure governs, higher ones raise it."""
    present = [
        claim
        for claim in _newest_first(claims)
        if claim.status == "installed"
        and claim.topic in ("count", "presence")
        and not _begins_after(claim, setting.as_of)
    ]
    bounding = [c for c in present if _counts(c, ("cameras", "sites"), ("stock", "flow"))]
    cameras = [c for c in bounding if _counts(c, ("cameras",), ("stock", "flow"))]
    whole = [c for c in cameras if c.place is None and (scope == "public" or c.scope == "all")]
    if whole:
        return _raised(whole[0], _figure_rule(whole[0]), bounding, setting)
    if cameras:
        return _raised(max(cameras, key=_least), "part", bounding, setting)
    if bounding:
        governing = min(bounding, key=lambda c: c.place is not None)
        per_site = setting.assumptions.draw(_CAMERAS_PER_SITE, setting.design)
        draws = _spread(governing, setting, part=governing.place is not None) * per_site
        return _Part(draws, (governing,), "sites")
    if present:
        return _Part(_prior(setting), tuple(present), "prior")
    return _not_installed(claims, setting)


def _raised(governing: Claim, rule: RuleId, bounding: Sequence[Claim], setting: _Setting) -> _Part:
    """Return the count by one claim, raised by each other one that names a higher number.

    A newer and smaller figure must not narrow the count to the older bound, so a higher claim
    lifts the whole distribution, with the same column of probabilities.
    """
    draws = _spread(governing, setting, part=rule == "part")
    used = [governing]
    for claim in bounding:
        if _least(claim) > _least(governing):
            # A site holds one camera at least, so a number of sites bounds like one of cameras.
            partial = claim.place is not None or _counts(claim, ("sites",), ("stock", "flow"))
            draws = np.maximum(draws, _spread(claim, setting, part=partial))
            used.append(claim)
    return _Part(draws, tuple(used), rule)


def _not_installed(claims: tuple[Claim, ...], setting: _Setting) -> _Part:
    """Return the count where only talks, a tender or a plan is reported."""
    announced = _announced(claims)
    if not announced:
        return _Part(_prior(setting), (), "nothing")
    # With several of them the most advanced one tells.
    chances = [
        setting.assumptions.draw(f"installed_prob.{status}", setting.design)
        for status in sorted({str(claim.status) for claim in announced})
    ]
    there = setting.design.column("count.zero") < np.max(chances, axis=0)
    if_built = _if_built(announced, setting)
    rule: RuleId = "not_installed" if if_built.rule == "plan_prior" else "not_installed_figure"
    return _Part(np.where(there, if_built.draws, 0.0), if_built.claims, rule)


def _if_built(announced: Sequence[Claim], setting: _Setting) -> _Part:
    """Return the count that follows if what is announced is carried out."""
    counted = [c for c in announced if _counts(c, ("cameras",), ("stock", "flow", "increment"))]
    if not counted:
        return _Part(_prior(setting), tuple(announced), "plan_prior")
    largest = max(counted, key=_least)
    return _Part(_spread(largest, setting, aged_share=0.0), (largest,), "plan")


def _planned(claims: tuple[Claim, ...], installed: _Part, setting: _Setting) -> _Part:
    """Return the planned count: what is installed, and what is announced beyond it."""
    announced = _announced(claims)
    if installed.rule == "nothing":
        return installed
    if installed.rule in ("not_installed", "not_installed_figure"):
        return _if_built(announced, setting)
    since = installed.claims[0].holds_from
    newer = [
        c
        for c in announced
        if c.status == "planned" and c.said.latest and since and c.said.latest >= since
    ]
    rule: RuleId = "same"
    draws, used = installed.draws, list(installed.claims)
    plans = [c for c in newer if _counts(c, ("cameras",), ("stock",))]
    if plans:
        largest = max(plans, key=_least)
        draws = np.maximum(draws, _spread(largest, setting, aged_share=0.0))
        used, rule = [largest, *used], "plan"
    additions = _independent(c for c in newer if _counts(c, ("cameras", "sites"), ("increment",)))
    for claim in additions:
        column = f"count.increment:{claim.id}"
        extra = _spread(claim, setting, aged_share=0.0, column=column)
        if _counts(claim, ("sites",), ("increment",)):
            extra = extra * setting.assumptions.draw(_CAMERAS_PER_SITE, setting.design)
        draws = draws + extra
    if additions:
        used, rule = [*additions, *used], "increment"
    elif newer and not plans:
        used, rule = [*newer, *used], "more_without_number"
    return _Part(draws, tuple(used), rule)


def _announced(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims of cameras that are to come, newest first."""
    return [
        claim
        for claim in _newest_first(claims)
        if claim.status in ("planned", "tender", "talks") and claim.topic in ("count", "presence")
    ]


def _independent(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims without those that share an origin with a larger one, which is kept.

    A number of cameras comes before a number of sites of the same origin: it is the same plan.
    """
    kept: list[Claim] = []
    seen: set[str] = set()
    for claim in sorted(
        claims, key=lambda c: (not _counts(c, ("cameras",), ("increment",)), -_least(c), c.id)
    ):
        if seen.isdisjoint(claim.origins):
            kept.append(claim)
        seen.update(claim.origins)
    return kept


def _newest_first(claims: Iterable[Claim]) -> list[Claim]:
    """Return claims by the date for which they hold, then by confidence, then by size."""

    def key(claim: Claim) -> tuple[int, str, float, str]:
        start = claim.holds_from
        age = -start.toordinal() if start else 0
        return age, claim.confidence.grade, -_least(claim), claim.id

    return sorted(claims, key=key)


def _begins_after(claim: Claim, as_of: dt.date) -> bool:
    start = claim.holds_from
    return start is not None and start > as_of


def _counts(claim: Claim, units: Sequence[str], kinds: Sequence[str]) -> bool:
    """Return whether a claim is a dated figure of one of these units and kinds.

    A figure on a part, such as "of those, 140 for one township", has another topic than `count`
    and is never added to the whole.
    """
    figure = claim.quantity
    return (
        figure is not None
        and claim.topic == "count"
        and claim.holds_from is not None
        and figure.unit in units
        and figure.kind in kinds
    )


def _least(claim: Claim) -> float:
    """Return the smallest number that a claim allows; 0 where it has none."""
    return claim.quantity.bounds[0] if claim.quantity else 0.0


def _figure_rule(claim: Claim) -> RuleId:
    """Return the rule that a claim about the whole city follows."""
    figure = claim.quantity
    if figure is None or _one_sided(figure):
        return "lower_bound"
    least, most = figure.bounds
    return "point" if least == most else "interval"


def _one_sided(figure: Figure) -> bool:
    """Return whether a figure bounds the stock of all makes from below only.

    One number counts as such a bound if it is of one make, or of what was put up in some time.
    """
    least, most = figure.bounds
    point = least == most
    return math.isinf(most) or (point and (figure.brand is not None or figure.kind == "flow"))


def _spread(
    claim: Claim,
    setting: _Setting,
    *,
    part: bool = False,
    aged_share: float | None = None,
    column: str = "count",
) -> FloatArray:
    """Return the draws of one figure, shape (n_draws,), never below the smallest it allows.

    Parameters
    ----------
    part
        Take it as a lower bound, whatever its wording, because it is about a part.
    aged_share
        How far it has aged, 0 to 1; None for its age at `as_of`.
    column
        Beginning of the names of its columns in the design.
    """
    figure = claim.quantity
    if figure is None:
        msg = f"The claim {claim.id} has no figure. Give it a quantity."
        raise InputDataError(msg)
    share = setting.aged_share(claim) if aged_share is None else aged_share
    least, most = figure.bounds
    draw, design = setting.assumptions.draw, setting.design
    if part or _one_sided(figure):
        recall = np.log(draw("count.recall_ratio_p95", design)) ** 2
        aged = np.log(draw("count.aged_upper_ratio_p95", design)) ** 2
        log_ratio = np.sqrt(recall + share * (aged - recall))
    else:
        log_ratio = math.sqrt(share) * np.log(draw("count.interval_growth_ratio_p95", design))
    # Pareto: P(N > x * bound) = x ** -(ln 20 / ln ratio), which is 5 % at x = ratio.
    tail = -np.log1p(-design.column(f"{column}.quantile")) / _LN_TAIL
    base: FloatArray | float = least
    if least != most and not part and not math.isinf(most):
        start = max(least, 1.0)
        place = design.column(f"{column}.interval")
        base = np.minimum(start * (max(most, start) / start) ** place, most)
    return np.asarray(base * np.exp(tail * log_ratio), dtype=float)


def _prior(setting: _Setting) -> FloatArray:
    """Return the wide count that stands in where no number is reported: lognormal."""
    draw, design = setting.assumptions.draw, setting.design
    spread = special.ndtri(design.column("count.prior")) / _Z95
    log_ratio = np.log(draw("count.prior_ratio_p95", design))
    return np.asarray(draw("count.prior_median", design) * np.exp(spread * log_ratio), dtype=float)
