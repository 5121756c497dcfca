"""Imports as the page asks for them: whatever the file is, there is a result."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest
import streamlit as st
from app_screens import part, words_of
from drawn_osm import LAT, LON, Drawing
from drawn_towns import town, written

from toolkit.app.my_cities import bring_in, chooser
from toolkit.app.my_cities.bring_in import Job, Made, Result
from toolkit.base.terms import LANGUAGES, Language, StepProgress
from toolkit.language.translate import tr
from toolkit.streets import pack, pack_zip

SHOWN = """
import streamlit as st
from toolkit.app.my_cities import bring_in
bring_in.show_progress_or_result({lang!r})
"""
STREETS = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"highway": "primary"},
 "geometry": {"type": "LineString", "coordinates": [[98.19, 14.08], [98.20, 14.08]]}},
{"type": "Feature", "properties": {"highway": "residential"},
 "geometry": {"type": "LineString", "coordinates": [[98.195, 14.075], [98.195, 14.085]]}}]}
"""
GIVEN = {"streets_boundary": "core", "streets_city": ""}


def job(name: object, sent: bytes | None = None) -> Job:
    return Job(str(name), sent, "", "core")


def test_a_pack_that_was_dropped_in_is_installed(tmp_path: Path, home: Path) -> None:
    file = pack_zip.export_pack("helsinki-centre", tmp_path / "helsinki.zip")
    told: list[str] = []
    found = bring_in.bring_in(
        job("../../helsinki.zip", file.read_bytes()), lambda text, _: told.append(text)
    )
    assert found.outcome == "installed"
    assert [one.manifest.id for one in found.made] == ["helsinki-centre"]
    assert found.made[0].sha256 == pack.pack_sha256("helsinki-centre")
    assert 0 < found.made[0].main_road_share < 0.5
    assert (home / pack.FOLDER / "helsinki-centre").is_dir()


def test_a_file_that_is_no_map_installs_nothing_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "a.osm"
    file.write_text("no map", encoding="utf-8")
    found = bring_in.bring_in(job(f"'{file}'"), lambda *_: None)
    assert found.outcome == "failed"
    assert "a.osm" in found.detail
    assert pack.pack_names() == ("helsinki-centre",)


@pytest.mark.parametrize("name", ["//host/share/a.zip", "nul", "file:///a.zip", "none.zip", " "])
def test_a_name_that_is_no_file_here_is_an_outcome(name: str) -> None:
    assert bring_in.bring_in(job(name), lambda *_: None).outcome == "name"
    sent = bring_in.bring_in(job("nul.zip", b""), lambda *_: None)
    assert sent.outcome == "name"


def test_a_folder_opens_the_chooser_in_it(tmp_path: Path) -> None:
    script = (
        "import streamlit as st\nfrom toolkit.app.my_cities import bring_in, chooser\n"
        f"bring_in.bring_in(bring_in.Job({str(tmp_path)!r}, None, '', 'core'), print)\n"
        "st.text(str(st.session_state[chooser._AT][1]))\n"
    )
    assert part(script).text[0].value == str(tmp_path)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("outcome", ["stopped", "folder", "name", "middle", "failed"])
def test_what_happened_is_said_in_the_language_before_the_detail(
    lang: Language, outcome: bring_in.Outcome
) -> None:
    text = bring_in._not_installed(Result(outcome, "English detail."), lang)
    lead = text.partition("English detail.")[0]
    assert len(lead) > 20
    burmese = sum("\u1000" <= sign <= "\u109f" for sign in lead)
    assert (burmese > len(lead) / 2) == (lang == "my")


def test_a_reason_that_is_known_is_in_the_language_and_no_other_words_announce_it() -> None:
    text = bring_in._not_installed(Result("failed", "a.osm is empty. Copy it again."), "my")
    assert "a.osm" in text
    assert "empty" not in text
    announced = tr("Details, in English: {detail}", "my").partition("{")[0]
    assert announced not in text
    assert announced in bring_in._not_installed(Result("failed", "Nobody says this."), "my")


