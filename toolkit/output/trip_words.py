"""What a person meets on an ordinary trip, in words: the first thing said of every tier.

A share of street length says nearly nothing about cameras that match faces or read plates, which
work at points. The command line uses it, too, so it imports nothing that takes long.
"""

from __future__ import annotations

from toolkit.assessment.model import Assessment, ShortTrip, TierPart, Trip
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, Language, Mode, Tier
from toolkit.language import frequencies, quantities, words
from toolkit.language.frequencies import first_upper, of_people, of_trips
from toolkit.language.translate import number, significant, tr

_LEAST_COUNT = 2
"""Mean numbers of cameras that round to less are said as a share of trips only."""
_LEAST_UNKNOWN = 0.01
"""Shares of the way without an answer from which on they are said."""
_LEAST_KM = 0.1


def headline(assessment: Assessment, tier: Tier, lang: Language) -> str:
    """Return what somebody meets on an ordinary trip; empty if it is not known.

    Parameters
    ----------
    assessment
        The assessment.
    tier
        Tier that is asked for.
    lang
        Language.

    Returns
    -------
    str
        A mean number of cameras or, where that is small, the share of trips that pass one.
    """
    trip = assessment.shown_tiers[tier].trip
    if not trip.at_least_one.known:
        return ""
    if assessment.basis == "streets":
        where = tr("inside this boundary", lang)
    else:
        where = tr("in the part of the city with the cameras", lang)
    counted = led_by_count(trip)
    text = _counted(trip, where, lang) if counted else _share(trip, where, lang)
    condition = words.tier_condition(tier, lang)
    text = text.format(ability=ability(tier, lang))
    if condition:
        text = tr("{answer}, {condition}", lang).format(answer=text, condition=condition)
    text = first_upper(tr("{start}.", lang).format(start=text))
    if assessment.if_built is None:
        return text
    return tr("If it was built: {answer}", lang).format(answer=text)


def sentences(assessment: Assessment, tier: Tier, lang: Language) -> list[str]:
    """Return all that is said of ordinary trips for one tier, the headline first.

    Where trips are not known, the reason is said instead, and for faces and plates that street
    length is a poor measure.
    """
    part = assessment.shown_tiers[tier]
    trip = part.trip
    if not trip.at_least_one.known:
        why = tr("What an ordinary trip passes is not known: {why}", lang)
        reason = why.format(why=tr(str(trip.at_least_one.why), lang))
        return [*point_note(tier, lang), reason]
    found = [headline(assessment, tier, lang)]
    if led_by_count(trip):
        found.append(_spread(trip, lang))
    found += [*point_note(tier, lang), *_unknown(trip, lang), week(trip, lang)]
    return [*found, *points(part, tier, lang)]


def each_once(assessment: Assessment, lang: Language) -> dict[Tier, list[str]]:
    """Return `sentences` of all tiers, without those that an earlier tier has said."""
    said: set[str] = set()
    found: dict[Tier, list[str]] = {}
    for tier in TIERS:
        found[tier] = [text for text in sentences(assessment, tier, lang) if text not in said]
        said.update(found[tier])
    return found


def ability(tier: Tier, lang: Language) -> str:
    """Return what a camera can do, as a clause after the word camera.

    Examples
    --------
    >>> ability("plate", "en")
    'that could read your number plate'
    """
    clauses = {
        "seen": tr("that can see you", lang),
        "recognised": tr("on which people who know you could recognise you", lang),
        "identified": tr("from which a stranger could find out who you are", lang),
        "face": tr("that could match your face", lang),
        "plate": tr("that could read your number plate", lang),
    }
    return clauses[tier]


def share_of_trips(trip: Trip | ShortTrip, lang: Language) -> str:
    """Return the share of trips that pass at least one camera, as part of a sentence."""
    return of_trips(trip.at_least_one, _trips(trip.mode, lang), lang)


def at_night(part: TierPart, lang: Language) -> str:
    """Return the share of trips that pass at least one at night; empty if it is not known."""
    if part.night is None or not part.night.trip.at_least_one.known:
        return ""
    return tr("{trips} pass at least one", lang).format(trips=share_of_trips(part.night.trip, lang))


def mean_text(cameras: Quantity, lang: Language) -> str:
    """Return a mean number of cameras in words, which may be less than one.

    Examples
    --------
    >>> mean_text(Quantity.of(0.02, 0.37, 1.7, "cameras"), "en")
    'under 0.1 to 1.7 cameras (middle 0.37)'
    """
    per_trip = cameras.model_copy(update={"unit": "cameras/trip"}) if cameras.known else cameras
    return quantities.quantity_text(per_trip, lang)


def week(trip: Trip, lang: Language) -> str:
    """Return how many people pass at least one in a week of trips."""
    text = (
        tr(
            "In a week of walks to five places and back, {five} pass at least one; on one walk "
            "there and back every day, {one}: the same cameras are there each day.",
            lang,
        )
        if trip.mode == "foot"
        else tr(
            "In a week of rides to five places and back, {five} pass at least one; on one ride "
            "there and back every day, {one}: the same cameras are there each day.",
            lang,
        )
    )
    return text.format(
        five=of_people(trip.week_five_destinations, lang), one=of_people(trip.week_commuter, lang)
    )


