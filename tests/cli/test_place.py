"""`place` as a person meets it."""

from __future__ import annotations

import json

import jsonschema
from banned_words import banned_words

from toolkit.threats import model

ASKED = ("place", "helsinki-centre", "--at", "60.1699,24.9414", "--radius-m", "100")
MORE = ("--tier", "face", "--as-of", "2026-11-23")


def test_the_answer_names_registers_and_promises_nothing(run):
    code, out, _ = run(*ASKED, *MORE)
    assert code == 0
    assert banned_words(out) == []
    assert "unwatched" not in out
    assert "Registers and checkpoints find houses at least as much" in out
    assert "approaches that share no street and that no camera of this estimate records" in out
    assert "60.16" not in out


def test_the_json_follows_the_schema_and_is_written_if_asked(run, tmp_path):
    target = tmp_path / "place.json"
    code, out, _ = run(*ASKED, *MORE, "--json", "--out", target)
    assert code == 0
    jsonschema.validate(json.loads(out), model.PlaceAnswer.model_json_schema(by_alias=True))
    assert json.loads(target.read_text(encoding="utf-8")) == json.loads(out)


def test_what_is_no_place_is_refused(run):
    code, out, err = run("place", "helsinki-centre", "--at", "x", "--radius-m", "50", *MORE)
    assert (code, out) == (1, "")
    assert "The place must be latitude and longitude" in err
