"""Page My cities: import, list and remove streets of cities; add field notes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import streamlit as st

from toolkit.app import bar, bounds, markup, widgets
from toolkit.app.my_cities import bring_in, installed
from toolkit.base import store
from toolkit.base.errors import ToolkitError
from toolkit.base.escape import markdown
from toolkit.base.terms import Language
from toolkit.language.translate import tr
from toolkit.streets import stored_notes
from toolkit.streets.cities import load_cities


def show(lang: Language) -> None:
    """Show the page: how the last import ended first, so that it is seen."""
    markup.show(lang, markup.tag("h1", tr("My cities", lang)))
    top, rest = st.container(), st.empty()
    with top:
        # What stood below is gone while a file is read, so that the progress is in sight.
        bring_in.show_progress_or_result(lang)
    with rest.container():
        bring_in.show_form(lang)
        installed.show(lang)
        _show_notes(lang)


def _show_notes(lang: Language) -> None:
    markup.show(lang, markup.tag("h2", tr("Field notes of cameras", lang)))
    intro = tr(
        "A table (CSV) or GeoJSON of cameras that you saw; docs/guide/field-notes.md lists "
        "the columns. The notes stay on this computer, apart from the streets, until you "
        "remove them.",
        lang,
    )
    st.write(markdown(intro))
    names = bar.city_names(load_cities(), lang)
    city = widgets.one_of(
        st.selectbox,
        tr("City", lang),
        names,
        name="notes_city",
        lang=lang,
    )
    sent = st.file_uploader(
        markdown(tr("File of notes", lang)),
        ["csv", "geojson"],
        key=widgets.fresh_key("notes_file"),
    )
    try:
        if sent is not None and st.button(markdown(tr("Store these notes", lang)), key="notes_go"):
            with store.scratch() as folder:
                file = folder / f"notes{Path(sent.name).suffix.lower()}"
                file.write_bytes(sent.getvalue())
                today = dt.datetime.now(dt.UTC).date()
                read = stored_notes.import_cameras(file, city, as_of=today).read
            bounds.forget(sent)
            widgets.renew("notes_file")
            bad = len({problem.row for problem in read.problems})
            st.text(f"{read.n_notes - bad} / {read.n_notes}")
            for problem in read.problems:
                st.text(f"{problem.row}, {problem.column}: {problem.reason}")
        if len(stored_notes.list_cameras(city)) and st.button(
            markdown(tr("Remove the notes of this city", lang)), key="notes_remove"
        ):
            stored_notes.remove_cameras(city)
            st.rerun()
    except ToolkitError as error:
        st.error(markdown(str(error)))
