"""Tables of a report, shared with the app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment, Case, TierPart
from toolkit.base.terms import TIERS, Allocation, Language, Tier
from toolkit.language import quantities, words
from toolkit.language.translate import number, significant, tr
from toolkit.output import conditions, map_scale

NOT_APPLICABLE: Final = "–"
_EXACT_KM_DECIMALS: Final = 1
_M_PER_KM: Final = 1000.0


@dataclass(frozen=True)
class Table:
    """Table of texts: caption, column heads, and rows of a head and its cells."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def tier_heads(lang: Language) -> tuple[str, ...]:
    """Return the column heads of the tiers, with the condition of each."""
    return tuple(tier_head(tier, lang) for tier in TIERS)


def tier_head(tier: Tier, lang: Language) -> str:
    """Return the name of a tier, with the condition under which its figures hold."""
    condition = words.tier_condition(tier, lang)
    name = words.tier_name(tier, lang)
    return f"{name} ({condition})" if condition else name


def figures_table(assessment: Assessment, lang: Language) -> Table:
    """Return all figures of each tier; for a city without streets those that need no share."""
    heads = {"length_km": tr("Street covered", lang)}
    if all(part.night is not None for part in assessment.tiers.values()):
        heads |= {
            "night.length_km": tr("Street covered at night, in the cameras' own light", lang),
            "night.cameras_able": tr("Cameras that are able to do it at night", lang),
        }
    if assessment.basis == "streets":
        heads |= {
            "share_of_length.realised": tr(
                "Share of the street length that a surveyor would find covered", lang
            ),
            "share_of_length.expected": tr(
                "This share, averaged over all places where the cameras may stand", lang
            ),
            "share_of_length.everything_on": tr("Expected share if every camera works", lang),
            "area_km2.realised": tr(
                "Ground along the streets that a surveyor would find covered", lang
            ),
            "area_km2.expected": tr(
                "This ground, averaged over all places where the cameras may stand", lang
            ),
            "effective_cameras.realised": tr(
                "Cameras that would cover this much if no two overlapped", lang
            ),
            "effective_cameras.expected": tr(
                "This number, averaged over all places where the cameras may stand", lang
            ),
            "unknown_share": tr("Street length for which nothing can be said", lang),
        }
    heads |= {
        "cameras_able": tr("Cameras that are able to do it somewhere", lang),
        "ring_m.empty_share": tr("Share of the cameras that cannot do it at any distance", lang),
        "ring_m.inner": tr("Where one camera can do it: from this distance", lang),
        "ring_m.outer": tr("… up to this distance", lang),
        "threshold_px_m": tr("Picture needed", lang),
        "switched_on": tr("How likely it is that the software is in use", lang),
    }
    rows = tuple(
        (head, tuple(_figure(assessment.shown_tiers[tier], path, lang) for tier in TIERS))
        for path, head in heads.items()
    )
    caption = ranges_caption(lang)
    if assessment.if_built is not None:
        caption = tr("If it was built: {answer}", lang).format(answer=caption)
    return Table(caption, (tr("Figure", lang), *tier_heads(lang)), rows)


def _figure(part: TierPart, path: str, lang: Language) -> str:
    """Return a figure of a tier in words, by the dotted path of its attribute."""
    value = attrgetter(path)(part)
    if path == "threshold_px_m":
        return tr("{value} pixels per metre", lang).format(value=f"{value:g}")
    if value is None:
        return NOT_APPLICABLE
    if path == "unknown_share":
        return quantities.share(value, lang)
    return quantities.quantity_text(value, lang)


def ranges_caption(lang: Language) -> str:
    """Return how the ranges of a table are to be read."""
    return tr(
        "Ranges hold with 90 % probability if the assumptions do; the middle is in brackets.", lang
    )


def numbers_table(assessment: Assessment, lang: Language) -> Table | None:
    """Return the covered street length for some numbers of cameras; None where it is known."""
    rows = conditions.rows(assessment, lang)
    if not rows:
        return None
    listed = tr(
        "Street length covered if that is the number. No number is more likely for being listed.",
        lang,
    )
    head = (tr("If there are", lang), *tier_heads(lang))
    return Table(f"{listed} {ranges_caption(lang)}", head, tuple(rows))


