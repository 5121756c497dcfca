"""Bar above each page: city, question and cameras; neither stored nor put into an address.

What is changed rarely (date, own number, kind of operator) is one tap away, behind "Change". A
choice outlives another page and another language: see `toolkit.app.widgets`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import streamlit as st

from toolkit.app import markup, what_you_saw, widgets
from toolkit.assessment.city_data import city_or_pack
from toolkit.base import escape
from toolkit.base.errors import ToolkitError
from toolkit.base.terms import LANGUAGES, STATUSES, TIERS, Language, Status, Tier
from toolkit.evidence.load import load_claims
from toolkit.evidence.observations import Observation
from toolkit.language import notes, words
from toolkit.language.translate import LANGUAGE_NAMES, number, tr, use_numerals
from toolkit.siting.profiles import load_profiles
from toolkit.streets.cities import City, load_cities
from toolkit.streets.pack import find_pack_for, list_packs

T = TypeVar("T")

EARLIEST: Final = dt.date(2010, 1, 1)
LATEST: Final = dt.date(2099, 12, 31)
MOST_CAMERAS: Final = 1_000_000
"""Largest number that can be entered: more than any city is reported to have."""

_NUMERALS: Final = "numerals"
_SHOWN: Final = "shown-answer"
"""Key of the session for the cities whose answer stands on the page as a whole."""
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
    observations
        What the user saw on a walk in the city.
    """

    lang: Language
    city: City
    tier: Tier
    status: Status
    count: tuple[float, float] | None
    as_of: dt.date
    profile: str | None = None
    observations: tuple[Observation, ...] = ()


def language() -> Language:
    """Return the chosen language, also before the bar is shown."""
    if st.session_state.get("lang") not in LANGUAGES:
        st.session_state["lang"] = _asked("lang", LANGUAGES, LANGUAGES[0])
    chosen: Language = st.session_state["lang"]
    return chosen


def choose_language() -> None:
    """Show the language switch: each language by its own name, in its own script."""
    st.segmented_control(
        "Language / ဘာသာစကား",
        LANGUAGES,
        format_func=lambda code: LANGUAGE_NAMES[code],
        key="lang",
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )


def choose_numerals(lang: Language) -> None:
    """Show the choice of digits, where there is one, and use it for all that this run shows.

    It is kept in the session only. Boxes to type into take Western digits, as browsers do.
    """
    if lang == "en":
        use_numerals("western")
        return
    widgets.one_of(
        st.segmented_control,
        escape.markdown(tr("Digits", lang)),
        {"western": "123", "burmese": "၁၂၃"},
        name=_NUMERALS,
        lang=lang,
        required=True,
        label_visibility="collapsed",
    )
    use_chosen_numerals(lang)


def use_chosen_numerals(lang: Language) -> None:
    """Use the chosen digits, also before the choice is shown."""
    burmese = lang == "my" and st.session_state.get(_NUMERALS) == "burmese"
    use_numerals("burmese" if burmese else "western")


def city_is_chosen() -> bool:
    """Return whether the user has chosen a city, or the address of a page has named one."""
    return "city" in st.session_state


def take_from_address() -> None:
    """Take what the address names for the choice, until the user chooses: other pages lose it."""
    given = set(st.query_params)
    if "city" in given and "city" not in st.session_state:
        city = _asked("city", tuple(known_cities()), None)
        if city is not None:
            st.session_state["city"] = city
    if "status" in given and "status" not in st.session_state:
        st.session_state["status"] = _asked("status", STATUSES, STATUSES[0])
    chosen_tier()


