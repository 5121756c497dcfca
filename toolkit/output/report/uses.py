"""Reported uses of cameras against people, and what here answers each."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.assessment.model import Assessment
from toolkit.base.terms import TIERS, Language
from toolkit.evidence.threats import Threat, load_threats
from toolkit.language import words
from toolkit.language.translate import tr
from toolkit.output.report import reported
from toolkit.output.report.reported import LangText


@dataclass(frozen=True)
class ThreatRow:
    """One reported use of cameras: its name, a sentence, and what here answers it."""

    name: LangText
    says: LangText | None
    answer: str


def rows(assessment: Assessment, lang: Language) -> list[ThreatRow]:
    """Return the reported uses of cameras in a city, and which figures here answer them."""
    known = {threat.id: threat for threat in load_threats()}
    found = []
    for part in assessment.threats:
        threat = known.get(part.id)
        found.append(
            ThreatRow(
                name=reported.data_text(threat.name.in_language(lang) if threat else part.id),
                says=reported.data_text(threat.says.in_language(lang)) if threat else None,
                answer=_answered(part.answered_by, threat, lang),
            )
        )
    return found


def _answered(answered_by: str | None, threat: Threat | None, lang: Language) -> str:
    """Return which figures answer a threat, and on which page a person can ask about it."""
    tier = next((tier for tier in TIERS if tier == answered_by), None)
    said = []
    if tier is not None:
        answered = tr("Answered in part by the figures for: {tier}.", lang)
        said.append(answered.format(tier=words.tier_name(tier, lang)))
    if threat is not None and threat.asked_on is not None:
        pages = {
            "link": tr("Route", lang),  # with a second one
            "route": tr("Route", lang),
            "place": tr("Place", lang),
            "vehicles": tr("Vehicles", lang),
        }
        asked = tr("Ask about it on the page {page} of the app.", lang)
        said.append(asked.format(page=pages[threat.asked_on]))
    return " ".join(said) or tr("Not modelled: no figure here answers this.", lang)


def intro(lang: Language) -> str:
    """Return what the list of reported uses is, and what it is not."""
    return tr(
        "What people quoted in the reports say that such cameras can be used for. These are "
        "judgements and fears, not reports of cases in this city.",
        lang,
    )
