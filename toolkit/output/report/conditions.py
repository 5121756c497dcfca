"""What follows from a number of cameras, or from where they are, in words and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.assessment.model import Assessment, ShortTier
from toolkit.base.terms import TIERS, Language, Tier
from toolkit.evidence.claim import Claim
from toolkit.language import words
from toolkit.language.translate import number, tr
from toolkit.output.report.reported import LangText, data_text
from toolkit.output.report.tables import Table, ranges_caption, tier_heads


def sentences(assessment: Assessment, lang: Language) -> list[str]:
    """Return the conditional answers that fit a sentence, the most basic first."""
    return [*if_built(assessment, lang), *where(assessment, lang), *per_hundred(assessment, lang)]


def if_built(assessment: Assessment, lang: Language) -> list[str]:
    """Return how likely nothing is installed, whose judgement that is, and what follows if not."""
    found = assessment.if_built
    if found is None:
        return []
    chance = tr(
        "No camera is reported as installed: only talks, a tender or a plan. The chance that "
        "nothing is installed is {chance}. Nobody reports that chance; it is a judgement, held in "
        "the assumption {key}.",
        lang,
    ).format(
        chance=words.quantity_text(found.nothing_installed, lang),
        key=found.assumption,
    )
    then = tr("If it was built: {cameras}; people are seen along {length} of street.", lang).format(
        cameras=words.quantity_text(found.cameras.count, lang),
        length=words.quantity_text(found.tiers["seen"].length_km, lang),
    )
    return [chance, then]


def planned(assessment: Assessment, claims: Sequence[Claim], lang: Language) -> list[LangText]:
    """Return what is planned, and whether it changes the estimate; none for installed cameras.

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
        return []
    counts = assessment.cameras
    says = {claim.id: claim.says for claim in claims if claim.status != "installed"}
    found = [data_text(says[name]) for name in counts.planned.claims if name in says]
    if not found:
        text = tr("No plan for more cameras is reported, so the estimate does not change.", lang)
        return [LangText(text, lang)]
    if counts.planned.count == counts.installed.count:
        last = tr("No report gives a number for it, so the estimate does not change.", lang)
    else:
        last = tr("The estimate counts it as if it had been carried out.", lang)
    return [LangText(tr("What is planned:", lang), lang), *found, LangText(last, lang)]


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
        name: words.quantity_text(one.tiers["seen"].share_of_length, lang)
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
    return [text.format(length=words.quantity_text(lengths["seen"], lang))]


def table(assessment: Assessment, lang: Language) -> Table | None:
    """Return the covered street length for some numbers of cameras; None without conditions."""
    rows: list[tuple[str, Mapping[Tier, ShortTier]]] = [
        (_cameras(one.count, lang), one.tiers) for one in assessment.if_count
    ]
    if not rows:
        return None
    caption = " ".join(
        (
            tr("Street length covered if that is the number. No number is more likely for being "
               "listed.", lang),
            ranges_caption(lang),
        )
    )  # fmt: skip
    head = (tr("If there are", lang), *tier_heads(lang))
    cells = [
        (name, tuple(words.quantity_text(tiers[tier].length_km, lang) for tier in TIERS))
        for name, tiers in rows
    ]
    return Table(caption, head, tuple(cells))


def _cameras(count: int, lang: Language) -> str:
    return tr("{value} cameras", lang).format(value=number(count))
