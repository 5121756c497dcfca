"""Cameras that are announced: talks, tenders and plans, and whether they have been put up.

Each announcement is carried out with a chance that grows with its age, drawn once for each origin.
What has been carried out is in the installed count, the rest in the planned one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.base.arrays import BoolArray, FloatArray
from toolkit.evidence.claim import Claim
from toolkit.evidence.figure_draws import Setting, draw_figure, origin_column
from toolkit.evidence.installed import Part, counts, newest_first
from toolkit.evidence.pooled import pooled_draws


@dataclass(frozen=True)
class Chance:
    """What the chance rests on that anything is installed.

    Attributes
    ----------
    claim
        Id of the claim of the most advanced announcement.
    key, source
        The assumption of the chance, and its source: whose judgement it is.
    prob
        The chance, before counts in the street, shape (D,).
    """

    claim: str
    key: str
    source: str
    prob: FloatArray


@dataclass(frozen=True)
class IfBuilt:
    """The installed count of a city where something is only announced.

    Attributes
    ----------
    built
        Whether anything is installed, shape (D,).
    part
        The count if it is.
    chance
        What the chance rests on.
    """

    built: BoolArray
    part: Part
    chance: Chance


@dataclass(frozen=True)
class Plan:
    """A number announced beyond the installed ones.

    Attributes
    ----------
    claim
        The claim.
    draws
        Cameras, shape (D,): those to be added, or of the whole system if `total`.
    built
        Whether it has been carried out, shape (D,).
    total
        Whether the number is that of the whole system.
    """

    claim: Claim
    draws: FloatArray
    built: BoolArray
    total: bool


def carried_out_prob(claim: Claim, setting: Setting) -> FloatArray:
    """Return the probability that an announcement has been carried out, shape (D,).

    It rises with the age t as p (1 - exp(-t / T)): p is the chance that it is carried out at all,
    T the mean time that it takes.
    """
    draw, design = setting.assumptions.draw, setting.design
    ever = draw(f"installed_prob.{claim.status}", design)
    years = draw("installed_prob.years", design)
    return np.asarray(ever * -np.expm1(-setting.age_years(claim) / years), dtype=float)


def if_built(claims: Iterable[Claim], setting: Setting) -> IfBuilt | None:
    """Return the installed count where only talks, a tender or a plan are reported.

    Of several announcements the most likely one decides. None where nothing is announced.
    """
    announced = _announced(claims, setting)
    if not announced:
        return None
    chances = [carried_out_prob(claim, setting) for claim in announced]
    likeliest = announced[int(np.argmax([chance.mean() for chance in chances]))]
    key = f"installed_prob.{likeliest.status}"
    prob = np.max(chances, axis=0)
    built = setting.design.column("count.zero") < prob
    counted = [c for c in announced if counts(c, ("cameras",), ("stock", "flow", "increment"))]
    if counted:
        largest = max(counted, key=setting.least)
        part = Part(draw_figure(largest, setting, whole=False), (largest,), "plan")
    else:
        part = Part(pooled_draws(setting), tuple(announced), "plan_prior")
    return IfBuilt(built, part, Chance(likeliest.id, key, setting.assumptions.source(key), prob))


def _announced(claims: Iterable[Claim], setting: Setting) -> list[Claim]:
    """Return the claims of announced cameras, newest first."""
    return [
        claim
        for claim in newest_first(claims, setting)
        if claim.status in ("planned", "tender", "talks") and claim.topic in ("count", "presence")
    ]


def plans_since(claims: Iterable[Claim], installed: Part, setting: Setting) -> list[Claim]:
    """Return the plans that are not older than the claim behind the installed count.

    Older ones are taken to be in it.
    """
    since = installed.claims[0].holds_from
    return [
        claim
        for claim in _announced(claims, setting)
        if claim.status == "planned" and claim.said.latest and since and claim.said.latest >= since
    ]


def numbered(newer: Sequence[Claim], installed: Part, setting: Setting) -> list[Plan]:
    """Return the plans with a number: the largest total, and one increment for each origin."""
    totals = [c for c in newer if counts(c, ("cameras",), ("stock",))]
    plans = (
        [
            Plan(
                claim, draw_figure(claim, setting, whole=False), _carried_out(claim, setting), True
            )
            for claim in (max(totals, key=setting.least),)
        ]
        if totals
        else []
    )
    increments = (c for c in newer if counts(c, ("cameras", "sites"), ("increment",)))
    for claim in _independent(increments, setting):
        extra = draw_figure(
            claim,
            setting,
            whole=False,
            column=origin_column(claim, installed.claims),
            interval_column=f"count.increment:{claim.id}",
        )
        if counts(claim, ("sites",), ("increment",)):
            extra = extra * setting.per_site
        plans.append(Plan(claim, extra, _carried_out(claim, setting), False))
    return plans


def _carried_out(claim: Claim, setting: Setting) -> BoolArray:
    """Draw whether a plan has been carried out: the plans of one origin together, shape (D,)."""
    column = setting.design.column(f"count.built:{min(claim.origins)}")
    return np.asarray(column < carried_out_prob(claim, setting))


def matured(draws: FloatArray, at_report: FloatArray, plans: Iterable[Plan]) -> FloatArray:
    """Return the installed count with the plans that have been carried out, shape (D,).

    They are a part of what was added since the report, so they raise the count to what stood then
    and they together, where that is more than the growth.

    Parameters
    ----------
    draws, at_report
        Count of today and of the date of the report, shape (D,).
    """
    reached = at_report.copy()
    for plan in plans:
        more = np.maximum(reached, plan.draws) if plan.total else reached + plan.draws
        reached = np.where(plan.built, more, reached)
    return np.maximum(draws, reached)


def with_plans(draws: FloatArray, plans: Iterable[Plan]) -> FloatArray:
    """Return the count with the plans that have not been carried out yet, shape (D,)."""
    planned = draws
    for plan in plans:
        more = np.maximum(planned, plan.draws) if plan.total else planned + plan.draws
        planned = np.where(plan.built, planned, more)
    return planned


def _independent(claims: Iterable[Claim], setting: Setting) -> list[Claim]:
    """Return the claims without those that share an origin with a larger one.

    A number of cameras is preferred to a number of sites of the same origin: it is the same plan.
    """
    kept: list[Claim] = []
    seen: set[str] = set()
    for claim in sorted(
        claims,
        key=lambda c: (not counts(c, ("cameras",), ("increment",)), -setting.least(c), c.id),
    ):
        if seen.isdisjoint(claim.origins):
            kept.append(claim)
        seen.update(claim.origins)
    return kept