def choose(
    lang: Language,
    *,
    question: bool = True,
    says_made_up: bool = True,
    last: Callable[[], None] | None = None,
) -> Choice:
    """Show the bar and return the choice.

    Below it stands that the report is made up where that is so: before any figure, on each page.

    The address of the page may set the first values (``?city=yangon&tier=face``, also ``lang``,
    ``status``, ``as_of``, ``profile``), but never the user's own number, or what the user saw.

    Parameters
    ----------
    lang
        Language.
    question
        Whether the five questions are shown; where they are not, the page has them itself.
    says_made_up
        Whether a made-up report is announced; where it is not, the page does so itself.
    last
        Shows what a page has at the end of its bar.

    Raises
    ------
    InputDataError
        If the file of cities cannot be used.
    """
    cities = known_cities()
    with st.container(horizontal=True, vertical_alignment="center", key="bar"):
        city = choose_city(lang)
        tier = choose_tier(lang) if question else chosen_tier()
        status = _choose_status(lang)
        with st.popover(escape.markdown(tr("Change", lang)), key="change"):
            as_of = _choose_date(lang)
            asked = needs_number(cities[city])
            count = None if asked else _choose_count(city, lang)
            what_you_saw.choose(city, lang)
            profile = _choose_profile(cities[city], lang)
        if last is not None:
            last()
    # All that only some cities have is at one place, so that what follows stays at its own: the
    # browser keeps what stood at a place until the new page is whole.
    with st.container(key="below-bar"):
        if asked:
            count = _ask_count(cities[city], lang)
        what_you_saw.announce(city, as_of, lang)
        if says_made_up:
            announce_made_up(cities[city], lang)
    seen = what_you_saw.chosen(city, as_of)
    return Choice(lang, cities[city], tier, status, count, as_of, profile, seen)


def announce_made_up(city: City, lang: Language) -> None:
    """Say, for the practice city, that the report behind its figures is made up."""
    if city.demonstration:
        markup.show(lang, markup.tag("p", words.demonstration(lang), kind="banner"))


@contextlib.contextmanager
def only_of(*choices: Choice) -> Iterator[None]:
    """Put what is shown into a place of these cities alone, and hide that of every other one.

    While an answer is computed, Streamlit goes on showing what stood there. The rule that hides
    it reaches the browser before the computation begins, so that no figure of one city is ever
    seen under the name of another.
    """
    place = "answer-of-" + "-and-".join(dict.fromkeys(choice.city.id for choice in choices))
    others = f"[class*='st-key-answer-of-']:not(.st-key-{place})"
    with st.container(key="hidden-by"):
        rule = st.empty()
    if st.session_state.get(_SHOWN) == place:
        markup.hide(rule, others)
    else:
        # What has got into another place, too; the map knows by itself whose it is.
        markup.hide(rule, others, "[data-stale='true']:not([class*='st-key-map'])")
    with st.container(key=place):
        yield
    st.session_state[_SHOWN] = place
    markup.hide(rule, others)


def chosen_city() -> str:
    """Return the id of the chosen city, also before the bar is shown; empty if there is none."""
    return str(st.session_state.get("city") or _asked("city", tuple(known_cities()), ""))


def choose_city(lang: Language) -> str:
    """Show the list of cities and return the id of the chosen one.

    The cities of the evidence come first, in the order of their names; the practice city is last.
    """
    cities = known_cities()
    order = sorted(cities.values(), key=lambda c: (c.demonstration, c.name.in_language(lang)))
    first = next((c.id for c in order if c.demonstration), order[0].id)
    return widgets.one_of(
        st.selectbox,
        escape.markdown(tr("City", lang)),
        city_names(order, lang),
        name="city",
        lang=lang,
        first=_asked("city", tuple(cities), first),
        width=180 if lang == "en" else 230,
        label_visibility="collapsed",
    )


def chosen_tier() -> Tier:
    """Return the chosen question."""
    if st.session_state.get("tier") not in TIERS:
        st.session_state["tier"] = _asked("tier", TIERS, TIERS[0])
    chosen: Tier = st.session_state["tier"]
    return chosen


def choose_tier(lang: Language) -> Tier:
    """Show the five questions as buttons with words and return the chosen one."""
    return widgets.one_of(
        st.segmented_control,
        escape.markdown(tr("Question", lang)),
        {tier: escape.markdown(words.tier_name(tier, lang)) for tier in TIERS},
        name="tier",
        lang=lang,
        first=chosen_tier(),
        required=True,
        label_visibility="collapsed",
    )


def _choose_status(lang: Language) -> Status:
    return widgets.one_of(
        st.segmented_control,
        escape.markdown(tr("Which cameras", lang)),
        {status: escape.markdown(status_text(status, lang)) for status in STATUSES},
        name="status",
        lang=lang,
        first=_asked("status", STATUSES, STATUSES[0]),
        required=True,
        label_visibility="collapsed",
    )


