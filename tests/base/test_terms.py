"""Words of the model that every stage shares."""

from __future__ import annotations

import math

import pytest
from pydantic import ValidationError

from toolkit.base import terms
from toolkit.base.terms import Names


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.5, 0.6, "likely"),
        (0.49, 0.99, "possible"),
        (0.0, 0.1, "possible"),
        (0.0, 0.0999, "not_excluded"),
        (math.nan, math.nan, "unknown"),
    ],
)
def test_classes_follow_the_ends_of_the_interval(low, high, expected):
    assert terms.exposure_class(low, high) == expected


def test_the_progress_of_a_part_lies_within_that_of_the_whole():
    said = []
    part = terms.part_of(terms.part_of(said.append, 0.5, 1.0), 0.2, 0.6)
    for done in (0.0, 0.5, 1.0):
        part(done)
    assert said == pytest.approx([0.6, 0.7, 0.8])


def test_a_third_language_of_a_name_needs_no_new_field(monkeypatch):
    text = '{"shn": "C", "my": "B", "en": "A"}'
    with pytest.raises(ValidationError, match="shn: names can be given in en, my"):
        Names.model_validate_json(text)
    monkeypatch.setattr(terms, "LANGUAGES", ("en", "my", "shn"))
    name = Names.model_validate_json(text)
    assert name == Names(en="A", shn="C", my="B")
    assert [name.in_language(lang) for lang in ("en", "my", "shn", "kac")] == ["A", "B", "C", "A"]
    assert name.in_all_languages() == ("A", "C", "B")
    assert name.model_dump_json() == '{"en":"A","shn":"C","my":"B"}'


@pytest.mark.parametrize("given", [{"my": "B"}, {"en": "A", "my": 1}, {"en": "A", "my": None}])
def test_a_name_has_an_english_text_and_nothing_but_texts(given):
    with pytest.raises(ValidationError):
        Names.model_validate(given)
