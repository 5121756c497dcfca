"""My cities, what one saw, and the exercise: from the first click to the last, in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import watched_processes
from app_journey import Journey, serving_with, travelling, write_city
from overpass_server import HOST
from overpass_server import Server as Overpass
from overpass_server import serving as overpass_serving
from overpass_town import CITY, LAT, LON, town
from playwright.sync_api import Browser, expect
from running import Server
from small_city import PACK, install_checked

from toolkit.language import words
from toolkit.streets import pack, pack_zip

MIDDLE = f"{CITY.lat}, {CITY.lon}"
LANGUAGES = [pytest.param("en"), pytest.param("my", marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder as a stick has it: a town, a pack, roads without classes, and no map."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "Downloads").mkdir()
    town(folder / "Downloads" / "town.osm.pbf")
    (folder / "Downloads" / "no-map.osm").write_text("no map", encoding="utf-8")
    lines = [[[LON, LAT + k / 500], [LON + 0.02, LAT + k / 500]] for k in range(10)]
    lines += [[[LON + k / 500, LAT], [LON + k / 500, LAT + 0.02]] for k in range(10)]
    features = [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "LineString", "coordinates": one},
        }
        for one in lines
    ]
    roads = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "Downloads" / "bus-roads.geojson").write_text(roads, encoding="utf-8")
    write_city(folder / "toolkit")
    return folder


@pytest.fixture(scope="module")
def overpass(files: Path) -> Iterator[Overpass]:
    with overpass_serving(files / "Downloads" / "town.osm.pbf") as found:
        yield found


@pytest.fixture(scope="module")
def app(files: Path, overpass: Overpass) -> Iterator[Server]:
    with serving_with(overpass, files) as server:
        yield server


@pytest.fixture(params=LANGUAGES)
def journey(request: pytest.FixtureRequest, browser: Browser, app: Server) -> Iterator[Journey]:
    with travelling(browser, request.param, app.url) as found:
        yield found


@pytest.mark.browser
class TestMyCities:
    @pytest.mark.slow
    def test_a_file_of_a_stick_becomes_a_map_is_removed_and_brought_back(
        self, journey: Journey
    ) -> None:
        journey.open("cities")
        journey.choose_file("town.osm.pbf")
        journey.bring_in()
        journey.see("Installed: {names}.", names="Invented")
        journey.click("made-invented")
        journey.see_map()
        journey.open("cities")
        journey.click("remove-invented")
        journey.click("sure-invented")
        expect(journey.key("map-invented")).to_have_count(0)
        journey.click("undo_removal")
        expect(journey.key("undo_removal")).to_have_count(0)
        journey.idle()
        journey.click("map-invented")
        journey.see_map()

    def test_a_city_comes_over_the_network_though_the_connection_is_cut_once(
        self, journey: Journey, overpass: Overpass, app: Server, files: Path
    ) -> None:
        pack_folder = files / "toolkit" / pack.FOLDER / CITY.id
        before = len(overpass.questions)
        overpass.faults.append("cut")
        journey.open_network()
        expect(journey.key("fetch_go").get_by_role("button")).to_be_disabled()
        journey.agree()
        journey.click("fetch_go")
        journey.see("Installed: {names}.", names="Invented")
        assert len(overpass.questions) > before
        assert not overpass.faults
        assert pack_folder.is_dir()
        # The process of its own asked the named server alone, and no other process anything.
        processes = watched_processes.noted(files / "processes")
        assert processes.pop(app.process.pid).asked == []
        asked = [one for process in processes.values() for one in process.asked]
        assert set(asked) == {(HOST, overpass.port), HOST}
        journey.click("made-invented")
        journey.see_map()

    @pytest.mark.slow
    def test_a_fetch_is_stopped_by_a_click(self, journey: Journey, overpass: Overpass) -> None:
        overpass.always = "slow_body"  # longer than anybody takes for a click
        try:
            journey.open_network()
            journey.agree()
            journey.key("fetch_go").get_by_role("button").click()
            journey.key("streets_stop").get_by_role("button").click()
            journey.see(
                "Asking over the network was stopped. What has arrived is kept for a week: asked "
                "again, it goes on from there."
            )
        finally:
            overpass.always = None

    @pytest.mark.slow
    def test_a_pack_is_dropped_in(self, journey: Journey, home: Path, tmp_path: Path) -> None:
        install_checked(home, 150)
        file = pack_zip.export_pack(PACK, tmp_path / "small.zip")
        journey.open("cities")
        journey.page.locator("input[type=file]").first.set_input_files(file)
        journey.idle()
        journey.bring_in()
        journey.click(f"made-{PACK}")
        journey.see_map()

    def test_a_city_that_is_not_in_the_list_has_a_map_and_a_hand_out(
        self, journey: Journey
    ) -> None:
        journey.open("cities")
        journey.choose_file("town.osm.pbf")
        journey.option("streets_city", journey.text("A city that is not in this list"))
        journey.fill("streets_other_name", "Vaduz")
        journey.fill("streets_other_middle", MIDDLE)
        journey.page.get_by_text(journey.text("A circle"), exact=True).click()
        journey.idle()
        journey.fill("streets_radius", "900")
        journey.bring_in()
        journey.see("Installed: {names}.", names="Vaduz")
        journey.click("hand-out-vaduz")
        journey.page.wait_for_url("**/hand-out*")
        journey.give_number()
        expect(journey.page.locator("iframe").first).to_be_visible()
        sheet = journey.page.frame_locator("iframe").first
        expect(sheet.get_by_text("Vaduz").first).to_be_visible()

    @pytest.mark.slow
    def test_roads_without_classes_are_named_in_words_next_to_the_figure(
        self, journey: Journey
    ) -> None:
        journey.open("cities")
        journey.choose_file("bus-roads.geojson")
        journey.option("streets_city", journey.text("A city that is not in this list"))
        journey.bring_in()
        lacks = "No whole street map, perhaps some roads only: all cameras are on these."
        expect(journey.page.get_by_test_id("stAlert").first).to_contain_text(
            journey.text(
                "This is no whole street map: its lines have no classes of road, so perhaps it "
                "holds some roads only, such as those of buses. All cameras are put on these "
                "lines. An OpenStreetMap file has all streets."
            )
        )
        journey.click("made-bus-roads")
        journey.see_map()
        expect(journey.page.locator(".tk-panel")).to_contain_text(journey.text(lacks))

    @pytest.mark.slow
    def test_a_file_that_is_no_map_is_told(self, journey: Journey) -> None:
        journey.open("cities")
        journey.choose_file("no-map.osm")
        journey.bring_in()
        journey.see(
            "Nothing was installed. The file cannot be used for what is chosen below. Choose "
            "another city or boundary, take another file, or get this one again from where it came "
            "from."
        )


@pytest.mark.browser
class TestOnTheMapPage:
    @pytest.mark.slow
    def test_cases_change_live_and_the_button_leads_to_this_city(self, journey: Journey) -> None:
        journey.open("?city=mawlamyine&tier=seen")
        figures = journey.page.locator("figure")
        expect(figures).to_have_count(2)
        said = figures.first.inner_text()
        radio = journey.page.get_by_role("radio", name="1,000", exact=True)
        radio.click()
        journey.idle()
        expect(figures.first).not_to_have_text(said)
        journey.see("Nobody knows where they are.")
        name = journey.text("Across the township")
        journey.page.get_by_role("radio", name=name, exact=True).click()
        expect(figures).to_have_count(1)
        journey.click("add-map")
        box = journey.page.locator("[class*='st-key-streets_city']").get_by_role("combobox")
        expect(box.first).to_have_value(re.compile("Mawlamyine"))

    @pytest.mark.slow
    def test_a_case_of_a_city_with_streets_is_shown_and_taken_back(self, journey: Journey) -> None:
        journey.open("?city=helsinki-centre&tier=seen")
        journey.see_map()
        panel = journey.page.locator(".tk-panel")
        before = panel.inner_text()
        journey.click("what-if")
        journey.page.get_by_role("radio", name="500", exact=True).click()
        name = journey.text("If there are {count} cameras:", count="500")
        expect(panel).to_contain_text(name)
        expect(journey.key("what-if-shown")).to_contain_text(name)
        journey.page.keyboard.press("Escape")
        journey.click("what-if-back")
        expect(journey.key("what-if-shown")).to_have_count(0)
        expect(panel).not_to_contain_text(name)
        assert before not in ("", name)

    @pytest.mark.slow
    def test_what_one_saw_on_a_walk_narrows_the_number_and_is_taken_back(
        self, journey: Journey
    ) -> None:
        journey.open("?city=mawlamyine&tier=seen")
        panel = journey.page.locator(".ct.panel")
        before = panel.inner_text()
        journey.click("change")
        journey.page.get_by_text(journey.text("Enter what I saw on a walk")).click()
        journey.idle()
        expect(journey.page.get_by_text(words.counting_caution(journey.lang)).first).to_be_visible()
        journey.fill("saw_km-mawlamyine", "5")
        journey.fill("saw_seen-mawlamyine", "3")
        expect(panel).not_to_have_text(before)
        journey.page.keyboard.press("Escape")
        journey.click("take-back")
        expect(panel).to_have_text(before, use_inner_text=True)

    @pytest.mark.slow
    def test_cameras_are_noted_by_tapping_and_removed(self, journey: Journey, files: Path) -> None:
        notes = files / "toolkit" / "cameras"
        journey.open("?city=helsinki-centre&tier=seen")
        journey.see_map()
        journey.click("change")
        journey.click("notes_open_go")
        expect(journey.page.get_by_text(words.counting_caution(journey.lang)).first).to_be_visible()
        tap(journey, 2)
        journey.click("notes_store")
        expect(journey.page.locator(".tk-place")).to_have_count(2)
        assert list(notes.glob("*.parquet"))
        journey.click("notes_remove")
        expect(journey.page.locator(".tk-place")).to_have_count(0)
        assert not list(notes.glob("*.parquet"))
        journey.click("notes_back")
        journey.see_map()


def tap(journey: Journey, n: int) -> None:
    """Put marks on the map."""
    page = journey.page
    page.get_by_role("button", name=journey.text("Add marks")).click()
    box = page.locator(".tk-canvas")
    size = box.bounding_box() or {}
    for k in range(n):
        at = {"x": size["width"] * (0.45 + 0.05 * k), "y": size["height"] * 0.5}
        box.click(position=at)  # type: ignore[arg-type]
        number = page.locator(".tk-draw [role=status]")
        expect(number).to_have_text(re.compile(rf"\b{k + 1}\b"))
    journey.idle()


@pytest.mark.browser
class TestTheExercise:
    def test_from_marks_to_the_score(self, journey: Journey, app: Server, files: Path) -> None:
        page = journey.page
        journey.open("teach?city=helsinki-centre&tier=seen")
        expect(page.locator(".tk-draw")).to_be_visible()
        expect(page.locator(".tk-legend")).to_be_hidden()
        tap(journey, 3)
        journey.click("exercise_reveal")
        said = page.locator(".tk-flip [role=status]")
        sentence = "Guess {k} of {n}: one of ten guesses, not where cameras are."
        for k in range(1, 11):
            expect(said).to_contain_text(journey.text(sentence, k=str(k), n="10"))
            page.get_by_role("button", name=journey.text("Next guess")).click()
        expect(page.locator(".tk-legend")).to_be_visible()
        journey.see("What most people get wrong")
        page.emulate_media(media="print")
        expect(page.locator(".tk-guesses")).to_be_hidden()
        page.emulate_media(media="screen")
        journey.click("exercise_again")
        expect(page.locator(".tk-pin, .tk-place")).to_have_count(0)
        # Nothing is in the address, in a log, or on the disk.
        assert "marks" not in page.url
        assert not any("exercise" in line for line in app.lines)
        kept = [p for p in (files / "toolkit").rglob("*") if "exercise" in p.name]
        assert kept == []

    @pytest.mark.slow
    def test_from_an_invented_address_to_the_score(self, journey: Journey) -> None:
        page = journey.page
        journey.open("teach?city=helsinki-centre&tier=seen")
        journey.page.get_by_role("radio", name=journey.text("How exposed is an address")).click()
        journey.idle()
        for name in ("seen", "face"):
            page.locator(f"[class*='-A-{name}-class'] button").nth(1).click()
            journey.idle()
        journey.click("exercise_reveal")
        expect(page.locator(".tk-letter")).to_have_text("A")
        journey.see("Your score")
        expect(page.locator("table tbody tr")).to_have_count(3)
