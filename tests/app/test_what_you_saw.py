"""What was seen on a walk: narrows the answer at once, is said, taken back, and kept nowhere."""

from __future__ import annotations

import datetime as dt

import pytest
from app_screens import AS_OF, part, screen, words_of
from banned_words import banned_words
from streamlit.testing.v1 import AppTest

from toolkit.app import what_you_saw
from toolkit.assessment.assess import assess
from toolkit.base.terms import LANGUAGES, Language
from toolkit.evidence.observations import Observation
from toolkit.language import quantities, words

SCRIPT = """
import streamlit as st
from toolkit.app import bar, changed_set, kept_answers
from toolkit.app.city import panel
choice = bar.choose({lang!r})
made = kept_answers.estimate(choice, changed_set.chosen())
panel.show(made, choice.tier, {lang!r})
st.text(f"{{choice.observations}} {{dict(st.query_params)}}")
"""
SEEN = Observation(walked_km=5.0, seen=3, date=AS_OF)


def page(lang: Language = "en", **chosen: object) -> AppTest:
    found = part(SCRIPT.format(lang=lang), **{"city": "mawlamyine", **chosen})
    assert not found.exception
    return found


def walked(found: AppTest, walked_km: float, seen: int) -> AppTest:
    city = found.session_state["city"]
    found.checkbox(key=f"saw:{city}").check().run()
    found.number_input(key=f"saw_km:{city}").set_value(walked_km)
    return found.number_input(key=f"saw_seen:{city}").set_value(seen).run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_narrows_the_answer_as_the_command_line_does(lang: Language) -> None:
    found = page(lang)
    before = words_of(found)
    walked(found, 5.0, 3)
    count = assess("mawlamyine", as_of=AS_OF, observations=(SEEN,)).counted.count
    usual = assess("mawlamyine", as_of=AS_OF).counted.count
    assert count.high < 0.7 * usual.high
    assert quantities.quantity_text(usual, lang) in before
    shown = words_of(found)
    assert quantities.quantity_text(count, lang) in shown
    assert found.info[0].value.replace("\\", "") == what_you_saw.sentence(SEEN, lang)
    found.button(key="take-back").click().run()
    assert not found.info
    assert words_of(found) == before


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_caution_comes_before_the_boxes(lang: Language) -> None:
    found = page(lang)
    assert words.counting_caution(lang) not in words_of(found)
    found.checkbox(key="saw:mawlamyine").check().run()
    change = found.main.children[0].children[3].children.values()
    kinds = [(one.type, str(getattr(one, "value", ""))) for one in change]
    first = next(n for n, (_, text) in enumerate(kinds) if words.counting_caution(lang) in text)
    boxes = [n for n, (kind, _) in enumerate(kinds) if kind == "number_input"]
    assert len(boxes) == 2
    assert first < min(boxes)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_seeing_none_is_not_said_to_be_no_cameras(lang: Language) -> None:
    found = walked(page(lang), 8.0, 0)
    none = Observation(walked_km=8.0, seen=0, date=AS_OF)
    said = what_you_saw.sentence(none, lang)
    assert said != what_you_saw.sentence(SEEN, lang)
    assert banned_words(said + words_of(found)) == []
    low = assess("mawlamyine", as_of=AS_OF, observations=(none,)).counted.count.low
    assert low > 0
    if lang == "en":
        assert "there may well be some" in said
        assert "none seen on 8 km; some may be" in words_of(found)


def test_half_of_it_changes_nothing_and_it_is_of_one_city_and_day() -> None:
    for given in ({"saw_km:mawlamyine": 5.0}, {"saw_seen:mawlamyine": 3}):
        assert page(**{"saw:mawlamyine": True, **given}).text[0].value.startswith("()")
    found = walked(page(), 5.0, 3)
    assert found.text[0].value.startswith("(Observation(")
    assert found.text[0].value.endswith("{}"), "not in the address"
    found.selectbox(key="city:en").set_value("dawei").run()
    assert found.text[0].value.startswith("()")
    assert not found.info
    found.selectbox(key="city:en").set_value("mawlamyine").run()
    assert found.text[0].value.startswith("(Observation(")
    found.date_input(key="as_of").set_value(AS_OF + dt.timedelta(days=1)).run()
    assert "2, day" not in found.text[0].value
    assert "datetime.date(2026, 11, 2)" in found.text[0].value


def test_the_other_city_is_compared_without_it() -> None:
    given = {"saw:mawlamyine": True, "saw_km:mawlamyine": 5.0, "saw_seen:mawlamyine": 3}
    found = screen("compare", city="mawlamyine", compare="city", compare_city="dawei", **given)
    assert words_of(found).count("Updated by a count in the street") == 1
