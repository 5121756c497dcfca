"""All figures as one table with a schema."""

from __future__ import annotations

import csv
import io
import json

from invented import layers_of
from made import report_on

from toolkit.base.terms import TIERS
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
