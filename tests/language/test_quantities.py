"""Figures with their intervals in words."""

from __future__ import annotations

import re

import pytest

from toolkit.base.quantity import Quantity
from toolkit.language import quantities, translate


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity.of(0.001, 0.02, 0.12, "share"), "under 1 % to 12 % (middle 2 %)"),
        (Quantity.of(0, 0, 0.004, "share"), "under 1 %"),
        (Quantity.exactly(0, "share"), "under 1 %"),
        (Quantity.of(0.9, 0.999, 1, "share"), "90 % to 100 % (middle over 99 %)"),
        (Quantity.of(128, 420, 1340, "cameras"), "130 to 1,300 cameras (middle 420)"),
        (Quantity.of(0, 3, 9, "cameras"), "0 to 9 cameras (middle 3)"),
        (Quantity.exactly(1, "cameras"), "1 camera"),
        (Quantity.exactly(221, "cameras"), "221 cameras"),
        (Quantity.exactly(106.234, "km"), "106 km"),
        (Quantity.of(0.01, 2.3, 12.7, "km"), "under 0.1 to 13 km (middle 2.3)"),
        (Quantity.of(12, 20, 35, "km"), "12 to 35 km (middle 20)"),
        (Quantity.of(12.01, 12.02, 12.03, "km"), "12 km"),
        (Quantity.exactly(125, "px/m"), "125 pixels per metre"),
        (Quantity.of(1, 2, 3, "1/h"), "1.0 to 3.0 1/h (middle 2.0)"),
        (Quantity.unknown("km", "nobody counted"), "not known: nobody counted"),
    ],
)
def test_quantities_in_words(quantity: Quantity, text: str) -> None:
    assert quantities.quantity_text(quantity, "en") == text


@pytest.mark.parametrize("lang", ["en", "my"])
@pytest.mark.parametrize("unit", ["share", "km", "km2", "m", "cameras", "sites"])
def test_every_figure_in_words_is_held_at_its_unit_and_middle(unit: str, lang: str) -> None:
    text = translate.unbroken(quantities.quantity_text(Quantity.of(0.125, 0.25, 0.5, unit), lang))
    assert not re.search(r"\d (?!to |မှ |\()", text), text
    assert not re.search(r"\([^() ]+ \d", text), text


@pytest.mark.parametrize(
    ("ends", "errors", "unit", "text"),
    [
        ((7.56, 24.6, 126.9), (0.1, 0.4, 4.0), "km", "7.4 to 130 km (middle 25)"),
        ((7.56, 24.6, 126.9), (0.3, 1.1, 16.0), "km", "7 to 150 km (middle 25)"),
        ((7.56, 24.6, 126.9), (3.0, 9.0, 40.0), "km", "under 10 to 200 km (middle 20)"),
        ((0.004, 0.3, 0.52), (0.001, 0.011, 0.03), "share", "under 1 % to 60 % (middle 30 %)"),
        ((0.04, 0.3, 0.93), (0.03, 0.011, 0.06), "share", "under 10 % to 93 % (middle 30 %)"),
        ((208, 314, 1419), (1.0, 8.0, 160.0), "cameras", "210 to 1,500 cameras (middle 320)"),
        ((0.002, 0.055, 0.5), (0.001, 0.005, 0.2), "km", "under 0.1 to 0.5 km (middle under 0.1)"),
        ((0.004, 0.4, 2.0), (0.001, 0.3, 0.6), "km", "under 0.1 to 2 km (middle under 1)"),
        ((12, 14, 15), (0.2, 4.0, 0.2), "cameras", "12 to 15 cameras (middle 12)"),
        ((210, 210, 210), (0.0, 0.0, 0.0), "cameras", "210 cameras"),
    ],
)
def test_no_more_digits_than_the_draws_support(ends, errors, unit, text):
    found = Quantity.of(*ends, unit).model_copy(update={"error": errors})
    assert quantities.quantity_text(found, "en").replace("\xa0", " ") == text


def test_a_share_that_every_draw_reached_is_not_said_to_be_certain():
    drawn = Quantity(low=1.0, mid=1.0, high=1.0, unit="probability", error=(0.0, 0.0, 0.0))
    assert quantities.quantity_text(drawn, "en") == "over 99 %"
    assert quantities.quantity_text(Quantity.exactly(1.0, "probability"), "en") == "100 %"
