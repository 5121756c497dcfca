"""What users draw on the map, and how it comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from running import SLOW_MS, Server, serving

from toolkit.app.map import drawing
from toolkit.app.map.drawing import Draw, shapes_of

HELPERS = Path(__file__).resolve().parents[2] / "helpers"
LARGE = {"width": 1366, "height": 768}
DRAWN = re.compile(r"drawn \(\(\(")
POINTS = Draw("point", "a", most=2)


def test_points_come_back_in_their_order_and_no_more_than_the_most() -> None:
    state = {"drawn": {"key": "a", "shapes": [[[1.0, 2]], [[3.0, 4]], [[5.0, 6]]]}}
    assert shapes_of(state, POINTS) == (((1.0, 2.0),), ((3.0, 4.0),))


@pytest.mark.parametrize(
    "shape",
    [
        [[181.0, 0.0]],
        [[0.0, -91.0]],
        [[float("nan"), 0.0]],
        [["1", 2.0]],
        [[1.0]],
        [[1.0, 2.0, 3.0]],
        [[1.0, 2.0], [3.0, 4.0]],
        [],
        "text",
        None,
    ],
)
def test_whatever_is_no_point_on_earth_is_left_out(shape: object) -> None:
    state = {"drawn": {"key": "a", "shapes": [shape, [[1.0, 2.0]]]}}
    assert shapes_of(state, POINTS) == (((1.0, 2.0),),)


def test_a_line_has_two_places_or_more_and_not_too_many() -> None:
    many = [[1.0, 2.0]] * (drawing.MOST_PLACES + 1)
    state = {"drawn": {"key": "a", "shapes": [[[1.0, 2.0]], [[1.0, 2.0], [3.0, 4.0]], many]}}
    assert shapes_of(state, Draw("line", "a")) == (((1.0, 2.0), (3.0, 4.0)),)


@pytest.mark.parametrize(
    "state",
    [None, {}, {"drawn": None}, {"drawn": {"key": "b", "shapes": [[[1.0, 2.0]]]}}],
)
def test_what_is_said_of_another_key_is_nothing(state: dict[str, object] | None) -> None:
    assert shapes_of(state, POINTS) is None


def test_no_list_is_no_shape() -> None:
    assert shapes_of({"drawn": {"key": "a", "shapes": 3}}, POINTS) == ()


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    script = HELPERS / "map_test_page.py"
    with serving(tmp_path_factory.mktemp("home"), script=script, paths=(str(HELPERS),)) as server:
        yield _opened(browser, server)


def _opened(browser: Browser, server: Server) -> Page:
    context = browser.new_context(viewport=LARGE)  # type: ignore[arg-type]
    context.set_default_timeout(SLOW_MS)
    page = context.new_page()
    page.goto(server.url)
    expect(page.locator(".tk-legend li").first).to_be_visible(timeout=SLOW_MS)
    return page


def extras(page: Page, what: str) -> None:
    page.get_by_role("radiogroup", name="Extras").get_by_text(what, exact=True).click()


def drawn(page: Page, n: int) -> None:
    """Wait until Python has got so many shapes."""
    expect(page.get_by_text(re.compile(rf"^drawn \((\(\(.*?\),?\),? ?){{{n}}}\)$"))).to_be_visible()


@pytest.mark.browser
class TestInTheBrowser:
    def test_points_are_drawn_by_mouse_and_keyboard_removed_and_bounded(self, page: Page) -> None:
        extras(page, "points")
        expect(page.locator(".tk-draw")).to_be_visible()
        expect(page.locator(".tk-side")).to_be_hidden()  # nothing of the estimate is in sight
        page.get_by_role("button", name="Add marks").click()
        box = page.locator(".tk-canvas")
        box.click(position={"x": 300, "y": 200})
        drawn(page, 1)
        page.get_by_role("button", name="Add marks").click()  # no longer
        box.focus()
        page.keyboard.press("Enter")
        drawn(page, 2)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        drawn(page, 3)
        box.focus()
        page.keyboard.press("Enter")  # one too many
        expect(page.locator(".tk-draw [role=status]")).to_have_text("3 of 3")
        page.get_by_role("button", name="Mark 2.").focus()
        page.keyboard.press("Delete")
        drawn(page, 2)
        page.get_by_role("button", name="Remove all").click()
        expect(page.get_by_text("drawn ()", exact=True)).to_be_visible()
        assert page.locator(".tk-pin").count() == 0

    def test_a_line_is_drawn_by_mouse_and_by_keyboard(self, page: Page) -> None:
        extras(page, "lines")
        page.get_by_role("button", name="Draw a line").click()
        box = page.locator(".tk-canvas")
        for x in (200, 260, 320):
            box.click(position={"x": x, "y": 200})
        box.click(position={"x": 320, "y": 200})
        drawn(page, 1)
        box.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Finish the line").click()
        drawn(page, 2)

    def test_another_kind_shows_its_own_shapes_and_nothing_keeps_drawing(self, page: Page) -> None:
        extras(page, "nothing")
        expect(page.locator(".tk-draw")).to_be_hidden()
        expect(page.locator(".tk-side")).to_be_visible()
        assert page.locator(".tk-pin, .leaflet-interactive").count() == 0
