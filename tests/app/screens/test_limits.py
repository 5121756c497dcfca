"""The page What this cannot tell you: both sides at about equal length."""

from __future__ import annotations

import pytest
from app_screens import screen, words_of
from banned_words import banned_words

from toolkit.app.screens import limits
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language import words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_is_shown(lang: Language) -> None:
    page = screen("limits", lang)
    assert not page.exception
    shown = words_of(page)
    for sentences in (
        limits.covers(lang),
        words.limits(lang),
        limits.found_by_search(lang),
        limits.not_found_by_search(lang),
    ):
        assert all(sentence in shown for sentence in sentences)
    assert banned_words(shown) == []


def test_what_it_does_not_tell_is_no_shorter_than_what_it_tells() -> None:
    assert len(" ".join(words.limits("en"))) >= len(" ".join(limits.covers("en")))
    found, not_found = limits.found_by_search("en"), limits.not_found_by_search("en")
    assert len(found) == len(not_found)
