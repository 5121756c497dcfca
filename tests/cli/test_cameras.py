"""Field notes on the command line: stored apart, passed on only when asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toolkit import cli

NOTES = """lat,lon,kind,direction,width,height,operator,brand,seen_on,status,note
60.1699,24.9384,fixed,90,60,4,police,Dahua,2026-10-01,present,at the corner
60.1701,24.9390,dome,,,,,,2026-10-02,unsure,
north,24.9390,dome,,,,,,2026-10-02,present,
"""


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    file = tmp_path / "notes.csv"
    file.write_text(NOTES, encoding="utf-8")
    return file


def test_notes_go_in_and_out_and_are_removed(notes, tmp_path, home, capsys):
    assert cli.main(["cameras", "import", str(notes), "--city", "helsinki-centre"]) == 1
    out = capsys.readouterr().out
    assert "2 notes can be used, 1 cannot" in out
    assert "row 4" in out
    assert cli.main(["cameras", "list", "helsinki-centre"]) == 0
    assert "police" in capsys.readouterr().out
    first, second = tmp_path / "a.geojson", tmp_path / "b.geojson"
    assert cli.main(["cameras", "export", "helsinki-centre", "--out", str(first)]) == 0
    features = json.loads(first.read_text(encoding="utf-8"))["features"]
    assert features[0]["properties"]["operator"] == "police"
    assert cli.main(["cameras", "import", str(first), "--city", "helsinki-centre"]) == 0
    assert cli.main(["cameras", "export", "helsinki-centre", "--out", str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()
    assert cli.main(["cameras", "remove", "helsinki-centre"]) == 0
    assert not list((home / "cameras").iterdir())
    assert cli.main(["cameras", "export", "helsinki-centre", "--out", str(first)]) == 1


def test_a_check_stores_nothing(notes, home, capsys):
    assert cli.main(["cameras", "check", str(notes)]) == 1
    assert "row 4" in capsys.readouterr().out
    assert not (home / "cameras").exists()
