"""Number of installed and planned cameras of the reported system, from the claims.

A reported number is rarely the true number: "over 200" is a lower bound, "hundreds" an interval,
an exact figure ages, talks and tenders may have led to nothing. ``docs/method/counts.md`` has the
rules and formulas. Contradictory claims are listed, never averaged. Draws of a single figure are
in `toolkit.evidence.figure_draws`, counts in the street in `toolkit.evidence.observations`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.errors import NotFoundError
from toolkit.evidence.claim import CONTRACT_UNITS, DENSITY_UNITS, Claim
from toolkit.evidence.densities import NO_FIGURES, CityFigures
from toolkit.evidence.figure_draws import (
    Assumptions,
    Setting,
    draw_figure,
    is_lower_bound,
    origin_column,
    user_draws,
    wide_prior,
)
from toolkit.evidence.load import (
    contradictions,
    known_by,
    not_superseded,
    of_reported_system,
)
from toolkit.evidence.observations import Observation, updated, usable_observations
from toolkit.evidence.words import RuleId, UnusedReason, rule_text

Scope = Literal["public", "compelled_private", "all"]


@dataclass(frozen=True)
class CountDraws:
    """Draws of the number of cameras of the reported system, and their basis.

    Attributes
    ----------
    installed, planned
        Cameras, not rounded, shape (n_draws,). Drawn jointly: planned >= installed in every draw.
    claims_installed, claims_planned
        Ids of the claims used, the governing one first.
    contradictions
        Pairs of ids of known claims that disagree.
    stale_installed, stale_planned
        Whether the newest claim used is older than ``count.stale_years``.
    rule_installed, rule_planned
        Rule by which the count was derived: a sentence of `toolkit.evidence.words` in English,
        which is also its message id.
    used_prior
        Whether the installed count is a prior from other cities because no number is reported.
    scope
        Cameras that the count covers.
    mixed_scope
        Whether public cameras were requested but only figures for all cameras are known; `scope`
        is then ``all``.
    user_range
        The user's own range, if it replaces the claims.
    observations
        Counts in the street that were used.
    unused
        Id of each figure for cameras that gives no count, and the reason.
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
    observations: tuple[Observation, ...] = ()
    unused: tuple[tuple[str, UnusedReason], ...] = ()


_MISSING_FIGURE: dict[str, UnusedReason] = {
    "cameras_per_km": "no_street_km",
    "cameras_per_km2": "no_area",
    "cameras_per_1000_people": "no_population",
    "cameras_per_junction": "no_junctions",
    "share_of_junctions": "no_junctions",
}


@dataclass(frozen=True)
class _Part:
    """The installed or the planned count: draws, the claims used, and the rule."""

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
    observations: Sequence[Observation] = (),
    figures: CityFigures = NO_FIGURES,
) -> CountDraws:
    """Draw the number of installed and planned cameras from the claims about one city.

    Parameters
    ----------
    claims
        Claims about one city, in any order. Only those of `load.of_reported_system` give a count.
    as_of
        Day for which the count holds. Claims made later are ignored.
    design
        Number of draws and seed.
    assumptions
        ``count.*``, ``installed_prob.*``, ``sites.cameras_per_site`` and ``observation.*``.
    scope
        ``public``: cameras of the state; ``all``: private ones too, for which a figure for public
        ones is a lower bound; ``compelled_private``: those that owners were ordered to put up,
        alone; None: as reported.
    user_range
        The user's own 5 and 95 % points, replacing the claims; an exact number if both are equal.
    observations
        Counts in the street; they narrow the count and never make it zero.
    figures
        The city's own figures, which turn densities into counts and a walk into a share of the
        streets.

    Raises
    ------
    InputDataError
        If `user_range` is not a range above zero, or an observation cannot be used.
    NotFoundError
        If the scope is ``compelled_private``, and no number of such cameras is reported.

    Notes
    -----
    Lower bounds are treated as censored, with a Pareto tail that is set by a sourced 95 % ratio:
    ``docs/method/counts.md``.
    """
    known = known_by(of_reported_system(claims, scope), as_of)
    usable, counted_scope = _in_scope(not_superseded(known), scope)
    if scope == "compelled_private" and user_range is None:
        _check_total(usable)
    setting = Setting(as_of, design, assumptions, figures, usable)
    seen = usable_observations(observations, as_of, assumptions.value("count.ageing_years"))
    if user_range is not None:
        installed = _Part(user_draws(user_range, design), (), "user")
    else:
        installed = _installed(usable, setting, counted_scope)
    if seen:
        # The ranks of the draws are kept, and with them the pairing with other quantities.
        draws = updated(installed.draws, seen, figures, assumptions, design)
        installed = replace(installed, draws=draws)
    planned = installed if user_range is not None else _planned(usable, installed, setting)
    return CountDraws(
        installed=installed.draws,
        planned=np.maximum(planned.draws, installed.draws),
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
        observations=seen,
        unused=_unused(usable, setting),
    )


