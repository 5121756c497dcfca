"""What the figures of a report depend on, in words."""

from __future__ import annotations

from toolkit.assessment.model import Assessment
from toolkit.base.terms import SWITCHED_TIERS, Language
from toolkit.language import words
from toolkit.language.translate import tr
from toolkit.output.report import reported
from toolkit.output.report.reported import LangText


def dependencies(assessment: Assessment, lang: Language) -> list[tuple[str, tuple[LangText, ...]]]:
    """Return what moves the figures most, each with what is assumed about it.

    Parameters
    ----------
    assessment
        The assessment.
    lang
        Language.

    Returns
    -------
    list
        Headings, each with its sentences.
    """
    part = assessment.counted
    count = reported.sentence(words.quantity_text(part.count, lang), lang)
    if part.per_km.known:
        dense = tr("Per kilometre of street inside the boundary: {cameras}.", lang)
        count += " " + dense.format(cameras=words.quantity_text(part.per_km, lang))
    boundary = tr(
        "Shares depend on where the boundary is drawn; kilometres of street hardly do.", lang
    )
    places = tr(
        "Nobody has published it. The model takes places as more or less probable by kind of road, "
        "junctions and places nearby, and none as impossible.",
        lang,
    )
    cannot = "; ".join(
        f"{words.tier_name(tier, lang)}: "
        + words.quantity_text(assessment.shown_tiers[tier].ring_m.empty_share, lang)
        for tier in SWITCHED_TIERS
    )
    able = tr(
        "Lens, height and direction of each camera are not known; a mix of types is assumed. Share "
        "that cannot do it at any distance: {listed}.",
        lang,
    ).format(listed=cannot)
    switched = tr(
        "Figures on faces and number plates hold if it is on. How likely that is stands beside "
        "them and is not part of them.",
        lang,
    )
    found = [
        (
            tr("How many cameras there are", lang),
            (LangText(count, lang), reported.translated(part.rule, lang)),
        ),
        (
            tr("What is meant by the city", lang),
            (reported.translated(assessment.city.boundary.note, lang), LangText(boundary, lang)),
        ),
        (tr("Where the cameras stand", lang), (LangText(places, lang),)),
        (tr("What the cameras can do", lang), (LangText(able, lang),)),
        (tr("Whether the software is switched on", lang), (LangText(switched, lang),)),
    ]
    shares = assessment.shown_tiers["seen"].share_of_length
    if shares.everything_on.known:
        working = tr(
            "Share of the street length where people are seen: {some}; if every camera worked: "
            "{every}.",
            lang,
        ).format(
            some=words.quantity_text(shares.expected, lang),
            every=words.quantity_text(shares.everything_on, lang),
        )
        found.append((tr("How many cameras work", lang), (LangText(working, lang),)))
    return found
