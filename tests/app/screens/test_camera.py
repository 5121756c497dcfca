from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect
from running import Server, Watched, serving
from streamlit.testing.v1 import AppTest

from toolkit.base import store

HELPERS = Path(__file__).resolve().parents[2] / "helpers"


def page(lang: str = "en") -> AppTest:
    script = f"from toolkit.app.screens import camera\ncamera.show({lang!r})\n"
    return AppTest.from_string(script, default_timeout=30).run()


def told(app: AppTest) -> str:
    """Return the page's text; numbers and units are kept together by a space of their own."""
    return " ".join(str(element.proto.body) for element in app.get("html")).replace("\xa0", " ")


def drawing(app: AppTest) -> str:
    (picture,) = app.get("image")
    head, _, data = picture.proto.imgs[0].url.partition(",")
    return base64.b64decode(data).decode() if "base64" in head else unquote(data)


def test_a_camera_is_chosen_and_its_rings_are_told() -> None:
    app = page()
    assert not app.exception
    assert "empty: the density ends at" in told(app)
    assert "Fixed, wide lens" in drawing(app)
    app.selectbox(key="optics_camera:en").select("plate").run()
    assert not app.exception
    before = told(app)
    assert "16.7 to 30.9 m" in before
    app.number_input(key="optics_aim:plate").set_value(60.0).run()
    assert told(app) != before


def test_a_lens_is_chosen_from_what_is_sold() -> None:
    app = page()
    app.selectbox(key="optics_camera:en").select("Dahua IPC-HDW2441T-S").run()
    focal = app.selectbox(key="optics_focal:Dahua IPC-HDW2441T-S:en")
    assert focal.options == ["2.8", "3.6"]
    focal.select(3.6).run()
    assert not app.exception
    assert "78.0 degrees" in told(app)


def test_a_camera_that_turns_needs_no_aim() -> None:
    app = page()
    app.selectbox(key="optics_camera:en").select("ptz").run()
    assert not app.exception
    assert "The camera turns" in told(app)
    app.number_input(key="optics_aim:ptz").set_value(20.0).run()
    assert "meets a face at 20 m" in told(app)


def test_night_shortens_what_is_seen() -> None:
    app = page()
    assert ", day" in drawing(app)
    app.radio(key="optics_night:en").set_value(True).run()
    assert not app.exception
    assert ", night" in drawing(app)


def test_all_sorts_of_cameras_are_shown_in_burmese() -> None:
    app = page("my")
    for key in ("panoramic", "ptz", "Hikvision iDS-2CD7A46G2/P-IZHSY"):
        app.selectbox(key="optics_camera:my").select(key).run()
        assert not app.exception
        assert "Noto Sans Myanmar" in drawing(app)


def test_texts_of_a_model_are_harmless(home: Path) -> None:
    text = (
        'format = "camera-exposure.models/1"\n[[model]]\nmaker = "<img src=x onerror=hit()>"\n'
        'model = "![x](http://127.0.0.2:9/)"\ntype = "ptz"\nwidth_px = 1920\nheight_px = 1080\n'
        'sensor = "1/3"\nfocal_mm = [4.0]\nsource = "<script>hit()</script>"\n'
    )
    store.write_text(home / "models.toml", text)
    app = page()
    app.selectbox(key="optics_camera:en").select(
        "<img src=x onerror=hit()> ![x](http://127.0.0.2:9/)"
    ).run()
    assert not app.exception
    assert "<script" not in told(app)
    assert "<img" not in told(app)
    assert "<img" not in drawing(app)
    assert "&lt;img" in drawing(app)


@pytest.fixture(scope="module")
def optics_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    paths = (str(HELPERS),)
    with serving(
        tmp_path_factory.mktemp("home"), script=HELPERS / "optics_alone.py", paths=paths
    ) as server:
        yield server


@pytest.mark.browser
def test_the_drawing_is_shown_and_asks_nothing(
    optics_server: Server,
    watched: Callable[[], Watched],
    screenshot: Callable[[Page, str], Path],
) -> None:
    seen = watched()
    seen.page.goto(optics_server.url)
    picture = seen.page.locator("[data-testid='stImage'] img")
    expect(picture).to_be_visible()
    seen.page.wait_for_load_state("networkidle")
    assert picture.evaluate("node => node.naturalWidth") > 500
    screenshot(seen.page, "optics-page")
    assert seen.outside() == []
    assert [c for c in seen.complaints if "Content Security Policy" in c] == []
