"""Answers are made once for all sessions, and anew where the question or a file is another."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app_screens import html_of
from own_evidence import CLAIM, OBSERVATION, write_evidence
from running import SLOW_S
from small_city import N_ROWS, install, move_city, note_a_camera
from streamlit.testing.v1 import AppTest

from toolkit.app import kept_answers, serve
from toolkit.app.bar import Choice
from toolkit.assessment.inputs import Inputs
from toolkit.assessment.model import Assessment
from toolkit.assessment.question import Question
from toolkit.assessment.ten_placements import Placements
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import egress, store
from toolkit.evidence.observations import Observation
from toolkit.streets.cities import find_city

CHOICE = Choice(
    lang="en",
    city=find_city("dawei"),
    tier="seen",
    status="installed",
    count=None,
    as_of=dt.date(2026, 11, 1),
)
QUESTION = Question("dawei", CHOICE.as_of)


def test_the_tier_and_the_language_ask_no_other_question() -> None:
    first = kept_answers.estimate(CHOICE, load_assumptions())
    again = kept_answers.estimate(
        dataclasses.replace(CHOICE, tier="plate", lang="my"), load_assumptions()
    )
    assert again.assessment is first.assessment
    assert again.key == first.key
    assert {claim.city for claim in first.claims} == {"dawei", "national"}


@pytest.mark.parametrize(
    "change",
    [
        {"status": "planned"},
        {"count": (40.0, 90.0)},
        {"as_of": dt.date(2026, 11, 2)},
        {"city": find_city("sittwe")},
        {"observations": (Observation(walked_km=5.0, seen=3),)},
    ],
)
def test_another_question_has_another_answer(change: dict[str, object]) -> None:
    first = kept_answers.estimate(CHOICE, load_assumptions())
    other = kept_answers.estimate(dataclasses.replace(CHOICE, **change), load_assumptions())
    assert other.assessment is not first.assessment
    assert other.key != first.key


def test_the_first_answer_of_a_server_is_searched_for_garbage_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = gc.get_freeze_count()
    gc.unfreeze()
    kept_answers.leave_out_of_searches()
    assert gc.get_freeze_count() == 0  # there is no server
    monkeypatch.setattr(kept_answers.runtime, "exists", lambda: True)
    kept_answers.leave_out_of_searches()
    n_frozen = gc.get_freeze_count()
    assert n_frozen > held // 2
    more = [[] for _ in range(1000)]
    kept_answers.leave_out_of_searches()
    assert gc.get_freeze_count() <= n_frozen < n_frozen + len(more)


def test_cases_are_those_of_the_answer_or_of_a_number_that_nothing_narrows() -> None:
    seen = dataclasses.replace(CHOICE, observations=(Observation(walked_km=5.0, seen=3),))
    made, narrowed = (kept_answers.estimate(one, load_assumptions()) for one in (CHOICE, seen))
    assert kept_answers.cases(made, None)[-1] == made.assessment.if_spread
    assert kept_answers.cases(narrowed, None)[-1] == narrowed.assessment.if_spread
    assert kept_answers.cases(narrowed, None) != kept_answers.cases(made, None)
    assert kept_answers.cases(narrowed, 500) == kept_answers.cases(made, 500)


def own_claims(made: kept_answers.Estimate) -> list[str]:
    return [claim.id for claim in made.claims if claim.id == "mine"]


def test_an_answer_is_of_the_data_under_whose_hash_it_is_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assess = kept_answers.assess
    before = assess(kept_answers.question_of(CHOICE, load_assumptions())).to_json()

    def added_for_a_while(asked: Any, **more: Any) -> Assessment:
        file = write_evidence(home / "evidence", CHOICE.city.id, CLAIM + OBSERVATION)
        found = assess(asked, **more)
        file.unlink()
        return found

    kept_answers._made.clear()
    with monkeypatch.context() as patch:
        patch.setattr(kept_answers, "assess", added_for_a_while)
        made = kept_answers.estimate(CHOICE, load_assumptions())
    assert made.assessment.to_json() == before
    assert own_claims(made) == []
    assert kept_answers.estimate(CHOICE, load_assumptions()) is made
    write_evidence(home / "evidence", CHOICE.city.id, CLAIM + OBSERVATION)
    other = kept_answers.estimate(CHOICE, load_assumptions())
    assert other.assessment.to_json() != before
    assert own_claims(other) == ["mine"]


def test_what_else_a_page_shows_is_of_the_data_of_its_answer(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_evidence(home / "evidence", CHOICE.city.id, CLAIM)
    made = kept_answers.estimate(CHOICE, load_assumptions())
    (home / "evidence" / f"{CHOICE.city.id}.toml").unlink()
    of: list[Inputs] = []
    placed = Placements.__new__(Placements)

    def place(inputs: Inputs) -> Placements:
        of.append(inputs)
        return placed

    monkeypatch.setattr(kept_answers, "place_cameras", place)
    monkeypatch.setattr(kept_answers, "if_within", lambda inputs: of.append(inputs) or ())
    assert [kept_answers.placements(made) for _ in range(2)] == [placed, placed]
    for count in (None, None, 500):
        kept_answers.cases(made, count)
    kept_answers._placements.clear()
    kept_answers._cases.clear()
    assert len(of) == 3
    assert all("mine" in {claim.id for claim in one.loaded.claims} for one in of)


def write_profiles(home: Path) -> None:
    found = json.loads((store.builtin_dir() / "siting" / "profiles.json").read_bytes())
    found["uniform_share"] = [0.8, 0.9, 0.95]
    (home / "siting").mkdir()
    (home / "siting" / "profiles.json").write_text(json.dumps(found), encoding="utf-8")


class Bar:
    """A progress bar that keeps what it was told."""

    def __init__(self) -> None:
        self.shown: list[float] = []
        self.gone = False

    def progress(self, done: float) -> Bar:
        self.shown.append(done)
        return self

    def empty(self) -> None:
        self.gone = True


def test_what_takes_long_shows_how_much_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    bar = Bar()
    with kept_answers._shown(bar) as say:
        say(0.1)
        assert not bar.shown  # a short wait has no bar
        monkeypatch.setattr(kept_answers, "_SOON_S", 0.0)
        for done in (0.4, 0.9, 1.00001):
            say(done)
        assert bar.shown == [0.4, 0.9, 1.0]
        assert not bar.gone
    assert bar.gone


ADDED: dict[str, Callable[[Path, Path], object]] = {
    "observation": lambda home, _: write_evidence(home / "evidence", CHOICE.city.id, OBSERVATION),
    "claim": lambda home, _: write_evidence(home / "evidence", CHOICE.city.id, CLAIM),
    "field note": lambda _, folder: note_a_camera(folder, CHOICE.city.id),
    "streets": lambda home, _: install(home, city=CHOICE.city.id, rows=N_ROWS + 50),
    "profiles": lambda home, _: write_profiles(home),
}


def opened() -> AppTest:
    page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S)
    page.session_state["as_of"] = CHOICE.as_of
    page.session_state["city"] = CHOICE.city.id
    page.run()
    assert not page.exception
    assert not page.error
    return page


def shown(page: AppTest) -> str:
    return html_of(page) + "".join(one.proto.json for one in page.get("bidi_component"))


@pytest.mark.parametrize("name", ADDED)
def test_the_page_shows_what_has_been_added(
    name: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress, "require_guard", lambda: None)
    move_city(home, CHOICE.city.id)
    install(home, city=CHOICE.city.id)
    page = opened()
    before = shown(page)
    ADDED[name](home, tmp_path)
    after = shown(page.run())
    assert not page.error
    assert after != before
    kept_answers._made.clear()
    assert after == shown(opened())
