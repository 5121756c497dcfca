"""Pages that are opened at their own address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from running import Server, Watched

from toolkit.app import addresses


def test_the_page_of_streamlit_still_has_the_place_for_the_address() -> None:
    html = addresses._html()
    assert html.count("BACKEND_BASE_URL:location.origin") == 1
    assert html.index("BACKEND_BASE_URL") < html.index("<script type=")


@pytest.mark.browser
def test_every_page_opens_at_its_address_without_a_complaint(
    app_server: Server, watched: Callable[[], Watched]
) -> None:
    seen = watched()
    for path in addresses.PATHS[1:]:
        seen.page.goto(f"{app_server.url}/{path}?city=dawei&as_of=2026-11-01")
        expect(seen.page.locator(".ct").first).to_be_visible()
        expect(seen.page.get_by_test_id("stStatusWidget")).to_have_count(0)
        # Streamlit's menu holds "Print" and "Record screen".
        assert seen.page.get_by_test_id("stMainMenu").count() == 0
        assert seen.page.get_by_test_id("stAlertContentError").count() == 0
    seen.page.get_by_role("link", name="Reported").click()
    expect(seen.page.get_by_role("heading", name="What is reported")).to_be_visible()
    assert seen.page.url.partition("?")[0] == f"{app_server.url}/reported"
    assert seen.complaints == []
    assert seen.outside() == []
