"""What every value that is read from or written to a file has in common."""

from __future__ import annotations

import math

import pytest
from pydantic import ValidationError

from toolkit.base.record import Record


class Place(Record):
    """A record of this test."""

    name: str
    height_m: float | None = None


def test_a_record_never_changes_and_equal_ones_are_one():
    place = Place(name="a", height_m=4)
    with pytest.raises(ValidationError, match="frozen"):
        place.name = "b"
    assert len({place, Place(name="a", height_m=4.0)}) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "a", "colour": "red"},
        {"name": "a", "height_m": math.nan},
        {"name": "a", "height_m": math.inf},
        {},
    ],
)
def test_unknown_missing_and_infinite_fields_are_refused(fields):
    with pytest.raises(ValidationError):
        Place(**fields)
