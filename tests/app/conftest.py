"""A server of the app in a process of its own, and a headless browser that asks only that one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from browsers import FLAGS
from playwright.sync_api import Browser, Page, Playwright, expect
from running import ARTEFACTS, SLOW_MS, Server, Watched, serving
from streamlit.components.v2 import manifest_scanner

expect.set_options(timeout=SLOW_MS)

# Each run of a page without a browser would read the metadata of all installed packages again.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(scope="session")
def app_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Give the app, started in an empty folder with an empty home."""
    with serving(tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture(scope="session")
def browser(chromium: str, playwright: Playwright) -> Iterator[Browser]:
    """Give a headless Chromium."""
    opened = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
    yield opened
    opened.close()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Callable[[], Watched]]:
    """Give a function that opens an empty page whose requests are noted."""
    contexts = []

    def opened() -> Watched:
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        contexts.append(context)
        context.set_default_timeout(SLOW_MS)
        result = Watched(context.new_page())
        context.on("request", lambda request: result.asked.append(request.url))
        result.page.on("websocket", lambda ws: result.asked.append(ws.url))
        result.page.on("pageerror", lambda error: result.complaints.append(str(error)))
        result.page.on(
            "console",
            lambda message: (
                result.complaints.append(message.text) if message.type == "error" else None
            ),
        )
        return result

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path]:
    """Give a function that keeps a picture of a page as an artefact."""

    def take(page: Page, name: str) -> Path:
        ARTEFACTS.mkdir(exist_ok=True)
        path = ARTEFACTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take
