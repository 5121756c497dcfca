"""Reports: hand-outs, sessions and full reports as files of their own. Never computes a figure.

A report fetches nothing, and does not identify the machine that wrote it.

write_report       the files on some assessments
write_comparison   what changed between two answers
write_index        one page that leads to all files of a folder
Edition            what is written: formats, detail, question of the map, advice
Parts              what a full report holds on top
file_name          the name of a file
valid_until        last day on which it may be handed out
page.render        one report as a string
hand_out.pdf       one hand-out as bytes
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from toolkit.assessment.model import Assessment
from toolkit.assumptions.sets import AssumptionSet
from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.base.terms import LANGUAGES, Language, Tier
from toolkit.evidence.claim import ID_PATTERN, Claim
from toolkit.evidence.load import evidence_sha256, load_claims
from toolkit.language.translate import Numerals, numerals_of
from toolkit.output import exports
from toolkit.output.report import (
    compared,
    figures_csv,
    full,
    hand_out,
    index,
    map_svg,
    page,
    session,
    typeset,
)
from toolkit.output.report.live_map import REPORT_BYTES
from toolkit.output.report.thinned import thinned
from toolkit.studies.sensitivity.analysis import Sensitivity
from toolkit.threats.model import Answer

__all__ = [
    "DETAILS",
    "FORMATS",
    "Edition",
    "Parts",
    "file_name",
    "valid_until",
    "write_comparison",
    "write_index",
    "write_report",
]

Format = Literal["pdf", "html", "gpkg", "csv"]
Detail = Literal["handout", "full", "session"]
FORMATS: Final[tuple[Format, ...]] = ("pdf", "html", "gpkg", "csv")
DETAILS: Final[tuple[Detail, ...]] = ("handout", "full", "session")
_PARTS: Final[dict[Detail, str]] = {"handout": "-hand-out", "full": "", "session": "-session"}
"""What the name of a file says of its detail."""
INDEX: Final = "index.html"


@dataclass(frozen=True)
class Edition:
    """What is written of each city.

    Attributes
    ----------
    formats
        Some of `FORMATS`. `gpkg` needs streets that were computed in one piece, and is left out of
        other cities; it and `csv` hold no language.
    detail
        One of `DETAILS`.
    tier
        Question of the map of a hand-out and a session.
    advice
        The trainer's own words on a hand-out.
    numerals
        Digits of the figures in Burmese files; None for those of `translate.use_numerals`.
    """

    formats: tuple[Format, ...] = ("html",)
    detail: Detail = "full"
    tier: Tier = "seen"
    advice: str = ""
    numerals: Numerals | None = None


@dataclass(frozen=True)
class Parts:
    """What a full report on a city holds on top of its assessment.

    Attributes
    ----------
    sensitivity
        Which assumption matters; without it the report says that this was not analysed.
    own
        Answers to the reader's own questions, see `own_answers`.
    """

    sensitivity: Sensitivity | None = None
    own: tuple[Answer, ...] = ()


def write_report(
    assessments: Sequence[Assessment],
    out: Path,
    *,
    assumptions: AssumptionSet,
    langs: Sequence[str] = ("en",),
    edition: Edition | None = None,
    claims_by_city: Mapping[str, Sequence[Claim]] | None = None,
    sensitivities: Mapping[str, Sensitivity] | None = None,
    own: Mapping[str, Sequence[Answer]] | None = None,
) -> tuple[Path, ...]:
    """Write the files on each assessment, by default one HTML page for each language.

    Parameters
    ----------
    assessments
        Assessments, each with its layers if it has streets.
    out
        Folder, made if it does not exist. A file of the same name is replaced.
    assumptions
        Set with which the assessments were made.
    langs
        Languages, some of `translate.LANGUAGES`.
    edition
        What is written; by default the full report as HTML.
    claims_by_city
        All claims about each city, by its id; those of `load.load_claims` by default.
    sensitivities
        Sensitivity analyses by the id of the city, for reports in full detail.
    own
        Answers to the reader's own questions by the id of the city, for reports in full detail;
        the names of their files say that they hold some.

    Returns
    -------
    paths
        The files, in the order of assessments, languages and formats.

    Raises
    ------
    InputDataError
        If a language is not known, if assumptions or claims are not those that an assessment was
        made with, if answers are for another report than a full one, or if two reports would have
        the same name. Nothing is written then.
    """
    chosen = _languages(langs)
    wanted = edition or Edition()
    files: dict[str, bytes] = {}
    for assessment in assessments:
        claims = _claims_of(assessment, claims_by_city)
        until = valid_until(assessment, assumptions)
        city = assessment.city.id
        parts = Parts((sensitivities or {}).get(city), tuple((own or {}).get(city, ())))
        made = _pages(assessment, claims, until, wanted, chosen, parts)
        made |= data_files(assessment, wanted, assumptions.value(exports.CELL_M))
        for name, content in made.items():
            if name in files:
                msg = f"Two reports would be called {name}. Write them into different folders."
                raise InputDataError(msg)
            files[name] = content
    return _write(files, out)


def write_comparison(
    a: Assessment,
    b: Assessment,
    out: Path,
    *,
    langs: Sequence[str] = ("en",),
    formats: Sequence[Format] = ("pdf",),
    sets: tuple[AssumptionSet, AssumptionSet] | None = None,
    numerals: Numerals | None = None,
) -> tuple[Path, ...]:
    """Write what changed from one answer about a city to another.

    Parameters
    ----------
    a, b
        The answers.
    out
        Folder.
    langs
        Languages.
    formats
        `pdf`, `html` or both; others do not apply.
    sets
        Their sets of assumptions, so that each value that differs is listed.
    numerals
        As in `Edition`.

    Raises
    ------
    InputDataError
        If they are about two cities, or a language is not known.
    """
    files: dict[str, bytes] = {}
    for lang in _languages(langs):
        with numerals_of(lang, numerals):
            data = compared.document(a, b, lang, sets=sets)
        for form in formats:
            if form in ("pdf", "html"):
                name = compared_name(b, lang, form)
                made = (
                    typeset.document(data, day=b.as_of)
                    if form == "pdf"
                    else page.of_document(data).encode()
                )
                files[name] = made
    return _write(files, out)


def write_index(
    paths: Sequence[Path],
    cities: Mapping[str, Assessment],
    out: Path,
    *,
    numerals: Numerals | None = None,
) -> Path:
    """Write one page that leads to some files below a folder.

    Parameters
    ----------
    paths
        The files, in this folder or below it.
    cities
        The assessments of which they are, by the id of the city.
    out
        The folder.
    numerals
        As in `Edition`.
    """
    listed = []
    for city, assessment in cities.items():
        own = [p for p in paths if p.name == city or re.match(rf"{re.escape(city)}[-.]", p.name)]
        rows = [
            (p.relative_to(out).as_posix(), p.suffix.removeprefix("."), p.stat().st_size)
            for p in own
        ]
        listed.append((assessment, rows))
    path = out / INDEX
    store.write_text(path, index.render(listed, numerals))
    return path


def file_name(
    assessment: Assessment,
    lang: Language,
    *,
    detail: Detail = "full",
    form: str = "html",
    own: bool = False,
) -> str:
    """Return the name of a file, such as ``yangon-hand-out-2026-11-23-en.pdf``.

    Parameters
    ----------
    assessment, lang
        What is reported, and in which language.
    detail, form
        Its detail and format.
    own
        Whether it holds answers to somebody's own questions.

    Raises
    ------
    InputDataError
        If the id of the city is not an id.
    """
    return _named(assessment, _PARTS[detail] + ("-own" if own else ""), f"-{lang}.{form}")


def compared_name(second: Assessment, lang: Language, form: str) -> str:
    """Return the name of the file of a comparison, after the second of its answers."""
    return _named(second, "-compared", f"-{lang}.{form}")


def valid_until(assessment: Assessment, assumptions: AssumptionSet) -> dt.date:
    """Return the last day on which a report may be handed out.

    Raises
    ------
    InputDataError
        If these are not the assumptions of the assessment.
    """
    if assumptions.sha256 != assessment.assumptions.sha256:
        msg = (
            f"The assessment of {assessment.city.id} was made with other assumptions than "
            f"{assumptions.name!r} holds now. Make it again, or give those assumptions."
        )
        raise InputDataError(msg)
    return assessment.as_of + dt.timedelta(days=assumptions.value("report.valid_days"))


def _named(assessment: Assessment, part: str, end: str) -> str:
    city = assessment.city.id
    if not re.fullmatch(ID_PATTERN, city):
        msg = f"{city[:80]!r} is not the id of a city, so no file is named after it."
        raise InputDataError(msg)
    status = "" if assessment.status == "installed" else f"-{assessment.status}"
    return f"{city}{part}{status}-{assessment.as_of.isoformat()}{end}"


def _languages(langs: Sequence[str]) -> tuple[Language, ...]:
    unknown = [lang for lang in langs if lang not in LANGUAGES]
    if unknown:
        msg = f"There is no report in {unknown[0]!r}. Give some of {', '.join(LANGUAGES)}."
        raise InputDataError(msg)
    return tuple(lang for lang in LANGUAGES if lang in langs)


def _pages(
    assessment: Assessment,
    claims: tuple[Claim, ...],
    until: dt.date,
    edition: Edition,
    langs: Sequence[Language],
    parts: Parts,
) -> dict[str, bytes]:
    """Return the PDFs and HTML pages of one city, by their names."""
    files: dict[str, bytes] = {}
    for lang in langs:
        for form in edition.formats:
            if form in ("pdf", "html"):
                name = file_name(
                    assessment, lang, detail=edition.detail, form=form, own=bool(parts.own)
                )
                files[name] = one(assessment, claims, until, edition, lang, form=form, parts=parts)
    return files


def one(
    assessment: Assessment,
    claims: Sequence[Claim],
    until: dt.date,
    edition: Edition,
    lang: Language,
    *,
    form: Literal["pdf", "html"],
    parts: Parts | None = None,
) -> bytes:
    """Return one PDF or HTML page.

    Parameters
    ----------
    assessment, claims, until, edition, lang
        As in `write_report`; `until` is the last day on which it may be handed out.
    form
        Its format.
    parts
        What a full report holds on top.

    Raises
    ------
    InputDataError
        If there are parts that do not belong to it.
    """
    parts = parts or Parts()
    with numerals_of(lang, edition.numerals):
        layers = assessment.layers
        if parts.own and edition.detail != "full":
            msg = "Answers to own questions are a part of the full report only."
            raise InputDataError(msg)
        match edition.detail, form:
            case "handout", "pdf":
                return hand_out.pdf(
                    assessment,
                    claims=claims,
                    valid_until=until,
                    tier=edition.tier,
                    advice=edition.advice,
                    lang=lang,
                )
            case "handout", _:
                return hand_out.interactive(
                    assessment,
                    claims=claims,
                    valid_until=until,
                    tier=edition.tier,
                    advice=edition.advice,
                    lang=lang,
                ).encode()
            case "full", "html":
                return page.render(
                    assessment,
                    claims=claims,
                    valid_until=until,
                    drawing=map_svg.draw(thinned(layers, REPORT_BYTES).layers) if layers else None,
                    lang=lang,
                    sensitivity=parts.sensitivity,
                    own=parts.own,
                    live=True,
                ).encode()
            case "full", _:
                data = full.document(
                    assessment,
                    claims=claims,
                    valid_until=until,
                    lang=lang,
                    sensitivity=parts.sensitivity,
                    own=parts.own,
                )
            case _:
                data = session.document(
                    assessment, claims=claims, valid_until=until, tier=edition.tier, lang=lang
                )
        if form == "pdf":
            return typeset.document(data, day=assessment.as_of)
        return page.of_document(data).encode()


def data_files(assessment: Assessment, edition: Edition, cell_m: float) -> dict[str, bytes]:
    """Return the files without a language, by their names.

    Parameters
    ----------
    assessment
        The assessment.
    edition
        Its formats say which.
    cell_m
        Side of a cell of the GeoPackage in metres.
    """
    files: dict[str, bytes] = {}
    if "csv" in edition.formats:
        name = _named(assessment, "", ".csv")
        files[name] = figures_csv.text(assessment).encode()
        files[_named(assessment, "", ".csv.json")] = figures_csv.schema(assessment, name).encode()
    layers = assessment.layers
    if "gpkg" in edition.formats and layers is not None and layers.detail is not None:
        with store.scratch() as folder:
            path = folder / _named(assessment, "", ".gpkg")
            exports.write_export(assessment, exports.LAYERS, path, cell_m=cell_m)
            files[path.name] = path.read_bytes()
    return files


def _write(files: Mapping[str, bytes], out: Path) -> tuple[Path, ...]:
    for name, content in files.items():
        store.write_bytes(out / name, content)
    return tuple(out / name for name in files)


def _claims_of(
    assessment: Assessment, claims_by_city: Mapping[str, Sequence[Claim]] | None
) -> tuple[Claim, ...]:
    """Return the claims about the city, after checking that the figures rest on these."""
    city = assessment.city.id
    claims = tuple(claims_by_city[city]) if claims_by_city is not None else load_claims(city)
    if evidence_sha256(claims) != assessment.inputs.evidence_sha256:
        msg = (
            f"The evidence about {city} has changed since its figures were made. Make the "
            "assessment again."
        )
        raise InputDataError(msg)
    return claims
