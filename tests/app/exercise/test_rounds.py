"""What groups said is in the session alone, and goes with the round."""

from __future__ import annotations

import numpy as np
from app_screens import part

from toolkit.app.exercise.rounds import Round
from toolkit.studies.exercise import NEAR

SCRIPT = """
import streamlit as st
from toolkit.app.exercise import rounds
this = rounds.current(st.session_state["where"])
st.button("again", on_click=rounds.start_again)
st.text(f"{this.city} {this.number} {sorted(this.marks)} {sorted(this.revealed)}")
"""


def test_a_round_is_kept_until_it_starts_again_or_the_city_changes() -> None:
    given = Round("one", 3, marks={1: (((24.9, 60.1),),)}, revealed={"marks"})
    page = part(SCRIPT, where="one", exercise=given)
    assert page.text[0].value == "one 3 [1] ['marks']"
    page.button[0].click().run()
    assert page.text[0].value == "one 4 [] []"
    page.session_state["where"] = "other"
    page.run()
    assert page.text[0].value == "other 5 [] []"


def test_marks_and_answers_by_group() -> None:
    this = Round("one", marks={2: (((24.9, 60.1),), ((25.0, 60.2),))}, said={(2, "A", "seen"): 0.3})
    np.testing.assert_array_equal(this.lon_lat(2), [[24.9, 60.1], [25.0, 60.2]])
    assert this.lon_lat(1).shape == (0, 2)
    assert this.near_share(1) == NEAR[1]
    assert this.has("marks")
    assert this.has("address")
    assert not Round("one", marks={1: ()}).has("marks")
