"""The exercise: nothing of the estimate before the reveal, and nothing kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from app_screens import figures_of, opened, part, words_of
from streamlit.testing.v1 import AppTest

from toolkit.app.exercise import rounds
from toolkit.app.exercise.rounds import Round
from toolkit.base import store
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language.translate import tr
from toolkit.language.words import demonstration

CITY = "helsinki-centre"
MARKS = {1: (((24.941, 60.171),), ((24.945, 60.168),))}


def exercise(lang: Language = "en", **more: object) -> AppTest:
    script = f"from toolkit.app.exercise import page\npage.show({lang!r})\n"
    found = part(script, **{"city": CITY, **more})
    assert not found.exception
    return found


def shown(page: AppTest) -> dict[str, Any]:
    """Return what the map of the exercise is given."""
    given = (json.loads(one.proto.json) for one in page.get("bidi_component"))
    return next(data for data in given if "figures" in data)


def reveal(page: AppTest) -> None:
    page.button(key="exercise_reveal").click().run()
    assert not page.exception


def test_before_the_reveal_the_map_is_given_nothing_of_the_estimate() -> None:
    page = exercise()
    data = shown(page)
    assert data["hidden"]
    assert data["figures"] == ""
    assert set(data["zones"].values()) == {""}
    assert len({step["color"] for step in data["steps"]}) == 1
    assert not any(tier["chance"] or tier["figure"] or tier["trips"] for tier in data["tiers"])
    assert data["guesses"] is None
    assert data["panel"] is None
    assert data["draw"]["kind"] == "point"
    assert page.button(key="exercise_reveal").disabled


@pytest.mark.parametrize("lang", LANGUAGES)
def test_after_it_come_the_estimate_ten_guesses_and_the_score(lang: Language) -> None:
    page = exercise(lang, exercise=Round(CITY, marks=MARKS))
    reveal(page)
    data = shown(page)
    assert not data["hidden"]
    assert len(np.unique(figures_of(data)[0])) > 2
    assert data["draw"] is None
    assert data["guesses"]["n"] == 10
    assert [pin["at"] for pin in data["pins"]] == [list(shape[0]) for shape in MARKS[1]]
    text = words_of(page)
    assert tr("Your score", lang) in text
    assert tr("What most people get wrong", lang) in text
    assert demonstration(lang) in text


def test_start_again_takes_everything_back() -> None:
    page = exercise(exercise=Round(CITY, marks=MARKS))
    reveal(page)
    page.button(key="exercise_again").click().run()
    data = shown(page)
    assert data["hidden"]
    assert data["draw"]["shapes"] == []
    assert page.session_state["exercise"] == Round(CITY, 2, near={1: 0.5})


def test_an_address_is_asked_about_and_scored() -> None:
    page = exercise(exercise_kind="address")
    before = shown(page)
    assert before["hidden"]
    (pin,) = before["pins"]
    assert pin["text"] == "A"
    page.segmented_control(key="exercise:1:1:A:seen:class:en").set_value(3).run()
    reveal(page)
    data = shown(page)
    assert len(data["guesses"]["lines"]) == 10
    assert "Group 1" in words_of(page)
    page.segmented_control(key="exercise_address:en").set_value("B").run()
    assert shown(page)["pins"] != [pin]


def test_each_group_has_marks_of_its_own() -> None:
    page = exercise(exercise=Round(CITY, marks=MARKS))
    keys = {shown(page)["draw"]["key"]}
    page.segmented_control(key="exercise_group:en").set_value(2).run()
    draw = shown(page)["draw"]
    assert draw["key"] not in keys
    assert draw["shapes"] == []


def test_nothing_is_kept_on_the_disk_or_in_a_log(
    home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    page = exercise(exercise=Round(CITY, marks=MARKS))
    reveal(page)
    page.segmented_control(key="exercise_kind:en").set_value("address").run()
    page.segmented_control(key="exercise:1:1:A:seen:class:en").set_value(3).run()
    reveal(page)
    traces = (b"24.941", b"60.171", b"24941", b"60171", b"exercise")
    for path in [*home.rglob("*"), *store.cache_dir().rglob("*"), *tmp_path.rglob("*")]:
        if path.is_file() and path.suffix in {".json", ".toml", ".txt", ".csv", ".log"}:
            assert not any(trace in path.read_bytes() for trace in traces), path
    assert not any(trace.decode() in caplog.text for trace in traces)
    assert not page.query_params
    assert not page.get("download_button")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_city_or_its_streets_there_is_a_way_to_both(lang: Language) -> None:
    page = part(f"from toolkit.app.exercise import page\npage.show({lang!r})\n")
    assert tr("For the facilitator", lang) in words_of(page)
    page.button(key="exercise_practise").click().run()
    assert page.session_state["city"] == CITY
    assert shown(page)["hidden"]


def test_a_city_without_streets_leads_to_its_map() -> None:
    page = opened(city="dawei")
    script = "from toolkit.app.exercise import page\npage.show('en')\n"
    page = part(script, city="dawei", pages=page.session_state["pages"])
    assert "needs a street map" in words_of(page)
    assert page.button(key="add-map").label == "Add the map of Dawei"


def test_another_city_begins_another_round() -> None:
    page = exercise(exercise=Round("other", marks=MARKS))
    assert page.session_state["exercise"].marks in ({}, {1: ()})
    assert rounds.GROUPS
