"""Figures of the engine beside their bounds, and what a missed one does."""

from __future__ import annotations

import re

import pytest

from benchmarks.engine import __main__ as command
from benchmarks.engine import report
from benchmarks.engine.report import BOUNDS, DOCUMENT

KEPT = {
    "lines_of_sight": {"own_pairs_per_s": 20.0, "embree_pairs_per_s": 10.0,
                       "shapely_pairs_per_s": 1.0},
    "near_band": {"peak_gb": 1.0, "build_s": 1.2, "tests_s": 1.0},
    "far_band": {"peak_gb": 2.0},
    "closed_form": {"closed_form_s": 2.0, "read_s": 1.0, "changed_central_s": 0.1,
                    "changed_intervals_sample_s": 0.2},
    "monte_carlo": {"simulate_s": 1.9, "floor_s": 1.0},
    "sample_answer": {"changed_s": 0.29},
    "large_pack": {"open_cpu_s": 0.2, "first_s": 5.0},
    "helsinki": {"changed_s": 0.3},
    "trips_helsinki": {"one_mode_cpu_s": 0.4, "sampling_cpu_s": 1.0, "more_mb": 40.0},
    "trips_larger": {"one_mode_cpu_s": 1.0, "sampling_cpu_s": 1.0, "more_mb": 40.0},
    "new_process": {"no_streets_cpu_s": 1.2},
    "sensitivity": {"no_streets_cpu_s": 3.0},
    "export": {"whole_cpu_s": 2.9},
    "fingerprint": {"unchanged_ms": 1.0},
    "four_threads": {"answers": 4.0},
    "sizes": {},
}  # fmt: skip
MISSING = [
    ("lines_of_sight", "own_pairs_per_s", 9.0),
    ("lines_of_sight", "embree_pairs_per_s", float("nan")),
    ("near_band", "peak_gb", 1.6),
    ("near_band", "build_s", 1.4),
    ("far_band", "peak_gb", 3.1),
    ("closed_form", "closed_form_s", 2.1),
    ("closed_form", "changed_central_s", 0.11),
    ("closed_form", "changed_intervals_sample_s", 0.26),
    ("monte_carlo", "simulate_s", 2.1),
    ("sample_answer", "changed_s", 0.31),
    ("large_pack", "open_cpu_s", 0.31),
    ("large_pack", "first_s", 6.1),
    ("helsinki", "changed_s", 0.36),
    ("trips_helsinki", "one_mode_cpu_s", 0.51),
    ("trips_helsinki", "sampling_cpu_s", 3.1),
    ("trips_helsinki", "more_mb", 151.0),
    ("trips_larger", "one_mode_cpu_s", 1.6),
    ("trips_larger", "sampling_cpu_s", 3.1),
    ("trips_larger", "more_mb", 151.0),
    ("new_process", "no_streets_cpu_s", 1.6),
    ("sensitivity", "no_streets_cpu_s", 4.1),
    ("export", "whole_cpu_s", 3.1),
    ("fingerprint", "unchanged_ms", 21.0),
    ("four_threads", "answers", 3.0),
]


def with_figure(measure, key, value):
    return KEPT | {measure: KEPT[measure] | {key: value}}


def code_of(monkeypatch, found, *arguments):
    monkeypatch.setattr(command, "run", found.__getitem__)
    return command.main(["--only", *found, *arguments])


@pytest.mark.usefixtures("capsys")
class TestStrict:
    def test_kept_bounds_are_no_failure(self, monkeypatch):
        assert code_of(monkeypatch, KEPT, "--strict") == 0

    @pytest.mark.parametrize(("measure", "key", "value"), MISSING)
    def test_a_missed_bound_is_a_failure_only_if_that_was_asked_for(
        self, monkeypatch, measure, key, value
    ):
        found = with_figure(measure, key, value)
        assert code_of(monkeypatch, found, "--strict") == 1
        assert code_of(monkeypatch, found) == 0


def test_what_one_would_use_instead_stands_beside_it():
    found = KEPT | {
        "instead_trips": {
            "trips": 400.0, "own_sampling_cpu_s": 0.3, "networkx_paths_cpu_s": 2.0,
            "own_200_placements_cpu_s": 0.4, "shapely_200_placements_cpu_s": 2.5,
        },
        "instead_map": {
            "streets": 4684.0, "own_cpu_s": 0.05, "own_mb": 0.36, "folium_cpu_s": 0.5,
            "folium_mb": 1.8,
        },
    }  # fmt: skip
    rows = report.instead(found).splitlines()[2:]
    assert len(rows) == 6
    for name in ("embree", "shapely, in bulk", "networkx", "shapely, sites", "folium"):
        assert any(name in row for row in rows)
    assert "| 400 ways on foot, s | 0.3 | networkx, Dijkstra of each | 2 |" in rows


def test_parts_are_named_with_their_share_the_largest_first():
    figures = {"whole": 4.0, "a": 1.0, "b": 2.0}
    assert report.shares(figures, "whole", {"a": "first", "b": "second"}) == (
        "second 50 %, first 25 %"
    )


@pytest.mark.parametrize(("measure", "key", "value"), MISSING)
def test_the_table_says_which_bound_is_missed(measure, key, value):
    rows = report.table(BOUNDS, with_figure(measure, key, value)).splitlines()[2:]
    assert len(rows) == len(BOUNDS)
    for bound, row in zip(BOUNDS, rows, strict=True):
        # Bounds of a measurement share figures, so more than one bound may be missed.
        assert row.endswith("| yes |") == bound.holds(
            with_figure(measure, key, value)[bound.measure]
        )
    assert any(row.endswith("| no |") for row in rows)


def test_the_committed_table_follows_from_the_committed_figures():
    text = DOCUMENT.read_text(encoding="utf-8")
    found: dict[str, dict[str, float]] = {}
    for measure, key, value in re.findall(
        r"^\| (\w+) \| (\w+) \| ([-+.\de]+) \|$", text, re.MULTILINE
    ):
        found.setdefault(measure, {})[key] = float(value)
    for bound in BOUNDS:
        (row,) = re.findall(
            rf"^\| {re.escape(bound.what)} \| {bound.reach} \| (\S+) {bound.unit} "
            rf"\| at (least|most) (\S+) {bound.unit} \| (yes|no) \|$",
            text,
            re.MULTILINE,
        )
        figures = found[bound.measure]
        assert float(row[0]) == pytest.approx(bound.figure(figures), rel=0.006)
        assert row[1:3] == ("least" if bound.at_least else "most", f"{bound.limit:g}")
        assert row[3] == ("yes" if bound.holds(figures) else "no")
