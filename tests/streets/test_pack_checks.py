"""Packs that say of themselves what their geometry does not."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import zipfile

import geopandas as gpd
import pytest

from toolkit.assessment.assess import assess
from toolkit.base import store
from toolkit.base.errors import InputDataError, PackError
from toolkit.base.terms import Names
from toolkit.streets import install, pack, pack_checks, pack_zip
from toolkit.streets.schema import LAYERS, PackLayers


@pytest.fixture(scope="module")
def helsinki():
    return pack.open_pack("helsinki-centre")


@pytest.fixture
def forged(helsinki, tmp_path, monkeypatch):
    """Install a pack with changes to its manifest and its layers, with hashes that fit."""
    monkeypatch.setenv(store.HOME_VARIABLE, str(tmp_path))

    def make(layers=None, **changes):
        frames = {layer: getattr(helsinki, layer) for layer in LAYERS} | (layers or {})
        draft = helsinki.manifest.model_copy(update={"id": "forged", "parts": {}, **changes})
        pack.write_pack(store.home_dir() / "packs" / "forged", draft, PackLayers(**frames))
        return "forged"

    return make


@pytest.mark.parametrize(
    "crs", ["EPSG:4326", "EPSG:999999", "EPSG:3857", "EPSG:32634", "EPSG:32735", "EPSG:32647"]
)
def test_a_coordinate_system_of_elsewhere_is_refused(forged, crs):
    name = forged(crs=crs)
    assert any(crs in problem and "EPSG:32635" in problem for problem in pack.verify_pack(name))
    with pytest.raises(PackError, match="coordinate system"):
        pack.open_pack(name)
    with pytest.raises(PackError, match="coordinate system"):
        assess(name, as_of=dt.date(2026, 11, 29), n_draws=4)


def test_streets_of_one_city_named_as_another_are_not_installed(forged, tmp_path):
    name = forged(city="mawlamyine", name=Names(en="Mawlamyine"))
    assert any("Mawlamyine" in problem for problem in pack.verify_pack(name))
    with pytest.raises(InputDataError, match="is not exported"):
        pack_zip.export_pack(name, tmp_path / "out")
    folder = store.home_dir() / "packs" / name
    file = tmp_path / "handed.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for part in folder.iterdir():
            archive.write(part, f"{name}/{part.name}")
    pack_zip.remove_pack(name)
    with pytest.raises(InputDataError, match="Mawlamyine, which lies"):
        install.import_pack(file)


def test_a_city_within_or_near_its_streets_is_fine(helsinki):
    manifest = helsinki.manifest.model_copy(update={"city": "helsinki-centre"})
    assert pack_checks.wrong_city(manifest, helsinki.boundary) == []


@pytest.mark.parametrize("factor", [0.0, 0.01, 0.5, 1.5, 100.0])
def test_lengths_that_are_not_those_of_the_lines_are_found(forged, helsinki, factor):
    streets = helsinki.streets.assign(length_m=helsinki.streets["length_m"] * factor)
    km = float(streets["length_m"].sum()) / 1000
    name = forged(
        layers={"streets": streets},
        boundary=helsinki.manifest.boundary.model_copy(update={"length_km": round(km, 3)}),
        counts={**helsinki.manifest.counts, "street_km": round(km, 3)},
    )
    assert any("is not that of their lines" in text for text in pack.verify_pack(name))


def test_an_area_that_is_not_that_of_the_boundary_is_found(forged, helsinki):
    boundary = helsinki.manifest.boundary
    name = forged(boundary=boundary.model_copy(update={"area_km2": 100 * boundary.area_km2}))
    assert any("km2, but the manifest says" in text for text in pack.verify_pack(name))


def test_the_whole_pack_of_the_toolkit_agrees(helsinki):
    frames = {layer: getattr(helsinki, layer) for layer in LAYERS}
    assert pack_checks.disagreements(helsinki.manifest, frames) == []


def test_a_place_in_no_zone_is_no_pack(helsinki):
    pole = gpd.GeoDataFrame(
        {"kind": ["extract"]},
        geometry=gpd.GeoSeries.from_wkt(["POLYGON ((0 89, 1 89, 1 89.5, 0 89))"]),
        crs="EPSG:4326",
    )
    assert "none" in pack_checks.wrong_crs(helsinki.manifest, pole)[0]
    empty = pole.iloc[:0]
    assert pack_checks.wrong_crs(helsinki.manifest, empty) == ["The pack has no boundary."]


def test_the_manifest_is_what_was_written(forged, helsinki):
    name = forged()
    path = store.home_dir() / "packs" / name / pack.MANIFEST_FILE
    assert json.loads(path.read_bytes())["crs"] == helsinki.manifest.crs
    assert dataclasses.is_dataclass(pack.open_pack(name))


def test_a_background_is_counted_and_has_known_kinds(forged, helsinki):
    names = {"name": ["A"], "name_en": [None], "name_my": [None]}
    rows = gpd.GeoDataFrame(
        {"osm_id": ["node/1"], "kind": ["quarter"], "rank": [0], **names},
        geometry=[helsinki.boundary.geometry.iloc[0].representative_point()],
        crs=4326,
    )
    counts = {**helsinki.manifest.counts, "background": 1}
    assert pack.verify_pack(forged(layers={"background": rows}, counts=counts)) == []
    uncounted = pack.verify_pack(forged(layers={"background": rows}))
    counted = helsinki.manifest.counts["background"]
    assert uncounted == [f"The pack has 1 background, but counts.background is {counted}."]
    odd = forged(layers={"background": rows.assign(kind="minefield")}, counts=counts)
    assert pack.verify_pack(odd) == ["The background has the kind 'minefield', which is not known."]
