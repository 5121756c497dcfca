"""What moves the figures most: each with what is assumed of it in this assessment."""

from __future__ import annotations

import pytest
from banned_words import banned_words
from invented import layers_of
from made import report_on
from made_trips import trip_of, with_trips

from toolkit.base.terms import LANGUAGES
from toolkit.language import quantities
from toolkit.language.translate import has_burmese
from toolkit.output.report.depends_on import dependencies


def texts(found, lang="en"):
    return {head: " ".join(said.text for said in told) for head, told in dependencies(found, lang)}


def test_each_states_the_figures_of_the_assessment():
    found = report_on(layers_of())
    told = texts(found)
    count, seen = found.cameras.installed, found.tiers["seen"].share_of_length
    for head, figures in {
        "How many cameras there are": (count.count, count.per_km),
        "What the cameras can do": [found.tiers[t].ring_m.empty_share for t in ("face", "plate")],
        "How many cameras work": (seen.expected, seen.everything_on),
    }.items():
        for figure in figures:
            assert quantities.quantity_text(figure, "en") in told[head]
    assert count.rule in told["How many cameras there are"]
    assert "The middle of Testville." in told["What is meant by the city"]


def test_trips_are_said_with_and_without_broken_cameras():
    told = texts(with_trips(report_on(layers_of()), trip_of()))["How many cameras work"]
    assert told == (
        "Cameras that can see you on an ordinary walk: 9.1 to 55 cameras (middle 20); if every "
        "camera worked: 15 to 76 cameras (middle 30)."
    )


def test_planned_figures_hang_on_the_planned_count():
    found = report_on(layers_of()).model_copy(update={"status": "planned"})
    other = found.cameras.installed.model_copy(update={"rule": "Another rule."})
    cameras = found.cameras.model_copy(update={"planned": other})
    assert "Another rule." in " ".join(
        texts(found.model_copy(update={"cameras": cameras})).values()
    )


def test_without_streets_nothing_is_said_of_a_share():
    assert "How many cameras work" not in texts(report_on(None))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_headings_and_sentences_are_in_the_language_they_say(lang):
    for head, told in dependencies(report_on(layers_of()), lang):
        assert has_burmese(head) == (lang == "my")
        for said in told:
            assert has_burmese(said.text) == (said.lang == "my")
            assert banned_words(said.text) == []
