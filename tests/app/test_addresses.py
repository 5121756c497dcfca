"""Pages that are opened at their own address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from running import Server, Watched

from toolkit.app import addresses


def test_the_page_of_streamlit_still_has_the_place_for_the_address() -> None:
    html = addresses._html()
    assert html.count("BACKEND_BASE_URL:location.origin") == 1
    assert html.index("BACKEND_BASE_URL") < html.index("<script type=")


def _kept_by_the_browser(page: Page) -> list[str]:
    """Return the boxes whose content a browser would fill, keep with the tab, or have spelled."""
    boxes = page.locator("input, textarea")
    kept: list[str] = boxes.evaluate_all(
        """all => all.filter(box => box.autocomplete !== "off" ||
        (box.spellcheck && !["checkbox", "radio", "file"].includes(box.type)))
        .map(box => box.outerHTML)"""
    )
    return kept


@pytest.mark.browser
def test_every_page_opens_at_its_address_without_a_complaint(
    app_server: Server, watched: Callable[[], Watched]
) -> None:
    seen = watched()
    for path in ("", *addresses.PATHS[1:]):
        seen.page.goto(f"{app_server.url}/{path}?city=dawei&as_of=2026-11-01")
        expect(seen.page.locator(".ct").first).to_be_visible()
        expect(seen.page.get_by_test_id("stStatusWidget")).to_have_count(0)
        # Streamlit's menu holds "Print" and "Record screen".
        assert seen.page.get_by_test_id("stMainMenu").count() == 0
        assert seen.page.get_by_test_id("stAlertContentError").count() == 0
        assert _kept_by_the_browser(seen.page) == [], path
    seen.page.get_by_role("link", name="Reported").click()
    expect(seen.page.get_by_role("heading", name="What is reported")).to_be_visible()
    assert seen.page.url.partition("?")[0] == f"{app_server.url}/reported"
    assert seen.complaints == []
    assert seen.outside() == []


@pytest.mark.browser
def test_what_is_typed_next_to_the_map_is_not_kept_and_no_key_runs_the_page(
    app_server: Server, watched: Callable[[], Watched]
) -> None:
    seen = watched()
    page, sent = seen.page, list[object]()

    def note(frame: object) -> None:
        sent.append(frame)

    page.on("websocket", lambda ws: ws.on("framesent", note))
    page.goto(f"{app_server.url}/?city=helsinki-centre&lang=en&tier=seen&as_of=2026-11-01")
    page.locator(".tk-map canvas").first.wait_for()
    page.get_by_role("button", name="Change").click()
    page.get_by_text("Enter my own number of cameras").click()
    page.get_by_label("At most").wait_for()
    page.keyboard.press("Escape")
    expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.mouse.click(900, 5)
    before = len(sent)
    for key in ("r", "c"):
        page.keyboard.press(key)
    assert page.get_by_role("dialog").count() == 0
    assert len(sent) == before
    assert page.get_by_test_id("stMainMenu").count() == 0
    assert _kept_by_the_browser(page) == []


@pytest.mark.browser
def test_nothing_of_the_user_gets_into_an_address(
    app_server: Server, watched: Callable[[], Watched]
) -> None:
    seen = watched()
    page, shown = seen.page, set[str]()
    page.on("framenavigated", lambda frame: shown.add(frame.url))
    page.goto(f"{app_server.url}/?city=dawei")
    opened = page.url
    page.get_by_role("button", name="Change").click()
    page.get_by_text("Enter my own number of cameras").click()
    for label, value in (("At least", "48731"), ("At most", "58731")):
        page.get_by_label(label).fill(value)
        page.get_by_label(label).press("Enter")
        expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Hand-out").click()
    page.get_by_label("Your own advice").fill("Look up.")
    page.get_by_label("Your own advice").press("Control+Enter")
    expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")
    assert {url.partition("?")[2] for url in shown} <= {"city=dawei", ""}
    assert opened == f"{app_server.url}/?city=dawei"
    assert [url for url in seen.asked if "48731" in url or "Look" in url or "dawei" in url] == [
        opened
    ]
