"""How a count was derived from the claims, and why a figure was not used, as sentences.

They contain no numbers, so that each is a single text to translate.
"""

from __future__ import annotations

from typing import Literal

from toolkit.language.translate import tr

RuleId = Literal[
    "user",
    "lower_bound",
    "interval",
    "point",
    "part",
    "makes",
    "density",
    "sites",
    "prior",
    "not_installed",
    "not_installed_figure",
    "nothing",
    "same",
    "more_without_number",
    "increment",
    "plan",
    "plan_prior",
]
MissingFigure = Literal["no_street_km", "no_area", "no_population", "no_junctions"]
"""Figure of the city that a density needs and that is unknown."""
UnusedReason = Literal["contract", "undated", "density_part", "density_planned", MissingFigure]
"""Why a listed figure gives no count."""


def rule_text(rule: RuleId, lang: str = "en") -> str:
    """Return the rule by which a count was derived as one sentence."""
    sentences: dict[RuleId, str] = {
        "user": tr("The count is the user's own range; the claims are not used.", lang),
        "lower_bound": tr(
            "The newest figure for the whole city is a lower bound: the count is never below it, "
            "and above it by cameras that the source did not know of or did not count, and by "
            "those added since.",
            lang,
        ),
        "interval": tr(
            "The newest figure for the whole city is an interval: the count lies in it, or above "
            "it by cameras that the source did not know of and by those added since.",
            lang,
        ),
        "point": tr(
            "The newest figure for the whole city is one number: the count is that number, above "
            "it by what was overlooked and what has been added since, or below it by what has "
            "been taken down.",
            lang,
        ),
        "part": tr(
            "Only figures for a part of the city, or of its cameras, are known: the count is never "
            "below the largest of them.",
            lang,
        ),
        "makes": tr(
            "Figures for different makes are parts of one whole: they add up, and the count is "
            "never below their sum.",
            lang,
        ),
        "density": tr(
            "The newest figure for the whole city is a density: it is turned into cameras by the "
            "city's own figures, with their spread.",
            lang,
        ),
        "sites": tr(
            "Only a number of places is known: it is turned into cameras by the number of cameras "
            "at one place seen elsewhere in the country.",
            lang,
        ),
        "prior": tr(
            "Cameras are reported without a number: a wide range from other cities of the country "
            "stands in.",
            lang,
        ),
        "not_installed": tr(
            "Only talks, a tender or a plan is reported: perhaps nothing is installed, and "
            "otherwise a wide range from other cities of the country stands in.",
            lang,
        ),
        "not_installed_figure": tr(
            "Only talks, a tender or a plan is reported: perhaps nothing is installed, and "
            "otherwise the count is the one that was announced.",
            lang,
        ),
        "nothing": tr(
            "Nothing is reported: a wide range from other cities of the country stands in.", lang
        ),
        "same": tr(
            "No further cameras are reported as planned: the planned count is the installed one.",
            lang,
        ),
        "more_without_number": tr(
            "More cameras are announced without a number: the planned count is at least the "
            "installed one, shown here.",
            lang,
        ),
        "increment": tr(
            "The cameras announced as still to come are added to the installed ones.", lang
        ),
        "plan": tr("The planned count is the one announced, and at least the installed one.", lang),
        "plan_prior": tr(
            "What is planned has no number: a wide range from other cities of the country stands "
            "in, as if the plan were carried out.",
            lang,
        ),
    }
    return sentences[rule]


def unused_text(reason: UnusedReason, lang: str = "en") -> str:
    """Return the reason why a listed figure gives no count as one sentence."""
    sentences: dict[UnusedReason, str] = {
        "contract": tr(
            "The value of a contract says too little about the number of cameras.", lang
        ),
        "undated": tr("It has no date at all.", lang),
        "density_part": tr("It is a density of a part of the city, whose size is not known.", lang),
        "density_planned": tr("It is a density of something that is only announced.", lang),
        "no_street_km": tr(
            "It is a number for each km of street, and the length of the streets is not known.",
            lang,
        ),
        "no_area": tr("It is a number for each km², and the area is not known.", lang),
        "no_population": tr(
            "It is a number for each so many people, and the population is not known.", lang
        ),
        "no_junctions": tr(
            "It is a number for each junction, and the number of junctions is not known.", lang
        ),
    }
    return sentences[reason]
