"""`evidence` as a person meets it."""

from __future__ import annotations

import json
import re

import pytest

from toolkit.evidence.new_claim import FIELDS

CLAIM = [
    "--low", "400", "--unit", "cameras", "--wording", "about", "--kind", "stock",
    "--status", "installed", "--says", "About 400 stand.", "--publisher", "Some Outlet",
    "--title", "A report", "--source-date", "2025-05-02", "--said", "2025-05-02",
    "--valid", "2025-05", "--scope", "public", "--grade", "C3", "--reason", "One outlet.",
]  # fmt: skip
AS_OF = ("--as-of", "2026-11-23")


def test_claims_are_listed_with_contradictions(run):
    code, out, _ = run("evidence", "list", "ရန်ကုန်")
    assert code == 0
    assert "2,995 cameras (stock)" in out
    assert "Contradiction: yangon-2017-signals-225 and yangon-2017-signals-288." in out
    code, out, _ = run("evidence", "list", "national", "--json")
    found = json.loads(out)
    assert found["city"] == "national"
    assert len(found["claims"]) == 24
    assert found["contradictions"]


def test_all_evidence_can_be_checked(run, home):
    code, out, _ = run("evidence", "check")
    assert (code, "All evidence is whole" in out) == (0, True)
    (home / "evidence").mkdir()
    for city in ("dawei", "sittwe"):
        (home / "evidence" / f"{city}.toml").write_text("x = 1", encoding="utf-8")
    code, _, err = run("evidence", "check")
    assert code == 1
    assert "evidence/dawei.toml (your own)" in err
    assert "evidence/sittwe.toml (your own)" in err


def test_a_claim_is_added_used_and_exported(run, tmp_path):
    code, out, _ = run("evidence", "add", "Tavoy", *CLAIM)
    assert (code, "dawei-some-outlet-2025-count" in out) == (0, True)
    code, out, _ = run("--quiet", "assess", "dawei", "--json", *AS_OF)
    count = json.loads(out)["cameras"]["installed"]
    assert count["claims"][0] == "dawei-some-outlet-2025-count"
    assert "known already" in run("evidence", "add", "dawei", *CLAIM)[1]

    path = tmp_path / "claims.csv"
    assert run("evidence", "export", path, "--city", "dawei")[0] == 0
    assert run("evidence", "check", path)[1] == "The file is whole: 8 claims.\n"
    assert "dawei: 0 added, 8 known already." in run("evidence", "import", path)[1]
    text = path.read_text(encoding="utf-8-sig").replace("some-outlet-2025-count", "second")
    path.write_text(text, encoding="utf-8")
    assert "dawei: 1 added, 7 known already." in run("evidence", "import", path)[1]


def test_what_is_dated_in_the_future_is_found_by_a_check_and_not_imported(run, tmp_path, home):
    path = tmp_path / "claims.csv"
    run("evidence", "add", "dawei", *CLAIM, "--status", "planned")
    run("evidence", "export", path, "--city", "dawei")
    text = path.read_text(encoding="utf-8-sig").replace("some-outlet-2025-count", "second")
    path.write_text(text.replace("2025-05-02", "2999"), encoding="utf-8")
    for action in ("check", "import"):
        code, out, err = run("evidence", action, path)
        assert (code, out) == (1, "")
        assert "claim dawei-second, said: 2999 lies in the future" in err
    own = home / "evidence" / "dawei.toml"
    text = own.read_text(encoding="utf-8").replace("2025-05-02", "2999")
    text += "\n[[observation]]\nwalked_km = 5\nseen = 3\ndate = 2999-01-01\n"
    own.write_text(text, encoding="utf-8")
    code, _, err = run("evidence", "check")
    assert code == 1
    assert "claim dawei-some-outlet-2025-count, source_date: 2999" in err
    assert "a count, date: 2999-01-01" in err


