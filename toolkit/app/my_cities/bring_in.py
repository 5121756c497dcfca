"""Bring in streets: the form, progress while a file is read, and the result until the next one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import streamlit as st

from toolkit.app import bar, bounds, markup, widgets
from toolkit.app.my_cities import (
    chooser,
    fetch_process,
    headline,
    installed,
    other_city,
    over_network,
)
from toolkit.app.my_cities.fetch_process import HOST
from toolkit.base import pasted, store
from toolkit.base.errors import InputDataError, ToolkitError
from toolkit.base.escape import markdown, plain
from toolkit.base.terms import Language, StepProgress
from toolkit.language import notes, sentences, words
from toolkit.language.translate import tr
from toolkit.streets import install, map_data, pack, pack_zip
from toolkit.streets.boundary import parse_boundary
from toolkit.streets.cities import City, load_cities
from toolkit.streets.manifest import Manifest, fingerprint

_ALL: Final = ""
"""Option of every known city that a file covers."""
_SMALLEST_M, _USUAL_M, _LARGEST_M = 500, 5000, 50_000
"""Radius of a disc in metres: from a market to the largest of the ten cities."""
_USUAL: Final = "core"
"""What counts as a city unless something else is chosen."""
_STEP_M: Final = 500
BELOW: Final = "below-progress"
"""Key of the container that is hidden while something is brought in."""
_JOB: Final = "streets_job"
_RESULT: Final = "streets_result"
_SENT: Final = "streets_file"
_NO_ERRORS: Final = frozenset({"stopped", "folder", "fetch_stopped"})
_MOST_BUTTONS: Final = 12
"""Buttons to maps after an import: the ten cities, and a little more."""

Outcome = Literal[
    "installed",
    "stopped",
    "folder",
    "name",
    "city",
    "middle",
    "failed",
    "fetch_stopped",
    "fetch_failed",
]


@dataclass(frozen=True)
class Job:
    """What is to be brought in.

    Attributes
    ----------
    name
        Name of the file as typed, chosen or sent.
    sent
        Its content, if it was sent; None of a file of this computer.
    city
        Id of the only city to take; empty for every known one.
    boundary
        What counts as the city, see `parse_boundary`.
    other
        Name and middle of a city that is not in the list, as typed.
    """

    name: str
    sent: bytes | None
    city: str
    boundary: str
    fetch: bool = False
    """Whether the city is asked for over the network, to which the user has agreed."""
    other: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Made:
    """A pack that was installed, with the fingerprint to be compared, and its main roads."""

    manifest: Manifest
    sha256: str
    main_road_share: float

    @staticmethod
    def of(manifest: Manifest, sha256: str | None = None) -> Made:
        """Describe an installed pack; the hash is that of what was handed over, if it was."""
        opened = pack.open_pack(manifest.id)
        return Made(manifest, sha256 or opened.sha256, map_data.main_road_share(opened.streets))


@dataclass(frozen=True)
class Result:
    """How an import ended: what was installed, cities left out, and why."""

    outcome: Outcome
    detail: str = ""
    made: tuple[Made, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


def want(city_id: str) -> None:
    """Choose a city before the page is opened: what is brought in next is its map."""
    st.session_state["streets_city"] = city_id
    st.session_state["fetch_city"] = city_id


def show_progress_or_result(lang: Language) -> None:
    """Do what was asked for and run the page again, or show how the last import ended.

    Any click ends an import that is going on: then the result is that it was stopped.
    """
    job = st.session_state.pop(_JOB, None)
    if job is None:
        result = st.session_state.get(_RESULT)
        if result is not None:
            _show_result(result, lang)
        return
    st.session_state[_RESULT] = Result("fetch_stopped" if job.fetch else "stopped")
    # So that the progress is in sight.
    markup.hide(st.empty(), f".st-key-{BELOW}")
    with st.status(markdown(_waiting(job, lang)), expanded=True):
        line, done = st.empty(), st.progress(0.0)
        st.button(markdown(tr("Stop", lang)), key="streets_stop")

        def report_progress(sentence: str, share: float | None) -> None:
            line.text(sentences.or_english(sentence, lang))
            if share is not None:
                done.progress(min(max(share, 0.0), 1.0))

        run = fetch if job.fetch else bring_in
        st.session_state[_RESULT] = run(job, report_progress)
    if st.session_state[_RESULT].outcome == "installed":
        st.session_state[chooser.CHOSEN] = ""
    st.rerun()


def _waiting(job: Job, lang: Language) -> str:
    if job.fetch:
        return tr(
            "The map is being asked for over the network. This can take some minutes; leave this "
            "page open until it says how it ended.",
            lang,
        )
    return tr(
        "The file is being read. This can take some minutes; leave this page open until it says "
        "how it ended.",
        lang,
    )


def fetch(job: Job, progress: StepProgress) -> Result:
    """Let a process of its own ask for a city, and return how it ended."""
    try:
        fetch_process.fetch(job.city, progress)
        name = pack.find_pack_for(job.city)
        if name is not None:
            return Result("installed", made=(Made.of(pack.read_manifest(name)),))
    except ToolkitError as error:
        return Result("fetch_failed", str(error))
    return Result("fetch_failed")


def bring_in(job: Job, progress: StepProgress) -> Result:
    """Import a file and return how it ended."""
    try:
        if job.sent is not None:
            with store.scratch() as folder:
                # Of the sender's name only the last part is used: it tells the format.
                file = folder / store.checked_name(Path(job.name).name)
                file.write_bytes(job.sent)
                return _import(file, job, progress)
        path = pasted.local_path(job.name)
        if path.is_dir():
            chooser.open_at(path.absolute())
            return Result("folder")
        file = store.local_file(path)
    except InputDataError as error:
        return Result("name", str(error))
    return _import(file, job, progress)


def _import(file: Path, job: Job, progress: StepProgress) -> Result:
    try:
        cities = _cities_of(job)
        if cities == [] and job.boundary != _USUAL and not pack_zip.is_pack_file(file):
            return Result("middle")
    except InputDataError as error:
        return Result("city", str(error))
    try:
        if pack_zip.is_pack_file(file):
            finished = install.import_pack(file, progress=progress)
            return Result("installed", made=(Made.of(finished.manifest, finished.sha256),))
        report = install.import_file(
            file,
            cities=cities,
            # Without a boundary, a file of no known city is taken whole.
            boundary=None if job.boundary == _USUAL else parse_boundary(job.boundary),
            progress=progress,
        )
        made = tuple(Made.of(one.manifest) for one in report.installed)
    except ToolkitError as error:
        return Result("failed", str(error))
    return Result("installed", made=made, left_out=report.left_out)


def _cities_of(job: Job) -> list[City] | None:
    """Return the city to take; None for every known one, none for all of a file."""
    if job.city == other_city.OTHER:
        name, middle = job.other
        return [other_city.city_of(name, middle)] if middle else []
    return [city for city in load_cities() if city.id == job.city] or None


# --- result -----------------------------------------------------------------------------------


def _show_result(result: Result, lang: Language) -> None:
    if result.outcome != "installed":
        shown = st.info if result.outcome in _NO_ERRORS else st.error
        shown(markdown(_not_installed(result, lang)))
        return
    names = ", ".join(installed.city_name(one.manifest, lang) for one in result.made)
    there = tr("Installed: {names}.", lang).format(names=names)
    markup.show(lang, markup.tag("h2", there))
    lacks = (headline.of(one.manifest, one.main_road_share, lang) for one in result.made)
    for text in dict.fromkeys(filter(None, lacks)):
        st.warning(markdown(text))
    with st.container(horizontal=True):
        for k, one in enumerate(result.made[:_MOST_BUTTONS]):
            label = tr("Show the map of {city}", lang)
            name = installed.city_name(one.manifest, lang)
            installed.show_map_button(
                one.manifest, label.format(city=name), key=f"made:{one.manifest.id}", is_main=not k
            )
        if len(result.made) == 1:
            installed.show_hand_out_button(result.made[0].manifest, lang)
    with st.expander(markdown(tr("More about this import", lang))):
        for one in result.made:
            note = words.built_in(one.manifest.boundary.note, lang)
            st.text(plain(f"{one.manifest.id}: {sentences.or_english(note, lang)}"))
            for sentence in notes.of_map_data(one.manifest.counts, lang):
                st.text(sentence)
            value = tr("Fingerprint, the same for all who hold this pack: {value}", lang)
            st.text(value.format(value=fingerprint(one.sha256)))
    if result.left_out:
        left = tr("Not in this file, and left out: {names}.", lang)
        names = ", ".join(city for city, _ in result.left_out)
        details = "\n".join(f"{city}: {why}" for city, why in result.left_out)
        st.text(plain(f"{left.format(names=names)} {sentences.details(details, lang)}"))


def _not_installed(result: Result, lang: Language) -> str:
    """Return what happened and what to do, in the language of the page, then the details."""
    leads = {
        "stopped": tr(
            "The import was stopped. What is listed as installed is whole. Start again when you "
            "want to.",
            lang,
        ),
        "folder": tr("This is a folder. Choose a file in it.", lang),
        "name": tr(
            "Nothing was installed. No file of this name is found on this computer. Check its "
            "name and folder, or choose it in the list.",
            lang,
        ),
        "city": tr("Nothing was installed. Correct the name or the middle of the city.", lang),
        "middle": tr(
            "Nothing was installed. For an administrative area or a circle, write the middle of "
            "the city below.",
            lang,
        ),
        "failed": tr(
            "Nothing was installed. The file cannot be used for what is chosen below. Choose "
            "another city or boundary, take another file, or get this one again from where it came "
            "from.",
            lang,
        ),
        "fetch_stopped": tr(
            "Asking over the network was stopped. What has arrived is kept for a week: asked "
            "again, it goes on from there.",
            lang,
        ),
        "fetch_failed": tr(
            "Nothing was installed. The map could not be had over the network. What has arrived "
            "is kept: try again later, or bring in a file.",
            lang,
        ),
    }
    lead = leads[result.outcome]
    if not result.detail:
        return lead
    return f"{lead} {sentences.details(result.detail, lang)}"


# --- form -------------------------------------------------------------------------------------


def show_form(lang: Language) -> None:
    """Show the form: a file of this computer or a stick, or a small one, and what to take of it."""
    markup.show(lang, markup.tag("h2", tr("Bring in streets", lang)))
    intro = tr(
        "One file of the whole country is enough for all its cities: an OpenStreetMap "
        "extract of Myanmar, about 270 MB, its name ends in .osm.pbf. Fetch it once on a "
        "computer with network, for instance from Geofabrik, and carry it on a stick. "
        "Reading it asks nothing over the network.",
        lang,
    )
    st.write(markdown(intro))
    chooser.show(lang)
    st.text_input(
        markdown(tr("File on this computer, with its folder", lang)),
        key=chooser.CHOSEN,
        persist_state="session",
    )
    st.file_uploader(
        markdown(tr("Or a small file: a pack, GeoJSON, GeoPackage (up to 20 MB)", lang)),
        key=widgets.fresh_key(_SENT),
    )
    names = bar.city_names(load_cities(), lang)
    widgets.one_of(
        st.selectbox,
        tr("City", lang),
        {_ALL: tr("Every known city in the file", lang)}
        | names
        | {other_city.OTHER: tr("A city that is not in this list", lang)},
        name="streets_city",
        lang=lang,
    )
    if st.session_state["streets_city"] == other_city.OTHER:
        other_city.show(lang)
    kinds = {
        _USUAL: markdown(tr("The built-up centre, or all of a file without a known city", lang)),
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
    if kind == "radius":
        st.number_input(
            markdown(tr("Radius in metres", lang)),
            _SMALLEST_M,
            _LARGEST_M,
            _USUAL_M,
            _STEP_M,
            key="streets_radius",
            persist_state="session",
        )
    # Never switched off: what was typed counts once the box is left, which the click itself does.
    st.button(markdown(tr("Bring in", lang)), key="streets_go", type="primary", on_click=_begin)
    over_network.show(_begin_fetch, lang)


def _begin_fetch(city_id: str) -> None:
    st.session_state[_JOB] = Job(HOST, None, city_id, _USUAL, fetch=True)


def _begin() -> None:
    """Take what the form holds at the click; a file that was sent comes before a name."""
    state = st.session_state
    kind = state["streets_boundary"]
    boundary = f"radius:{state.get('streets_radius', _USUAL_M)}" if kind == "radius" else kind
    sent = state.get(widgets.fresh_key(_SENT))
    if sent is None:
        name, content = state.get(chooser.CHOSEN, ""), None
    else:
        name, content = sent.name, sent.getvalue()
    state[_JOB] = Job(name, content, state["streets_city"], boundary, other=other_city.given())
    if sent is None:
        return
    bounds.forget(sent)
    widgets.renew(_SENT)
