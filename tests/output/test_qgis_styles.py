"""Styles that QGIS reads: each row of a layer is drawn by exactly one rule."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import sqlite3
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pytest

from toolkit.assessment.assess import assess
from toolkit.base.terms import TIERS
from toolkit.output import exports, qgis_styles
from toolkit.output.map_scale import STEPS, lengths_m, step_name


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("styles") / "all.gpkg"
    found = assess("helsinki-centre", as_of=dt.date(2026, 11, 23), n_draws=40)
    exports.write_export(found, exports.LAYERS, path, cell_m=100.0)
    return path


def rules(qml: str) -> list[tuple[str, str, dict[str, str]]]:
    """Return label, filter and options of each rule, as QGIS reads them."""
    root = ET.fromstring(qml)  # noqa: S314 - our own
    assert root.tag == "qgis"
    renderer = root.find("renderer-v2")
    assert renderer is not None
    assert renderer.get("type") == "RuleRenderer"
    symbols = {one.get("name"): one for one in renderer.iterfind("symbols/symbol")}
    found = []
    for rule in renderer.iterfind("rules/rule"):
        layer = symbols[rule.get("symbol")].find("layer")
        assert layer is not None
        options = {str(o.get("name")): str(o.get("value")) for o in layer.iterfind("Option/Option")}
        assert options == {str(p.get("k")): str(p.get("v")) for p in layer.iterfind("prop")}
        found.append((str(rule.get("label")), str(rule.get("filter", "")), options))
    return found


def matching(frame: pd.DataFrame, expression: str) -> pd.Series:
    """Return which rows a filter of QGIS is of."""
    query = re.sub(r'"(\w+)"', r"\1", expression)
    query = query.replace(" AND ", " and ").replace(" = ", " == ")
    return frame.index.isin(frame.query(query).index) if query else frame.index == frame.index


@pytest.mark.parametrize("name", ["streets", "cells"])
def test_each_row_belongs_to_one_rule_and_the_lengths_are_those_of_the_map(
    package: Path, name: str
) -> None:
    frame = gpd.read_file(package, layer=name)
    for tier, style in zip(TIERS, qgis_styles.of_layer(name), strict=True):
        listed = rules(style.qml)
        assert [label for label, _, _ in listed] == [step_name(step, "en") for step in STEPS]
        hits = [matching(frame, expression) for _, expression, _ in listed]
        assert set(sum(hit.astype(int) for hit in hits)) == {1}
        if name == "streets":
            lengths = [frame["length_m"][hit].sum() for hit in hits]
            assert lengths == pytest.approx(list(lengths_m(frame, tier).values()))


def test_zones_are_drawn_by_tier_and_class(package: Path) -> None:
    frame = gpd.read_file(package, layer="zones")
    for tier, style in zip(TIERS, qgis_styles.of_layer("zones"), strict=True):
        hits = sum(matching(frame, one).astype(int) for _, one, _ in rules(style.qml))
        assert (hits == (frame["tier"] == tier).astype(int)).all()


def test_the_file_holds_the_styles_the_first_as_default_and_what_columns_hold(
    package: Path,
) -> None:
    with contextlib.closing(sqlite3.connect(package)) as base:
        styles = base.execute(
            "SELECT f_table_name, styleName, styleQML, useAsDefault, owner, update_time "
            "FROM layer_styles"
        ).fetchall()
        columns = base.execute(
            "SELECT table_name, column_name, description FROM gpkg_data_columns"
        ).fetchall()
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    names = Counter(name for name, *_ in styles)
    assert names == {name: len(qgis_styles.of_layer(name)) for name in exports.LAYERS}
    assert Counter(row[0] for row in styles if row[3]) == dict.fromkeys(exports.LAYERS, 1)
    assert {(row[4], row[5]) for row in styles} == {("", "2026-11-23T00:00:00.000Z")}
    for name, title, qml, *_ in styles:
        assert title
        assert "http" not in qml
        assert rules(qml), name
    wanted = {(name, c) for name in exports.LAYERS for c in exports.SPECS[name].columns}
    assert {(table, column) for table, column, _ in columns} == wanted


def test_steps_differ_in_width_too() -> None:
    widths = [float(o["line_width"]) for _, _, o in rules(qgis_styles.of_layer("streets")[0].qml)]
    assert widths[:4] == sorted(widths[:4], reverse=True)
    assert len(set(widths[:5])) == 5


def test_differences_have_a_rule_for_each_change() -> None:
    for style in qgis_styles.of_layer("differences"):
        found = [re.search(r"'(\w+)'", one)[1] for _, one, _ in rules(style.qml)]  # type: ignore[index]
        assert found == ["more", "less", "within", "unknown"]
    assert qgis_styles.of_layer("another") == ()
