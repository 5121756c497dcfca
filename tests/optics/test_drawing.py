"""The drawing, measured: lengths against the sheet, and texts that stay texts."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

import pytest

from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.terms import TIERS
from toolkit.optics import drawing
from toolkit.optics.catalogue import load_catalogue
from toolkit.optics.one_camera import camera_of
from toolkit.optics.sheet import ends, make_sheet
from toolkit.optics.thresholds import load_thresholds

SVG = "{http://www.w3.org/2000/svg}"


def sheet_of(name, changes=None, **stated):
    catalogue = load_catalogue()
    camera = camera_of(catalogue, catalogue.find(name), **stated)
    return make_sheet(camera, load_assumptions(changes=changes), load_thresholds())


def shapes(svg, tier):
    """Return the path data that is filled with a tier's pattern, as numbers in the drawing."""
    root = ET.fromstring(svg)  # noqa: S314 - made here
    return [
        path.get("d")
        for path in root.iter(f"{SVG}path")
        if path.get("fill") == f"url(#tier-{tier})"
    ]


def numbers(data):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", data)]


def scale_bars(svg):
    """Return length in units and metres of both scale bars, in their order."""
    root = ET.fromstring(svg)  # noqa: S314
    labels = [t.text for t in root.iter(f"{SVG}text") if t.get("text-anchor") == "middle"]
    lines = [
        numbers(p.get("d"))
        for p in root.iter(f"{SVG}path")
        if p.get("stroke-width") == "2" and p.get("fill") == "none"
    ]
    level = [line for line in lines if line[1] == line[3]]
    return [
        (line[2] - line[0], float(label.removesuffix(" m")))
        for line, label in zip(level, labels, strict=True)
    ]


@pytest.mark.parametrize("name", ["plate", "fixed_medium", "face"])
def test_rings_are_drawn_to_scale_in_plan_and_bars(name):
    sheet = sheet_of(name)
    svg = drawing.draw(sheet, "en")
    (plan_units, plan_m), (side_units, side_m) = scale_bars(svg)
    for row in sheet.tiers:
        found = ends(row.day)
        drawn = shapes(svg, row.tier)
        if found is None:
            assert len(drawn) == 1  # the sample beside its name
            continue
        sector, _, bar = drawn
        radii = [float(r) for r in re.findall(r"A(\S+) ", sector)]
        assert radii[0] / plan_units * plan_m == pytest.approx(found[1], rel=2e-3)
        assert radii[1] / plan_units * plan_m == pytest.approx(found[0], rel=2e-3)
        width = float(re.search(r"h(\S+?)v", bar)[1])
        assert width / side_units * side_m == pytest.approx(found[1] - found[0], rel=2e-3)


def test_the_sector_is_as_wide_as_the_field_of_view():
    sheet = sheet_of("plate")
    sector = shapes(drawing.draw(sheet, "en"), "seen")[0]
    x1, y1, x2, y2 = numbers(sector)[:4]
    assert math.degrees(math.atan2(y1 - y2, x2 - x1)) * 2 == pytest.approx(
        sheet.camera.hfov_deg, abs=0.1
    )


def test_a_camera_that_turns_gets_whole_circles():
    svg = drawing.draw(sheet_of("ptz"), "en")
    seen = shapes(svg, "seen")[0]
    assert seen.count("A") == 2
    assert "L" not in seen
    assert "L" in shapes(drawing.draw(sheet_of("ptz", aim_m=20), "en"), "seen")[0]


def test_every_tier_has_a_pattern_of_its_own_and_an_empty_one_says_why():
    svg = drawing.draw(sheet_of("fixed_wide", height_m=6), "en")
    patterns = {re.search(rf'id="tier-{t}".*?</pattern>', svg)[0] for t in TIERS}
    assert len(patterns) == len(TIERS)
    assert "empty: the density ends at" in svg
    assert len(shapes(svg, "face")) == 1


def test_night_is_drawn_if_the_set_asks_for_it():
    day = drawing.draw(sheet_of("fixed_medium"), "en")
    night = drawing.draw(sheet_of("fixed_medium", {"optics.night": 1}), "en")
    assert ", night" in night
    assert shapes(day, "seen")[0] != shapes(night, "seen")[0]


@pytest.mark.parametrize("name", [t.id for t in load_catalogue().types])
@pytest.mark.parametrize(("height_m", "aim_m"), [(2, 0.5), (4, 12), (30, 300)])
def test_everything_lies_inside_the_drawing(name, height_m, aim_m):
    svg = drawing.draw(sheet_of(name, height_m=height_m, aim_m=aim_m), "en")
    root = ET.fromstring(svg)  # noqa: S314
    width, height = float(root.get("width")), float(root.get("height"))
    assert height < 4000
    assert "nan" not in svg
    assert "inf" not in re.sub(r"[a-z]*infrared", "", svg)
    for line in root.iter(f"{SVG}path"):
        if line.get("stroke-width") in {"1", "1.5", "3"}:
            x1, y1, x2, y2 = numbers(line.get("d"))
            assert all(-1 <= x <= width + 1 for x in (x1, x2))
            assert all(-1 <= y <= height + 1 for y in (y1, y2))


def test_the_same_sheet_gives_the_same_bytes():
    assert drawing.draw(sheet_of("dome"), "en") == drawing.draw(sheet_of("dome"), "en")


def test_texts_from_data_stay_texts_and_nothing_is_asked(home):
    text = (
        'format = "camera-exposure.models/1"\n[[model]]\nmaker = "<script>x</script>"\n'
        'model = \'"><image href="http://127.0.0.2:9/"/>\'\n'
        'type = "ptz"\nwidth_px = 1920\nheight_px = 1080\n'
        'sensor = "1/3"\nfocal_mm = [4.0]\nsource = "x"\n'
    )
    store.write_text(home / "models.toml", text)
    name = load_catalogue().models[-1].model
    svg = drawing.draw(sheet_of(name), "en")
    tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(svg).iter()}  # noqa: S314
    assert not tags & {"script", "image", "a", "foreignObject", "use"}
    assert "href" not in re.sub(r"&lt;.*?&gt;", "", svg)
