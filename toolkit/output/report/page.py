"""One assessment as one HTML page that loads nothing else."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

from toolkit.assessment.model import Assessment
from toolkit.base import escape
from toolkit.base.terms import TIERS, Language, Tier
from toolkit.evidence.claim import Claim
from toolkit.language import fonts, notes, quantities, words
from toolkit.language.translate import date, has_burmese, number, tr, unbroken
from toolkit.output import conditions, map_scale, trip_words
from toolkit.output.report import (
    dots,
    map_texts,
    method,
    more_tables,
    reported,
    tables,
    uses,
)
from toolkit.output.report.depends_on import dependencies
from toolkit.output.report.live_map import REPORT_BYTES, live_map
from toolkit.output.report.map_svg import Drawing
from toolkit.output.report.own_answers import own_answers
from toolkit.output.report.reported import LangText
from toolkit.output.report.sensitivity import sensitivity_section
from toolkit.output.report.thinned import thinned
from toolkit.studies.sensitivity.analysis import Sensitivity
from toolkit.threats import model

_TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
_FONT_MARK: Final = "/*font*/"

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""Policy of the page: no script, no request."""


@dataclass(frozen=True)
class TierMap:
    """Texts around the map of one tier; `alternative` is for screen readers."""

    tier: Tier
    heading: str
    meaning: str
    alternative: str


def render(
    assessment: Assessment,
    *,
    claims: Sequence[Claim],
    valid_until: dt.date,
    drawing: Drawing | None,
    lang: Language,
    sensitivity: Sensitivity | None = None,
    own: Sequence[model.Answer] = (),
    live: bool = False,
) -> str:
    """Return the report on one city as one HTML page.

    Parameters
    ----------
    assessment
        What is reported.
    claims
        All claims about the city.
    valid_until
        Last day on which the report may be handed out.
    drawing
        The map; None for a city without streets.
    lang
        Language of the page.
    sensitivity
        Sensitivity analysis of the same city, date and assumptions, for a report in full detail.
    own
        Answers to the reader's own questions with the same inputs, as a part of their own.
    live
        Whether there is a map that can be moved and asked, too; else no script is in the page.

    Returns
    -------
    str
        The same page for the same arguments.

    Raises
    ------
    InputDataError
        If `sensitivity` or an answer belongs to another assessment.
    """
    found = content(
        assessment,
        claims=claims,
        valid_until=valid_until,
        drawing=drawing,
        lang=lang,
        sensitivity=sensitivity,
        own=own,
    )
    layers = assessment.layers
    map_ = None
    if live and layers is not None:
        map_ = live_map(thinned(layers, REPORT_BYTES), TIERS[0], lang)
    html = environment().get_template("report.html.j2").render(**found, live=map_)
    return with_font(html)


def content(
    assessment: Assessment,
    *,
    claims: Sequence[Claim],
    valid_until: dt.date,
    drawing: Drawing | None,
    lang: Language,
    sensitivity: Sensitivity | None = None,
    own: Sequence[model.Answer] = (),
) -> dict[str, Any]:
    """Return all that the report shows, on screen and on paper.

    Parameters
    ----------
    assessment, claims, valid_until, drawing, lang, sensitivity, own
        As in `render`.

    Raises
    ------
    InputDataError
        If `sensitivity` or an answer belongs to another assessment.
    """
    layers = assessment.layers
    name = assessment.city.name.in_language(lang)
    items = reported.items(assessment, claims, lang)
    classes = tables.classes_table(layers, lang) if drawing and layers else None
    status_line = words.dated_status(assessment.status, assessment.as_of, lang)
    valid_line = tr("Valid until {date}", lang).format(date=date(valid_until, lang))
    stop = tr("{start}.", lang).format(start="")
    return {
        "lang": lang,
        "stop": stop,
        "csp": CONTENT_SECURITY_POLICY,
        "city": name,
        "t": _headings(name, lang),
        "status_line": status_line,
        "valid_line": valid_line,
        "banner": reported.banner(assessment, lang),
        "limits": reported.limits(assessment, lang),
        "running": f"{name}, {status_line}{stop} {valid_line}{stop}\n{words.limits(lang)[0]}",
        "basis": reported.source_sentence(assessment, claims, lang),
        "summary": _summary(assessment, lang),
        "drawing": drawing,
        "attribution": layers.attribution if layers else "",
        "bar_text": bar_text(drawing, lang),
        "map_names": names_on(drawing, lang),
        "tier_maps": [_tier_map(tier, name, classes, lang) for tier in TIERS],
        "steps": [(step, map_scale.step_name(step, lang)) for step in map_scale.STEPS],
        "meanings": _meanings(lang),
        "figures": tables.figures_table(assessment, lang),
        "classes": classes,
        "cases": tables.cases_table(assessment, lang),
        "planned": _planned(conditions.planned(assessment, claims, lang)),
        "if_built": conditions.if_built(assessment, lang),
        "conditions": [
            *conditions.where(assessment, lang),
            *conditions.per_hundred(assessment, lang),
        ],
        "if_numbers": tables.numbers_table(assessment, lang),
        "under_table": reported.under_table(
            assessment, items, reported.boundary_size(assessment, lang), lang
        ),
        "hangs_on": dependencies(assessment, lang),
        "matters": sensitivity_section(assessment, sensitivity, lang),
        "boundary": _boundary(assessment, lang),
        "completeness": tr("Completeness: {completeness}.", lang).format(
            completeness=reported.completeness(assessment, lang)
        ),
        "notes": reported.note_texts(assessment, lang),
        "install": words.install_steps(lang) if assessment.basis == "city_level" else (),
        "no_map": _no_map(assessment, drawing, lang),
        "threats": uses.rows(assessment, lang),
        "own": own_answers(own, assessment, lang),
        "items": items,
        "others": reported.unnumbered(items, lang),
        "contradictions": _contradictions(reported.contradicting(assessment, claims), items),
        "provenance": tables.provenance_table(assessment, lang),
        "licence": _licence(lang),
        "method": method.paragraphs(assessment.draws.n_draws, lang),
        "glossary": method.glossary(lang),
        "totals": dots.totals(assessment, lang),
        "zones": more_tables.zones_table(layers, lang) if layers and layers.detail else None,
        "mapped": more_tables.mapped_table(assessment, lang),
    }


