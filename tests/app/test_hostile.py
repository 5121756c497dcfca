from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hostile_texts import TEXTS
from playwright.sync_api import Page, expect
from running import Server, Watched, serving

from toolkit.base import escape
from toolkit.output.map_scale import STEPS

HELPERS = Path(__file__).resolve().parents[1] / "helpers"


@pytest.fixture(scope="module")
def hostile_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    paths = (str(HELPERS),)
    with serving(
        tmp_path_factory.mktemp("home"), script=HELPERS / "hostile_page.py", paths=paths
    ) as server:
        yield server


def _settle(page: Page) -> None:
    """Wait until the page and the sheet in it are loaded, and a moment for what asks late.

    A sheet that is handed over as text never counts as idle.
    """
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    for frame in page.frames:
        frame.wait_for_load_state("load")
    page.wait_for_timeout(500)


@pytest.mark.browser
def test_hostile_texts_are_shown_and_do_nothing(
    hostile_server: Server,
    watched: Callable[[], Watched],
    screenshot: Callable[[Page, str], Path],
) -> None:
    seen = watched()
    dialogs: list[str] = []
    seen.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    seen.page.goto(hostile_server.url)
    seen.page.get_by_text("end of texts").wait_for()
    frame = seen.page.frame_locator("iframe[srcdoc]")
    expect(frame.locator(".folium-map")).to_be_visible()
    expect(frame.locator("canvas")).to_be_visible()
    _settle(seen.page)
    screenshot(seen.page, "hostile-texts")
    assert seen.outside() == []
    assert dialogs == []
    assert [c for c in seen.complaints if "Content Security Policy" in c] == []
    assert not any(f.evaluate("'hit' in window") for f in seen.page.frames)
    main = seen.page.locator("[data-testid='stMain']")
    forbidden = "img, svg[onload], script, code, .katex, h1, ul, a[href*='//']"
    assert main.locator(forbidden).count() == 0
    assert main.locator("[data-testid='stIconMaterial']", has_text="home").count() == 0
    assert frame.locator("img, svg[onload], a[href*='//'], iframe, h4").count() == 0
    assert frame.locator("script").count() == 3
    shown = [
        " ".join(text.replace("\u2060", "").split())
        for text in main.locator("[data-testid='stMarkdownContainer'] p").all_inner_texts()
    ]
    for text in TEXTS:
        wanted = " ".join(escape.plain(text).split())
        assert shown.count(wanted) >= 8, wanted


@pytest.mark.browser
def test_the_map_in_the_app_is_coloured(
    hostile_server: Server, watched: Callable[[], Watched]
) -> None:
    seen = watched()
    seen.page.goto(hostile_server.url)
    frame = seen.page.frame_locator("iframe[srcdoc]")
    canvas = frame.locator("canvas")
    expect(canvas).to_be_visible()
    _settle(seen.page)
    colors = canvas.evaluate(
        """node => {
            const data = node.getContext("2d").getImageData(0, 0, node.width, node.height).data;
            const found = new Set();
            for (let i = 0; i < data.length; i += 4)
                if (data[i + 3] === 255) found.add(data.slice(i, i + 3).join());
            return [...found];
        }"""
    )
    wanted = {",".join(str(n) for n in bytes.fromhex(step.color[1:])) for step in STEPS}
    assert wanted <= set(colors)
