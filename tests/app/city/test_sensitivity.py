"""What matters is found out when it is asked for, once for all sessions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from app_screens import AS_OF, screen, words_of
from own_evidence import CLAIM, write_evidence

from toolkit.app.city import sensitivity
from toolkit.app.kept_answers import Estimate
from toolkit.assessment.assess import assess
from toolkit.assessment.question import Loaded, Question
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


def test_an_analysis_is_of_the_data_of_its_answer(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of: list[Loaded] = []
    real = sensitivity.sensitivity

    def analysed(loaded: Loaded, **named: Any) -> analysis.Sensitivity:
        of.append(loaded)
        return real(loaded, **named)

    monkeypatch.setattr(sensitivity, "sensitivity", analysed)
    question = Question("dawei", AS_OF)
    write_evidence(home / "evidence", "dawei", CLAIM)
    made = Estimate(question.load(), question.fingerprint(), assess(question))
    (home / "evidence" / "dawei.toml").unlink()
    sensitivity.screened(made)
    sensitivity.whole(made, "en")
    assert ["mine" in {claim.id for claim in one.claims} for one in of] == [True, True]


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
