"""Ask a map server for one city, after consent: what is asked of whom, and who can see it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from toolkit.app import bar, markup, widgets
from toolkit.app.my_cities.fetch_process import HOST, MOST_MB, RADIUS_KM
from toolkit.base.escape import markdown
from toolkit.base.terms import Language
from toolkit.language.translate import number, tr
from toolkit.streets.cities import City, load_cities

_CONSENT = "fetch_consent"


def show(begin: Callable[[str], None], lang: Language) -> None:
    """Show the choice of a city, what asking for it tells whom, and a button to be ticked first.

    Parameters
    ----------
    begin
        Called with the id of the city at the click.
    lang
        Language.
    """
    with st.expander(markdown(tr("Over the network, if there is no other way", lang))):
        known = [city for city in load_cities() if not city.demonstration]
        chosen = widgets.one_of(
            st.selectbox,
            tr("City", lang),
            bar.city_names(known, lang),
            name="fetch_city",
            lang=lang,
            first=bar.chosen_city(),
        )
        city = next(one for one in known if one.id == chosen)
        markup.show(lang, markup.listing(map(markup.text, announcement(city, lang))))
        # One tick for one city: another choice shows another box, and each run empties it.
        agreed = st.checkbox(
            markdown(consent(city, lang)), key=widgets.fresh_key(f"{_CONSENT}:{chosen}")
        )
        ask = tr("Ask {host} for the map of {city} now", lang)
        st.button(
            markdown(ask.format(host=HOST, city=city.name.in_language(lang))),
            disabled=not agreed,
            key="fetch_go",
            on_click=_agreed,
            args=(begin, chosen),
        )


def _agreed(begin: Callable[[str], None], city_id: str) -> None:
    """Begin if the box is still ticked at the click, and use the tick up."""
    key = widgets.fresh_key(f"{_CONSENT}:{city_id}")
    if st.session_state.get(key):
        widgets.renew(f"{_CONSENT}:{city_id}")
        begin(city_id)


def consent(city: City, lang: Language) -> str:
    """Return what is agreed to."""
    text = tr(
        "I agree, this once, that {host} and everyone on the way see what is said above about "
        "{city}.",
        lang,
    )
    return text.format(host=HOST, city=city.name.in_language(lang))


def announcement(city: City, lang: Language) -> list[str]:
    """Return what is asked of whom, how much, and who can see it, a sentence or two each."""
    sentences = (
        tr(
            "Better: a country file from a stick. It tells nobody which city is meant. Do not ask "
            "over the network where that could harm somebody, nor from the place of a workshop.",
            lang,
        ),
        tr(
            "Asked: {host}, a public map server, and the name service that finds it; nobody else. "
            "A process of its own asks; the app itself still connects nowhere.",
            lang,
        ),
        tr(
            "Sent: the corners of rectangles up to {km} km around the centre of {city}, and which "
            "kinds of map objects are wanted. Not sent: names, notes, numbers of cameras, files.",
            lang,
        ),
        tr(
            "How much: not known before, at most {mb} MB; the progress shows it. It can be "
            "stopped, and asked again it goes on with what is missing.",
            lang,
        ),
        tr(
            "Who can see which city, when, and from which internet address: those who run {host}, "
            "and whoever can demand it of them.",
            lang,
        ),
        tr(
            "Who can see that this computer talks to {host}, when and how much: the owner of the "
            "Wi-Fi, the provider, the state, and a proxy or VPN. A company or school that opens "
            "encryption sees all.",
            lang,
        ),
        tr(
            "Kept on this computer until the map is complete: the answers, in the cache. Forget "
            "everything removes them.",
            lang,
        ),
    )
    values = {
        "host": HOST,
        "city": city.name.in_language(lang),
        "km": RADIUS_KM,
        "mb": number(MOST_MB),
    }
    return [sentence.format(**values) for sentence in sentences]