def cases_table(assessment: Assessment, lang: Language) -> Table | None:
    """Return the share of streets in each named case; None for a city without cases."""
    first = assessment.shown_tiers[TIERS[0]].cases
    if not first:
        return None
    rows = []
    for index, case in enumerate(first):
        shares = tuple(
            quantities.quantity_text(
                assessment.shown_tiers[tier].cases[index].share_of_length, lang
            )
            for tier in TIERS
        )
        length = quantities.quantity_text(case.length_km, lang)
        rows.append((_case_name(case.radius_km, case.allocation, lang), (length, *shares)))
    caption = cases_caption(first, lang)
    head = (tr("Case", lang), tr("Streets in the area", lang), *tier_heads(lang))
    return Table(caption, head, tuple(rows))


def cases_caption(cases: Sequence[Case], lang: Language) -> str:
    """Return of which streets the shares in a table of cases are."""
    if any(case.radius_km is None for case in cases):
        return tr(
            "Share of the street length inside the boundary, for each case. Which case holds is "
            "not known.",
            lang,
        )
    return tr(
        "Share of the street length inside a circle around the middle of the city, for each case. "
        "Which case holds is not known.",
        lang,
    )


def _case_name(radius_km: float | None, allocation: Allocation, lang: Language) -> str:
    """Return what a case assumes."""
    if radius_km is None:
        inside = {
            "core": tr("All cameras inside the boundary", lang),
            "township": tr("Cameras spread over the whole township", lang),
        }
        return inside[allocation]
    texts = {
        "core": tr("Within {radius} of the middle, all cameras in there", lang),
        "township": tr("Within {radius} of the middle, cameras spread over the township", lang),
    }
    radius = tr("{value} km", lang).format(value=f"{radius_km:g}")
    return texts[allocation].format(radius=radius)


def classes_table(layers: Layers, lang: Language) -> Table:
    """Return the street length of each step of the map's scale, and the total."""
    by_tier = [
        {step: m / _M_PER_KM for step, m in map_scale.lengths_m(layers.streets, tier).items()}
        for tier in TIERS
    ]
    totals = [sum(lengths.values()) for lengths in by_tier]
    rows = [
        (
            map_scale.step_name(step, lang),
            tuple(
                _length(lengths[step], total, lang)
                for lengths, total in zip(by_tier, totals, strict=True)
            ),
        )
        for step in map_scale.STEPS
    ]
    rows.append((tr("All streets", lang), tuple(_length(t, t, lang) for t in totals)))
    caption = tr("Street length in each class: the same as the maps show, in figures.", lang)
    return Table(caption, (tr("Class", lang), *tier_heads(lang)), tuple(rows))


def _length(length_km: float, total_km: float, lang: Language) -> str:
    """Return a length with its share of the total; nothing is written as "none", not as 0."""
    if length_km == 0.0:
        return tr("none", lang)
    digits = number(length_km, decimals=_EXACT_KM_DECIMALS)
    if length_km < 10.0**-_EXACT_KM_DECIMALS:
        digits = tr("under {value}", lang).format(value=significant(0.1, 1))
    km = tr("{value} km", lang).format(value=digits)
    return f"{km} ({quantities.share(length_km / total_km, lang)})"


def provenance_table(assessment: Assessment, lang: Language) -> Table:
    """Return what a second run needs to reproduce the figures."""
    inputs, assumptions = assessment.inputs, assessment.assumptions
    changed = ", ".join(f"{key} = {value:g}" for key, value in sorted(assumptions.changed.items()))
    rows = [
        (tr("Assumption set", lang), assumptions.name),
        (tr("Changed by the user", lang), changed or tr("nothing", lang)),
        (tr("Hash of the assumptions", lang), assumptions.sha256),
        (tr("Hash of the evidence", lang), inputs.evidence_sha256),
        (tr("Hash of the streets", lang), inputs.pack_sha256 or tr("no streets", lang)),
        (tr("Hash of the siting model", lang), inputs.siting_sha256),
        (tr("Seed", lang), str(assessment.seed)),
        (tr("Version of the toolkit", lang), assessment.tool),
        (tr("Form of the figures", lang), assessment.schema_),
    ]
    return Table(
        tr("With these the same figures come out again.", lang),
        (tr("Input", lang), tr("Value", lang)),
        tuple((head, (value,)) for head, value in rows),
    )
