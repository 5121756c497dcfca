"""Ten placements to flip through: each says on the map that it is a guess, and print has none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from running import SLOW_MS, serving

from toolkit.app.map import guesses
from toolkit.assessment import ten_placements
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.question import Question

HELPERS = Path(__file__).resolve().parents[2] / "helpers"
PAINTED = """() => { const canvas = [...toolkitMap.maps.values()][0].map.getContainer()
        .querySelector(".tk-guesses"), x = canvas.getContext("2d");
    const scale = canvas.width / canvas.clientWidth, at = (x0, y0, w, h) =>
        x.getImageData(x0 * scale, y0 * scale, w * scale, h * scale).data;
    const dark = data => { let n = 0; for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] > 200 && data[i] < 60) n++; return n; };
    return [dark(at(50, 0, canvas.clientWidth - 50, 20)),
        dark(at(0, 60, canvas.clientWidth, canvas.clientHeight - 60))]; }"""


def test_the_guesses_are_those_of_the_placements_to_a_metre() -> None:
    question = Question("helsinki-centre", dt.date(2026, 11, 1), n_draws=12)
    placed = ten_placements.place_cameras(make_inputs(question.load()))
    given = json.loads(guesses.encode(placed))
    assert len(given["sites"]) == ten_placements.N_SHOWN
    for steps, lon_lat in zip(given["sites"], placed.lon_lat(), strict=True):
        np.testing.assert_allclose(np.reshape(steps, (-1, 2)) / given["steps"], lon_lat, atol=6e-6)


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    script = HELPERS / "map_test_page.py"
    with serving(tmp_path_factory.mktemp("home"), script=script, paths=(str(HELPERS),)) as server:
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        context.set_default_timeout(SLOW_MS)
        page = context.new_page()
        page.goto(server.url)
        expect(page.locator(".tk-legend li").first).to_be_visible(timeout=SLOW_MS)
        page.get_by_role("radiogroup", name="Extras").get_by_text("guesses", exact=True).click()
        expect(page.locator(".tk-guesses")).to_have_count(1)
        yield page


@pytest.mark.browser
class TestInTheBrowser:
    def test_each_is_told_on_the_map_and_below_it(self, page: Page) -> None:
        said = page.locator(".tk-flip [role=status]")
        expect(said).to_have_text(
            "Guess 1 of 10: one of ten guesses, not where cameras are. A line."
        )
        page.get_by_role("button", name="Next guess").click()
        expect(said).to_contain_text("Guess 2 of 10")
        page.get_by_role("button", name="Previous guess").click(click_count=2)
        expect(said).to_contain_text("Guess 10 of 10")
        page.get_by_role("button", name="Next guess").click()
        expect(said).to_contain_text("Guess 1 of 10")
        band, marks = page.evaluate(PAINTED)
        assert band > 1000  # the sentence, on the canvas of the guesses itself
        assert marks > 5

    def test_moving_the_map_keeps_the_sentence(self, page: Page) -> None:
        page.locator(".tk-canvas").focus()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("+")
        page.wait_for_timeout(400)
        assert page.evaluate(PAINTED)[0] > 1000

    def test_print_has_no_guess(self, page: Page) -> None:
        page.emulate_media(media="print")
        expect(page.locator(".tk-guesses")).to_be_hidden()
        expect(page.locator(".tk-flip")).to_be_hidden()
        page.emulate_media(media="screen")
        expect(page.locator(".tk-guesses")).to_be_visible()

    def test_they_can_be_hidden_and_go_with_the_page_that_has_them(self, page: Page) -> None:
        page.get_by_role("button", name="Hide the guesses").click()
        expect(page.locator(".tk-guesses")).to_have_count(0)
        page.get_by_role("button", name="Show the guesses").click()
        expect(page.locator(".tk-guesses")).to_have_count(1)
        page.get_by_role("radiogroup", name="Extras").get_by_text("nothing", exact=True).click()
        expect(page.locator(".tk-guesses")).to_have_count(0)
        expect(page.locator(".tk-flip")).to_be_hidden()

    def test_guesses_that_do_not_arrive_are_told(self, page: Page) -> None:
        page.route("**/toolkit-map/data/*", lambda asked: asked.abort())
        page.get_by_role("radiogroup", name="Extras").get_by_text("guesses", exact=True).click()
        expect(page.locator(".tk-flip")).to_contain_text("did not arrive")
        page.unroute_all()
