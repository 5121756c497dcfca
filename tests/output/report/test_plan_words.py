"""Words of a session."""

from __future__ import annotations

import pytest
from banned_words import banned_words

from toolkit.base.terms import LANGUAGES, Language
from toolkit.output.report import plan_words


def every_text(lang: Language) -> list[str]:
    return [
        *(text for _, texts in plan_words.head(lang) for text in texts),
        *plan_words.notes(lang),
        *(step for _, steps in plan_words.parts(lang) for step in steps),
        *plan_words.questions(lang),
        *(text for pair in plan_words.mistakes(lang) for text in pair),
        *plan_words.stress(lang),
        *plan_words.scoring(lang, with_map=True),
        *plan_words.scoring(lang, with_map=False),
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty_or_promises_what_nobody_knows(lang: Language) -> None:
    texts = every_text(lang)
    assert all(texts)
    assert banned_words(" ".join(texts)) == []
    if lang == "my":
        assert not set(texts) & set(every_text("en"))


def test_the_parts_are_those_of_the_timetable() -> None:
    named = [name for name, _ in plan_words.parts("en")]
    assert named == [name for name, _, _ in plan_words.times("en")]
    assert [name.split(":")[0] for name in named] == [
        "Activity", "Discussion", "Inputs", "Deepening", "Synthesis",
    ]  # fmt: skip


def test_nobody_is_sent_out_and_no_mark_is_kept() -> None:
    said = " ".join(plan_words.notes("en"))
    assert "Do not send anybody out" in said
    assert "destroy" in said
