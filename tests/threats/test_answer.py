"""What every answer carries."""

from __future__ import annotations

import pytest
import threat_city

from toolkit.base.errors import UsageError
from toolkit.threats import answer


def test_an_answer_carries_what_an_assessment_does():
    city = threat_city.city(400)
    head = answer.head(city, "foot", "day", notes_of=("route_no_promise",))
    assert head["as_of"] == threat_city.AS_OF
    assert head["placements"] == 400
    ids = [note.id for note in head["warnings"]]
    assert ids[0] == "route_no_promise"
    assert {"demonstration", "daylight"} <= set(ids)
    assert head["limits"][0].startswith("This covers only the camera system in the reports.")
    assert head["sources"]
    assert head["inputs"].pack_sha256 == city.pack.sha256


def test_at_night_nothing_is_said_of_daylight():
    city = threat_city.city(400)
    ids = {note.id for note in answer.head(city, "foot", "night")["warnings"]}
    assert "daylight" not in ids


def test_tiers_are_those_that_concern_the_mode():
    assert "plate" not in answer.tiers_of("foot")
    assert answer.tiers_of("car", "plate") == ("plate",)
    with pytest.raises(UsageError, match="The tier plate does not concern"):
        answer.tiers_of("foot", "plate")


def test_software_has_a_chance_of_its_own():
    city = threat_city.city(400)
    assert answer.switched_on(city, "seen") is None
    assert answer.switched_on(city, "face").known
