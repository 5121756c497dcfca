"""The map inside a page: from bundled files only, and the same each time."""

from __future__ import annotations

import hashlib
import re

import folium

from toolkit.language import fonts
from toolkit.output import leaflet


def outside_addresses(html: str) -> list[str]:
    """Return the addresses in a page that a browser would ask."""
    return re.findall(r"(?:https?:|wss?:)?//[\w.-]+\.\w+[^\s\"')]*", html)


def test_no_address_of_another_machine_is_in_a_map() -> None:
    assert outside_addresses(" ".join(leaflet.empty_map("map.on();"))) == []


def test_the_check_for_addresses_finds_those_of_a_plain_folium_map() -> None:
    assert len(outside_addresses(str(folium.Map().get_root().render()))) > 5


def test_a_map_does_not_change_the_class_for_others() -> None:
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    leaflet.empty_map("map.on();")
    assert (list(folium.Map.default_js), list(folium.Map.default_css)) == before


def test_the_same_map_is_the_same_text_and_its_script_gets_it() -> None:
    made = leaflet.empty_map("map.on();")
    leaflet.empty_map.cache_clear()
    assert leaflet.empty_map("map.on();") == made
    element, script = made
    (name,) = re.findall(r'<div class="folium-map" id="(\w+)"', element)
    assert f"var {name} = L.map(" in script
    assert re.search(rf"\(function \(map\) \{{\s*map\.on\(\);\s*\}}\)\({name}\);", script)


def test_the_scale_has_metres_only_and_nothing_is_linked() -> None:
    _, script = leaflet.empty_map("")
    assert "imperial: false" in script
    assert re.search(r'"attributionControl": false', script)


def test_bundled_files_are_those_that_the_list_names() -> None:
    listed = dict(
        re.findall(
            r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$",
            (fonts.ASSETS / "README.md").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    bundled = {
        path.relative_to(fonts.ASSETS).as_posix()
        for path in fonts.ASSETS.rglob("*.*")
        if path.suffix not in {".md", ".txt"}
    }
    assert set(listed) == bundled
    assert {*leaflet.LEAFLET_FILES, *fonts.FONT_FILES.values()} < bundled
    printed = {f"fonts/{path.name}" for path in (fonts.ASSETS / "fonts").glob("*.ttf")}
    assert {*fonts.PRINTED_FILES} < printed
    for name, digest in listed.items():
        assert hashlib.sha256((fonts.ASSETS / name).read_bytes()).hexdigest() == digest