def known_cities() -> dict[str, City]:
    """Return all known cities, and installed streets of none of them, by their ids."""
    known = {city.id: city for city in load_cities()}
    for manifest in list_packs():
        if manifest.id not in known and manifest.city not in known:
            with contextlib.suppress(ToolkitError):  # damaged: no choice
                known[manifest.id] = city_or_pack(manifest.id)
    return known


def needs_number(city: City) -> bool:
    """Return whether only the user can give a number of cameras: none is claimed or borrowed."""
    return city.country is None and not load_claims(city.id)


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


def status_text(status: Status, lang: Language) -> str:
    """Return which cameras are counted, as the bar calls them."""
    if status == "installed":
        return tr("Installed", lang)
    return tr("With planned ones", lang)


def _choose_date(lang: Language) -> dt.date:
    if "as_of" not in st.session_state:
        # The only use of the clock; UTC, as on the command line.
        st.session_state["as_of"] = _asked_date() or dt.datetime.now(dt.UTC).date()
    chosen = st.date_input(
        escape.markdown(tr("Date of the estimate", lang)),
        min_value=EARLIEST,
        max_value=LATEST,
        key="as_of",
        persist_state="session",
        help=tr("Older reports weigh less; reports made after this date are left out.", lang),
    )
    today = dt.datetime.now(dt.UTC).date()
    if chosen > today:
        ahead = tr("This date is still to come: nobody has reported what changes until then.", lang)
        st.warning(escape.markdown(ahead))
    return chosen


def _asked_date() -> dt.date | None:
    """Return the date in the address of the page, if it can be chosen."""
    try:
        asked = dt.date.fromisoformat(st.query_params.get("as_of", ""))
    except ValueError:
        return None
    return asked if EARLIEST <= asked <= LATEST else None


def _choose_profile(city: City, lang: Language) -> str | None:
    """Return the chosen kind of operator, or None for the mixture of the city."""
    titles = {name: one.title for name, one in load_profiles().profile.items()}
    labels = {_MIXTURE: tr("Mixed (default)", lang)} | {
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


def _choose_count(city: str, lang: Language) -> tuple[float, float] | None:
    """Return the user's own number of cameras in a city, or None; another city has its own."""
    if not st.checkbox(
        escape.markdown(tr("Enter my own number of cameras", lang)),
        key=f"own-{city}",
        persist_state="session",
    ):
        return None
    replaces = tr(
        "It replaces the reported number. It is never saved.",
        lang,
    )
    markup.show(lang, markup.tag("p", replaces, kind="small"))
    return _range(city, tr("Until then the reported number is used.", lang), lang)


def _ask_count(city: City, lang: Language) -> tuple[float, float]:
    """Ask for the number of a city that no report is about; the page ends here without one."""
    asked = tr(
        "No report is about {city}. For a map, enter how many cameras to reckon with: it is your "
        "number, not a reported one. It is never saved.",
        lang,
    )
    text = escape.markdown(asked.format(city=city.name.in_language(lang)))
    place = st.empty()
    with st.container(horizontal=True, width=420):
        given = _range(city.id, "", lang)
    if given is None:
        place.info(text)
        st.stop()
    place.caption(text)
    return given


def _range(city: str, until_then: str, lang: Language) -> tuple[float, float] | None:
    """Return a range that the user types, or None, with what holds until it is there."""
    low = _number(tr("At least", lang), f"own-low-{city}")
    high = _number(tr("At most", lang), f"own-high-{city}")
    if any(n is not None and not 1 <= n <= MOST_CAMERAS for n in (low, high)):
        allowed = tr("Give numbers from 1 to {most}.", lang).format(most=number(MOST_CAMERAS))
        st.error(escape.markdown(f"{allowed} {until_then}"))
        return None
    if low is None or high is None:
        both = tr("Give both numbers.", lang)
        st.info(escape.markdown(f"{both} {until_then}"))
        return None
    if low > high:
        # Next to the two numbers; the page stays, with the reported one.
        wrong = tr("Your lower number is above your higher one. Swap the two numbers.", lang)
        st.error(escape.markdown(f"{wrong} {until_then}"))
        return None
    return float(low), float(high)


def _number(label: str, key: str) -> int | None:
    # Without bounds: Streamlit would refuse in English, and in place of a number give none.
    return st.number_input(
        label,
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
