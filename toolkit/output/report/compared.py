"""What changed between two answers about one city, and whether it exceeds the uncertainty."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, Final

from toolkit.assessment.model import Assessment
from toolkit.assumptions import files
from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.quantity import Quantity
from toolkit.base.terms import STATUSES, TIERS, Language
from toolkit.language import assumption_names, notes, quantities, words
from toolkit.language.translate import date, tr
from toolkit.output.report import blocks, difference_svg, reported
from toolkit.output.report.blocks import Block
from toolkit.output.report.tables import Table, ranges_caption, tier_head
from toolkit.studies.comparison import (
    AssumptionChange,
    Comparison,
    Difference,
    compare,
    difference_layer,
)

_HASHES: Final = 12
"""Characters of a hash that are shown."""


def document(
    a: Assessment,
    b: Assessment,
    lang: Language,
    *,
    sets: tuple[AssumptionSet, AssumptionSet] | None = None,
) -> dict[str, Any]:
    """Return the comparison as the data of a document.

    Parameters
    ----------
    a, b
        The first and the second answer.
    lang
        Language.
    sets
        Their sets of assumptions, so that each value that differs is listed.

    Raises
    ------
    InputDataError
        As `comparison.compare`.
    """
    found = compare(a, b, sets=sets)
    title = tr("{city}: what changed", lang).format(city=b.city.name.in_language(lang))
    dates = [words.dated_status(one.status, one.as_of, lang) for one in (a, b)]
    demonstration = a.demonstration or b.demonstration
    return {
        "lang": lang,
        "title": title,
        "banner": words.demonstration(lang) if demonstration else None,
        "running": f"{title}. {' – '.join(dates)}. {words.limits(lang)[0]}",
        "blocks": [
            *_sides(a, b, lang),
            *_differences(found, a, b, lang),
            blocks.boxed(tr("What the figures cannot say", lang), reported.limits(b, lang)),
            *_inputs(found, lang),
            blocks.heading(tr("How the difference is made", lang)),
            blocks.bullets(notes.text(note.id, lang, **note.values) for note in found.notes),
            *_maps(a, b, lang),
        ],
    }


def verdict(difference: Difference, lang: Language) -> str:
    """Return whether a difference exceeds its uncertainty."""
    if difference.exceeds is None:
        return tr("not known", lang)
    if difference.difference.low == difference.difference.high == 0:
        return tr("nothing changes", lang)
    if difference.exceeds:
        return tr("more than its uncertainty", lang)
    return tr("too small to tell", lang)


def _sides(a: Assessment, b: Assessment, lang: Language) -> list[Block]:
    """Return what is compared, a row for each property, since sources need room."""
    found: list[tuple[str, ...]] = []
    for side in (a, b):
        sources = dict.fromkeys(
            f"{one.publisher} ({reported.when_text(one.date, lang)})" for one in side.sources
        )
        found.append(
            (
                words.status_name(side.status, lang),
                date(side.as_of, lang),
                words.assumption_set(side.assumptions.name, len(side.assumptions.changed), lang),
                reported.completeness(side, lang),
                "; ".join(sources),
            )
        )
    names = (
        tr("Cameras", lang),
        tr("Date of the estimate", lang),
        tr("Assumption set", lang),
        tr("Completeness", lang),
        tr("Sources", lang),
    )
    head = (tr("Answer", lang), tr("First", lang), tr("Second", lang))
    rows = tuple(zip(names, zip(*found, strict=True), strict=True))
    return [
        blocks.table(Table(tr("The two answers that are compared.", lang), head, rows), first=0.6),
        blocks.para(reported.translated(b.city.boundary.note, lang)),
    ]


def _differences(found: Comparison, a: Assessment, b: Assessment, lang: Language) -> list[Block]:
    """Return each figure in both answers, with the difference and whether it can be told."""
    head = (
        tr("Figure", lang),
        tr("First", lang),
        tr("Second", lang),
        tr("Difference", lang),
        tr("Does it exceed its uncertainty?", lang),
    )
    rows = [
        _row(tr("Cameras of the reported system", lang), a.counted.count, b.counted.count,
             found.cameras, lang)
    ]  # fmt: skip
    shares, trips = [], []
    for tier in TIERS:
        one, other = a.shown_tiers[tier], b.shown_tiers[tier]
        name, part = words.tier_name(tier, lang), found.tiers[tier]
        rows.append(_row(name, one.length_km, other.length_km, part.length_km, lang))
        if part.share_of_length.difference.known:
            first, second = one.share_of_length.expected, other.share_of_length.expected
            shares.append(_row(name, first, second, part.share_of_length, lang))
        first, second = one.trip.at_least_one, other.trip.at_least_one
        trips.append(_row(name, first, second, part.trip_at_least_one, lang))
    caption = tr("Cameras, and street covered.", lang)
    listed = [
        blocks.heading(tr("What changed, and whether it can be told", lang)),
        blocks.table(Table(f"{caption} {ranges_caption(lang)}", head, tuple(rows))),
    ]
    if shares:
        caption = tr("Share of the street length inside the boundary.", lang)
        listed.append(blocks.table(Table(caption, head, tuple(shares))))
    caption = tr("Ordinary trips that pass at least one camera.", lang)
    listed.append(blocks.table(Table(caption, head, tuple(trips))))
    return listed


def _row(
    name: str, a: Quantity, b: Quantity, difference: Difference, lang: Language
) -> tuple[str, tuple[str, ...]]:
    return (
        name,
        (
            quantities.quantity_text(a, lang),
            quantities.quantity_text(b, lang),
            quantities.difference_text(difference.difference, lang),
            verdict(difference, lang),
        ),
    )


def _inputs(found: Comparison, lang: Language) -> list[Block]:
    """Return which inputs and assumptions differ."""
    none = tr("none", lang)
    listed = [blocks.heading(tr("What was put in", lang))]
    if not found.changes:
        return [*listed, blocks.para(tr("No input differs.", lang))]
    rows = tuple(
        (
            _input_name(one.what, lang),
            tuple(_input_text(one.what, side, lang) or none for side in (one.a, one.b)),
        )
        for one in found.changes
    )
    head = (tr("Input", lang), tr("First", lang), tr("Second", lang))
    listed.append(blocks.table(Table(tr("Inputs that differ.", lang), head, rows), first=0.8))
    if found.assumptions:
        values = tuple(_values(found.assumptions, lang))
        caption = tr("Assumptions that differ.", lang)
        listed.append(blocks.table(Table(caption, head, values), first=1.6))
    return listed


def _values(
    changes: Sequence[AssumptionChange], lang: Language
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each assumption that differs, with what differs of it on both sides."""
    for key, group in itertools.groupby(changes, key=lambda one: one.key):
        rows = list(group)
        sides = [
            ", ".join(
                f"{assumption_names.field(one.field, lang)} "
                f"{assumption_names.field_value(files.shown(value), lang)}"
                for one in rows
                if (value := getattr(one, side)) is not None
            )
            for side in ("a", "b")
        ]
        none = tr("none", lang)
        yield assumption_names.name(key, lang) or key, (sides[0] or none, sides[1] or none)