def of_document(data: Mapping[str, Any]) -> str:
    """Return a document of `blocks` as one HTML page.

    Parameters
    ----------
    data
        As in `typeset.document`.
    """
    html = (
        environment()
        .get_template("document.html.j2")
        .render(
            **data,
            csp=CONTENT_SECURITY_POLICY,
            drawn=Markup,
            lettered=lambda shown: Markup(map_texts.lettered(shown)),  # noqa: S704 - escaped
        )
    )
    return with_font(html)


def with_font(html: str, *, bold: bool = True) -> str:
    """Return a page with the Burmese font, if it has Burmese; with its bold letters, if wanted.

    The font then comes first: it holds the Burmese letters only, and those of an old telephone may
    be in another encoding. Elsewhere a font of its name would spoil quotation marks.
    """
    font = ""
    if has_burmese(html):
        font = f"{fonts.font_css(bold=bold)}:root{{--fonts:'{fonts.FONT_FAMILY}',system-ui}}"
    return html.replace(_FONT_MARK, font, 1)


@functools.cache
def environment() -> jinja2.Environment:
    """Return the templates, which escape every text put in."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_plain,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["css_string"] = css_string
    return made


def css_string(text: str) -> Markup:
    """Return text as a string of a style sheet inside a page.

    Characters other than ASCII letters and digits are written as escapes of their code points, so
    that nothing in it can end the string, the style sheet or the element. Line breaks are kept.

    Parameters
    ----------
    text
        Any text.
    """
    lines = (
        "".join(
            char if char.isascii() and char.isalnum() else f"\\{ord(char):06x}"
            for char in escape.plain(line)
        )
        for line in text.split("\n")
    )
    return Markup('"' + "\\00000a".join(lines) + '"')  # noqa: S704 - all is escaped


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Take control and bidirectional characters out of a text that is put in.

    Each unit is kept on the line of its number.
    """
    if isinstance(value, Markup):
        return value
    text = unbroken(str(value))
    # Path data of the map are long and never hold such characters.
    return text if text.isascii() and text.isprintable() else escape.plain(text)


def _headings(name: str, lang: Language) -> dict[str, str]:
    """Return the fixed texts of the page."""
    return {
        "title": tr("{city}: how far a reported camera system reaches", lang).format(city=name),
        "short": tr("In short", lang),
        "maps": tr("Maps", lang),
        "legend": tr("Legend", lang),
        "question": question_of_maps(lang),
        "camera": tr("Mapped camera", lang),
        "building": tr("Building", lang),
        "boundary_line": tr("Boundary of the city in this estimate", lang),
        "north": tr("North is up.", lang),
        "no_streets": tr("No map", lang),
        "figures": tr("Figures", lang),
        "cases": tr("Shares, by case", lang),
        "classes": tr("Street length by class", lang),
        "class_meanings": tr("What the classes mean", lang),
        "install": tr("How to install streets", lang),
        "conditions": tr("If the number or the area were known", lang),
        "hangs_on": tr("What the figures depend on", lang),
        "matters": tr("Which assumption matters", lang),
        "matters_none": tr("This was not analysed for this report.", lang),
        "sources": tr("Sources", lang),
        "sources_intro": reported.grading(lang),
        "threats": tr("What the cameras can be used for", lang),
        "threats_intro": uses.intro(lang),
        "contradictions": tr("These claims contradict each other", lang),
        "confidence": tr("Confidence", lang),
        "boundary": tr("Boundary and completeness", lang),
        "notes": tr("Warnings, and what is missing", lang),
        "limits": tr("What the figures cannot say", lang),
        "provenance": tr("Inputs and versions", lang),
        "licence": tr("Licence of the data", lang),
        "after": tr("Do not hand this report out after that day.", lang),
        "method": tr("How the figures are made", lang),
        "glossary": tr("Words used here", lang),
        "totals": tr("Totals, as dots", lang),
        "totals_intro": dots.explained(lang),
        "zones": tr("Zones", lang),
        "mapped": tr("Mapped and not mapped", lang),
    }