@pytest.mark.parametrize(("lang", "left"), [("en", True), ("my", False)])
def test_progress_and_cities_left_out_are_in_the_language(
    monkeypatch: pytest.MonkeyPatch, lang: Language, left: bool
) -> None:
    def say(_: Job, progress: StepProgress) -> NoReturn:
        progress("a.osm: reading relations", 0.5)
        st.stop()

    monkeypatch.setattr(bring_in, "bring_in", say)
    page = part(SHOWN.format(lang=lang), streets_job=job("a.osm"))
    (progress,) = page.text
    assert "a.osm" in progress.value
    assert ("reading relations" in progress.value) == left
    manifest = pack.read_manifest("helsinki-centre")
    out = Result(
        "installed",
        made=(Made(manifest, "ab" * 32, 0.1),),
        left_out=(("dawei", "the file has no streets there."),),
    )
    page = part(SHOWN.format(lang=lang), streets_result=out)
    (shown,) = (one.value for one in page.text if "dawei" in one.value)
    assert ("no streets there" in shown) == left


def test_an_import_that_was_broken_off_is_said_to_be_stopped() -> None:
    page = part(SHOWN.format(lang="en"), streets_result=Result("stopped"))
    assert "The import was stopped" in page.info[0].value


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_map_of_another_kind_is_named_in_the_headline(lang: Language) -> None:
    manifest = pack.read_manifest("helsinki-centre")
    result = Result("installed", made=(Made(manifest, "ab" * 32, 0.97),))
    page = part(SHOWN.format(lang=lang), streets_result=result)
    assert tr("Installed: {names}.", lang).partition("{")[0] in words_of(page)
    (warning,) = page.warning
    assert len(warning.value) > 50
    assert page.button(key="made:helsinki-centre")


def test_a_click_takes_what_the_form_holds() -> None:
    script = (
        "import streamlit as st\nfrom toolkit.app.my_cities import bring_in\nbring_in._begin()\n"
        "st.text(repr(st.session_state[bring_in._JOB]))\n"
    )
    page = part(script, **GIVEN, **{chooser.CHOSEN: "~/a.zip"})
    assert page.text[0].value == repr(Job("~/a.zip", None, "", "core"))
    circle = GIVEN | {"streets_boundary": "radius", "streets_radius": 700}
    assert "radius:700" in part(script, **circle).text[0].value


def test_a_file_of_no_known_city_becomes_a_pack_of_all_of_it(tmp_path: Path) -> None:
    file = tmp_path / "harbour.geojson"
    file.write_text(STREETS.replace("98.1", "11.1").replace("98.2", "11.2"), encoding="utf-8")
    found = bring_in.bring_in(job(file), lambda *_: None)
    assert [one.manifest.id for one in found.made] == ["harbour"]
    assert found.made[0].manifest.city is None
    circle = bring_in.bring_in(Job(str(file), None, "", "radius:700"), lambda *_: None)
    assert circle.outcome == "failed"
    assert bring_in.bring_in(Job(str(file), None, "dawei", "core"), lambda *_: None).detail


def test_an_area_of_a_city_that_is_not_in_the_list_is_taken_around_its_middle(
    tmp_path: Path,
) -> None:
    drawing = town(Drawing(), (0, 0), first=10_000)
    corners = drawing.square(500, -20, -20, 40)
    drawing.way(5_000, corners)
    area = {"type": "boundary", "boundary": "administrative", "admin_level": "6", "name": "Own"}
    drawing.relation(7, [(5_000, "outer")], **area)
    file = written(drawing, tmp_path / "country.osm")

    def ask(boundary: str, middle: str) -> Result:
        other = ("Vaduz", middle)
        return bring_in.bring_in(Job(str(file), None, "?", boundary, other=other), lambda *_: None)

    found = ask("admin", f"{LAT}, {LON}")
    assert [one.manifest.boundary.kind for one in found.made] == ["admin"]
    assert "Own" in found.made[0].manifest.boundary.note
    # Without a middle nothing says which area is meant.
    for boundary in ("admin", "radius:700"):
        assert ask(boundary, "").outcome == "middle"
    assert ask("core", "").outcome == "installed"
