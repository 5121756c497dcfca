"""Values of a user: from an option, a file, or standard input."""

from __future__ import annotations

import argparse
import io

import pytest

from toolkit.base.errors import InputDataError, UsageError
from toolkit.cli import typed


def feed(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8"))


def test_each_dash_takes_the_next_line(monkeypatch):
    feed(monkeypatch, "16.77,96.15\n16.78,96.16\n")
    found = typed.Typed()
    assert found.place("-", "The start") == (96.15, 16.77)
    assert found.place("-", "The end") == (96.16, 16.78)
    with pytest.raises(InputDataError, match="The place is missing on standard input"):
        found.place("-", "The place")


def test_a_file_holds_a_place_or_streets(tmp_path, monkeypatch):
    path = tmp_path / "here.txt"
    path.write_text("16.77,96.15\n")
    assert typed.Typed().place(f"@{path}", "The place") == (96.15, 16.77)
    path.write_text("One Street\nTwo Street\n")
    assert typed.Typed().streets(f"@{path}") == ("One Street", "Two Street")
    feed(monkeypatch, "One Street; Two Street\n")
    assert typed.Typed().streets("-") == ("One Street", "Two Street")


def test_a_track_comes_from_standard_input(monkeypatch):
    feed(monkeypatch, '{"type": "LineString", "coordinates": [[1, 2], [1, 3]]}')
    assert typed.Typed().track("-").n_points == 2


def test_how_somebody_travels_is_checked():
    options = argparse.Namespace(mode="foot", when="day", tier="plate")
    with pytest.raises(UsageError, match="does not concern"):
        typed.travel_of(options)


def test_an_answer_is_written_as_json_only(tmp_path):
    class Answer:
        def to_json(self):
            return "{}\n"

    typed.write_out(Answer(), None)
    with pytest.raises(UsageError, match=r"\.json"):
        typed.write_out(Answer(), tmp_path / "a.gpx")
