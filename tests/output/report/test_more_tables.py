"""Tables of zones, and of what is mapped."""

from __future__ import annotations

import datetime as dt

import pytest
from invented import layers_of
from made import report_on

from toolkit.assessment.assess import assess
from toolkit.base.terms import EXPOSURE_CLASSES, TIERS
from toolkit.output import exports
from toolkit.output.report import more_tables


def test_zones_have_the_areas_of_the_export() -> None:
    found = assess("helsinki-centre", as_of=dt.date(2026, 11, 23), n_draws=40)
    assert found.layers is not None
    table = more_tables.zones_table(found.layers, "en")
    assert len(table.rows) == len(EXPOSURE_CLASSES)
    zones = exports.zones_of(found.layers)
    own = zones[(zones["tier"] == TIERS[0]) & (zones["exposure_class"] == "likely")]
    km2 = float(table.rows[0][1][0].removesuffix(" km²"))
    assert km2 == pytest.approx(own["area_m2"].sum() / 1e6, abs=0.005)


def test_mapped_cameras_are_never_all() -> None:
    table = more_tables.mapped_table(report_on(layers_of()), "en")
    assert [row[1][0] for row in table.rows] == [
        "17", "200 to 1,400 cameras (middle 330)", "11 % to 83 % (middle 42 %)",
    ]  # fmt: skip
    assert "may still be watched" in table.caption
