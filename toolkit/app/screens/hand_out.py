"""Page Hand-out: what will be printed, the trainer's own advice, and what can be downloaded."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from dataclasses import replace
from typing import Final, Literal

import streamlit as st

from toolkit.app import bar, changed_set, kept_answers, markup, widgets
from toolkit.app.bar import Choice
from toolkit.app.city import sensitivity
from toolkit.app.kept_answers import Estimate
from toolkit.app.threats import answers
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.base.zawgyi import REFUSAL, is_zawgyi
from toolkit.language.translate import tr
from toolkit.output import exports, report
from toolkit.output.report import Detail, Edition, hand_out, map_svg
from toolkit.studies.sensitivity.analysis import Sensitivity
from toolkit.threats.model import Answer

_MOST_ADVICE: Final = 600
"""Characters of advice that fit the sheet."""
_PREVIEW_PX: Final = 1180
"""Height of one A4 page at the width of the preview."""
_MIME: Final = {
    "pdf": "application/pdf",
    "html": "text/html",
    "csv": "text/csv",
    "gpkg": "application/geopackage+sqlite3",
}
Kind = Literal["pdf", "html", "csv", "gpkg"]


def show(lang: Language) -> None:
    """Show the page. The advice is kept nowhere but in the sheet."""
    choice = bar.choose(lang)
    markup.show_paper("sheet")
    markup.show(lang, markup.tag("h1", tr("Hand-out", lang)))
    with bar.only_of(choice), st.spinner(escape.markdown(tr("Estimating …", lang))):
        made = kept_answers.estimate(choice, changed_set.chosen())
        advice = st.text_area(
            escape.markdown(tr("Your own advice, printed on the sheet and kept nowhere", lang)),
            max_chars=_MOST_ADVICE,
            key="advice",
            persist_state="session",
        )
        if is_zawgyi(advice):
            st.error(escape.markdown(REFUSAL))
            advice = ""
        _download(
            made,
            Edition(tier=choice.tier, advice=advice, detail="handout"),
            "pdf",
            lang,
            tr("Save the sheet as PDF, to be printed", lang),
        )
        _show_others(made, choice, advice, lang)
        layers = made.assessment.layers
        sheet = hand_out.render(
            made.assessment,
            claims=made.claims,
            valid_until=report.valid_until(made.assessment, made.question.assumptions),
            drawing=map_svg.draw(layers) if layers is not None else None,
            tier=choice.tier,
            advice=advice,
            lang=lang,
        )
        st.iframe(sheet, height=_PREVIEW_PX, alt=tr("Preview of the sheet", lang))


def _show_others(made: Estimate, choice: Choice, advice: str, lang: Language) -> None:
    """Show what else can be downloaded: other details and formats."""
    with st.expander(escape.markdown(tr("Other files", lang))):
        details: dict[Detail, str] = {
            "handout": tr("Hand-out, for participants", lang),
            "session": tr("Session on paper, for trainers", lang),
            "full": tr("Full report, for analysts and editors", lang),
        }
        detail = widgets.one_of(
            st.selectbox,
            escape.markdown(tr("What it is for", lang)),
            {key: escape.plain(text) for key, text in details.items()},
            name="file_detail",
            lang=lang,
        )
        kinds: dict[Kind, str] = {
            "pdf": tr("PDF, to be printed", lang),
            "html": tr("Web page in one file, for a phone", lang),
            "csv": tr("All figures as a table (CSV)", lang),
        }
        if made.assessment.layers is not None:
            kinds["gpkg"] = tr("Map layers for QGIS (GeoPackage)", lang)
        kind = widgets.one_of(
            st.selectbox,
            escape.markdown(tr("Format", lang)),
            {key: escape.plain(text) for key, text in kinds.items()},
            name="file_kind",
            lang=lang,
        )
        edition = Edition(formats=(kind,), tier=choice.tier, advice=advice, detail=detail)
        parts = report.Parts()
        if detail == "full" and kind in ("pdf", "html"):
            parts = report.Parts(_whole(made, lang), _own(made, lang))
        _download(made, edition, kind, lang, tr("Save this file", lang), parts)


def _whole(made: Estimate, lang: Language) -> Sensitivity | None:
    """Return the whole analysis of which assumption matters, if it is wanted."""
    wanted = st.checkbox(
        escape.markdown(
            tr("With the whole analysis of which assumption matters (takes up to a minute)", lang)
        ),
        key="file_matters",
    )
    return sensitivity.whole(made, lang) if wanted else None


def _own(made: Estimate, lang: Language) -> tuple[Answer, ...]:
    """Return the answers to the user's own questions, if there are any and they are wanted."""
    found = answers.of_session(made.key)
    if not found:
        return ()
    wanted = st.checkbox(
        escape.markdown(
            tr("Add your own answers of the pages Route, Place and Vehicles, for yourself", lang)
        ),
        key="file_own",
    )
    return found if wanted else ()


def _download(
    made: Estimate,
    edition: Edition,
    kind: Kind,
    lang: Language,
    label: str,
    parts: report.Parts | None = None,
) -> None:
    """Show one button; the file is made when it is pressed."""
    st.download_button(
        escape.markdown(label),
        data=as_here(lambda: content(made, edition, kind, lang, parts)),
        file_name=name_of(made, edition, kind, lang, own=bool(parts and parts.own)),
        mime=_MIME[kind],
        on_click="ignore",
        type="secondary" if edition.formats == (kind,) else "primary",
        key="save-file" if edition.formats == (kind,) else "save-sheet",
    )


def name_of(
    made: Estimate, edition: Edition, kind: Kind, lang: Language, *, own: bool = False
) -> str:
    """Return the name of a file; `own` says whether answers to own questions are in it."""
    if kind in ("pdf", "html"):
        return report.file_name(made.assessment, lang, detail=edition.detail, form=kind, own=own)
    name = report.file_name(made.assessment, lang, detail="full")
    return f"{name.removesuffix(f'-{lang}.html')}.{kind}"


def content(
    made: Estimate, edition: Edition, kind: Kind, lang: Language, parts: report.Parts | None = None
) -> bytes:
    """Return a file, as the command line writes it.

    Parameters
    ----------
    made
        The estimate.
    edition
        Detail, question of the map, and advice.
    kind
        Format.
    lang
        Language.
    parts
        What a full report holds on top; which assumption matters is screened where it is not there.
    """
    if kind in ("pdf", "html"):
        until = report.valid_until(made.assessment, made.question.assumptions)
        parts = parts or report.Parts()
        if edition.detail == "full" and parts.sensitivity is None:
            parts = replace(parts, sensitivity=sensitivity.screened(made))
        return report.one(
            made.assessment, made.claims, until, edition, lang, form=kind, parts=parts
        )
    cell_m = made.question.assumptions.value(exports.CELL_M)
    files = report.data_files(made.assessment, edition, cell_m)
    return files[name_of(made, edition, kind, lang)]


def as_here(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Return a function that makes a file in another thread with the digits chosen in this one."""
    here = copy_context()
    return lambda: here.copy().run(make)
