"""What is chosen outlives another language and another page, in the state and in the browser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from app_screens import AS_OF, panel_of, part, screen
from playwright.sync_api import Page, expect
from running import SLOW_S, Server, Watched
from streamlit.testing.v1 import AppTest

from toolkit.app import bar, serve
from toolkit.app.city import answer
from toolkit.assessment.assess import assess
from toolkit.base import egress
from toolkit.base.terms import Language
from toolkit.language.translate import LANGUAGE_NAMES, tr
from toolkit.language.words import profile_name, tier_name
from toolkit.optics.catalogue import load_catalogue
from toolkit.streets.cities import load_cities


@pytest.fixture(autouse=True)
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the launcher."""
    monkeypatch.setattr(egress, "require_guard", lambda: None)


def shown(page: AppTest, name: str, lang: Language) -> str:
    """Return the words of what is chosen in a box."""
    boxes = [*page.selectbox, *page.segmented_control, *page.radio]
    (box,) = [one for one in boxes if one.key == f"{name}:{lang}"]
    return str(box.format_func(box.value)).replace("\\", "")


def expected_words(lang: Language) -> dict[str, str]:
    return {
        "city": bar.city_names(load_cities(), lang)["dawei"],
        "tier": tier_name("plate", lang),
        "status": bar.status_text("planned", lang),
        "profile": profile_name("plate_gates", "", lang),
    }


def test_the_bar_shows_what_is_chosen_in_each_language() -> None:
    page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S)
    page.query_params["city"] = "bagan"
    page.query_params["as_of"] = "2026-10-01"
    page.run()
    page.selectbox(key="city:en").set_value("dawei").run()
    page.segmented_control(key="tier:en").set_value("plate").run()
    page.segmented_control(key="status:en").set_value("planned").run()
    page.selectbox(key="profile:en").set_value("plate_gates").run()
    page.checkbox(key="own-dawei").check().run()
    page.number_input(key="own-low-dawei").set_value(40)
    page.number_input(key="own-high-dawei").set_value(90).run()
    page.date_input(key="as_of").set_value(AS_OF).run()
    found = assess("dawei", as_of=AS_OF, status="planned", count=(40, 90), profile="plate_gates")
    languages: tuple[Language, ...] = ("my", "en")
    for lang in languages:
        page.segmented_control(key="lang").set_value(lang).run()
        assert not page.exception
        for name, words in expected_words(lang).items():
            assert shown(page, name, lang) == words
        assert page.checkbox(key="own-dawei").value
        assert page.number_input(key="own-low-dawei").value == 40
        assert page.number_input(key="own-high-dawei").value == 90
        assert page.date_input(key="as_of").value == AS_OF
        assert answer.sentence(found, "plate", lang) in panel_of(page, "plate")


def test_what_the_address_asks_for_can_be_changed_in_both_languages() -> None:
    page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S)
    asked = {"city": "mandalay", "tier": "face", "lang": "my", "status": "planned"}
    for name, value in asked.items():
        page.query_params[name] = value
    page.run()
    assert shown(page, "tier", "my") == tier_name("face", "my")
    assert shown(page, "status", "my") == bar.status_text("planned", "my")
    page.segmented_control(key="tier:my").set_value("seen").run()
    page.selectbox(key="city:my").set_value("sittwe").run()
    page.segmented_control(key="lang").set_value("en").run()
    assert shown(page, "tier", "en") == tier_name("seen", "en")
    assert shown(page, "city", "en") == bar.city_names(load_cities(), "en")["sittwe"]


def test_the_boxes_of_the_other_pages_keep_their_choice_too() -> None:
    chosen = {"streets_city": "yangon", "streets_boundary": "radius", "notes_city": "bagan"}
    languages: tuple[Language, ...] = ("en", "my")
    for lang in languages:
        page = screen("cities", lang, **chosen)
        names = bar.city_names(load_cities(), lang)
        assert shown(page, "streets_city", lang) == names["yangon"]
        assert shown(page, "notes_city", lang) == names["bagan"]
        assert shown(page, "streets_boundary", lang) == tr("A circle", lang)
        page = screen("camera", lang, optics_camera="ptz", optics_night=True)
        ptz = next(kind for kind in load_catalogue().types if kind.id == "ptz")
        assert shown(page, "optics_camera", lang) == ptz.name.in_language(lang)
        assert shown(page, "optics_night", lang) == tr("Night", lang)


def settled(page: Page, lang: Language) -> None:
    """Wait until the bar is in a language and the page is not at work."""
    expect(page.get_by_role("link", name=tr("Compare", lang), exact=True)).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def expect_shown(page: Page, names: tuple[str, ...], lang: Language) -> None:
    """Wait until the bar shows what is chosen, as the only one of its kind."""
    words = expected_words(lang)
    pressed = page.locator(".st-key-bar [role=radio][aria-checked=true]")
    expect(pressed).to_have_count(2)
    for name in names:
        if name == "city":
            box = page.locator(".st-key-bar").get_by_role("combobox").first
            expect(box).to_have_value(words[name])
        else:
            expect(pressed.filter(has_text=words[name])).to_have_count(1)


@pytest.mark.browser
def test_the_browser_shows_what_is_chosen(
    app_server: Server, watched: Callable[[], Watched]
) -> None:
    page = watched().page
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{app_server.url}/?city=dawei&as_of={dt.date.isoformat(AS_OF)}")
    settled(page, "en")
    for name in ("tier", "status"):
        page.get_by_role("radio", name=expected_words("en")[name], exact=True).click()
        settled(page, "en")
    languages: tuple[Language, ...] = ("my", "en", "my")
    for lang in languages:
        page.get_by_role("radio", name=LANGUAGE_NAMES[lang], exact=True).click()
        settled(page, lang)
        expect_shown(page, ("city", "tier", "status"), lang)
    # Another page, and back.
    page.get_by_role("link", name=tr("Teach", "my"), exact=True).click()
    settled(page, "my")
    page.get_by_role("link", name=tr("Map", "my"), exact=True).click()
    # What is chosen in the other language must not be lost with the next choice.
    page.get_by_role("radio", name=tier_name("recognised", "my"), exact=True).click()
    wanted = answer.sentence(assess("dawei", as_of=AS_OF, status="planned"), "recognised", "my")
    expect(page.locator(".ct .answer")).to_have_text(wanted)
    expect_shown(page, ("city", "status"), "my")


def test_a_place_for_files_is_new_after_each_file() -> None:
    script = (
        "import streamlit as st\nfrom toolkit.app import widgets\n"
        "keys = [widgets.fresh_key('a')]\nwidgets.renew('a')\n"
        "keys += [widgets.fresh_key('a'), widgets.fresh_key('b')]\nst.text(' '.join(keys))\n"
    )
    assert part(script).text[0].value == "a:0 a:1 b:0"
