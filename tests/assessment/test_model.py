"""The model of an assessment, and its JSON."""

from __future__ import annotations

import json

from toolkit.assessment import model
from toolkit.base import store


def test_the_committed_schema_is_that_of_the_model():
    path = store.builtin_dir().parent / "docs" / "reference" / "assessment.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == model.Assessment.model_json_schema(
        by_alias=True
    )
