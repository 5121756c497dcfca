"""Page My cities: import, list and remove streets of cities; add field notes."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Final, Literal

import streamlit as st
from streamlit.elements.lib.mutable_status_container import StatusContainer
from streamlit.runtime.uploaded_file_manager import UploadedFile

from toolkit.app import bar, bounds, markup, widgets
from toolkit.base import store
from toolkit.base.errors import ToolkitError
from toolkit.base.escape import markdown
from toolkit.base.terms import Language
from toolkit.language import notes, words
from toolkit.language.translate import tr
from toolkit.streets import install, pack, pack_zip, stored_notes
from toolkit.streets.boundary import parse_boundary
from toolkit.streets.cities import load_cities
from toolkit.streets.manifest import fingerprint

_ALL: Final = ""
"""Option of every known city that a file covers."""
_SMALLEST_M, _USUAL_M, _LARGEST_M = 500, 5000, 50_000
"""Radius of a disc in metres: from a market to the largest of the ten cities."""
_STEP_M: Final = 500


def show(lang: Language) -> None:
    """Show the page."""
    markup.show(lang, markup.tag("h1", tr("My cities", lang)))
    _show_installed(lang)
    _show_import(lang)
    _show_notes(lang)


def _show_installed(lang: Language) -> None:
    markup.show(lang, markup.tag("h2", tr("Installed", lang)))
    built_in = {p.name for p in (store.builtin_dir() / pack.FOLDER).iterdir()}
    for manifest in pack.list_packs():
        boundary = manifest.boundary
        length = tr("{value} km", lang).format(value=f"{boundary.length_km or 0:.0f}")
        note = words.built_in(boundary.note, lang)
        st.text(f"{manifest.name.in_language(lang)} ({manifest.id}): {length}. {note}")
        st.text(manifest.attribution)
        st.download_button(
            markdown(tr("Save as one file", lang)),
            data=partial(_packed, manifest.id),
            file_name=f"{manifest.id}.zip",
            mime="application/zip",
            on_click="ignore",
            key=f"save:{manifest.id}",
        )
        own = store.home_dir() / pack.FOLDER / manifest.id
        if own.is_dir() or manifest.id not in built_in:
            _offer_removal(manifest.id, lang)


def _offer_removal(name: str, lang: Language) -> None:
    """Show a button that removes a pack, after a question."""
    asked = f"asked:{name}"
    if st.button(markdown(tr("Remove these streets", lang)), key=f"remove:{name}"):
        st.session_state[asked] = True
    if not st.session_state.get(asked):
        return
    st.text(tr("They are deleted from this computer. Remove them?", lang))
    if st.button(markdown(tr("Yes, remove", lang)), key=f"sure:{name}"):
        del st.session_state[asked]
        pack_zip.remove_pack(name)
        st.rerun()
    if st.button(markdown(tr("Keep them", lang)), key=f"keep:{name}"):
        del st.session_state[asked]
        st.rerun()


def _packed(name: str) -> bytes:
    """Return a pack as one file, made on demand."""
    with store.scratch() as folder:
        return pack_zip.export_pack(name, folder / f"{name}.zip").read_bytes()


def _show_import(lang: Language) -> None:
    markup.show(lang, markup.tag("h2", tr("Bring in streets", lang)))
    intro = tr(
        "One file of the whole country is enough for all its cities: an OpenStreetMap "
        "extract of Myanmar, about 270 MB, its name ends in .osm.pbf. Fetch it once on a "
        "computer with network, for instance from Geofabrik, and carry it on a stick. "
        "Nothing is asked over the network here.",
        lang,
    )
    st.write(markdown(intro))
    named = st.text_input(
        markdown(tr("File on this computer, with its folder", lang)),
        key="streets_path",
        persist_state="session",
    )
    sent = st.file_uploader(
        markdown(tr("Or a small file: a pack, GeoJSON, GeoPackage (up to 20 MB)", lang)),
        key=_place("streets_file"),
    )
    names = bar.city_names(load_cities(), lang)
    city = widgets.one_of(
        st.selectbox,
        tr("City", lang),
        {_ALL: tr("Every known city in the file", lang)} | names,
        name="streets_city",
        lang=lang,
    )
    kinds = {
        "core": markdown(tr("The built-up middle", lang)),
        "admin": markdown(tr("The administrative area", lang)),
        "radius": markdown(tr("A circle", lang)),
    }
    kind = widgets.one_of(
        st.radio,
        markdown(tr("What counts as the city", lang)),
        kinds,
        name="streets_boundary",
        lang=lang,
    )
    radius_m = _USUAL_M
    if kind == "radius":
        radius_m = st.number_input(
            markdown(tr("Radius in metres", lang)),
            _SMALLEST_M,
            _LARGEST_M,
            _USUAL_M,
            _STEP_M,
            key="streets_radius",
            persist_state="session",
        )
    ready = bool(named.strip() or sent)
    if not st.button(markdown(tr("Bring in", lang)), disabled=not ready, key="streets_go"):
        return
    boundary = f"radius:{radius_m}" if kind == "radius" else kind
    with st.status(markdown(tr("Reading ...", lang)), expanded=True) as status:
        try:
            if sent is not None:
                with store.scratch() as folder:
                    # Of the sender's name only the last part is used: it tells the format.
                    file = folder / store.checked_name(Path(sent.name).name)
                    file.write_bytes(sent.getvalue())
                    _bring_in(file, city, boundary, lang)
            else:
                _bring_in(store.local_file(named.strip()), city, boundary, lang)
        except ToolkitError as error:
            _end(status, tr("Nothing was installed.", lang), "error")
            st.error(markdown(str(error)))
        else:
            _end(status, tr("Installed.", lang), "complete")
            if sent is not None:
                _forget(sent, "streets_file")


def _place(name: str) -> str:
    """Return the key of a place for files, a new one after each file that was stored."""
    return f"{name}:{st.session_state.get(f'stored:{name}', 0)}"


def _forget(sent: UploadedFile, name: str) -> None:
    """Give back the memory of a file that is stored; the next run shows an empty place."""
    bounds.forget(sent)
    st.session_state[f"stored:{name}"] = st.session_state.get(f"stored:{name}", 0) + 1


def _end(status: StatusContainer, text: str, state: Literal["error", "complete"]) -> None:
    """Show how the import ended, still unfolded, so that the reason can be read."""
    status.update(label=markdown(text), state=state, expanded=True)


def _bring_in(file: Path, city_id: str, boundary: str, lang: Language) -> None:
    """Import a file and show the progress."""
    if pack_zip.is_pack_file(file):
        finished = install.import_pack(file)
        st.text(finished.manifest.id)
        st.text(_fingerprint(finished.sha256, lang))
        return
    line, bar = st.empty(), st.progress(0.0)

    def report_progress(sentence: str, share: float | None) -> None:
        line.text(sentence)
        if share is not None:
            bar.progress(min(max(share, 0.0), 1.0))

    chosen = [city for city in load_cities() if city.id == city_id] or None
    report = install.import_file(
        file, cities=chosen, boundary=parse_boundary(boundary), progress=report_progress
    )
    bar.empty()
    for made in report.installed:
        st.text(f"{made.pack}: {made.manifest.boundary.note}")
        for sentence in notes.of_map_data(made.manifest.counts, lang):
            st.text(sentence)
        st.text(_fingerprint(pack.pack_sha256(made.pack), lang))
    for left, why in report.left_out:
        st.text(f"{left}: {why}")


def _fingerprint(sha256: str, lang: Language) -> str:
    """Return the hash of a pack as two people can read it out to one another."""
    shown = tr("Fingerprint, the same for all who hold this pack: {value}", lang)
    return shown.format(value=fingerprint(sha256))


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
        key=_place("notes_file"),
    )
    try:
        if sent is not None and st.button(markdown(tr("Store these notes", lang)), key="notes_go"):
            with store.scratch() as folder:
                file = folder / f"notes{Path(sent.name).suffix.lower()}"
                file.write_bytes(sent.getvalue())
                today = dt.datetime.now(dt.UTC).date()
                read = stored_notes.import_cameras(file, city, as_of=today).read
            _forget(sent, "notes_file")
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
