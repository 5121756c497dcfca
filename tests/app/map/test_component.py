"""The map in a browser: what it shows, keeps and asks, and what it says if it fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from app_screens import figures_of
from invented import SOUTH, WEST, layers_of
from made import report_on
from playwright.sync_api import Browser, Page, Route, expect
from running import SLOW_MS, Server, Watched, serving

from toolkit.app.map import classes, component, words
from toolkit.base.terms import TIERS, Language
from toolkit.language.words import limits

HELPERS = Path(__file__).resolve().parents[2] / "helpers"
LARGE, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}

VIEW = """(() => { const { map } = [...toolkitMap.maps.values()][0], at = map.getCenter();
    return [at.lat, at.lng, map.getZoom()]; })()"""
RUNS_OVER = """node => [...node.querySelectorAll("*")]
    .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .map(one => `${one.tagName} ${one.className} ${one.textContent}`)"""
LABEL = """name => { const m = [...toolkitMap.maps.values()][0], set = m.g.sets["points.labels"];
    const i = m.g.labels.findIndex(one => one.names[0] === name);
    const at = m.map.unproject([set.X[i], set.Y[i]], 0);
    return [at.lat, at.lng]; }"""
PIXELS = """node => {
    const data = node.getContext("2d").getImageData(0, 0, node.width, node.height).data;
    const found = {};
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) {
        const color = "#" + [0, 1, 2].map(k => data[i + k].toString(16).padStart(2, "0")).join("");
        found[color] = (found[color] ?? 0) + 1;
    }
    return found;
}"""


def test_the_data_hold_every_tier_of_every_street() -> None:
    layers = layers_of(7)
    data = component.data_of(report_on(layers), "face", "en", answer="unit")
    found, percent = figures_of(data)
    np.testing.assert_array_equal(found, classes.of_layers(layers).cls)
    assert percent.shape == (3 * len(TIERS), 7)
    assert [tier["id"] for tier in data["tiers"]] == list(TIERS)
    assert data["tier"] == "face"
    assert set(data["zones"]) == set(TIERS)
    again = component.data_of(report_on(layers), "seen", "my", answer="unit")
    for name in ("geometry", "figures", "zones", "answer"):
        assert again[name] == data[name]


def test_without_streets_there_is_nothing_to_mount() -> None:
    with pytest.raises(ValueError, match="no streets are installed"):
        component.data_of(report_on(None), "seen", "en", answer="none")


@pytest.fixture(scope="module")
def map_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    script = HELPERS / "map_test_page.py"
    with serving(tmp_path_factory.mktemp("home"), script=script, paths=(str(HELPERS),)) as server:
        yield server


def drawn(page: Page) -> None:
    expect(page.locator(".tk-legend li").first).to_be_visible(timeout=SLOW_MS)
    page.wait_for_function("globalThis.toolkitMap?.drawn > 0")


def ran(page: Page, tier: str = "seen") -> None:
    expect(page.get_by_text(f", tier {tier}")).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def choose(page: Page, label: str, option: str) -> None:
    group = page.get_by_role("radiogroup", name=label)
    group.get_by_text(option, exact=True).click()


@pytest.fixture(scope="module")
def shared(browser: Browser, map_server: Server) -> Iterator[Watched]:
    """Give one page with the map for all tests that leave it as it was."""
    context = browser.new_context(viewport=LARGE)  # type: ignore[arg-type]
    context.set_default_timeout(SLOW_MS)
    seen = Watched(context.new_page())
    context.on("request", lambda request: seen.asked.append(request.url))
    seen.page.on("console", lambda message: seen.complaints.append(message.text))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on(
        "websocket", lambda ws: ws.on("framesent", lambda _frame: seen.asked.append("frame"))
    )
    seen.page.goto(map_server.url)
    drawn(seen.page)
    ran(seen.page)
    yield seen
    context.close()


def tap(page: Page, street: int) -> None:
    """Tap the middle of an invented street, after zooming to it."""
    page.evaluate(
        """i => { const m = [...toolkitMap.maps.values()][0], s = m.g.streets, j = s.off[i];
            const at = m.map.unproject([(s.X[j] + s.X[j + 1]) / 2, (s.Y[j] + s.Y[j + 1]) / 2], 0);
            m.map.setView(at, 17, {animate: false}); }""",
        street,
    )
    page.locator(".tk-canvas").click()


@pytest.mark.browser
def test_the_first_map_is_drawn_once(map_server: Server, watched: Callable[[], Watched]) -> None:
    page = watched().page
    page.goto(map_server.url)
    drawn(page)
    ran(page)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert page.evaluate("toolkitMap.drawn") == 1


@pytest.mark.browser
class TestShared:
    def test_every_class_is_on_the_canvas_and_in_the_legend(self, shared: Watched) -> None:
        page = shared.page
        found = page.locator("canvas.tk-streets").evaluate(PIXELS)
        cls = component.classes.class_of(np.array([[0.7, 0.8, 0.9], [0.0, 0.04, 0.1]]))
        for k in (*cls, classes.NO_DATA):
            assert found.get(classes.STEPS[k].color, 0) > 5
        assert found.get("#e4e4e7", 0) > 1000  # fog outside the boundary
        legend = page.locator(".tk-legend").inner_text().replace("\xa0", " ")
        for step in classes.STEPS:
            assert words.step_text(step, "en").replace("\xa0", " ") in legend

    def test_the_legend_says_what_is_drawn_of_cameras(self, shared: Watched) -> None:
        page, legend = shared.page, shared.page.locator(".tk-legend")
        zoom = "z => [...toolkitMap.maps.values()][0].map.setZoom(z, {animate: false})"
        page.evaluate(zoom, 15)
        expect(legend.locator("li:has(.tk-dot)")).to_have_text("Mapped camera")
        expect(legend).not_to_contain_text("dashed")
        page.evaluate(zoom, 17)
        expect(legend.locator("li:has(.tk-guess)")).to_have_text(
            "How far it works, direction not mapped: dashed"
        )
        expect(legend.locator(".tk-dot")).to_have_count(1)
        expect(legend.locator(".tk-known")).to_have_count(0)  # no direction is mapped
        page.evaluate(zoom, 15)
        expect(legend).not_to_contain_text("dashed")

    def test_hover_tap_and_questions_ask_the_server_nothing_to_be_drawn(
        self, shared: Watched
    ) -> None:
        page, before = shared.page, len(shared.asked)
        tap(page, 1)
        card = page.locator(".tk-card")
        expect(card).to_contain_text("Strand Road")
        expect(card).to_contain_text("under 1 % to 10 %")
        expect(card).to_contain_text(limits("en")[1])
        assert "not watched." not in card.inner_text().replace(limits("en")[1], "")
        box = page.locator(".tk-canvas").bounding_box()
        assert box is not None
        for k in range(12):
            page.mouse.move(box["x"] + 100 + 20 * k, box["y"] + box["height"] / 2)
            page.wait_for_timeout(20)
        expect(page.locator(".tk-tip")).to_have_text("Strand Road")
        page.locator(".tk-canvas").focus()
        page.keyboard.press("r")
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(400)
        assert shared.asked[before:] == []
        was = page.evaluate("toolkitMap.recoloured")
        page.get_by_role("button", name="Number plate read").click()
        assert page.evaluate("toolkitMap.recoloured") > was
        expect(card).to_contain_text(
            "anywhere along this street (550 m), if number plate reading is switched on"
        )
        expect(page.locator(".tk-legend")).to_contain_text("No street is in the highest steps")
        ran(page, "plate")  # the page learns of it afterwards
        expect(page.get_by_role("button", name="Number plate read")).to_be_focused()
        page.get_by_role("button", name="Seen", exact=True).click()
        ran(page)
        page.get_by_role("button", name="Close").click()
        expect(card).to_be_hidden()

    def test_the_view_stays_and_a_line_says_what_changed(self, shared: Watched) -> None:
        page = shared.page
        tap(page, 0)
        view, colors = page.evaluate(VIEW), page.locator("canvas.tk-streets").evaluate(PIXELS)
        asked = [url for url in shared.asked if "toolkit-map/data" in url]
        choose(page, "Answer", "second")
        changed = page.locator(".tk-changed")
        first, second = "10 % to 90 % (middle 42 %)", "10 % to 90 % (middle 55 %)"
        said = "Seen. Share of trips that pass such a camera: {}; before: {}."
        expect(changed).to_have_text(said.format(second, first))
        expect(page.locator(".tk-card")).to_contain_text("50 % to 90 % (middle 55 %)")
        expect(page.locator(".tk-card")).to_contain_text("Before: 50 % to 90 % (middle 80 %).")
        assert page.evaluate(VIEW) == view
        assert page.locator("canvas.tk-streets").evaluate(PIXELS) != colors
        choose(page, "Answer", "first")
        expect(changed).to_have_text(said.format(first, second))
        # Each answer brings its figures; streets came once, and a language brings nothing.
        brought = [url for url in shared.asked if "toolkit-map/data" in url][len(asked) :]
        assert len(brought) == 2
        assert page.evaluate("[...toolkitMap.maps.values()][0].url") not in " ".join(brought)
        choose(page, "Language", "my")
        expect(page.locator(".tk-map")).to_have_attribute("lang", "my")
        assert page.evaluate(VIEW) == view
        choose(page, "Language", "en")
        expect(page.locator(".tk-map")).to_have_attribute("lang", "en")
        assert page.evaluate(VIEW) == view
        assert [url for url in shared.asked if "toolkit-map/data" in url] == asked + brought
        page.get_by_role("button", name="Close").click()

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("strand", "Strand Road · ကမ်းနားလမ်း"), ("ဗိုလ်ချုပ်", "Bogyoke Road · ဗိုလ်ချုပ်လမ်း"),
            ("ကမ်းနား", "Strand Road · ကမ်းနားလမ်း"), ("BOGY", "Bogyoke Road · ဗိုလ်ချုပ်လမ်း"),
        ],
    )  # fmt: skip
    def test_a_street_is_found_in_both_languages_by_keyboard(
        self, shared: Watched, typed: str, found: str
    ) -> None:
        page, box = shared.page, shared.page.get_by_role("combobox", name="Find a street or place")
        box.fill(typed)
        expect(page.get_by_role("option")).to_have_count(1)
        expect(page.get_by_role("option")).to_have_text(found)
        box.press("ArrowDown")
        box.press("Enter")
        expect(page.locator(".tk-card h3")).to_have_text(found.split(" · ", maxsplit=1)[0])
        assert page.evaluate(VIEW)[2] > 15
        page.get_by_role("button", name="Close").click()

    def test_a_street_by_name_is_all_of_it_and_a_tap_is_one_place(self, shared: Watched) -> None:
        page, card = shared.page, shared.page.locator(".tk-card")
        chosen = "() => [...toolkitMap.maps.values()][0].layer.chosen"
        page.locator(".tk-table summary").click()
        row = page.locator(".tk-table tr", has_text="Long Street")
        expect(row.locator("td")).to_have_text(["1.6 km", "21 % to 73 %"])
        row.get_by_role("button").click()
        page.locator(".tk-table summary").click()
        for _ in range(2):
            expect(card).to_contain_text(
                "lowest to highest over the 3 pieces of this street (1.6 km): 21 % to 73 %."
            )
            expect(card).to_contain_text(
                "The most exposed of them: 43 % to 73 % (middle 58 %). About as likely as not"
            )
            expect(card).to_contain_text("No data for 550 m of it.")
            expect(card).to_contain_text("along it:")
            assert "here" not in card.inner_text()
            assert page.evaluate(chosen) == [4, 8, 11]
            box = page.get_by_role("combobox", name="Find a street or place")
            box.fill("long street")  # with and without a translation it is one street
            expect(page.get_by_role("option")).to_have_count(2)
            box.press("Enter")
        page.get_by_role("button", name="Matched by face recognition").click()
        expect(card).to_contain_text(
            "anywhere along a street, lowest to highest over the 3 streets of this name (1.6 km), "
            "if face recognition is switched on: 1 % to 40 %."
        )
        expect(card).to_contain_text("The most exposed of them: 20 % to 40 % (middle 30 %).")
        ran(page, "face")
        page.get_by_role("button", name="Seen", exact=True).click()
        ran(page)
        tap(page, 4)
        expect(card.get_by_role("heading")).to_have_text("Long Street")
        expect(card).to_contain_text("here: 21 % to 37 % (middle 29 %)")
        expect(card).not_to_contain_text("73 %")
        assert page.evaluate(chosen) == [4]
        page.get_by_role("button", name="Close").click()
        box.fill("street 5")
        box.press("Enter")
        expect(card).to_contain_text("on this street (550 m): 27 % to 46 % (middle 36 %).")
        page.get_by_role("button", name="Close").click()
        box.fill("")

    def test_the_scale_has_the_digits_of_the_page(self, shared: Watched) -> None:
        page, scale = shared.page, shared.page.locator(".leaflet-control-scale-line")
        expect(scale).to_have_text(re.compile("^[0-9]+ k?m$"))
        choose(page, "Language", "my")
        choose(page, "Digits", "burmese")
        expect(scale).to_have_text(re.compile("^[၀-၉]+ k?m$"))
        page.evaluate("[...toolkitMap.maps.values()][0].map.zoomOut(3, {animate: false})")
        expect(scale).to_have_text(re.compile("^[၀-၉]+ k?m$"))
        choose(page, "Digits", "western")
        expect(scale).to_have_text(re.compile("^[0-9]+ k?m$"))
        choose(page, "Language", "en")
        expect(page.locator(".tk-map")).to_have_attribute("lang", "en")

    def test_a_place_is_found_and_what_is_not_there_is_said(self, shared: Watched) -> None:
        page, box = shared.page, shared.page.get_by_role("combobox", name="Find a street or place")
        box.fill("ဈေး")
        expect(page.get_by_role("option")).to_have_text("ဈေးကြီး")
        box.fill("nowhere at all")
        expect(page.locator(".tk-find li")).to_contain_text("No street or place of this name")
        box.fill("ကြော်ငြာ မရှိသေးသော နေ့")
        expect(page.locator(".tk-find li")).to_contain_text("No street or place of this name")
        for old in ("ျမန္မာ", "ေၾကာ္", "ေန႔", "ကမ္းနား"):
            box.fill(old)
            expect(page.locator(".tk-find li")).to_contain_text("old Zawgyi encoding")
        box.fill("")

    def test_the_background_is_drawn_below_the_streets_and_can_be_hidden(
        self, shared: Watched
    ) -> None:
        page, quiet = shared.page, ("#e3f0fa", "#e9f0e4", "#adb0b5")
        canvas = page.locator("canvas.tk-streets")
        page.evaluate(
            """at => [...toolkitMap.maps.values()][0].map.setView(at, 15.5, { animate: false })""",
            [SOUTH + 0.002, WEST + 0.005],
        )
        found = canvas.evaluate(PIXELS)
        assert min(found.get(color, 0) for color in quiet) > 20
        page.locator(".tk-layers summary").click()
        page.get_by_label("Water, parks and railways").uncheck()
        assert not {*quiet} & {*canvas.evaluate(PIXELS)}
        page.get_by_label("Water, parks and railways").check()
        assert canvas.evaluate(PIXELS) == found
        page.locator(".tk-layers summary").click()

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("ahl", "Ahlone · အလုံ"), ("အလုံ", "Ahlone · အလုံ"), ("sornas", "Sörnäs Pagoda · စေတီ"),
            ("lake", "Lake"),
        ],
    )  # fmt: skip
    def test_a_quarter_or_landmark_is_found_and_says_nothing_of_exposure(
        self, shared: Watched, typed: str, found: str
    ) -> None:
        page, box = shared.page, shared.page.get_by_role("combobox", name="Find a street or place")
        tap(page, 0)
        box.fill(typed)
        expect(page.get_by_role("option")).to_have_text(found)
        box.press("Enter")
        expect(page.locator(".tk-card")).to_be_hidden()
        at, there = page.evaluate(VIEW), page.evaluate(LABEL, found.split(" · ", maxsplit=1)[0])
        assert at[:2] == pytest.approx(there, abs=1e-4)
        assert at[2] >= 14.5
        marked = page.locator("canvas.tk-streets").evaluate(PIXELS).get("#0b5cad", 0)
        page.locator(".tk-canvas").press("Escape")
        assert page.locator("canvas.tk-streets").evaluate(PIXELS).get("#0b5cad", 0) < marked
        box.fill("")

    def test_the_table_has_every_street_by_name(self, shared: Watched) -> None:
        page = shared.page
        page.locator(".tk-table summary").click()
        expect(page.locator(".tk-table tbody th")).to_have_count(10)
        names = page.locator(".tk-table tbody th").all_inner_texts()
        plain = [name for name in names if name.startswith(("Kauppatori", "Strand", "Street"))]
        streets = [f"Street {k}" for k in (5, 6, 7, 9, 10)]
        assert plain in (
            ["Kauppatori", *streets, "Strand Road"],
            ["Kauppatori", "Strand Road", *streets],
        )
        assert page.locator(".tk-table thead button").count() == 0
        row = page.locator(".tk-table tr", has_text="Strand Road")
        expect(row).to_contain_text("under 1 % to 10 %")
        page.locator(".tk-table summary").click()

    def test_layers_combine(self, shared: Watched) -> None:
        page = shared.page
        page.locator(".tk-layers summary").click()
        page.get_by_label("How sure").check()
        expect(page.locator(".tk-legend")).to_contain_text("little is known")
        page.get_by_label("Zones along the streets").check()
        expect(page.locator(".leaflet-overlay-pane path")).to_have_count(1)
        page.get_by_label("Mapped cameras").uncheck()
        expect(page.locator(".tk-legend")).not_to_contain_text("Mapped camera")
        for label in ("How sure", "Zones along the streets"):
            page.get_by_label(label).uncheck()
        page.get_by_label("Mapped cameras").check()
        expect(page.locator(".leaflet-overlay-pane path")).to_have_count(0)
        page.locator(".tk-layers summary").click()

    def test_a_camera_says_what_it_is(self, shared: Watched) -> None:
        page = shared.page
        page.evaluate(
            """() => { const m = [...toolkitMap.maps.values()][0], s = m.g.sets["points.cameras"];
                m.map.setView(m.map.unproject([s.X[0], s.Y[0]], 0), 18, {animate: false}); }"""
        )
        page.locator(".tk-canvas").click()
        card = page.locator(".tk-card")
        expect(card).to_contain_text("Dome camera")
        expect(card).to_contain_text("node/1")
        expect(card).to_contain_text("direction is not mapped")
        page.get_by_role("button", name="Close").click()

    @pytest.mark.parametrize("lang", ["en", "my"])
    @pytest.mark.parametrize("size", [LARGE, PHONE], ids=["large", "phone"])
    def test_nothing_covers_the_streets_or_runs_over(
        self,
        shared: Watched,
        screenshot: Callable[[Page, str], Path],
        lang: Language,
        size: dict[str, int],
    ) -> None:
        page = shared.page
        choose(page, "Language", lang)
        expect(page.locator(".tk-map")).to_have_attribute("lang", lang)
        # With the longest line on a change, and the card of a street.
        at = "() => { const m = [...toolkitMap.maps.values()][0];"
        page.evaluate(f"{at} m.go({{ name: m.g.streets.name[4] }}); m.choose(3); }}")
        ran(page, "face")
        expect(page.locator(".tk-changed")).to_contain_text("90 %")
        expect(page.locator(".tk-card")).to_contain_text("40 %")
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(300)
        whole = page.locator(".tk-map")
        assert whole.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
        boxes = (page.locator(f".tk-{one}").bounding_box() for one in ("stage", "panel", "legend"))
        stage, panel, legend = (box or {} for box in boxes)
        right, foot = stage["x"] + stage["width"], stage["y"] + stage["height"]
        if size == LARGE:  # beside the map
            assert panel["x"] >= right
            assert legend["x"] >= right
        else:  # the answer, the map, what explains it
            assert panel["y"] + panel["height"] <= stage["y"]
            assert legend["y"] >= foot
        assert page.locator(".tk-side").evaluate(RUNS_OVER) == []
        screenshot(page, f"map-{lang}-{size['width']}")
        page.evaluate(f"{at} m.choose(0); m.tap(null); }}")
        ran(page)
        page.set_viewport_size(LARGE)  # type: ignore[arg-type]
        choose(page, "Language", "en")
        expect(page.locator(".tk-map")).to_have_attribute("lang", "en")

    def test_nothing_was_asked_elsewhere_and_hostile_names_did_nothing(
        self, shared: Watched
    ) -> None:
        tap(shared.page, 3)
        expect(shared.page.locator(".tk-card h3")).to_contain_text("<img src=")
        assert (
            shared.page.locator(".tk-map img, .tk-map script, .tk-map a[href*='//']").count() == 0
        )
        assert not shared.page.evaluate("'hit' in window")
        assert [url for url in shared.outside() if url != "frame"] == []
        # Only the tests read back from the canvas.
        assert [text for text in shared.complaints if "getImageData" not in text] == []
        shared.page.get_by_role("button", name="Close").click()

    def test_the_old_city_goes_before_the_new_one_comes(self, shared: Watched) -> None:
        page = shared.page
        page.evaluate(
            """() => { globalThis.gone = false; const m = [...toolkitMap.maps.values()][0];
                m.layer.on("remove", () => { globalThis.gone = true; }); }"""
        )
        choose(page, "City", "other")
        page.wait_for_function("globalThis.gone")
        drawn(page)
        expect(page.locator(".tk-changed")).to_have_text("")
        choose(page, "City", "none")
        expect(page.locator(".tk-map")).to_have_count(0)
        choose(page, "City", "one")
        drawn(page)


@pytest.fixture(scope="module")
def lossy(browser: Browser) -> Iterator[Page]:
    """Give one page for all tests in which something does not arrive."""
    context = browser.new_context()
    context.set_default_timeout(SLOW_MS)
    yield context.new_page()
    context.close()


LOST = (
    "map.js",
    "layer.js",
    "raster.js",
    "geometry.js",
    "panel.js",
    "draw.js",
    "guesses.js",
    "leaflet.js",
    "leaflet.css",
    "map.css",
    "data/",
)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lost", "how"),
    [
        # Each file in every run, in one of both ways.
        pytest.param(lost, how, marks=() if (at + k) % 2 == 0 else pytest.mark.slow)
        for at, lost in enumerate(LOST)
        for k, how in enumerate(("stopped", "refused"))
    ],
)
def test_a_map_whose_files_or_data_do_not_arrive_says_so(
    map_server: Server, lossy: Page, lost: str, how: str
) -> None:
    def stop(asked: Route) -> None:
        if how == "stopped":
            asked.abort()
        else:
            asked.fulfill(status=404, body="gone")

    pattern = f"**/toolkit-map/**/{lost}*" if lost != "data/" else "**/toolkit-map/data/*"
    lossy.route(pattern, stop)
    try:
        lossy.goto(map_server.url)
        said = lossy.get_by_role("alert").filter(has_text="The map could not be drawn")
        expect(said).to_be_visible()
        expect(said).to_contain_text("The figures on this page hold without the map.")
        assert lossy.locator("canvas").count() == 0
    finally:
        lossy.unroute_all()


@pytest.mark.browser
def test_figures_of_another_answer_that_do_not_arrive_leave_no_old_ones(
    map_server: Server, lossy: Page
) -> None:
    lossy.goto(map_server.url)
    drawn(lossy)
    lossy.route("**/toolkit-map/data/*", lambda asked: asked.abort())
    try:
        choose(lossy, "Answer", "second")
        said = lossy.get_by_role("alert").filter(has_text="The map could not be drawn: figures")
        expect(said).to_be_visible()
        assert lossy.locator("canvas").count() == 0
    finally:
        lossy.unroute_all()


@pytest.mark.browser
def test_zones_and_a_font_that_do_not_arrive_are_told(
    map_server: Server, watched: Callable[[], Watched]
) -> None:
    seen = watched()
    seen.page.route("**/toolkit-fonts/**", lambda asked: asked.abort())
    seen.page.goto(map_server.url)
    drawn(seen.page)
    expect(seen.page.locator(".tk-changed")).to_contain_text("Burmese font did not arrive")
    seen.page.route("**/toolkit-map/data/*", lambda asked: asked.abort())
    seen.page.locator(".tk-layers summary").click()
    seen.page.get_by_label("Zones along the streets").check()
    expect(seen.page.locator(".tk-zones")).to_have_text(
        "The zones did not arrive, so they are not drawn."
    )


@pytest.mark.browser
def test_on_a_phone_one_finger_scrolls_the_page(browser: Browser, map_server: Server) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(map_server.url)
    drawn(page)
    box = page.locator(".tk-canvas")
    assert "none" not in box.evaluate("node => getComputedStyle(node).touchAction")
    box.scroll_into_view_if_needed()
    view = page.evaluate(VIEW)
    box.tap()
    assert page.evaluate(VIEW) == view
    context.close()
