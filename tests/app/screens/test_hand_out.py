"""The page Hand-out: the sheet that will be printed, with the trainer's own advice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from app_screens import AS_OF, screen
from streamlit.testing.v1 import AppTest

from toolkit.app.kept_answers import Estimate
from toolkit.app.screens import hand_out
from toolkit.assessment.assess import assess
from toolkit.assessment.question import Question
from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.language.words import tier_name
from toolkit.output import report


def sheet(page: AppTest) -> str:
    (frame,) = page.get("iframe")
    return str(frame.proto.srcdoc)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_has_the_five_questions_and_the_advice(lang: Language) -> None:
    page = screen("hand_out", lang, city="dawei")
    assert not page.exception
    shown = sheet(page)
    for tier in TIERS:
        assert tier_name(tier, lang) in shown
    page.text_area(key="advice").set_value("Meet at the river.\n\nLeave in pairs.").run()
    assert "<p>Meet at the river.</p>" in sheet(page)
    assert "<p>Leave in pairs.</p>" in sheet(page)


def test_advice_in_zawgyi_is_not_printed_and_why_is_said() -> None:
    page = screen("hand_out", city="dawei")
    page.text_area(key="advice").set_value("ျမန္မာႏိုင္ငံ").run()
    assert "ျမန္မာႏိုင္ငံ" not in sheet(page)
    assert "Convert it to Unicode" in page.error[0].value


def test_the_file_is_named_after_the_city_also_with_a_dash() -> None:
    found = assess("hpa-an", as_of=AS_OF)
    assert report.file_name(found, "en", detail="handout") == "hpa-an-hand-out-2026-11-01-en.html"
    planned = found.model_copy(update={"status": "planned"})
    assert (
        report.file_name(planned, "my", detail="handout")
        == "hpa-an-hand-out-planned-2026-11-01-my.html"
    )


def test_own_answers_are_offered_for_a_full_report_and_left_out_until_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from toolkit.app.threats import answers
    from toolkit.threats.model import PlaceAnswer

    def offered(**chosen: object) -> list[bool]:
        page = screen("hand_out", city="dawei", **chosen)
        assert not page.exception
        return [box.value for box in page.checkbox if box.key == "file_own"]

    assert offered(file_detail="full") == []
    monkeypatch.setattr(answers, "of_session", lambda _: (PlaceAnswer.model_construct(),))
    assert offered(file_detail="full") == [False]
    assert offered(file_detail="session") == []
    assert offered(file_detail="full", file_kind="csv") == []


def test_a_full_report_has_a_screening_and_the_whole_analysis_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from toolkit.studies.sensitivity import analysis

    monkeypatch.setattr(analysis, "BASE_ROWS", {"sobol": 16, "morris": 4})
    given: list[report.Parts | None] = []
    monkeypatch.setattr(hand_out, "as_here", lambda make: given.append(parts_of(make)) or b"")
    page = screen("hand_out", city="dawei", file_detail="full")
    assert not page.exception
    assert given[-1] == report.Parts()
    page.checkbox(key="file_matters").set_value(True).run()
    assert not page.exception
    whole = given[-1]
    assert whole is not None
    assert whole.sensitivity is not None
    assert whole.sensitivity.method == "sobol"
    page = screen("hand_out", city="dawei", file_detail="session")
    assert "file_matters" not in [box.key for box in page.checkbox]


def parts_of(make: Callable[[], bytes]) -> report.Parts | None:
    """Return what the function that makes a file has been given to put into it."""
    cells = dict(zip(make.__code__.co_freevars, make.__closure__ or (), strict=True))
    found: report.Parts | None = cells["parts"].cell_contents
    return found


def test_the_file_of_a_full_report_holds_the_screening(monkeypatch: pytest.MonkeyPatch) -> None:
    from toolkit.studies.sensitivity import analysis

    monkeypatch.setattr(analysis, "BASE_ROWS", {"sobol": 16, "morris": 4})
    question = Question("dawei", AS_OF)
    made = Estimate(question.load(), question.fingerprint(), assess(question))
    edition = report.Edition(formats=("html",), detail="full")
    text = hand_out.content(made, edition, "html", "en").decode()
    assert "Screening by Morris" in text
    sheet = hand_out.content(made, report.Edition(detail="handout"), "html", "en").decode()
    assert "Screening" not in sheet
