"""Pieces of HTML: whatever is put in stays text, and its language is marked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import streamlit as st
from invented import HOSTILE
from pages import elements
from playwright.sync_api import expect
from running import Server, Watched

from toolkit.app import markup
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language.translate import tr
from toolkit.output.report.reported import LangText
from toolkit.output.report.tables import Table


def test_whatever_is_put_in_stays_text() -> None:
    table = Table(HOSTILE, (HOSTILE, HOSTILE), ((HOSTILE, (HOSTILE,)),))
    pieces = [
        markup.tag("p", HOSTILE, kind="small"),
        markup.lang_text(LangText(HOSTILE, "my"), "en"),
        markup.folded(HOSTILE, markup.text(HOSTILE)),
        markup.table(table),
    ]
    found = elements("".join(pieces))
    assert {e.tag for e in found} == {
        "p", "span", "details", "summary", "div", "table", "caption", "thead", "tr", "th",
        "tbody", "td",
    }  # fmt: skip
    assert {name for e in found for name in e.attributes} <= {
        "class", "lang", "role", "tabindex", "aria-label", "scope",
    }  # fmt: skip
    texts = [e.text for e in found if e.tag in {"p", "span", "summary", "caption", "td"}]
    assert all("alert(1)" in text and "\u202e" not in text for text in texts)


def test_a_text_names_its_language_only_where_it_is_not_the_pages() -> None:
    assert markup.lang_text(LangText("ရန်ကုန်", "my"), "my") == "<span>ရန်ကုန်</span>"
    assert markup.lang_text(LangText("Yangon", "en"), "my") == '<span lang="en">Yangon</span>'


def test_a_table_can_be_read_aloud_and_moved_by_keyboard() -> None:
    content = Table("Lengths", ("Class", "km"), (("likely", ("1 km",)), ("possible", ("2 km",))))
    found = elements(markup.table(content))
    (frame,) = [e for e in found if e.tag == "div"]
    assert frame.attributes["tabindex"] == "0"
    assert frame.attributes["aria-label"] == "Lengths"
    scopes = [(e.text, e.attributes["scope"]) for e in found if e.tag == "th"]
    assert scopes == [("Class", "col"), ("km", "col"), ("likely", "row"), ("possible", "row")]
    assert [e.text for e in found if e.tag == "td"] == ["1 km", "2 km"]


def test_an_empty_list_is_nothing() -> None:
    assert markup.listing([]) == ""
    assert markup.listing(["a", "b"], name="ol") == "<ol><li>a</li><li>b</li></ol>"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the pieces of HTML that go to the page."""
    pieces: list[str] = []
    monkeypatch.setattr(st, "html", pieces.append)
    return pieces


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_style_has_our_words_for_files(shown: list[str], lang: Language) -> None:
    markup.show_style(lang)
    (style,) = shown
    assert f'content:"{tr("Choose a file", lang)}"' in style


def test_a_block_names_the_language_of_the_page(shown: list[str]) -> None:
    markup.show("my", markup.tag("p", "a"), markup.tag("p", "b"))
    assert shown == ['<div class="ct" lang="my"><p>a</p><p>b</p></div>']


@pytest.mark.browser
@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "my"])
def test_map_and_hand_out_are_printed_alone_on_one_page(
    app_server: Server, watched: Callable[[], Watched], lang: str
) -> None:
    page = watched().page
    for path, media_box in (("", r"841\.\d+ 594\.\d+"), ("hand-out", r"594\.\d+ 841\.\d+")):
        page.goto(f"{app_server.url}/{path}?city=helsinki-centre&lang={lang}&as_of=2026-11-01")
        sheet = page.frame_locator("iframe")
        shown = sheet.locator(".advice") if path else page.locator(".tk-map canvas").first
        shown.wait_for()
        expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")
        pdf = page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1, path
        assert re.search(rb"/MediaBox\s*\[0 0 " + media_box.encode(), pdf), path
        page.emulate_media(media="print")
        # Neither bars nor buttons.
        controls = "button, input, select, textarea, summary, header, nav, [role=radiogroup]"
        assert page.locator(f":is({controls}):visible").count() == 0, path
        if path:
            body = sheet.locator("html")
            assert body.evaluate("node => node.scrollHeight <= innerHeight")
        else:
            for what in (".tk-answer", ".tk-legend", ".tk-foot", ".tk-stage"):
                expect(page.locator(what).first).to_be_visible()
            edges = page.locator(".tk-stage").evaluate("n => n.getBoundingClientRect().right")
            assert edges <= page.locator(".tk-side").evaluate("n => n.getBoundingClientRect().left")
        page.emulate_media(media="screen")