@dataclass(frozen=True)
class Answer:
    """One tier in short: its main sentence, and those that follow."""

    name: str
    meaning: str
    headline: str
    more: tuple[str, ...]


def _summary(assessment: Assessment, lang: Language) -> list[Answer]:
    """Return each tier in short: trips first, then streets, and no sentence twice."""
    found = []
    for tier, said in trip_words.each_once(assessment, lang).items():
        part = assessment.shown_tiers[tier]
        streets = trip_words.streets_line(part, lang)
        headline = trip_words.headline(assessment, tier, lang)
        if not headline:
            # Little street length must not be read as few people.
            headline = " ".join((*trip_words.point_note(tier, lang), streets))
            if assessment.if_built is not None:
                headline = tr("If it was built: {answer}", lang).format(answer=headline)
        more = [text for text in (*said, streets) if text not in headline]
        if part.switched_on is not None:
            chance = tr("How likely it is that it is switched on: {chance}.", lang)
            more.append(chance.format(chance=quantities.quantity_text(part.switched_on, lang)))
        name, meaning = tables.tier_head(tier, lang), words.tier_meaning(tier, lang)
        found.append(Answer(name, meaning, headline, tuple(more)))
    return found


def _planned(plans: conditions.Plans | None) -> dict[str, Any] | None:
    """Return what is planned, its words marked with their language."""
    if plans is None:
        return None
    says = [reported.data_text(text) for text in plans.says]
    return {"head": plans.head, "says": says, "effect": plans.effect}


def _tier_map(
    tier: Tier,
    name: str,
    classes: tables.Table | None,
    lang: Language,
) -> TierMap:
    heading = tables.tier_head(tier, lang)
    column = TIERS.index(tier)
    listed = (
        "; ".join(f"{head}: {cells[column]}" for head, cells in classes.rows) if classes else ""
    )
    alternative = tr("Map of {city}: {tier}. Street length by class: {classes}.", lang).format(
        city=name, tier=heading, classes=listed
    )
    return TierMap(tier, heading, words.tier_meaning(tier, lang), alternative)


def question_of_maps(lang: Language) -> str:
    """Return the question that the streets of a map answer."""
    return tr("Is a working camera of the reported system in reach of this street?", lang)


def names_on(drawing: Drawing | None, lang: Language) -> Markup:
    """Return the names on a map that is drawn in the page itself."""
    if drawing is None:
        return Markup()
    found = map_texts.placed(drawing.names, lang, (drawing.width, drawing.height))
    return Markup(map_texts.svg(found))  # noqa: S704 - escaped


def bar_text(drawing: Drawing | None, lang: Language) -> str:
    """Return the length of the scale bar in words."""
    return "" if drawing is None else length_text(drawing.bar_m, lang)


def length_text(length_m: float, lang: Language) -> str:
    """Return a length in whole metres or kilometres."""
    if length_m < 1000.0:  # noqa: PLR2004 - metres in a kilometre
        return tr("{value} m", lang).format(value=number(length_m))
    return tr("{value} km", lang).format(value=number(length_m / 1000.0))


def _meanings(lang: Language) -> list[tuple[str, str]]:
    seen = dict.fromkeys(step.cls for step in map_scale.STEPS)
    return [(words.class_name(cls, lang), words.class_meaning(cls, lang)) for cls in seen]


def _boundary(assessment: Assessment, lang: Language) -> tuple[LangText, str]:
    note = reported.translated(assessment.city.boundary.note, lang)
    if assessment.city.boundary.length_km is None:
        return note, ""
    return note, reported.boundary_size(assessment, lang)


def _contradictions(
    pairs: Sequence[Sequence[str]], items: Sequence[reported.Item]
) -> list[tuple[list[LangText], str]]:
    """Return pairs of claims that disagree: their words as far as known by the date, their ids."""
    says = {item.id: item.says for item in items if item.says is not None}
    return [([says[name] for name in pair if name in says], " – ".join(pair)) for pair in pairs]


def _no_map(assessment: Assessment, drawing: Drawing | None, lang: Language) -> str:
    """Return why there is no map, or nothing."""
    if drawing is not None:
        return ""
    if assessment.basis == "city_level":
        return notes.text("no_streets", lang)
    return tr("These figures were read from a file, which holds no map.", lang)


def _licence(lang: Language) -> list[str]:
    return [
        tr(
            "Streets, buildings, mapped cameras, and every map and figure made from them: "
            "© OpenStreetMap contributors, Open Database License 1.0.",
            lang,
        ),
        tr(
            "Names and coordinates of cities: GeoNames, CC BY 4.0. Claims: facts in the toolkit's "
            "own words, with publisher, title and date.",
            lang,
        ),
    ]
