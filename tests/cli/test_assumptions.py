"""`assumptions` and `--assumptions` as a person meets them."""

from __future__ import annotations

import json

import pytest

from toolkit.assumptions.sets import load_assumptions
from toolkit.fixed_rules.sets import load_rules

AS_OF = ("--as-of", "2026-11-23")


def test_both_kinds_of_sets_are_listed_with_their_hashes(run):
    code, out, _ = run("assumptions", "list", "--json")
    assert code == 0
    rows = {row["name"]: row for row in json.loads(out)}
    assert rows["central"]["sha256"] == load_assumptions().sha256
    assert rows["amnesty-120m"]["kind"] == "deterministic"
    assert rows["minimal"]["label"] == "minimal"
    code, out, _ = run("assumptions", "list")
    assert code == 0
    assert all(name in out for name in rows)
    assert load_rules("kamerafrei").sha256[:12] in out


def test_a_set_shows_every_value_with_its_source(run):
    code, out, _ = run("assumptions", "show", "central", "--json")
    assert code == 0
    shown = json.loads(out)
    assert {row["key"] for row in shown["assumptions"]} == {
        item.key for item in load_assumptions().items
    }
    assert all(row["source"] and row["reason"] for row in shown["assumptions"])
    code, out, _ = run("assumptions", "show", "central")
    assert "optics.height_m" in out
    assert "3.5 to 8" in out


def test_the_minimal_set_is_named_wherever_it_is_used(run):
    _, out, _ = run("assumptions", "show", "minimal")
    assert "Minimal set: the lowest exposure" in out
    _, out, _ = run("assess", "dawei", *AS_OF, "--assumptions", "minimal")
    assert "Minimal set: the lowest exposure" in out
    assert f"Assumptions minimal {load_assumptions('minimal').sha256[:12]}" in out
    _, out, _ = run("assess", "dawei", *AS_OF, "--assumptions", "minimal", "--json")
    assert json.loads(out)["warnings"][0]["id"] == "minimal_set"
    _, out, _ = run("assess", "dawei", *AS_OF)
    assert "Minimal set" not in out


def test_a_set_of_rules_shows_its_rules_and_what_differs(run):
    code, out, _ = run("assumptions", "show", "panopticity-low")
    assert code == 0
    assert "4.862" in out
    assert "Different from the original" in out
    code, out, _ = run("assumptions", "show", "panopticity-low", "--json")
    assert json.loads(out)["sha256"] == load_rules("panopticity-low").sha256


def test_two_sets_are_set_side_by_side(run):
    code, out, _ = run("assumptions", "diff", "central", "cautious", "--json")
    assert code == 0
    found = json.loads(out)
    assert [row["name"] for row in found["sets"]] == ["central", "cautious"]
    values = {
        d["key"]: (d["first"], d["second"]) for d in found["differences"] if d["field"] == "value"
    }
    assert values["threshold.face_px_m"] == (286.0, 160.0)
    code, out, _ = run("assumptions", "diff", "central", "central")
    assert (code, out.startswith("No difference")) == (0, True)
    code, out, _ = run("assumptions", "diff", "amnesty-120m", "amnesty-200m")
    assert "rule.1.radius_m" in out
    code, out, err = run("assumptions", "diff", "amnesty-120m", "central")
    assert code == 2
    assert "'central' is a set of ranges and 'amnesty-120m' one of fixed rules" in err


def test_a_new_set_can_be_edited_checked_and_used(run, home):
    code, out, _ = run("assumptions", "new", "mine", "--from", "cautious")
    path = home / "assumptions" / "mine.toml"
    assert (code, out.strip()) == (0, str(path))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("value = 5.0", "value = 6.0", 1), encoding="utf-8")
    code, out, _ = run("assumptions", "check", str(path))
    assert (code, out.startswith("mine: whole, ")) == (0, True)
    code, out, _ = run("assess", "dawei", "--json", *AS_OF, "--assumptions", "mine")
    assert code == 0
    assert json.loads(out)["assumptions"] == {
        "name": "mine", "sha256": load_assumptions("mine").sha256, "changed": {},
    }  # fmt: skip
    before = path.read_bytes()
    code, _, err = run("assumptions", "new", "mine")
    assert code == 1
    assert "already" in err
    assert path.read_bytes() == before
    code, out, _ = run("assumptions", "new", "discs", "--from", "amnesty-120m")
    assert code == 0
    assert load_rules("discs").sha256 == load_rules("amnesty-120m").sha256


def test_check_says_everything_that_is_wrong_one_line_each(run, tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text('from = "central"\ncolour = 1\nlabel = "\\u001b[31m"\n', encoding="utf-8")
    code, out, err = run("assumptions", "check", str(path))
    assert code == 1
    assert len(out.splitlines()) == 3
    assert "\x1b" not in out + err
    code, out, err = run("assess", "dawei", "--assumptions", str(path), *AS_OF)
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["assumptions"], 2, "ACTION"),
        (["assumptions", "show", "nowhere"], 1, "Known are: cautious, central, minimal"),
        (["assumptions", "show", "https://example.org/a.toml"], 1, "plain local file"),
        (["assumptions", "check", "nowhere.toml"], 1, "nowhere.toml"),
        (["assumptions", "new", "../x"], 1, "cannot name a set"),
        (["assumptions", "new", "x", "--from", "nowhere"], 1, "no assumption set"),
        (["assess", "dawei", "--assumptions", "amnesty-120m"], 1, "set of fixed rules"),
    ],
)
def test_mistakes_get_one_sentence_and_their_exit_code(run, arguments, code, sentence):
    found, out, err = run(*arguments)
    assert found == code
    assert sentence in out + err
    assert "Traceback" not in err
