"""What people write into single cells."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.streets.readers.field_notes import values

TODAY = dt.date(2026, 11, 1)


MAWLAMYINE = (16.49, 97.63)


NAN = math.nan


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("16.49051, 97.62824", (16.49051, 97.62824)),
        ("16.49051 97.62824", (16.49051, 97.62824)),
        ("(16.49051,97.62824)", (16.49051, 97.62824)),
        ("16,49051; 97,62824", (16.49051, 97.62824)),
        ("16,49051, 97,62824", (16.49051, 97.62824)),
        ("16,49051 97,62824", (16.49051, 97.62824)),
        ("16,49051,97,62824", (16.49051, 97.62824)),
        ("geo:16.49051,97.62824", (16.49051, 97.62824)),
        ("၁၆.၄၉၀၅၁, ၉၇.၆၂၈၂၄", (16.49051, 97.62824)),
        ("၁၆.၄၉ဝ၅၁, ၉၇.၆၂၈၂၄", (16.49051, 97.62824)),
        ("16.49051N 97.62824E", (16.49051, 97.62824)),
        ("16.49051° N, 97.62824° E", (16.49051, 97.62824)),
        ("16°29'25.8\"N 97°37'41.7\"E", (16.49050, 97.62825)),
        ("7M8VFJRH+68", (16.49056, 97.62831)),
        ("FJRH+68 Mawlamyine", (16.49056, 97.62831)),
    ],
)
def test_positions(text, place):
    assert values.position("", "", text, MAWLAMYINE) == pytest.approx(place, abs=2e-5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("97.6, 16.5", "look swapped"),
        ("97.6E 16.5N", "looks swapped|is not a position"),
        ("60.17, 24.94", "km from the city"),
        ("0, 0", "does not know where"),
        ("91, 200", "out of range"),
        ("nan, nan", "not a position"),
        ("NaN 97.6", "not a position"),
        ("1e1, 9e1", "not a position"),
        ("16.5", "not a position"),
        ("16°75'N 97°10'E", "60 or more"),
        ("=1+1", "not a position"),
        ("", "no position"),
    ],
)
def test_positions_that_cannot_be(text, reason):
    with pytest.raises(values.UnreadableError, match=reason) as caught:
        values.position("", "", text, MAWLAMYINE)
    assert caught.value.column == "position"


def test_two_columns_go_before_one_and_name_the_one_that_is_wrong():
    assert values.position("16.5", "97.6", "0, 0", MAWLAMYINE) == (16.5, 97.6)
    for lat, lon, column in (("x", "97.6", "lat"), ("16.5", "", "lon"), ("0", "0", "lat")):
        with pytest.raises(values.UnreadableError) as caught:
            values.position(lat, lon, "", MAWLAMYINE)
        assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "number"),
    [("4.5", 4.5), ("4,5", 4.5), ("၄၅", 45), ("၁ဝ", 10), ("-3°", -3), ("", None), ("  ", None)],
)
def test_numbers_in_either_digits(text, number):
    assert values.number(text) == number


@pytest.mark.parametrize("text", ["1e5", "nan", "1.000,5", "four", "\x1b[31m4"])
def test_what_is_no_number_is_refused_in_printable_words(text):
    with pytest.raises(values.UnreadableError, match="is not a number") as caught:
        values.number(text)
    assert str(caught.value).isprintable()


@given(st.text(max_size=30))
def test_no_cell_breaks_a_value(text):
    for value in (
        lambda: values.position(text, "97.6", "", MAWLAMYINE),
        lambda: values.position("", "", text, MAWLAMYINE),
        lambda: values.kind(text),
        lambda: values.status(text),
        lambda: values.height_m(text),
        lambda: values.width_deg(text),
        lambda: values.views(text, NAN),
        lambda: values.seen_on(text, TODAY),
    ):
        reason = ""
        try:
            value()
        except values.UnreadableError as error:
            reason = str(error)
        assert len(reason) < 200


def test_free_text_is_taken_in_unicode_and_refused_in_zawgyi():
    assert values.free_text("") is None
    assert values.free_text(" မြန်မာနိုင်ငံ ") == "မြန်မာနိုင်ငံ"
    with pytest.raises(values.UnreadableError, match="Convert it to Unicode"):
        values.free_text("ျမန္မာႏိုင္ငံ")
