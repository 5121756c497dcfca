"""Where cameras look, from lists that were made so."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest
from drawn_city import CORNER_M, layers

from toolkit.siting import features
from toolkit.siting.validation import directions
from toolkit.siting.validation.known_city import make_pair


def middles():
    """Return places beside streets to the north and to the east, and the bearing of each."""
    north = [(x * 150.0 + 4, y * 150.0 + 75) for x in range(10) for y in range(10)]
    east = [(y, x) for x, y in north]
    return np.array(north + east) + CORNER_M, np.repeat([0.0, 90.0], 100)


def made(turn_deg):
    xy, street_deg = middles()
    return make_pair(layers(), xy, street_deg + turn_deg)


@pytest.fixture
def few_samples(monkeypatch):
    """Take fewer bootstrap samples, whose number only smooths the ends of the ranges."""
    monkeypatch.setattr(directions, "N_RESAMPLES", 50)


@pytest.mark.usefixtures("few_samples")
def test_cameras_along_and_across_are_told_apart():
    turn = np.where(np.arange(200) % 4 == 0, 90.0, np.where(np.arange(200) % 2, 0.0, 180.0))
    found = directions.fit_bearings(made(turn))
    assert found["cameras"] == found["sites"] == 200
    assert found["along"] == pytest.approx(0.75, abs=0.01)
    assert found["across"] == pytest.approx(0.25, abs=0.01)
    for name in ("along", "across", "spread_deg"):
        assert found[f"{name}_low"] <= found[name] <= found[f"{name}_high"]


@pytest.mark.usefixtures("few_samples")
def test_both_ways_along_a_street_and_all_turns_of_the_compass_are_one():
    turn = np.random.default_rng(3).normal(0, 8, 200)
    one = directions.fit_bearings(made(turn))
    assert directions.fit_bearings(made(turn + 180)) == one
    assert directions.fit_bearings(made(turn - 360)) == one
    assert one["spread_deg"] == pytest.approx(8, abs=1)


@pytest.mark.usefixtures("few_samples")
def test_cameras_without_a_direction_do_not_count():
    turn = np.zeros(200)
    turn[:90] = np.nan
    assert directions.fit_bearings(made(turn))["cameras"] == 110
    turn[:171] = np.nan
    assert directions.fit_bearings(made(turn)) is None


@pytest.mark.usefixtures("few_samples")
def test_cameras_of_one_site_are_no_more_certain_than_one():
    xy, street_deg = middles()
    turn = np.where(np.arange(200) % 2, 0.0, 90.0)
    one = directions.fit_bearings(make_pair(layers(), xy, street_deg + turn))
    four = directions.fit_bearings(
        make_pair(layers(), np.repeat(xy, 4, axis=0), np.repeat(street_deg + turn, 4))
    )
    assert four["cameras"] == 4 * four["sites"]
    width = [f["along_high"] - f["along_low"] for f in (one, four)]
    assert width[1] == pytest.approx(width[0], abs=0.03)


def test_near_a_junction_is_within_30_m():
    levels = features.FEATURES["junction"]
    code = {name: np.zeros(len(levels), dtype=np.int64) for name in features.NAMES}
    code["junction"] = np.arange(len(levels))
    near = directions.near_junction(features.code_of(code))
    assert [name for name, is_near in zip(levels, near, strict=True) if is_near] == [
        "cross_12", "cross_30", "main_12", "main_30", "minor_12", "minor_30",
    ]  # fmt: skip


@pytest.mark.usefixtures("few_samples")
def test_names_from_files_do_no_harm_in_toml():
    found = directions.fit_bearings(made(np.zeros(200)))
    name = 'town"]\nevil = 1 # \\'
    read = tomllib.loads(directions.as_toml({name: found}, {name: name}))
    assert read == {name: found | {"source": name}}


@pytest.mark.slow
def test_figures_kept_are_those_of_the_delivered_list(test_data_dir):
    from toolkit.base import store
    from toolkit.siting.validation.known_city import read_pair

    kept = tomllib.loads(store.find("siting/bearings.toml").read_text())["bengaluru_central"]
    files = [
        test_data_dir / f"siting/bengaluru_central_{k}.parquet" for k in ("streets", "cameras")
    ]
    found = directions.fit_bearings(read_pair(*files))
    assert kept == found | {"source": kept["source"]}
