"""The bar above each page, without the page around it."""

from __future__ import annotations

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from toolkit.app import bar
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language.translate import tr
from toolkit.language.words import tier_name
from toolkit.streets.cities import find_city


def page(lang: Language = "en", **chosen: object) -> AppTest:
    def script(lang: Language) -> None:
        import streamlit as st

        from toolkit.app import bar

        choice = bar.choose(lang)
        with bar.only_of(choice):
            st.text(f"{choice.city.id} {choice.tier} {choice.status} {choice.as_of} {choice.count}")

    found = AppTest.from_function(script, default_timeout=60, kwargs={"lang": lang})
    for key, value in chosen.items():
        found.session_state[key] = value
    return found.run()


def test_cities_of_one_name_can_be_told_apart() -> None:
    twins = [find_city("dawei"), find_city("dawei").model_copy(update={"id": "other"})]
    for lang in LANGUAGES:
        names = bar.city_names(twins, lang)
        assert len(set(names.values())) == 2
    assert bar.city_names(twins[:1], "my") == {"dawei": "ထားဝယ် (Dawei)"}


def test_cities_are_in_the_order_of_their_names_and_the_practice_city_is_last() -> None:
    for lang in LANGUAGES:
        options = page(lang).selectbox(key=f"city:{lang}").options
        assert options[:-1] == sorted(options[:-1])
        assert "Helsinki" in options[-1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_five_questions_are_buttons_with_words(lang: Language) -> None:
    found = page(lang, city="dawei")
    buttons = found.segmented_control(key=f"tier:{lang}")
    shown = [option.replace("\\", "") for option in buttons.options]
    assert shown == [tier_name(tier, lang) for tier in bar.TIERS]
    buttons.set_value("plate").run()
    assert found.text[0].value.startswith("dawei plate installed")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_range_the_wrong_way_round_is_said_next_to_it_and_leaves_the_page(
    lang: Language,
) -> None:
    found = page(lang, city="dawei", as_of=dt.date(2026, 11, 1))
    found.checkbox(key="own").check().run()
    found.number_input(key="own_low").set_value(500)
    found.number_input(key="own_high").set_value(20).run()
    (error,) = found.error
    assert "500" not in error.value
    assert found.text[0].value == "dawei seen installed 2026-11-01 None"
    found.number_input(key="own_high").set_value(600).run()
    assert not found.error
    assert found.text[0].value.endswith("(500.0, 600.0)")


def test_a_date_to_come_is_said_to_hold_no_more_than_today() -> None:
    ahead = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=400)
    assert "still to come" in page(city="dawei", as_of=ahead).warning[0].value
    assert not page(city="dawei", as_of=dt.date(2026, 11, 1)).warning


def test_only_what_is_of_the_chosen_city_is_shown() -> None:
    """The rule comes before the answer, and each city has a place of its own."""
    found = page(city="dawei")
    (rule,) = [h.value for h in found.html if "answer-of" in h.value]
    assert ":not(.st-key-answer-of-dawei){display:none !important}" in rule
    found.selectbox(key="city:en").set_value("bagan").run()
    (rule,) = [h.value for h in found.html if "answer-of" in h.value]
    assert ":not(.st-key-answer-of-bagan)" in rule


def test_a_kind_of_operator_without_streets_says_that_it_changes_nothing() -> None:
    found = page(city="dawei", profile="plate_gates")
    said = tr("No streets are installed for this city, so this choice changes no figure.", "en")
    assert any(said in h.value for h in found.html)
