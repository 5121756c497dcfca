"""Answers in words as paragraphs and lists, and made once."""

from __future__ import annotations

from app_screens import part

from toolkit.app.threats import answers

SCRIPT = """
import streamlit as st
from toolkit.app.threats import answers
from toolkit.base.errors import InputDataError

def make():
    st.session_state["made"] = st.session_state.get("made", 0) + 1
    if st.session_state["key"] == "bad":
        raise InputDataError("The start")
    return 7

st.write(answers.kept("unit", st.session_state["key"], make, "my"))
"""


def test_indented_lines_belong_to_the_one_above() -> None:
    found = answers.nested(["a:", "  b", "    c", "  d", "", "e <f>"])
    assert "".join(found) == (
        "<p>a:</p><ul><li>b<ul><li>c</li></ul></li><li>d</li></ul><p>e &lt;f&gt;</p>"
    )


def test_many_lines_below_another_one_are_folded() -> None:
    many = [f"    {k}" for k in range(answers._MOST_OPEN + 1)]
    found = "".join(answers.nested(["  by approach:", *many]))
    assert found.startswith("<ul><li><details><summary>by approach:</summary><ul><li>0</li>")
    assert "<details>" not in "".join(answers.nested(["  by approach:", *many[1:]]))


def test_an_answer_is_made_again_only_if_the_question_differs() -> None:
    page = part(SCRIPT, key="one")
    page.run()
    assert page.session_state["made"] == 1
    page.session_state["key"] = "two"
    page.run()
    assert page.session_state["made"] == 2


def test_a_failed_answer_is_explained_and_the_old_one_forgotten() -> None:
    page = part(SCRIPT, key="one")
    page.session_state["key"] = "bad"
    page.run()
    assert page.error[0].value
    assert "unit" not in page.session_state


OF_SESSION = """
import streamlit as st
from toolkit.app.threats import answers

from toolkit.threats.model import LinkAnswer, PlaceAnswer, RouteAnswer

route = answers.Routed(answer=RouteAnswer.model_construct(length_m=7.0), lines=(), sites={})
st.session_state[answers.ROUTE] = (("now", 1), route)
st.session_state[answers.PLACE] = (("of another date", 2), PlaceAnswer.model_construct())
for name, at_place in ((answers.ROUTE_TIED, False), (answers.PLACE_TIED, True)):
    link = LinkAnswer.model_construct(window_min=5.0, at_place=at_place)
    st.session_state[name] = (("now", 3), link)
st.session_state["found"] = answers.of_session("now")
"""


def test_only_answers_about_the_same_estimate_are_those_of_the_session() -> None:
    page = part(OF_SESSION)
    assert not page.exception
    route, *links = page.session_state["found"]
    assert route.length_m == 7.0
    assert [link.at_place for link in links] == [False, True]
