"""Script of the app: started by `toolkit.app.serve`, run by Streamlit for each session."""

from __future__ import annotations

import logging

import streamlit as st

from toolkit.app import kept_answers, markup, side_panel
from toolkit.app.city import answer, downloads, figures, map_view, reported, sensitivity
from toolkit.app.map import component
from toolkit.app.screens import assumptions, cameras, streets
from toolkit.app.side_panel import Choice
from toolkit.base import egress, escape
from toolkit.base.errors import ToolkitError
from toolkit.base.terms import Language
from toolkit.language import words
from toolkit.language.translate import tr

_log = logging.getLogger(__name__)


def show(choice: Choice) -> None:
    """Show the answer for a choice, with its figures, map and sources."""
    lang, city = choice.lang, choice.city
    head = [markup.tag("h1", city.name.in_language(lang))]
    if city.demonstration:
        head.append(markup.tag("p", words.demonstration(lang), kind="banner"))
    panel = tr(
        "City, question and date are chosen in the panel behind the arrows », top left.", lang
    )
    head.append(markup.tag("p", panel, kind="narrow"))
    markup.show(lang, *head)
    component.announce(city.id)
    with st.spinner(escape.markdown(tr("Estimating …", lang))):
        made = kept_answers.estimate(choice, assumptions.chosen())
    answer.show(made, choice.tier, lang)
    # The layers of a large city take longest: reserve the place of the map, and show the figures
    # below it first.
    place = st.container()
    figures.show(made, choice.tier, lang)
    with place:
        map_view.show(made, choice.tier, lang)
    sensitivity.show(made, choice.tier, lang)
    reported.show(made, city, lang)
    downloads.show(made, lang)


def refuse(text: str, lang: Language) -> None:
    """Show why there is no answer, still with the sentence on limits."""
    st.error(escape.markdown(text))
    markup.show(lang, markup.tag("p", words.limits(lang)[0], kind="limit"))


def main() -> None:
    """Show the app to one session."""
    st.set_page_config(page_title="Camera exposure", layout="wide")
    egress.require_guard()
    lang = side_panel.choose_language()
    markup.show_style(lang)
    try:
        page = side_panel.choose_page(lang)
        if page == "cameras":
            cameras.show(lang)
        elif page == "streets":
            streets.show(lang)
        elif page == "assumptions":
            assumptions.show(lang)
        else:
            show(side_panel.choose(lang))
    except ToolkitError as error:
        refuse(str(error), lang)
    except Exception as error:  # noqa: BLE001 - a user is never shown a traceback
        # The kind of the error only: its text may hold what the user typed.
        _log.warning("The page failed: %s", type(error).__name__)
        failed = tr(
            "Something in the toolkit failed. Nothing was saved or sent. Reload the page; if "
            'it fails again, "camera-exposure doctor" says whether the data are whole.',
            lang,
        )
        refuse(failed, lang)


main()
