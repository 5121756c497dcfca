"""Side panel: the user's choice, which is neither stored nor put into an address."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import streamlit as st

from toolkit.app import markup, widgets
from toolkit.base import escape
from toolkit.base.errors import InputDataError
from toolkit.base.terms import STATUSES, TIERS, Status, Tier
from toolkit.language import notes, words
from toolkit.language.translate import LANGUAGE_NAMES, LANGUAGES, Language, tr
from toolkit.siting.profiles import load_profiles
from toolkit.streets.cities import City, load_cities
from toolkit.streets.pack import find_pack_for

T = TypeVar("T")

_EARLIEST: Final = dt.date(2010, 1, 1)
_LATEST: Final = dt.date(2099, 12, 31)
_MOST_CAMERAS: Final = 1_000_000
"""Largest number that can be entered: more than any city is reported to have."""

PAGES: Final = ("answer", "streets", "cameras", "assumptions")
_MIXTURE: Final = ""
"""Option of the mixture of profiles."""


@dataclass(frozen=True)
class Choice:
    """Choice of the user.

    Attributes
    ----------
    lang
        Language of the page.
    city
        The city.
    tier
        Tier that is shown first; it changes no figure.
    status
        Installed cameras, or planned ones as well.
    count
        The user's own number of cameras, (low, high); None for the reported one.
    as_of
        Date for which the figures hold.
    profile
        Id of the only kind of operator; None for the mixture believed of the city.
    """

    lang: Language
    city: City
    tier: Tier
    status: Status
    count: tuple[float, float] | None
    as_of: dt.date
    profile: str | None = None


def choose_language() -> Language:
    """Show the language switch and return the chosen language."""
    if st.session_state.get("lang") not in LANGUAGES:
        st.session_state["lang"] = _asked("lang", LANGUAGES, LANGUAGES[0])
    # Its label is the same in all languages, so one widget is enough.
    return st.sidebar.radio(
        "Language / ဘာသာစကား",
        LANGUAGES,
        format_func=lambda code: LANGUAGE_NAMES[code],
        key="lang",
        horizontal=True,
    )


def choose_page(lang: Language) -> str:
    """Show the list of pages and return the chosen one of `PAGES`."""
    labels = {
        "answer": tr("City", lang),
        "streets": tr("Streets", lang),
        "cameras": tr("What a camera can do", lang),
        "assumptions": tr("Assumptions", lang),
    }
    return widgets.one_of(
        st.sidebar.radio,
        tr("Page", lang),
        {page: escape.markdown(label) for page, label in labels.items()},
        name="page",
        lang=lang,
        first=_asked("page", PAGES, PAGES[0]),
    )


def choose(lang: Language) -> Choice:
    """Show the side panel and return the choice.

    The address of the page may set the first values (``?city=yangon&tier=face``, also ``lang``,
    ``status``, ``as_of``, ``profile``), but never the user's own number.

    Raises
    ------
    InputDataError
        If the file of cities cannot be used, or the user's own number is not a range.
    """
    cities = {city.id: city for city in load_cities()}
    names = city_names(tuple(cities.values()), lang)
    first = next((c.id for c in cities.values() if c.demonstration), next(iter(cities)))
    with st.sidebar:
        city = widgets.one_of(
            st.selectbox,
            tr("City", lang),
            names,
            name="city",
            lang=lang,
            first=_asked("city", tuple(cities), first),
        )
        tier = widgets.one_of(
            st.radio,
            tr("What is asked", lang),
            {tier: escape.markdown(words.tier_name(tier, lang)) for tier in TIERS},
            name="tier",
            lang=lang,
            first=_asked("tier", TIERS, TIERS[0]),
        )
        status = widgets.one_of(
            st.radio,
            tr("Which cameras", lang),
            {status: escape.markdown(_status_text(status, lang)) for status in STATUSES},
            name="status",
            lang=lang,
            first=_asked("status", STATUSES, STATUSES[0]),
        )
        as_of = _choose_date(lang)
        profile = _choose_profile(cities[city], lang)
        count = _choose_count(lang)
    return Choice(lang, cities[city], tier, status, count, as_of, profile)


def city_names(cities: Sequence[City], lang: Language) -> dict[str, str]:
    """Return the label of each city by its id: the name, with the English one in brackets.

    Cities of the same name also show their ids.
    """
    names = {}
    for city in cities:
        own, english = city.name.in_language(lang), city.name.en
        names[city.id] = escape.plain(own if own == english else f"{own} ({english})")
    times = Counter(names.values())
    return {key: name if times[name] == 1 else f"{name} [{key}]" for key, name in names.items()}


def _status_text(status: Status, lang: Language) -> str:
    if status == "installed":
        return words.status_name(status, lang)
    return tr("Installed and planned together", lang)


def _choose_date(lang: Language) -> dt.date:
    if "as_of" not in st.session_state:
        # The only use of the clock; UTC, as on the command line.
        st.session_state["as_of"] = _asked_date() or dt.datetime.now(dt.UTC).date()
    chosen = st.date_input(
        tr("Date for which the figures hold", lang),
        min_value=_EARLIEST,
        max_value=_LATEST,
        key="as_of",
        persist_state="session",
        help=tr("Older reports weigh less; reports made after this date are left out.", lang),
    )
    return chosen if isinstance(chosen, dt.date) else dt.datetime.now(dt.UTC).date()


def _asked_date() -> dt.date | None:
    """Return the date in the address of the page, if it can be chosen."""
    try:
        asked = dt.date.fromisoformat(st.query_params.get("as_of", ""))
    except ValueError:
        return None
    return asked if _EARLIEST <= asked <= _LATEST else None


def _choose_profile(city: City, lang: Language) -> str | None:
    """Return the chosen kind of operator, or None for the mixture of the city."""
    titles = {name: one.title for name, one in load_profiles().profile.items()}
    labels = {_MIXTURE: tr("Several kinds, as believed", lang)} | {
        name: escape.plain(words.profile_name(name, title, lang)) for name, title in titles.items()
    }
    chosen = widgets.one_of(
        st.selectbox,
        tr("Who runs the cameras", lang),
        labels,
        name="profile",
        lang=lang,
        first=_asked("profile", tuple(labels), _MIXTURE),
        help=tr(
            "It says on which streets cameras are likely. Without a choice it is a mixture of "
            "kinds, as believed of this city. It needs installed streets.",
            lang,
        ),
    )
    if not chosen:
        return None
    if city.pack or find_pack_for(city.id):
        effect = notes.text("one_profile", lang)
    else:
        effect = tr(
            "No streets are installed for this city, so this choice changes no figure.", lang
        )
    markup.show(lang, markup.tag("p", effect, kind="small"))
    return chosen


def _choose_count(lang: Language) -> tuple[float, float] | None:
    """Return the user's own number of cameras, or None."""
    if not st.checkbox(
        tr("Use my own number of cameras", lang), key="own", persist_state="session"
    ):
        return None
    replaces = tr(
        "It replaces the reported number. It stays in the memory of this computer and is "
        "not saved.",
        lang,
    )
    markup.show(lang, markup.tag("p", replaces, kind="small"))
    low = _number(tr("At least", lang), "own_low")
    high = _number(tr("At most", lang), "own_high")
    if low is None or high is None:
        st.info(
            escape.markdown(tr("Give both numbers. Until then the reported number is used.", lang))
        )
        return None
    if low > high:
        msg = tr("Your lower number is above your higher one. Turn the two around.", lang)
        raise InputDataError(msg)
    return float(low), float(high)


def _number(label: str, key: str) -> int | None:
    return st.number_input(
        label,
        min_value=1,
        max_value=_MOST_CAMERAS,
        value=None,
        step=10,
        format="%d",
        key=key,
        persist_state="session",
    )


def _asked(name: str, allowed: Sequence[T], usual: T) -> T:
    """Return the option that the address of the page names, else the usual one."""
    asked = st.query_params.get(name)
    return next((one for one in allowed if one == asked), usual)
