"""Reports: one self-contained HTML file for each city and language. Never computes a figure.

A report holds no script, fetches nothing, and does not identify the machine that wrote it.

write_report       one file for each assessment and language
file_name          the name of such a file
hand_out_name      the name of the file of a hand-out
valid_until        last day on which it may be handed out
page.render        one report as a string
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from toolkit.assessment.model import Assessment
from toolkit.assumptions.sets import AssumptionSet
from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.base.terms import LANGUAGES, Language
from toolkit.evidence.claim import ID_PATTERN, Claim
from toolkit.evidence.load import evidence_sha256, load_claims
from toolkit.output.report import map_svg, page
from toolkit.studies.sensitivity.analysis import Sensitivity

__all__ = ["file_name", "hand_out_name", "valid_until", "write_report"]


def write_report(
    assessments: Sequence[Assessment],
    out: Path,
    *,
    assumptions: AssumptionSet,
    langs: Sequence[str] = ("en",),
    claims_by_city: Mapping[str, Sequence[Claim]] | None = None,
    sensitivities: Mapping[str, Sensitivity] | None = None,
) -> tuple[Path, ...]:
    """Write one HTML file for each assessment and language.

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
    claims_by_city
        All claims about each city, by its id; those of `load.load_claims` by default.
    sensitivities
        Sensitivity analyses by the id of the city, for reports in full detail.

    Returns
    -------
    paths
        The files, in the order of assessments and languages.

    Raises
    ------
    InputDataError
        If a language is not known, if assumptions or claims are not those that an assessment was
        made with, or if two reports would have the same name. Nothing is written then.
    """
    unknown = [lang for lang in langs if lang not in LANGUAGES]
    if unknown:
        msg = f"There is no report in {unknown[0]!r}. Give some of {', '.join(LANGUAGES)}."
        raise InputDataError(msg)
    chosen = tuple(lang for lang in LANGUAGES if lang in langs)
    texts: dict[str, str] = {}
    for assessment in assessments:
        claims = _claims_of(assessment, claims_by_city)
        until = valid_until(assessment, assumptions)
        drawing = map_svg.draw(assessment.layers) if assessment.layers else None
        for lang in chosen:
            name = file_name(assessment, lang)
            if name in texts:
                msg = f"Two reports would be called {name}. Write them into different folders."
                raise InputDataError(msg)
            texts[name] = page.render(
                assessment,
                claims=claims,
                valid_until=until,
                drawing=drawing,
                lang=lang,
                sensitivity=(sensitivities or {}).get(assessment.city.id),
            )
    for name, text in texts.items():
        store.write_text(out / name, text)
    return tuple(out / name for name in texts)


def file_name(assessment: Assessment, lang: Language) -> str:
    """Return the name of the file of one report, such as ``yangon-2026-11-23-en.html``.

    Raises
    ------
    InputDataError
        If the id of the city is not an id.
    """
    if not re.fullmatch(ID_PATTERN, assessment.city.id):
        msg = f"{assessment.city.id[:80]!r} is not the id of a city, so no file is named after it."
        raise InputDataError(msg)
    status = "" if assessment.status == "installed" else f"-{assessment.status}"
    return f"{assessment.city.id}{status}-{assessment.as_of.isoformat()}-{lang}.html"


def hand_out_name(assessment: Assessment, lang: Language) -> str:
    """Return the name of the file of a hand-out, such as ``yangon-hand-out-2026-11-23-en.html``.

    Raises
    ------
    InputDataError
        If the id of the city is not an id.
    """
    city = assessment.city.id
    return f"{city}-hand-out{file_name(assessment, lang).removeprefix(city)}"


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
