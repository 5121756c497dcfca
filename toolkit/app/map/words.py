"""All texts of the map in one language: the browser only puts figures into them.

They are inserted as text, never as HTML, so they are not escaped.
"""

from __future__ import annotations

from typing import Any

from toolkit.app.map.classes import EDGES, STEPS, WIDE_EDGE, Step
from toolkit.assessment.model import Assessment
from toolkit.base import zawgyi
from toolkit.base.terms import SWITCHED_TIERS, TIERS, Language, Tier
from toolkit.language import quantities, words
from toolkit.language.translate import tr, unbroken
from toolkit.output import trip_words
from toolkit.streets.schema import ROADS

_FIRST_SIDE_STREET = ROADS.index("unclassified")
_FIRST_PATH = ROADS.index("service")
_NO_BREAK = "\u00a0"
_OF_ESTIMATE = (
    "legend", "chance", "chances", "chance_street", "figure", "trips", "share", "reach", "reach_m"
)  # fmt: skip


def texts(city: str, lang: Language) -> dict[str, Any]:
    """Return all texts of the map of a city, some with places for figures in braces."""
    found = {
        "map": tr(
            "Map of {city}. Arrow keys move it, plus and minus zoom, Enter says what is in the "
            "middle.",
            lang,
        ).format(city=city),
        "questions": tr("What is asked", lang),
        "drawing": tr("Drawing the map …", lang),
        "failed": tr(
            "The map could not be drawn: {what} did not arrive or failed. Reload the page. The "
            "figures on this page hold without the map.",
            lang,
        ),
        "zones_failed": tr("The zones did not arrive, so they are not drawn.", lang),
        "font_failed": tr("The Burmese font did not arrive: names may be unreadable.", lang),
        "search": tr("Find a street or place", lang),
        "nothing": tr("No street or place of this name is on this map.", lang),
        "zawgyi": zawgyi.REFUSAL,
        "no_name": tr("Street without a name", lang),
        "whole_city": tr("Whole city", lang),
        "zoom_in": tr("Zoom in", lang),
        "zoom_out": tr("Zoom out", lang),
        "fingers": tr("Move the map with two fingers.", lang),
        "close": tr("Close", lang),
        "outside": tr("Outside the area of this estimate: nothing is known here.", lang),
        "fog": tr("Fog: outside the area, or no data", lang),
        "no_data": tr("There is no answer for this street: no data.", lang),
        "near": tr("Mapped cameras within {metres} m: {n}.", lang),
        "why": tr("What the estimate takes into account here: {reasons}.", lang),
        "why_along": tr("What the estimate takes into account along it: {reasons}.", lang),
        "most": tr("The most exposed of them: {chance}. {step}", lang),
        "partly": tr("No data for {length} of it.", lang),
        "lights": tr("traffic lights", lang),
        "never": words.limits(lang)[1],
        "roads": _roads(lang),
        "places": _places(lang),
        "sentence": tr("{start}.", lang),
        "join": tr("{one}, {other}", lang),
        "changed": tr(
            "{name}. Share of trips that pass such a camera: {new}; before: {old}.", lang
        ),
        "same": tr("{name}. Share of trips that pass such a camera: {new}, as before.", lang),
        "question_changed": tr(
            "Share of trips that pass such a camera. {name}: {new}. {other}: {old}.", lang
        ),
        "before": tr("Before: {old}.", lang),
        "empty": tr(
            "No street is in the highest steps, because no report says where each camera stands. "
            "That does not mean that there is none.",
            lang,
        ),
        "none_here": tr("none drawn", lang),
        **_layers(lang),
        **_camera(lang),
        **_table(lang),
        **_figures(lang),
    }
    return {key: _bound(value) for key, value in found.items()}


