"""The answer in one sentence, the range first, and what is told right below it."""

from __future__ import annotations

import pytest
from banned_words import banned_words
from invented import with_tier

from toolkit.app.city import answer
from toolkit.assessment.model import SamplePart
from toolkit.base.quantity import Quantity
from toolkit.base.terms import LANGUAGES


@pytest.mark.parametrize(
    ("share", "of", "told"),
    [
        ((0.27, 0.47, 0.93), "10", "for 2 to 10; the middle of the estimate is 5."),
        ((0.03, 0.08, 0.30), "100", "for 3 to 30; the middle of the estimate is 8."),
        ((0.03, 0.08, 0.301), "100", "for 3 to 31; the middle of the estimate is 8."),
        ((0.0, 0.0036, 0.023), "1,000", "for 23 at most, and perhaps for none; the middle "),
        ((0.0, 0.0, 0.0), "1,000", "the middle of the estimate is fewer than 1."),
        ((1.0, 1.0, 1.0), "10", "for 10 to 10; the middle of the estimate is 10."),
    ],
)
def test_a_share_in_places(share: tuple[float, float, float], of: str, told: str) -> None:
    text = answer.places(Quantity.of(*share, "share"), "en")
    assert f"of {of} places" in text
    assert told in text


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (12.0, 35.0, "Along 12 to 35 km (middle 24) of street,"),
        (0.0, 20.4, "Along up to 20 km of street, perhaps hardly any, people"),
        (0.0, 0.04, "Along under 0.1 km of street,"),
    ],
)
def test_the_sentence_leads_with_the_range(low: float, high: float, told: str) -> None:
    found = with_tier(Quantity.of(low, (low + high) / 2, high, "km"), None)
    assert answer.sentence(found, "seen", "en").startswith(told)
    found = with_tier(Quantity.exactly(1, "km"), Quantity.of(0.0, 0.001, 0.02, "share"))
    assert answer.sentence(found, "seen", "en").startswith("Along up to 2 % of the street length")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_on_a_sample_promise_nothing(lang: str) -> None:
    text = answer.sample_text(SamplePart(points=20_000, of=150_000, error_share=0.0064), lang)
    assert not banned_words(text)
    assert "0.64" in text
