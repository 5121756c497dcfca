"""Documents are short, and are written in the words of the field."""

from __future__ import annotations

import re

import documents
import pytest
from banned_words import BANNED

README_WORDS = 500
WORDS = 24_000
DIALECT = re.compile(
    r"\b(?:mend(?:s|ed|ing)?|beside|told|stands? twice|so many|comes? of|came of"
    r"|what becomes of)\b",
    re.IGNORECASE,
)
"""House words that a reader from the field would stumble over."""


def test_the_readme_is_short():
    assert len(documents.read(documents.README).split()) <= README_WORDS


def test_what_is_written_by_hand_is_short():
    assert sum(len(text.split()) for text in documents.handwritten().values()) <= WORDS


@pytest.mark.parametrize("path", documents.translations(), ids=documents.name_of)
def test_a_translation_has_every_part_of_the_document(path):
    parts = re.compile(r"^(#+ |- |\d+\. )", re.MULTILINE)
    other, text = documents.read(documents.translations()[path]), documents.read(path)
    assert parts.findall(text) == parts.findall(other)
    assert re.findall(r"`[^`]+`", text) == re.findall(r"`[^`]+`", other)
    assert re.findall("|".join(BANNED["my"]), text) == []


@pytest.mark.parametrize("name", sorted(documents.handwritten()))
def test_no_word_judges_a_place_or_is_of_the_house_alone(name):
    text = documents.handwritten()[name]
    banned = re.compile("|".join(BANNED["en"]), re.IGNORECASE)
    assert banned.findall(text) == []
    assert DIALECT.findall(text) == []
