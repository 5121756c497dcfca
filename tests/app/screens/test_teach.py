"""The page Teach: one part at a time."""

from __future__ import annotations

import pytest
from app_screens import screen, words_of

from toolkit.base import egress
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language.translate import tr


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_exercise_comes_first_and_one_camera_is_a_click_away(
    lang: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress, "require_guard", lambda: None)
    page = screen("teach", lang)
    assert not page.exception
    assert tr("For the facilitator", lang) in words_of(page)
    page.segmented_control(key=f"teach_part:{lang}").set_value("camera").run()
    assert not page.exception
    assert tr("Rings, and why one is empty", lang) in words_of(page)
    assert tr("For the facilitator", lang) not in words_of(page)
