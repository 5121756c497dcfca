"""Full report for analysts and editors on paper, with the texts and figures of the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment
from toolkit.base.terms import Language
from toolkit.evidence.claim import Claim
from toolkit.output.report import blocks, map_print, map_svg, page
from toolkit.output.report.blocks import Block
from toolkit.output.report.map_svg import Drawing
from toolkit.output.report.reported import Item, LangText
from toolkit.studies.sensitivity.analysis import Sensitivity
from toolkit.threats.model import Answer

_MAP_MOST: Final = (1790, 1930)
"""Largest map with its heading and legend on a page, in units of 0.1 mm."""
_DOTS_MM: Final = 140.0
_CHART_MM: Final = 165.0


def document(
    assessment: Assessment,
    *,
    claims: Sequence[Claim],
    valid_until: dt.date,
    lang: Language,
    sensitivity: Sensitivity | None = None,
    own: Sequence[Answer] = (),
) -> dict[str, Any]:
    """Return the report on one city as the data of a document.

    Parameters
    ----------
    assessment, claims, valid_until, lang, sensitivity, own
        As in `page.render`.

    Raises
    ------
    InputDataError
        If `sensitivity` or an answer belongs to another assessment.
    """
    layers = assessment.layers
    drawing = map_svg.draw(layers, _MAP_MOST) if layers is not None else None
    found = page.content(
        assessment,
        claims=claims,
        valid_until=valid_until,
        drawing=drawing,
        lang=lang,
        sensitivity=sensitivity,
        own=own,
    )
    return {
        "lang": lang,
        "title": found["t"]["title"],
        "banner": found["banner"],
        "running": found["running"],
        "blocks": [
            *_summary(found),
            *_method(found),
            *_maps(found, layers, drawing, lang),
            *_figures(found),
            *_matters(found),
            *_threats(found),
            *_own(found),
            *_sources(found),
            *_end(found),
        ],
    }


def _summary(found: dict[str, Any]) -> list[Block]:
    t = found["t"]
    listed = [
        blocks.para(f"{found['status_line']}{found['stop']}", strong=True),
        blocks.para(f"{found['valid_line']}{found['stop']}", t["after"]),
        blocks.heading(t["short"]),
        blocks.para(found["basis"]),
    ]
    plans = found["planned"]
    if plans:
        listed.append(blocks.para(plans["head"], *plans["says"], plans["effect"]))
    listed += [blocks.para(line, strong=True) for line in found["if_built"]]
    for answer in found["summary"]:
        listed.append(blocks.heading(answer.name, 3))
        listed.append(blocks.para(answer.headline, strong=True))
        listed.append(blocks.para(answer.meaning, *answer.more))
    listed.append(blocks.boxed(t["limits"], found["limits"]))
    return listed


def _method(found: dict[str, Any]) -> list[Block]:
    t = found["t"]
    listed = [blocks.heading(t["method"])]
    for head, text in found["method"]:
        listed += [blocks.heading(head, 3), blocks.para(text)]
    listed += [
        blocks.heading(t["hangs_on"]),
        blocks.pairs((f"{head}.", texts) for head, texts in found["hangs_on"]),
    ]
    return listed


def _maps(
    found: dict[str, Any], layers: Layers | None, drawing: Drawing | None, lang: Language
) -> list[Block]:
    t = found["t"]
    if drawing is None or layers is None:
        return [
            blocks.heading(t["no_streets"]),
            blocks.para(found["no_map"]),
            *([blocks.heading(t["install"], 3)] if found["install"] else []),
            *([blocks.steps(found["install"])] if found["install"] else []),
        ]
    listed = []
    legend = map_print.legend(layers, lang)
    for shown in found["tier_maps"]:
        listed += [
            blocks.heading(f"{t['maps']}: {shown.heading}", new_page=True),
            blocks.para(t["question"], shown.meaning),
            blocks.city_map(
                map_print.printed(drawing, shown.tier, lang, alt=shown.alternative),
                legend,
                f"{t['north']} {found['attribution']}. {found['limits'][0]}",
            ),
        ]
    return listed


def _figures(found: dict[str, Any]) -> list[Block]:
    t, foot = found["t"], found["under_table"]
    listed = [
        blocks.heading(t["figures"], new_page=True),
        blocks.table(found["figures"], foot, first=1.6),
    ]
    if found["totals"]:
        listed += [blocks.heading(t["totals"]), blocks.para(t["totals_intro"])]
        for total in found["totals"]:
            listed.append(blocks.heading(total.text, 3))
            listed.append(blocks.drawing(total.drawn, total.text, _DOTS_MM))
    if found["classes"]:
        listed += [
            blocks.heading(t["classes"]),
            blocks.table(found["classes"], foot),
            blocks.heading(t["class_meanings"], 3),
            blocks.pairs((f"{name}.", [meaning]) for name, meaning in found["meanings"]),
        ]
    for key in ("zones", "cases"):
        if found[key]:
            listed += [blocks.heading(t[key]), blocks.table(found[key], foot)]
    listed += [blocks.heading(t["mapped"]), blocks.table(found["mapped"], foot, first=2)]
    if found["conditions"] or found["if_numbers"]:
        listed.append(blocks.heading(t["conditions"]))
        listed += [blocks.para(line) for line in found["conditions"]]
        if found["if_numbers"]:
            listed.append(blocks.table(found["if_numbers"], foot))
    return listed


def _matters(found: dict[str, Any]) -> list[Block]:
    part, t = found["matters"], found["t"]
    if part is None:
        return [blocks.heading(t["matters"]), blocks.para(t["matters_none"])]
    listed = [blocks.heading(t["matters"], new_page=True)]
    listed += [blocks.para(line) for line in part.how]
    for tier in part.tiers:
        listed += [
            blocks.heading(tier.heading, 3),
            blocks.para(tier.sentence, strong=True),
            blocks.drawing(tier.chart, f"{tier.heading}: {tier.sentence}", _CHART_MM),
            blocks.table(tier.table, tier.foot),
        ]
    return [*listed, blocks.bullets(part.not_varied)]


def _threats(found: dict[str, Any]) -> list[Block]:
    if not found["threats"]:
        return []
    t = found["t"]
    return [
        blocks.heading(t["threats"]),
        blocks.para(t["threats_intro"]),
        blocks.pairs(
            (row.name, [text for text in (row.says, row.answer) if text])
            for row in found["threats"]
        ),
    ]


def _own(found: dict[str, Any]) -> list[Block]:
    """Return the answers to the reader's own questions, on pages that can be left out."""
    part = found["own"]
    if part is None:
        return []
    listed = [blocks.heading(part.title, new_page=True), blocks.boxed("", part.care)]
    for answer in part.answers:
        listed += [blocks.heading(answer.label, 3), blocks.nested(answer.said)]
    return [*listed, blocks.heading(part.not_said, 3), blocks.bullets(part.notes)]


