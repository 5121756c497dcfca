"""Number of installed and planned cameras of the reported system, from the claims.

A reported number is rarely the true number: "over 200" is a lower bound, "hundreds" an interval,
an exact figure ages, talks and tenders may have led to nothing. ``docs/method/counts.md`` has the
rules and formulas. Contradictory claims are listed, never averaged. Draws of a single figure are
in `toolkit.evidence.figure_draws`, those of a city in `toolkit.evidence.installed` and
`toolkit.evidence.announced`, counts in the street in `toolkit.evidence.observations`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from toolkit.base.arrays import BoolArray, FloatArray
from toolkit.base.draws import Design
from toolkit.base.errors import NotFoundError
from toolkit.evidence.announced import (
    Chance,
    IfBuilt,
    Plan,
    if_built,
    matured,
    numbered,
    plans_since,
    with_plans,
)
from toolkit.evidence.claim import CONTRACT_UNITS, DENSITY_UNITS, Claim
from toolkit.evidence.densities import NO_FIGURES, CityFigures
from toolkit.evidence.figure_draws import Assumptions, Setting, user_draws
from toolkit.evidence.installed import (
    Part,
    Scope,
    counts,
    in_scope,
    reported_part,
    reported_present,
)
from toolkit.evidence.load import (
    contradictions,
    known_by,
    not_superseded,
    of_reported_system,
)
from toolkit.evidence.observations import Observation, updated, usable_observations
from toolkit.evidence.pooled import pooled_draws
from toolkit.evidence.words import RuleId, UnusedReason, rule_text


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
    built
        Whether anything is installed, shape (n_draws,), where talks, a tender or a plan is all
        that is reported; None where something is reported as installed, or nothing at all.
    if_built
        The installed count if anything is, shape (n_draws,); None where `built` is.
    chance
        The claim and the assumption that the share of `built` rests on; None where `built` is.
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
    built: BoolArray | None = None
    if_built: FloatArray | None = None
    chance: Chance | None = None

    def none_prob(self) -> FloatArray | None:
        """Return the probability that nothing is installed, shape (n_draws,), where it may be.

        Counts in the street have moved the share of draws without cameras; the odds of every draw
        move by the same factor.
        """
        if self.chance is None or self.built is None:
            return None
        before, after = 1.0 - self.chance.prob, float(np.mean(~self.built))
        if not self.observations or after in (0.0, 1.0):
            return before if not self.observations else np.full_like(before, after)
        mean = float(np.mean(before))
        factor = after / (1.0 - after) / (mean / (1.0 - mean))
        odds = before / (1.0 - before) * factor
        return np.asarray(odds / (1.0 + odds), dtype=float)


_MISSING_FIGURE: dict[str, UnusedReason] = {
    "cameras_per_km": "no_street_km",
    "cameras_per_km2": "no_area",
    "cameras_per_1000_people": "no_population",
    "cameras_per_junction": "no_junctions",
    "share_of_junctions": "no_junctions",
}


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
        streets, and the other cities of its country, from which a number is borrowed where none is
        reported.

    Raises
    ------
    InputDataError
        If no number is reported and none can be borrowed, `user_range` is not a range above zero,
        or an observation cannot be used.
    NotFoundError
        If the scope is ``compelled_private``, and no number of such cameras is reported.
    """
    known = known_by(of_reported_system(claims, scope), as_of)
    usable, whose = in_scope(not_superseded(known), scope)
    if scope == "compelled_private" and user_range is None:
        _check_total(usable)
    setting = Setting(as_of, design, assumptions, figures, usable)
    seen = usable_observations(observations, as_of, assumptions.value("count.same_time_years"))
    if user_range is not None:
        found = _Found(Part(user_draws(user_range, design), (), "user"))
    else:
        found = _find(usable, setting, whose)
    installed, announced = found.installed, found.announced
    draws = installed.draws
    conditional = announced.part.draws if announced else None
    if seen:
        # The ranks of the draws are kept, and with them the pairing with other quantities.
        draws = updated(draws, seen, figures, assumptions, design)
        if conditional is not None:
            conditional = updated(conditional, seen, figures, assumptions, design)
    planned = found.planned(draws, conditional)
    return CountDraws(
        installed=draws,
        planned=np.maximum(planned.draws, draws),
        claims_installed=tuple(claim.id for claim in found.claims_installed()),
        claims_planned=tuple(claim.id for claim in planned.claims),
        contradictions=contradictions(known),
        stale_installed=setting.is_stale(installed.claims),
        stale_planned=setting.is_stale(planned.claims),
        rule_installed=rule_text(installed.rule),
        rule_planned=rule_text(planned.rule),
        used_prior=installed.rule in ("prior", "not_installed", "nothing"),
        scope=whose,
        mixed_scope=scope == "public" and whose == "all",
        user_range=user_range,
        observations=seen,
        unused=_unused(usable, setting),
        built=draws > 0 if announced else None,
        if_built=conditional,
        chance=announced.chance if announced else None,
    )


