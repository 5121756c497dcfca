"""The JSON schemas are committed, and hold no coordinate."""

from __future__ import annotations

import json

import pytest

from toolkit.base import store
from toolkit.threats import model

ANSWERS = {
    "route": model.RouteAnswer,
    "place": model.PlaceAnswer,
    "link": model.LinkAnswer,
    "vehicles": model.VehiclesAnswer,
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_committed_schema_is_that_of_the_model(name):
    path = store.builtin_dir().parent / "docs" / "reference" / f"{name}.schema.json"
    committed = json.loads(path.read_text(encoding="utf-8"))
    assert committed == ANSWERS[name].model_json_schema(by_alias=True)


def fields(schema):
    """Return the names of all fields of a schema."""
    found = set()
    for part in [schema, *schema.get("$defs", {}).values()]:
        found |= set(part.get("properties", {}))
    return found


@pytest.mark.parametrize("name", ANSWERS)
def test_no_field_is_a_coordinate_or_a_street(name):
    names = fields(ANSWERS[name].model_json_schema(by_alias=True))
    for word in ("lat", "lon", "coordinates", "geometry", "street", "streets", "track", "arc"):
        assert word not in names
