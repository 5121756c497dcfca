"""All figures as one table with a schema."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

from invented import layers_of
from made import report_on

from toolkit.assessment.assess import assess
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS
from toolkit.language import notes
from toolkit.output.report import figures_csv


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_each_figure_has_one_row_with_the_numbers_of_the_json() -> None:
    found = report_on(layers_of())
    rows = read(figures_csv.text(found))
    keys = [(row["tier"], row["figure"]) for row in rows]
    assert len(set(keys)) == len(keys)
    by_key = dict(zip(keys, rows, strict=True))
    for tier in TIERS:
        row = by_key[tier, "share_of_length.realised"]
        quantity = found.tiers[tier].share_of_length.realised
        assert [float(row[end]) for end in ("low", "mid", "high")] == [
            quantity.low, quantity.mid, quantity.high,
        ]  # fmt: skip
    assert by_key["", "cameras.mapped"]["mid"] == "17"


def test_not_known_is_empty_with_its_reason_never_zero() -> None:
    rows = read(figures_csv.text(report_on(None)))
    row = next(r for r in rows if (r["tier"], r["figure"]) == ("seen", "area_km2.realised"))
    assert [row[end] for end in ("low", "mid", "high")] == ["", "", ""]
    assert row["why"]


def test_without_a_map_nobody_knows_how_many_are_mapped() -> None:
    found = assess("mandalay", as_of=dt.date(2026, 11, 23))
    row = next(r for r in read(figures_csv.text(found)) if r["figure"] == "cameras.mapped")
    assert [row[end] for end in ("low", "mid", "high")] == ["", "", ""]
    assert "No mapped cameras are known" in row["why"]


def test_the_schema_names_each_column_of_the_table_and_a_key_that_holds() -> None:
    found = report_on(layers_of())
    schema = json.loads(figures_csv.schema(found, "testville.csv"))
    rows = read(figures_csv.text(found))
    fields = schema["schema"]["fields"]
    assert [field["name"] for field in fields] == list(rows[0])
    assert all(field["description"] for field in fields)
    key = schema["schema"]["primaryKey"]
    assert len({tuple(row[name] for name in key) for row in rows}) == len(rows)
    for field in fields:
        if field["type"] == "number":
            for row in rows:
                assert row[field["name"]] == "" or float(row[field["name"]]) >= 0
    assert schema["path"] == "testville.csv"
    assert "http" not in json.dumps(schema)


def test_each_row_says_which_assumptions_it_rests_on_and_whether_it_is_made_up() -> None:
    minimal = load_assumptions("minimal")
    for demonstration, said in ((True, "true"), (False, "false")):
        found = report_on(None, demonstration=demonstration, assumptions=minimal)
        for row in read(figures_csv.text(found)):
            assert row["assumptions"] == "minimal"
            assert row["assumptions_sha256"] == minimal.sha256
            assert row["demonstration"] == said


def test_tables_of_two_sets_can_be_put_together_under_one_key() -> None:
    tables = [report_on(None), report_on(None, assumptions=load_assumptions("minimal"))]
    key = json.loads(figures_csv.schema(tables[0], "x.csv"))["schema"]["primaryKey"]
    assert "condition" in key
    rows = [row for table in tables for row in read(figures_csv.text(table))]
    assert len({tuple(row[name] for name in key) for row in rows}) == len(rows)


def test_the_users_own_number_has_a_row_next_to_the_number_used() -> None:
    found = report_on(layers_of())
    assert not [r for r in read(figures_csv.text(found)) if r["figure"] == "cameras.entered"]
    own = found.cameras.installed.model_copy(update={"entered": Quantity.of(10, 14, 20, "cameras")})
    cameras = found.cameras.model_copy(update={"installed": own})
    rows = {
        r["figure"]: r
        for r in read(figures_csv.text(found.model_copy(update={"cameras": cameras})))
    }
    row = rows["cameras.entered"]
    assert (row["low"], row["mid"], row["high"], row["unit"]) == ("10", "14", "20", "cameras")


def test_the_description_has_seed_assumptions_warnings_and_limits() -> None:
    changed = load_assumptions(changes={"optics.height_m": 5.0})
    found = report_on(None, assumptions=changed)
    told = json.loads(figures_csv.schema(found, "x.csv"))
    for limit in found.limits:
        assert limit in told["description"]
    assert told["metadata"]["assumptions"]["changed"] == {"optics.height_m": 5.0}
    assert told["metadata"]["seed"] == found.seed
    assert [one["text"] for one in told["metadata"]["warnings"]] == [
        one.text for one in notes.notes(["stale", "demonstration"])
    ]
    assert told["metadata"]["demonstration"] is True
