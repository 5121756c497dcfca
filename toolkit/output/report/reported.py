"""What the figures rest on, in words: claims, makers, dates, completeness, boundary.

Shared by the report and the app.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from toolkit.assessment.model import Assessment, CameraCount
from toolkit.assumptions.sets import usual_sha256
from toolkit.base.quantity import Quantity
from toolkit.base.terms import Language
from toolkit.evidence.claim import Claim, Figure
from toolkit.evidence.claim import Status as ClaimStatus
from toolkit.evidence.load import NATIONAL, contradictions, known_by
from toolkit.language import notes, quantities, words
from toolkit.language.translate import date, has_burmese, month_name, ngettext, number, tr

_COUNTED_UNITS = ("cameras", "sites")
_OWN_COUNT = "own_count"
_NO_DATE = ("unknown", "date not stated")

Group = Literal["watching", "makers", "plans", "compelled_private", "register", "other"]
"""Kinds of claims that no figure rests on, in the order of display."""


@dataclass(frozen=True)
class LangText:
    """A text and its language, which need not be that of the page."""

    text: str
    lang: Language


@dataclass(frozen=True)
class Item:
    """One entry of the list of sources.

    Attributes
    ----------
    number
        Number by which figures cite it; None for a claim that no figure rests on.
    says
        The claim in the toolkit's own words; None for a source of map data.
    origin
        Publisher, title and date.
    marks
        Remarks: dates, use, age, contradictions, whether it is made up.
    grade, reason
        Confidence on the Admiralty scale; empty for a source of map data.
    note
        Further remark of the record.
    group
        Kind of a claim that no figure rests on.
    """

    number: int | None
    id: str
    says: LangText | None
    origin: LangText
    marks: tuple[str, ...]
    grade: str
    reason: LangText | None
    note: LangText | None
    group: Group = "other"


def data_text(text: str) -> LangText:
    """Return the text of a record, which is English unless it holds Burmese letters."""
    return LangText(text, "my" if has_burmese(text) else "en")


def translated(text: str, lang: Language) -> LangText:
    """Return an English sentence in the language of the page, where the catalogue has it."""
    found = tr(text, lang)
    return LangText(found, lang if found != text else data_text(text).lang)


def when_text(when: str, lang: Language) -> str:
    """Return a date as far as it is known.

    Parameters
    ----------
    when
        As in `claim.When`: a day, month, year, two of them, or ``unknown``. A time of day is
        left out; anything else is returned unchanged.
    lang
        Language.

    Examples
    --------
    >>> when_text("2025-05", "en")
    'May 2025'
    >>> when_text("2019/2021", "en")
    'between the year 2019 and the year 2021'
    """
    if when in _NO_DATE:
        return tr("date not known", lang)
    first, _, last = when.partition("/")
    if last:
        return tr("between {first} and {last}", lang).format(
            first=_one_date(first, lang), last=_one_date(last, lang)
        )
    return _one_date(first, lang)


def _one_date(text: str, lang: Language) -> str:
    """Return a day, a month or a year in words."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d(T[\d:.]+Z?)?", text):
        return date(dt.date.fromisoformat(text[:10]), lang)
    if re.fullmatch(r"\d{4}-\d\d", text):
        year, _, month = text.partition("-")
        return tr("{month} {year}", lang).format(month=month_name(int(month), lang), year=year)
    if re.fullmatch(r"\d{4}", text):
        return tr("the year {year}", lang).format(year=text)
    return text


def sentence(text: str, lang: Language) -> str:
    """Return a text with the full stop of its language."""
    return tr("{start}.", lang).format(start=text)


def banner(assessment: Assessment, lang: Language) -> str | None:
    """Return what the top of every page says of its figures: made up, other assumptions."""
    found = [words.demonstration(lang)] if assessment.demonstration else []
    used = assessment.assumptions
    if used.sha256 != usual_sha256():
        name = words.assumption_set(used.name, len(used.changed), lang)
        found.append(tr("Not the usual assumptions: {name}.", lang).format(name=name))
        # A set of lowest exposure says itself what it is not good for.
        found += [
            notes.text(note.id, lang) for note in assessment.warnings if note.id == "minimal_set"
        ]
    return " ".join(found) or None