def _input_name(what: str, lang: Language) -> str:
    names = {
        "status": tr("Cameras", lang),
        "as_of": tr("Date of the estimate", lang),
        "assumptions": tr("Assumption set", lang),
        "assumptions_sha256": tr("Hash of the assumptions", lang),
        "assumptions_changed": tr("Changed by the user", lang),
        "evidence_sha256": tr("Hash of the evidence", lang),
        "pack_sha256": tr("Hash of the streets", lang),
        "siting_sha256": tr("Hash of the siting model", lang),
        "boundary": tr("Boundary", lang),
        "claims": tr("Claims behind the number", lang),
        "counting_rule": tr("How they are counted", lang),
        "mapped_cameras": tr("Mapped cameras", lang),
        "seed": tr("Seed", lang),
        "tool": tr("Version of the toolkit", lang),
    }
    return names.get(what, what)


def _input_text(what: str, text: str | None, lang: Language) -> str | None:
    """Return an input as it is shown: a date in words, and the start of a hash."""
    if text and what == "as_of":
        return reported.when_text(text, lang)
    if text in STATUSES:
        return words.status_name(text, lang)
    return text[:_HASHES] if text and what.endswith("sha256") else text


def _maps(a: Assessment, b: Assessment, lang: Language) -> list[Block]:
    """Return where the answers differ, if both are about the same streets."""
    layers = b.layers
    if a.layers is None or layers is None or a.inputs.pack_sha256 != b.inputs.pack_sha256:
        return []
    if a.layers.detail is None or layers.detail is None:
        return []
    frame = difference_layer(a, b)
    listed = []
    for tier in TIERS:
        title = tr("Where it differs: {tier}", lang).format(tier=tier_head(tier, lang))
        shown = difference_svg.printed(layers, frame, tier, title, lang)
        legend = [
            {"svg": difference_svg.sample(look), "text": text}
            for look, text in difference_svg.legend(frame, tier, lang)
        ]
        listed += [
            blocks.heading(title, new_page=True),
            blocks.city_map(shown, legend, layers.attribution),
        ]
    return listed
