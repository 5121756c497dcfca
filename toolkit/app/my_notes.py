"""Cameras that the user has seen: noted by tapping the map or from a file, and removed again.

They are stored on this computer only, apart from the streets, see `toolkit.streets.stored_notes`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from toolkit.app import bounds, markup, widgets
from toolkit.app.kept_answers import Estimate
from toolkit.app.map import component
from toolkit.app.map.drawing import Draw, Shape
from toolkit.app.what_you_saw import NOTES_OPEN
from toolkit.base import store
from toolkit.base.errors import ToolkitError
from toolkit.base.escape import markdown, plain
from toolkit.base.terms import Language
from toolkit.language import words
from toolkit.language.sentences import details, or_english
from toolkit.language.translate import ngettext, number, tr
from toolkit.streets import stored_notes
from toolkit.streets.readers.field_notes.read import FieldNotes

MOST: Final = 50
"""Most cameras noted at one time: what one remembers of a walk, and a little more."""
_MAP: Final = "notes_map"
_RESULT: Final = "notes_result"
_DRAWN: Final = "notes_drawn"


@dataclass(frozen=True)
class Result:
    """How storing notes ended: what was read, or why nothing was."""

    read: FieldNotes | None
    failed: str = ""


def are_open() -> bool:
    """Return whether the notes are shown instead of the map."""
    return bool(st.session_state.get(NOTES_OPEN))


def show(made: Estimate, lang: Language, *, has_streets: bool) -> None:
    """Show the notes of a city: what looking at cameras may cost first, then map, file and list."""
    city = made.assessment.city
    notes_of = city.id
    if st.button(markdown(tr("Back to the map", lang)), key="notes_back"):
        st.session_state[NOTES_OPEN] = False
        st.rerun()
    title = tr("Cameras you have seen: {city}", lang).format(city=city.name.in_language(lang))
    markup.show(lang, markup.tag("h1", title))
    show_caution(lang)
    _show_result(lang)
    if has_streets:
        _show_map(made, notes_of, lang)
    markup.show(lang, markup.tag("h2", tr("From a file", lang)))
    show_file(notes_of, lang)
    show_stored(notes_of, lang)


def show_caution(lang: Language) -> None:
    """Show what belongs before any note, and where notes are kept."""
    kept = tr(
        "The notes stay on this computer, apart from the streets, until you remove them. They are "
        "in no pack and on no map that you pass on. A search of this computer would find them.",
        lang,
    )
    markup.show(
        lang,
        markup.tag("p", words.counting_caution(lang), kind="limit"),
        markup.tag("p", kept),
    )


def _show_map(made: Estimate, notes_of: str, lang: Language) -> None:
    """Show the map to tap, and what was seen there."""
    markup.show(lang, markup.tag("h2", tr("On the map", lang)))
    draw = Draw("point", widgets.fresh_key(_DRAWN), most=MOST)
    drawn = component.show(
        made.assessment,
        "seen",
        lang,
        answer=made.key,
        extras=component.Extras(_MAP, draw=draw, hidden=True, pins=_stored_pins(notes_of)),
    )
    drawn = drawn or ()
    kinds = {
        "unknown": tr("Camera of unknown kind", lang),
        "fixed": tr("Fixed camera", lang),
        "dome": tr("Dome camera", lang),
        "panning": tr("Panning camera", lang),
        "plate": tr("Camera that reads number plates", lang),
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = widgets.one_of(
            st.selectbox,
            markdown(tr("What you saw there", lang)),
            {name: plain(text) for name, text in kinds.items()},
            name="notes_kind",
            lang=lang,
            width=260,
        )
        today = dt.datetime.now(dt.UTC).date()
        seen_on = st.date_input(
            markdown(tr("Day on which you saw it", lang)),
            value=None,
            max_value=today,
            key="notes_seen_on",
            width=220,
        )
        if st.button(
            markdown(tr("Store {n} on this computer", lang).format(n=number(len(drawn)))),
            type="primary",
            disabled=not drawn,
            key="notes_store",
        ):
            _store(as_csv(drawn, kind, seen_on), "notes.csv", notes_of, add=True)
            widgets.renew(_DRAWN)
            st.rerun()


def _stored_pins(notes_of: str) -> list[tuple[float, float, str]]:
    try:
        notes = stored_notes.list_cameras(notes_of)
    except ToolkitError:
        return []  # `show_stored` says so
    return [(point.x, point.y, "✓") for point in notes.geometry]


def as_csv(places: Sequence[Shape], kind: str, seen_on: dt.date | None) -> bytes:
    """Return places on the map as a file of notes.

    Examples
    --------
    >>> as_csv([((24.94, 60.17),)], "dome", None).decode().splitlines()
    ['lat,lon,kind,seen_on', '60.17,24.94,dome,']
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["lat", "lon", "kind", "seen_on"])
    for ((lon, lat),) in places:
        rows.writerow([lat, lon, kind, seen_on or ""])
    return text.getvalue().encode()