def _bound(value: Any) -> Any:  # noqa: ANN401 - texts, or texts by name
    """Return texts in which no unit leaves its number."""
    if isinstance(value, dict):
        return {key: _bound(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_bound(one) for one in value]
    return unbroken(value) if isinstance(value, str) else value


def _layers(lang: Language) -> dict[str, Any]:
    return {
        "layers": tr("Layers", lang),
        "layer": {
            "sure": tr("How sure: colour by the width of the range", lang),
            "cameras": tr("Mapped cameras, with how far they work", lang),
            "zones": tr("Zones along the streets", lang),
            "names": tr("Names of streets and places", lang),
            "ground": tr("Water, parks and railways", lang),
            "brands": tr("Makers of mapped cameras", lang),
        },
        "sure_steps": [
            tr("Range narrower than half of all that is possible", lang),
            tr("Range of half or wider: little is known", lang),
            tr("No data", lang),
        ],
        "camera": tr("Mapped camera", lang),
        "solid": tr("How far it works, direction mapped", lang),
        "dashed": tr("How far it works, direction not mapped: dashed", lang),
        "boundary": tr("Boundary of the city in this estimate", lang),
    }


def _camera(lang: Language) -> dict[str, Any]:
    return {
        "kinds": {
            "fixed": tr("Fixed camera", lang),
            "dome": tr("Dome camera", lang),
            "panning": tr("Panning camera", lang),
            "unknown": tr("Camera of unknown kind", lang),
        },
        "source": tr("Mapped in OpenStreetMap as {id}.", lang),
        "checked": tr("Last checked: {date}.", lang),
        "unchecked": tr("When it was last checked is not known.", lang),
        "brand": tr("Maker: {brand}.", lang),
        "operator": tr("Operator: {operator}.", lang),
        "no_direction": tr("Its direction is not mapped.", lang),
        "works": tr("A camera of this system works up to: {reach}.", lang),
    }


def _table(lang: Language) -> dict[str, Any]:
    return {
        "table": tr("All streets in the order of names", lang),
        "street": tr("Street", lang),
        "length": tr("Length", lang),
        "chance": tr("Chance, lowest to highest along it", lang),
        "next": tr("Next", lang),
        "previous": tr("Previous", lang),
        "rows": tr("{first} to {last} of {n}", lang),
    }


def _figures(lang: Language) -> dict[str, Any]:
    """Return the patterns of figures, as `quantities.quantity_text` writes them.

    The browser puts the numbers in, so no `unbroken` can bind them to their units.
    """
    bound = {
        "under": tr("under {value} %", lang),
        "over": tr("over {value} %", lang),
        "percent": tr("{value} %", lang),
        "km": tr("{value} km", lang),
        "m": tr("{value} m", lang),
    }
    middle = tr("{range} (middle {mid})", lang)
    return {
        **{name: text.replace(" ", _NO_BREAK) for name, text in bound.items()},
        "range": tr("{low} to {high}", lang),
        "middle": middle.replace(" {mid}", _NO_BREAK + "{mid}"),
    }


def _roads(lang: Language) -> list[str]:
    """Return the kind of road of each rank in the geometry."""
    main, side = tr("a main road", lang), tr("a side street", lang)
    path = tr("a walkway, path or service road", lang)
    return [
        main if rank < _FIRST_SIDE_STREET else side if rank < _FIRST_PATH else path
        for rank in range(len(ROADS) + 1)
    ]


def _places(lang: Language) -> dict[str, str]:
    return {
        "police": tr("police", lang),
        "government": tr("government building", lang),
        "station": tr("station", lang),
        "bus_station": tr("bus station", lang),
        "market": tr("market", lang),
        "religious": tr("place of worship", lang),
        "airport": tr("airport", lang),
        "bank": tr("bank", lang),
        "toll": tr("toll station", lang),
        "border": tr("border crossing", lang),
        "gate": tr("gate or checkpoint", lang),
        "school": tr("school", lang),
        "hospital": tr("hospital", lang),
        "shopping": tr("shops", lang),
    }


def name_of_tier(tier: Tier, lang: Language) -> dict[str, Any]:
    """Return what `of_tier` does, without anything of an estimate."""
    blank = dict.fromkeys(_OF_ESTIMATE)
    name = _bound(words.tier_name(tier, lang))
    return {**blank, "id": tier, "name": name, "along": tier in SWITCHED_TIERS}


def of_tier(assessment: Assessment, tier: Tier, lang: Language) -> dict[str, Any]:
    """Return name, legend and figures of a tier."""
    part = assessment.shown_tiers.get(tier)
    ability = trip_words.ability(tier, lang)
    condition = words.tier_condition(tier, lang)
    along = tier in SWITCHED_TIERS
    if along:
        chance = tr(
            "Chance of at least one working camera {ability} anywhere along this street "
            "({length}), {condition}: {chance}.",
            lang,
        )
        chances = tr(
            "Chance of at least one working camera {ability} anywhere along a street, lowest to "
            "highest over the {n} streets of this name ({length}), {condition}: {chance}.",
            lang,
        )
        legend = tr("Chance of a camera {ability} anywhere along a whole street", lang)
    else:
        chance = tr("Chance of a working camera {ability} here: {chance}.", lang)
        chances = tr(
            "Chance of a working camera {ability}, lowest to highest over the {n} pieces of this "
            "street ({length}): {chance}.",
            lang,
        )
        legend = tr("Chance of a camera {ability}, by street", lang)
    street = tr("Chance of a working camera {ability} on this street ({length}): {chance}.", lang)
    legend = legend.format(ability=ability)
    if condition:
        legend = tr("{answer}, {condition}", lang).format(answer=legend, condition=condition)
    share = None
    if part is not None and part.trip.at_least_one.known:
        share = quantities.quantity_text(part.trip.at_least_one, lang)
    shown = {
        "id": tier,
        "name": words.tier_name(tier, lang),
        "legend": legend,
        "chance": _put(chance, ability, condition),
        "chances": _put(chances, ability, condition),
        "chance_street": _put(street, ability, condition),
        "along": along,
        "figure": _figure(assessment, tier, lang),
        "trips": tr("Trips that pass one: {share}", lang).format(share=share) if share else "",
        "share": share,
        "reach": None if part is None else quantities.quantity_text(part.ring_m.outer, lang),
        "reach_m": None if part is None else part.ring_m.outer.mid,
    }
    return {key: _bound(value) for key, value in shown.items()}


def _put(pattern: str, ability: str, condition: str | None) -> str:
    """Return a pattern of figures with what a camera can do, and on what condition."""
    return pattern.replace("{ability}", ability).replace("{condition}", condition or "")


def _figure(assessment: Assessment, tier: Tier, lang: Language) -> str:
    """Return the figure of trips, which the legend repeats; street length where it is not known.

    So a map in its palest step is not taken for the answer.
    """
    if tier not in assessment.shown_tiers:
        return ""
    headline = trip_words.headline(assessment, tier, lang)
    return headline or trip_words.streets_line(assessment.shown_tiers[tier], lang)


def every_tier(assessment: Assessment, lang: Language) -> list[dict[str, Any]]:
    """Return `of_tier` of all tiers, in the order of the classes."""
    return [of_tier(assessment, tier, lang) for tier in TIERS]


def step_text(step: Step, lang: Language) -> str:
    """Return the words of a class, with its numbers: words alone are read in many ways.

    Examples
    --------
    >>> step_text(STEPS[-1], "en")
    'No data'
    """
    low, mid, high = (quantities.share(edge, lang) for edge in EDGES)
    half = quantities.share(WIDE_EDGE, lang)
    named = (
        tr("Unlikely, not ruled out: under {high}", lang).format(high=low),
        tr("Could be: {low} to {high}", lang).format(low=low, high=mid),
        tr("About as likely as not: {low} to {high}", lang).format(low=mid, high=high),
        tr("Probable: {low} or more", lang).format(low=high),
        tr("Very unsure, middle under {high}", lang).format(high=half),
        tr("Very unsure, middle {low} or more", lang).format(low=half),
        tr("No data", lang),
    )
    return unbroken(named[STEPS.index(step)])
