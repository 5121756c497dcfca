"""Page Route: what a route meets, in both languages, and nothing of it kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from app_screens import map_of, opened, screen, words_of
from banned_words import banned_words
from private_values import kept_in, open_files
from streamlit.testing.v1 import AppTest

from toolkit.base import store
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language.translate import tr

CITY = "helsinki-centre"
LINE = [[24.9414, 60.1699], [24.9449, 60.1692], [24.9490, 60.1685]]
TRACK = json.dumps({"type": "LineString", "coordinates": LINE}).encode()


def route(lang: Language = "en", **more: object) -> AppTest:
    page = screen("route", lang, **{"city": CITY, "tier": "seen", **more})
    assert not page.exception
    return page


def from_file(page: AppTest, content: bytes = TRACK) -> AppTest:
    """Give a file."""
    page.file_uploader[0].upload("track.geojson", content, "application/geo+json").run()
    assert not page.exception
    return page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_is_answered_in_words_with_ten_guesses(lang: Language) -> None:
    page = from_file(route(lang, route_kind="file"))
    text = words_of(page)
    assert tr("chance of at least one: {range}; at two sites or more: {two}", lang)[:8] in text
    assert tr("What this does not say", lang) in text
    assert not banned_words(text)
    data = map_of(page)
    assert data is not None
    assert data["guesses"]["n"] == 10
    assert data["hidden"]
    assert len(data["ways"]) == 1
    assert data["draw"] is None


def test_guesses_say_at_how_many_places_cameras_have_the_route_in_view() -> None:
    data = map_of(from_file(route(route_kind="file")))
    assert data is not None
    lines = data["guesses"]["lines"]
    assert len(lines) == 10
    assert all(line.startswith("In this guess cameras at ") for line in lines)
    assert len(set(lines)) > 1


def test_two_places_give_the_way_between_them() -> None:
    page = route(route_kind="ends", route_from="60.1699,24.9414")
    data = map_of(page)
    assert data is not None
    assert (data["draw"]["kind"], data["draw"]["most"]) == ("point", 2)
    page.text_input(key="route_to").set_value("60.1685,24.9490").run()
    assert "Route of" in words_of(page)


def test_a_second_route_can_be_linked() -> None:
    page = route(route_kind="file", route_second=True)
    for box in (0, 1):
        page.file_uploader[box].upload("a.geojson", TRACK, "application/geo+json").run()
    text = words_of(page)
    assert "chance that one camera records both" in text
    assert "Two routes, on foot, by day, within 15 minutes" in text
    assert not banned_words(text)


def test_a_route_that_is_taken_away_leaves_no_answer() -> None:
    page = route(route_kind="file")
    page.file_uploader[0].upload("a.geojson", TRACK, "application/geo+json").run()
    assert all(name in page.session_state for name in ("route_found", "route_track"))
    page.button(key="route_forget").click().run()
    assert not any(name in page.session_state for name in ("route_found", "route_track"))


def test_a_line_on_the_map_is_a_route() -> None:
    page = route()
    data = map_of(page)
    assert data is not None
    assert data["draw"]["kind"] == "line"
    assert data["guesses"] is None
    assert "Give a route that you know" in words_of(page)


def test_other_ways_are_numbered_as_in_the_words() -> None:
    page = from_file(route(route_kind="file", route_others=True, route_trips=5))
    text = words_of(page)
    data = map_of(page)
    assert data is not None
    assert "Other ways, up to 1.5 times the shortest" in text
    assert "way 1," in text
    assert data["pins"][0]["text"] == "1"
    assert len(data["pins"]) == len(data["ways"]) - 1
    assert "in 5 trips on it" in text


def test_streets_by_name_and_what_is_wrong_with_them() -> None:
    page = route(route_kind="streets")
    page.text_input(key="route_streets").set_value("Aleksanterinkatu").run()
    assert "Route of" in words_of(page)
    page.text_input(key="route_streets").set_value("Nosuchstreet").run()
    assert "Street 1 of the route is not known in this city." in page.error[0].value
    assert "Route of" not in words_of(page)


def test_a_damaged_file_is_refused_next_to_its_box() -> None:
    page = from_file(route("my", route_kind="file"), b"<gpx><trk>")
    assert "GPX" in page.error[0].value
    assert "Details" not in page.error[0].value


def test_nobody_on_foot_has_a_plate() -> None:
    page = from_file(route(route_kind="file", tier="plate"))
    assert "Nobody on foot has a number plate" in page.info[0].value
    page.segmented_control(key="travel_mode:en").set_value("car").run()
    assert "Route of" in words_of(page)


def test_a_city_without_streets_leads_to_where_they_are_added() -> None:
    page = screen("route", city="dawei", pages=opened(city="dawei").session_state["pages"])
    assert "needs a street map" in words_of(page)
    assert page.button(key="add-map").label == "Add the map of Dawei"


def test_nothing_of_a_route_is_on_the_disk_in_a_log_or_in_the_address(
    home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    page = from_file(route(route_kind="file"))
    page.segmented_control(key="route_kind:en").set_value("streets").run()
    page.text_input(key="route_streets").set_value("Aleksanterinkatu; Mikonkatu").run()
    assert "Route of" in words_of(page)
    page.segmented_control(key="route_kind:en").set_value("ends").run()
    page.text_input(key="route_from").set_value("60.16861,24.94151").run()
    page.text_input(key="route_to").set_value("60.16852,24.94903").run()
    assert "Route of" in words_of(page)
    traces = [
        b"24.9414", b"60.1699", b"24.9449", b"Aleksanterinkatu; Mikonkatu", b"track.geojson",
        b"60.16861", b"24.94903",
    ]  # fmt: skip
    assert kept_in([home, store.cache_dir(), tmp_path], traces) == []
    kept = [*open_files(), caplog.text]
    assert not any(trace.decode() in text for trace in traces for text in kept)
    assert not page.query_params
    assert not page.get("download_button")
