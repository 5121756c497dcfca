"""What follows from a number of cameras, from where they are, and from plans, in words.

The command line uses it, too, so it imports nothing that takes long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.assessment.model import Assessment
from toolkit.base.terms import TIERS, Language
from toolkit.evidence.claim import Claim
from toolkit.language import quantities
from toolkit.language.translate import number, tr


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
    then = tr("If it was built: {cameras}; people are seen along {length} of street.", lang).format(
        cameras=quantities.quantity_text(found.cameras.count, lang),
        length=quantities.quantity_text(found.tiers["seen"].length_km, lang),
    )
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
    """

    head: str
    says: tuple[str, ...]
    effect: str


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
    if counts.planned.count == counts.installed.count:
        effect = tr("No report gives a number for it, so the estimate does not change.", lang)
    else:
        effect = tr("The estimate counts it as if it had been carried out.", lang)
    return Plans(tr("What is planned:", lang), says, effect)


def where(assessment: Assessment, lang: Language) -> list[str]:
    """Return what follows if all cameras are in the centre, and if they are spread."""
    centre, spread = assessment.if_centre, assessment.if_spread
    if centre is None or spread is None:
        return []
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
    radius = number(centre.radius_km or 0.0)
    return [text.format(radius=radius, **shares)]


def per_hundred(assessment: Assessment, lang: Language) -> list[str]:
    """Return the street length that 100 cameras see, where it is proportional to their number."""
    lengths = assessment.per_100_cameras
    if lengths is None:
        return []
    text = tr("Every 100 cameras see people along {length} of street.", lang)
    return [text.format(length=quantities.quantity_text(lengths["seen"], lang))]


def rows(assessment: Assessment, lang: Language) -> list[tuple[str, tuple[str, ...]]]:
    """Return the covered street length for some numbers of cameras, a cell for each tier."""
    return [
        (
            tr("{value} cameras", lang).format(value=number(one.count)),
            tuple(quantities.quantity_text(one.tiers[tier].length_km, lang) for tier in TIERS),
        )
        for one in assessment.if_count
    ]