def counted_scope(claims: Iterable[Claim], as_of: dt.date, scope: Scope | None = None) -> Scope:
    """Return whose cameras the count of a city covers, as in `CountDraws.scope`.

    Parameters
    ----------
    claims, as_of, scope
        As for `count_draws`.
    """
    known = not_superseded(known_by(of_reported_system(claims, scope), as_of))
    return in_scope(known, scope)[1]


def _check_total(claims: Iterable[Claim]) -> None:
    """Raise an error unless a number of installed cameras is reported: a rate is no number."""
    if not any(
        claim.status == "installed" and counts(claim, ("cameras", "sites"), ("stock", "flow"))
        for claim in claims
    ):
        msg = (
            "No number is reported of the private cameras that owners here were ordered to put "
            "up, which does not mean that there are none. See evidence list, or give --count."
        )
        raise NotFoundError(msg)


@dataclass(frozen=True)
class _Found:
    """What follows from the claims, or from the user's own range, before counts in the street.

    Attributes
    ----------
    installed
        The installed count, with the plans that have been carried out.
    newer
        Plans not older than the claim behind it, with and without a number.
    plans
        Those with a number.
    announced
        What is known where only talks, a tender or a plan is reported.
    """

    installed: Part
    newer: tuple[Claim, ...] = ()
    plans: tuple[Plan, ...] = ()
    announced: IfBuilt | None = None

    def claims_installed(self) -> tuple[Claim, ...]:
        """Return the claims behind the installed count, the governing one first."""
        return _each_once(
            self.installed.claims, (plan.claim for plan in self.plans if plan.built.any())
        )

    def planned(self, installed: FloatArray, conditional: FloatArray | None) -> Part:
        """Return the planned count, given draws of the installed one and of that if built."""
        if self.announced is not None and conditional is not None:
            return replace(self.announced.part, draws=conditional)
        rule: RuleId = "same" if self.installed.claims else self.installed.rule
        if self.plans:
            rule = "plan" if all(plan.total for plan in self.plans) else "increment"
        elif self.newer:
            rule = "more_without_number"
        ordered = sorted(self.plans, key=lambda plan: plan.total)
        used = _each_once([plan.claim for plan in ordered] or self.newer, self.installed.claims)
        return Part(with_plans(installed, self.plans), used, rule)


def _each_once(*claims: Iterable[Claim]) -> tuple[Claim, ...]:
    return tuple({claim.id: claim for part in claims for claim in part}.values())


def _find(claims: tuple[Claim, ...], setting: Setting, scope: Scope) -> _Found:
    """Return the installed count and what is announced."""
    present = reported_present(claims, setting)
    reported = reported_part(claims, setting, scope)
    if reported is None and present:
        reported = Part(pooled_draws(setting), tuple(present), "prior")
    if reported is None:
        announced = if_built(claims, setting)
        if announced is None:
            return _Found(Part(pooled_draws(setting), (), "nothing"))
        part = announced.part
        rule: RuleId = "not_installed" if part.rule == "plan_prior" else "not_installed_figure"
        draws = np.where(announced.built, part.draws, 0.0)
        return _Found(Part(draws, part.claims, rule), announced=announced)
    newer = plans_since(claims, reported, setting)
    plans = numbered(newer, reported, setting)
    if plans:
        then = reported_part(claims, replace(setting, grows=False), scope) or reported
        reported = replace(reported, draws=matured(reported.draws, then.draws, plans))
    return _Found(reported, tuple(newer), tuple(plans))


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