def completeness(assessment: Assessment, lang: Language) -> str:
    """Return how many of the cameras are on the map."""
    part = assessment.counted
    share = quantities.quantity_text(part.completeness, lang)
    if not part.completeness.known:
        return share.rstrip(".။")
    return tr("{mapped} cameras are mapped; of the estimated ones that is {share}", lang).format(
        mapped=number(part.mapped), share=share
    )


def boundary_size(assessment: Assessment, lang: Language) -> str:
    """Return street length and area inside the boundary, as a sentence."""
    found = assessment.city.boundary
    if found.length_km is None or found.area_km2 is None:
        return tr("none, since no streets are installed.", lang)
    return tr("{length} of street on {area}.", lang).format(
        length=_exact(found.length_km, "km", lang), area=_exact(found.area_km2, "km2", lang)
    )


def under_table(
    assessment: Assessment, items: Sequence[Item], boundary: str, lang: Language
) -> str:
    """Return the line below every table of figures: date, completeness, boundary, sources."""
    cited = ", ".join(f"[{number(item.number)}]" for item in items if item.number is not None)
    return tr(
        "{status}. Completeness: {completeness}. Boundary: {boundary} Sources: {sources}.", lang
    ).format(
        status=words.dated_status(assessment.status, assessment.as_of, lang),
        completeness=completeness(assessment, lang),
        boundary=boundary,
        sources=cited,
    )


def note_texts(assessment: Assessment, lang: Language) -> list[LangText]:
    """Return what is missing and the warnings; a note of another version keeps its own words."""
    found = []
    for note in (*assessment.missing, *assessment.warnings):
        try:
            found.append(LangText(notes.text(note.id, lang, **note.values), lang))
        except KeyError:
            found.append(data_text(note.text))
    return found


def grading(lang: Language) -> str:
    """Return how claims are worded and graded."""
    return tr(
        "Claims are given in the toolkit's own words. Confidence is graded on the Admiralty "
        "scale: A to F for the source, 1 to 6 for what it says; A1 is the best, and F and 6 "
        "mean that it cannot be judged.",
        lang,
    )


def figure_text(figure: Figure, lang: Language) -> str:
    """Return a reported number of cameras or sites in the wording of its source."""
    low, high = figure.low, figure.high
    least = _exact(low if low is not None else high or 0.0, figure.unit, lang)
    patterns = {
        "exact": "{least}",
        "about": tr("about {least}", lang),
        "at_least": tr("at least {least}", lang),
        "over": tr("over {least}", lang),
        "up_to": tr("up to {least}", lang),
        "hundreds": tr("hundreds (read as {span})", lang),
        "range": "{span}",
    }
    span = ""
    if low is not None and high is not None:
        whole = tr("{low} to {high}", lang).format(low=number(low), high=number(high))
        span = _with_unit(whole, figure.unit, lang)
    text = patterns[figure.wording].format(least=least, span=span)
    if figure.kind == "increment":
        return tr("{figure} more", lang).format(figure=text)
    if figure.kind == "flow":
        return tr("{figure} put up within some time", lang).format(figure=text)
    return text


def _exact(value: float, unit: str, lang: Language) -> str:
    return quantities.quantity_text(Quantity.exactly(value, unit), lang)


def _with_unit(span: str, unit: str, lang: Language) -> str:
    if unit == "sites":
        return tr("{value} sites", lang).format(value=span)
    return tr("{value} cameras", lang).format(value=span)


def _status_text(status: ClaimStatus | None, lang: Language) -> str:
    """Return what is reported where there is no number."""
    texts = {
        "installed": tr("cameras are installed, without a number", lang),
        "planned": tr("cameras are planned, without a number", lang),
        "tender": tr("a tender for cameras, without a number", lang),
        "talks": tr("talks about cameras, without a number", lang),
        "ordered": tr("owners were ordered to put up cameras, without a number", lang),
    }
    return texts[status or "planned"]