def counted_scope(claims: Iterable[Claim], as_of: dt.date, scope: Scope | None = None) -> Scope:
    """Return whose cameras the count of a city covers, as in `CountDraws.scope`.

    Parameters
    ----------
    claims, as_of, scope
        As for `count_draws`.
    """
    known = not_superseded(known_by(of_reported_system(claims, scope), as_of))
    return _in_scope(known, scope)[1]


def _in_scope(claims: tuple[Claim, ...], scope: Scope | None) -> tuple[tuple[Claim, ...], Scope]:
    """Return the claims relevant to a scope, and the scope of the resulting count.

    A figure for public cameras is a lower bound for all cameras. A figure for all cameras bounds
    no public ones; it is used only where nothing else reports cameras.
    """
    if scope == "compelled_private":
        return claims, scope
    public = tuple(c for c in claims if c.scope == "public")
    if scope == "all" or (any(c.status for c in claims) and not any(c.status for c in public)):
        return claims, "all"
    return public, "public"


def _check_total(claims: Iterable[Claim]) -> None:
    """Raise an error unless a number of installed cameras is reported: a rate is no number."""
    if not any(
        claim.status == "installed" and _counts(claim, ("cameras", "sites"), ("stock", "flow"))
        for claim in claims
    ):
        msg = (
            "No number is reported of the private cameras that owners here were ordered to put "
            "up, which does not mean that there are none. See evidence list, or give --count."
        )
        raise NotFoundError(msg)


def _installed(claims: tuple[Claim, ...], setting: Setting, scope: Scope) -> _Part:
    """Return the installed count: the newest figure governs, larger ones raise it."""
    # 1. Claims of cameras in place by now: those with a count in cameras, in sites, or a density
    #    whose city figure is known.
    present = [
        claim
        for claim in _newest_first(claims, setting)
        if claim.status == "installed"
        and claim.topic in ("count", "presence")
        and not _begins_after(claim, setting.as_of)
    ]
    dense = [
        claim
        for claim in present
        if claim.place is None
        and _counts(claim, DENSITY_UNITS, ("stock",))
        and setting.factor(claim) is not None
    ]
    counted = [c for c in present if _counts(c, ("cameras", "sites"), ("stock", "flow"))]
    bounding = _newest_first([*counted, *dense], setting)
    cameras = [c for c in bounding if not _counts(c, ("sites",), ("stock", "flow"))]
    # 2. The best kind of figure governs: whole city, a part of it, sites, then no number at all.
    whole = [c for c in cameras if c.place is None and (scope != "all" or c.scope == "all")]
    if whole:
        return _raised(whole[0], _figure_rule(whole[0]), bounding, setting)
    if cameras:
        return _raised(max(cameras, key=setting.least), "part", bounding, setting)
    if bounding:
        governing = min(bounding, key=lambda c: c.place is not None)
        draws = draw_figure(governing, setting, part=governing.place is not None)
        return _Part(draws * setting.per_site, (governing,), "sites")
    if present:
        return _Part(wide_prior(setting), tuple(present), "prior")
    return _not_installed(claims, setting)


