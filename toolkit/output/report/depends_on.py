"""What the figures of a report depend on, in words."""

from __future__ import annotations

from toolkit.assessment.model import Assessment
from toolkit.base.terms import SWITCHED_TIERS, Language
from toolkit.language import quantities, words
from toolkit.language.translate import tr
from toolkit.output import trip_words
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
    count = reported.sentence(quantities.quantity_text(part.count, lang), lang)
    if part.per_km.known:
        dense = tr("Per kilometre of street inside the boundary: {cameras}.", lang)
        count += " " + dense.format(cameras=quantities.quantity_text(part.per_km, lang))
    boundary = tr(
        "Trips and shares depend on where the boundary is drawn; kilometres of street hardly do.",
        lang,
    )
    places = tr(
        "Nobody has published it. The model takes places as more or less probable by kind of road, "
        "junctions and places nearby, and none as impossible.",
        lang,
    )
    cannot = "; ".join(
        f"{words.tier_name(tier, lang)}: "
        + quantities.quantity_text(assessment.shown_tiers[tier].ring_m.empty_share, lang)
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
    seen = assessment.shown_tiers["seen"]
    shares = seen.share_of_length
    if seen.trip.if_all_work is not None:
        working = tr(
            "Cameras that can see you on an ordinary walk: {some}; if every camera worked: "
            "{every}.",
            lang,
        ).format(
            some=trip_words.mean_text(seen.trip.cameras, lang),
            every=trip_words.mean_text(seen.trip.if_all_work.cameras, lang),
        )
        found.append((tr("How many cameras work", lang), (LangText(working, lang),)))
    elif shares.everything_on.known:
        working = tr(
            "Share of the street length where people are seen: {some}; if every camera worked: "
            "{every}.",
            lang,
        ).format(
            some=quantities.quantity_text(shares.expected, lang),
            every=quantities.quantity_text(shares.everything_on, lang),
        )
        found.append((tr("How many cameras work", lang), (LangText(working, lang),)))
    return found