def show_file(notes_of: str, lang: Language) -> None:
    """Show the place for a file of notes."""
    columns = tr(
        "A table (CSV) or GeoJSON of cameras that you saw; docs/guide/field-notes.md lists the "
        "columns. It replaces the notes stored before.",
        lang,
    )
    st.write(markdown(columns))
    sent = st.file_uploader(
        markdown(tr("File of notes", lang)),
        ["csv", "geojson"],
        key=widgets.fresh_key("notes_file"),
    )
    if sent is None or not st.button(markdown(tr("Store these notes", lang)), key="notes_go"):
        return
    content, name = sent.getvalue(), f"notes{Path(sent.name).suffix.lower()}"
    bounds.forget(sent)
    widgets.renew("notes_file")
    _store(content, name, notes_of, add=False)
    st.rerun()


def _store(content: bytes, name: str, notes_of: str, *, add: bool) -> None:
    """Store notes and keep how it ended for the next run."""
    today = dt.datetime.now(dt.UTC).date()
    try:
        with store.scratch() as folder:
            file = folder / name
            file.write_bytes(content)
            read = stored_notes.import_cameras(file, notes_of, as_of=today, add=add).read
    except ToolkitError as error:
        st.session_state[_RESULT] = Result(None, str(error))
        return
    st.session_state[_RESULT] = Result(read)


def _show_result(lang: Language) -> None:
    """Show once how storing notes ended."""
    result = st.session_state.pop(_RESULT, None)
    if result is None:
        return
    if result.read is None:
        failed = tr("No note was stored.", lang)
        st.error(markdown(f"{failed} {details(result.failed, lang)}"))
        return
    for sentence in sentences(result.read, lang):
        st.text(plain(sentence))


def sentences(read: FieldNotes, lang: Language) -> list[str]:
    """Return how many notes were stored, and of each other row why it was not."""
    bad = len({problem.row for problem in read.problems})
    stored = ngettext(
        "{n} of {all} notes is stored.", "{n} of {all} notes are stored.", read.n_notes - bad, lang
    )
    found = [stored.format(n=number(read.n_notes - bad), all=number(read.n_notes))]
    in_column = tr("Row {row} is not used. Column “{column}”: {reason}", lang)
    whole = tr("Row {row} is not used: {reason}", lang)
    found += [
        (in_column if problem.column else whole).format(
            row=problem.row, column=problem.column, reason=details(problem.reason, lang)
        )
        for problem in read.problems
    ]
    if read.ignored_columns:
        unknown = tr("Columns that are not known are not stored: {names}.", lang)
        found.append(unknown.format(names=", ".join(read.ignored_columns)))
    return found


def show_stored(notes_of: str, lang: Language) -> None:
    """Show how many notes of a city are stored, and the button that removes them."""
    try:
        n_notes = len(stored_notes.list_cameras(notes_of))
    except ToolkitError as error:
        st.error(markdown(or_english(str(error), lang)))
        n_notes = 1  # damaged ones can be removed
    if not n_notes:
        return
    stored = ngettext(
        "{n} note of this city is stored on this computer.",
        "{n} notes of this city are stored on this computer.",
        n_notes,
        lang,
    )
    st.write(markdown(stored.format(n=number(n_notes))))
    if st.button(markdown(tr("Remove the notes of this city", lang)), key="notes_remove"):
        stored_notes.remove_cameras(notes_of)
        st.rerun()


def show_all(city_names: dict[str, str], lang: Language) -> None:
    """Show notes from a file for a chosen city, on the page My cities."""
    markup.show(lang, markup.tag("h2", tr("Field notes of cameras", lang)))
    show_caution(lang)
    _show_result(lang)
    city = widgets.one_of(
        st.selectbox, markdown(tr("City", lang)), city_names, name="notes_city", lang=lang
    )
    show_file(city, lang)
    show_stored(city, lang)
