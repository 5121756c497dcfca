"""The bar above each page, without the page around it."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import own_evidence
import pytest
import small_city
from app_screens import html_of, part, screen, words_of
from invented import HOSTILE
from streamlit.testing.v1 import AppTest

from toolkit.app import bar
from toolkit.assessment.city_data import middles
from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.language import notes, words
from toolkit.language.translate import tr
from toolkit.language.words import profile_name, tier_name
from toolkit.siting.profiles import load_profiles
from toolkit.streets.cities import find_city
from toolkit.streets.pack import packs

SCRIPT = """
import streamlit as st
from toolkit.app import bar
c = bar.choose({lang!r})
with bar.only_of(c):
    st.text(f"{{c.city.id}} {{c.tier}} {{c.status}} {{c.as_of}} {{c.count}}")
"""


def page(lang: Language = "en", **chosen: object) -> AppTest:
    return part(SCRIPT.format(lang=lang), **chosen)


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
    assert shown == [tier_name(tier, lang) for tier in TIERS]
    buttons.set_value("plate").run()
    assert found.text[0].value.startswith("dawei plate installed")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_range_the_wrong_way_round_is_said_next_to_it_and_leaves_the_page(
    lang: Language,
) -> None:
    found = page(lang, city="dawei")
    found.checkbox(key="own-dawei").check().run()
    found.number_input(key="own-low-dawei").set_value(500)
    found.number_input(key="own-high-dawei").set_value(20).run()
    (error,) = found.error
    assert "500" not in error.value
    assert found.text[0].value == "dawei seen installed 2026-11-01 None"
    found.number_input(key="own-high-dawei").set_value(600).run()
    assert not found.error
    assert found.text[0].value.endswith("(500.0, 600.0)")


def test_half_a_number_changes_nothing() -> None:
    for given in ({"own-low-dawei": 5}, {"own-high-dawei": 5}, {}):
        found = page(city="dawei", **{"own-dawei": True}, **given)
        assert found.text[0].value.endswith("None")
        assert "Give both numbers" in found.info[0].value.replace("\\", "")


def test_a_number_is_that_of_one_city_alone() -> None:
    given = {"own-dawei": True, "own-low-dawei": 5, "own-high-dawei": 9}
    found = page(city="dawei", **given)
    assert found.text[0].value.endswith("(5.0, 9.0)")
    found.selectbox(key="city:en").set_value("yangon").run()
    assert found.text[0].value.startswith("yangon")
    assert found.text[0].value.endswith("None")
    found.selectbox(key="city:en").set_value("dawei").run()
    assert found.text[0].value.endswith("(5.0, 9.0)")


def test_a_date_to_come_is_said_to_hold_no_more_than_today() -> None:
    ahead = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=400)
    assert "still to come" in page(city="dawei", as_of=ahead).warning[0].value
    assert not page(city="dawei").warning


def test_today_is_where_the_date_starts() -> None:
    found = AppTest.from_string(SCRIPT.format(lang="en"), default_timeout=60).run()
    today = dt.datetime.now(dt.UTC).date()
    assert found.date_input(key="as_of").value in (today, today - dt.timedelta(days=1))


def test_only_what_is_of_the_chosen_city_is_shown() -> None:
    """The rule comes before the answer, and each city has a place of its own."""
    found = page(city="dawei")
    for city in ("dawei", "bagan"):
        found.selectbox(key="city:en").set_value(city).run()
        (rule,) = [h.value for h in found.html if "answer-of" in h.value]
        assert f":not(.st-key-answer-of-{city}){{display:none !important}}" in rule


OF_A_CITY = (
    "analysts",
    "compare",
    "hand_out",
    "place",
    "reported",
    "route",
    "vehicles",
)
"""Modules of the pages with figures of the chosen city, but for the map, see ``test_main.py``."""


@pytest.mark.parametrize("name", OF_A_CITY)
def test_each_page_says_once_of_the_practice_city_that_its_report_is_made_up(name: str) -> None:
    page = screen(name, city="helsinki-centre")
    assert not page.exception
    made_up = words.demonstration("en")
    assert words_of(page).count(made_up) == 1
    assert made_up not in html_of(screen(name, city="dawei"))


def test_a_comparison_with_the_practice_city_says_that_its_report_is_made_up() -> None:
    for first, second in (("dawei", "helsinki-centre"), ("helsinki-centre", "dawei")):
        page = screen("compare", city=first, compare="city", compare_city=second)
        assert words_of(page).count(words.demonstration("en")) == 1


def test_two_cities_have_a_place_that_neither_has_alone() -> None:
    found = part(
        "from toolkit.app import bar\nimport dataclasses\n"
        "choice = bar.choose('en')\n"
        "other = dataclasses.replace(choice, city=bar.known_cities()['bagan'])\n"
        "with bar.only_of(choice, other):\n    pass\n",
        city="dawei",
    )
    (rule,) = [h.value for h in found.html if "answer-of" in h.value]
    assert ":not(.st-key-answer-of-dawei-and-bagan)" in rule


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_kind_of_operator_without_streets_says_that_it_changes_nothing(lang: Language) -> None:
    said = tr("No streets are installed for this city, so this choice changes no figure.", lang)
    shown = "".join(h.value for h in page(lang, city="dawei", profile="plate_gates").html)
    assert said in shown
    assert notes.text("one_profile", lang) not in shown
    with_streets = page(lang, city="helsinki-centre", profile="plate_gates")
    shown = "".join(h.value for h in with_streets.html)
    assert said not in shown
    assert re.sub(r"\s", " ", notes.text("one_profile", lang)) in shown.replace("\xa0", " ")


def test_kinds_of_operators_have_burmese_names() -> None:
    shown = page("my", city="dawei").selectbox(key="profile:my").options
    assert len(shown) == 1 + len(load_profiles().profile)
    for name, one in load_profiles().profile.items():
        assert profile_name(name, one.title, "en") == one.title
        assert profile_name(name, one.title, "my") in shown
    assert not any(text.isascii() for text in shown)


def test_a_kind_of_operator_that_is_not_there_is_not_chosen() -> None:
    found = page(city="dawei", profile=HOSTILE)
    assert not found.exception
    assert found.selectbox(key="profile:en").value == ""


def test_what_an_address_names_is_kept_for_other_pages() -> None:
    script = "from toolkit.app import bar\nbar.take_from_address()\n"
    found = AppTest.from_string(script, default_timeout=60)
    for name, value in {"city": "dawei", "tier": "plate", "status": "planned"}.items():
        found.query_params[name] = value
    found.run()
    assert found.session_state["city"] == "dawei"
    assert found.session_state["tier"] == "plate"
    assert found.session_state["status"] == "planned"
    found.query_params["city"] = "bagan"
    assert found.run().session_state["city"] == "dawei"
    other = AppTest.from_string(script, default_timeout=60)
    other.query_params["city"] = HOSTILE
    assert "city" not in other.run().session_state


DIGITS = """
from toolkit.app import bar
bar.use_chosen_numerals({lang!r})
bar.choose_numerals({lang!r})
import streamlit as st
from toolkit.language.translate import number
st.text(number(1300))
"""


def test_digits_are_a_choice_in_burmese_alone_and_begin_western() -> None:
    assert not part(DIGITS.format(lang="en"), numerals="burmese").segmented_control
    assert part(DIGITS.format(lang="en"), numerals="burmese").text[0].value == "1,300"
    burmese = part(DIGITS.format(lang="my"))
    assert burmese.text[0].value == "1,300"
    burmese.segmented_control(key="numerals:my").set_value("burmese").run()
    assert burmese.text[0].value == "၁,၃၀၀"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_streets_of_no_known_city_can_be_chosen_and_their_number_is_asked_for(
    lang: Language, home: Path
) -> None:
    small_city.install(home, rows=20)
    assert bar.known_cities()["small"].pack == "small"
    found = page(lang, city="small")
    assert not found.text
    assert tr("Give both numbers.", lang) in found.info[1].value.replace("\\", "")
    assert [one.key for one in found.checkbox if one.key == "own-small"] == []
    found.number_input(key="own-low-small").set_value(20)
    found.number_input(key="own-high-small").set_value(10).run()
    assert not found.text
    found.number_input(key="own-high-small").set_value(30).run()
    assert found.text[0].value == "small seen installed 2026-11-01 (20.0, 30.0)"


def test_where_a_number_is_reported_or_claimed_none_is_asked_for(home: Path) -> None:
    small_city.install(home, rows=20)
    small = bar.known_cities()["small"]
    assert bar.needs_number(small)
    assert not any(bar.needs_number(c) for c in bar.known_cities().values() if c != small)
    own_evidence.write_evidence(home / "evidence", "small", own_evidence.CLAIM)
    assert not bar.needs_number(small)


def test_a_damaged_pack_is_no_choice(home: Path) -> None:
    small_city.install(home, rows=20)
    (home / "packs" / "small" / "boundary.parquet").write_bytes(b"damaged")
    middles.clear()
    packs.clear()
    assert "small" not in bar.known_cities()
    assert page(city="dawei").text
