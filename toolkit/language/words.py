"""Names of tiers and classes, figures in words, and the limits of the figures as sentences.

Every page, map, report and table takes its words from here, so that they are the same everywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from toolkit.base.clean_text import clean_text
from toolkit.base.terms import (
    LIKELY_LOW,
    POSSIBLE_HIGH,
    SWITCHED_TIERS,
    ExposureClass,
    Status,
    Tier,
)
from toolkit.language.quantities import share
from toolkit.language.translate import date, ngettext, number, tr

BUILT_IN_CITIES: Final = (
    "auckland_road",
    "baltimore_east",
    "bengaluru_central",
    "helsinki_centre",
)
"""Cities to which the built-in siting profiles were fitted; all outside Myanmar."""
_MAX_CITIES: Final = 8
"""Maximum number of cities named in a sentence."""
_MAX_CITY_NAME_CHARACTERS: Final = 40


def tier_name(tier: Tier, lang: str) -> str:
    """Return the name of a tier.

    Examples
    --------
    >>> tier_name("face", "en")
    'Matched by face recognition'
    """
    names = {
        "seen": tr("Seen", lang),
        "recognised": tr("Recognised", lang),
        "identified": tr("Identified", lang),
        "face": tr("Matched by face recognition", lang),
        "plate": tr("Number plate read", lang),
    }
    return names[tier]


def tier_meaning(tier: Tier, lang: str) -> str:
    """Return the meaning of a tier as one sentence."""
    meanings = {
        "seen": tr(
            "The camera shows that someone is there, not who it is or what they are doing.", lang
        ),
        "recognised": tr(
            "Somebody who knows the person can tell from the picture who it is.", lang
        ),
        "identified": tr(
            "The picture is good enough to find out afterwards who the person is, also for "
            "somebody who has never met them.",
            lang,
        ),
        "face": tr(
            "The picture of the face is good enough for face recognition software to match it.",
            lang,
        ),
        "plate": tr(
            "The picture of a vehicle is good enough for software to read the number plate.", lang
        ),
    }
    return meanings[tier]


def tier_condition(tier: Tier, lang: str) -> str | None:
    """Return the condition under which the figures of a tier hold, or None.

    The probability that the software is in use is never multiplied into the figures.
    """
    if tier not in SWITCHED_TIERS:
        return None
    if tier == "face":
        return tr("if face recognition is switched on", lang)
    return tr("if number plate reading is switched on", lang)


def class_name(cls: ExposureClass, lang: str) -> str:
    """Return the name of an exposure class."""
    names = {
        "likely": tr("Likely", lang),
        "possible": tr("Possible", lang),
        "not_excluded": tr("Not excluded", lang),
        "unknown": tr("Unknown", lang),
    }
    return names[cls]


def class_meaning(cls: ExposureClass, lang: str) -> str:
    """Return the meaning of an exposure class as one sentence."""
    low, high = (share(prob, lang) for prob in (LIKELY_LOW, POSSIBLE_HIGH))
    meanings = {
        "likely": tr("Even the low end of the estimate is {low} or more.", lang),
        "possible": tr("The high end of the estimate is {high} or more.", lang),
        "not_excluded": tr(
            "The high end of the estimate is under {high}. That is not the same as none.", lang
        ),
        "unknown": tr("There are no data to say anything.", lang),
    }
    return meanings[cls].format(low=low, high=high)


def status_name(status: Status, lang: str) -> str:
    """Return the name of a camera status."""
    names = {"installed": tr("Installed", lang), "planned": tr("Installed and planned", lang)}
    return names[status]


def dated_status(status: Status, as_of: dt.date, lang: str) -> str:
    """Return which cameras figures are of, and for which date."""
    return tr("{status} cameras, as of {date}", lang).format(
        status=status_name(status, lang), date=date(as_of, lang)
    )


def assumption_set(name: str, n_changed: int, lang: str) -> str:
    """Return the name of a set of assumptions, which is another one once values are changed."""
    if not n_changed:
        return name
    return ngettext(
        "{name}, with {n} value changed", "{name}, with {n} values changed", n_changed, lang
    ).format(name=name, n=number(n_changed))


def siting_limit(lang: str, cities: Sequence[str] = BUILT_IN_CITIES) -> str:
    """Return the limits of the siting model as one sentence.

    Parameters
    ----------
    lang
        Language.
    cities
        Cities to whose lists of cameras the siting profiles in use were fitted, as named in the
        profiles, which may be a user's; empty if unknown.

    Returns
    -------
    str
        The sentence, not escaped.
    """
    if not cities:
        return tr(
            "Where cameras stand is learnt from lists of cameras of other cities; nothing here "
            "validates it for a city in Myanmar.",
            lang,
        )
    n_cities = len(cities)
    if set(cities) <= set(BUILT_IN_CITIES):
        text = ngettext(
            "Where cameras stand is learnt from lists of cameras of {n} city outside Myanmar "
            "({cities}); no city in Myanmar has been used to test it.",
            "Where cameras stand is learnt from lists of cameras of {n} cities outside Myanmar "
            "({cities}); no city in Myanmar has been used to test it.",
            n_cities,
            lang,
        )
    else:
        text = ngettext(
            "Where cameras stand is learnt from a list of cameras of {n} city, from a file of the "
            "user ({cities}); nothing here validates it for a city in Myanmar.",
            "Where cameras stand is learnt from lists of cameras of {n} cities, from a file of the "
            "user ({cities}); nothing here validates it for a city in Myanmar.",
            n_cities,
            lang,
        )
    return text.format(n=n_cities, cities=_city_names(cities, lang))


def _city_names(cities: Sequence[str], lang: str) -> str:
    known = {
        "auckland_road": tr("Auckland", lang),
        "baltimore_east": tr("Baltimore", lang),
        "bengaluru_central": tr("Bengaluru", lang),
        "helsinki_centre": tr("Helsinki", lang),
    }
    shown = [
        known.get(name) or clean_text(name[:_MAX_CITY_NAME_CHARACTERS]) or "?"
        for name in cities[:_MAX_CITIES]
    ]
    more = len(cities) - len(shown)
    if more:
        shown.append(tr("{n} more", lang).format(n=more))
    return ", ".join(shown)


def profile_name(name: str, title: str, lang: str) -> str:
    """Return the name of a siting profile; its `title` if it is not a built-in one."""
    names = {
        "traffic_junctions": tr("Road authority: traffic at junctions", lang),
        "plate_gates": tr("Plate readers and gates", lang),
        "police_neighbourhood": tr("Police: neighbourhoods", lang),
        "motorway_agency": tr("Motorway agency", lang),
        "government_sites": tr("Government sites", lang),
        "pedestrian_core": tr("Pedestrian core", lang),
    }
    return names.get(name, title)


def built_in(text: str, lang: str) -> str:
    """Translate a text of the built-in data; return any other text unchanged."""
    return dict(zip(_built_in("en"), _built_in(lang), strict=True)).get(text, text)


def _built_in(lang: str) -> tuple[str, ...]:
    return (
        tr("Central: the ranges the sources support", lang),
        tr("Cautious: everything works, lowest thresholds, everything switched on", lang),
        tr(
            "For the question what a camera system could do at most with what is reported. How "
            "many cameras there are, where they stand and which lenses they have is as uncertain "
            "as in the central set.",
            lang,
        ),
        tr("Minimal: the lowest exposure that does not contradict the reports", lang),
        tr(
            "The other end of the range, for the question whether a conclusion holds even then. "
            "Each value is the one end of its range that gives the least exposure; all of them "
            "together are far less likely than any one alone. A figure that is reported as an "
            "interval, such as hundreds, keeps its interval. Do not decide on it where to go or "
            "what to do.",
            lang,
        ),
        tr("Rectangle of the extract around the centre of Helsinki, not the city.", lang),
        tr(
            "Nothing reported here is true. Real streets and mapped cameras, with a made-up count, "
            "to try the toolkit.",
            lang,
        ),
    )


def private_limit(lang: str) -> str:
    """Return the limit of a city where owners were ordered to put up cameras as one sentence."""
    return tr(
        "Private cameras are not few in this city: owners were ordered to put up cameras that look "
        "at the street. How many did is not reported, and none of them is in these figures.",
        lang,
    )


def counting_caution(lang: str) -> str:
    """Return what belongs to every suggestion to count or look at cameras."""
    return tr(
        "Do not walk around, take pictures or ask in public for this: use published pictures or "
        "what you have already seen.",
        lang,
    )


def limits(
    lang: str, cities: Sequence[str] = BUILT_IN_CITIES, *, private_many: bool = False
) -> tuple[str, ...]:
    """Return the limits of the figures as sentences; the first one is part of every output.

    Parameters
    ----------
    lang
        Language.
    cities
        See `siting_limit`.
    private_many
        Whether owners in the city were ordered to put up cameras.
    """
    return (
        tr(
            "This covers only the camera system in the reports. It does not count private, hidden "
            "or mobile cameras, checkpoints or phones.",
            lang,
        ),
        *((private_limit(lang),) if private_many else ()),
        tr(
            "A street without a camera on the map can be watched all the same: not on the map "
            "never means not watched.",
            lang,
        ),
        tr(
            "The figures are estimates from a reported number and a model; nobody has looked at "
            "the cameras.",
            lang,
        ),
        siting_limit(lang, cities),
        tr(
            "Cameras are added, moved and switched off; the figures become less reliable with "
            "every month after their date.",
            lang,
        ),
        tr(
            "Do not use the figures to decide that a place or a way is not watched.",
            lang,
        ),
    )


def install_steps(lang: str) -> tuple[str, ...]:
    """Return the steps by which a user installs the streets of a city, and so gets a map."""
    return (
        tr(
            "Fetch an OpenStreetMap extract of the country once, on a computer with network: for "
            "Myanmar one file of about 270 MB that ends in .osm.pbf. docs/guide/streets.md says "
            "where.",
            lang,
        ),
        tr(
            'Carry it over, then type "camera-exposure streets import FILE" or use the page '
            '"My cities" of the app. All known cities in the file are installed at once, without '
            "any network.",
            lang,
        ),
        tr(
            '"camera-exposure streets list" shows what is installed. From then on there is a map.',
            lang,
        ),
    )


def demonstration(lang: str) -> str:
    """Return the banner of an assessment based on an invented report."""
    return tr("Demonstration: the report of cameras behind these figures is made up.", lang)
