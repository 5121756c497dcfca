"""What is chosen outlives another language and another page, in the state and in the browser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from running import SLOW_S, Server, Watched
from streamlit.testing.v1 import AppTest

from toolkit.app import serve, side_panel
from toolkit.app.city import answer
from toolkit.assessment.assess import assess
from toolkit.assumptions.sets import list_sets
from toolkit.base import egress
from toolkit.language.translate import LANGUAGE_NAMES, Language, tr
from toolkit.language.words import profile_name, tier_name
from toolkit.optics.catalogue import load_catalogue
from toolkit.streets.cities import load_cities

AS_OF = dt.date(2026, 11, 1)
PAGE_NAMES = {
    "answer": "City",
    "streets": "Streets",
    "cameras": "What a camera can do",
    "assumptions": "Assumptions",
}


class Session:
    """The app, and what a browser would show of its boxes.

    As in a browser, the words of a choice are kept by the identity of the box, and change only if
    the box is new or the app sends its value again.
    """

    def __init__(self, **asked: str) -> None:
        self.app = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S)
        for name, value in asked.items():
            self.app.query_params[name] = value
        self._words: dict[str, str] = {}
        self.app.run()
        self.read()

    def read(self) -> None:
        """Take over what the app sends."""
        assert not self.app.exception
        boxes = [*self.app.radio, *self.app.selectbox]
        shown = {box.proto.id for box in boxes}
        self._words = {name: words for name, words in self._words.items() if name in shown}
        for box in boxes:
            if box.proto.set_value:
                self._words[box.proto.id] = box.proto.raw_value
            elif box.proto.id not in self._words:
                self._words[box.proto.id] = box.proto.options[box.proto.default]
            assert self._words[box.proto.id] in box.proto.options, box.key

    def words(self, name: str) -> str:
        """Return the words shown as chosen in the box of a choice."""
        lang = self.app.session_state["lang"]
        (box,) = [b for b in (*self.app.radio, *self.app.selectbox) if b.key == f"{name}:{lang}"]
        return self._words[box.proto.id].replace("\\", "")

    def choose(self, name: str, value: object) -> None:
        """Choose in a radio or a list."""
        lang = self.app.session_state["lang"]
        key = name if name == "lang" else f"{name}:{lang}"
        (box,) = [b for b in (*self.app.radio, *self.app.selectbox) if b.key == key]
        box.set_value(value)
        self._words[box.proto.id] = box._widget_state.string_value
        self.app.run()
        self.read()


@pytest.fixture(autouse=True)
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the launcher."""
    monkeypatch.setattr(egress, "require_guard", lambda: None)


def expected_words(lang: Language) -> dict[str, str]:
    cities = side_panel.city_names(load_cities(), lang)
    return {
        "page": tr("City", lang),
        "city": cities["dawei"],
        "tier": tier_name("plate", lang),
        "status": tr("Installed and planned together", lang),
        "profile": profile_name("plate_gates", "", lang),
    }


def test_the_side_panel_shows_what_is_chosen_in_each_language_and_after_each_page() -> None:
    session = Session(city="bagan", as_of="2026-10-01")
    for name, value in {
        "city": "dawei",
        "tier": "plate",
        "status": "planned",
        "profile": "plate_gates",
    }.items():
        session.choose(name, value)
    app = session.app
    app.checkbox(key="own").check().run()
    app.number_input(key="own_low").set_value(40)
    app.number_input(key="own_high").set_value(90).run()
    app.date_input(key="as_of").set_value(AS_OF).run()
    found = assess("dawei", as_of=AS_OF, status="planned", count=(40, 90), profile="plate_gates")
    for lang, page in (
        ("my", "streets"),
        ("en", "assumptions"),
        ("my", "cameras"),
        ("en", "answer"),
    ):
        session.choose("lang", lang)
        for name, words in expected_words(lang).items():
            assert session.words(name) == words
        assert app.checkbox(key="own").value
        assert app.number_input(key="own_low").value == 40
        assert app.number_input(key="own_high").value == 90
        assert app.date_input(key="as_of").value == AS_OF
        html = "".join(element.value for element in app.html)
        assert answer.sentence(found, "plate", lang) in html.replace("\xa0", " ")
        # Also where the language changes while another page is shown.
        session.choose("page", page)
        assert session.words("page") == tr(PAGE_NAMES[page], lang)
        session.choose("lang", "my" if lang == "en" else "en")
        session.choose("page", "answer")


