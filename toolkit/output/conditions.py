"""What follows from a number of cameras, from where they are, and from plans, in words.

The command line uses it, too, so it imports nothing that takes long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.assessment.model import Assessment, IfCount, IfWhere, ShortTrip
from toolkit.base.terms import TIERS, Allocation, Language, Tier
from toolkit.evidence.claim import Claim
from toolkit.language import quantities
from toolkit.language.frequencies import common_base, first_upper, of_trips
from toolkit.language.translate import number, tr
from toolkit.output import trip_words


def if_built(assessment: Assessment, lang: Language) -> list[str]:
    """Return how likely nothing is installed, whose judgement that is, and what follows if not."""
    found = assessment.if_built
    if found is None:
        return []
    chance = tr(
        "No camera is reported as installed: only talks, a tender or a plan. The chance that "
        "nothing is installed is {chance}. Nobody reports that chance: it is our own judgement, "
        "the assumption {key}.",
        lang,
    ).format(
        chance=quantities.quantity_text(found.nothing_installed, lang),
        key=found.assumption,
    )
    cameras = quantities.quantity_text(found.cameras.count, lang)
    seen = found.tiers["seen"]
    if seen.trip.at_least_one.known:
        then = tr("If it was built: {cameras}; {trips} pass one {ability}.", lang).format(
            cameras=cameras,
            trips=trip_words.share_of_trips(seen.trip, lang),
            ability=trip_words.ability("seen", lang),
        )
    else:
        then = tr("If it was built: {cameras}; people are seen along {length} of street.", lang)
        length = quantities.quantity_text(seen.length_km, lang)
        then = then.format(cameras=cameras, length=length)
    return [chance, then]


@dataclass(frozen=True)
class Plans:
    """What is planned, and whether it changes the estimate.

    Attributes
    ----------
    head
        Sentence before the plans; empty without any.
    says
        What each claim says, in its own words.
    effect
        Sentence on what they change.
    changes
        Whether they change the estimate.
    """

    head: str
    says: tuple[str, ...]
    effect: str
    changes: bool = False


def planned(assessment: Assessment, claims: Sequence[Claim], lang: Language) -> Plans | None:
    """Return what is planned; None where installed cameras are asked for.

    Parameters
    ----------
    assessment
        The assessment.
    claims
        All claims about the city.
    lang
        Language.
    """
    if assessment.status != "planned":
        return None
    counts = assessment.cameras
    known = {claim.id: claim.says for claim in claims if claim.status != "installed"}
    says = tuple(known[name] for name in counts.planned.claims if name in known)
    if not says:
        text = tr("No plan for more cameras is reported, so the estimate does not change.", lang)
        return Plans("", (), text)
    changes = counts.planned.count != counts.installed.count
    if not changes:
        effect = tr("No report gives a number for it, so the estimate does not change.", lang)
    else:
        effect = tr("The estimate counts it as if it had been carried out.", lang)
    return Plans(tr("What is planned:", lang), says, effect, changes)


def short(plans: Plans, lang: Language) -> str:
    """Return in one sentence what plans change, without what each report says."""
    if plans.changes:
        return tr("Planned cameras count as if built.", lang)
    if plans.says:
        return tr("More are planned, but no report gives a number: nothing changes.", lang)
    return tr("No plan for more is reported: nothing changes.", lang)


def where(
    assessment: Assessment, lang: Language, tiers: Sequence[Tier] = ("seen", "face", "plate")
) -> list[str]:
    """Return what follows if all cameras are in the centre, and if they are spread.

    Parameters
    ----------
    assessment
        The assessment.
    lang
        Language.
    tiers
        Tiers for which it is said, each in a sentence; street length where trips are not known
        is said of people seen only.
    """
    centre, spread = assessment.if_centre, assessment.if_spread
    if centre is None or spread is None:
        return []
    found = []
    for tier in tiers:
        if all(one.tiers[tier].trip.at_least_one.known for one in (centre, spread)):
            found.append(_where_on_trips(centre, spread, tier, lang))
        elif tier == "seen":
            found.append(_where_on_streets(centre, spread, lang))
    return found


def _where_on_trips(centre: IfWhere, spread: IfWhere, tier: Tier, lang: Language) -> str:
    if centre.radius_km is None:
        text = tr(
            "If the cameras are all inside the boundary, {centre} pass one {ability}; if they are "
            "spread across the township, {spread}. We do not know which.",
            lang,
        )
    else:
        text = tr(
            "If the cameras are all in the centre, within {radius} km, {centre} pass one "
            "{ability}; if they are spread across the township, {spread}. We do not know which.",
            lang,
        )
    in_centre, in_spread = centre.tiers[tier].trip, spread.tiers[tier].trip
    there = _trips_there(in_centre, lang)
    base = common_base((in_centre.at_least_one, in_spread.at_least_one))
    return text.format(
        radius=number(centre.radius_km or 0.0),
        centre=of_trips(in_centre.at_least_one, there, lang, base=base),
        spread=of_trips(in_spread.at_least_one, there, lang, base=base),
        ability=trip_words.ability(tier, lang),
    )


def _where_on_streets(centre: IfWhere, spread: IfWhere, lang: Language) -> str:
    if centre.radius_km is None:
        text = tr(
            "If the cameras are all inside the boundary, they see people on {centre} of its "
            "streets. If they are spread across the township, on {spread}. We do not know which.",
            lang,
        )
    else:
        text = tr(
            "If the cameras are all in the centre, within {radius} km, they see people on {centre} "
            "of its streets. If they are spread across the township, on {spread}. We do not know "
            "which.",
            lang,
        )
    shares = {
        name: quantities.quantity_text(one.tiers["seen"].share_of_length, lang)
        for name, one in (("centre", centre), ("spread", spread))
    }
    return text.format(radius=number(centre.radius_km or 0.0), **shares)


def case_name(case: IfWhere, lang: Language, count: int | None = None) -> str:
    """Return where the cameras are in one case, and how many if that is part of the case."""
    if case.radius_km is None:
        if count is None:
            return tr("If they are spread across the township:", lang)
        text = tr("If there are {count} cameras, spread across the township:", lang)
        return text.format(count=number(count))
    if count is None:
        text = tr("If all are within {radius} km of the middle:", lang)
        return text.format(radius=number(case.radius_km))
    text = tr("If there are {count} cameras, all within {radius} km of the middle:", lang)
    return text.format(count=number(count), radius=number(case.radius_km))


def case_on_streets(where: Allocation | None, count: int | None, lang: Language) -> str:
    """Return where the cameras are and how many there are in one case of a city with streets.

    Parameters
    ----------
    where
        Where they are; None if that is not part of the case.
    count
        How many there are; None if that is not part of the case.
    lang
        Language.
    """
    texts = {
        ("core", False): tr("If all are inside the boundary:", lang),
        ("core", True): tr("If there are {count} cameras, all inside the boundary:", lang),
        ("township", False): tr("If they are spread across the township:", lang),
        ("township", True): tr("If there are {count} cameras, spread across the township:", lang),
        (None, True): tr("If there are {count} cameras:", lang),
    }
    return texts[where, count is not None].format(count=number(count or 0))


def case_answer(case: IfWhere, tier: Tier, lang: Language) -> str:
    """Return what somebody meets in one case, as a sentence."""
    short = case.tiers[tier]
    if not short.trip.at_least_one.known:
        share = quantities.quantity_text(short.share_of_length, lang)
        text = tr("People are seen on {share} of the streets there.", lang)
        return text.format(share=share)
    text = tr("{trips} pass one {ability}.", lang)
    trips = of_trips(short.trip.at_least_one, _trips_there(short.trip, lang), lang)
    return first_upper(text.format(trips=trips, ability=trip_words.ability(tier, lang)))


def case_trips(case: IfWhere, tier: Tier, lang: Language, beside: Sequence[IfWhere] = ()) -> str:
    """Return `case_answer` in few words, where the question is in sight.

    It is out of as many trips as the cases that stand beside it.
    """
    trip = case.tiers[tier].trip
    if not trip.at_least_one.known:
        return case_answer(case, tier, lang)
    shown = (one.tiers[tier].trip.at_least_one for one in (case, *beside))
    base = common_base(share for share in shown if share.known)
    trips = of_trips(trip.at_least_one, _trips_there(trip, lang), lang, base=base)
    return first_upper(tr("{trips} pass one.", lang).format(trips=trips))


def _trips_there(trip: ShortTrip, lang: Language) -> str:
    return tr("{n} walks there", lang) if trip.mode == "foot" else tr("{n} rides there", lang)


def per_hundred(assessment: Assessment, lang: Language) -> list[str]:
    """Return the street length that 100 cameras see, where it is proportional to their number."""
    lengths = assessment.per_100_cameras
    if lengths is None:
        return []
    text = tr("Every 100 cameras see people along {length} of street.", lang)
    return [text.format(length=quantities.quantity_text(lengths["seen"], lang))]


def rows_head(assessment: Assessment, lang: Language) -> str:
    """Return what the cells of `rows` are."""
    tiers = [part for one in assessment.if_count for part in one.tiers.values()]
    if any(part.trip.at_least_one.known for part in tiers):
        return tr("Ordinary trips that pass at least one, and street length covered", lang)
    return tr("Street length covered", lang)


def rows(assessment: Assessment, lang: Language) -> list[tuple[str, tuple[str, ...]]]:
    """Return what follows from some numbers of cameras, a cell for each tier.

    A cell is the share of trips that pass at least one, if known, and the covered street length.
    """
    return [
        (
            tr("{value} cameras", lang).format(value=number(one.count)),
            tuple(_cell(one, tier, lang) for tier in TIERS),
        )
        for one in assessment.if_count
    ]


def _cell(one: IfCount, tier: Tier, lang: Language) -> str:
    found = one.tiers[tier]
    length = quantities.quantity_text(found.length_km, lang)
    if not found.trip.at_least_one.known:
        return length
    return tr("{share} of trips, {length}", lang).format(
        share=quantities.quantity_text(found.trip.at_least_one, lang), length=length
    )