def _raised(governing: Claim, rule: RuleId, bounding: Sequence[Claim], setting: Setting) -> _Part:
    """Return the count of the governing claim, raised by each claim of a larger number.

    A newer, smaller figure must not narrow the count to an older bound, so a larger claim raises
    the whole distribution, with the same column of probabilities. Figures for different makes are
    parts of a whole and are summed.
    """
    draws = _in_cameras(governing, setting, part=rule == "part")
    used = [governing]
    for claim in bounding:
        if setting.least(claim) > setting.least(governing):
            # A site has at least one camera, so a number of sites is a lower bound of cameras.
            sites = _counts(claim, ("sites",), ("stock", "flow"))
            other = (
                draw_figure(claim, setting, part=True)
                if sites
                else _in_cameras(claim, setting, part=claim.place is not None)
            )
            draws = np.maximum(draws, other)
            used.append(claim)
    makes = _largest_by_make(bounding, setting)
    if len(makes) > 1 and sum(map(setting.least, makes)) > setting.least(governing):
        together = np.sum(
            [_in_cameras(c, setting, column=origin_column(c, [governing])) for c in makes], axis=0
        )
        draws = np.maximum(draws, together)
        used += [claim for claim in makes if claim not in used]
        rule = "makes"
    return _Part(draws, tuple(used), rule)


def _largest_by_make(bounding: Iterable[Claim], setting: Setting) -> list[Claim]:
    """Return the claim with the largest number of each make, for the whole city."""
    best: dict[str, Claim] = {}
    for claim in bounding:
        brand = claim.quantity.brand if claim.quantity else None
        if (
            brand is None
            or claim.place is not None
            or not _counts(claim, ("cameras",), ("stock", "flow"))
        ):
            continue
        if brand not in best or setting.least(claim) > setting.least(best[brand]):
            best[brand] = claim
    return [best[brand] for brand in sorted(best)]


def _in_cameras(
    claim: Claim, setting: Setting, *, part: bool = False, column: str | None = None
) -> FloatArray:
    """Return draws of a figure, converted to cameras, shape (D,)."""
    draws = (
        draw_figure(claim, setting, part=part)
        if column is None
        else draw_figure(claim, setting, part=part, column=column)
    )
    factor = setting.factor(claim)
    return draws if factor is None else draws * factor


def _not_installed(claims: tuple[Claim, ...], setting: Setting) -> _Part:
    """Return the installed count where only talks, a tender or a plan are reported."""
    announced = _announced(claims, setting)
    if not announced:
        return _Part(wide_prior(setting), (), "nothing")
    # Of several, the most advanced one decides.
    chances = [
        setting.assumptions.draw(f"installed_prob.{status}", setting.design)
        for status in sorted({str(claim.status) for claim in announced})
    ]
    there = setting.design.column("count.zero") < np.max(chances, axis=0)
    if_built = _if_built(announced, setting)
    rule: RuleId = "not_installed" if if_built.rule == "plan_prior" else "not_installed_figure"
    return _Part(np.where(there, if_built.draws, 0.0), if_built.claims, rule)


def _if_built(announced: Sequence[Claim], setting: Setting) -> _Part:
    """Return the count if the announced cameras are installed."""
    counted = [c for c in announced if _counts(c, ("cameras",), ("stock", "flow", "increment"))]
    if not counted:
        return _Part(wide_prior(setting), tuple(announced), "plan_prior")
    largest = max(counted, key=setting.least)
    return _Part(draw_figure(largest, setting, aged_share=0.0), (largest,), "plan")


