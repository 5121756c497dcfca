"""One passing of one camera in words, as tables."""

from __future__ import annotations

from toolkit.base.terms import Language
from toolkit.language import quantities, words
from toolkit.language.translate import tr
from toolkit.optics.sheet import Sheet, SheetTable


def passing_table(sheet: Sheet, lang: Language) -> SheetTable:
    """Return what varies from one passing to the next, and the probability of an outage."""
    found = sheet.passing
    rows = [
        (
            tr("Face turned to the camera", lang),
            quantities.quantity_text(found.face_share, lang),
        ),
        (
            tr("Plate of a car turned to the camera", lang),
            quantities.quantity_text(found.car_share, lang),
        ),
        (
            tr("Plate of a motorcycle turned to the camera", lang),
            quantities.quantity_text(found.motorcycle_share, lang),
        ),
    ]
    if found.moment_share is not None:
        rows.append(
            (
                tr("Share of directions in the picture at one moment, wide setting", lang),
                quantities.share(found.moment_share, lang),
            )
        )
    if found.tele_share is not None and found.tele_here_share is not None:
        rows += [
            (
                tr("Share of the time zoomed in", lang),
                quantities.quantity_text(found.tele_share, lang),
            ),
            (
                tr("Share of the time zoomed in on one given place", lang),
                quantities.quantity_text(found.tele_here_share, lang),
            ),
        ]
    rows.append(
        (
            tr("Chance that the whole system of a city is down", lang),
            quantities.quantity_text(sheet.system_down, lang),
        )
    )
    caption = tr(
        "At one passing. None of this is in the figures of a city: those hold for the place and if "
        "the system runs. Directions of faces and vehicles are taken as all alike.",
        lang,
    )
    return SheetTable(caption, (tr("What", lang), tr("Share", lang)), tuple(rows))


def one_passing_table(sheet: Sheet, lang: Language) -> SheetTable:
    """Return how likely one camera catches somebody at one passing, by tier."""
    zooms = any(row.zoomed is not None for row in sheet.passing.tiers)
    head = (tr("What is asked", lang), tr("Of somebody inside the ring", lang))
    rows = tuple(
        (
            words.tier_name(row.tier, lang),
            quantities.quantity_text(row.in_ring, lang),
            *([quantities.quantity_text(row.zoomed, lang)] if row.zoomed is not None else []),
        )
        for row in sheet.passing.tiers
    )
    caption = tr(
        "How likely this camera does it at one passing, if it works and nothing is in between. "
        "None of this is in the figures of a city.",
        lang,
    )
    zoomed = (tr("Of somebody on whom it could zoom in", lang),) if zooms else ()
    return SheetTable(caption, (*head, *zoomed), rows)
