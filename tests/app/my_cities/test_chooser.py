"""Choose a file by buttons; its name and those of its folders may be made to do harm."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from app_screens import html_of, part
from invented import HOSTILE

from toolkit.app.my_cities import chooser
from toolkit.base import folders
from toolkit.base.folders import Listing, Place
from toolkit.base.terms import LANGUAGES, Language

SCRIPT = """
import streamlit as st
from toolkit.app.my_cities import chooser
chooser.show({lang!r})
st.text_input("x", key=chooser.CHOSEN)
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(folders, "places", lambda: (Place("drive", tmp_path / "STICK"),))
    (tmp_path / "STICK" / "Maps").mkdir(parents=True)
    (tmp_path / "STICK" / "Maps" / "a.osm.pbf").write_bytes(b"1" * 250_000)
    (tmp_path / "STICK" / "Maps" / "b.zip").write_bytes(b"")
    return tmp_path / "STICK"


def test_a_file_is_found_one_level_at_a_time(root: Path) -> None:
    page = part(SCRIPT.format(lang="en"))
    assert "STICK" in page.button(key="place:0").label
    page.button(key="place:0").click().run()
    assert {str(one.key) for one in page.button}.isdisjoint({"chooser_up"})
    assert page.button(key="entry:0").label == "Folder Maps"
    page.button(key="entry:0").click().run()
    shown = [page.button(key=f"entry:{k}").label.replace("\\", "") for k in range(2)]
    assert shown == ["a.osm.pbf, 0.2 MB", "b.zip, under 0.1 MB"]
    page.button(key="chooser_up").click().run()
    page.button(key="entry:0").click().run()
    page.button(key="entry:0").click().run()
    assert page.text_input(key=chooser.CHOSEN).value == str(root / "Maps" / "a.osm.pbf")
    assert [one.key for one in page.button if str(one.key).startswith("entry")] == []
    assert not page.exception


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows refuses")
def test_names_are_shown_as_text_whatever_they_hold(root: Path) -> None:
    for k, text in enumerate(HOSTILE):
        name = (
            f"{k}{text}".replace("/", " ")
            .replace("\0", " ")
            .encode()[:200]
            .decode("utf-8", "ignore")
        )
        (root / name).mkdir()
    (root / "turned\u202efbp.mso.zip").write_bytes(b"")
    page = part(SCRIPT.format(lang="my"))
    page.button(key="place:0").click().run()
    assert not page.exception
    labels = [one.label for one in page.button if str(one.key).startswith("entry")]
    assert len(labels) == len(HOSTILE) + 2
    assert not any(set(label) & set("\u202e\n\r") for label in labels)
    assert "<script" not in html_of(page)
    assert not any("<script" in label and "\\<script" not in label for label in labels)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_to_be_said_of_a_folder(lang: Language) -> None:
    said = [
        chooser.remarks(Listing((), readable=False), lang),
        chooser.remarks(Listing(()), lang),
        chooser.remarks(Listing((), n_more=1), lang),
    ]
    assert [len(sentences) for sentences in said] == [1, 1, 2]
    assert said[0] != said[1]
    assert chooser.remarks(Listing((), whole=False), lang) == said[2]


def test_a_long_name_keeps_its_kind() -> None:
    shown = chooser.shown_name("a" * 300 + ".osm.pbf")
    assert len(shown) < 100
    assert shown.endswith(".osm.pbf")
