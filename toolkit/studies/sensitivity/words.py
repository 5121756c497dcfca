"""A sensitivity analysis in words: names of factors, the sentence, and the rows of its table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Final

from toolkit.base.quantity import Quantity
from toolkit.base.terms import Tier
from toolkit.language import assumption_names, quantities, words
from toolkit.language.translate import number, significant, tr
from toolkit.studies.sensitivity.analysis import FactorPart, Sensitivity, TierSensitivity, WorkPart

_PERCENT: Final = 100
_LEAST_SHOWN: Final = 0.001
"""Least share in per cent; smaller ones are printed as "under" it."""


def factor_name(key: str, lang: str) -> str:
    """Return the name of a factor; its key if it has none."""
    names = {
        "city.boundary": tr("which area counts as the city", lang),
        "city.fabric": tr("how the streets run (those of other cities are used)", lang),
        "city.population": tr("the population of the city", lang),
        "count.flow": tr("how many cameras are older than the year counted", lang),
        "count.growth": tr("how fast an old count grows", lang),
        "count.removed": tr("how many cameras were taken down", lang),
        "count.installed": tr("whether the announced cameras were installed", lang),
        "count.interval": tr("the place inside the reported range", lang),
        "count.make": tr("how many cameras are of other makes than the one counted", lang),
        "count.upper_end": tr("how many cameras a count overlooks", lang),
        "count.user": tr("the range of your own number of cameras", lang),
        "optics.aim": tr("where fixed cameras are aimed", lang),
        "optics.lens": tr("lenses and picture sizes of the cameras", lang),
        "optics.mix": tr("the mix of camera types", lang),
        "optics.night_range": tr("how far cameras see at night", lang),
        "optics.own_height": tr("the height at which face and plate cameras hang", lang),
        "sites.operators": tr("which kinds of operators run the cameras", lang),
        "sites.siting_weights": tr("which streets and places operators prefer", lang),
    }
    return assumption_names.name(key, lang) or names.get(key, key)


def work_name(work_id: str, lang: str) -> str:
    """Return a kind of work as it follows "if you have an hour"; its id if unknown."""
    names = {
        "junctions": tr("count the cameras at the ten main junctions", lang),
        "kinds": tr("note the kind of twenty cameras", lang),
        "heights": tr("estimate the mounting height of twenty cameras", lang),
        "side_streets": tr("count cameras in main and in side streets", lang),
        "area": tr("look in published reports for the area that was meant", lang),
        "streets": tr("add the street map of the city", lang),
        "census": tr("look up the population in a census", lang),
    }
    return names.get(work_id, work_id)


def best_work(part: TierSensitivity) -> WorkPart | None:
    """Return the work to recommend: the best that needs no walk, else the best of all."""
    at_a_desk = (work for work in part.work if work.where == "desk")
    return next(at_a_desk, part.work[0] if part.work else None)


def sentence(found: Sensitivity, tier: Tier, lang: str) -> str:
    """Return the biggest unknowns behind a tier's figure, and what an hour could do about them."""
    part = found.tiers[tier]
    given = {
        "tier": words.tier_name(tier, lang),
        "factors": _joined([factor_name(key, lang) for key in part.mostly], lang),
    }
    if not part.factors:
        text = tr("{tier}: the figure is the same whatever is assumed.", lang)
    elif not part.mostly:
        text = tr("{tier}: no single unknown stands out.", lang)
    elif len(part.mostly) == 1:
        text = tr("{tier}: the biggest unknown is {factors}.", lang)
    else:
        text = tr("{tier}: the biggest unknowns are {factors}.", lang)
    best = best_work(part)
    advice = [] if best is None else [work_line(best, lang)]
    return " ".join([text.format(**given), *advice])


def how_made(found: Sensitivity, lang: str) -> tuple[str, ...]:
    """Return how the analysis was made, one sentence per line."""
    size = found.sample
    if found.method == "sobol":
        made = tr(
            "Sobol indices of the log odds of the expected share of street length, with 90 % "
            "confidence, from {rows} evaluations.",
            lang,
        )
    else:
        made = tr(
            "Screening by Morris: mean change of the log odds of the expected share of street "
            "length, with 90 % confidence, from {rows} evaluations.",
            lang,
        )
    lines = [made.format(rows=number(size.rows))]
    if size.points:
        text = tr("Evaluated on {points} street points, drawn by road class and distance.", lang)
        lines.append(text.format(points=number(size.points)))
    else:
        lines.append(
            tr(
                "No streets are installed: shares of discs of 1, 2 and 5 km around the centre.",
                lang,
            )
        )
    lines.append(_how_read(found, lang))
    if found.method == "morris":
        lines.append(
            tr(
                "A screening is quick and ranks the factors. It cannot say how much of the spread "
                "comes from each.",
                lang,
            )
        )
    return tuple(lines)


