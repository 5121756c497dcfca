"""A city that is not in the list: its name and its middle, around which a file is cut."""

from __future__ import annotations

import streamlit as st

from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError
from toolkit.base.escape import markdown
from toolkit.base.terms import Language, Names
from toolkit.language.translate import tr
from toolkit.streets.cities import City, load_cities
from toolkit.streets.manifest import id_of
from toolkit.streets.readers.field_notes import values

OTHER = "?"
"""Option of a city that is not in the list; no id of a city."""
_NAME, _MIDDLE = "streets_other_name", "streets_other_middle"


def show(lang: Language) -> None:
    """Show the boxes for name and middle."""
    st.text_input(markdown(tr("Its name", lang)), key=_NAME, persist_state="session")
    st.text_input(
        markdown(tr("Its middle: latitude, longitude (empty: all of the file)", lang)),
        key=_MIDDLE,
        persist_state="session",
        placeholder="47.141, 9.521",
    )


def given() -> tuple[str, str]:
    """Return name and middle as typed."""
    return st.session_state.get(_NAME, "").strip(), st.session_state.get(_MIDDLE, "").strip()


def city_of(name: str, middle: str) -> City:
    """Return a city of a typed name and middle.

    Raises
    ------
    InputDataError
        If there is no name, it is that of a known city, or the middle is no place on Earth.

    Examples
    --------
    >>> made = city_of("Vaduz", "47.141, 9.521")
    >>> made.id, made.lat, made.lon
    ('vaduz', 47.141, 9.521)
    """
    shown = clean_text(name)
    if not shown:
        msg = "Give the city a name, such as Vaduz."
        raise InputDataError(msg)
    known = next((city for city in load_cities() if shown in city.spellings), None)
    if known is not None:
        msg = f"{shown} is in the list of cities. Choose it there."
        raise InputDataError(msg)
    try:
        lat, lon = values.position("", "", middle, None)
    except values.UnreadableError as error:
        msg = f"The middle of the city: {error}. Write latitude and longitude: 47.141, 9.521."
        raise InputDataError(msg) from error
    return City(
        # A name without Latin letters gives its code points.
        id=id_of(shown) or id_of("city " + " ".join(f"{ord(sign):x}" for sign in shown[:10])),
        name=Names(en=shown, my=shown),
        lat=lat,
        lon=lon,
        admin="not known",
    )
