"""The tables of one passing."""

from __future__ import annotations

import pytest

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import LANGUAGES, TIERS
from toolkit.optics import passing_words
from toolkit.optics.catalogue import load_catalogue
from toolkit.optics.one_camera import camera_of
from toolkit.optics.sheet import make_sheet
from toolkit.optics.thresholds import load_thresholds


def sheet_of(name):
    catalogue = load_catalogue()
    camera = camera_of(catalogue, catalogue.find(name))
    return make_sheet(camera, load_assumptions(), load_thresholds())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("name", "columns"), [("ptz", 3), ("fixed_wide", 2)])
def test_the_table_has_a_column_for_zooming_only_where_it_zooms(name, columns, lang):
    table = passing_words.one_passing_table(sheet_of(name), lang)
    assert {len(row) for row in (table.head, *table.rows)} == {columns}
    assert len(table.rows) == len(TIERS)
