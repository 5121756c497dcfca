"""Hand-out: one city on one sheet for participants, as a PDF or as one HTML page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from toolkit.assessment.model import Assessment, IfWhere
from toolkit.base.terms import TIERS, Language, Tier
from toolkit.evidence.claim import Claim
from toolkit.language import words
from toolkit.language.translate import date, tr
from toolkit.output import (
    circles_svg,
    conditions,
    map_scale,
    question_icons,
    trip_icons,
    trip_words,
)
from toolkit.output.report import map_print, map_svg, page, reported, tables, typeset
from toolkit.output.report.live_map import SHEET_BYTES, LiveMap, live_map
from toolkit.output.report.map_svg import Drawing
from toolkit.output.report.thinned import thinned

_LONG_BANNER: Final = 150
"""Height of what is said of other assumptions in Burmese, in units of 0.1 mm."""


@dataclass(frozen=True)
class Row:
    """One question: its name, its answer in words, and ten trips as icons where known."""

    tier: Tier
    name: str
    headline: str
    icons: Markup | None
    caption: str


def render(
    assessment: Assessment,
    *,
    claims: Sequence[Claim],
    valid_until: dt.date,
    drawing: Drawing | None,
    tier: Tier,
    advice: str,
    lang: Language,
) -> str:
    """Return the sheet.

    Parameters
    ----------
    assessment
        What is handed out.
    claims
        All claims about the city.
    valid_until
        Last day on which the sheet may be handed out.
    drawing
        The map; None for a city without streets.
    tier
        Question of the map.
    advice
        The trainer's own words; an empty box is printed where there are none.
    lang
        Language of the sheet.

    Returns
    -------
    str
        The same sheet for the same arguments. It names no command, hash or claim.
    """
    found = content(assessment, claims, valid_until, tier=tier, advice=advice, lang=lang)
    return _html(found, assessment, drawing, tier, lang)


def interactive(
    assessment: Assessment,
    *,
    claims: Sequence[Claim],
    valid_until: dt.date,
    tier: Tier,
    advice: str,
    lang: Language,
) -> str:
    """Return the sheet with a map that can be moved and asked.

    Parameters
    ----------
    assessment, claims, valid_until, tier, advice, lang
        As in `render`.
    """
    found = content(assessment, claims, valid_until, tier=tier, advice=advice, lang=lang)
    layers = assessment.layers
    drawing = live = None
    if layers is not None:
        shown = thinned(layers, SHEET_BYTES)
        drawing, live = map_svg.draw(shown.layers), live_map(shown, tier, lang)
    return _html(found, assessment, drawing, tier, lang, live=live)


def _html(
    found: dict[str, Any],
    assessment: Assessment,
    drawing: Drawing | None,
    tier: Tier,
    lang: Language,
    *,
    live: LiveMap | None = None,
) -> str:
    html = (
        page.environment()
        .get_template("hand_out.html.j2")
        .render(
            **found,
            csp=page.CONTENT_SECURITY_POLICY,
            live=live,
            main=found["rows"][TIERS.index(tier)],
            drawing=drawing,
            tier=tier,
            steps=[(step, map_scale.step_name(step, lang)) for step in map_scale.STEPS],
            bar_text=page.bar_text(drawing, lang),
            map_names=page.names_on(drawing, lang),
            circles=circles(assessment, tier, lang) if drawing is None else [],
        )
    )
    # A sheet goes from phone to phone: the bold letters alone would make it a fifth larger.
    return page.with_font(html, bold=live is None)


def pdf(
    assessment: Assessment,
    *,
    claims: Sequence[Claim],
    valid_until: dt.date,
    tier: Tier,
    advice: str,
    lang: Language,
) -> bytes:
    """Return the sheet as two pages of A4, with a map as large as they allow.

    Parameters
    ----------
    assessment, claims, valid_until, tier, advice, lang
        As in `render`.
    """
    found = content(assessment, claims, valid_until, tier=tier, advice=advice, lang=lang)
    layers = assessment.layers
    usual = found["banner"] in (None, words.demonstration(lang))
    data = {
        **found,
        "rows": [_printed_row(row) for row in found["rows"]],
        "main": _printed_row(found["rows"][TIERS.index(tier)]),
        "map": None
        if layers is None
        else map_print.largest(
            layers, tier, lang, found["map_of"], lower=0 if usual else _LONG_BANNER
        ),
        "map_question": page.question_of_maps(lang),
        "legend": map_print.legend(layers, lang) if layers is not None else [],
        "circles": [
            {
                "name": conditions.case_name(case, lang),
                "svg": circles_svg.draw(case, tier, lang, standalone=False),
                "alt": circles_svg.described(case, tier, lang),
                "answer": conditions.case_answer(case, tier, lang),
            }
            for case in (ends(assessment) if layers is None else [])
        ],
        "running": f"{found['title']}. {found['status_line']} {found['valid_line']} "
        f"{found['limits'][0]}",
    }
    return typeset.pdf("hand_out.typ", data, day=assessment.as_of)


def _printed_row(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "headline": row.headline,
        "svg": row.icons,
        "caption": row.caption,
        "icon": {"svg": question_icons.draw(row.tier)},
    }


def content(
    assessment: Assessment,
    claims: Sequence[Claim],
    valid_until: dt.date,
    *,
    tier: Tier,
    advice: str,
    lang: Language,
) -> dict[str, Any]:
    """Return all texts of the sheet, which are the same on screen and on paper."""
    layers = assessment.layers
    stop = tr("{start}.", lang).format(start="")
    return {
        "lang": lang,
        "t": _headings(assessment, lang),
        "title": _headings(assessment, lang)["title"],
        "banner": reported.banner(assessment, lang),
        "status_line": words.dated_status(assessment.status, assessment.as_of, lang) + stop,
        "valid_line": tr("Valid until {date}", lang).format(date=date(valid_until, lang)) + stop,
        "after": _headings(assessment, lang)["after"],
        "rows": rows(assessment, lang),
        "map_of": tables.tier_head(tier, lang),
        "circles_legend": circles_svg.legend(lang),
        "attribution": layers.attribution if layers else "",
        "conditions": [
            *conditions.if_built(assessment, lang),
            *conditions.where(assessment, lang, (tier,)),
        ],
        "rests_on": reported.source_line(assessment, claims, lang),
        "limits": words.limits(lang)[:2],
        "conclude": conclude(lang),
        "not_conclude": not_conclude(lang),
        "advice": [line for line in advice.splitlines() if line.strip()],
    }


def rows(assessment: Assessment, lang: Language) -> list[Row]:
    """Return the five questions, each with its answer on an ordinary trip."""
    found = []
    for tier in TIERS:
        part = assessment.shown_tiers[tier]
        trips = trip_icons.ten_trips(part.trip.at_least_one)
        drawn = None
        if trips is not None:
            drawn = Markup(trip_icons.row(trips, part.trip.mode, lang))  # noqa: S704 - all escaped
        headline = trip_words.headline(assessment, tier, lang)
        found.append(
            Row(
                tier,
                words.tier_name(tier, lang),
                headline or trip_words.streets_line(part, lang),
                drawn,
                "" if trips is None else trip_icons.caption(trips, lang),
            )
        )
    return found


def circles(assessment: Assessment, tier: Tier, lang: Language) -> list[tuple[str, Markup]]:
    """Return both ends of where the cameras might be, each with its name and its diagram.

    Nothing where they are not known, or hold for the boundary of installed streets.
    """
    return [
        (
            conditions.case_name(case, lang),
            Markup(circles_svg.draw(case, tier, lang, standalone=False)),  # noqa: S704 - escaped
        )
        for case in ends(assessment)
    ]


def ends(assessment: Assessment) -> list[IfWhere]:
    """Return both ends of where the cameras might be, where they are circles."""
    both = (assessment.if_centre, assessment.if_spread)
    if both[0] is None or both[0].radius_km is None:
        return []
    return [case for case in both if case is not None]


def conclude(lang: Language) -> tuple[str, ...]:
    """Return what one may conclude, as sentences."""
    return (
        tr("How many of ten ordinary trips pass such a camera, from lowest to highest.", lang),
        tr("A wide range means that little is reported, never that nothing is there.", lang),
    )


def not_conclude(lang: Language) -> tuple[str, ...]:
    """Return what one may not conclude, as sentences."""
    return (
        tr("That a street or a place is not watched.", lang),
        tr("Where a camera is, unless it is drawn as a mapped one.", lang),
    )


def _headings(assessment: Assessment, lang: Language) -> dict[str, str]:
    name = assessment.city.name.in_language(lang)
    return {
        "title": tr("{city}: reported cameras and ordinary trips", lang).format(city=name),
        "main": tr("On an ordinary trip", lang),
        "legend": tr("Legend", lang),
        "questions": tr("Five questions", lang),
        "counted": tr("Not counted", lang),
        "conclude": tr("You may conclude", lang),
        "not_conclude": tr("You may not conclude", lang),
        "advice": tr("From your trainer", lang),
        "ask": tr("Questions? Ask the trainer who gave you this sheet.", lang),
        "camera": tr("Mapped camera", lang),
        "after": tr("Do not hand this sheet out after that day.", lang),
        "no_map": tr("There is no street map of this city on the computer that made it.", lang),
        "which": tr("We do not know where in the city the cameras are. Both extremes:", lang),
        "icons": tr(
            "Dark: even on the lowest estimate. Light: on the middle one. Dashed: on the highest.",
            lang,
        ),
    }
