"""Tables of a report against an assessment whose every figure is another."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from invented import layers_of
from made import report_on
from made_trips import trip_of, with_trips

from toolkit.base.terms import LANGUAGES, TIERS
from toolkit.language import quantities
from toolkit.output import trip_words
from toolkit.output.report import tables


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("streets", [True, False])
def test_each_tier_has_its_own_column_of_figures(lang, streets):
    found = report_on(layers_of() if streets else None)
    table = tables.figures_table(found, lang)
    assert table.head[1:] == tables.tier_heads(lang)
    assert len({head for head, _ in table.rows}) == len(table.rows) == (15 if streets else 7)
    columns = np.array([cells for _, cells in table.rows]).T
    for tier, column in zip(TIERS, columns, strict=True):
        part = found.tiers[tier]
        shown = [part.length_km, part.cameras_able, part.ring_m.outer]
        if streets:
            shares = part.share_of_length
            shown += [shares.realised, shares.expected, shares.everything_on]
            shown += [part.area_km2.expected, part.effective_cameras.realised]
        assert {quantities.quantity_text(q, lang) for q in shown} <= set(column)
        assert any(f"{part.threshold_px_m:g}" in cell for cell in column)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_trips_are_the_first_rows_where_they_are_known(lang):
    found = with_trips(report_on(layers_of()), trip_of())
    without = tables.figures_table(report_on(layers_of()), lang)
    table = tables.figures_table(found, lang)
    more = len(table.rows) - len(without.rows)
    assert more == 10
    assert table.rows[more:] == without.rows
    assert trip_words.modes_note(lang) in table.caption
    shown = {cells[0] for _, cells in table.rows[:more]}
    trip = found.tiers["seen"].trip
    assert quantities.quantity_text(trip.at_least_one, lang) in shown
    assert trip_words.mean_text(trip.cameras, lang) in shown
    assert quantities.quantity_text(found.tiers["seen"].capture_points, lang) in shown
    short = tables.figures_table(found, lang, short=True)
    assert set(short.rows) < set(table.rows)
    assert len(short.rows) == len(table.rows) - 5


def test_a_mode_that_is_not_known_of_a_tier_has_no_figure():
    found = with_trips(report_on(None), trip_of())
    tiers = {t: part.model_copy(update={"trips": {}}) for t, part in found.tiers.items()}
    rows = dict(tables.figures_table(found.model_copy(update={"tiers": tiers}), "en").rows)
    assert set(rows["Trips by car that pass one"]) == {tables.NOT_APPLICABLE}


def test_the_condition_is_in_the_head_of_the_tiers_that_have_one():
    heads = dict(zip(TIERS, tables.tier_heads("en"), strict=True))
    assert {t for t, head in heads.items() if "(" in head} == {"face", "plate"}


def test_cases_are_rows_with_the_length_they_are_shares_of():
    found = report_on(None)
    table = tables.cases_table(found, "en")
    cases = found.tiers["seen"].cases
    assert len(table.rows) == len(cases) == 6
    assert [cells[0] for _, cells in table.rows] == [
        quantities.quantity_text(case.length_km, "en") for case in cases
    ]
    assert table.rows[1][0] == "Within 1 km of the middle, cameras spread over the township"
    assert "circle around the middle" in table.caption
    inside = [case.model_copy(update={"radius_km": None}) for case in cases]
    assert "inside the boundary" in tables.cases_caption(inside, "en")


def test_lengths_of_classes_add_up_and_nothing_is_called_none():
    layers = layers_of(3)  # not excluded, possible, unknown
    streets = layers.streets.assign(length_m=[2500.0, 10.0, 490.0])
    table = tables.classes_table(dataclasses.replace(layers, streets=streets), "en")
    seen = {head: cells[0] for head, cells in table.rows}
    assert seen.pop("All streets") == "3.0 km (100 %)"
    assert sorted(cell for cell in seen.values() if cell != "none") == [
        "0.5 km (16 %)", "2.5 km (83 %)", "under 0.1 km (under 1 %)",
    ]  # fmt: skip
    assert "none" in seen.values()


def test_what_a_second_run_needs_is_listed_with_what_the_user_changed():
    found = report_on(layers_of())
    rows = {head: value for head, (value,) in tables.provenance_table(found, "en").rows}
    assert rows["Changed by the user"] == "nothing"
    assert rows["Hash of the streets"] == "no streets"
    assert rows["Hash of the assumptions"] == found.assumptions.sha256
    changed = found.assumptions.model_copy(update={"changed": {"b.x": 0.5, "a.y": 3.0}})
    table = tables.provenance_table(found.model_copy(update={"assumptions": changed}), "en")
    assert dict(table.rows)["Changed by the user"] == ("a.y = 3, b.x = 0.5",)
