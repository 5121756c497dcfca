from __future__ import annotations

import pytest

from toolkit.assumptions.sets import load_assumptions
from toolkit.optics import words
from toolkit.optics.catalogue import load_catalogue
from toolkit.optics.one_camera import camera_of
from toolkit.optics.sheet import make_sheet
from toolkit.optics.thresholds import load_thresholds

BANNED = ("safe", "secure", "clear", "camera-free", "low risk")


def sheet_of(name, changes=None, **stated):
    catalogue = load_catalogue()
    camera = camera_of(catalogue, catalogue.find(name), **stated)
    return make_sheet(camera, load_assumptions(changes=changes), load_thresholds())


def everything(sheet):
    cells = [words.title(sheet, "en"), *words.notes(sheet, "en")]
    for table in words.tables(sheet, "en"):
        cells += [table.caption, *table.head, *(cell for row in table.rows for cell in row)]
    return cells


@pytest.mark.parametrize("name", [t.id for t in load_catalogue().types])
def test_every_type_is_told_in_tables_whose_rows_fit_their_heads(name):
    sheet = sheet_of(name)
    for table in words.tables(sheet, "en"):
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.head)}
    text = " ".join(everything(sheet)).lower()
    assert not any(word in text for word in BANNED)
    assert "nan" not in text.split()
    assert "inf" not in text.split()


def test_the_difference_of_wide_lenses_is_visible():
    rows = dict(words.lens_table(sheet_of("IPC-HFW5442E-ZE"), "en").rows)
    assert rows["Density constant from it, by angle (radians)"] == "1,351 pixels (34 % more)"
    assert rows["Density constant from it, by tangent"] == "873 pixels (14 % less)"
    assert "times the density at the edge" in rows["Off axis"]
    rows = dict(words.lens_table(sheet_of("fixed_wide"), "en").rows)
    assert rows["Density constant from the published field of view"].startswith("none")
    assert rows["Off axis"].startswith("the same density")


def test_a_ring_without_an_aim_is_told_as_not_excluding():
    table = words.rings_table(sheet_of("varifocal"), "en")
    assert table.head[-1] == "Could cover, if it pointed there"
    assert any("cannot be excluded" in note for note in words.notes(sheet_of("ptz"), "en"))


def test_the_rule_on_rear_plates_is_told():
    front = sheet_of("plate", {"optics.plate_rear_counts": 0})
    assert any("Only front plates" in note for note in words.notes(front, "en"))


def test_sources_are_told_once_each():
    told = words.sources(sheet_of("panoramic"))
    assert len(told) == len(set(told))
    assert any("width_px" in text for text in told)


def test_only_a_camera_that_zooms_has_a_table_of_it():
    assert len(words.tables(sheet_of("ptz"), "en")) == 8
    assert len(words.tables(sheet_of("dome"), "en")) == 7
