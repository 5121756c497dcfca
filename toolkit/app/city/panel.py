"""The panel next to the map: what an ordinary trip meets, what that rests on, what is not counted.

At most 90 words; everything else is one tap away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from toolkit.app import markup
from toolkit.app.city import answer, figures
from toolkit.app.kept_answers import Case, Estimate
from toolkit.app.my_cities import headline
from toolkit.assessment.model import Assessment
from toolkit.base.terms import TIERS, Language, Tier
from toolkit.language import quantities
from toolkit.language.translate import tr, unbroken
from toolkit.output import conditions, trip_icons, trip_words
from toolkit.output.report import reported
from toolkit.streets import map_data
from toolkit.streets.cities import City


@dataclass(frozen=True)
class Panel:
    """Panel of one question.

    Attributes
    ----------
    answer
        The answer in one sentence.
    icons
        Ten trips as a drawing, as the address of an image; empty if trips are not known.
    caption
        What the drawing says; empty where the answer says the same.
    conditions
        What the user chose or reports leave open, where it changes how the answer is read.
    rests_on
        Who reports it, in one line.
    not_counted
        What no figure holds, in one line.
    """

    answer: str
    icons: str
    caption: str
    conditions: tuple[str, ...]
    rests_on: str
    not_counted: str


def show(made: Estimate, tier: Tier, lang: Language) -> None:
    """Show the panel of one question, where no map shows it."""
    found = of_tier(made, tier, lang)
    parts = [markup.tag("p", found.answer, kind="answer")]
    if found.icons:
        parts.append(markup.image(found.icons, "", kind="icons"))
    if found.caption:
        parts.append(markup.tag("p", found.caption, kind="small"))
    parts += [markup.tag("p", line, kind="condition") for line in found.conditions]
    parts.append(markup.tag("p", found.rests_on))
    parts.append(markup.tag("p", found.not_counted, kind="limit"))
    parts.append(
        markup.folded(
            about(lang), *(markup.tag("p", line, kind="small") for line in about_lines(made, lang))
        )
    )
    markup.show(lang, *parts, kind="panel")


def of_tier(made: Estimate, tier: Tier, lang: Language, case: Case | None = None) -> Panel:
    """Return the panel of one question; in a case, each sentence of it says so."""
    assessment = made.assessment
    trip = assessment.shown_tiers[tier].trip
    trips = trip_icons.ten_trips(trip.at_least_one)
    said, rests_on = answer.sentence(assessment, tier, lang), ""
    if case is not None:
        said = f"{conditions.case_on_streets(case.where, case.count, lang)} {said}"
    if case is None or case.count is None:
        rests_on = reported.source_line(assessment, made.claims, lang)
    return Panel(
        said,
        "" if trips is None else markup.image_address(trip_icons.row(trips, trip.mode, lang)),
        trip_icons.caption(trips, lang) if trips and trip_words.led_by_count(trip) else "",
        tuple(_conditions(assessment, made, lang)),
        rests_on or tr("The number is assumed, not reported.", lang),
        not_counted(lang),
    )


def texts(made: Estimate, lang: Language, case: Case | None = None) -> Mapping[str, Any]:
    """Return the panels of all questions as JSON values, for the map."""
    return {
        "tiers": {tier: _unbroken(of_tier(made, tier, lang, case)) for tier in TIERS},
        "about": about(lang),
        "lines": [unbroken(line) for line in about_lines(made, lang)],
    }


def before(city: City, lang: Language) -> Mapping[str, Any]:
    """Return what is said of every question while the figures of a city are being made."""
    said = tr(
        "These are the streets of {city}. What cameras may see on them is still being estimated: "
        "their colour says nothing yet.",
        lang,
    ).format(city=city.name.in_language(lang))
    one = _unbroken(Panel(said, "", "", (), "", not_counted(lang)))
    return {"tiers": dict.fromkeys(TIERS, one), "about": about(lang), "lines": []}


def _unbroken(panel: Panel) -> dict[str, Any]:
    """Return a panel as JSON values, with each unit kept on the line of its number."""
    return {
        name: unbroken(value) if isinstance(value, str) else [unbroken(line) for line in value]
        for name, value in asdict(panel).items()
    }


def about(lang: Language) -> str:
    """Return the heading of what is one tap away."""
    return tr("Date, area and sources", lang)


def about_lines(made: Estimate, lang: Language) -> list[str]:
    """Return date, completeness, boundary and sources, and what a sample leaves open."""
    sample = made.assessment.sample
    return [
        figures.foot_text(made, lang),
        *([] if sample is None else [answer.sample_text(sample, lang)]),
    ]


def not_counted(lang: Language) -> str:
    """Return what no figure holds, in one line."""
    return tr(
        "Not counted: private, hidden, mobile cameras, checkpoints, phones. Unmapped is not "
        "unwatched.",
        lang,
    )


def _conditions(assessment: Assessment, made: Estimate, lang: Language) -> list[str]:
    found: list[str] = []
    manifest = made.loaded.manifest
    if assessment.layers is not None and manifest is not None:
        main = map_data.main_road_share(assessment.layers.streets)
        found += filter(None, [headline.short(manifest, main, lang)])
    if assessment.if_built is not None:
        text = tr("Perhaps nothing is installed: {chance}, we judge.", lang)
        chance = quantities.quantity_text(assessment.if_built.nothing_installed, lang)
        found.append(text.format(chance=chance))
    plans = conditions.planned(assessment, made.claims, lang)
    if plans is not None:
        found.append(conditions.short(plans, lang))
    if assessment.basis == "streets" and assessment.inputs.siting_profile is not None:
        found.append(answer.operator_text(assessment.inputs.siting_profile, lang))
    return found
