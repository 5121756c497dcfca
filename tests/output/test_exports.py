"""Exports: the columns that the documentation names, valid shapes, the same bytes again."""

from __future__ import annotations

import datetime as dt
import json
import re

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
import small_city

from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.errors import InputDataError, UsageError
from toolkit.base.terms import EXPOSURE_CLASSES, TIERS
from toolkit.language import words
from toolkit.output import exports, gis_files
from toolkit.streets import stored_notes
from toolkit.streets.pack import open_pack
from toolkit.streets.schema import CRS
from toolkit.studies.comparison import Comparison, compare

AS_OF = dt.date(2026, 11, 23)
CELL_M = 100.0
METRIC = "EPSG:32635"


@pytest.fixture(scope="module")
def helsinki():
    return assess("helsinki-centre", as_of=AS_OF, n_draws=40)


@pytest.fixture(scope="module")
def cautious(helsinki):
    """Give the answer with other assumptions, and how they compare."""
    other = assess(
        "helsinki-centre", as_of=AS_OF, n_draws=40, assumptions=load_assumptions("cautious")
    )
    return other, compare(helsinki, other)


@pytest.fixture(scope="module")
def package(helsinki, tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "all.gpkg"
    made = exports.write_export(helsinki, exports.LAYERS, path, cell_m=CELL_M)
    return path, made


def read(package, name):
    return gpd.read_file(package[0], layer=name)


def read_one(path, layer):
    """Return the one layer of a file; a GeoPackage holds styles, too."""
    if path.suffix == ".parquet":
        return gpd.read_parquet(path)
    return gpd.read_file(path, **({"layer": layer} if path.suffix == ".gpkg" else {}))


def documented():
    """Return columns and units of each layer in docs/reference/exports.md, tiers written out."""
    document = store.builtin_dir().parent / "docs" / "reference" / "exports.md"
    text = document.read_text(encoding="utf-8")
    found = {}
    for heading, body in re.findall(r"^### (\w+)\n(.*?)(?=^##)", text, re.DOTALL | re.MULTILINE):
        plain, tiered = {}, {}
        for column, unit in re.findall(r"^- `([^`]+)` \(([^)]+)\): ", body, re.MULTILINE):
            (tiered if "{tier}" in column else plain)[column] = unit
        found[heading] = plain | {
            column.replace("{tier}", tier): unit
            for tier in TIERS
            for column, unit in tiered.items()
        }
    return found


def test_the_documentation_names_the_columns_that_are_written(package, helsinki, tmp_path):
    said = documented()
    assert set(said) == set(exports.SPECS)
    for name in exports.LAYERS:
        assert list(read(package, name).columns) == [*said[name], "geometry"]
    path = tmp_path / "difference.gpkg"
    exports.write_differences(helsinki, helsinki, compare(helsinki, helsinki), path)
    assert list(gpd.read_file(path, layer=exports.DIFFERENCES).columns) == [
        *said[exports.DIFFERENCES],
        "geometry",
    ]
    for name, spec in exports.SPECS.items():
        assert list(spec.columns.items()) == list(said[name].items())


def test_shapes_are_valid_and_of_one_kind(package):
    for name in exports.LAYERS:
        frame = read(package, name)
        assert len(frame) == package[1]["rows"][name] > 0
        assert frame.crs == "EPSG:4326"
        assert frame.is_valid.all()
        assert not frame.is_empty.any()
        assert set(frame.geom_type) == {exports.SPECS[name].geometry}


def test_the_figures_are_those_of_the_assessment(package, helsinki):
    streets = read(package, "streets")
    ours = helsinki.layers.streets
    assert streets["street_id"].tolist() == ours["street_id"].tolist()
    for tier in TIERS:
        for end in ("low", "mid", "high"):
            assert streets[f"{tier}_{end}"].to_numpy() == pytest.approx(
                ours[f"{tier}_{end}"].to_numpy(), abs=1e-6, nan_ok=True
            )
        assert streets[f"{tier}_class"].tolist() == ours[f"{tier}_class"].tolist()
    assert read(package, "cells")["cell_id"].tolist() == (
        helsinki.layers.detail.cells(CELL_M)["cell_id"].tolist()
    )


def test_zones_have_the_classes_and_do_not_overlap(package, helsinki):
    zones = read(package, "zones")
    assert zones["tier"].drop_duplicates().tolist() == list(TIERS)
    assert set(zones["exposure_class"]) <= set(EXPOSURE_CLASSES)
    assert not zones.duplicated(["tier", "exposure_class"]).any()
    for tier in TIERS:
        rows = zones[zones["tier"] == tier].to_crs(METRIC)
        whole = shapely.area(shapely.union_all(rows.geometry.array))
        assert rows.area.sum() == pytest.approx(whole, rel=1e-4)
        assert rows.area.to_numpy() == pytest.approx(rows["area_m2"].to_numpy(), rel=2e-3)
        made = helsinki.layers.zones(tier).to_crs(METRIC)
        assert rows.area.to_numpy() == pytest.approx(made.area.to_numpy(), rel=3e-4)
        assert "tier" not in helsinki.layers.zones(tier).columns


def test_nothing_is_ranked(package):
    for name in ("streets", "cells"):
        frame = read(package, name)
        known = frame["seen_mid"].dropna().to_numpy()
        assert not (np.diff(known) >= 0).all()
        assert not (np.diff(known) <= 0).all()


def test_sites_are_those_of_mapped_cameras_only(package, helsinki):
    cameras_layer, sites = read(package, "cameras"), read(package, "sites")
    assert len(sites) <= len(cameras_layer)
    assert sites["n_cameras"].sum() == helsinki.cameras.installed.mapped
    apart = sites.to_crs(METRIC).distance(cameras_layer.to_crs(METRIC).union_all())
    assert apart.max() < 20


def test_field_notes_count_and_are_not_written(tmp_path, home):
    small_city.install(home)

    def written(name):
        found = assess(small_city.PACK, as_of=AS_OF, count=(20.0, 60.0), n_draws=40)
        path = tmp_path / name
        return path, exports.write_export(found, exports.LAYERS, path, cell_m=CELL_M)

    before = written("before.gpkg")
    x, y = open_pack(small_city.PACK).streets.geometry.iloc[3].coords[0]
    notes = tmp_path / "notes.csv"
    notes.write_text(
        f"lat,lon,kind,operator,seen_on,note\n{y:.6f},{x:.6f},fixed,Quux Ltd,2026-10-01,my words\n",
        encoding="utf-8",
    )
    stored_notes.import_cameras(notes, small_city.PACK, as_of=AS_OF)
    after = written("after.gpkg")
    assert after[1]["cameras"]["mapped"] == before[1]["cameras"]["mapped"] + 1
    for name in ("cameras", "sites"):
        assert after[1]["rows"][name] == before[1]["rows"][name] > 0
    assert not read(before, "streets").equals(read(after, "streets"))
    content = after[0].read_bytes()
    assert b"my words" not in content
    assert b"Quux" not in content


@pytest.mark.parametrize("suffix", gis_files.SUFFIXES)
def test_each_format_carries_the_metadata_and_the_same_bytes(helsinki, tmp_path, suffix):
    paths = [tmp_path / f"{name}{suffix}" for name in ("one", "two")]
    for path in paths:
        exports.write_export(helsinki, ["zones"], path, cell_m=CELL_M)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert str(tmp_path).encode() not in paths[0].read_bytes()
    frame = read_one(paths[0], "zones")
    assert len(frame) > len(TIERS)
    if suffix == ".geojson":
        kept = json.loads(paths[0].read_text(encoding="utf-8"))["metadata"]
    elif suffix == ".parquet":
        kept = json.loads(pq.read_schema(paths[0]).metadata[b"metadata"])
    else:
        kept = json.loads(pyogrio.read_info(paths[0], layer="zones")["layer_metadata"]["metadata"])
    assert kept["schema"] == exports.SCHEMA
    assert kept["licence"] == "ODbL-1.0"
    assert kept["attribution"] == helsinki.layers.attribution
    assert (kept["as_of"], kept["seed"]) == ("2026-11-23", 0)
    assert kept["assumptions"]["sha256"] == helsinki.assumptions.sha256
    assert kept["cameras"]["completeness"]["mid"] == helsinki.cameras.installed.completeness.mid
    assert kept["city"]["boundary"]["note"] == helsinki.city.boundary.note
    assert kept["limits"] == list(words.limits("en"))
    assert kept["demonstration"] is True
    assert kept["layers"] == {"zones": exports.SPECS["zones"].columns}


def test_geojson_follows_its_standard(helsinki, tmp_path):
    path = tmp_path / "zones.geojson"
    exports.write_export(helsinki, ["zones"], path, cell_m=CELL_M)
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["type"] == "FeatureCollection"
    assert "crs" not in data  # RFC 7946, section 4
    assert data["attribution"] == helsinki.layers.attribution
    for feature in data["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        for part in shapely.get_parts(shape):
            assert shapely.is_ccw(part.exterior)  # section 3.1.6
            assert not any(shapely.is_ccw(ring) for ring in part.interiors)
        for ring in feature["geometry"]["coordinates"][0]:
            assert all(len(f"{v}".split(".")[-1]) <= 7 for xy in ring for v in xy)
    # What is not known is null, and never left out or zero.
    exports.write_export(helsinki, ["streets"], path, cell_m=CELL_M)
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    unknown = [f["properties"] for f in features if f["properties"]["seen_class"] == "unknown"]
    assert unknown
    assert all(row["seen_mid"] is None for row in unknown)
    assert all(list(f["properties"]) == sorted(exports.SPECS["streets"].columns) for f in features)


@pytest.mark.parametrize("suffix", gis_files.SUFFIXES)
def test_differences_are_written_with_the_comparison(helsinki, cautious, tmp_path, suffix):
    other, found = cautious
    path = tmp_path / f"difference{suffix}"
    exports.write_differences(helsinki, other, found, path)
    frame = read_one(path, exports.DIFFERENCES)
    # Everything works in the second set, and less is asked of a picture.
    assert set(frame["seen_change"]) <= {"more", "within", "unknown"}
    known = frame["seen_change"] != "unknown"
    assert (frame["seen_change"][known] == "more").mean() > 0.9
    known = frame[frame["seen_change"] != "unknown"]
    assert (known["seen_diff_low"] <= known["seen_diff_mid"]).all()
    assert (known["seen_diff_mid"] <= known["seen_diff_high"]).all()
    if suffix == ".geojson":
        kept = json.loads(path.read_text(encoding="utf-8"))["metadata"]["comparison"]
        assert Comparison.model_validate(kept) == found


def test_text_of_a_map_is_made_harmless():
    frame = gpd.GeoDataFrame(
        {
            "n_cameras": [1], "axis_deg": [np.nan], "width_deg": [12.345],
        },
        geometry=shapely.points([[24.123456789, 60.0]]), crs=CRS,
    )  # fmt: skip
    found = exports.conform("sites", frame)
    assert found["width_deg"].tolist() == [12.3]
    assert found.geometry.x.tolist() == [24.1234568]
    hostile = gpd.GeoDataFrame(
        {name: ["a\u202eb\x00"] for name in exports.SPECS["zones"].columns} | {"area_m2": [1.4]},
        geometry=[shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])], crs=CRS,
    )  # fmt: skip
    assert exports.conform("zones", hostile)["tier"].tolist() == ["ab"]