def _how_read(found: Sensitivity, lang: str) -> str:
    """Return how to read the chart."""
    if found.method == "sobol":
        return tr(
            "Each bar shows how far the answer moves when only this factor changes. The percentage "
            "next to it says how much of the spread comes from the factor, interactions included.",
            lang,
        )
    return tr(
        "Each bar shows how far the answer moves when only this factor changes. The number next to "
        "it is the factor by which the odds of being covered change on average.",
        lang,
    )


def columns(found: Sensitivity, lang: str) -> tuple[str, ...]:
    """Return the headings of the table of factors."""
    figure = tr("share of streets, from one end to the other", lang)
    if found.method == "morris":
        return tr("factor", lang), tr("mean effect on the odds", lang), figure
    return tr("factor", lang), tr("alone", lang), tr("including interactions", lang), figure


def row(found: Sensitivity, factor: FactorPart, lang: str) -> tuple[str, ...]:
    """Return one factor as a row of the table."""
    name = factor_name(factor.key, lang)
    figure = _range(factor.figure, lang)
    if found.method == "morris":
        return name, _times(factor.total, lang), figure
    first = _with_interval(factor.first, 0, lang) if factor.first else ""
    return name, first, _with_interval(factor.total, 0, lang), figure


def noise(part: TierSensitivity, lang: str) -> str | None:
    """Return the factors not distinguishable from zero, in one sentence, or None."""
    names = [factor_name(f.key, lang) for f in part.factors if not f.distinguishable]
    if not names:
        return None
    text = tr("Not distinguishable from zero: {factors}.", lang)
    return text.format(factors="; ".join(names))


def work_line(work: WorkPart, lang: str) -> str:
    """Return what an hour of a kind of work would do, with a caution where it is in the street."""
    text = tr("If you have an hour, {work}: the range would narrow by about {share}.", lang)
    line = text.format(work=work_name(work.id, lang), share=quantities.share(work.narrowing, lang))
    return f"{line} {words.counting_caution(lang)}" if work.where == "street" else line


def not_varied(found: Sensitivity, lang: str) -> tuple[str, ...]:
    """Return the assumptions that are not factors, one sentence per reason."""
    reasons = {
        "one_boundary": tr("Only one boundary is installed, so it was not varied: {keys}", lang),
        "set": tr("Fixed by you: {keys}", lang),
        "fixed": tr("One value in this set, so it was not varied: {keys}", lang),
        "definition": tr("Definitions, shown side by side and never averaged: {keys}", lang),
        "encounter": tr("New at each passing, so not part of this figure: {keys}", lang),
        "unused": tr("Not used for this city: {keys}", lang),
    }
    lines = []
    for why, text in reasons.items():
        names = [factor_name(item.key, lang) for item in found.not_varied if item.why == why]
        if names:
            lines.append(text.format(keys="; ".join(names)))
    return tuple(lines)


def _with_interval(quantity: Quantity, decimals: int, lang: str) -> str:
    """Return a share in per cent with its ends; one that rounds to zero is "under" a step.

    An estimated share of a variance can be below zero by chance, and is shown as 0.
    """
    low, mid, high = (
        max(v or 0.0, 0.0) * _PERCENT for v in (quantity.low, quantity.mid, quantity.high)
    )
    step, shown = 10.0**-decimals, partial(number, decimals=decimals)
    if high < step:
        return _under(decimals, lang)
    if round(mid, decimals) == 0.0:
        # Never "0 %"; the high end is kept, so that the range is still shown.
        text = tr("under {value} % (up to {high})", lang)
        return text.format(value=shown(step), high=shown(high))
    text = tr("{value} % ({low} to {high})", lang)
    return text.format(value=shown(mid), low=shown(low), high=shown(high))


def _times(quantity: Quantity, lang: str) -> str:
    """Return a change of log odds as a factor, with its ends."""
    low, mid, high = (
        number(math.exp(v or 0.0), decimals=1) for v in (quantity.low, quantity.mid, quantity.high)
    )
    text = tr("{value} times ({low} to {high})", lang)
    return text.format(value=mid, low=low, high=high)


def _range(quantity: Quantity, lang: str) -> str:
    low, high = ((v or 0.0) * _PERCENT for v in (quantity.low, quantity.high))
    texts = [
        tr("{value} %", lang).format(value=significant(end, 2))
        if end >= _LEAST_SHOWN
        else tr("under {value} %", lang).format(value=significant(_LEAST_SHOWN, 1))
        for end in (low, high)
    ]
    return f"{texts[0]} – {texts[1]}" if texts[0] != texts[1] else texts[0]


def _under(decimals: int, lang: str) -> str:
    return tr("under {value} %", lang).format(value=number(10.0**-decimals, decimals=decimals))


def _joined(names: Sequence[str], lang: str) -> str:
    """Return names as a list in a sentence."""
    if len(names) <= 1:
        return "".join(names)
    return tr("{first}, and {last}", lang).format(first="; ".join(names[:-1]), last=names[-1])
