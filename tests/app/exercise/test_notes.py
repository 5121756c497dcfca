"""What is said in the room: safety first, no promise, both languages."""

from __future__ import annotations

import pytest
from banned_words import banned_words

from toolkit.app.exercise import notes
from toolkit.base.terms import LANGUAGES, Language


def every(lang: Language) -> list[str]:
    steps = [text for step in notes.facilitator(lang) for text in step]
    wrong = [*notes.wrong_about_marks(lang), *notes.wrong_about_chances(lang)]
    return [*notes.before(lang), *steps, *wrong]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_says_all_of_it(lang: Language) -> None:
    texts = every(lang)
    assert len(set(texts)) == len(texts)
    assert banned_words(" ".join(texts)) == []
    if lang != "en":
        assert not set(texts) & set(every("en"))


def test_nobody_is_sent_out_and_addresses_are_invented() -> None:
    first, second, _ = notes.before("en")
    assert "Indoors" in first
    assert "Nobody walks out" in first
    assert "Invented addresses only" in second
    assert "up to five" in notes.facilitator("en")[0][0]
