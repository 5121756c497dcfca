"""What listed cameras cover, as files: the same figures in each, the same bytes again."""

from __future__ import annotations

import datetime as dt
import json

import geopandas as gpd
import pyarrow.parquet as pq
import pyogrio
import pytest

from toolkit.fixed_rules import files
from toolkit.fixed_rules.camera_list import CameraList, ListedCamera
from toolkit.fixed_rules.cover import cover, cover_streets
from toolkit.fixed_rules.sets import load_rules
from toolkit.language import words
from toolkit.output import gis_files
from toolkit.streets.cities import find_city
from toolkit.streets.pack import open_pack

DAY = dt.date(2026, 11, 23)
CAMERAS = CameraList(
    (
        ListedCamera(1, 24.940, 60.169, (90.0,)),
        ListedCamera(2, 24.942, 60.170, kind="dome", height_m=6.0),
        ListedCamera(3, 24.945, 60.170),
    ),
    "a" * 64,
)
SETS = ("amnesty-120m", "kamerafrei", "panopticity-low", "surveillance-under-surveillance")


@pytest.fixture(scope="module")
def pack():
    return open_pack("helsinki-centre")


def made(name, pack=None):
    rules = load_rules(name)
    found = cover(CAMERAS, rules, pack)
    more = {}
    if pack is not None:
        more = {
            "city": find_city("helsinki-centre"),
            "pack": pack,
            "streets": cover_streets(found, pack),
        }
    return found, files.summary(found, CAMERAS, rules, as_of=DAY, **more)


def ids(figures):
    return [note["id"] for note in figures["notes"]]


def test_without_a_city_the_figures_say_what_is_not_there():
    _, figures = made("kamerafrei")
    assert figures["city"] is None
    assert figures["zones"][0]["street_km"] == {"value": None, "why": "no city is named"}
    assert ids(figures) == ["list_only", "fixed_rules", "no_city_named", "views_not_blocked"]
    _, figures = made("amnesty-120m")
    assert "views_not_blocked" not in ids(figures)
    assert figures["zones"][0]["effective_cameras"]["value"] > 1


def test_a_city_without_streets_is_a_state_and_not_a_failure():
    rules = load_rules("kamerafrei")
    found = cover(CAMERAS, rules)
    figures = files.summary(found, CAMERAS, rules, as_of=DAY, city=find_city("dawei"))
    assert "no_streets" in ids(figures)
    assert figures["city"]["cameras_per_km"]["value"] is None
    assert "no streets are installed" in figures["city"]["cameras_per_km"]["why"]


def test_with_a_city_there_are_streets_and_a_boundary(pack):
    _, figures = made("kamerafrei", pack)
    city, zone = figures["city"], figures["zones"][0]
    assert city["cameras_inside"] == {"value": 3}
    assert city["cameras_per_km"]["value"] == pytest.approx(3 / city["street_km"]["value"])
    share = zone["street_km"]["value"] / city["street_km"]["value"]
    assert zone["share_of_street_length"]["value"] == pytest.approx(share)
    assert figures["views_blocked_by_buildings"]
    assert figures["attribution"] == pack.manifest.attribution
    assert figures["limits"][0] == words.limits("en")[0]
    assert not any("estimates" in text for text in figures["limits"])


def test_cameras_that_cover_nothing_are_named():
    _, figures = made("surveillance-under-surveillance")
    assert figures["cameras"] == {
        "listed": 3, "with_direction": 1, "with_own_radius": 0, "covering": 2,
    }  # fmt: skip
    assert "no_camera_covers" in ids(figures)


@pytest.mark.parametrize("suffix", gis_files.SUFFIXES)
@pytest.mark.parametrize("name", SETS)
def test_each_format_holds_the_rings_and_the_figures(tmp_path, pack, name, suffix):
    found, figures = made(name, pack)
    path = tmp_path / f"out{suffix}"
    files.write_cover(found, figures, path)
    frame = gpd.read_parquet(path) if suffix == ".parquet" else gpd.read_file(path)
    assert frame.crs == "EPSG:4326"
    assert len(frame) == len(found.rings) + len(found.zones)
    assert set(frame["part"]) == {"ring", "union"}
    assert frame.is_valid.all()
    area = frame.to_crs(found.plane.crs).area
    assert area.to_numpy() == pytest.approx(frame["area_m2"].to_numpy(), rel=1e-4)
    if suffix == ".geojson":
        kept = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    elif suffix == ".parquet":
        kept = json.loads(pq.read_schema(path).metadata[b"metadata"])
    else:
        kept = json.loads(pyogrio.read_info(path)["layer_metadata"]["metadata"])
    assert kept == figures
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", gis_files.SUFFIXES)
def test_the_same_cover_gives_the_same_bytes(tmp_path, suffix):
    found, figures = made("panopticity-low")
    for name in ("one", "two"):
        files.write_cover(found, figures, tmp_path / f"{name}{suffix}")
    first, second = ((tmp_path / f"{n}{suffix}").read_bytes() for n in ("one", "two"))
    assert first == second
    assert str(tmp_path).encode() not in first


def test_nothing_covered_can_be_written_too(tmp_path):
    alone = CameraList((ListedCamera(1, 24.9, 60.1),), "b" * 64)
    rules = load_rules("surveillance-under-surveillance")
    found = cover(alone, rules)
    figures = files.summary(found, alone, rules, as_of=DAY)
    for suffix in gis_files.SUFFIXES:
        files.write_cover(found, figures, tmp_path / f"out{suffix}")
    assert figures["zones"][0]["union_km2"] == 0
