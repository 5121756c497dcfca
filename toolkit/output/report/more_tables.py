"""Tables of zones, and of what is mapped and what is not."""

from __future__ import annotations

from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment
from toolkit.base.terms import EXPOSURE_CLASSES, TIERS, ExposureClass, Language, Tier
from toolkit.language import quantities, words
from toolkit.language.translate import number, significant, tr
from toolkit.output import exports
from toolkit.output.report.tables import NOT_APPLICABLE, Table, tier_heads

_LEAST_KM2 = 0.01
_M2_PER_KM2 = 1e6


def zones_table(layers: Layers, lang: Language) -> Table:
    """Return the ground along the streets in each class, by tier."""
    zones = exports.zones_of(layers)
    area_m2 = zones.groupby(["tier", "exposure_class"], observed=True)["area_m2"].sum()

    def cell(tier: Tier, cls: ExposureClass) -> str:
        return _area(float(area_m2.get((tier, cls), 0.0)) / _M2_PER_KM2, lang)

    rows = tuple(
        (words.class_name(cls, lang), tuple(cell(tier, cls) for tier in TIERS))
        for cls in EXPOSURE_CLASSES
    )
    caption = tr(
        "Ground along the streets by class: polygons that do not overlap, as in the GeoPackage.",
        lang,
    )
    return Table(caption, (tr("Class", lang), *tier_heads(lang)), rows)


def _area(area_km2: float, lang: Language) -> str:
    if area_km2 == 0.0:
        return tr("none", lang)
    digits = number(area_km2, decimals=2)
    if area_km2 < _LEAST_KM2:
        digits = tr("under {value}", lang).format(value=significant(_LEAST_KM2, 1))
    return tr("{value} km²", lang).format(value=digits)


def mapped_table(assessment: Assessment, lang: Language) -> Table:
    """Return how many cameras volunteers have mapped, and how many are assumed."""
    part = assessment.counted
    share = quantities.quantity_text(part.completeness, lang)
    rows = (
        (
            tr("Mapped by volunteers, of the reported system", lang),
            number(part.mapped) if assessment.mapped.known else NOT_APPLICABLE,
        ),
        (
            tr("Assumed in all", lang),
            quantities.quantity_text(part.count, lang) if part.count.known else NOT_APPLICABLE,
        ),
        (tr("Mapped, as a share of these", lang), share),
    )
    caption = tr("A street without a mapped camera may still be watched.", lang)
    return Table(
        caption,
        (tr("Cameras", lang), tr("Number", lang)),
        tuple((head, (cell,)) for head, cell in rows),
    )