def _planned(claims: tuple[Claim, ...], installed: _Part, setting: Setting) -> _Part:
    """Return the planned count: installed cameras and those announced since."""
    announced = _announced(claims, setting)
    if installed.rule == "nothing":
        return installed
    if installed.rule in ("not_installed", "not_installed_figure"):
        return _if_built(announced, setting)
    # 1. Plans that are newer than the claim behind the installed count.
    since = installed.claims[0].holds_from
    newer = [
        c
        for c in announced
        if c.status == "planned" and c.said.latest and since and c.said.latest >= since
    ]
    rule: RuleId = "same"
    draws, used = installed.draws, list(installed.claims)
    # 2. A planned total replaces a smaller installed count.
    plans = [c for c in newer if _counts(c, ("cameras",), ("stock",))]
    if plans:
        largest = max(plans, key=setting.least)
        draws = np.maximum(draws, draw_figure(largest, setting, aged_share=0.0))
        used, rule = [largest, *used], "plan"
    # 3. Increments of independent origins are added.
    additions = _independent(
        (c for c in newer if _counts(c, ("cameras", "sites"), ("increment",))), setting
    )
    for claim in additions:
        extra = draw_figure(
            claim,
            setting,
            aged_share=0.0,
            column=origin_column(claim, installed.claims),
            interval_column=f"count.increment:{claim.id}",
        )
        if _counts(claim, ("sites",), ("increment",)):
            extra = extra * setting.per_site
        draws = draws + extra
    if additions:
        used, rule = [*additions, *used], "increment"
    elif newer and not plans:
        used, rule = [*newer, *used], "more_without_number"
    return _Part(draws, tuple(used), rule)


def _announced(claims: Iterable[Claim], setting: Setting) -> list[Claim]:
    """Return the claims of announced cameras, newest first."""
    return [
        claim
        for claim in _newest_first(claims, setting)
        if claim.status in ("planned", "tender", "talks") and claim.topic in ("count", "presence")
    ]


def _independent(claims: Iterable[Claim], setting: Setting) -> list[Claim]:
    """Return the claims without those that share an origin with a larger one.

    A number of cameras is preferred to a number of sites of the same origin: it is the same plan.
    """
    kept: list[Claim] = []
    seen: set[str] = set()
    for claim in sorted(
        claims,
        key=lambda c: (not _counts(c, ("cameras",), ("increment",)), -setting.least(c), c.id),
    ):
        if seen.isdisjoint(claim.origins):
            kept.append(claim)
        seen.update(claim.origins)
    return kept


def _newest_first(claims: Iterable[Claim], setting: Setting) -> list[Claim]:
    """Sort claims by the date for which they hold, then by confidence, then by size."""

    def key(claim: Claim) -> tuple[int, str, float, str]:
        start = claim.holds_from
        age = -start.toordinal() if start else 0
        return age, claim.confidence.grade, -setting.least(claim), claim.id

    return sorted(claims, key=key)


def _begins_after(claim: Claim, as_of: dt.date) -> bool:
    start = claim.holds_from
    return start is not None and start > as_of


def _counts(claim: Claim, units: Sequence[str], kinds: Sequence[str]) -> bool:
    """Return whether a claim has a dated figure of one of these units and kinds.

    A figure for a subset, such as "of those, 140 for one township", has another topic than
    `count` and is never added to the total.
    """
    figure = claim.quantity
    return (
        figure is not None
        and claim.topic == "count"
        and claim.holds_from is not None
        and figure.unit in units
        and figure.kind in kinds
    )


def _figure_rule(claim: Claim) -> RuleId:
    """Return the rule for a claim about the whole city."""
    figure = claim.quantity
    if figure is None or is_lower_bound(figure):
        return "lower_bound"
    if figure.unit in DENSITY_UNITS:
        return "density"
    least, most = figure.bounds
    return "point" if least == most else "interval"


def _unused(claims: Iterable[Claim], setting: Setting) -> tuple[tuple[str, UnusedReason], ...]:
    """Return the id of each figure for cameras that gives no count, and the reason."""
    found: list[tuple[str, UnusedReason]] = []
    for claim in claims:
        figure = claim.quantity
        if figure is None or claim.status is None:
            continue
        if figure.unit in CONTRACT_UNITS:
            found.append((claim.id, "contract"))
        elif claim.topic == "count" and claim.holds_from is None:
            found.append((claim.id, "undated"))
        elif figure.unit in DENSITY_UNITS and claim.topic == "count":
            if claim.status != "installed":
                found.append((claim.id, "density_planned"))
            elif claim.place is not None:
                found.append((claim.id, "density_part"))
            elif setting.factor(claim) is None:
                found.append((claim.id, _MISSING_FIGURE[figure.unit]))
    return tuple(found)
