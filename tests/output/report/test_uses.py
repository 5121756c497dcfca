"""Reported uses of cameras, each with what answers it."""

from __future__ import annotations

import pytest
from made import report_on

from toolkit.assessment.model import ThreatPart
from toolkit.base.terms import LANGUAGES, Language
from toolkit.evidence.threats import load_threats
from toolkit.language import words
from toolkit.language.translate import tr
from toolkit.output.report import uses


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_threat_has_its_words_and_what_answers_it(lang: Language) -> None:
    given = tuple(
        ThreatPart(id=threat.id, answered_by=threat.answered_by) for threat in load_threats()
    )
    made = report_on(None).model_copy(update={"threats": given})
    rows = uses.rows(made, lang)
    assert [row.name.text for row in rows] == [t.name.in_language(lang) for t in load_threats()]
    assert all(row.says and row.says.lang == row.name.lang == lang for row in rows)
    plate = words.tier_name("plate", lang)
    assert [plate in row.answer for row in rows] == [bool(t.answered_by) for t in given]
    pages = {
        "link": tr("Route", lang),
        "route": tr("Route", lang),
        "place": tr("Place", lang),
        "vehicles": tr("Vehicles", lang),
    }
    for threat, row in zip(load_threats(), rows, strict=True):
        asked = tr("Ask about it on the page {page} of the app.", lang)
        named = [name for name in set(pages.values()) if asked.format(page=name) in row.answer]
        assert named == ([pages[threat.asked_on]] if threat.asked_on in pages else [])


def test_a_threat_or_an_answer_of_another_version_is_shown_by_its_id() -> None:
    given = (ThreatPart(id="of_next_year", answered_by="a page"),)
    (row,) = uses.rows(report_on(None).model_copy(update={"threats": given}), "en")
    assert (row.name.text, row.says) == ("of_next_year", None)
    assert row.answer == "Not modelled: no figure here answers this."
