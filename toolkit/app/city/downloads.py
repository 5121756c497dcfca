"""Downloads: made on demand, in memory, and given to the browser only."""

from __future__ import annotations

import streamlit as st

from toolkit.app import markup
from toolkit.app.kept_answers import Estimate
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.language.translate import tr
from toolkit.output import report


def show(made: Estimate, lang: Language) -> None:
    """Show the download buttons."""
    assessment = made.assessment
    where = tr(
        "The file is made on this computer and goes into the folder where your browser "
        "puts downloads. Nothing is sent anywhere. It holds your own number of cameras if "
        "you gave one.",
        lang,
    )
    markup.show(lang, markup.tag("h2", tr("Keep it", lang)), markup.tag("p", where, kind="small"))
    name = report.file_name(assessment, lang)
    st.download_button(
        escape.markdown(tr("Download the report as HTML", lang)),
        data=lambda: report_page(made, lang),
        file_name=name,
        mime="text/html",
        on_click="ignore",
        key="download-report",
    )
    st.download_button(
        escape.markdown(tr("Download the assessment as JSON", lang)),
        data=assessment.to_json,
        file_name=name.removesuffix(f"-{lang}.html") + ".json",
        mime="application/json",
        on_click="ignore",
        key="download-json",
    )


def report_page(made: Estimate, lang: Language) -> str:
    """Return the report as one HTML page, without writing any file.

    Raises
    ------
    InputDataError
        As `report.valid_until`.
    """
    until = report.valid_until(made.assessment, made.question.assumptions)
    edition = report.Edition(detail="full")
    made_page = report.one(made.assessment, made.claims, until, edition, lang, form="html")
    return made_page.decode()