def _sources(found: dict[str, Any]) -> list[Block]:
    t = found["t"]
    listed = [blocks.heading(t["sources"], new_page=found["own"] is not None)]
    listed.append(blocks.para(t["sources_intro"]))
    listed.append(
        blocks.pairs(
            (f"[{item.number}]", _source(item, t))
            for item in found["items"]
            if item.number is not None
        )
    )
    if found["contradictions"]:
        listed.append(blocks.heading(t["contradictions"], 3))
        listed.append(blocks.bullets([*told, f"({ids})"] for told, ids in found["contradictions"]))
    for head, group in found["others"]:
        listed.append(blocks.heading(head, 3))
        listed.append(blocks.bullets(_source(item, t) for item in group))
    return listed


def _source(item: Item, t: dict[str, str]) -> list[LangText | str]:
    """Return what is said of one source."""
    listed: list[LangText | str] = [*([item.says] if item.says else []), item.origin]
    if item.marks:
        listed.append(f"({'; '.join(item.marks)})")
    if item.grade:
        listed.append(f"{t['confidence']}: {item.grade}.")
    return [*listed, *(text for text in (item.reason, item.note) if text)]


def _end(found: dict[str, Any]) -> list[Block]:
    t = found["t"]
    boundary, size = found["boundary"]
    listed = [
        blocks.heading(t["boundary"]),
        blocks.para(boundary, size),
        blocks.para(found["completeness"]),
    ]
    if found["notes"]:
        listed += [blocks.heading(t["notes"]), blocks.bullets(found["notes"])]
    return [
        *listed,
        blocks.heading(t["glossary"]),
        blocks.pairs((f"{word}.", [meaning]) for word, meaning in found["glossary"]),
        blocks.heading(t["provenance"]),
        blocks.table(found["provenance"], first=0.6),
        blocks.heading(t["licence"]),
        *(blocks.para(line) for line in found["licence"]),
    ]
