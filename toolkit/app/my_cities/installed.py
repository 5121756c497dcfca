"""Installed streets: show them on the map, save them as one file, remove them and undo that."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from toolkit.app import markup, start
from toolkit.app.my_cities import headline
from toolkit.base import store
from toolkit.base.errors import ToolkitError
from toolkit.base.escape import markdown, plain
from toolkit.base.terms import Language
from toolkit.language import sentences, words
from toolkit.language.translate import tr
from toolkit.streets import pack, pack_zip, removed
from toolkit.streets.manifest import Manifest

_REMOVED: Final = "removed_streets"
"""Name of the pack that the user removed last, in ``st.session_state``."""


def show(lang: Language) -> None:
    """Show what is installed, as it is on the disk now."""
    markup.show(lang, markup.tag("h2", tr("Installed", lang)))
    _offer_undo(lang)
    built_in = {p.name for p in (store.builtin_dir() / pack.FOLDER).iterdir()}
    for manifest in pack.list_packs():
        boundary = manifest.boundary
        length = tr("{value} km", lang).format(value=f"{boundary.length_km or 0:.0f}")
        note = sentences.or_english(words.built_in(boundary.note, lang), lang)
        st.text(plain(f"{city_name(manifest, lang)} ({manifest.id}): {length}. {note}"))
        lacks = headline.of(manifest, None, lang)
        if lacks:
            st.warning(markdown(lacks))
        st.text(plain(sentences.or_english(manifest.attribution, lang)))
        with st.container(horizontal=True):
            show_map_button(manifest, tr("Show the map", lang), key=f"map:{manifest.id}")
            st.download_button(
                markdown(tr("Save as one file", lang)),
                data=partial(packed, manifest.id),
                file_name=f"{manifest.id}.zip",
                mime="application/zip",
                on_click="ignore",
                key=f"save:{manifest.id}",
            )
        own = store.home_dir() / pack.FOLDER / manifest.id
        if own.is_dir() or manifest.id not in built_in:
            _offer_removal(manifest, lang)


def city_name(manifest: Manifest, lang: Language) -> str:
    """Return the name of the city of a pack."""
    return manifest.name.in_language(lang)


def show_map_button(manifest: Manifest, label: str, *, key: str, is_main: bool = False) -> None:
    """Show a button that leads to the map of a pack."""
    if st.button(markdown(label), key=key, type="primary" if is_main else "secondary"):
        st.session_state["city"] = manifest.city or manifest.id
        start.go("map")


def show_hand_out_button(manifest: Manifest, lang: Language) -> None:
    """Show a button that leads to the hand-out of a pack."""
    if st.button(markdown(tr("Print the hand-out", lang)), key=f"hand-out:{manifest.id}"):
        st.session_state["city"] = manifest.city or manifest.id
        start.go("hand-out")


def packed(name: str) -> bytes:
    """Return a pack as one file, made on demand."""
    with store.scratch() as folder:
        return pack_zip.export_pack(name, folder / f"{name}.zip").read_bytes()


def _offer_removal(manifest: Manifest, lang: Language) -> None:
    """Show a button that removes a pack, after a question."""
    name = manifest.id
    asked = f"asked:{name}"
    if st.button(markdown(tr("Remove these streets", lang)), key=f"remove:{name}"):
        st.session_state[asked] = True
    if not st.session_state.get(asked):
        return
    question = tr(
        "Remove the streets of {city}? Until other streets are removed or the app is ended, this "
        "can be undone; after that they are deleted from this computer.",
        lang,
    )
    st.text(plain(question.format(city=city_name(manifest, lang))))
    with st.container(horizontal=True):
        if st.button(markdown(tr("Yes, remove", lang)), key=f"sure:{name}"):
            del st.session_state[asked]
            _try(partial(removed.set_aside, name), lang)
            st.session_state[_REMOVED] = name
            st.rerun()
        if st.button(markdown(tr("Keep them", lang)), key=f"keep:{name}"):
            del st.session_state[asked]
            st.rerun()


def _offer_undo(lang: Language) -> None:
    """Show what the user removed last, with a button that brings it back."""
    name = st.session_state.get(_REMOVED)
    if name is None or removed.last() != name:
        return
    gone = tr("The streets of {city} are removed.", lang)
    st.info(markdown(gone.format(city=name)))
    if st.button(markdown(tr("Undo: bring them back", lang)), key="undo_removal"):
        _try(partial(removed.restore, name), lang)
        del st.session_state[_REMOVED]
        st.rerun()


def _try(change: partial[None], lang: Language) -> None:
    """Make a change on the disk, or say why it cannot be made and stop the page there."""
    try:
        change()
    except (OSError, ToolkitError) as error:
        failed = tr("Nothing was changed.", lang)
        st.error(markdown(f"{failed} {sentences.details(str(error), lang)}"))
        st.stop()
