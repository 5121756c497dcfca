"""What matters is found out when it is asked for, once for all sessions."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from running import SLOW_S
from streamlit.testing.v1 import AppTest

from toolkit.app import serve
from toolkit.app.city import sensitivity
from toolkit.assessment.question import Question
from toolkit.base import egress
from toolkit.language.translate import tr
from toolkit.studies.sensitivity import analysis, words

AS_OF = dt.date(2026, 11, 2)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a base sample that takes no time, and stand in for the launcher."""
    monkeypatch.setattr(egress, "require_guard", lambda: None)
    monkeypatch.setattr(analysis, "BASE_ROWS", {"sobol": 32, "morris": 4})
    sensitivity._found.clear()


def words_of(page: AppTest) -> str:
    bare = re.sub(r"<style>.*?</style>", "", "".join(e.value for e in page.html), flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", bare)).replace("\xa0", " ")


@pytest.mark.parametrize("lang", ["en", "my"])
def test_sentence_chart_and_table_appear_when_asked_for(lang: str) -> None:
    page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S)
    for key, value in {"as_of": AS_OF, "city": "dawei", "lang": lang}.items():
        page.session_state[key] = value
    page.run()
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
    page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S)
    for key, value in {"as_of": AS_OF, "city": "dawei", "sensitivity": True}.items():
        page.session_state[key] = value
    page.run()
    page.radio(key="tier:en").set_value("recognised").run()
    assert not page.exception
    assert len(calls) == 1
