"""Number of installed cameras from the figures that are reported of a city.

The newest figure for the whole city governs, larger ones raise it, figures of different makes add
up. Figures that disagree are never averaged. ``docs/method/counts.md`` has the rules.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from toolkit.base.arrays import FloatArray
from toolkit.evidence.claim import DENSITY_UNITS, Claim
from toolkit.evidence.figure_draws import (
    Setting,
    draw_figure,
    growth,
    is_lower_bound,
    origin_column,
)
from toolkit.evidence.words import RuleId

Scope = Literal["public", "compelled_private", "all"]


@dataclass(frozen=True)
class Part:
    """The installed or the planned count.

    Attributes
    ----------
    draws
        Cameras, shape (D,).
    claims
        The claims used, the governing one first.
    rule
        The rule by which it was derived.
    """

    draws: FloatArray
    claims: tuple[Claim, ...]
    rule: RuleId


def in_scope(claims: tuple[Claim, ...], scope: Scope | None) -> tuple[tuple[Claim, ...], Scope]:
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


def reported_part(claims: tuple[Claim, ...], setting: Setting, scope: Scope) -> Part | None:
    """Return the installed count: the newest figure governs, larger ones raise it.

    None where cameras are reported without a number, or none are reported as installed.
    """
    # 1. Claims of cameras in place by now: those with a count in cameras, in sites, or a density
    #    whose city figure is known.
    present = reported_present(claims, setting)
    dense = [
        claim
        for claim in present
        if claim.place is None
        and counts(claim, DENSITY_UNITS, ("stock",))
        and setting.factor(claim) is not None
    ]
    counted = [c for c in present if counts(c, ("cameras", "sites"), ("stock", "flow"))]
    bounding = newest_first([*counted, *dense], setting)
    cameras = [c for c in bounding if not counts(c, ("sites",), ("stock", "flow"))]
    # 2. The best kind of figure governs: whole city, a part of it, sites, then no number at all.
    whole = [c for c in cameras if c.place is None and (scope != "all" or c.scope == "all")]
    if whole:
        return _raised(whole[0], _figure_rule(whole[0]), bounding, setting)
    if cameras:
        return _raised(max(cameras, key=setting.least), "part", bounding, setting)
    if bounding:
        governing = min(bounding, key=lambda c: c.place is not None)
        draws = draw_figure(governing, setting, part=governing.place is not None)
        return Part(draws * setting.per_site, (governing,), "sites")
    return None


def reported_present(claims: Iterable[Claim], setting: Setting) -> list[Claim]:
    """Return the claims of cameras that are in place by now, newest first."""
    return [
        claim
        for claim in newest_first(claims, setting)
        if claim.status == "installed"
        and claim.topic in ("count", "presence")
        and not _begins_after(claim, setting.as_of)
    ]


def _raised(governing: Claim, rule: RuleId, bounding: Sequence[Claim], setting: Setting) -> Part:
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
            sites = counts(claim, ("sites",), ("stock", "flow"))
            other = (
                draw_figure(claim, setting, part=True)
                if sites
                else _in_cameras(claim, setting, part=claim.place is not None)
            )
            draws = np.maximum(draws, other)
            used.append(claim)
    makes = _largest_by_make(bounding, setting)
    if len(makes) > 1 and sum(map(setting.least, makes)) > setting.least(governing):
        # They are the parts themselves: a make that nobody counted is in the governing figure.
        together = np.sum(
            [_of_make(c, setting, column=origin_column(c, [governing])) for c in makes], axis=0
        )
        draws = np.maximum(draws, together)
        used += [claim for claim in makes if claim not in used]
        rule = "makes"
    return Part(draws, tuple(used), rule)


def _largest_by_make(bounding: Iterable[Claim], setting: Setting) -> list[Claim]:
    """Return the claim with the largest number of each make, for the whole city."""
    best: dict[str, Claim] = {}
    for claim in bounding:
        brand = claim.quantity.brand if claim.quantity else None
        if (
            brand is None
            or claim.place is not None
            or not counts(claim, ("cameras",), ("stock", "flow"))
        ):
            continue
        if brand not in best or setting.least(claim) > setting.least(best[brand]):
            best[brand] = claim
    return [best[brand] for brand in sorted(best)]


def _of_make(claim: Claim, setting: Setting, *, column: str) -> FloatArray:
    """Return draws of the cameras of the make of a claim, today, shape (D,)."""
    return draw_figure(claim, setting, whole=False, column=column) * growth(claim, setting)


def _in_cameras(claim: Claim, setting: Setting, *, part: bool = False) -> FloatArray:
    """Return draws of a figure, converted to cameras, shape (D,)."""
    draws = draw_figure(claim, setting, part=part)
    factor = setting.factor(claim)
    if factor is None:
        return draws
    # A density, however small, is that of cameras that somebody knows of.
    least = 1.0 if counts(claim, DENSITY_UNITS, ("stock",)) else 0.0
    return np.maximum(draws * factor, least)


def newest_first(claims: Iterable[Claim], setting: Setting) -> list[Claim]:
    """Sort claims by the date for which they hold, then by confidence, then by size."""

    def key(claim: Claim) -> tuple[int, str, float, str]:
        start = claim.holds_from
        age = -start.toordinal() if start else 0
        return age, claim.confidence.grade, -setting.least(claim), claim.id

    return sorted(claims, key=key)


def _begins_after(claim: Claim, as_of: dt.date) -> bool:
    start = claim.holds_from
    return start is not None and start > as_of


def counts(claim: Claim, units: Sequence[str], kinds: Sequence[str]) -> bool:
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
