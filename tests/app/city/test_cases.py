"""What follows in each case of where the cameras are: chosen live, never said to be true."""

from __future__ import annotations

import base64
import re
from html import unescape
from typing import Any

import pytest
from app_screens import AS_OF, html_of, panel_of, part, words_of
from banned_words import banned_words
from made import report_on
from made_trips import if_where
from streamlit.testing.v1 import AppTest

from toolkit.app import kept_answers
from toolkit.app.city import cases
from toolkit.assessment.assess import assess
from toolkit.assessment.question import Question
from toolkit.base.terms import LANGUAGES, Language
from toolkit.output import conditions

SCRIPT = """
from toolkit.app import bar, changed_set, kept_answers
from toolkit.app.city import cases, panel
choice = bar.choose({lang!r})
made = kept_answers.estimate(choice, changed_set.chosen())
panel.show(made, choice.tier, {lang!r})
cases.show(cases.choose(made, {lang!r}), choice.tier, {lang!r})
"""


def page(lang: Language = "en", city: str = "mawlamyine", **chosen: object) -> AppTest:
    found = part(SCRIPT.format(lang=lang), city=city, **chosen)
    assert not found.exception
    return found


def circles(found: AppTest) -> list[str]:
    """Return the descriptions of the drawings of the page."""
    return [unescape(alt) for alt in re.findall(r'<img alt="([^"]+)"', html_of(found))]


def filled(found: AppTest) -> list[tuple[str, float]]:
    """Return the shape that each drawing has filled, and how dark it is."""
    pattern = r'<img alt="[^"]+" src="data:image/svg\+xml;base64,([^"]+)'
    addresses = map(unescape, re.findall(pattern, html_of(found)))
    drawings = [base64.b64decode(one).decode() for one in addresses]
    shapes = [re.findall(r'<([^<>]*) fill-opacity="([\d.]+)"', one)[0] for one in drawings]
    return [(shape, float(opacity)) for shape, opacity in shapes]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_ends_are_shown_before_any_choice(lang: Language) -> None:
    found = page(lang)
    answer = assess("mawlamyine", as_of=AS_OF)
    shown = words_of(found)
    assert len(circles(found)) == 2
    for case in (answer.if_centre, answer.if_spread):
        assert case is not None
        assert conditions.case_name(case, lang) in shown
        both = [one for one in (answer.if_centre, answer.if_spread) if one is not None]
        assert conditions.case_trips(case, "seen", lang, both) in shown
    assert banned_words(" ".join((shown, *circles(found)))) == []


def test_a_case_refills_the_circles_and_leaves_the_answer() -> None:
    found = page()
    before, answer = filled(found), panel_of(found, "seen")
    seen = []
    for where in ("1", "2", "5", "spread"):
        found.segmented_control(key="case_where:en").set_value(where).run()
        (now,) = filled(found)
        seen.append(now)
        assert panel_of(found, "seen") == answer
    assert len(set(seen)) == 4
    assert seen[1] == before[0]
    assert seen[3] == before[1]
    assert "Nobody knows where they are." in words_of(found)


def test_a_number_is_part_of_the_case_and_more_cameras_are_darker() -> None:
    found = page(case_where="2")
    numbers = found.segmented_control(key="case_count:en").options
    assert numbers[0] == "As above"
    assert numbers[-1] == "Other"
    assert {"200", "500", "1,000"} <= set(numbers)
    found.segmented_control(key="case_count:en").set_value(500).run()
    assert "If there are 500 cameras, all within 2 km" in words_of(found)
    assert "If there are 500 cameras" in circles(found)[0]
    ((_, few),) = filled(found)
    found.segmented_control(key="case_count:en").set_value(-1).run()
    assert "If there are" not in words_of(found), "no number is given yet"
    found.number_input(key="case_own").set_value(5000).run()
    assert "If there are 5,000 cameras" in words_of(found)
    ((_, many),) = filled(found)
    assert many > few


def test_with_planned_ones_other_figures_follow() -> None:
    chosen = {"city": "mandalay", "case_where": "5"}
    assert filled(page(status="planned", **chosen)) != filled(page(**chosen))


def test_what_is_only_announced_stays_a_condition() -> None:
    said = "If built, nobody knows where."
    assert said in words_of(page(city="hpa-an"))
    assert said not in words_of(page())


def test_nothing_is_shown_where_cases_are_of_streets(shown: dict[str, list[Any]]) -> None:
    streets = report_on(None).model_copy(
        update={
            "if_centre": if_where(None, (0.2, 0.4, 0.8)),
            "if_spread": if_where(None, (0.0, 0.1, 0.3)),
        }
    )
    for assessment in (report_on(None), streets):
        made = kept_answers.Estimate(Question("dawei", AS_OF).load(), "cases", assessment)
        assert cases.choose(made, "en") is None
    assert shown["html"] == []