def source_line(assessment: Assessment, claims: Sequence[Claim], lang: Language) -> str:
    """Return `source_sentence` in few words: whose report, when, and the count assumed.

    A count in the street is named, too.
    """
    line, seen = _report_line(assessment, claims, lang), assessment.counted.observations
    if not seen:
        return line
    total = sum(one.seen for one in seen)
    if total:
        counted = tr("Updated by a count in the street: {seen} seen on {km} km.", lang)
    else:
        counted = tr("Updated by a count in the street: none seen on {km} km; some may be.", lang)
    walked_km = number(sum(one.walked_km for one in seen), decimals=1).removesuffix(".0")
    return f"{line} {counted.format(seen=number(total), km=walked_km)}"


def _report_line(assessment: Assessment, claims: Sequence[Claim], lang: Language) -> str:
    """Return whose report, when, and the count assumed."""
    part = assessment.counted
    count = quantities.quantity_text(part.count, lang)
    if any(note.id == _OWN_COUNT for note in assessment.warnings):
        return _entered(part, tr("Rests on your own number: {count}.", lang), lang)
    by_id = {claim.id: claim for claim in claims}
    first = next((by_id[name] for name in part.claims if name in by_id), None)
    if first is None:
        return tr("Rests on no report: a wide range, {count}.", lang).format(count=count)
    if first.made_up:
        pattern = tr("Rests on a made-up report ({date}): {what}; assumed: {count}.", lang)
    else:
        pattern = tr("Rests on {publisher} ({date}): {what}; assumed: {count}.", lang)
    return pattern.format(
        publisher=first.source.publisher,
        date=when_text(str(first.said), lang),
        what=_what(first, lang),
        count=count,
    )


def source_sentence(assessment: Assessment, claims: Sequence[Claim], lang: Language) -> str:
    """Return what the figures rest on: who said what, when, and the count taken from it.

    Parameters
    ----------
    assessment
        The assessment.
    claims
        The claims about its city.
    lang
        Language.
    """
    part = assessment.counted
    count = quantities.quantity_text(part.count, lang)
    if any(note.id == _OWN_COUNT for note in assessment.warnings):
        own = tr("This rests on a number that the user entered, not on a report: {count}.", lang)
        return _entered(part, own, lang)
    by_id = {claim.id: claim for claim in claims}
    used = [by_id[name] for name in part.claims if name in by_id]
    if not used:
        return tr(
            "No report of cameras in this city is known; a wide range from other cities of the "
            "country stands in: {count}.",
            lang,
        ).format(count=count)
    first = used[0]
    figure = _figure(first)
    what = _what(first, lang)
    makers = (figure.brand,) if figure and figure.brand else first.brands
    if first.made_up:
        pattern = tr(
            "This rests on a made-up report ({date}): {what}; taken here as {count}.", lang
        )
    elif makers:
        pattern = tr(
            "This rests on a report by {publisher} ({date}): {what}, said to be made by {makers}, "
            "which nobody has checked; taken here as {count}.",
            lang,
        )
    else:
        pattern = tr(
            "This rests on a report by {publisher} ({date}): {what}; taken here as {count}.", lang
        )
    sentence = pattern.format(
        publisher=first.source.publisher,
        date=when_text(str(first.said), lang),
        what=what,
        makers=", ".join(makers),
        count=count,
    )
    more = len(used) - 1
    if not more:
        return sentence
    further = ngettext(
        "{n} further claim was used; see Sources.",
        "{n} further claims were used; see Sources.",
        more,
        lang,
    ).format(n=more)
    return f"{sentence} {further}"


def _entered(part: CameraCount, own: str, lang: Language) -> str:
    """Return a sentence on the number that was entered, and the one used if more are mapped."""
    count = quantities.quantity_text(part.count, lang)
    entered = quantities.quantity_text(part.entered or part.count, lang)
    own = own.format(count=entered)
    if entered == count:
        return own
    raised = tr("{mapped} cameras are mapped, so the number used is {count}.", lang)
    return f"{own} {raised.format(mapped=number(part.mapped), count=count)}"


def _figure(claim: Claim) -> Figure | None:
    """Return the number of cameras or sites of a claim, if it states one."""
    stated = claim.quantity
    return stated if stated and stated.unit in _COUNTED_UNITS else None


def _what(claim: Claim, lang: Language) -> str:
    """Return the number that a claim states, else whether cameras are there."""
    figure = _figure(claim)
    return figure_text(figure, lang) if figure else _status_text(claim.status, lang)


