"""What the figures rest on: the count, the claims, what is missing, the limits, the inputs."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.app import markup
from toolkit.app.city import figures
from toolkit.app.kept_answers import Estimate
from toolkit.assessment.model import Assessment
from toolkit.base.terms import Language
from toolkit.language import quantities, words
from toolkit.language.translate import number, tr
from toolkit.output.report import reported, tables, uses
from toolkit.output.report.reported import Item
from toolkit.streets.cities import City


def show(made: Estimate, city: City, lang: Language) -> None:
    """Show the count, the claims, warnings, limits and inputs."""
    assessment = made.assessment
    parts = [*_count(made, lang), *_place(city, lang)]
    parts += [*_threats(assessment, lang), *_reported(made, lang)]
    if assessment.basis == "city_level":
        parts += _install(lang)
    parts += [*_warnings(assessment, lang), *_limits(assessment, lang), *_inputs(assessment, lang)]
    markup.show(lang, *parts)


def _count(made: Estimate, lang: Language) -> list[str]:
    assessment = made.assessment
    part = assessment.counted
    lines = [
        tr("Cameras of the reported system: {count}.", lang).format(
            count=quantities.quantity_text(part.count, lang)
        ),
        tr("Completeness: {completeness}.", lang).format(
            completeness=reported.completeness(assessment, lang)
        ),
        tr("Boundary: {boundary}", lang).format(boundary=figures.boundary_text(assessment, lang)),
    ]
    return [
        markup.tag("h2", tr("How many cameras, and how that is known", lang)),
        *(markup.tag("p", line) for line in lines),
        f"<p>{markup.lang_text(reported.translated(part.rule, lang), lang)}</p>",
        markup.tag("p", _dated(assessment, lang), kind="small"),
    ]


def _dated(assessment: Assessment, lang: Language) -> str:
    """Return which cameras the figures are of, and for which date, as a sentence."""
    dated = words.dated_status(assessment.status, assessment.as_of, lang)
    return reported.sentence(dated, lang)


def _place(city: City, lang: Language) -> list[str]:
    """Return notes on the place itself, such as a town of nearly the same name."""
    texts = [text for text in (city.note, *(trap.says for trap in city.traps)) if text]
    return [f"<p>{markup.lang_text(reported.translated(text, lang), lang)}</p>" for text in texts]


def _threats(assessment: Assessment, lang: Language) -> list[str]:
    """Return what such cameras are said to be used for; nothing where nothing is reported."""
    rows = [
        f"<strong>{markup.lang_text(row.name, lang)}</strong> "
        + (f"{markup.lang_text(row.says, lang)} " if row.says else "")
        + markup.text(row.answer)
        for row in uses.rows(assessment, lang)
    ]
    if not rows:
        return []
    return [
        markup.tag("h2", tr("What the cameras can be used for", lang)),
        markup.tag("p", uses.intro(lang), kind="small"),
        markup.listing(rows),
    ]


def _reported(made: Estimate, lang: Language) -> list[str]:
    """Return the claims: those that figures rest on, then, folded up, the others."""
    items = reported.items(made.assessment, made.claims, lang)
    used = [item for item in items if item.number is not None]
    parts = [
        markup.tag("h2", tr("What is reported", lang)),
        markup.tag("p", reported.grading(lang), kind="small"),
        _items(used, lang),
    ]
    against = reported.contradicting(made.assessment, made.claims)
    if against:
        parts.append(markup.tag("h3", tr("These claims contradict each other", lang)))
        by_id = {item.id: item for item in items}
        parts.append(markup.listing(_pair(pair, by_id, lang) for pair in against))
    parts += [
        markup.folded(head, _items(group, lang)) for head, group in reported.unnumbered(items, lang)
    ]
    return parts


def _items(items: Sequence[Item], lang: Language) -> str:
    rows = "".join(f"<li>{_item(item, lang)}</li>" for item in items)
    return f'<ul class="sources">{rows}</ul>'


def _item(item: Item, lang: Language) -> str:
    """Return one claim, or one source of map data."""
    cited = "" if item.number is None else markup.tag("strong", f"[{number(item.number)}] ")
    rows = [f"<p>{cited}{markup.lang_text(item.says or item.origin, lang)}</p>"]
    if item.says is not None:
        rows.append(f'<p class="small">{markup.lang_text(item.origin, lang)}</p>')
    if item.marks:
        rows.append(markup.tag("p", "; ".join(item.marks), kind="small"))
    if item.grade:
        remarks = [f"{markup.text(tr('Confidence', lang))}: {markup.text(item.grade)}."]
        remarks += [markup.lang_text(text, lang) for text in (item.reason, item.note) if text]
        rows.append(f'<p class="small">{" ".join(remarks)}</p>')
    if item.says is not None:
        rows.append(f"<p>{markup.tag('code', item.id)}</p>")
    return "".join(rows)


def _pair(pair: Sequence[str], by_id: dict[str, Item], lang: Language) -> str:
    """Return two claims that disagree, in words where they were known by the date."""
    shown = []
    for name in pair:
        item = by_id.get(name)
        says = item.says if item is not None else None
        shown.append(markup.lang_text(says, lang) if says else markup.tag("code", name))
    return " ⇄ ".join(shown)


def _install(lang: Language) -> list[str]:
    return [
        markup.tag("h2", tr("How to install streets", lang)),
        markup.listing((markup.text(step) for step in words.install_steps(lang)), name="ol"),
    ]


def _warnings(assessment: Assessment, lang: Language) -> list[str]:
    """Return warnings and what is missing; nothing where there is none."""
    texts = reported.note_texts(assessment, lang)
    if not texts:
        return []
    return [
        markup.tag("h2", tr("Warnings, and what is missing", lang)),
        markup.listing(markup.lang_text(text, lang) for text in texts),
    ]


def _limits(assessment: Assessment, lang: Language) -> list[str]:
    every = reported.limits(assessment, lang)
    return [
        markup.tag("h2", tr("What the figures cannot say", lang)),
        markup.listing(markup.text(text) for text in every),
    ]


def _inputs(assessment: Assessment, lang: Language) -> list[str]:
    assumptions = assessment.assumptions
    line = tr("Assumptions: {name}, {hash}.", lang).format(
        name=words.assumption_set(assumptions.name, len(assumptions.changed), lang),
        hash=assumptions.sha256[:12],
    )
    return [
        markup.tag("h2", tr("Inputs and versions", lang)),
        markup.tag("p", f"{line} {_dated(assessment, lang)}"),
        markup.folded(
            tr("What a second run needs", lang),
            markup.table(tables.provenance_table(assessment, lang)),
        ),
    ]
