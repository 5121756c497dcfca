"""Scores in words, from the placements of an answer."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from app_screens import part, words_of

from toolkit.app.exercise import scores
from toolkit.app.exercise.rounds import Round
from toolkit.assessment import ten_placements
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.question import Question
from toolkit.assessment.ten_placements import N_SHOWN, Placements
from toolkit.base.terms import TIERS
from toolkit.studies.exercise import Address, ground_of, score_chance, score_marks

SCRIPT = """
import streamlit as st
st.session_state["what"]()
"""


@pytest.fixture(scope="module")
def placed() -> Placements:
    question = Question("helsinki-centre", dt.date(2026, 11, 1), n_draws=20)
    return ten_placements.place_cameras(make_inputs(question.load()))


@pytest.fixture(scope="module")
def this(placed: Placements) -> Round:
    lon_lat = placed.lon_lat()[0][:3]
    marks = tuple(((float(lon), float(lat)),) for lon, lat in lon_lat)
    return Round("helsinki-centre", marks={2: marks}, near={2: 0.2})


def test_marks_have_their_score_next_to_that_of_no_marks_and_of_the_estimate(
    placed: Placements, this: Round
) -> None:
    ground = ground_of(placed)
    page = part(SCRIPT, what=lambda: scores.show_marks(this, placed, ground, "en"))
    found = score_marks(placed.in_metres(this.lon_lat(2)), ground, 0.2)
    text = words_of(page)
    for value in (found.times, 1.0, found.best_times):
        assert f"{value:.2f}" in text
    assert "Group 2" in text
    assert "Group 1" not in text
    assert "2 of 10" in text
    assert "What most people get wrong" in text


def test_nothing_is_said_where_nobody_marked(placed: Placements) -> None:
    empty = Round("helsinki-centre")
    page = part(SCRIPT, what=lambda: scores.show_marks(empty, placed, ground_of(placed), "en"))
    assert words_of(page).strip() == ""
    assert scores.lines_of_marks(empty, 1, placed, "en") == []


def test_each_guess_says_how_many_marks_have_a_camera_near(placed: Placements, this: Round) -> None:
    lines = scores.lines_of_marks(this, 2, placed, "en")
    assert len(lines) == N_SHOWN
    # The marks are cameras of the first guess.
    assert lines[0] == "In this guess 3 of 3 marks have a camera within 100 m."


def test_chances_have_points_by_question_and_their_mean(placed: Placements) -> None:
    in_view = np.zeros((20, len(TIERS)), bool)
    in_view[:5, 0] = True
    said = {(1, "A", "seen"): 0.25, (1, "A", "plate"): 1.0, (3, "B", "seen"): 0.5}
    this = Round("helsinki-centre", said=said)  # type: ignore[arg-type]
    address = Address(0, (24.9, 60.1), ("Katu", "", "လမ်း"))
    page = part(SCRIPT, what=lambda: scores.show_chances(this, address, "A", in_view, "en"))
    text = " ".join(words_of(page).split())
    points = [score_chance(0.25, in_view[:, 0]).points, score_chance(1.0, in_view[:, 4]).points]
    assert points == [100, 0]
    assert "Group 1 Seen 25 % 25 % 100" in text
    assert "Group 1 All questions 50" in text
    assert "Group 3" not in text
    assert "address A, Katu" in text
    lines = scores.lines_of_address("A", in_view, placed, "en")
    seen = ["Seen" in line for line in lines]
    assert seen == [bool(in_view[draw, 0]) for draw in placed.shown]
    assert scores.street_of(address, "my") == "လမ်း"