def test_what_cannot_be_exported_is_refused_before_anything_is_written(helsinki, tmp_path):
    path = tmp_path / "out.gpkg"
    with pytest.raises(UsageError, match="no layer 'candidates'"):
        exports.write_export(helsinki, ["candidates"], path, cell_m=CELL_M)
    with pytest.raises(UsageError, match="No layer is named"):
        exports.write_export(helsinki, [], path, cell_m=CELL_M)
    with pytest.raises(UsageError, match="holds one layer"):
        exports.write_export(
            helsinki, ["streets", "zones"], path.with_suffix(".geojson"), cell_m=CELL_M
        )
    with pytest.raises(InputDataError, match="No streets are installed for Yangon"):
        exports.write_export(
            assess("yangon", as_of=AS_OF, n_draws=10), ["streets"], path, cell_m=CELL_M
        )
    read_again = Assessment.from_json(helsinki.to_json())
    with pytest.raises(InputDataError):
        exports.write_export(read_again, ["streets"], path, cell_m=CELL_M)
    bare = helsinki.with_layers(type(helsinki.layers)(**(vars(helsinki.layers) | {"detail": None})))
    with pytest.raises(InputDataError, match="made here"):
        exports.write_export(bare, ["cells"], path, cell_m=CELL_M)
    assert not list(tmp_path.iterdir())
