"""Tables of a report, shared with the app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment, Case, TierPart
from toolkit.base.terms import TIERS, Allocation, Language, Tier
from toolkit.language import quantities, words
from toolkit.language.translate import number, significant, tr
from toolkit.output import conditions, map_scale, trip_words

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


_LEFT_OUT: Final = (
    "trips.motorcycle.at_least_one",
    "trips.car.at_least_one",
    "share_of_length.expected",
    "area_km2.expected",
    "effective_cameras.expected",
)
"""Paths of figures that a short table has not."""


def figures_table(assessment: Assessment, lang: Language, *, short: bool = False) -> Table:
    """Return all figures of each tier; for a city without streets those that need no share.

    Parameters
    ----------
    assessment
        The assessment.
    lang
        Language.
    short
        Whether to leave out averages over placement and trips by other modes.
    """
    heads = _trip_heads(assessment, lang) | {"length_km": tr("Street covered", lang)}
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
        if not (short and path in _LEFT_OUT)
    )
    caption = ranges_caption(lang)
    if trip_words.known(assessment):
        caption = f"{caption} {trip_words.modes_note(lang)}"
    if assessment.if_built is not None:
        caption = tr("If it was built: {answer}", lang).format(answer=caption)
    return Table(caption, (tr("Figure", lang), *tier_heads(lang)), rows)


def _trip_heads(assessment: Assessment, lang: Language) -> dict[str, str]:
    """Return the heads of the rows on trips, by path; none where no trip is known."""
    if not trip_words.known(assessment):
        return {}
    heads = {
        "trip.at_least_one": tr("Ordinary trips that pass at least one", lang),
        "trip.cameras": tr("Ordinary trip: cameras passed, on average", lang),
        "trip.cameras_1_in_20": tr("1 in 20 trips passes more than", lang),
        "trip.at_least_two_sites": tr("Trips that pass two places or more", lang),
        "trip.if_all_work.at_least_one": tr("Trips that pass one, if every camera works", lang),
        "trip.week_five_destinations": tr("Pass one in a week, to five places and back", lang),
        "trip.week_commuter": tr("… to one place and back every day", lang),
        "trips.motorcycle.at_least_one": tr("Trips by motorcycle that pass one", lang),
        "trips.car.at_least_one": tr("Trips by car that pass one", lang),
        "capture_points": tr("Places with a working camera that can do it", lang),
    }
    if all(part.night is not None for part in assessment.shown_tiers.values()):
        heads["night.trip.at_least_one"] = tr("Trips that pass at least one at night", lang)
    return heads


def _at(part: TierPart, path: str) -> Any:  # noqa: ANN401
    """Return what is at a dotted path of attributes and keys; None where a step leads nowhere."""
    value: Any = part
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    return value


def _figure(part: TierPart, path: str, lang: Language) -> str:
    """Return a figure of a tier in words, by the dotted path of its attribute."""
    value = _at(part, path)
    if path == "threshold_px_m":
        return tr("{value} pixels per metre", lang).format(value=f"{value:g}")
    if value is None:
        return NOT_APPLICABLE
    if path == "unknown_share":
        return quantities.share(value, lang)
    if path.startswith("trip.cameras"):
        return trip_words.mean_text(value, lang)
    return quantities.quantity_text(value, lang)


def ranges_caption(lang: Language) -> str:
    """Return how the ranges of a table are to be read."""
    return tr(
        "Ranges hold with 90 % probability if the assumptions do; the middle is in brackets.", lang
    )


def numbers_table(assessment: Assessment, lang: Language) -> Table | None:
    """Return what follows from some numbers of cameras; None where the number is known."""
    rows = conditions.rows(assessment, lang)
    if not rows:
        return None
    listed = tr(
        "{figures}, if that is the number. No number is more likely for being listed.", lang
    ).format(figures=conditions.rows_head(assessment, lang))
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
