"""The page of streets, driven without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import small_city
import streamlit as st
from app_screens import html_of, part, screen, words_of
from playwright.sync_api import expect
from running import Server, Watched
from streamlit.testing.v1 import AppTest

from toolkit.app.my_cities import bring_in
from toolkit.base.escape import markdown
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language.translate import tr
from toolkit.streets import pack, pack_zip


def opened() -> AppTest:
    return screen("cities")


def text_of(page: AppTest) -> str:
    return "\n".join(str(element.value) for element in (*page.text, *page.markdown, *page.error))


def test_what_is_installed_is_listed_and_what_is_built_in_has_no_button() -> None:
    page = opened()
    assert not page.exception
    assert "helsinki-centre" in text_of(page)
    assert "270 MB" in text_of(page)
    assert [b.key for b in page.button if str(b.key).startswith("remove:")] == []


def test_a_pasted_pack_is_installed_removed_and_brought_back(tmp_path: Path, home: Path) -> None:
    file = pack_zip.export_pack("helsinki-centre", tmp_path / "helsinki.zip")
    mine = home / pack.FOLDER / "helsinki-centre"
    page = opened()
    page.text_input(key="streets_path").set_value(f' "{file}" ')
    page.button(key="streets_go").click().run()
    assert not page.exception
    assert not page.error
    assert (mine / "manifest.json").is_file()
    assert "Installed: Helsinki" in words_of(page)
    assert page.button(key="made:helsinki-centre").label.startswith("Show the map of")
    assert page.text_input(key="streets_path").value == ""
    page.button(key="remove:helsinki-centre").click().run()
    page.button(key="keep:helsinki-centre").click().run()
    assert mine.is_dir()
    assert [b.key for b in page.button if str(b.key).startswith("sure:")] == []
    page.button(key="remove:helsinki-centre").click().run()
    page.button(key="sure:helsinki-centre").click().run()
    assert not mine.exists()
    assert [b.key for b in page.button if str(b.key).startswith("remove:")] == []
    page.button(key="undo_removal").click().run()
    assert (mine / "manifest.json").is_file()
    assert not page.error
    assert [b.key for b in page.button if b.key == "undo_removal"] == []


@pytest.mark.parametrize(
    ("lang", "name"),
    [
        ("en", "/vsicurl/http://example.org/a.osm.pbf"),
        ("my", "no-such-file.osm.pbf"),
        ("my", "file:///home/a.osm.pbf"),
        ("my", ""),
    ],
)
def test_a_file_that_cannot_be_used_is_a_sentence(home: Path, lang: Language, name: str) -> None:
    page = screen("cities", lang)
    page.text_input(key="streets_path").set_value(name)
    page.button(key="streets_go").click().run()
    assert not page.exception
    (error,) = page.error
    lead = tr(
        "Nothing was installed. No file of this name is found on this computer. Check its name "
        "and folder, or choose it in the list.",
        lang,
    )
    assert error.value.replace("\\", "").startswith(lead.replace("\\", ""))
    assert not (home / pack.FOLDER).exists()


def test_the_reason_is_in_burmese_and_a_name_is_no_markup(tmp_path: Path) -> None:
    name = "[a](b) <img src=x> *c*.osm"
    (tmp_path / name).write_bytes(b"")
    page = screen("cities", "my")
    page.text_input(key="streets_path").set_value(str(tmp_path / name))
    page.button(key="streets_go").click().run()
    (error,) = page.error
    assert markdown(name) in error.value
    assert "Copy it again" not in error.value
    assert tr("Details, in English: {detail}", "my").partition("{")[0] not in error.value


@pytest.mark.browser
def test_the_reason_why_nothing_was_installed_can_be_read(
    app_server: Server, watched: Callable[[], Watched]
) -> None:
    page = watched().page
    page.goto(f"{app_server.url}/cities")
    field = page.get_by_test_id("stTextInput").locator("input")
    field.fill("no-such-file.osm.pbf")
    field.press("Enter")
    page.get_by_test_id("stMain").get_by_role("button", name="Bring in").click()
    expect(page.get_by_text("Nothing was installed.")).to_be_visible()
    expect(page.get_by_text("There is no file 'no-such-file.osm.pbf'")).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_called_an_upload(lang: Language) -> None:
    style = html_of(part(f"from toolkit.app import markup\nmarkup.show_style({lang!r})\n"))
    for text in (tr("Choose a file", lang), tr("up to 20 MB", lang)):
        assert f'::after{{content:"{text}";' in style
        assert not set('"\\<>\n') & set(text)


@pytest.mark.parametrize("name", ["hand_out", "reported", "compare"])
def test_streets_of_no_known_city_are_on_the_other_pages_too(home: Path, name: str) -> None:
    small_city.install(home, rows=40)
    page = screen(name, city="small", **{"own-low-small": 20, "own-high-small": 30})
    assert not page.exception
    assert not page.error
    assert page.get("iframe") or "Helsinki" in words_of(page)
    without = screen(name, city="small")
    assert not without.exception
    assert without.info
    assert not without.get("iframe")


def test_the_form_is_hidden_while_a_file_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hidden = f".st-key-{bring_in.BELOW}{{display:none !important}}"
    page = screen("cities")
    assert hidden not in html_of(page)

    def ends(*_: object) -> bring_in.Result:
        return st.stop()

    monkeypatch.setattr(bring_in, "bring_in", ends)
    job = bring_in.Job("town.osm.pbf", None, "", "core")
    page = screen("cities", streets_job=job)
    assert not page.exception
    assert hidden in html_of(page)