def test_an_import_writes_all_or_nothing(run, tmp_path, home):
    path = tmp_path / "claims.csv"
    run("evidence", "export", path)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    row = next(line for line in lines if line.startswith("dawei-watch-2015-places"))
    good = row.replace("dawei-watch-2015-places", "own-good")
    bad = row.replace("dawei-watch-2015-places,dawei", "own-bad,atlantis")
    path.write_text("\n".join([lines[0], good, bad]), encoding="utf-8")
    code, _, err = run("evidence", "import", path)
    assert code == 1
    assert "'atlantis' is not known" in err
    assert not (home / "evidence").exists()


def test_what_was_counted_is_kept_only_when_asked_and_then_used(run, home):
    before = json.loads(run("--quiet", "assess", "dawei", "--json", *AS_OF)[1])
    given = json.loads(run("--quiet", "assess", "dawei", "--json", *AS_OF, "--observed", "20:1")[1])
    assert not (home / "evidence").exists()
    walk = ["--walked-km", "20", "--seen", "1", "--date", "2026-11-20"]
    code, out, _ = run("evidence", "add", "dawei", *walk)
    assert (code, "what was counted" in out) == (0, True)
    kept = json.loads(run("--quiet", "assess", "dawei", "--json", *AS_OF)[1])
    counts = [found["cameras"]["installed"] for found in (before, given, kept)]
    assert counts[0]["count"]["high"] > counts[1]["count"]["high"]
    assert counts[1]["count"] == counts[2]["count"]
    assert counts[0]["observations"] == []
    assert counts[2]["observations"][0]["where"] == "core"
    assert counts[2]["observations"][0]["seen"] == 1
    assert "counted" in {note["id"] for note in kept["warnings"]}
    assert "ten main junctions" in counts[0]["value_of_counting"]["text"]
    assert kept["cameras"]["planned"].get("value_of_counting") is None
    assert "Counted: 1 seen on 20 km (2026-11-20)." in run("evidence", "list", "dawei")[1]


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["add", "dawei"], 2, "Give the fields of a claim"),
        (["add", "dawei", "--says", "x", "--seen", "3"], 2, "Give the fields of a claim"),
        (["add", "atlantis", "--says", "x"], 1, "atlantis"),
        (["add", "dawei", "--walked-km", "five", "--seen", "x"], 1, "2 problems"),
        (["add", "dawei", "--walked-km", "5", "--seen", "-1"], 1, "the count, seen"),
        (["add", "dawei", "--walked-km", "5", "--seen", "1", "--where", "16.1,97"], 1, "where"),
        (["add", "dawei", *CLAIM, "--brands", "Dahuaa"], 1, "Did you mean Dahua"),
        (["add", "dawei", *CLAIM, "--grade", "Z"], 1, "the new claim, grade"),
        (["add", "dawei", *CLAIM, "--low", "0"], 1, "nobody can know"),
        (["add", "dawei", *CLAIM, "--source-date", "2999"], 1, "source_date: 2999 lies in the f"),
        (
            ["add", "dawei", "--walked-km", "5", "--seen", "3", "--date", "2999-01-01"],
            1,
            "the count, date: 2999-01-01 lies in the future",
        ),
        (["check", "nothing.toml"], 1, "There is no file"),
        (["check", "nothing.csv"], 1, "There is no file"),
        (["list", "atlantis"], 1, "atlantis"),
        (["import", "nothing.csv"], 1, "There is no file"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run, arguments, code, part):
    found, out, err = run("evidence", *arguments)
    assert found == code
    assert part in err
    assert out == ""
    assert "Traceback" not in err


def test_help_explains_every_field_with_its_values_and_an_example(run):
    code, out, _ = run("evidence", "add", "--help")
    assert code == 0
    said = " ".join(out.partition("a claim:")[2].split()).replace("- ", "-")
    options = re.findall(r"--([a-z0-9-]+) (?:N|DATE|VALUE|TEXT) (.*?)(?= --[a-z]|$)", said)
    assert [name for name, _ in options][: len(FIELDS)] == [
        field.name.replace("_", "-") for field in FIELDS
    ]
    for name, text in options:
        assert "Example: " in text, name
    for field in FIELDS:
        assert field.help.replace("- ", "-") in said
