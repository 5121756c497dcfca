"""What follows on the streets if the number of cameras, or where they are, were known.

A choice of the page Map alone: it recolours the map at once, each figure says that it is a case,
and nothing says which case is true.
"""

from __future__ import annotations

from typing import Final, Literal

import streamlit as st

from toolkit.app import bar, markup, widgets
from toolkit.app.bar import Choice
from toolkit.app.city.cases import COUNTS
from toolkit.app.kept_answers import Case
from toolkit.base.escape import markdown
from toolkit.base.terms import Language
from toolkit.language.translate import number, tr
from toolkit.output import conditions
from toolkit.streets.cities import City

_REPORTED: Final = 0
_OWN: Final = -1
_NOT_KNOWN: Final = ""


def choose(city: City, lang: Language) -> None:
    """Show the choice, folded away; the map stays in sight."""
    with st.popover(markdown(tr("What if", lang)), key="what-if"):
        markup.show(lang, markup.tag("p", tr("Nobody knows which is true.", lang), kind="small"))
        if _place_is_open(city):
            _choose_where(city, lang)
        _choose_count(city, lang)


def chosen(choice: Choice) -> Case | None:
    """Return the chosen case, also before the choice is shown; None where nothing is assumed."""
    city = choice.city
    where: Literal["core", "township", ""] = st.session_state.get(_key("where", city), _NOT_KNOWN)
    count = st.session_state.get(_key("count", city), _REPORTED)
    if count == _OWN:
        count = st.session_state.get(_key("own", city))
    if not _place_is_open(city) or not where:
        return Case(None, int(count)) if count else None
    return Case(where, int(count) if count else None)


def announce(case: Case, city: City, lang: Language) -> None:
    """Say that a case is shown, with a way back."""
    with st.container(horizontal=True, vertical_alignment="center", key="what-if-shown"):
        name = conditions.case_on_streets(case.where, case.count, lang)
        said = tr("{case} this is what follows. Nobody knows whether it is so.", lang)
        st.info(markdown(said.format(case=name)))
        st.button(
            markdown(tr("Back to the answer", lang)),
            key="what-if-back",
            on_click=_take_back,
            args=(city,),
        )


def _place_is_open(city: City) -> bool:
    """Return whether reports leave it open where the cameras are.

    The made-up report is about the streets on the map, and so is a number that only the user gives.
    """
    return not city.demonstration and not bar.needs_number(city)


def _key(what: str, city: City) -> str:
    """Return the name of a choice in ``st.session_state``: each city has its own."""
    return f"what_if_{what}:{city.id}"


def _choose_where(city: City, lang: Language) -> None:
    labels = {
        _NOT_KNOWN: tr("Not known", lang),
        "core": tr("Inside the boundary", lang),
        "township": tr("Across the township", lang),
    }
    widgets.one_of(
        st.segmented_control,
        markdown(tr("If all are", lang)),
        {name: markdown(label) for name, label in labels.items()},
        name=_key("where", city),
        lang=lang,
        required=True,
    )


def _choose_count(city: City, lang: Language) -> None:
    labels = {_REPORTED: tr("As reported", lang)}
    labels |= {count: number(count) for count in COUNTS}
    labels[_OWN] = tr("Other", lang)
    chosen_count = widgets.one_of(
        st.segmented_control,
        markdown(tr("If there are", lang)),
        {value: markdown(label) for value, label in labels.items()},
        name=_key("count", city),
        lang=lang,
        required=True,
    )
    if chosen_count == _OWN:
        st.number_input(
            markdown(tr("Number of cameras", lang)),
            min_value=1,
            max_value=bar.MOST_CAMERAS,
            value=None,
            step=10,
            format="%d",
            key=_key("own", city),
            persist_state="session",
        )


def _take_back(city: City) -> None:
    st.session_state.update(
        {_key("where", city): _NOT_KNOWN, _key("count", city): _REPORTED, _key("own", city): None}
    )
