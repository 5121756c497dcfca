"""Script of the app: started by `toolkit.app.serve`, run by Streamlit for each session."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

import streamlit as st

from toolkit.app import bar, changed_set, markup, start
from toolkit.app.addresses import PATHS
from toolkit.app.screens import (
    analysts,
    cities,
    city_map,
    compare,
    hand_out,
    limits,
    place,
    reported,
    route,
    teach,
    vehicles,
)
from toolkit.base import egress, escape
from toolkit.base.errors import NoCountError, TooFarAheadError, ToolkitError
from toolkit.base.terms import Language
from toolkit.language import sentences, words
from toolkit.language.translate import tr

_log = logging.getLogger(__name__)


def pages(lang: Language) -> dict[str, st.Page]:
    """Return the pages by their path, in the order of the navigation; each has one job."""
    titles: tuple[tuple[str, Callable[[Language], None]], ...] = (
        (tr("Map", lang), city_map.show),
        (tr("Hand-out", lang), hand_out.show),
        (tr("Route", lang), route.show),
        (tr("Place", lang), place.show),
        (tr("Vehicles", lang), vehicles.show),
        (tr("Reported", lang), reported.show),
        (tr("Teach", lang), teach.show),
        (tr("Compare", lang), compare.show),
        (tr("My cities", lang), cities.show),
        (tr("For analysts", lang), analysts.show),
        (tr("What this cannot tell you", lang), limits.show),
    )
    return {
        path: st.Page(
            partial(_run, show, path, lang),
            title=escape.plain(title),
            url_path=path,
            default=path == PATHS[0],
        )
        for path, (title, show) in zip(PATHS, titles, strict=True)
    }


def _run(show: Callable[[Language], None], path: str, lang: Language) -> None:
    """Show one page, or the reason why it cannot be shown; a user never sees a traceback."""
    try:
        bar.take_from_address()
        with st.container(key="above-page"):  # at one place, as below the bar
            changed_set.announce(lang)
        if path in start.NEEDS_CITY and not bar.city_is_chosen():
            start.show(lang)
        else:
            show(lang)
    except (NoCountError, TooFarAheadError) as error:
        refuse(_why_not_then(error, lang), lang)
    except ToolkitError as error:
        refuse(sentences.or_english(str(error), lang), lang)
    except Exception as error:  # noqa: BLE001
        # The kind of the error only: its text may hold what the user typed.
        _log.warning("The page failed: %s", type(error).__name__)
        failed = tr(
            "Something in the toolkit failed. Nothing was saved or sent. Reload the page; if "
            'it fails again, "camera-exposure doctor" says whether the data are whole.',
            lang,
        )
        refuse(failed, lang)


def _why_not_then(error: ToolkitError, lang: Language) -> str:
    """Return why there is no estimate for a date, and what to do here about it."""
    if isinstance(error, NoCountError):
        return tr(
            "By this date nobody had reported how many cameras this city has, and too few other "
            "cities had been counted to borrow a number. Choose a later date, or enter your own "
            "number, under Change.",
            lang,
        )
    return tr(
        "This date lies too long after the last reports that were read: nothing known supports an "
        "estimate so far ahead. Choose an earlier date under Change.",
        lang,
    )


def refuse(text: str, lang: Language) -> None:
    """Show why there is no answer, still with the sentence on limits."""
    st.error(escape.markdown(text))
    markup.show(lang, markup.tag("p", words.limits(lang)[0], kind="limit"))


def main() -> None:
    """Show the app to one session."""
    st.set_page_config(page_title="Camera exposure", layout="wide")
    egress.require_guard()
    lang = bar.language()
    bar.use_chosen_numerals(lang)
    markup.show_style(lang)
    known = pages(lang)
    start.keep_pages(known)
    page = st.navigation(list(known.values()), position="top")
    # In the line of the navigation, see `markup`: at one place on every page, also if it fails.
    with st.container(key="language", width="content", horizontal=True):
        bar.choose_numerals(lang)
        bar.choose_language()
    page.run()


main()
