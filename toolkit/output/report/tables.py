"""The tables of a report: figures of an assessment, written out and not computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment, Case, TierPart
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, Allocation, Tier
from toolkit.language import words as labels
from toolkit.language.translate import Language, number, significant, tr
from toolkit.output import map_scale
from toolkit.output.report import map_svg

_NOT_APPLICABLE = "–"
_EXACT_KM_DECIMALS = 1


@dataclass(frozen=True)
class Table:
    """A table as it is shown: a caption, heads of the columns, and rows that begin with a head."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def tier_heads(lang: Language) -> tuple[str, ...]:
    """Return the heads of the columns of tiers, with the condition of each."""
    return tuple(tier_head(tier, lang) for tier in TIERS)


def tier_head(tier: Tier, lang: Language) -> str:
    """Return the name of a tier, with the condition under which its figures hold."""
    condition = labels.tier_condition(tier, lang)
    name = labels.tier_name(tier, lang)
    return f"{name} ({condition})" if condition else name


def figures_table(assessment: Assessment, lang: Language) -> Table:
    """Return all figures of each tier; for a city without streets those that need no share."""
    streets = assessment.basis == "streets"

    def row(head: str, value: Callable[[TierPart], str]) -> tuple[str, tuple[str, ...]]:
        return head, tuple(value(assessment.tiers[tier]) for tier in TIERS)

    def words(quantity: Quantity) -> str:
        return labels.quantity_text(quantity, lang)

    rows = [row(tr("Street covered", lang), lambda part: words(part.length_km))]
    if streets:
        rows += [
            row(
                tr("Share of the street length that a surveyor would find covered", lang),
                lambda part: words(part.share_of_length.realised),
            ),
            row(
                tr("This share, averaged over all places where the cameras may stand", lang),
                lambda part: words(part.share_of_length.expected),
            ),
            row(
                tr("Expected share if every camera works", lang),
                lambda part: words(part.share_of_length.everything_on),
            ),
            row(
                tr("Ground along the streets that a surveyor would find covered", lang),
                lambda part: words(part.area_km2.realised),
            ),
            row(
                tr("This ground, averaged over all places where the cameras may stand", lang),
                lambda part: words(part.area_km2.expected),
            ),
            row(
                tr("Cameras that would cover this much if no two overlapped", lang),
                lambda part: words(part.effective_cameras.realised),
            ),
            row(
                tr("This number, averaged over all places where the cameras may stand", lang),
                lambda part: words(part.effective_cameras.expected),
            ),
            row(
                tr("Street length for which nothing can be said", lang),
                lambda part: (
                    _NOT_APPLICABLE
                    if part.unknown_share is None
                    else labels.share(part.unknown_share, lang)
                ),
            ),
        ]
    rows += [
        row(
            tr("Cameras that are able to do it somewhere", lang),
            lambda part: words(part.cameras_able),
        ),
        row(
            tr("Share of the cameras that cannot do it at any distance", lang),
            lambda part: words(part.ring_m.empty_share),
        ),
        row(
            tr("Where one camera can do it: from this distance", lang),
            lambda part: words(part.ring_m.inner),
        ),
        row(tr("… up to this distance", lang), lambda part: words(part.ring_m.outer)),
        row(
            tr("Picture needed", lang),
            lambda part: tr("{value} pixels per metre", lang).format(
                value=f"{part.threshold_px_m:g}"
            ),
        ),
        row(
            tr("How likely it is that the software is in use", lang),
            lambda part: words(part.switched_on) if part.switched_on else _NOT_APPLICABLE,
        ),
    ]
    caption = tr(
        "Ranges hold with 90 % probability if the assumptions do; the middle is in brackets.", lang
    )
    return Table(caption, (tr("Figure", lang), *tier_heads(lang)), tuple(rows))


def cases_table(assessment: Assessment, lang: Language) -> Table:
    """Return the share of streets in each named case."""
    first = assessment.tiers[TIERS[0]].cases
    rows = []
    for index, case in enumerate(first):
        shares = tuple(
            labels.quantity_text(assessment.tiers[tier].cases[index].share_of_length, lang)
            for tier in TIERS
        )
        length = labels.quantity_text(case.length_km, lang)
        rows.append((_case_name(case.radius_km, case.allocation, lang), (length, *shares)))
    caption = cases_caption(first, lang)
    head = (tr("Case", lang), tr("Streets in the area", lang), *tier_heads(lang))
    return Table(caption, head, tuple(rows))


def cases_caption(cases: Sequence[Case], lang: Language) -> str:
    """Return what the shares of a table of cases are shares of."""
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
    """Return the street length of each step of the map's scale, with the sum."""
    by_tier = [map_svg.lengths_km(layers.streets, tier) for tier in TIERS]
    totals = [sum(lengths) for lengths in by_tier]
    rows = [
        (
            map_scale.step_name(step, lang),
            tuple(
                _length(lengths[s], total, lang)
                for lengths, total in zip(by_tier, totals, strict=True)
            ),
        )
        for s, step in enumerate(map_scale.STEPS)
    ]
    rows.append((tr("All streets", lang), tuple(_length(t, t, lang) for t in totals)))
    caption = tr("Street length in each class: the same as the maps show, in figures.", lang)
    return Table(caption, (tr("Class", lang), *tier_heads(lang)), tuple(rows))


def _length(length_km: float, total_km: float, lang: Language) -> str:
    """Return a length with its share of the whole; nothing is written as "none", not as 0."""
    if length_km == 0.0:
        return tr("none", lang)
    digits = number(length_km, decimals=_EXACT_KM_DECIMALS)
    if length_km < 10.0**-_EXACT_KM_DECIMALS:
        digits = tr("under {value}", lang).format(value=significant(0.1, 1))
    km = tr("{value} km", lang).format(value=digits)
    return f"{km} ({labels.share(length_km / total_km, lang)})"


def provenance_table(assessment: Assessment, lang: Language) -> Table:
    """Return what a second run needs to give the same figures."""
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
