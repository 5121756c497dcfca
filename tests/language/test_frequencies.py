"""Shares as numbers of trips or people: never narrower by rounding, never none for little."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.base.quantity import Quantity
from toolkit.base.terms import LANGUAGES
from toolkit.language import frequencies
from toolkit.language.frequencies import Frequency, of_people, of_trips, out_of, whole
from toolkit.language.translate import has_burmese


def prob(low: float, mid: float, high: float, error: tuple[float, float, float] | None = None):
    return Quantity.of(low, mid, high, "probability").model_copy(update={"error": error})


@pytest.mark.parametrize(
    ("share", "wanted"),
    [
        ((0.27, 0.47, 0.93), Frequency(10, 2, 5, 10)),
        ((1.0, 1.0, 1.0), Frequency(10, 10, 10, 10)),
        ((0.1, 0.1, 0.1), Frequency(10, 1, 1, 1)),
        ((0.03, 0.08, 0.30), Frequency(100, 3, 8, 30)),
        ((0.03, 0.08, 0.301), Frequency(100, 3, 8, 31)),
        # The low end is above none, which tens would not show.
        ((0.022, 0.3, 0.66), Frequency(100, 2, 30, 66)),
        # A low end that hundreds do not show either stays with tens.
        ((0.002, 0.3, 0.66), Frequency(10, 0, 3, 7)),
        ((0.0, 0.37, 0.85), Frequency(10, 0, 4, 9)),
        ((0.0, 0.0036, 0.023), Frequency(1000, 0, 4, 23)),
        ((0.0, 0.0, 0.0), Frequency(1000, 0, 0, 1)),
        ((0.0, 0.0002, 0.0002), Frequency(1000, 0, 0, 1)),
    ],
)
def test_the_base_is_the_smallest_that_shows_the_middle(share, wanted):
    assert out_of(prob(*share)) == wanted


def test_no_digits_are_shown_that_the_draws_do_not_support():
    found = out_of(prob(0.0225, 0.29565, 0.660125, (0.0075, 0.013, 0.025)))
    assert found == Frequency(100, 2, 30, 70)
    # A middle with a large error keeps its first digit: it is not none.
    assert out_of(prob(0.0, 0.03, 0.3, (0.0, 0.05, 0.05))).mid == 3
    # So does a low end that is two errors above none; one that is not is perhaps none.
    assert out_of(prob(0.045, 0.43, 0.8, (0.013, 0.016, 0.02))).low == 4
    assert out_of(prob(0.02, 0.43, 0.8, (0.013, 0.016, 0.02))).low == 0


def test_rounding_never_narrows_a_range_nor_leaves_its_order():
    rng = np.random.default_rng(3)
    for _ in range(500):
        low, mid, high = np.sort(rng.beta(0.4, 0.6, 3))
        error = tuple(rng.uniform(0.0, 0.05, 3)) if rng.random() < 0.5 else None
        found = out_of(prob(low, mid, high, error))
        assert found.low / found.n <= low + 1e-6
        assert found.high / found.n >= high - 1e-6
        assert 0 <= found.low <= found.mid <= found.high <= found.n
        assert found.high >= 1


@pytest.mark.parametrize(
    ("figures", "wanted"),
    [
        ((9.12, 20.4, 134.2), (9, 20, 140)),
        ((0.0, 0.4, 1.7), (0, 0, 2)),
        ((0.0, 0.0, 0.0), (0, 0, 0)),
        ((3.0, 3.0, 3.0), (3, 3, 3)),
    ],
)
def test_numbers_of_cameras_are_whole(figures, wanted):
    assert whole(Quantity.of(*figures, "cameras")) == wanted


def test_numbers_have_the_digits_that_the_draws_support():
    found = Quantity.of(9.1, 20.4, 55.7, "cameras").model_copy(update={"error": (0.59, 1.0, 4.3)})
    assert whole(found) == (8, 20, 60)


@pytest.mark.parametrize(
    ("share", "trips", "people"),
    [
        ((0.2, 0.4, 0.8), "of 10 walks about 4 (2 to 8)", "about 4 of 10 people (2 to 8)"),
        (
            (0.0, 0.4, 0.8),
            "of 10 walks about 4 (perhaps none, up to 8)",
            "about 4 of 10 people (perhaps nobody, up to 8)",
        ),
        (
            (0.0, 0.0, 0.002),
            "of 1,000 walks fewer than 1 (perhaps none, up to 2)",
            "fewer than 1 of 1,000 people (perhaps nobody, up to 2)",
        ),
        ((1.0, 1.0, 1.0), "of 10 walks about 10", "about 10 of 10 people"),
    ],
)
def test_shares_in_words(share, trips, people):
    assert of_trips(prob(*share), "{n} walks", "en") == trips
    assert of_people(prob(*share), "en") == people


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("share", [(0.2, 0.4, 0.8), (0.0, 0.4, 0.8), (0.0, 0.0, 0.002)])
def test_both_languages_have_the_same_western_digits(lang, share):
    found = out_of(prob(*share))
    for text in (of_trips(prob(*share), "{n}", lang), of_people(prob(*share), lang)):
        assert has_burmese(text) == (lang == "my")
        assert f"{found.n:,}" in text
        assert str(found.high) in text
        assert str(found.mid or 1) in text
        assert not any("\u1040" <= char <= "\u1049" for char in text)


def test_a_sentence_begins_with_a_capital_where_there_are_any():
    assert frequencies.first_upper("of 10") == "Of 10"
    assert frequencies.first_upper("လူ 10 ဦး") == "လူ 10 ဦး"
    assert frequencies.first_upper("") == ""


def test_shares_that_stand_side_by_side_are_out_of_as_many_trips() -> None:
    more, less = (
        Quantity.of(low, mid, 0.9, "probability") for low, mid in ((0.1, 0.6), (0.02, 0.26))
    )
    base = frequencies.common_base((more, less))
    assert base == max(frequencies.out_of(one).n for one in (more, less))
    texts = [frequencies.of_trips(one, "{n} walks", "en", base=base) for one in (more, less)]
    assert [f"of {base} walks" in text for text in texts] == [True, True]
    assert "about 60" in texts[0]