def points(part: TierPart, tier: Tier, lang: Language) -> list[str]:
    """Return the number of places that match faces or read plates; nothing for other tiers."""
    texts = {
        "face": tr("Places with a working camera that could match faces: {places}.", lang),
        "plate": tr("Places with a working camera that could read number plates: {places}.", lang),
    }
    if tier not in texts or not part.capture_points.known:
        return []
    low, mid, high = frequencies.whole(part.capture_points)
    high = max(high, 1)
    if mid == 0:
        shown = tr("perhaps none, up to {high}", lang)
    elif low == 0:
        shown = tr("about {mid} (perhaps none, up to {high})", lang)
    elif low == high:
        shown = "{mid}"
    else:
        shown = tr("about {mid} ({low} to {high})", lang)
    places = shown.format(low=number(low), mid=number(mid), high=number(high))
    return [texts[tier].format(places=places)]


def point_note(tier: Tier, lang: Language) -> list[str]:
    """Return why street length says little of faces and plates; nothing for other tiers."""
    notes = {
        "face": tr(
            "Faces are matched on short stretches of street: little street length does not mean "
            "that few people are matched.",
            lang,
        ),
        "plate": tr(
            "A plate reader is a point that can read every plate that passes it: little street "
            "length does not mean that few are read. Many motorcycles carry no plate; whether "
            "front or rear plates are read is an assumption.",
            lang,
        ),
    }
    return [notes[tier]] if tier in notes else []


def streets_line(part: TierPart, lang: Language) -> str:
    """Return the covered street length, and its share where that is known, as a sentence."""
    length = quantities.quantity_text(part.length_km, lang)
    share = part.share_of_length.realised
    if not share.known:
        return tr("In kilometres: {length} of street.", lang).format(length=length)
    return tr("Of the streets: {length}, that is {share} of the street length.", lang).format(
        length=length, share=quantities.quantity_text(share, lang)
    )


def modes_note(lang: Language) -> str:
    """Return by which mode the trips in a table are."""
    return tr("Trips are on foot, those of number plates by motorcycle.", lang)


def known(assessment: Assessment) -> bool:
    """Return whether trips are known for some tier."""
    return any(part.trip.at_least_one.known for part in assessment.shown_tiers.values())


def _trips(mode: Mode, lang: Language) -> str:
    return tr("{n} walks", lang) if mode == "foot" else tr("{n} rides", lang)


def led_by_count(trip: Trip) -> bool:
    """Return whether a trip is told by a number of cameras, not by the share that passes one."""
    return frequencies.whole(trip.cameras)[1] >= _LEAST_COUNT


def _counted(trip: Trip, where: str, lang: Language) -> str:
    """Return the mean number of cameras as a sentence with a place for what they can do."""
    low, mid, high = frequencies.whole(trip.cameras)
    if trip.mode == "foot":
        text = tr(
            "on an ordinary walk of about {length} {where} you pass about {mid} cameras of the "
            "reported system {ability} ({span})",
            lang,
        )
    else:
        text = tr(
            "on an ordinary motorcycle ride of about {length} {where} you pass about {mid} cameras "
            "of the reported system {ability} ({span})",
            lang,
        )
    span = (
        tr("could be {low} to {high}", lang)
        if low
        else tr("could be up to {high}, or fewer than 1", lang)
    )
    return text.format(
        where=where,
        length=_length(trip, lang),
        mid=number(mid),
        span=span.format(low=number(low), high=number(high)),
        ability="{ability}",
    )


def _share(trip: Trip, where: str, lang: Language) -> str:
    """Return the share of trips as a sentence with a place for what a camera can do."""
    if trip.mode == "foot":
        trips = tr("{n} ordinary walks of about {length} {where}", lang)
    else:
        trips = tr("{n} ordinary motorcycle rides of about {length} {where}", lang)
    trips = trips.format(n="{n}", where=where, length=_length(trip, lang))
    text = tr("{trips} pass a camera of the reported system {ability}", lang)
    return text.format(trips=of_trips(trip.at_least_one, trips, lang), ability="{ability}")


def _spread(trip: Trip, lang: Language) -> str:
    """Return the share of trips that pass at least one, and how much trips differ."""
    text = tr("{trips} pass at least one.", lang).format(trips=share_of_trips(trip, lang))
    many = frequencies.whole(trip.cameras_1_in_20)[1]
    if many:
        differ = (
            tr("Walks differ: 1 in 20 passes more than {many}.", lang)
            if trip.mode == "foot"
            else tr("Rides differ: 1 in 20 passes more than {many}.", lang)
        )
        text = f"{text} {differ.format(many=number(many))}"
    return first_upper(text)


def _unknown(trip: Trip, lang: Language) -> list[str]:
    """Return how much of the way has no answer, where it is worth a sentence."""
    if trip.unknown_share is None or trip.unknown_share < _LEAST_UNKNOWN:
        return []
    text = tr(
        "About {share} of the way lies underground or outside the boundary: nothing is known "
        "there.",
        lang,
    )
    return [text.format(share=quantities.share(trip.unknown_share, lang))]


def _length(trip: Trip, lang: Language) -> str:
    """Return the length of the middle trip, such as ``0.8 km``."""
    length_km = trip.length_km.mid or 0.0
    if length_km < _LEAST_KM:
        shown = significant(max(length_km, 0.01), 1)
    else:
        shown = f"{length_km:.1f}".removesuffix(".0")
    return tr("{value} km", lang).format(value=shown)
