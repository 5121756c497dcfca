"""`compare` as a person meets it."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest

AS_OF = ("--as-of", "2026-11-23")
CITY = "helsinki-centre"


@pytest.fixture
def file(run, tmp_path):
    def write(name, *more):
        code, out, _ = run("assess", "dawei", "--json", *AS_OF, *more)
        assert code == 0
        path = tmp_path / name
        path.write_text(out, encoding="utf-8")
        return path

    return write


def test_two_sets_of_one_city_with_a_layer(run, tmp_path):
    target = tmp_path / "difference.geojson"
    code, out, err = run("compare", f"{CITY}@central", f"{CITY}@cautious", *AS_OF, "--out", target)
    assert code == 0
    assert "assumptions: central -> cautious" in out
    assert "threshold.seen_px_m, value: 25 -> 12.5" in out
    assert out.count("boundary: Rectangle of the extract around the centre of Helsinki") == 2
    assert out.count("mapped: 215; completeness: ") == 2
    assert out.count("  sources: Made-up report") == out.count("OpenStreetMap contributors") == 2
    assert "more than its uncertainty" in out
    assert "percentage points" in out
    assert "This covers only the camera system in the reports" in out
    assert "Estimating" in err
    layer = gpd.read_file(target)
    assert len(layer)
    data = json.loads(target.read_text(encoding="utf-8"))
    assert data["metadata"]["comparison"]["schema"] == "camera-exposure.comparison/2"


@pytest.mark.slow
def test_status_and_files(run, file):
    code, out, _ = run("compare", "mandalay@central", "mandalay@central:planned", *AS_OF, "--json")
    assert code == 0
    found = json.loads(out)
    assert [found[side]["status"] for side in ("a", "b")] == ["installed", "planned"]
    for side in ("a", "b"):
        assert found[side]["boundary"]["kind"] == "none"
        assert found[side]["completeness"]["why"]
        assert found[side]["sources"]
    one, other = file("one.json"), file("other.json", "--count", "10:20")
    code, out, _ = run("compare", one, other, "--json")
    assert code == 0
    found = json.loads(out)
    assert found["cameras"]["pairing"] == "paired"
    assert found["assumptions"] == []
    assert "counting_rule" in {c["what"] for c in found["changes"]}
    code, out, _ = run("compare", one, file("seed.json", "--seed", "1"))
    assert code == 0
    assert "as if nothing were shared" in out


def test_the_set_of_a_file_is_named_only_where_it_is_the_same(run, file):
    one = file("one.json")
    data = json.loads(one.read_text(encoding="utf-8"))
    data["assumptions"] |= {"name": "../central.toml", "sha256": "0" * 64}
    other = one.with_name("other.json")
    other.write_text(json.dumps(data), encoding="utf-8")
    code, out, _ = run("compare", one, other)
    assert code == 0
    assert "which assumptions differ is not known" in out


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("yangon", "yangon@central"), 2, "no side of a comparison"),
        (("@central", "yangon@central"), 2, "no side of a comparison"),
        (("yangon@:planned", "yangon@central"), 2, "no side of a comparison"),
        (("atlantis@central", "yangon@central"), 1, "atlantis"),
        (("yangon@nowhere", "yangon@central"), 1, "no assumption set"),
        (("yangon@central", "dawei@central"), 1, "one city"),
        (("yangon@central", "yangon@cautious", "--out", "x.gpkg"), 1, "installed streets"),
        (("yangon@central", "yangon@cautious", "--out", "x.shp"), 2, ".gpkg"),
        (("a.json", "yangon@cautious", "--out", "x.gpkg"), 2, "does not"),
        (("absent.json", "yangon@cautious"), 1, "absent.json"),
        (("yangon@central", "yangon@cautious", "--seed", "-1"), 2, "--seed"),
        (("yangon@central", "yangon@cautious", "--set", "x"), 2, "--set"),
    ],
)
def test_mistakes_get_one_sentence_and_their_exit_code(run, arguments, code, sentence):
    found, out, err = run("compare", *arguments, *AS_OF)
    assert found == code
    assert sentence in err
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "camera-exposure.assessment/1"}', "nan"])
def test_a_file_that_is_no_assessment_is_refused(run, tmp_path, text):
    bad = tmp_path / "bad.json"
    bad.write_text(text, encoding="utf-8")
    code, out, err = run("compare", bad, "yangon@central", *AS_OF)
    assert (code, out) == (1, "")
    assert "bad.json is not an assessment of the form camera-exposure.assessment/3" in err
