"""How somebody travels."""

from __future__ import annotations

import pytest

from toolkit.base.errors import UsageError
from toolkit.threats.travel import MOST_TRIPS, Travel


def test_values_are_checked_together():
    assert Travel().tiers == ("seen", "recognised", "identified", "face")
    assert Travel("motorcycle").tiers[-1] == "plate"
    with pytest.raises(UsageError, match="does not concern"):
        Travel("foot", tier="plate")
    for trips in (0, MOST_TRIPS + 1):
        with pytest.raises(UsageError, match="number of trips must be from 1"):
            Travel(trips=trips)


def test_only_a_motorcycle_that_is_asked_about_its_plate_has_a_small_one():
    assert Travel("motorcycle", tier="plate").small_plates
    assert Travel("motorcycle").small_plates
    assert not Travel("motorcycle", tier="seen").small_plates
    assert not Travel("car", tier="plate").small_plates
