"""Section on sensitivity: which assumption matters, for a report in full detail."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from toolkit.assessment.model import Assessment
from toolkit.base.errors import InputDataError
from toolkit.base.terms import TIERS, Tier
from toolkit.language.translate import Language, tr
from toolkit.output.report import tables
from toolkit.studies.sensitivity import chart, words
from toolkit.studies.sensitivity.analysis import Sensitivity


@dataclass(frozen=True)
class TierSection:
    """One tier: main sentence, chart, and the factors as a table."""

    heading: str
    sentence: str
    chart: Markup
    table: tables.Table
    foot: str


@dataclass(frozen=True)
class Section:
    """Analysis as the page shows it."""

    how: tuple[str, ...]
    tiers: tuple[TierSection, ...]
    not_varied: tuple[str, ...]


def sensitivity_section(
    assessment: Assessment, found: Sensitivity | None, lang: Language
) -> Section | None:
    """Return an analysis as a report shows it; None where there is none.

    Raises
    ------
    InputDataError
        If it was made for another city, date, status or set of assumptions than the assessment.
    """
    if found is None:
        return None
    for what, mine, theirs in (
        ("city", assessment.city.id, found.city),
        ("date", assessment.as_of, found.as_of),
        ("status", assessment.status, found.status),
        ("set of assumptions", assessment.assumptions.sha256, found.assumptions.sha256),
    ):
        if mine != theirs:
            msg = (
                f"The sensitivity of {found.city} belongs to another {what} than its assessment. "
                "Make it again with the same options."
            )
            raise InputDataError(msg)
    return Section(
        how=words.how_made(found, lang),
        tiers=tuple(_tier(found, tier, lang) for tier in TIERS),
        not_varied=words.not_varied(found, lang),
    )


def table(found: Sensitivity, tier: Tier, lang: Language) -> tables.Table:
    """Return the factors of one tier that are distinguishable from zero, as a table."""
    rows = [
        words.row(found, factor, lang)
        for factor in found.tiers[tier].factors
        if factor.distinguishable
    ]
    return tables.Table(
        caption=tr("Factors, by effect", lang),
        head=words.columns(found, lang),
        rows=tuple((cells[0], cells[1:]) for cells in rows),
    )


def foot(found: Sensitivity, tier: Tier, lang: Language) -> str:
    """Return the line below the table: factors within the noise, and what an hour would narrow."""
    part = found.tiers[tier]
    lines = [words.noise(part, lang), *(words.work_line(work, lang) for work in part.work)]
    return " ".join(line for line in lines if line)


def _tier(found: Sensitivity, tier: Tier, lang: Language) -> TierSection:
    drawn = chart.draw(found, tier, lang, standalone=False)
    return TierSection(
        heading=tables.tier_head(tier, lang),
        sentence=words.sentence(found, tier, lang),
        chart=Markup(drawn),  # noqa: S704 - `chart` escapes its texts
        table=table(found, tier, lang),
        foot=foot(found, tier, lang),
    )