def limits(assessment: Assessment, lang: Language) -> tuple[str, ...]:
    """Return the limits of an assessment as sentences."""
    many = words.private_limit("en") in assessment.limits
    return words.limits(lang, assessment.inputs.siting_cities, private_many=many)


def group_name(group: Group, lang: Language) -> str:
    """Return the heading of a group of claims that no figure rests on."""
    names: dict[Group, str] = {
        "watching": tr("Who watches the pictures", lang),
        "makers": tr("What makers and suppliers say and do", lang),
        "plans": tr("Plans for the whole country", lang),
        "compelled_private": tr(
            "Private cameras that owners were ordered to put up (not counted here)", lang
        ),
        "register": tr("Registers and checkpoints (not counted here)", lang),
        "other": tr("Also reported, but no figure here rests on it", lang),
    }
    return names[group]


def unnumbered(items_: Sequence[Item], lang: Language) -> list[tuple[str, tuple[Item, ...]]]:
    """Return the claims that no figure rests on: each group's heading and claims, if it has any."""
    rest = [item for item in items_ if item.number is None]
    groups = [
        (group, tuple(item for item in rest if item.group == group)) for group in get_args(Group)
    ]
    return [(group_name(group, lang), found) for group, found in groups if found]


def contradicting(assessment: Assessment, claims: Sequence[Claim]) -> tuple[tuple[str, ...], ...]:
    """Return pairs of ids of claims that disagree: about the city, and about the country."""
    known = contradictions(known_by(claims, assessment.as_of))
    return tuple(sorted({*assessment.counted.contradictions, *known}))


def items(assessment: Assessment, claims: Sequence[Claim], lang: Language) -> tuple[Item, ...]:
    """Return the list of sources: those of the figures first, then other claims.

    Claims made after the date of the assessment are left out.
    """
    part = assessment.counted
    against = contradicting(assessment, claims)
    by_id = {claim.id: claim for claim in claims}
    found = []
    for count, source in enumerate(assessment.sources, start=1):
        claim = by_id.get(source.id)
        if claim is not None:
            found.append(_claim_item(claim, count, part, against, lang))
            continue
        origin = f"{source.publisher}, {when_text(source.date, lang)}"
        found.append(Item(count, source.id, None, data_text(origin), (), "", None, None))
    cited = {source.id for source in assessment.sources}
    others = [c for c in known_by(claims, assessment.as_of) if c.id not in cited]
    return (*found, *(_claim_item(claim, None, part, against, lang) for claim in others))


def _group(claim: Claim) -> Group:
    if claim.scope in ("compelled_private", "register"):
        return claim.scope
    if "live_watching" in claim.capability:
        return "watching"
    named = claim.brands or claim.suppliers
    if claim.topic == "supplier" or (claim.topic == "statement" and named):
        return "makers"
    return "plans" if claim.city == NATIONAL and claim.status is not None else "other"


def _claim_item(
    claim: Claim,
    count: int | None,
    part: CameraCount,
    pairs: Sequence[Sequence[str]],
    lang: Language,
) -> Item:
    origin = f"{claim.source.publisher}: {claim.source.title}"
    dated = tr("said {date}", lang).format(date=when_text(str(claim.said), lang))
    marks = [dated]
    if claim.valid is not None:
        marks.append(tr("holds for {date}", lang).format(date=when_text(str(claim.valid), lang)))
    if claim.made_up:
        marks.append(tr("made up", lang))
    if claim.id in part.claims:
        marks.append(tr("used for the number of cameras", lang))
        if part.stale:
            marks.append(tr("old", lang))
    against = [name for pair in pairs if claim.id in pair for name in pair]
    others = sorted({name for name in (*against, *claim.contradicts) if name != claim.id})
    if others:
        marks.append(tr("contradicts {others}", lang).format(others=", ".join(others)))
    return Item(
        number=count,
        id=claim.id,
        says=data_text(claim.says),
        origin=data_text(origin),
        marks=tuple(marks),
        grade=claim.confidence.grade,
        reason=data_text(claim.confidence.reason),
        note=data_text(claim.note) if claim.note else None,
        group=_group(claim),
    )
