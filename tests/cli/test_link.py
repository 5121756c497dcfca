"""`link` as a person meets it."""

from __future__ import annotations

import json

import jsonschema
from banned_words import banned_words

from toolkit.threats import model

CITY = "helsinki-centre"
MORE = ("--window-min", "10", "--tier", "face", "--as-of", "2026-11-23")


def write(path, points):
    path.write_text(json.dumps({"type": "LineString", "coordinates": points}))
    return path


def test_two_tracks_are_compared(run, tmp_path):
    one = write(tmp_path / "a.geojson", [[24.9414, 60.1686], [24.9490, 60.1690]])
    other = write(tmp_path / "b.geojson", [[24.9414, 60.1700], [24.9490, 60.1686]])
    asked = ("link", CITY, "--track", one, "--track", other, *MORE)
    code, out, _ = run(*asked)
    assert code == 0
    assert banned_words(out) == []
    assert "chance that one camera records both" in out
    assert "both are taken to start at once" in out
    assert "does not mean that anybody looks" in out
    code, out, _ = run(*asked, "--json")
    jsonschema.validate(json.loads(out), model.LinkAnswer.model_json_schema(by_alias=True))


def test_wrong_usage_is_refused(run, tmp_path):
    one = write(tmp_path / "a.geojson", [[24.9414, 60.1686], [24.9490, 60.1690]])
    for arguments, sentence in (
        ((), "Give two tracks, or a place"),
        (("--track", one), "Give two tracks"),
        (("--track", one, "--at", "60.17,24.94"), "Give two tracks, or a place"),
    ):
        code, out, err = run("link", CITY, *arguments, *MORE)
        assert (code, out) == (2, "")
        assert sentence in err
