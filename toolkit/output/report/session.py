"""A session on paper for a group: plan for the trainer, map to mark, page to reveal, score sheet.

In the ADIDS form of trainings on digital safety for civil society: activity, discussion, inputs,
deepening, synthesis.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from toolkit.assessment.model import Assessment
from toolkit.base.terms import TIERS, Language, Tier
from toolkit.evidence.claim import Claim
from toolkit.language import words
from toolkit.language.translate import number, tr
from toolkit.output import circles_svg, conditions, trip_icons
from toolkit.output.report import blocks, hand_out, map_print, map_svg, page, plan_words
from toolkit.output.report.blocks import Block
from toolkit.output.report.tables import Table

_REVEAL: Final = (1790, 1830)
"""Largest map of the page to reveal, in units of 0.1 mm."""
_CIRCLES_MM: Final = 78.0
_ICONS_MM: Final = 48.0
_MARKS: Final = 5
"""Streets that a group marks."""


def document(
    assessment: Assessment,
    *,
    claims: Sequence[Claim],
    valid_until: dt.date,
    tier: Tier,
    lang: Language,
) -> dict[str, Any]:
    """Return the session as the data of a document.

    Parameters
    ----------
    assessment, claims, valid_until, lang
        As in `hand_out.render`.
    tier
        Question of the map to reveal.
    """
    sheet = hand_out.content(assessment, claims, valid_until, tier=tier, advice="", lang=lang)
    city = assessment.city.name.in_language(lang)
    title = tr("{city}: a session on street cameras, on paper", lang).format(city=city)
    return {
        "lang": lang,
        "title": title,
        "banner": sheet["banner"],
        "running": f"{title}. {sheet['status_line']} {sheet['valid_line']} {sheet['limits'][0]}",
        "blocks": [
            *_plan(sheet, lang),
            *_to_mark(assessment, lang),
            *_reveal(assessment, sheet, tier, lang),
            *_score(lang, with_map=assessment.layers is not None),
        ],
    }


def _plan(sheet: dict[str, Any], lang: Language) -> list[Block]:
    """Return the plan for the trainer."""
    found: list[Block] = [
        blocks.para(f"{sheet['status_line']} {sheet['valid_line']} {sheet['after']}", strong=True),
        blocks.pairs(plan_words.head(lang)),
        blocks.heading(tr("Notes for the trainer", lang)),
        blocks.bullets(plan_words.notes(lang)),
    ]
    head = (tr("Part", lang), tr("45 minutes", lang), tr("90 minutes", lang))
    times = tuple((name, (short, long)) for name, short, long in plan_words.times(lang))
    found += [
        blocks.heading(tr("Time", lang)),
        blocks.table(Table(tr("Minutes of each part.", lang), head, times), first=2.2),
        blocks.heading(tr("Steps", lang)),
    ]
    for name, steps in plan_words.parts(lang):
        found += [blocks.heading(name, 3), blocks.steps(steps)]
    return [
        *found,
        blocks.heading(tr("Questions to ask", lang)),
        blocks.bullets(plan_words.questions(lang)),
        blocks.heading(tr("What people often conclude wrongly", lang)),
        blocks.pairs((f"“{wrong}”", [right]) for wrong, right in plan_words.mistakes(lang)),
        blocks.boxed(tr("If it gets too much", lang), plan_words.stress(lang)),
    ]


def _to_mark(assessment: Assessment, lang: Language) -> list[Block]:
    """Return the page on which a group marks what it expects."""
    heading = blocks.heading(tr("To mark, before anything is shown", lang), new_page=True)
    layers = assessment.layers
    if layers is not None:
        task = tr(
            "Mark {n} places where you expect a camera of the reported system. No homes, no "
            "meeting places, no names of people.",
            lang,
        ).format(n=number(_MARKS))
        shown = map_print.blank(layers, lang, tr("Map without figures, to be marked", lang))
        return [heading, blocks.para(task), blocks.city_map(shown, [], layers.attribution)]
    task = tr(
        "There is no street map of this city here. The cross is the middle of the city. Shade "
        "where you expect the cameras of the reported system.",
        lang,
    )
    svg = circles_svg.blank(lang)
    alternative = tr("Three empty circles around the middle of the city, to be shaded", lang)
    return [heading, blocks.para(task), blocks.drawing(svg, alternative, 150.0)]


def _reveal(
    assessment: Assessment, sheet: dict[str, Any], tier: Tier, lang: Language
) -> list[Block]:
    """Return what is shown once all groups have marked, with the key to the score sheet."""
    found = [
        blocks.heading(tr("To reveal, after all have marked", lang), new_page=True),
        *([blocks.para(sheet["banner"], strong=True)] if sheet["banner"] else []),
        blocks.para(sheet["rests_on"]),
    ]
    layers = assessment.layers
    if layers is not None:
        drawing = map_svg.draw(layers, _REVEAL)
        shown = map_print.printed(drawing, tier, lang, alt=sheet["map_of"])
        found += [
            blocks.heading(sheet["map_of"], 3),
            blocks.para(page.question_of_maps(lang)),
            blocks.city_map(shown, map_print.legend(layers, lang), sheet["attribution"]),
        ]
    else:
        for case in hand_out.ends(assessment):
            found += [
                blocks.heading(conditions.case_name(case, lang), 3),
                blocks.drawing(
                    circles_svg.draw(case, tier, lang, standalone=False),
                    circles_svg.described(case, tier, lang),
                    _CIRCLES_MM,
                ),
                blocks.para(conditions.case_answer(case, tier, lang)),
            ]
        found += [blocks.para(line, small=True) for line in sheet["circles_legend"]]
    found.append(blocks.heading(tr("The five answers", lang), new_page=True))
    for row in sheet["rows"]:
        found += [blocks.heading(row.name, 3), blocks.para(row.headline)]
        if row.icons:
            found.append(blocks.drawing(row.icons, row.caption, _ICONS_MM))
    return [
        *found,
        blocks.para(sheet["t"]["icons"], small=True),
        blocks.heading(tr("Key", lang), 3),
        blocks.table(_key(assessment, lang), first=1),
        *(blocks.para(line) for line in sheet["conditions"]),
        blocks.boxed(sheet["t"]["counted"], sheet["limits"]),
    ]


def _key(assessment: Assessment, lang: Language) -> Table:
    """Return the ranges by which guesses are scored."""
    ranges = []
    for tier in TIERS:
        trips = trip_icons.ten_trips(assessment.shown_tiers[tier].trip.at_least_one)
        shown = (
            tr("not known", lang)
            if trips is None
            else tr("{low} to {high}", lang).format(low=number(trips.low), high=number(trips.high))
        )
        ranges.append((words.tier_name(tier, lang), (shown,)))
    return Table(
        tr("For the trainer: what the estimate says, of ten trips", lang),
        (tr("Question", lang), tr("Range", lang)),
        tuple(ranges),
    )


def _score(lang: Language, *, with_map: bool) -> list[Block]:
    """Return the sheet on which groups write their guesses."""
    guess = Table(
        tr("Of ten ordinary trips, how many pass at least one camera that can do it?", lang),
        (
            tr("Question", lang),
            tr("Our guess: from", lang),
            tr("to", lang),
            tr("Points", lang),
        ),
        tuple((words.tier_name(tier, lang), ("", "", "")) for tier in TIERS),
    )
    return [
        blocks.heading(tr("Score sheet", lang), new_page=True),
        blocks.para(tr("Group: ______________________", lang)),
        blocks.table(guess, first=2.4, room_mm=2.2),
        blocks.bullets(plan_words.scoring(lang, with_map=with_map)),
        blocks.boxed(tr("What surprised us", lang), [], room_mm=40.0),
        blocks.boxed(tr("What we will look into together", lang), [], room_mm=40.0),
    ]
