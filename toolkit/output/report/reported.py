"""What a report rests on, in words: claims, their figures, makers and dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.assessment.model import Assessment, CameraCount
from toolkit.base.quantity import Quantity
from toolkit.evidence.claim import Claim, Figure
from toolkit.evidence.claim import Status as ClaimStatus
from toolkit.evidence.load import known_by
from toolkit.language import words
from toolkit.language.translate import Language, date, has_burmese, ngettext, number, tr

_COUNTED_UNITS = ("cameras", "sites")
_OWN_COUNT = "own_count"
_NO_DATE = ("unknown", "date not stated")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""Keys of the catalogue."""


@dataclass(frozen=True)
class Said:
    """A text with the language it is in, which need not be that of the page."""

    text: str
    lang: Language


@dataclass(frozen=True)
class Item:
    """One entry of the list of sources.

    Attributes
    ----------
    number
        By which figures cite it; None for a claim that no figure rests on.
    says
        The claim in the toolkit's own words; None for a source of map data.
    origin
        Publisher, what was published, and when.
    marks
        What to know of it: how far it is used, old, contradicted, made up.
    grade, reason
        Confidence on the Admiralty scale; empty for a source of map data.
    note
        What else the record says.
    """

    number: int | None
    id: str
    says: Said | None
    origin: Said
    marks: tuple[str, ...]
    grade: str
    reason: Said | None
    note: Said | None


def data_text(text: str) -> Said:
    """Return a text from a record: records are written in English unless they hold Burmese."""
    return Said(text, "my" if has_burmese(text) else "en")


def translated(text: str, lang: Language) -> Said:
    """Return a sentence of the toolkit that reached us in English, in the language of the page."""
    found = tr(text, lang)
    return Said(found, lang if found != text else data_text(text).lang)


def counted(assessment: Assessment) -> CameraCount:
    """Return the count of the status that the assessment is about."""
    if assessment.status == "installed":
        return assessment.cameras.installed
    return assessment.cameras.planned


def when_text(when: str, lang: Language) -> str:
    """Return a date as far as it is known.

    Parameters
    ----------
    when
        As in `records.When`: a day, month, year, two of them, or ``unknown``. A time of day is
        left out; anything else is returned as it is.
    lang
        Language.
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
        name = tr(_MONTHS[int(month) - 1], lang)
        return tr("{month} {year}", lang).format(month=name, year=year)
    if re.fullmatch(r"\d{4}", text):
        return tr("the year {year}", lang).format(year=text)
    return text


def figure_text(figure: Figure, lang: Language) -> str:
    """Return a reported number of cameras or sites as it was worded."""
    low, high = figure.low, figure.high
    least = _counted_text(low if low is not None else high or 0.0, figure.unit, lang)
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


def _counted_text(value: float, unit: str, lang: Language) -> str:
    return words.quantity_text(Quantity.exactly(value, unit), lang)


def _with_unit(span: str, unit: str, lang: Language) -> str:
    if unit == "sites":
        return tr("{value} sites", lang).format(value=span)
    return tr("{value} cameras", lang).format(value=span)


def _status_text(status: ClaimStatus | None, lang: Language) -> str:
    """Return what is reported where no number is."""
    texts = {
        "installed": tr("cameras are installed, without a number", lang),
        "planned": tr("cameras are planned, without a number", lang),
        "tender": tr("a tender for cameras, without a number", lang),
        "talks": tr("talks about cameras, without a number", lang),
    }
    return texts[status or "planned"]


def basis_sentence(assessment: Assessment, claims: Sequence[Claim], lang: Language) -> str:
    """Return what the report rests on: who said what, when, and what is made of it.

    Parameters
    ----------
    assessment
        The assessment.
    claims
        The claims about its city.
    lang
        Language.
    """
    part = counted(assessment)
    count = words.quantity_text(part.count, lang)
    if any(note.id == _OWN_COUNT for note in assessment.warnings):
        return tr(
            "This rests on a number that the user entered, not on a report: {count}.", lang
        ).format(count=count)
    by_id = {claim.id: claim for claim in claims}
    used = [by_id[name] for name in part.claims if name in by_id]
    if not used:
        return tr(
            "No report of cameras in this city is known; a wide range from other cities of the "
            "country stands in: {count}.",
            lang,
        ).format(count=count)
    first = used[0]
    figure = first.quantity if first.quantity and first.quantity.unit in _COUNTED_UNITS else None
    what = figure_text(figure, lang) if figure else _status_text(first.status, lang)
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


def items(assessment: Assessment, claims: Sequence[Claim], lang: Language) -> tuple[Item, ...]:
    """Return the list of sources: those of the figures first, then what else is reported.

    What was said after the date of the assessment is not in the list.
    """
    part = counted(assessment)
    by_id = {claim.id: claim for claim in claims}
    found = []
    for count, source in enumerate(assessment.sources, start=1):
        claim = by_id.get(source.id)
        if claim is not None:
            found.append(_claim_item(claim, count, part, lang))
            continue
        origin = f"{source.publisher}, {when_text(source.date, lang)}"
        found.append(Item(count, source.id, None, data_text(origin), (), "", None, None))
    cited = {source.id for source in assessment.sources}
    others = [c for c in known_by(claims, assessment.as_of) if c.id not in cited]
    return (*found, *(_claim_item(claim, None, part, lang) for claim in others))


def _claim_item(claim: Claim, count: int | None, part: CameraCount, lang: Language) -> Item:
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
    against = [name for pair in part.contradictions if claim.id in pair for name in pair]
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
    )
