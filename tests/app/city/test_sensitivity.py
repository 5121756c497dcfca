"""What matters is found out when it is asked for, once for all sessions."""

from __future__ import annotations

import pytest
from app_screens import AS_OF, screen, words_of

from toolkit.app.city import sensitivity
from toolkit.assessment.question import Question
from toolkit.language.translate import tr
from toolkit.studies.sensitivity import analysis, words


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a base sample that takes no time."""
    monkeypatch.setattr(analysis, "BASE_ROWS", {"sobol": 32, "morris": 4})
    sensitivity._found.clear()


@pytest.mark.parametrize("lang", ["en", "my"])
def test_sentence_chart_and_table_appear_when_asked_for(lang: str) -> None:
    page = screen("analysts", lang, city="dawei")
    assert not page.toggle(key="sensitivity").value
    assert not page.get("image")
    assert tr("All factors as a table", lang) not in words_of(page)
    page.toggle(key="sensitivity").set_value(True).run()
    assert not page.exception
    assert not page.error
    found = analysis.sensitivity(Question("dawei", AS_OF))
    text = words_of(page)
    assert words.sentence(found, "seen", lang) in text
    assert len(page.get("image")) == 1
    for factor in found.tiers["seen"].factors:
        assert words.factor_name(factor.key, lang) in text


def test_another_tier_computes_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    real = sensitivity.sensitivity

    def counted(*arguments: object, **named: object) -> analysis.Sensitivity:
        calls.append(arguments)
        return real(*arguments, **named)

    monkeypatch.setattr(sensitivity, "sensitivity", counted)
    page = screen("analysts", city="dawei", sensitivity=True)
    page.segmented_control(key="tier:en").set_value("recognised").run()
    assert not page.exception
    assert len(calls) == 1
