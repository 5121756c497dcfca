"""Notes of cameras: caution first, problems in words, stored apart, removed again."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pytest
from app_screens import html_of, opened, part, words_of
from small_city import PACK, install_checked
from streamlit.testing.v1 import AppTest

from toolkit.app import my_notes, what_you_saw
from toolkit.base import egress
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language import words
from toolkit.language.translate import tr
from toolkit.streets import pack_zip, stored_notes

CITY = "helsinki-centre"
SEEN = (((24.9412, 60.1702),), ((24.9455, 60.1681),))
FILE = b"lat,lon,kind,colour\n60.17,24.94,dome,red\n60.18,abc,,\n"


@pytest.fixture(autouse=True)
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the launcher."""
    monkeypatch.setattr(egress, "require_guard", lambda: None)


def notes(lang: Language = "en", **more: object) -> AppTest:
    page = opened(city=CITY, lang=lang, **{what_you_saw.NOTES_OPEN: True, **more})
    assert not page.exception
    return page


def stored(name: str, content: bytes, *, add: bool, lang: Language = "en") -> list[str]:
    """Store notes, and return what the page then says of it."""
    script = f"from toolkit.app import my_notes\nmy_notes._show_result({lang!r})\n"
    page = part(script, what=None)
    my_notes.st.session_state  # noqa: B018 - as a page has it
    with pytest.MonkeyPatch.context() as patch:
        state: dict[str, object] = {}
        patch.setattr(my_notes.st, "session_state", state)
        my_notes._store(content, name, CITY, add=add)
    page.session_state["notes_result"] = state["notes_result"]
    page.run()
    return [*(one.value for one in page.text), *(one.value for one in page.error)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_caution_comes_first_and_the_map_is_empty_of_the_estimate(lang: Language) -> None:
    page = notes(lang)
    html = html_of(page)
    body = html[html.index("<h1") :]
    assert words.counting_caution(lang) in words_of(page)
    assert body.index('class="limit"') < body.index("<h2")
    given = [json.loads(one.proto.json) for one in page.get("bidi_component")]
    (data,) = [one for one in given if "figures" in one]
    assert data["hidden"]
    assert data["draw"]["kind"] == "point"
    assert page.button(key="notes_store").disabled
    page.button(key="notes_back").click().run()
    assert tr("Cameras you have seen: {city}", lang)[:20] not in words_of(page)


def test_what_was_tapped_is_stored_with_what_was_seen(home: Path) -> None:
    content = my_notes.as_csv(SEEN, "dome", dt.date(2026, 10, 1))
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [(float(r["lon"]), float(r["lat"])) for r in rows] == [shape[0] for shape in SEEN]
    assert stored("notes.csv", content, add=True) == ["2 of 2 notes are stored."]
    assert stored("notes.csv", my_notes.as_csv(SEEN[:1], "fixed", None), add=True) == [
        "1 of 1 notes is stored."
    ]
    found = stored_notes.list_cameras(CITY)
    assert found["kind"].tolist() == ["dome", "dome", "fixed"]
    assert found["seen_on"].tolist()[:2] == ["2026-10-01"] * 2
    assert [path.parent.name for path in home.rglob("*.parquet")] == [stored_notes.FOLDER]


def test_rows_that_are_not_used_are_told_in_words() -> None:
    found = stored("notes.csv", FILE, add=False)
    assert found == [
        "1 of 2 notes is stored.",
        "Row 3 is not used. Column “lon”: 'abc' is not a coordinate.",
        "Columns that are not known are not stored: colour.",
    ]
    (refused,) = stored("notes.csv", b"%PDF", add=False)
    assert "No note was stored" in refused
    assert "is a PDF" in refused


def test_rows_that_are_not_used_are_told_in_burmese() -> None:
    _, row, _ = stored("notes.csv", FILE, add=False, lang="my")
    assert "'abc'" in row
    assert "lon" in row
    assert "coordinate" not in row
    (refused,) = stored("notes.csv", b"%PDF", add=False, lang="my")
    assert "notes" in refused
    announced = tr("Details, in English: {detail}", "my").partition("{")[0]
    assert not [text for text in (row, refused) if announced in text]


def test_they_are_seen_on_the_map_counted_and_removed() -> None:
    stored("notes.csv", my_notes.as_csv(SEEN, "dome", None), add=False)
    page = notes()
    given = [json.loads(one.proto.json) for one in page.get("bidi_component")]
    (data,) = [one for one in given if "figures" in one]
    assert [pin["at"] for pin in data["pins"]] == [list(shape[0]) for shape in SEEN]
    assert "2 notes of this city" in " ".join(one.value for one in page.markdown)
    page.button(key="notes_remove").click().run()
    assert not page.exception
    assert stored_notes.list_cameras(CITY).empty
    assert not [one for one in page.button if one.key == "notes_remove"]


def test_damaged_notes_can_be_removed(home: Path) -> None:
    file = home / stored_notes.FOLDER / f"{CITY}.parquet"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"nothing")
    page = part(f"from toolkit.app import my_notes\nmy_notes.show_stored({CITY!r}, 'en')\n")
    assert "cannot be read" in page.error[0].value
    page.button(key="notes_remove").click().run()
    assert not file.exists()


def test_no_note_is_in_a_pack_that_is_passed_on(home: Path, tmp_path: Path) -> None:
    install_checked(home, 150)
    before = pack_zip.export_pack(PACK, tmp_path / "before.zip").read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(my_notes.st, "session_state", {})
        my_notes._store(my_notes.as_csv(SEEN, "dome", None), "notes.csv", PACK, add=True)
    assert len(stored_notes.list_cameras(PACK)) == 2
    assert pack_zip.export_pack(PACK, tmp_path / "after.zip").read_bytes() == before


def test_an_unknown_city_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, object] = {}
    monkeypatch.setattr(my_notes.st, "session_state", state)
    my_notes._store(FILE, "notes.csv", "atlantis", add=True)
    result = state["notes_result"]
    assert isinstance(result, my_notes.Result)
    assert "atlantis" in result.failed
