"""`vehicles` as a person meets it."""

from __future__ import annotations

import json

import jsonschema
from banned_words import banned_words

from toolkit.threats import model

ASKED = ("vehicles", "helsinki-centre", "--as-of", "2026-11-23")


def test_the_answer_is_an_aggregate_and_names_what_it_leaves_out(run):
    code, out, _ = run(*ASKED)
    assert code == 0
    assert banned_words(out) == []
    assert "Whether a vehicle is stopped is not modelled" in out
    assert "separate routes out that no reader of this estimate reads" in out
    assert "unread" not in out
    code, out, _ = run(*ASKED, "--json")
    jsonschema.validate(json.loads(out), model.VehiclesAnswer.model_json_schema(by_alias=True))


def test_a_district_is_a_middle_and_a_radius(run):
    for value, sentence in (("60.17,24.94", "District 1 must be"), ("a,b,c", "District 1 must be")):
        code, out, err = run(*ASKED, "--district", value)
        assert (code, out) in ((1, ""), (2, ""))
        assert sentence in err
