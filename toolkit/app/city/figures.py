"""Figures and tables of an assessment, each with its range, date, completeness and sources."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.app import markup
from toolkit.app.kept_answers import Estimate
from toolkit.assessment.model import Assessment, Case, TierPart
from toolkit.base.terms import TIERS, Allocation, Language, Tier
from toolkit.language import quantities, words
from toolkit.language.translate import tr
from toolkit.output import conditions, trip_words
from toolkit.output.report import reported, tables

_M_PER_KM = 1000.0


def show(made: Estimate, tier: Tier, lang: Language) -> None:
    """Show the figures of one tier, then those of all tiers side by side."""
    assessment = made.assessment
    foot = markup.tag("p", foot_text(made, lang), kind="foot")
    part = assessment.shown_tiers[tier]
    parts = [
        markup.tag("h2", tr("Figures", lang)),
        markup.tag("h3", tables.tier_head(tier, lang)),
        markup.tag("p", meaning(part, tier, lang)),
        markup.table(one_tier(tables.figures_table(assessment, lang, short=True), tier)),
        foot,
    ]
    if part.cases:
        why = tr(
            "Which part of the city is meant changes a share a lot. Reports do not say "
            "exactly where the cameras stand, so two cases are told: all of them inside "
            "the circle, or spread over the township.",
            lang,
        )
        parts += [
            markup.tag("h3", tr("Shares, by case", lang)),
            markup.tag("p", why),
            markup.table(cases_table(part.cases, lang)),
            foot,
        ]
    if_numbers = tables.numbers_table(assessment, lang)
    if if_numbers is not None:
        parts += [
            markup.tag("h3", tr("If the number or the area were known", lang)),
            *(markup.tag("p", line) for line in conditions.per_hundred(assessment, lang)),
            markup.table(one_tier(if_numbers, tier)),
            foot,
        ]
    parts += [
        markup.tag("h3", tr("Seen is not the same as recognised or identified", lang)),
        markup.table(tiers_table(assessment, lang)),
        foot,
    ]
    everything = (tables.figures_table(assessment, lang), tables.cases_table(assessment, lang))
    shown = (markup.table(table) for table in everything if table is not None)
    parts.append(markup.folded(tr("All figures side by side", lang), *shown, foot))
    markup.show(lang, *parts)


def meaning(part: TierPart, tier: Tier, lang: Language) -> str:
    """Return the meaning of a tier, its threshold, and its condition."""
    text = words.tier_meaning(tier, lang)
    text += " " + tr(
        "For that the picture must have {value} pixels per metre or more.", lang
    ).format(value=f"{part.threshold_px_m:g}")
    if part.switched_on is not None:
        text += " " + tr(
            "The figures hold if the software is on; whether it is, is told beside them and is "
            "not part of them.",
            lang,
        )
    return text


def one_tier(table: tables.Table, tier: Tier) -> tables.Table:
    """Return one tier's column of a table with a column for each tier, where it has cells."""
    column = TIERS.index(tier)
    rows = tuple(
        (head, (cells[column],))
        for head, cells in table.rows
        if cells[column] != tables.NOT_APPLICABLE
    )
    return tables.Table(table.caption, (table.head[0], table.head[1 + column]), rows)


def tiers_table(assessment: Assessment, lang: Language) -> tables.Table:
    """Return the main figures of all tiers, one row each."""
    on_trips = trip_words.known(assessment)
    head = [tr("What is asked", lang)]
    if on_trips:
        head.append(tr("Trips that pass at least one", lang))
    head += [
        tr("Street covered", lang),
        tr("How far one camera can do it", lang),
        tr("How likely it is that the software is in use", lang),
    ]

    rows = []
    for tier in TIERS:
        part = assessment.shown_tiers[tier]
        met = [part.trip.at_least_one] if on_trips else []
        shown = (*met, part.length_km, part.ring_m.outer, part.switched_on)
        cells = tuple(
            tables.NOT_APPLICABLE if figure is None else quantities.quantity_text(figure, lang)
            for figure in shown
        )
        rows.append((tables.tier_head(tier, lang), cells))
    return tables.Table(tables.ranges_caption(lang), tuple(head), tuple(rows))


def cases_table(cases: Sequence[Case], lang: Language) -> tables.Table:
    """Return the share of streets in each case of one tier, a row for each circle."""
    by_radius: dict[float | None, dict[Allocation, Case]] = {}
    for case in cases:
        by_radius.setdefault(case.radius_km, {})[case.allocation] = case
    allocations: dict[Allocation, str] = {
        "core": tr("Share of it, if all cameras stand in there", lang),
        "township": tr("Share of it, if they are spread over the township", lang),
    }
    rows = []
    for radius, found in by_radius.items():
        length = next(iter(found.values())).length_km
        shares = tuple(
            quantities.quantity_text(found[a].share_of_length, lang)
            if a in found
            else tables.NOT_APPLICABLE
            for a in allocations
        )
        area = (
            tr("Inside the boundary", lang)
            if radius is None
            else tr("Within {radius} km of the middle of the city", lang).format(
                radius=f"{radius:g}"
            )
        )
        rows.append((area, (quantities.quantity_text(length, lang), *shares)))
    caption = tables.cases_caption(cases, lang)
    head = (tr("Area", lang), tr("Streets in it", lang), *allocations.values())
    return tables.Table(caption, head, tuple(rows))


def foot_text(made: Estimate, lang: Language) -> str:
    """Return the line below every table: status, date, completeness, boundary, sources."""
    items = reported.items(made.assessment, made.claims, lang)
    boundary = boundary_text(made.assessment, lang)
    return reported.under_table(made.assessment, items, boundary, lang)


def boundary_text(assessment: Assessment, lang: Language) -> str:
    """Return the boundary of the city, with its size where that is known."""
    found = assessment.city.boundary
    size = reported.boundary_size(assessment, lang)
    if found.length_km is None or found.area_km2 is None:
        return size
    return f"{tr(found.note, lang)} {size}"