def test_what_the_address_asks_for_is_shown_in_both_languages_and_can_be_changed() -> None:
    session = Session(city="mandalay", tier="face", lang="my", status="planned", as_of="2025-05-05")
    for lang in ("my", "en", "my"):
        session.choose("lang", lang)
        assert session.words("city") == side_panel.city_names(load_cities(), lang)["mandalay"]
        assert session.words("tier") == tier_name("face", lang)
        assert session.words("status") == tr("Installed and planned together", lang)
        assert session.app.date_input(key="as_of").value == dt.date(2025, 5, 5)
    session.choose("tier", "seen")
    session.choose("city", "sittwe")
    session.choose("lang", "en")
    assert session.words("tier") == tier_name("seen", "en")
    assert session.words("city") == side_panel.city_names(load_cities(), "en")["sittwe"]


def test_the_boxes_of_the_other_pages_keep_their_choice_too() -> None:
    session = Session(page="streets")
    session.choose("streets_city", "yangon")
    session.choose("streets_boundary", "radius")
    session.choose("notes_city", "bagan")
    session.app.number_input(key="streets_radius").set_value(3000).run()
    session.app.text_input(key="streets_path").set_value("map.osm.pbf").run()
    session.choose("page", "cameras")
    session.choose("optics_camera", "Dahua IPC-HDW2441T-S")
    session.choose("optics_focal:Dahua IPC-HDW2441T-S", 3.6)
    session.choose("optics_night", True)
    session.app.number_input(key="optics_height:Dahua IPC-HDW2441T-S").set_value(4.5).run()
    session.choose("page", "assumptions")
    other = next(s for s in list_sets() if s.kind == "probabilistic" and s.name != "central").name
    session.choose("assumption_set_choice", other)
    for lang in ("my", "en"):
        session.choose("lang", lang)
        assert session.words("assumption_set_choice").startswith(other)
        session.choose("page", "streets")
        names = side_panel.city_names(load_cities(), lang)
        assert session.words("streets_city") == names["yangon"]
        assert session.words("notes_city") == names["bagan"]
        assert session.words("streets_boundary") == tr("A circle", lang)
        assert session.app.number_input(key="streets_radius").value == 3000
        assert session.app.text_input(key="streets_path").value == "map.osm.pbf"
        session.choose("page", "cameras")
        assert session.words("optics_camera") == "Dahua IPC-HDW2441T-S"
        assert session.words("optics_focal:Dahua IPC-HDW2441T-S") == "3.6"
        assert session.words("optics_night") == tr("Night", lang)
        height = session.app.number_input(key="optics_height:Dahua IPC-HDW2441T-S")
        assert height.value == 4.5
        session.choose("optics_camera", "ptz")
        ptz = next(kind for kind in load_catalogue().types if kind.id == "ptz")
        assert session.words("optics_camera") == ptz.name.in_language(lang)
        session.choose("optics_camera", "Dahua IPC-HDW2441T-S")
        session.choose("page", "assumptions")


def settled(page: Page, lang: Language) -> None:
    """Wait until the side panel is in a language and the page is not at work."""
    panel = page.get_by_test_id("stSidebar")
    expect(panel.get_by_text(tr("Assumptions", lang), exact=True)).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


def expect_shown(page: Page, names: tuple[str, ...], lang: Language) -> None:
    """Wait until one dot of each radio is on, and boxes and radios show what is chosen.

    Each is waited for: while a page is written again, the boxes of before may still be in it.
    """
    panel = page.get_by_test_id("stSidebar")
    groups = panel.get_by_test_id("stRadio")
    chosen = page.locator("input:checked")
    words = expected_words(lang)
    expect(groups).to_have_count(4)
    expect(groups.filter(has=chosen)).to_have_count(4)
    for name in names:
        if name == "city":
            expect(panel.get_by_role("combobox").first).to_have_value(words[name])
        else:
            labels_on = groups.locator("label").filter(has=chosen)
            expect(labels_on.filter(has_text=words[name])).to_have_count(1)


@pytest.mark.browser
def test_the_browser_shows_what_is_chosen(
    app_server: Server, watched: Callable[[], Watched]
) -> None:
    page = watched().page
    page.goto(f"{app_server.url}/?city=dawei&as_of={AS_OF}")
    settled(page, "en")
    panel = page.get_by_test_id("stSidebar")
    for name in ("tier", "status"):
        panel.get_by_text(expected_words("en")[name], exact=True).click()
        settled(page, "en")
    names = ("page", "city", "tier", "status")
    for lang in ("my", "en", "my"):
        panel.get_by_text(LANGUAGE_NAMES[lang], exact=True).click()
        settled(page, lang)
        expect_shown(page, names, lang)
    # What is chosen in the other language must not be lost with the next choice.
    panel.get_by_text(tier_name("recognised", "my"), exact=True).click()
    wanted = answer.sentence(assess("dawei", as_of=AS_OF, status="planned"), "recognised", "my")
    expect(page.locator(".ct .answer")).to_have_text(wanted)
    expect_shown(page, ("page", "city", "status"), "my")
