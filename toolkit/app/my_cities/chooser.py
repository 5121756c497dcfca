"""Folders and sticks of this computer, to choose a file from; names are text of strangers."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import streamlit as st

from toolkit.base import escape, folders
from toolkit.base.errors import InputDataError
from toolkit.base.folders import Entry, Listing, Place
from toolkit.base.terms import Language
from toolkit.language import sentences
from toolkit.language.translate import number, tr
from toolkit.streets.kinds import ENDINGS

CHOSEN: Final = "streets_path"
"""Name of the file that is to be brought in, in ``st.session_state``."""
_AT: Final = "chooser_at"
_BYTES_PER_MB: Final = 1e6
_LEAST_MB: Final = 0.1
_LIST_PX: Final = 330
_MOST_UNSCROLLED: Final = 6
"""Entries that are shown in full height; more are scrolled."""
_MOST_SIGNS: Final = 80
"""Signs of a name that are shown, its end among them: it tells the kind."""


def open_at(folder: Path, root: Path | None = None) -> None:
    """Show a folder from here on.

    Parameters
    ----------
    folder
        The folder.
    root
        Folder above which one cannot go; by default the folder itself.
    """
    st.session_state[_AT] = (root or folder, folder)


def show(lang: Language) -> None:
    """Show where to look, and the folder that is open."""
    st.text(tr("Choose a file on this computer or a stick:", lang))
    with st.container(horizontal=True):
        for k, place in enumerate(folders.places()):
            st.button(
                escape.markdown(_place_name(place, lang)),
                key=f"place:{k}",
                on_click=open_at,
                args=(place.path,),
            )
        st.button(
            escape.markdown(tr("Look again for sticks", lang)), key="places_again", type="tertiary"
        )
    if _AT in st.session_state:
        root, folder = st.session_state[_AT]
        with st.container(border=True):
            _show_folder(root, folder, lang)


def _place_name(place: Place, lang: Language) -> str:
    if place.kind == "drive":
        name = shown_name(place.path.name or str(place.path))
        return tr("Stick or drive: {name}", lang).format(name=name)
    names = {
        "home": tr("My own folder", lang),
        "downloads": tr("Downloads", lang),
        "documents": tr("Documents", lang),
        "desktop": tr("Desktop", lang),
    }
    return names[place.kind]


def _show_folder(root: Path, folder: Path, lang: Language) -> None:
    st.text(escape.plain(folder))
    with st.container(horizontal=True):
        if folder != root:
            st.button(
                escape.markdown(tr("Up one folder", lang)),
                key="chooser_up",
                on_click=open_at,
                args=(folder.parent, root),
            )
        st.button(escape.markdown(tr("Close", lang)), key="chooser_close", on_click=close)
    try:
        listing = folders.list_folder(folder, ENDINGS, below=root)
    except InputDataError as error:
        refused = tr("This folder is not opened: it leads to another place.", lang)
        st.error(escape.markdown(f"{refused} {sentences.or_english(str(error), lang)}"))
        return
    height: int | Literal["content"]
    height = _LIST_PX if len(listing.entries) > _MOST_UNSCROLLED else "content"
    with st.container(height=height, border=False, gap="xxsmall"):
        for k, entry in enumerate(listing.entries):
            st.button(
                escape.markdown(_entry_name(entry, lang)),
                key=f"entry:{k}",
                type="tertiary",
                on_click=open_at if entry.is_folder else _choose,
                args=(entry.path, root) if entry.is_folder else (entry.path,),
            )
    for sentence in remarks(listing, lang):
        st.text(sentence)


def remarks(listing: Listing, lang: Language) -> list[str]:
    """Return what is to be said of a folder: that it cannot be read, is empty, or too long."""
    if not listing.readable:
        return [tr("This folder cannot be read: you may have no right to, or it is gone.", lang)]
    found = []
    if all(entry.is_folder for entry in listing.entries):
        kinds = tr("No file of streets is here. Files that can be brought in end in {kinds}.", lang)
        found.append(kinds.format(kinds=", ".join(ENDINGS)))
    if listing.n_more or not listing.whole:
        found.append(tr("There is more than can be shown. Write the name of the file below.", lang))
    return found


def _entry_name(entry: Entry, lang: Language) -> str:
    name = shown_name(entry.path.name)
    if entry.size_bytes is None:
        return tr("Folder {name}", lang).format(name=name)
    size_mb = entry.size_bytes / _BYTES_PER_MB
    if size_mb < _LEAST_MB:
        return tr("{name}, under {mb} MB", lang).format(name=name, mb=number(_LEAST_MB, decimals=1))
    return tr("{name}, {mb} MB", lang).format(name=name, mb=number(size_mb, decimals=1))


def shown_name(name: str) -> str:
    """Return a name without signs that turn it around, shortened in its middle."""
    plain = escape.plain(name)
    if len(plain) <= _MOST_SIGNS:
        return plain
    half = _MOST_SIGNS // 2
    return f"{plain[:half]}…{plain[-half:]}"


def _choose(file: Path) -> None:
    st.session_state[CHOSEN] = str(file)
    close()


def close() -> None:
    """Show no folder from here on."""
    st.session_state.pop(_AT, None)
