"""One page on how the figures are made."""

from __future__ import annotations

import pytest
from banned_words import banned_words

from toolkit.base.terms import LANGUAGES, Language
from toolkit.output.report import method


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_fits_a_page_and_promises_nothing(lang: Language) -> None:
    texts = [text for pair in method.paragraphs(200, lang) for text in pair]
    texts += [text for pair in method.glossary(lang) for text in pair]
    assert all(texts)
    assert len(" ".join(texts)) < 4000
    assert banned_words(" ".join(texts)) == []


def test_the_number_of_draws_is_that_of_the_figures() -> None:
    assert "from its range, 40 times" in " ".join(text for _, text in method.paragraphs(40, "en"))
