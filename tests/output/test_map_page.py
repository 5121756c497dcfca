from __future__ import annotations

import hashlib
import re

import folium
import pytest
from invented import HOSTILE, assessment_of, layers_of

from toolkit.assessment.layers import Layers
from toolkit.base.terms import EXPOSURE_CLASSES, TIERS
from toolkit.language import fonts, words
from toolkit.language.translate import unbroken
from toolkit.output import map_page, map_scale


def outside_addresses(html: str) -> list[str]:
    """Return the addresses in a page that a browser would ask, leaving out the bundled script."""
    without_data = re.sub(r"data:[a-z/0-9+-]+;base64,[A-Za-z0-9+/=]+", "", html)
    return re.findall(r"(?:https?:|wss?:)?//[\w.-]+\.\w+[^\s\"')]*", without_data)


@pytest.mark.parametrize("lang", ["en", "my"])
@pytest.mark.parametrize("tier", TIERS)
def test_no_address_of_another_machine_is_in_a_map(tier: str, lang: str) -> None:
    html = map_page.page(map_page.exposure_map(assessment_of(layers_of()), tier, lang))  # type: ignore[arg-type]
    assert outside_addresses(html) == []


def test_the_check_for_addresses_finds_those_of_a_plain_folium_map() -> None:
    assert len(outside_addresses(map_page.page(folium.Map()))) > 5


def test_a_map_does_not_change_the_class_for_others() -> None:
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    map_page.exposure_map(assessment_of(layers_of()), "seen", "en")
    assert (list(folium.Map.default_js), list(folium.Map.default_css)) == before


@pytest.mark.parametrize("lang", ["en", "my"])
def test_the_legend_has_all_steps_also_those_that_no_street_is_in(lang: str) -> None:
    layers = layers_of()
    few = layers.streets[layers.streets.seen_class == "likely"]
    drawn = map_page.exposure_map(
        assessment_of(Layers(**{**vars(layers), "streets": few})), "seen", lang
    )
    legend = next(
        f.content for f in drawn._children.values() if getattr(f, "position", "") == "bottomleft"
    )
    names = [map_scale.step_name(step, lang) for step in map_scale.STEPS]
    assert len(set(names)) == len(map_scale.STEPS)
    for name in names:
        assert map_page.escape.html(unbroken(name)) in legend
    for cls in ("likely", "possible"):
        assert map_page.escape.html(unbroken(words.class_meaning(cls, lang))) in legend
    assert {step.cls for step in map_scale.STEPS} == set(EXPOSURE_CLASSES)


def test_a_demonstration_says_so_on_the_map_and_others_do_not() -> None:
    for lang, word in (("en", "made up"), ("my", "သရုပ်ပြ")):
        shown = [
            "".join(
                getattr(f, "content", "")
                for f in map_page.exposure_map(
                    assessment_of(layers_of(), demonstration=flag), "seen", lang
                )._children.values()
            )
            for flag in (True, False)
        ]
        assert word in shown[0]
        assert word not in shown[1]


def test_text_of_data_cannot_leave_its_place() -> None:
    assessment = assessment_of(layers_of(text=HOSTILE), name=HOSTILE)
    html = map_page.page(map_page.exposure_map(assessment, "seen", "en"))
    for piece in ("<img", "onerror=alert(1)>", "`$", "{{", "${", "\u202e"):
        assert piece not in html.split("<body>")[1]
    assert "alert(1)" in html
    assert html.count("</script>") == html.count("<script")


def test_the_same_map_is_the_same_bytes_and_another_is_not() -> None:
    pages = [
        map_page.page(map_page.exposure_map(assessment_of(layers_of()), tier, lang))
        for tier, lang in (("seen", "en"), ("seen", "en"), ("face", "en"), ("seen", "my"))
    ]
    assert pages[0] == pages[1]
    assert len(set(pages)) == 3


def test_the_font_comes_along_only_where_it_is_needed() -> None:
    english = map_page.page(map_page.exposure_map(assessment_of(layers_of()), "seen", "en"))
    burmese = map_page.page(map_page.exposure_map(assessment_of(layers_of()), "seen", "my"))
    assert "font/woff2" not in english
    assert burmese.count("font/woff2") == len(fonts.FONT_FILES)


def test_without_streets_there_is_no_map() -> None:
    with pytest.raises(ValueError, match="no streets are installed"):
        map_page.exposure_map(assessment_of(None), "seen", "en")


def test_empty_layers_still_give_a_map() -> None:
    full = layers_of()
    empty = Layers(
        streets=full.streets.iloc[:0],
        zones=full.zones,
        cameras=full.cameras.iloc[:0],
        boundary=full.boundary,
        buildings=full.buildings.iloc[:0],
        attribution="",
    )
    html = map_page.page(map_page.exposure_map(assessment_of(empty), "seen", "en"))
    assert "L.polyline" not in html
    assert map_scale.step_name(map_scale.STEPS[-1], "en") in html


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
    assert {*map_page.LEAFLET_FILES, *fonts.FONT_FILES.values()} < bundled
    printed = {f"fonts/{path.name}" for path in (fonts.ASSETS / "fonts").glob("*.ttf")}
    assert {*fonts.PRINTED_FILES} < printed
    for name, digest in listed.items():
        assert hashlib.sha256((fonts.ASSETS / name).read_bytes()).hexdigest() == digest
