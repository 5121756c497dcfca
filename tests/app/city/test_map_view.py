"""Where the map of a city is on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from app_screens import map_of, opened, panel_of
from banned_words import banned_words
from invented import layers_of
from made import claim_of, report_on
from pages import elements
from playwright.sync_api import expect
from running import Watched, serving
from small_city import install

from toolkit.app import kept_answers
from toolkit.app.city import map_view, panel
from toolkit.app.map import component
from toolkit.assessment.layers import Layers, LazyLayers
from toolkit.assessment.model import SamplePart
from toolkit.assessment.question import Question
from toolkit.base import egress
from toolkit.base.terms import LANGUAGES, Language, Progress
from toolkit.language.translate import unbroken
from toolkit.streets.cities import City, find_city
from toolkit.streets.pack import open_pack

HELPERS = Path(__file__).resolve().parents[2] / "helpers"
VIEW = """(() => { const { map } = [...toolkitMap.maps.values()][0], at = map.getCenter();
    return [at.lat, at.lng, map.getZoom()]; })()"""


def made(assessment: Any) -> kept_answers.Estimate:
    question = Question("dawei", assessment.as_of)
    return kept_answers.Estimate(
        replace(question.load(), claims=(claim_of(),)), "map-view", assessment
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_map_of_the_tier_has_the_panel(shown: dict[str, list[Any]], lang: Language) -> None:
    estimate = made(report_on(layers_of()))
    map_view.show(estimate, "face", lang)
    ((assessment, tier, mapped, named),) = shown["maps"]
    assert (assessment, tier, mapped) == (estimate.assessment, "face", lang)
    assert named["answer"] == estimate.key
    assert named["panel"] == panel.texts(estimate, lang)
    assert shown["html"] == []
    assert shown["progress"] == []


def test_a_question_chosen_on_the_map_is_the_choice_of_the_page(
    shown: dict[str, list[Any]],
) -> None:
    map_view.show(made(report_on(layers_of())), "seen", "en")
    shown["maps"][0][-1]["on_tier"]("plate")
    assert st.session_state["tier"] == "plate"


def test_without_streets_it_says_why_there_is_none(shown: dict[str, list[Any]]) -> None:
    estimate = made(report_on(None))
    map_view.show(estimate, "seen", "en")
    assert shown["maps"] == []
    beside, place = (elements(html)[0].text for html in shown["html"])
    assert panel.not_counted("en") in beside
    assert map_view.no_map(estimate.assessment, "en") in place


def test_layers_of_a_sample_are_made_now_under_a_bar_that_goes(
    shown: dict[str, list[Any]],
) -> None:
    def make(progress: Progress) -> Layers:
        progress(0.5)
        return layers_of()

    sample = SamplePart(points=100, of=1000, error_share=0.1)
    found = report_on(None).model_copy(update={"basis": "streets", "sample": sample})
    map_view.show(made(found.with_layers(LazyLayers(make))), "seen", "en")
    assert len(shown["maps"]) == 1
    assert shown["progress"] == [0.0, 0.5, "gone"]


class TestStreetsFirst:
    @pytest.fixture
    def first(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Install streets that are long enough; give the cities whose streets came first."""
        monkeypatch.setattr(egress, "require_guard", lambda: None)
        monkeypatch.setattr(map_view, "LONG_KM", 0.0)
        install(home, "dawei-streets", city="dawei")
        kept_answers._made.clear()
        found: list[str] = []
        show = component.show_streets

        def noted(city: City, *given: Any, **named: Any) -> None:
            found.append(city.id)
            show(city, *given, **named)

        monkeypatch.setattr(component, "show_streets", noted)
        return found

    def test_they_come_before_figures_that_are_to_be_made_and_only_then(
        self, first: list[str]
    ) -> None:
        page = opened(city="dawei")
        assert first == ["dawei"]
        data = map_of(page)
        assert data is not None
        assert "pending" not in data
        assert panel.before(find_city("dawei"), "en")["tiers"]["seen"]["answer"] not in (
            panel_of(page, "seen")
        )
        # A change of a map that is there leaves its colours until the new ones come.
        page.segmented_control(key="status:en").set_value("planned").run()
        assert not page.exception
        assert first == ["dawei"]
        opened(city="dawei")  # kept
        assert first == ["dawei"]

    def test_not_where_figures_take_a_moment(
        self, first: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(map_view, "LONG_KM", 100.0)
        assert map_of(opened(city="dawei")) is not None
        assert first == []

    @pytest.mark.parametrize("lang", LANGUAGES)
    @pytest.mark.usefixtures("first")
    def test_nothing_of_an_estimate_is_with_them(
        self, lang: Language, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given: list[dict[str, Any]] = []
        monkeypatch.setattr(
            component, "_component", lambda *_: lambda **named: given.append(named["data"])
        )
        city = find_city("dawei")
        pack = open_pack("dawei-streets")
        component.show_streets(city, pack, "face", lang, panel=panel.before(city, lang))
        (data,) = given
        assert data["figures"] == ""
        assert len({step["color"] for step in data["steps"]}) == 1
        assert not any(v for tier in data["tiers"] for k, v in tier.items()
                       if k not in {"id", "name", "along"})  # fmt: skip
        said = str(data["panel"])
        assert city.name.in_language(lang) in said
        assert unbroken(panel.not_counted(lang)) in data["panel"]["tiers"]["face"].values()
        assert banned_words(said) == []


@pytest.mark.browser
def test_the_view_stays_when_the_figures_come(
    watched: Callable[[], Watched], tmp_path: Path
) -> None:
    install(tmp_path / "toolkit", "dawei-streets", city="dawei")
    with serving(tmp_path, script=HELPERS / "streets_first_app.py") as server:
        seen = watched()
        page = seen.page
        page.goto(f"{server.url}/?city=dawei&tier=seen")
        page.wait_for_function("globalThis.toolkitMap?.streets > 0")
        expect(page.locator(".tk-answer")).to_contain_text("their colour says nothing yet")
        expect(page.locator(".tk-legend")).to_be_hidden()
        assert page.locator(".tk-questions").evaluate("node => node.inert")
        page.locator(".tk-canvas").focus()
        page.keyboard.press("+")
        page.wait_for_timeout(500)
        view = page.evaluate(VIEW)
        page.locator(".tk-canvas").click()
        expect(page.locator(".tk-card")).to_be_hidden()
        (tmp_path / "go").touch()
        page.wait_for_function("toolkitMap.drawn > 0")
        expect(page.locator(".tk-answer")).to_contain_text("On an ordinary walk")
        expect(page.locator(".tk-legend")).to_be_visible()
        assert page.evaluate(VIEW) == view
        assert not page.locator(".tk-questions").evaluate("node => node.inert")
        assert seen.complaints == []
