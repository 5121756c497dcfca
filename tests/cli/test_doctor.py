"""What is installed, whether it is whole, and what could leave the machine."""

from __future__ import annotations

import json

from toolkit.base import store


def test_doctor_finds_all_whole_and_names_what_could_leave(run):
    code, out, _ = run("doctor", "--json")
    assert code == 0
    found = json.loads(out)
    assert found["problems"] == []
    assert found["tables"]["What could leave this machine"]
    assert str(store.home_dir()) not in out
    code, out, _ = run("doctor")
    assert code == 0
    assert "Versions" in out


def test_doctor_reports_a_damaged_file_of_the_user(run, home):
    store.write_text(home / "brands.toml", "type = 3")
    code, out, _ = run("doctor")
    assert code == 1
    assert "brands.toml" in out
