"""Plus codes against the examples of the specification's own test data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.streets.readers.field_notes import plus_codes


@pytest.mark.parametrize(
    ("code", "lat", "lon"),
    [
        ("7FG49QCJ+2V", 20.3700625, 2.7821875),
        ("7FG49QCJ+2VX", 20.3701125, 2.782234375),
        ("8FVC2222+22", 47.0000625, 8.0000625),
        ("4VCPPQGP+Q9", -41.2730625, 174.7859375),
        ("4vcppqgp+q9", -41.2730625, 174.7859375),
    ],
)
def test_whole_codes(code, lat, lon):
    assert plus_codes.is_plus_code(code)
    assert plus_codes.decode(code) == pytest.approx((lat, lon), abs=1e-9)


@pytest.mark.parametrize("code", ["9QCJ+2VX", "CJ+2VX", "9QCJ+2VX London", "CJ+2VX, London"])
def test_short_codes_mean_the_nearest_place(code):
    assert plus_codes.decode(code, (51.3708675, -1.217765625)) == pytest.approx(
        (51.3701125, -1.217765625), abs=1e-9
    )
    assert plus_codes.decode(code) is None


def test_the_nearest_place_may_lie_in_the_next_cell():
    # The town's middle is just west of a cell's edge, the place just east of it.
    place = plus_codes.decode("7MPG2222+22")
    assert plus_codes.decode("2222+22", (place[0], place[1] - 0.01)) == pytest.approx(place)
    assert plus_codes.decode("22+22", (place[0] - 0.01, place[1])) == pytest.approx(place)


@pytest.mark.parametrize(
    "text", ["", "+", "7FG49Q00+", "7FG49QCJ+", "7FG49QCJ+2", "16.5+97", "AAAA+22", "9QC+2VX"]
)
def test_what_is_no_code_or_too_coarse(text):
    assert not plus_codes.is_plus_code(text)
    assert plus_codes.decode(text, (16.5, 97.6)) is None


@given(st.text(alphabet="23456789CFGHJMPQRVWX+ ", max_size=20))
def test_nothing_raises(text):
    found = plus_codes.decode(text, (16.5, 97.6))
    assert (found is not None) == plus_codes.is_plus_code(text) or abs(16.5) > 90
